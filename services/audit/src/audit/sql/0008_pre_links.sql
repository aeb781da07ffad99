-- When an exchange opened a case, and when one of its events first named that case. Both null in rows of an earlier release; a row
-- with the first alone is a link that is not made yet.
alter table stream_case add column opened_at timestamptz;
alter table stream_case add column named_at timestamptz;
create index stream_case_unmade on stream_case (opened_at) where opened_at is not null and named_at is null;

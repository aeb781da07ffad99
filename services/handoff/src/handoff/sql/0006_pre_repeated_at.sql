-- When a repetition came, so that a tally of the past can leave it out; empty for those of a former release.
alter table repetition add column repeated_at timestamptz;
alter table repetition alter column repeated_at set default es.now();

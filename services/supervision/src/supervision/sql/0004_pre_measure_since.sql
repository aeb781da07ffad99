-- Since when what a measure says was so: a loss of contact since it began, a ruling since its day. Null in rows that were
-- made before: there given_on counts.
alter table measure add column since_on date;

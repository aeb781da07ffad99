-- A date for reporting in that a coming calendar year may move is counted when it is read: by this rule, from `effective`.
-- Null where the date is fixed.
alter table case_list add column report_rule text;

-- Who withdrew a rule set, as the event says it; the rows of before name the day alone (field 1, ten bytes).
alter table rule_set add column withdrawn bytea;         -- corrections.administration.v1.RuleSetWithdrawn
update rule_set set withdrawn = convert_to(E'\n\n' || withdrawn_from, 'UTF8') where withdrawn_from <> '';

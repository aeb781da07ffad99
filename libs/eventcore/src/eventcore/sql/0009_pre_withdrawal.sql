-- Two people withdraw a rule set too: whoever follows it checks their signatures.
alter table es.rule_set add column withdrawal bytea;     -- corrections.administration.v1.RuleSetWithdrawn

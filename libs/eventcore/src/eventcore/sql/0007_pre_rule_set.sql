-- Rule sets that two people released, as administration's events give them.
create table es.rule_set (
  stream_id uuid primary key,
  version bigint not null,                              -- of the stream ruleset/<id>
  content bytea not null,                               -- corrections.administration.v1.RuleSetReleased
  withdrawn_from date);                                 -- first day on which it is not to be used

do $$
begin
  call es.allow_v1('consume', 'select, insert, update, delete', 'table es.rule_set');
  call es.allow_v1('serve', 'select', 'table es.rule_set');
end $$;

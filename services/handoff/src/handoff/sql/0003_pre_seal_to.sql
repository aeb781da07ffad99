-- Where free text about the person is sealed to (corrections.common.v1.SealTo): the police's reason for a query.
alter table known_case add column seal_to bytea not null default '';

-- Where free text about the person is sealed to (corrections.common.v1.SealTo), until the term comes.
alter table entering add column seal_to bytea not null default '';

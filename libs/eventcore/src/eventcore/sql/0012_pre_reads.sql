-- Reads of persons' records, stored before the answer leaves and kept until audit's log has them. `serve` writes, `consume` sends.
create table es.read_record (
  ord bigint generated always as identity primary key,
  read_at timestamptz not null default es.now(),
  batch uuid,                                           -- named before it is sent: sending again is the same request
  record bytea not null                                 -- corrections.audit.v1.RecordRead
);
create index read_record_batch on es.read_record (batch) where batch is not null;

do $$
begin
  call es.allow_v1('serve', 'insert', 'table es.read_record');
  call es.allow_v1('consume', 'select, update, delete', 'table es.read_record');
end $$;

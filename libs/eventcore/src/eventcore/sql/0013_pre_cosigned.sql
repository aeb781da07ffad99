-- Cosignatures come back through role serve: it may add lines to a note that the relay signed, and say when the quorum was
-- there. What was signed (tree, size, root) stays out of its reach.
do $$
begin
  call es.allow_v1('serve', 'update (note, cosigned_at)', 'table es.checkpoint');
end $$;

-- The newest checkpoint with the quorum is asked for often, and most have none.
create index checkpoint_cosigned on es.checkpoint (tree, size) where cosigned_at is not null;

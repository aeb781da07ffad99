"""The key of audit's own under which the record of reads stands in its log: in a file, outside every database.

Who read whose record, and why, is told to nobody but the procuratorate and, in part, the person; the log is for anybody.

No key is made where reads stand sealed under another one: under a new key their index is another one too, and the list of
who has read a case would be empty, as if nobody had. A key that is gone for good is given up by name (`LOST`).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import LiteralString
from uuid import UUID

from corrections.audit.v1.events_pb2 import RecordRead
from corrections.audit.v1.prepared_pb2 import PreparedReads, ReadBatch
from corrections.audit.v1.service_pb2 import ReadAt
from corrections.common.v1.common_pb2 import Sealed
from eventcore.texts import Unopenable
from google.protobuf.message import DecodeError
from servicekit.read_log import SEALED
from servicekit.sealing import FileKey, KeyFileLost

NAME = "audit-reads"
LOST = "audit-reads.lost"
"""File beside the key: ids of keys that are lost for good, hex, one a line, by which an operator says so."""
# The last and the first: a key that was exchanged in between shows. 5a begins an event that holds a sealed batch. Bytes that
# do not give their leaf (proofs.canonical) say nothing of a key: where one was altered, the next in the order stands for it.
_STANDING: LiteralString = """
from es.event where type = 'corrections.audit.v1.RecordRead' and substring(data for 1) = '\\x5a'
"""
_SOUND: LiteralString = f"""
{_STANDING} and leaf_sha256 = sha256('\\x0001'::bytea || int4send(octet_length(meta)) || meta
  || int4send(octet_length(data)) || data)
"""
BATCHES: LiteralString = f"""
(select data {_SOUND} order by gen desc, xid desc, ord desc limit 1)
union all (select data {_SOUND} order by gen, xid, ord limit 1)
union all (select null {_STANDING} limit 1)
"""
"""Content of the newest and the oldest sealed batch of the log that are as recorded; and null where any stands at all."""
_MOST_BYTES = 48 * 1024  # of reads in one event: an entry of a log has less than 64 KiB


def reads_key(home: Path, batches: Iterable[bytes | None]) -> FileKey:
    """The installation's key, made where no reads stand sealed yet. batches: the rows of `BATCHES`.

    KeyFileLost where its file does not hold the key that sealed them; where all that stands was altered, so that no batch
    says which key that is, where there is no file.
    """
    found = list(batches)
    standing = [id_ for id_ in map(_key_id, found) if id_ is not None]
    wanted = [id_ for id_ in standing if id_ not in lost(home)]
    altered = bool(found) and not standing
    if not wanted and not altered:
        return FileKey.load(home, NAME)
    first = wanted[0] if wanted else b""
    try:
        key = FileKey.found(home, NAME)
    except (PermissionError, ValueError) as error:
        raise KeyFileLost(f"{NAME}.master", first) from error
    strange = [id_ for id_ in wanted if key is None or id_ != key.key_id]
    if key is None or strange:
        raise KeyFileLost(f"{NAME}.master", strange[0] if strange else first)
    return key


def _key_id(data: bytes | None) -> bytes | None:
    """Under which key the batch stands; None where its bytes do not say."""
    try:
        return None if data is None else RecordRead.FromString(data).sealed.key_id
    except DecodeError:
        return None


def lost(home: Path) -> frozenset[bytes]:
    """Ids of the keys that were given up: what they sealed is told to nobody any more."""
    file = home / "keys" / LOST
    return frozenset(map(bytes.fromhex, file.read_text().split())) if file.exists() else frozenset()


def sealed(reads: Iterable[ReadAt], key: FileKey) -> PreparedReads:
    """The reads in their order, sealed in as few batches as fit into entries."""
    batches, size = [ReadBatch()], 0
    for read in reads:
        added = read.ByteSize()
        if size and size + added > _MOST_BYTES:
            batches.append(ReadBatch())
            size = 0
        batches[-1].reads.append(read)
        size += added
    return PreparedReads(batches=[key.seal(batch.SerializeToString(), field=SEALED) for batch in batches])


def opened(batch: Sealed, key: FileKey) -> list[ReadAt]:
    """The reads of one batch. KeyUnknown, Unopenable."""
    return list(ReadBatch.FromString(key.open(batch, field=SEALED)).reads)


def index(key: FileKey, case: UUID) -> bytes:
    """By which the reads of a case are found in the projection, which names no case."""
    return key.index(case.bytes)


def in_the_clear(read: RecordRead) -> RecordRead:
    """The one read of an event of releases before; Unopenable where it holds none."""
    if not read.service:
        raise Unopenable("the event holds neither a sealed batch nor a read")
    return read


def is_sealed(read: RecordRead) -> bool:
    """Whether the event holds a sealed batch; else it is one read, as releases before stored it."""
    return read.HasField("sealed")

"""The key of audit's own under which the record of reads stands in its log: in a file, outside every database.

Who read whose record, and why, is told to nobody but the procuratorate and, in part, the person; the log is for anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from corrections.audit.v1.events_pb2 import RecordRead
from corrections.audit.v1.prepared_pb2 import PreparedReads, ReadBatch
from corrections.audit.v1.service_pb2 import ReadAt
from corrections.common.v1.common_pb2 import Sealed
from servicekit.read_log import SEALED
from servicekit.sealing import FileKey

NAME = "audit-reads"
_MOST_BYTES = 48 * 1024  # of reads in one event: an entry of a log has less than 64 KiB


def reads_key(home: Path) -> FileKey:
    """The installation's key; made at first use."""
    return FileKey.load(home, NAME)


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


def is_sealed(read: RecordRead) -> bool:
    """Whether the event holds a sealed batch; else it is one read, as releases before stored it."""
    return read.HasField("sealed")

from corrections.audit.v1 import events_pb2 as _events_pb2
from corrections.audit.v1 import service_pb2 as _service_pb2
from corrections.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Examination(_message.Message):
    __slots__ = ("log", "size", "root", "signed", "from_seq", "published_root", "bad_seq", "finding", "event_id", "type", "published", "heads", "published_heads", "stream_id", "end_seq", "subjects", "published_subjects")
    LOG_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    ROOT_FIELD_NUMBER: _ClassVar[int]
    SIGNED_FIELD_NUMBER: _ClassVar[int]
    FROM_SEQ_FIELD_NUMBER: _ClassVar[int]
    PUBLISHED_ROOT_FIELD_NUMBER: _ClassVar[int]
    BAD_SEQ_FIELD_NUMBER: _ClassVar[int]
    FINDING_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    PUBLISHED_FIELD_NUMBER: _ClassVar[int]
    HEADS_FIELD_NUMBER: _ClassVar[int]
    PUBLISHED_HEADS_FIELD_NUMBER: _ClassVar[int]
    STREAM_ID_FIELD_NUMBER: _ClassVar[int]
    END_SEQ_FIELD_NUMBER: _ClassVar[int]
    SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    PUBLISHED_SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    log: str
    size: int
    root: bytes
    signed: bool
    from_seq: int
    published_root: bytes
    bad_seq: int
    finding: str
    event_id: str
    type: str
    published: int
    heads: bytes
    published_heads: bytes
    stream_id: str
    end_seq: int
    subjects: bytes
    published_subjects: bytes
    def __init__(self, log: _Optional[str] = ..., size: _Optional[int] = ..., root: _Optional[bytes] = ..., signed: _Optional[bool] = ..., from_seq: _Optional[int] = ..., published_root: _Optional[bytes] = ..., bad_seq: _Optional[int] = ..., finding: _Optional[str] = ..., event_id: _Optional[str] = ..., type: _Optional[str] = ..., published: _Optional[int] = ..., heads: _Optional[bytes] = ..., published_heads: _Optional[bytes] = ..., stream_id: _Optional[str] = ..., end_seq: _Optional[int] = ..., subjects: _Optional[bytes] = ..., published_subjects: _Optional[bytes] = ...) -> None: ...

class PreparedReport(_message.Message):
    __slots__ = ("report",)
    REPORT_FIELD_NUMBER: _ClassVar[int]
    report: _events_pb2.ReportIssued
    def __init__(self, report: _Optional[_Union[_events_pb2.ReportIssued, _Mapping]] = ...) -> None: ...

class ReadBatch(_message.Message):
    __slots__ = ("reads",)
    READS_FIELD_NUMBER: _ClassVar[int]
    reads: _containers.RepeatedCompositeFieldContainer[_service_pb2.ReadAt]
    def __init__(self, reads: _Optional[_Iterable[_Union[_service_pb2.ReadAt, _Mapping]]] = ...) -> None: ...

class PreparedReads(_message.Message):
    __slots__ = ("batches",)
    BATCHES_FIELD_NUMBER: _ClassVar[int]
    batches: _containers.RepeatedCompositeFieldContainer[_common_pb2.Sealed]
    def __init__(self, batches: _Optional[_Iterable[_Union[_common_pb2.Sealed, _Mapping]]] = ...) -> None: ...

import datetime

from corrections.common.v1 import common_pb2 as _common_pb2
from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ReopenGround(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REOPEN_GROUND_UNSPECIFIED: _ClassVar[ReopenGround]
    REOPEN_GROUND_RESTORED: _ClassVar[ReopenGround]
    REOPEN_GROUND_ANSWERED_FOR: _ClassVar[ReopenGround]
REOPEN_GROUND_UNSPECIFIED: ReopenGround
REOPEN_GROUND_RESTORED: ReopenGround
REOPEN_GROUND_ANSWERED_FOR: ReopenGround

class CheckpointVerified(_message.Message):
    __slots__ = ("log", "size", "root", "from_seq", "heads", "end_seq", "subjects")
    LOG_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    ROOT_FIELD_NUMBER: _ClassVar[int]
    FROM_SEQ_FIELD_NUMBER: _ClassVar[int]
    HEADS_FIELD_NUMBER: _ClassVar[int]
    END_SEQ_FIELD_NUMBER: _ClassVar[int]
    SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    log: str
    size: int
    root: bytes
    from_seq: int
    heads: bytes
    end_seq: int
    subjects: bytes
    def __init__(self, log: _Optional[str] = ..., size: _Optional[int] = ..., root: _Optional[bytes] = ..., from_seq: _Optional[int] = ..., heads: _Optional[bytes] = ..., end_seq: _Optional[int] = ..., subjects: _Optional[bytes] = ...) -> None: ...

class MismatchFound(_message.Message):
    __slots__ = ("log", "seq", "finding", "event_id", "type")
    LOG_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    FINDING_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    log: str
    seq: int
    finding: str
    event_id: str
    type: str
    def __init__(self, log: _Optional[str] = ..., seq: _Optional[int] = ..., finding: _Optional[str] = ..., event_id: _Optional[str] = ..., type: _Optional[str] = ...) -> None: ...

class StreamStopped(_message.Message):
    __slots__ = ("log", "stream_id", "seq", "finding")
    LOG_FIELD_NUMBER: _ClassVar[int]
    STREAM_ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    FINDING_FIELD_NUMBER: _ClassVar[int]
    log: str
    stream_id: str
    seq: int
    finding: str
    def __init__(self, log: _Optional[str] = ..., stream_id: _Optional[str] = ..., seq: _Optional[int] = ..., finding: _Optional[str] = ...) -> None: ...

class StreamReopened(_message.Message):
    __slots__ = ("log", "stream_id", "ground", "decision_id")
    LOG_FIELD_NUMBER: _ClassVar[int]
    STREAM_ID_FIELD_NUMBER: _ClassVar[int]
    GROUND_FIELD_NUMBER: _ClassVar[int]
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    log: str
    stream_id: str
    ground: ReopenGround
    decision_id: str
    def __init__(self, log: _Optional[str] = ..., stream_id: _Optional[str] = ..., ground: _Optional[_Union[ReopenGround, str]] = ..., decision_id: _Optional[str] = ...) -> None: ...

class RecordRead(_message.Message):
    __slots__ = ("service", "method", "reads", "fields", "actor", "unit", "role", "purpose", "cases", "refused", "sealed", "times")
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    READS_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    CASES_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    SEALED_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    service: str
    method: str
    reads: str
    fields: _containers.RepeatedScalarFieldContainer[str]
    actor: str
    unit: str
    role: str
    purpose: str
    cases: bytes
    refused: str
    sealed: _common_pb2.Sealed
    times: int
    def __init__(self, service: _Optional[str] = ..., method: _Optional[str] = ..., reads: _Optional[str] = ..., fields: _Optional[_Iterable[str]] = ..., actor: _Optional[str] = ..., unit: _Optional[str] = ..., role: _Optional[str] = ..., purpose: _Optional[str] = ..., cases: _Optional[bytes] = ..., refused: _Optional[str] = ..., sealed: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., times: _Optional[int] = ...) -> None: ...

class ReportIssued(_message.Message):
    __slots__ = ("report_id", "format", "unit", "first_day", "last_day", "logs", "ruleset_digest", "sha256", "known_at")
    REPORT_ID_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    FIRST_DAY_FIELD_NUMBER: _ClassVar[int]
    LAST_DAY_FIELD_NUMBER: _ClassVar[int]
    LOGS_FIELD_NUMBER: _ClassVar[int]
    RULESET_DIGEST_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    KNOWN_AT_FIELD_NUMBER: _ClassVar[int]
    report_id: str
    format: str
    unit: str
    first_day: str
    last_day: str
    logs: _containers.RepeatedCompositeFieldContainer[LogSize]
    ruleset_digest: str
    sha256: bytes
    known_at: _timestamp_pb2.Timestamp
    def __init__(self, report_id: _Optional[str] = ..., format: _Optional[str] = ..., unit: _Optional[str] = ..., first_day: _Optional[str] = ..., last_day: _Optional[str] = ..., logs: _Optional[_Iterable[_Union[LogSize, _Mapping]]] = ..., ruleset_digest: _Optional[str] = ..., sha256: _Optional[bytes] = ..., known_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class LogSize(_message.Message):
    __slots__ = ("service", "size")
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    service: str
    size: int
    def __init__(self, service: _Optional[str] = ..., size: _Optional[int] = ...) -> None: ...

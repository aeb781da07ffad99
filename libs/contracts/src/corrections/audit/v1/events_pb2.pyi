from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
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
    __slots__ = ("log", "size", "root", "from_seq", "heads")
    LOG_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    ROOT_FIELD_NUMBER: _ClassVar[int]
    FROM_SEQ_FIELD_NUMBER: _ClassVar[int]
    HEADS_FIELD_NUMBER: _ClassVar[int]
    log: str
    size: int
    root: bytes
    from_seq: int
    heads: bytes
    def __init__(self, log: _Optional[str] = ..., size: _Optional[int] = ..., root: _Optional[bytes] = ..., from_seq: _Optional[int] = ..., heads: _Optional[bytes] = ...) -> None: ...

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

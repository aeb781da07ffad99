from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class CheckpointVerified(_message.Message):
    __slots__ = ("log", "size", "root", "from_seq")
    LOG_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    ROOT_FIELD_NUMBER: _ClassVar[int]
    FROM_SEQ_FIELD_NUMBER: _ClassVar[int]
    log: str
    size: int
    root: bytes
    from_seq: int
    def __init__(self, log: _Optional[str] = ..., size: _Optional[int] = ..., root: _Optional[bytes] = ..., from_seq: _Optional[int] = ...) -> None: ...

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

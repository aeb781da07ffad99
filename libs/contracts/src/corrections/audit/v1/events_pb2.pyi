from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class CheckpointVerified(_message.Message):
    __slots__ = ("log", "size", "root")
    LOG_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    ROOT_FIELD_NUMBER: _ClassVar[int]
    log: str
    size: int
    root: bytes
    def __init__(self, log: _Optional[str] = ..., size: _Optional[int] = ..., root: _Optional[bytes] = ...) -> None: ...

class MismatchFound(_message.Message):
    __slots__ = ("log", "seq", "finding")
    LOG_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    FINDING_FIELD_NUMBER: _ClassVar[int]
    log: str
    seq: int
    finding: str
    def __init__(self, log: _Optional[str] = ..., seq: _Optional[int] = ..., finding: _Optional[str] = ...) -> None: ...

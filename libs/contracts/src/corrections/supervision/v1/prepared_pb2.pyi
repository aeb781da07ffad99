from corrections.supervision.v1 import events_pb2 as _events_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PreparedWithoutEffect(_message.Message):
    __slots__ = ("ruling",)
    RULING_FIELD_NUMBER: _ClassVar[int]
    ruling: _events_pb2.RulingWithoutEffect
    def __init__(self, ruling: _Optional[_Union[_events_pb2.RulingWithoutEffect, _Mapping]] = ...) -> None: ...

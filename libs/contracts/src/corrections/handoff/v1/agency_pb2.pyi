from buf.validate import validate_pb2 as _validate_pb2
from corrections.common.v1 import common_pb2 as _common_pb2
from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DeliverRequest(_message.Message):
    __slots__ = ("to", "message")
    TO_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    to: str
    message: _common_pb2.Signed
    def __init__(self, to: _Optional[str] = ..., message: _Optional[_Union[_common_pb2.Signed, _Mapping]] = ...) -> None: ...

class DeliverResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.Signed
    def __init__(self, receipt: _Optional[_Union[_common_pb2.Signed, _Mapping]] = ...) -> None: ...

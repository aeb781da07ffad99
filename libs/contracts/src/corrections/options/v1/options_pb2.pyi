from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor
EVENT_FIELD_NUMBER: _ClassVar[int]
event: _descriptor.FieldDescriptor
PII_FIELD_NUMBER: _ClassVar[int]
pii: _descriptor.FieldDescriptor
WORD_FIELD_NUMBER: _ClassVar[int]
word: _descriptor.FieldDescriptor
ACCESS_FIELD_NUMBER: _ClassVar[int]
access: _descriptor.FieldDescriptor

class EventOptions(_message.Message):
    __slots__ = ("title_zh", "law", "rule", "since", "since_first")
    TITLE_ZH_FIELD_NUMBER: _ClassVar[int]
    LAW_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIRST_FIELD_NUMBER: _ClassVar[int]
    title_zh: str
    law: _containers.RepeatedScalarFieldContainer[str]
    rule: str
    since: str
    since_first: bool
    def __init__(self, title_zh: _Optional[str] = ..., law: _Optional[_Iterable[str]] = ..., rule: _Optional[str] = ..., since: _Optional[str] = ..., since_first: _Optional[bool] = ...) -> None: ...

class AccessOptions(_message.Message):
    __slots__ = ("roles", "purpose", "reads")
    ROLES_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    READS_FIELD_NUMBER: _ClassVar[int]
    roles: _containers.RepeatedScalarFieldContainer[str]
    purpose: bool
    reads: str
    def __init__(self, roles: _Optional[_Iterable[str]] = ..., purpose: _Optional[bool] = ..., reads: _Optional[str] = ...) -> None: ...

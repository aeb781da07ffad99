from corrections.administration.v1 import events_pb2 as _events_pb2
from corrections.administration.v1 import service_pb2 as _service_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PreparedRelease(_message.Message):
    __slots__ = ("request", "author", "checker", "missing", "fault", "corrected_known")
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    CHECKER_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELD_NUMBER: _ClassVar[int]
    FAULT_FIELD_NUMBER: _ClassVar[int]
    CORRECTED_KNOWN_FIELD_NUMBER: _ClassVar[int]
    request: _service_pb2.ReleaseRuleSetRequest
    author: _events_pb2.ReleaseSignature
    checker: _events_pb2.ReleaseSignature
    missing: str
    fault: str
    corrected_known: bool
    def __init__(self, request: _Optional[_Union[_service_pb2.ReleaseRuleSetRequest, _Mapping]] = ..., author: _Optional[_Union[_events_pb2.ReleaseSignature, _Mapping]] = ..., checker: _Optional[_Union[_events_pb2.ReleaseSignature, _Mapping]] = ..., missing: _Optional[str] = ..., fault: _Optional[str] = ..., corrected_known: _Optional[bool] = ...) -> None: ...

class PreparedWithdrawal(_message.Message):
    __slots__ = ("request", "author", "checker", "missing")
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    CHECKER_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELD_NUMBER: _ClassVar[int]
    request: _service_pb2.WithdrawRuleSetRequest
    author: _events_pb2.ReleaseSignature
    checker: _events_pb2.ReleaseSignature
    missing: str
    def __init__(self, request: _Optional[_Union[_service_pb2.WithdrawRuleSetRequest, _Mapping]] = ..., author: _Optional[_Union[_events_pb2.ReleaseSignature, _Mapping]] = ..., checker: _Optional[_Union[_events_pb2.ReleaseSignature, _Mapping]] = ..., missing: _Optional[str] = ...) -> None: ...

from buf.validate import validate_pb2 as _validate_pb2
from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ArrangedDay(_message.Message):
    __slots__ = ("on", "work", "name")
    ON_FIELD_NUMBER: _ClassVar[int]
    WORK_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    on: str
    work: bool
    name: str
    def __init__(self, on: _Optional[str] = ..., work: _Optional[bool] = ..., name: _Optional[str] = ...) -> None: ...

class SourceDocument(_message.Message):
    __slots__ = ("title", "number", "url", "sha256", "issued_on")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    ISSUED_ON_FIELD_NUMBER: _ClassVar[int]
    title: str
    number: str
    url: str
    sha256: bytes
    issued_on: str
    def __init__(self, title: _Optional[str] = ..., number: _Optional[str] = ..., url: _Optional[str] = ..., sha256: _Optional[bytes] = ..., issued_on: _Optional[str] = ...) -> None: ...

class CalendarImported(_message.Message):
    __slots__ = ("year", "days", "source", "working_days")
    YEAR_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    WORKING_DAYS_FIELD_NUMBER: _ClassVar[int]
    year: int
    days: _containers.RepeatedCompositeFieldContainer[ArrangedDay]
    source: SourceDocument
    working_days: int
    def __init__(self, year: _Optional[int] = ..., days: _Optional[_Iterable[_Union[ArrangedDay, _Mapping]]] = ..., source: _Optional[_Union[SourceDocument, _Mapping]] = ..., working_days: _Optional[int] = ...) -> None: ...

class CalendarCorrected(_message.Message):
    __slots__ = ("year", "days", "source", "working_days")
    YEAR_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    WORKING_DAYS_FIELD_NUMBER: _ClassVar[int]
    year: int
    days: _containers.RepeatedCompositeFieldContainer[ArrangedDay]
    source: SourceDocument
    working_days: int
    def __init__(self, year: _Optional[int] = ..., days: _Optional[_Iterable[_Union[ArrangedDay, _Mapping]]] = ..., source: _Optional[_Union[SourceDocument, _Mapping]] = ..., working_days: _Optional[int] = ...) -> None: ...

class ReleaseSignature(_message.Message):
    __slots__ = ("signer", "key_id", "signature")
    SIGNER_FIELD_NUMBER: _ClassVar[int]
    KEY_ID_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    signer: str
    key_id: str
    signature: bytes
    def __init__(self, signer: _Optional[str] = ..., key_id: _Optional[str] = ..., signature: _Optional[bytes] = ...) -> None: ...

class RuleSetReleased(_message.Message):
    __slots__ = ("rule_set_id", "digest", "effective_on", "author", "checker", "corrects", "correction_reason")
    RULE_SET_ID_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_ON_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    CHECKER_FIELD_NUMBER: _ClassVar[int]
    CORRECTS_FIELD_NUMBER: _ClassVar[int]
    CORRECTION_REASON_FIELD_NUMBER: _ClassVar[int]
    rule_set_id: str
    digest: str
    effective_on: str
    author: ReleaseSignature
    checker: ReleaseSignature
    corrects: str
    correction_reason: str
    def __init__(self, rule_set_id: _Optional[str] = ..., digest: _Optional[str] = ..., effective_on: _Optional[str] = ..., author: _Optional[_Union[ReleaseSignature, _Mapping]] = ..., checker: _Optional[_Union[ReleaseSignature, _Mapping]] = ..., corrects: _Optional[str] = ..., correction_reason: _Optional[str] = ...) -> None: ...

class RuleSetWithdrawn(_message.Message):
    __slots__ = ("withdrawn_from", "author", "checker")
    WITHDRAWN_FROM_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    CHECKER_FIELD_NUMBER: _ClassVar[int]
    withdrawn_from: str
    author: ReleaseSignature
    checker: ReleaseSignature
    def __init__(self, withdrawn_from: _Optional[str] = ..., author: _Optional[_Union[ReleaseSignature, _Mapping]] = ..., checker: _Optional[_Union[ReleaseSignature, _Mapping]] = ...) -> None: ...

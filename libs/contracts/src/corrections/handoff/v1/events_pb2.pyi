import datetime

from corrections.common.v1 import common_pb2 as _common_pb2
from corrections.handoff.v1 import messages_pb2 as _messages_pb2
from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MissingState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MISSING_STATE_UNSPECIFIED: _ClassVar[MissingState]
    MISSING_STATE_NOT_MISSING: _ClassVar[MissingState]
    MISSING_STATE_MISSING: _ClassVar[MissingState]
    MISSING_STATE_FOUND: _ClassVar[MissingState]
    MISSING_STATE_NOT_REPORTED_IN: _ClassVar[MissingState]
MISSING_STATE_UNSPECIFIED: MissingState
MISSING_STATE_NOT_MISSING: MissingState
MISSING_STATE_MISSING: MissingState
MISSING_STATE_FOUND: MissingState
MISSING_STATE_NOT_REPORTED_IN: MissingState

class MessageReceived(_message.Message):
    __slots__ = ("agency_code", "message_id", "message_type", "signed", "content_mac", "receipt", "stored_sha256", "body_bytes")
    AGENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    SIGNED_FIELD_NUMBER: _ClassVar[int]
    CONTENT_MAC_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    STORED_SHA256_FIELD_NUMBER: _ClassVar[int]
    BODY_BYTES_FIELD_NUMBER: _ClassVar[int]
    agency_code: str
    message_id: str
    message_type: str
    signed: _common_pb2.Sealed
    content_mac: bytes
    receipt: _common_pb2.Sealed
    stored_sha256: bytes
    body_bytes: int
    def __init__(self, agency_code: _Optional[str] = ..., message_id: _Optional[str] = ..., message_type: _Optional[str] = ..., signed: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., content_mac: _Optional[bytes] = ..., receipt: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., stored_sha256: _Optional[bytes] = ..., body_bytes: _Optional[int] = ...) -> None: ...

class MessageAccepted(_message.Message):
    __slots__ = ("message_type", "defendant_numbers", "case_id", "receipt", "reference_macs", "exchange_id")
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    DEFENDANT_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_MACS_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    message_type: str
    defendant_numbers: _containers.RepeatedScalarFieldContainer[int]
    case_id: str
    receipt: _common_pb2.Sealed
    reference_macs: _containers.RepeatedScalarFieldContainer[bytes]
    exchange_id: str
    def __init__(self, message_type: _Optional[str] = ..., defendant_numbers: _Optional[_Iterable[int]] = ..., case_id: _Optional[str] = ..., receipt: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., reference_macs: _Optional[_Iterable[bytes]] = ..., exchange_id: _Optional[str] = ...) -> None: ...

class MessageRefused(_message.Message):
    __slots__ = ("refusal", "receipt")
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    refusal: _messages_pb2.Refusal
    receipt: _common_pb2.Sealed
    def __init__(self, refusal: _Optional[_Union[_messages_pb2.Refusal, _Mapping]] = ..., receipt: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class MessageHeld(_message.Message):
    __slots__ = ("message_type", "reference_mac", "receipt")
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_MAC_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    message_type: str
    reference_mac: bytes
    receipt: _common_pb2.Sealed
    def __init__(self, message_type: _Optional[str] = ..., reference_mac: _Optional[bytes] = ..., receipt: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class OtherContentRefused(_message.Message):
    __slots__ = ("content_mac", "receipt")
    CONTENT_MAC_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    content_mac: bytes
    receipt: _common_pb2.Sealed
    def __init__(self, content_mac: _Optional[bytes] = ..., receipt: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class MessageEffected(_message.Message):
    __slots__ = ("case_ids", "receipt")
    CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    case_ids: _containers.RepeatedScalarFieldContainer[str]
    receipt: _common_pb2.Sealed
    def __init__(self, case_ids: _Optional[_Iterable[str]] = ..., receipt: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class MessageWithoutEffect(_message.Message):
    __slots__ = ("refusal", "receipt", "case_ids")
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    refusal: _messages_pb2.Refusal
    receipt: _common_pb2.Sealed
    case_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, refusal: _Optional[_Union[_messages_pb2.Refusal, _Mapping]] = ..., receipt: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., case_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class PersonWithoutEffect(_message.Message):
    __slots__ = ("person",)
    PERSON_FIELD_NUMBER: _ClassVar[int]
    person: _messages_pb2.PersonRefusal
    def __init__(self, person: _Optional[_Union[_messages_pb2.PersonRefusal, _Mapping]] = ...) -> None: ...

class EffectNoted(_message.Message):
    __slots__ = ("defendant_number", "case_id")
    DEFENDANT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    defendant_number: int
    case_id: str
    def __init__(self, defendant_number: _Optional[int] = ..., case_id: _Optional[str] = ...) -> None: ...

class NoticePrepared(_message.Message):
    __slots__ = ("to", "kind", "case_id", "law", "copy", "signed", "cause", "role", "exchange_id")
    TO_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    LAW_FIELD_NUMBER: _ClassVar[int]
    COPY_FIELD_NUMBER: _ClassVar[int]
    SIGNED_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    to: str
    kind: str
    case_id: str
    law: _common_pb2.LawRef
    copy: bool
    signed: _common_pb2.Sealed
    cause: str
    role: str
    exchange_id: str
    def __init__(self, to: _Optional[str] = ..., kind: _Optional[str] = ..., case_id: _Optional[str] = ..., law: _Optional[_Union[_common_pb2.LawRef, _Mapping]] = ..., copy: _Optional[bool] = ..., signed: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., cause: _Optional[str] = ..., role: _Optional[str] = ..., exchange_id: _Optional[str] = ...) -> None: ...

class NoticeReceipted(_message.Message):
    __slots__ = ("agency_code", "receipt", "stage", "at")
    AGENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    agency_code: str
    receipt: _common_pb2.Sealed
    stage: _messages_pb2.Stage
    at: _timestamp_pb2.Timestamp
    def __init__(self, agency_code: _Optional[str] = ..., receipt: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., stage: _Optional[_Union[_messages_pb2.Stage, str]] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class NoticeRefused(_message.Message):
    __slots__ = ("agency_code", "code", "receipt")
    AGENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    agency_code: str
    code: str
    receipt: _common_pb2.Sealed
    def __init__(self, agency_code: _Optional[str] = ..., code: _Optional[str] = ..., receipt: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class MissingStatusQueried(_message.Message):
    __slots__ = ("agency_code", "case_id", "reason", "as_of", "state", "missing_since", "found_at")
    AGENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    MISSING_SINCE_FIELD_NUMBER: _ClassVar[int]
    FOUND_AT_FIELD_NUMBER: _ClassVar[int]
    agency_code: str
    case_id: str
    reason: _common_pb2.Sealed
    as_of: str
    state: MissingState
    missing_since: _timestamp_pb2.Timestamp
    found_at: _timestamp_pb2.Timestamp
    def __init__(self, agency_code: _Optional[str] = ..., case_id: _Optional[str] = ..., reason: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., as_of: _Optional[str] = ..., state: _Optional[_Union[MissingState, str]] = ..., missing_since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., found_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class MissingStatusQueryAnswered(_message.Message):
    __slots__ = ("agency_code", "queried")
    AGENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    QUERIED_FIELD_NUMBER: _ClassVar[int]
    agency_code: str
    queried: _common_pb2.Sealed
    def __init__(self, agency_code: _Optional[str] = ..., queried: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class MissingStatusQueryUnanswered(_message.Message):
    __slots__ = ("agency_code", "person_mac", "reason", "as_of")
    AGENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    PERSON_MAC_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    agency_code: str
    person_mac: bytes
    reason: _common_pb2.Sealed
    as_of: str
    def __init__(self, agency_code: _Optional[str] = ..., person_mac: _Optional[bytes] = ..., reason: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., as_of: _Optional[str] = ...) -> None: ...

class ExchangeErased(_message.Message):
    __slots__ = ("case_id", "exchange_id")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    exchange_id: str
    def __init__(self, case_id: _Optional[str] = ..., exchange_id: _Optional[str] = ...) -> None: ...

import datetime

from buf.validate import validate_pb2 as _validate_pb2
from corrections.assistance.v1 import events_pb2 as _events_pb2
from corrections.common.v1 import common_pb2 as _common_pb2
from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OpenAssistanceRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "county", "office", "seal_to")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    COUNTY_FIELD_NUMBER: _ClassVar[int]
    OFFICE_FIELD_NUMBER: _ClassVar[int]
    SEAL_TO_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    county: str
    office: str
    seal_to: _common_pb2.SealTo
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., county: _Optional[str] = ..., office: _Optional[str] = ..., seal_to: _Optional[_Union[_common_pb2.SealTo, _Mapping]] = ...) -> None: ...

class OpenAssistanceResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class CloseAssistanceRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "on")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    on: str
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., on: _Optional[str] = ...) -> None: ...

class CloseAssistanceResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class MakeReferralRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "referral_id", "need", "department", "consented")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    REFERRAL_ID_FIELD_NUMBER: _ClassVar[int]
    NEED_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_FIELD_NUMBER: _ClassVar[int]
    CONSENTED_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    referral_id: str
    need: _events_pb2.Need
    department: str
    consented: bool
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., referral_id: _Optional[str] = ..., need: _Optional[_Union[_events_pb2.Need, str]] = ..., department: _Optional[str] = ..., consented: _Optional[bool] = ...) -> None: ...

class MakeReferralResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class AcceptReferralRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "referral_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    REFERRAL_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    referral_id: str
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., referral_id: _Optional[str] = ...) -> None: ...

class AcceptReferralResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class DeclineReferralRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "referral_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    REFERRAL_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    referral_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., referral_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class DeclineReferralResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class ConcludeReferralRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "referral_id", "outcome", "helped")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    REFERRAL_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    HELPED_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    referral_id: str
    outcome: str
    helped: bool
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., referral_id: _Optional[str] = ..., outcome: _Optional[str] = ..., helped: _Optional[bool] = ...) -> None: ...

class ConcludeReferralResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class GetAssistanceRequest(_message.Message):
    __slots__ = ("case_id", "as_of", "known_at")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    KNOWN_AT_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    as_of: str
    known_at: _timestamp_pb2.Timestamp
    def __init__(self, case_id: _Optional[str] = ..., as_of: _Optional[str] = ..., known_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetAssistanceResponse(_message.Message):
    __slots__ = ("referrals", "texts")
    REFERRALS_FIELD_NUMBER: _ClassVar[int]
    TEXTS_FIELD_NUMBER: _ClassVar[int]
    referrals: _containers.RepeatedCompositeFieldContainer[Referral]
    texts: _containers.RepeatedCompositeFieldContainer[_common_pb2.SealedText]
    def __init__(self, referrals: _Optional[_Iterable[_Union[Referral, _Mapping]]] = ..., texts: _Optional[_Iterable[_Union[_common_pb2.SealedText, _Mapping]]] = ...) -> None: ...

class ListOpenReferralsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "at")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    at: _common_pb2.Moment
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., at: _Optional[_Union[_common_pb2.Moment, _Mapping]] = ...) -> None: ...

class ListOpenReferralsResponse(_message.Message):
    __slots__ = ("referrals", "next_page_token", "at")
    REFERRALS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    referrals: _containers.RepeatedCompositeFieldContainer[OpenReferral]
    next_page_token: str
    at: _common_pb2.Moment
    def __init__(self, referrals: _Optional[_Iterable[_Union[OpenReferral, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., at: _Optional[_Union[_common_pb2.Moment, _Mapping]] = ...) -> None: ...

class Referral(_message.Message):
    __slots__ = ("referral_id", "need", "department", "state", "helped")
    REFERRAL_ID_FIELD_NUMBER: _ClassVar[int]
    NEED_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    HELPED_FIELD_NUMBER: _ClassVar[int]
    referral_id: str
    need: _events_pb2.Need
    department: str
    state: str
    helped: bool
    def __init__(self, referral_id: _Optional[str] = ..., need: _Optional[_Union[_events_pb2.Need, str]] = ..., department: _Optional[str] = ..., state: _Optional[str] = ..., helped: _Optional[bool] = ...) -> None: ...

class OpenReferral(_message.Message):
    __slots__ = ("case_id", "referral_id", "need", "department", "made_on", "accepted")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    REFERRAL_ID_FIELD_NUMBER: _ClassVar[int]
    NEED_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_FIELD_NUMBER: _ClassVar[int]
    MADE_ON_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    referral_id: str
    need: _events_pb2.Need
    department: str
    made_on: str
    accepted: bool
    def __init__(self, case_id: _Optional[str] = ..., referral_id: _Optional[str] = ..., need: _Optional[_Union[_events_pb2.Need, str]] = ..., department: _Optional[str] = ..., made_on: _Optional[str] = ..., accepted: _Optional[bool] = ...) -> None: ...

import datetime

from buf.validate import validate_pb2 as _validate_pb2
from corrections.common.v1 import common_pb2 as _common_pb2
from corrections.common.v1 import facts_pb2 as _facts_pb2
from corrections.handoff.v1 import events_pb2 as _events_pb2
from corrections.handoff.v1 import messages_pb2 as _messages_pb2
from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SubmitRequest(_message.Message):
    __slots__ = ("request_id", "message", "agency_code")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    AGENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    message: _common_pb2.Signed
    agency_code: str
    def __init__(self, request_id: _Optional[str] = ..., message: _Optional[_Union[_common_pb2.Signed, _Mapping]] = ..., agency_code: _Optional[str] = ...) -> None: ...

class SubmitResponse(_message.Message):
    __slots__ = ("receipts", "exchange_id")
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Signed]
    exchange_id: str
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Signed, _Mapping]]] = ..., exchange_id: _Optional[str] = ...) -> None: ...

class GetReceiptsRequest(_message.Message):
    __slots__ = ("message_id",)
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    def __init__(self, message_id: _Optional[str] = ...) -> None: ...

class GetReceiptsResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Signed]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Signed, _Mapping]]] = ...) -> None: ...

class QueryMissingStatusRequest(_message.Message):
    __slots__ = ("request_id", "identity_number", "reference", "as_of", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_NUMBER_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    identity_number: str
    reference: _facts_pb2.CaseReference
    as_of: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., identity_number: _Optional[str] = ..., reference: _Optional[_Union[_facts_pb2.CaseReference, _Mapping]] = ..., as_of: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class QueryMissingStatusResponse(_message.Message):
    __slots__ = ("state", "missing_since", "found_at")
    STATE_FIELD_NUMBER: _ClassVar[int]
    MISSING_SINCE_FIELD_NUMBER: _ClassVar[int]
    FOUND_AT_FIELD_NUMBER: _ClassVar[int]
    state: _events_pb2.MissingState
    missing_since: _timestamp_pb2.Timestamp
    found_at: _timestamp_pb2.Timestamp
    def __init__(self, state: _Optional[_Union[_events_pb2.MissingState, str]] = ..., missing_since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., found_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListOpenExchangesRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "at")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    at: _common_pb2.Moment
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., at: _Optional[_Union[_common_pb2.Moment, _Mapping]] = ...) -> None: ...

class OpenExchange(_message.Message):
    __slots__ = ("exchange_id", "agency_code", "inbound", "kind", "stage", "since", "age_days", "undeliverable")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    AGENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    INBOUND_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    AGE_DAYS_FIELD_NUMBER: _ClassVar[int]
    UNDELIVERABLE_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    agency_code: str
    inbound: bool
    kind: str
    stage: _messages_pb2.Stage
    since: _timestamp_pb2.Timestamp
    age_days: int
    undeliverable: bool
    def __init__(self, exchange_id: _Optional[str] = ..., agency_code: _Optional[str] = ..., inbound: _Optional[bool] = ..., kind: _Optional[str] = ..., stage: _Optional[_Union[_messages_pb2.Stage, str]] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., age_days: _Optional[int] = ..., undeliverable: _Optional[bool] = ...) -> None: ...

class ListOpenExchangesResponse(_message.Message):
    __slots__ = ("exchanges", "next_page_token", "at")
    EXCHANGES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    exchanges: _containers.RepeatedCompositeFieldContainer[OpenExchange]
    next_page_token: str
    at: _common_pb2.Moment
    def __init__(self, exchanges: _Optional[_Iterable[_Union[OpenExchange, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., at: _Optional[_Union[_common_pb2.Moment, _Mapping]] = ...) -> None: ...

class GetTallyRequest(_message.Message):
    __slots__ = ("at",)
    AT_FIELD_NUMBER: _ClassVar[int]
    at: _common_pb2.Moment
    def __init__(self, at: _Optional[_Union[_common_pb2.Moment, _Mapping]] = ...) -> None: ...

class GetTallyResponse(_message.Message):
    __slots__ = ("received", "accepted", "refused", "held", "effected", "procuratorate_due", "procuratorate_receipted", "notices_due", "notices_receipted", "repeated", "at")
    RECEIVED_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    EFFECTED_FIELD_NUMBER: _ClassVar[int]
    PROCURATORATE_DUE_FIELD_NUMBER: _ClassVar[int]
    PROCURATORATE_RECEIPTED_FIELD_NUMBER: _ClassVar[int]
    NOTICES_DUE_FIELD_NUMBER: _ClassVar[int]
    NOTICES_RECEIPTED_FIELD_NUMBER: _ClassVar[int]
    REPEATED_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    received: int
    accepted: int
    refused: int
    held: int
    effected: int
    procuratorate_due: int
    procuratorate_receipted: int
    notices_due: int
    notices_receipted: int
    repeated: int
    at: _common_pb2.Moment
    def __init__(self, received: _Optional[int] = ..., accepted: _Optional[int] = ..., refused: _Optional[int] = ..., held: _Optional[int] = ..., effected: _Optional[int] = ..., procuratorate_due: _Optional[int] = ..., procuratorate_receipted: _Optional[int] = ..., notices_due: _Optional[int] = ..., notices_receipted: _Optional[int] = ..., repeated: _Optional[int] = ..., at: _Optional[_Union[_common_pb2.Moment, _Mapping]] = ...) -> None: ...

class GetDecisionRequest(_message.Message):
    __slots__ = ("exchange_id",)
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    def __init__(self, exchange_id: _Optional[str] = ...) -> None: ...

class GetDecisionResponse(_message.Message):
    __slots__ = ("type", "body")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    type: str
    body: bytes
    def __init__(self, type: _Optional[str] = ..., body: _Optional[bytes] = ...) -> None: ...

class ReleaseHeldRequest(_message.Message):
    __slots__ = ("request_id", "exchange_id", "case_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    exchange_id: str
    case_id: str
    def __init__(self, request_id: _Optional[str] = ..., exchange_id: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class ReleaseHeldResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class NoteEffectRequest(_message.Message):
    __slots__ = ("request_id", "exchange_id", "defendant_number", "case_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    DEFENDANT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    exchange_id: str
    defendant_number: int
    case_id: str
    def __init__(self, request_id: _Optional[str] = ..., exchange_id: _Optional[str] = ..., defendant_number: _Optional[int] = ..., case_id: _Optional[str] = ...) -> None: ...

class NoteEffectResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class NoteWithoutEffectRequest(_message.Message):
    __slots__ = ("request_id", "exchange_id", "code", "rule", "article", "defendant_number")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    ARTICLE_FIELD_NUMBER: _ClassVar[int]
    DEFENDANT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    exchange_id: str
    code: str
    rule: str
    article: str
    defendant_number: int
    def __init__(self, request_id: _Optional[str] = ..., exchange_id: _Optional[str] = ..., code: _Optional[str] = ..., rule: _Optional[str] = ..., article: _Optional[str] = ..., defendant_number: _Optional[int] = ...) -> None: ...

class NoteWithoutEffectResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class PrepareNoticeRequest(_message.Message):
    __slots__ = ("request_id", "exchange_id", "case_id", "cause", "kind", "occurred_at", "to", "copy", "rule", "facts", "role", "texts")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    COPY_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    TEXTS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    exchange_id: str
    case_id: str
    cause: str
    kind: str
    occurred_at: _timestamp_pb2.Timestamp
    to: str
    copy: bool
    rule: str
    facts: _containers.RepeatedCompositeFieldContainer[_messages_pb2.Fact]
    role: str
    texts: _containers.RepeatedCompositeFieldContainer[_common_pb2.SealedText]
    def __init__(self, request_id: _Optional[str] = ..., exchange_id: _Optional[str] = ..., case_id: _Optional[str] = ..., cause: _Optional[str] = ..., kind: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., to: _Optional[str] = ..., copy: _Optional[bool] = ..., rule: _Optional[str] = ..., facts: _Optional[_Iterable[_Union[_messages_pb2.Fact, _Mapping]]] = ..., role: _Optional[str] = ..., texts: _Optional[_Iterable[_Union[_common_pb2.SealedText, _Mapping]]] = ...) -> None: ...

class PrepareNoticeResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class DeliverNoticeRequest(_message.Message):
    __slots__ = ("request_id", "exchange_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    exchange_id: str
    def __init__(self, request_id: _Optional[str] = ..., exchange_id: _Optional[str] = ...) -> None: ...

class DeliverNoticeResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class DeliverReceiptRequest(_message.Message):
    __slots__ = ("request_id", "exchange_id", "stage")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    exchange_id: str
    stage: _messages_pb2.Stage
    def __init__(self, request_id: _Optional[str] = ..., exchange_id: _Optional[str] = ..., stage: _Optional[_Union[_messages_pb2.Stage, str]] = ...) -> None: ...

class DeliverReceiptResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class EraseCaseRequest(_message.Message):
    __slots__ = ("request_id", "case_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    case_id: str
    def __init__(self, request_id: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class EraseCaseResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

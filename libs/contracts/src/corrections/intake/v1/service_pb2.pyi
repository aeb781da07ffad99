import datetime

from buf.validate import validate_pb2 as _validate_pb2
from corrections.common.v1 import common_pb2 as _common_pb2
from corrections.common.v1 import facts_pb2 as _facts_pb2
from corrections.intake.v1 import events_pb2 as _events_pb2
from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OpenCaseRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "exchange_id", "defendant_number")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    DEFENDANT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    exchange_id: str
    defendant_number: int
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., exchange_id: _Optional[str] = ..., defendant_number: _Optional[int] = ...) -> None: ...

class OpenCaseResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class RecordReportingInRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "mode", "missing_documents")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    MISSING_DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    mode: _events_pb2.ReceptionMode
    missing_documents: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., mode: _Optional[_Union[_events_pb2.ReceptionMode, str]] = ..., missing_documents: _Optional[_Iterable[str]] = ...) -> None: ...

class RecordReportingInResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class LapseReportingInRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "due_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    due_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class LapseReportingInResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class FormGroupRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "members")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    members: _containers.RepeatedCompositeFieldContainer[_events_pb2.GroupMember]
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., members: _Optional[_Iterable[_Union[_events_pb2.GroupMember, _Mapping]]] = ...) -> None: ...

class FormGroupResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class DeclareEntryRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "public")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    public: bool
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., public: _Optional[bool] = ...) -> None: ...

class DeclareEntryResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class AdoptPlanRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "measures")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    MEASURES_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    measures: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., measures: _Optional[_Iterable[str]] = ...) -> None: ...

class AdoptPlanResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class ShortenTermRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "exchange_id", "ruling_date", "reduction", "sentence_reduction")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    RULING_DATE_FIELD_NUMBER: _ClassVar[int]
    REDUCTION_FIELD_NUMBER: _ClassVar[int]
    SENTENCE_REDUCTION_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    exchange_id: str
    ruling_date: str
    reduction: _facts_pb2.Period
    sentence_reduction: _facts_pb2.Period
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., exchange_id: _Optional[str] = ..., ruling_date: _Optional[str] = ..., reduction: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ..., sentence_reduction: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ...) -> None: ...

class ShortenTermResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class RenewTemporaryServiceRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "exchange_id", "decision_date", "until")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    DECISION_DATE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    exchange_id: str
    decision_date: str
    until: str
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., exchange_id: _Optional[str] = ..., decision_date: _Optional[str] = ..., until: _Optional[str] = ...) -> None: ...

class RenewTemporaryServiceResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class RecalculateTermRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "exchange_id", "ruling_date", "not_counted")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    RULING_DATE_FIELD_NUMBER: _ClassVar[int]
    NOT_COUNTED_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    exchange_id: str
    ruling_date: str
    not_counted: _facts_pb2.Period
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., exchange_id: _Optional[str] = ..., ruling_date: _Optional[str] = ..., not_counted: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ...) -> None: ...

class RecalculateTermResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class TerminateCaseRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "exchange_id", "ground", "on")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    GROUND_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    exchange_id: str
    ground: _events_pb2.TerminationGround
    on: str
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., exchange_id: _Optional[str] = ..., ground: _Optional[_Union[_events_pb2.TerminationGround, str]] = ..., on: _Optional[str] = ...) -> None: ...

class TerminateCaseResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class RecordDeathRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "died_on")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    DIED_ON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    died_on: str
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., died_on: _Optional[str] = ...) -> None: ...

class RecordDeathResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class PrepareReleaseRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "appraisal")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    APPRAISAL_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    appraisal: str
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., appraisal: _Optional[str] = ...) -> None: ...

class PrepareReleaseResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class LapseTermRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id", "due_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    due_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class LapseTermResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class CertifyReleaseRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "case_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    case_id: str
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ...) -> None: ...

class CertifyReleaseResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class GetCaseRequest(_message.Message):
    __slots__ = ("case_id", "as_of", "known_at")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    KNOWN_AT_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    as_of: str
    known_at: _timestamp_pb2.Timestamp
    def __init__(self, case_id: _Optional[str] = ..., as_of: _Optional[str] = ..., known_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetCaseResponse(_message.Message):
    __slots__ = ("case", "texts")
    CASE_FIELD_NUMBER: _ClassVar[int]
    TEXTS_FIELD_NUMBER: _ClassVar[int]
    case: Case
    texts: _containers.RepeatedCompositeFieldContainer[_common_pb2.SealedText]
    def __init__(self, case: _Optional[_Union[Case, _Mapping]] = ..., texts: _Optional[_Iterable[_Union[_common_pb2.SealedText, _Mapping]]] = ...) -> None: ...

class ListCasesRequest(_message.Message):
    __slots__ = ("after", "page_size", "page_token", "at")
    AFTER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    after: str
    page_size: int
    page_token: str
    at: _common_pb2.Moment
    def __init__(self, after: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., at: _Optional[_Union[_common_pb2.Moment, _Mapping]] = ...) -> None: ...

class ListCasesResponse(_message.Message):
    __slots__ = ("cases", "next_page_token", "at")
    CASES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    cases: _containers.RepeatedCompositeFieldContainer[Case]
    next_page_token: str
    at: _common_pb2.Moment
    def __init__(self, cases: _Optional[_Iterable[_Union[Case, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., at: _Optional[_Union[_common_pb2.Moment, _Mapping]] = ...) -> None: ...

class GetPersonRequest(_message.Message):
    __slots__ = ("person_id", "request_id", "erasure_only")
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ERASURE_ONLY_FIELD_NUMBER: _ClassVar[int]
    person_id: str
    request_id: str
    erasure_only: bool
    def __init__(self, person_id: _Optional[str] = ..., request_id: _Optional[str] = ..., erasure_only: _Optional[bool] = ...) -> None: ...

class GetPersonResponse(_message.Message):
    __slots__ = ("name", "identity_number", "birth_date", "address", "phone", "erased")
    NAME_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_NUMBER_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    ERASED_FIELD_NUMBER: _ClassVar[int]
    name: str
    identity_number: str
    birth_date: str
    address: str
    phone: str
    erased: Erased
    def __init__(self, name: _Optional[str] = ..., identity_number: _Optional[str] = ..., birth_date: _Optional[str] = ..., address: _Optional[str] = ..., phone: _Optional[str] = ..., erased: _Optional[_Union[Erased, _Mapping]] = ...) -> None: ...

class Erased(_message.Message):
    __slots__ = ("at", "proposed_by", "approved_by", "kept_until", "reason")
    AT_FIELD_NUMBER: _ClassVar[int]
    PROPOSED_BY_FIELD_NUMBER: _ClassVar[int]
    APPROVED_BY_FIELD_NUMBER: _ClassVar[int]
    KEPT_UNTIL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    at: _timestamp_pb2.Timestamp
    proposed_by: str
    approved_by: str
    kept_until: str
    reason: str
    def __init__(self, at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., proposed_by: _Optional[str] = ..., approved_by: _Optional[str] = ..., kept_until: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class OpenTextsRequest(_message.Message):
    __slots__ = ("request_id", "case_id", "texts")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    TEXTS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    case_id: str
    texts: _containers.RepeatedCompositeFieldContainer[_common_pb2.SealedText]
    def __init__(self, request_id: _Optional[str] = ..., case_id: _Optional[str] = ..., texts: _Optional[_Iterable[_Union[_common_pb2.SealedText, _Mapping]]] = ...) -> None: ...

class OpenTextsResponse(_message.Message):
    __slots__ = ("texts", "erased")
    TEXTS_FIELD_NUMBER: _ClassVar[int]
    ERASED_FIELD_NUMBER: _ClassVar[int]
    texts: _containers.RepeatedScalarFieldContainer[str]
    erased: bool
    def __init__(self, texts: _Optional[_Iterable[str]] = ..., erased: _Optional[bool] = ...) -> None: ...

class ProposeErasureRequest(_message.Message):
    __slots__ = ("request_id", "person_id", "kept_until", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    KEPT_UNTIL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    person_id: str
    kept_until: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., person_id: _Optional[str] = ..., kept_until: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ProposeErasureResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class ApproveErasureRequest(_message.Message):
    __slots__ = ("request_id", "person_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    person_id: str
    def __init__(self, request_id: _Optional[str] = ..., person_id: _Optional[str] = ...) -> None: ...

class ApproveErasureResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class CarryOutErasureRequest(_message.Message):
    __slots__ = ("request_id", "person_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    person_id: str
    def __init__(self, request_id: _Optional[str] = ..., person_id: _Optional[str] = ...) -> None: ...

class CarryOutErasureResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class FindCasesRequest(_message.Message):
    __slots__ = ("identity_number",)
    IDENTITY_NUMBER_FIELD_NUMBER: _ClassVar[int]
    identity_number: str
    def __init__(self, identity_number: _Optional[str] = ...) -> None: ...

class FindCasesResponse(_message.Message):
    __slots__ = ("cases",)
    CASES_FIELD_NUMBER: _ClassVar[int]
    cases: _containers.RepeatedCompositeFieldContainer[Case]
    def __init__(self, cases: _Optional[_Iterable[_Union[Case, _Mapping]]] = ...) -> None: ...

class Case(_message.Message):
    __slots__ = ("case_id", "person_id", "kind", "state", "county", "office", "organ_code", "effective_date", "start_date", "end_date", "report_due", "reported_on", "version", "exchange_id", "defendant_number")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    COUNTY_FIELD_NUMBER: _ClassVar[int]
    OFFICE_FIELD_NUMBER: _ClassVar[int]
    ORGAN_CODE_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_DATE_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    REPORT_DUE_FIELD_NUMBER: _ClassVar[int]
    REPORTED_ON_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    DEFENDANT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    person_id: str
    kind: _facts_pb2.SubjectKind
    state: str
    county: str
    office: str
    organ_code: str
    effective_date: str
    start_date: str
    end_date: str
    report_due: str
    reported_on: str
    version: int
    exchange_id: str
    defendant_number: int
    def __init__(self, case_id: _Optional[str] = ..., person_id: _Optional[str] = ..., kind: _Optional[_Union[_facts_pb2.SubjectKind, str]] = ..., state: _Optional[str] = ..., county: _Optional[str] = ..., office: _Optional[str] = ..., organ_code: _Optional[str] = ..., effective_date: _Optional[str] = ..., start_date: _Optional[str] = ..., end_date: _Optional[str] = ..., report_due: _Optional[str] = ..., reported_on: _Optional[str] = ..., version: _Optional[int] = ..., exchange_id: _Optional[str] = ..., defendant_number: _Optional[int] = ...) -> None: ...

class GetFiguresRequest(_message.Message):
    __slots__ = ("unit", "first_day", "at", "format")
    UNIT_FIELD_NUMBER: _ClassVar[int]
    FIRST_DAY_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    unit: str
    first_day: str
    at: _common_pb2.Moment
    format: str
    def __init__(self, unit: _Optional[str] = ..., first_day: _Optional[str] = ..., at: _Optional[_Union[_common_pb2.Moment, _Mapping]] = ..., format: _Optional[str] = ...) -> None: ...

class GetFiguresResponse(_message.Message):
    __slots__ = ("figures", "at")
    FIGURES_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    figures: _containers.RepeatedCompositeFieldContainer[_common_pb2.Figure]
    at: _common_pb2.Moment
    def __init__(self, figures: _Optional[_Iterable[_Union[_common_pb2.Figure, _Mapping]]] = ..., at: _Optional[_Union[_common_pb2.Moment, _Mapping]] = ...) -> None: ...

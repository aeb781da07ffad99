import datetime

from corrections.common.v1 import common_pb2 as _common_pb2
from corrections.common.v1 import facts_pb2 as _facts_pb2
from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ReportMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REPORT_METHOD_UNSPECIFIED: _ClassVar[ReportMethod]
    REPORT_METHOD_IN_PERSON: _ClassVar[ReportMethod]
    REPORT_METHOD_PHONE: _ClassVar[ReportMethod]
    REPORT_METHOD_WRITTEN: _ClassVar[ReportMethod]
    REPORT_METHOD_ONLINE: _ClassVar[ReportMethod]

class SearchMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SEARCH_METHOD_UNSPECIFIED: _ClassVar[SearchMethod]
    SEARCH_METHOD_CALL: _ClassVar[SearchMethod]
    SEARCH_METHOD_VISIT: _ClassVar[SearchMethod]
    SEARCH_METHOD_FAMILY: _ClassVar[SearchMethod]
    SEARCH_METHOD_COMMITTEE: _ClassVar[SearchMethod]
    SEARCH_METHOD_INFORMATION: _ClassVar[SearchMethod]

class LeaveReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LEAVE_REASON_UNSPECIFIED: _ClassVar[LeaveReason]
    LEAVE_REASON_MEDICAL: _ClassVar[LeaveReason]
    LEAVE_REASON_STUDY: _ClassVar[LeaveReason]
    LEAVE_REASON_LITIGATION: _ClassVar[LeaveReason]
    LEAVE_REASON_FAMILY: _ClassVar[LeaveReason]
    LEAVE_REASON_WORK: _ClassVar[LeaveReason]
    LEAVE_REASON_OTHER: _ClassVar[LeaveReason]

class Approver(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    APPROVER_UNSPECIFIED: _ClassVar[Approver]
    APPROVER_OFFICE: _ClassVar[Approver]
    APPROVER_COUNTY: _ClassVar[Approver]
    APPROVER_HIGHER: _ClassVar[Approver]

class DossierItem(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DOSSIER_ITEM_UNSPECIFIED: _ClassVar[DossierItem]
    DOSSIER_ITEM_PROPOSAL: _ClassVar[DossierItem]
    DOSSIER_ITEM_DECISION_COPIES: _ClassVar[DossierItem]
    DOSSIER_ITEM_EVIDENCE: _ClassVar[DossierItem]
    DOSSIER_ITEM_CONDUCT_RECORD: _ClassVar[DossierItem]
    DOSSIER_ITEM_TIME_NOT_COUNTED: _ClassVar[DossierItem]
    DOSSIER_ITEM_OTHER: _ClassVar[DossierItem]
REPORT_METHOD_UNSPECIFIED: ReportMethod
REPORT_METHOD_IN_PERSON: ReportMethod
REPORT_METHOD_PHONE: ReportMethod
REPORT_METHOD_WRITTEN: ReportMethod
REPORT_METHOD_ONLINE: ReportMethod
SEARCH_METHOD_UNSPECIFIED: SearchMethod
SEARCH_METHOD_CALL: SearchMethod
SEARCH_METHOD_VISIT: SearchMethod
SEARCH_METHOD_FAMILY: SearchMethod
SEARCH_METHOD_COMMITTEE: SearchMethod
SEARCH_METHOD_INFORMATION: SearchMethod
LEAVE_REASON_UNSPECIFIED: LeaveReason
LEAVE_REASON_MEDICAL: LeaveReason
LEAVE_REASON_STUDY: LeaveReason
LEAVE_REASON_LITIGATION: LeaveReason
LEAVE_REASON_FAMILY: LeaveReason
LEAVE_REASON_WORK: LeaveReason
LEAVE_REASON_OTHER: LeaveReason
APPROVER_UNSPECIFIED: Approver
APPROVER_OFFICE: Approver
APPROVER_COUNTY: Approver
APPROVER_HIGHER: Approver
DOSSIER_ITEM_UNSPECIFIED: DossierItem
DOSSIER_ITEM_PROPOSAL: DossierItem
DOSSIER_ITEM_DECISION_COPIES: DossierItem
DOSSIER_ITEM_EVIDENCE: DossierItem
DOSSIER_ITEM_CONDUCT_RECORD: DossierItem
DOSSIER_ITEM_TIME_NOT_COUNTED: DossierItem
DOSSIER_ITEM_OTHER: DossierItem

class SupervisionOpened(_message.Message):
    __slots__ = ("kind", "county", "office", "organ_code", "start_date", "end_date", "effective_date", "penalty", "sentence", "probation", "minor", "injunction", "organ_unit", "decision_date", "seal_to")
    KIND_FIELD_NUMBER: _ClassVar[int]
    COUNTY_FIELD_NUMBER: _ClassVar[int]
    OFFICE_FIELD_NUMBER: _ClassVar[int]
    ORGAN_CODE_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_DATE_FIELD_NUMBER: _ClassVar[int]
    PENALTY_FIELD_NUMBER: _ClassVar[int]
    SENTENCE_FIELD_NUMBER: _ClassVar[int]
    PROBATION_FIELD_NUMBER: _ClassVar[int]
    MINOR_FIELD_NUMBER: _ClassVar[int]
    INJUNCTION_FIELD_NUMBER: _ClassVar[int]
    ORGAN_UNIT_FIELD_NUMBER: _ClassVar[int]
    DECISION_DATE_FIELD_NUMBER: _ClassVar[int]
    SEAL_TO_FIELD_NUMBER: _ClassVar[int]
    kind: _facts_pb2.SubjectKind
    county: str
    office: str
    organ_code: str
    start_date: str
    end_date: str
    effective_date: str
    penalty: _facts_pb2.Penalty
    sentence: _facts_pb2.Period
    probation: _facts_pb2.Period
    minor: bool
    injunction: bool
    organ_unit: str
    decision_date: str
    seal_to: _common_pb2.SealTo
    def __init__(self, kind: _Optional[_Union[_facts_pb2.SubjectKind, str]] = ..., county: _Optional[str] = ..., office: _Optional[str] = ..., organ_code: _Optional[str] = ..., start_date: _Optional[str] = ..., end_date: _Optional[str] = ..., effective_date: _Optional[str] = ..., penalty: _Optional[_Union[_facts_pb2.Penalty, str]] = ..., sentence: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ..., probation: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ..., minor: _Optional[bool] = ..., injunction: _Optional[bool] = ..., organ_unit: _Optional[str] = ..., decision_date: _Optional[str] = ..., seal_to: _Optional[_Union[_common_pb2.SealTo, _Mapping]] = ...) -> None: ...

class ReceptionNoted(_message.Message):
    __slots__ = ("reported_on", "days_late")
    REPORTED_ON_FIELD_NUMBER: _ClassVar[int]
    DAYS_LATE_FIELD_NUMBER: _ClassVar[int]
    reported_on: str
    days_late: int
    def __init__(self, reported_on: _Optional[str] = ..., days_late: _Optional[int] = ...) -> None: ...

class MissedReceptionNoted(_message.Message):
    __slots__ = ("due_date",)
    DUE_DATE_FIELD_NUMBER: _ClassVar[int]
    due_date: str
    def __init__(self, due_date: _Optional[str] = ...) -> None: ...

class TermNoted(_message.Message):
    __slots__ = ("end_date",)
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    end_date: str
    def __init__(self, end_date: _Optional[str] = ...) -> None: ...

class SupervisionClosed(_message.Message):
    __slots__ = ("on",)
    ON_FIELD_NUMBER: _ClassVar[int]
    on: str
    def __init__(self, on: _Optional[str] = ...) -> None: ...

class ReportMade(_message.Message):
    __slots__ = ("method",)
    METHOD_FIELD_NUMBER: _ClassVar[int]
    method: ReportMethod
    def __init__(self, method: _Optional[_Union[ReportMethod, str]] = ...) -> None: ...

class LeaveRequested(_message.Message):
    __slots__ = ("leave_id", "destination", "reason", "from_date", "to_date", "approver")
    LEAVE_ID_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    APPROVER_FIELD_NUMBER: _ClassVar[int]
    leave_id: str
    destination: str
    reason: LeaveReason
    from_date: str
    to_date: str
    approver: Approver
    def __init__(self, leave_id: _Optional[str] = ..., destination: _Optional[str] = ..., reason: _Optional[_Union[LeaveReason, str]] = ..., from_date: _Optional[str] = ..., to_date: _Optional[str] = ..., approver: _Optional[_Union[Approver, str]] = ...) -> None: ...

class LeaveApproved(_message.Message):
    __slots__ = ("leave_id", "from_date", "to_date", "approver")
    LEAVE_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    APPROVER_FIELD_NUMBER: _ClassVar[int]
    leave_id: str
    from_date: str
    to_date: str
    approver: Approver
    def __init__(self, leave_id: _Optional[str] = ..., from_date: _Optional[str] = ..., to_date: _Optional[str] = ..., approver: _Optional[_Union[Approver, str]] = ...) -> None: ...

class LeaveDenied(_message.Message):
    __slots__ = ("leave_id", "reason")
    LEAVE_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    leave_id: str
    reason: _common_pb2.Sealed
    def __init__(self, leave_id: _Optional[str] = ..., reason: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class LeaveReturned(_message.Message):
    __slots__ = ("leave_id", "days_over")
    LEAVE_ID_FIELD_NUMBER: _ClassVar[int]
    DAYS_OVER_FIELD_NUMBER: _ClassVar[int]
    leave_id: str
    days_over: int
    def __init__(self, leave_id: _Optional[str] = ..., days_over: _Optional[int] = ...) -> None: ...

class LeaveOverdue(_message.Message):
    __slots__ = ("leave_id", "to_date")
    LEAVE_ID_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    leave_id: str
    to_date: str
    def __init__(self, leave_id: _Optional[str] = ..., to_date: _Optional[str] = ...) -> None: ...

class RegularTravelRequested(_message.Message):
    __slots__ = ("travel_id", "destinations", "purpose")
    TRAVEL_ID_FIELD_NUMBER: _ClassVar[int]
    DESTINATIONS_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    travel_id: str
    destinations: _containers.RepeatedScalarFieldContainer[str]
    purpose: _common_pb2.Sealed
    def __init__(self, travel_id: _Optional[str] = ..., destinations: _Optional[_Iterable[str]] = ..., purpose: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class RegularTravelDenied(_message.Message):
    __slots__ = ("travel_id", "reason")
    TRAVEL_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    travel_id: str
    reason: _common_pb2.Sealed
    def __init__(self, travel_id: _Optional[str] = ..., reason: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class RegularTravelApproved(_message.Message):
    __slots__ = ("travel_id", "from_date", "to_date")
    TRAVEL_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    travel_id: str
    from_date: str
    to_date: str
    def __init__(self, travel_id: _Optional[str] = ..., from_date: _Optional[str] = ..., to_date: _Optional[str] = ...) -> None: ...

class UnapprovedDepartureFound(_message.Message):
    __slots__ = ("since",)
    SINCE_FIELD_NUMBER: _ClassVar[int]
    since: _timestamp_pb2.Timestamp
    def __init__(self, since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ContactLost(_message.Message):
    __slots__ = ("since",)
    SINCE_FIELD_NUMBER: _ClassVar[int]
    since: _timestamp_pb2.Timestamp
    def __init__(self, since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SearchStepRecorded(_message.Message):
    __slots__ = ("method", "result")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    method: SearchMethod
    result: _common_pb2.Sealed
    def __init__(self, method: _Optional[_Union[SearchMethod, str]] = ..., result: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class PoliceSearchRequested(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class AbscondedClassified(_message.Message):
    __slots__ = ("law", "since", "hours")
    LAW_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    HOURS_FIELD_NUMBER: _ClassVar[int]
    law: _common_pb2.LawRef
    since: _timestamp_pb2.Timestamp
    hours: int
    def __init__(self, law: _Optional[_Union[_common_pb2.LawRef, _Mapping]] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., hours: _Optional[int] = ...) -> None: ...

class SubjectFound(_message.Message):
    __slots__ = ("found_at", "exchange_id", "days_missing")
    FOUND_AT_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    DAYS_MISSING_FIELD_NUMBER: _ClassVar[int]
    found_at: _timestamp_pb2.Timestamp
    exchange_id: str
    days_missing: int
    def __init__(self, found_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., exchange_id: _Optional[str] = ..., days_missing: _Optional[int] = ...) -> None: ...

class Admonished(_message.Message):
    __slots__ = ("ground", "evidence", "public")
    GROUND_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_FIELD_NUMBER: _ClassVar[int]
    ground: _common_pb2.LawRef
    evidence: _common_pb2.Sealed
    public: bool
    def __init__(self, ground: _Optional[_Union[_common_pb2.LawRef, _Mapping]] = ..., evidence: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., public: _Optional[bool] = ...) -> None: ...

class Warned(_message.Message):
    __slots__ = ("ground", "evidence", "public")
    GROUND_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_FIELD_NUMBER: _ClassVar[int]
    ground: _common_pb2.LawRef
    evidence: _common_pb2.Sealed
    public: bool
    def __init__(self, ground: _Optional[_Union[_common_pb2.LawRef, _Mapping]] = ..., evidence: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., public: _Optional[bool] = ...) -> None: ...

class MeasureProposed(_message.Message):
    __slots__ = ("ground", "measure", "evidence")
    GROUND_FIELD_NUMBER: _ClassVar[int]
    MEASURE_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    ground: _common_pb2.LawRef
    measure: str
    evidence: _common_pb2.Sealed
    def __init__(self, ground: _Optional[_Union[_common_pb2.LawRef, _Mapping]] = ..., measure: _Optional[str] = ..., evidence: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class RevocationProposed(_message.Message):
    __slots__ = ("ground", "evidence", "dossier", "ruling_due", "provisional", "legal_review")
    GROUND_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    DOSSIER_FIELD_NUMBER: _ClassVar[int]
    RULING_DUE_FIELD_NUMBER: _ClassVar[int]
    PROVISIONAL_FIELD_NUMBER: _ClassVar[int]
    LEGAL_REVIEW_FIELD_NUMBER: _ClassVar[int]
    ground: _common_pb2.LawRef
    evidence: _common_pb2.Sealed
    dossier: _containers.RepeatedScalarFieldContainer[DossierItem]
    ruling_due: str
    provisional: bool
    legal_review: bool
    def __init__(self, ground: _Optional[_Union[_common_pb2.LawRef, _Mapping]] = ..., evidence: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., dossier: _Optional[_Iterable[_Union[DossierItem, str]]] = ..., ruling_due: _Optional[str] = ..., provisional: _Optional[bool] = ..., legal_review: _Optional[bool] = ...) -> None: ...

class RevocationRuled(_message.Message):
    __slots__ = ("exchange_id", "ruling_date")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    RULING_DATE_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    ruling_date: str
    def __init__(self, exchange_id: _Optional[str] = ..., ruling_date: _Optional[str] = ...) -> None: ...

class RevocationRefused(_message.Message):
    __slots__ = ("exchange_id", "ruling_date")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    RULING_DATE_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    ruling_date: str
    def __init__(self, exchange_id: _Optional[str] = ..., ruling_date: _Optional[str] = ...) -> None: ...

class ReimprisonmentDecided(_message.Message):
    __slots__ = ("exchange_id", "decision_date")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    DECISION_DATE_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    decision_date: str
    def __init__(self, exchange_id: _Optional[str] = ..., decision_date: _Optional[str] = ...) -> None: ...

class ReductionProposed(_message.Message):
    __slots__ = ("ground", "evidence", "ruling_due", "provisional")
    GROUND_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    RULING_DUE_FIELD_NUMBER: _ClassVar[int]
    PROVISIONAL_FIELD_NUMBER: _ClassVar[int]
    ground: _common_pb2.LawRef
    evidence: _common_pb2.Sealed
    ruling_due: str
    provisional: bool
    def __init__(self, ground: _Optional[_Union[_common_pb2.LawRef, _Mapping]] = ..., evidence: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., ruling_due: _Optional[str] = ..., provisional: _Optional[bool] = ...) -> None: ...

class ReductionRuled(_message.Message):
    __slots__ = ("exchange_id", "ruling_date", "sentence_reduction", "probation_reduction")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    RULING_DATE_FIELD_NUMBER: _ClassVar[int]
    SENTENCE_REDUCTION_FIELD_NUMBER: _ClassVar[int]
    PROBATION_REDUCTION_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    ruling_date: str
    sentence_reduction: _facts_pb2.Period
    probation_reduction: _facts_pb2.Period
    def __init__(self, exchange_id: _Optional[str] = ..., ruling_date: _Optional[str] = ..., sentence_reduction: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ..., probation_reduction: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ...) -> None: ...

class ReductionRefused(_message.Message):
    __slots__ = ("exchange_id", "ruling_date")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    RULING_DATE_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    ruling_date: str
    def __init__(self, exchange_id: _Optional[str] = ..., ruling_date: _Optional[str] = ...) -> None: ...

class CorrectionOpinionNoted(_message.Message):
    __slots__ = ("exchange_id", "reply_due", "provisional", "opinion_date")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    REPLY_DUE_FIELD_NUMBER: _ClassVar[int]
    PROVISIONAL_FIELD_NUMBER: _ClassVar[int]
    OPINION_DATE_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    reply_due: str
    provisional: bool
    opinion_date: str
    def __init__(self, exchange_id: _Optional[str] = ..., reply_due: _Optional[str] = ..., provisional: _Optional[bool] = ..., opinion_date: _Optional[str] = ...) -> None: ...

class CorrectionOpinionAnswered(_message.Message):
    __slots__ = ("exchange_id", "adopted", "answer")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    ADOPTED_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    adopted: bool
    answer: _common_pb2.Sealed
    def __init__(self, exchange_id: _Optional[str] = ..., adopted: _Optional[bool] = ..., answer: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class RulingWithoutEffect(_message.Message):
    __slots__ = ("exchange_id", "code", "forbidden_by", "article")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    FORBIDDEN_BY_FIELD_NUMBER: _ClassVar[int]
    ARTICLE_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    code: str
    forbidden_by: str
    article: str
    def __init__(self, exchange_id: _Optional[str] = ..., code: _Optional[str] = ..., forbidden_by: _Optional[str] = ..., article: _Optional[str] = ...) -> None: ...

import datetime

from buf.validate import validate_pb2 as _validate_pb2
from corrections.common.v1 import facts_pb2 as _facts_pb2
from corrections.law.v1 import explanation_pb2 as _explanation_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CrimeGround(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CRIME_GROUND_UNSPECIFIED: _ClassVar[CrimeGround]
    CRIME_GROUND_NEW_CRIME: _ClassVar[CrimeGround]
    CRIME_GROUND_OMITTED_CRIME: _ClassVar[CrimeGround]

class Stage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STAGE_UNSPECIFIED: _ClassVar[Stage]
    STAGE_RECEIVED: _ClassVar[Stage]
    STAGE_ACCEPTED: _ClassVar[Stage]
    STAGE_REFUSED: _ClassVar[Stage]
    STAGE_HELD: _ClassVar[Stage]
    STAGE_EFFECTED: _ClassVar[Stage]
    STAGE_WITHOUT_EFFECT: _ClassVar[Stage]
CRIME_GROUND_UNSPECIFIED: CrimeGround
CRIME_GROUND_NEW_CRIME: CrimeGround
CRIME_GROUND_OMITTED_CRIME: CrimeGround
STAGE_UNSPECIFIED: Stage
STAGE_RECEIVED: Stage
STAGE_ACCEPTED: Stage
STAGE_REFUSED: Stage
STAGE_HELD: Stage
STAGE_EFFECTED: Stage
STAGE_WITHOUT_EFFECT: Stage

class Document(_message.Message):
    __slots__ = ("title", "media_type", "content")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    title: str
    media_type: str
    content: bytes
    def __init__(self, title: _Optional[str] = ..., media_type: _Optional[str] = ..., content: _Optional[bytes] = ...) -> None: ...

class Defendant(_message.Message):
    __slots__ = ("number", "name", "identity_number", "sex", "birth_date", "charges", "penalty", "sentence", "kind", "probation", "effective_date", "printed_end_date", "printed_report_date", "custody_days", "execution_county", "office", "address", "phone", "injunctions", "temporary_until")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SEX_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    CHARGES_FIELD_NUMBER: _ClassVar[int]
    PENALTY_FIELD_NUMBER: _ClassVar[int]
    SENTENCE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PROBATION_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_DATE_FIELD_NUMBER: _ClassVar[int]
    PRINTED_END_DATE_FIELD_NUMBER: _ClassVar[int]
    PRINTED_REPORT_DATE_FIELD_NUMBER: _ClassVar[int]
    CUSTODY_DAYS_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_COUNTY_FIELD_NUMBER: _ClassVar[int]
    OFFICE_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    INJUNCTIONS_FIELD_NUMBER: _ClassVar[int]
    TEMPORARY_UNTIL_FIELD_NUMBER: _ClassVar[int]
    number: int
    name: str
    identity_number: str
    sex: _facts_pb2.Sex
    birth_date: str
    charges: _containers.RepeatedScalarFieldContainer[str]
    penalty: _facts_pb2.Penalty
    sentence: _facts_pb2.Period
    kind: _facts_pb2.SubjectKind
    probation: _facts_pb2.Period
    effective_date: str
    printed_end_date: str
    printed_report_date: str
    custody_days: int
    execution_county: str
    office: str
    address: str
    phone: str
    injunctions: _containers.RepeatedScalarFieldContainer[str]
    temporary_until: str
    def __init__(self, number: _Optional[int] = ..., name: _Optional[str] = ..., identity_number: _Optional[str] = ..., sex: _Optional[_Union[_facts_pb2.Sex, str]] = ..., birth_date: _Optional[str] = ..., charges: _Optional[_Iterable[str]] = ..., penalty: _Optional[_Union[_facts_pb2.Penalty, str]] = ..., sentence: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ..., kind: _Optional[_Union[_facts_pb2.SubjectKind, str]] = ..., probation: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ..., effective_date: _Optional[str] = ..., printed_end_date: _Optional[str] = ..., printed_report_date: _Optional[str] = ..., custody_days: _Optional[int] = ..., execution_county: _Optional[str] = ..., office: _Optional[str] = ..., address: _Optional[str] = ..., phone: _Optional[str] = ..., injunctions: _Optional[_Iterable[str]] = ..., temporary_until: _Optional[str] = ...) -> None: ...

class Judgment(_message.Message):
    __slots__ = ("message_id", "organ_code", "case_number", "decision_date", "defendants", "documents")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    ORGAN_CODE_FIELD_NUMBER: _ClassVar[int]
    CASE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    DECISION_DATE_FIELD_NUMBER: _ClassVar[int]
    DEFENDANTS_FIELD_NUMBER: _ClassVar[int]
    DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    organ_code: str
    case_number: str
    decision_date: str
    defendants: _containers.RepeatedCompositeFieldContainer[Defendant]
    documents: _containers.RepeatedCompositeFieldContainer[Document]
    def __init__(self, message_id: _Optional[str] = ..., organ_code: _Optional[str] = ..., case_number: _Optional[str] = ..., decision_date: _Optional[str] = ..., defendants: _Optional[_Iterable[_Union[Defendant, _Mapping]]] = ..., documents: _Optional[_Iterable[_Union[Document, _Mapping]]] = ...) -> None: ...

class RevocationRuling(_message.Message):
    __slots__ = ("message_id", "reference", "ruling_number", "ruling_date", "revoked", "crime", "crime_judgment_number")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    RULING_NUMBER_FIELD_NUMBER: _ClassVar[int]
    RULING_DATE_FIELD_NUMBER: _ClassVar[int]
    REVOKED_FIELD_NUMBER: _ClassVar[int]
    CRIME_FIELD_NUMBER: _ClassVar[int]
    CRIME_JUDGMENT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    reference: _facts_pb2.CaseReference
    ruling_number: str
    ruling_date: str
    revoked: bool
    crime: CrimeGround
    crime_judgment_number: str
    def __init__(self, message_id: _Optional[str] = ..., reference: _Optional[_Union[_facts_pb2.CaseReference, _Mapping]] = ..., ruling_number: _Optional[str] = ..., ruling_date: _Optional[str] = ..., revoked: _Optional[bool] = ..., crime: _Optional[_Union[CrimeGround, str]] = ..., crime_judgment_number: _Optional[str] = ...) -> None: ...

class ReductionRuling(_message.Message):
    __slots__ = ("message_id", "reference", "ruling_number", "ruling_date", "reduced", "sentence_reduction", "probation_reduction")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    RULING_NUMBER_FIELD_NUMBER: _ClassVar[int]
    RULING_DATE_FIELD_NUMBER: _ClassVar[int]
    REDUCED_FIELD_NUMBER: _ClassVar[int]
    SENTENCE_REDUCTION_FIELD_NUMBER: _ClassVar[int]
    PROBATION_REDUCTION_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    reference: _facts_pb2.CaseReference
    ruling_number: str
    ruling_date: str
    reduced: bool
    sentence_reduction: _facts_pb2.Period
    probation_reduction: _facts_pb2.Period
    def __init__(self, message_id: _Optional[str] = ..., reference: _Optional[_Union[_facts_pb2.CaseReference, _Mapping]] = ..., ruling_number: _Optional[str] = ..., ruling_date: _Optional[str] = ..., reduced: _Optional[bool] = ..., sentence_reduction: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ..., probation_reduction: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ...) -> None: ...

class TemporaryServiceRenewal(_message.Message):
    __slots__ = ("message_id", "reference", "decision_date", "until")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    DECISION_DATE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    reference: _facts_pb2.CaseReference
    decision_date: str
    until: str
    def __init__(self, message_id: _Optional[str] = ..., reference: _Optional[_Union[_facts_pb2.CaseReference, _Mapping]] = ..., decision_date: _Optional[str] = ..., until: _Optional[str] = ...) -> None: ...

class ReimprisonmentDecision(_message.Message):
    __slots__ = ("message_id", "reference", "decision_date")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    DECISION_DATE_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    reference: _facts_pb2.CaseReference
    decision_date: str
    def __init__(self, message_id: _Optional[str] = ..., reference: _Optional[_Union[_facts_pb2.CaseReference, _Mapping]] = ..., decision_date: _Optional[str] = ...) -> None: ...

class TermRecalculation(_message.Message):
    __slots__ = ("message_id", "reference", "ruling_date", "not_counted")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    RULING_DATE_FIELD_NUMBER: _ClassVar[int]
    NOT_COUNTED_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    reference: _facts_pb2.CaseReference
    ruling_date: str
    not_counted: _facts_pb2.Period
    def __init__(self, message_id: _Optional[str] = ..., reference: _Optional[_Union[_facts_pb2.CaseReference, _Mapping]] = ..., ruling_date: _Optional[str] = ..., not_counted: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ...) -> None: ...

class FoundNotice(_message.Message):
    __slots__ = ("message_id", "reference", "found_at")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    FOUND_AT_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    reference: _facts_pb2.CaseReference
    found_at: _timestamp_pb2.Timestamp
    def __init__(self, message_id: _Optional[str] = ..., reference: _Optional[_Union[_facts_pb2.CaseReference, _Mapping]] = ..., found_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CorrectionOpinion(_message.Message):
    __slots__ = ("message_id", "reference", "opinion_date", "text")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    OPINION_DATE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    reference: _facts_pb2.CaseReference
    opinion_date: str
    text: str
    def __init__(self, message_id: _Optional[str] = ..., reference: _Optional[_Union[_facts_pb2.CaseReference, _Mapping]] = ..., opinion_date: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class Fact(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class Notice(_message.Message):
    __slots__ = ("message_id", "to", "kind", "title_zh", "article", "reference", "occurred_at", "facts", "copy")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TITLE_ZH_FIELD_NUMBER: _ClassVar[int]
    ARTICLE_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    COPY_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    to: str
    kind: str
    title_zh: str
    article: str
    reference: _facts_pb2.CaseReference
    occurred_at: _timestamp_pb2.Timestamp
    facts: _containers.RepeatedCompositeFieldContainer[Fact]
    copy: bool
    def __init__(self, message_id: _Optional[str] = ..., to: _Optional[str] = ..., kind: _Optional[str] = ..., title_zh: _Optional[str] = ..., article: _Optional[str] = ..., reference: _Optional[_Union[_facts_pb2.CaseReference, _Mapping]] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., facts: _Optional[_Iterable[_Union[Fact, _Mapping]]] = ..., copy: _Optional[bool] = ...) -> None: ...

class Refusal(_message.Message):
    __slots__ = ("code", "field", "rule", "article", "remedy_zh")
    CODE_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    ARTICLE_FIELD_NUMBER: _ClassVar[int]
    REMEDY_ZH_FIELD_NUMBER: _ClassVar[int]
    code: str
    field: str
    rule: str
    article: str
    remedy_zh: str
    def __init__(self, code: _Optional[str] = ..., field: _Optional[str] = ..., rule: _Optional[str] = ..., article: _Optional[str] = ..., remedy_zh: _Optional[str] = ...) -> None: ...

class PersonRefusal(_message.Message):
    __slots__ = ("defendant_number", "refusal")
    DEFENDANT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    defendant_number: int
    refusal: Refusal
    def __init__(self, defendant_number: _Optional[int] = ..., refusal: _Optional[_Union[Refusal, _Mapping]] = ...) -> None: ...

class Receipt(_message.Message):
    __slots__ = ("message_id", "sender", "receiver", "stage", "body_sha256", "at", "refusal", "case_ids", "persons", "explanation", "person_explanations")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    SENDER_FIELD_NUMBER: _ClassVar[int]
    RECEIVER_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    BODY_SHA256_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    PERSONS_FIELD_NUMBER: _ClassVar[int]
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    PERSON_EXPLANATIONS_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    sender: str
    receiver: str
    stage: Stage
    body_sha256: bytes
    at: _timestamp_pb2.Timestamp
    refusal: Refusal
    case_ids: _containers.RepeatedScalarFieldContainer[str]
    persons: _containers.RepeatedCompositeFieldContainer[PersonRefusal]
    explanation: _explanation_pb2.Explanation
    person_explanations: _containers.RepeatedCompositeFieldContainer[_explanation_pb2.Explanation]
    def __init__(self, message_id: _Optional[str] = ..., sender: _Optional[str] = ..., receiver: _Optional[str] = ..., stage: _Optional[_Union[Stage, str]] = ..., body_sha256: _Optional[bytes] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., refusal: _Optional[_Union[Refusal, _Mapping]] = ..., case_ids: _Optional[_Iterable[str]] = ..., persons: _Optional[_Iterable[_Union[PersonRefusal, _Mapping]]] = ..., explanation: _Optional[_Union[_explanation_pb2.Explanation, _Mapping]] = ..., person_explanations: _Optional[_Iterable[_Union[_explanation_pb2.Explanation, _Mapping]]] = ...) -> None: ...

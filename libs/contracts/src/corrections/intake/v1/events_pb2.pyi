from buf.validate import validate_pb2 as _validate_pb2
from corrections.common.v1 import common_pb2 as _common_pb2
from corrections.common.v1 import facts_pb2 as _facts_pb2
from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ReceptionMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RECEPTION_MODE_UNSPECIFIED: _ClassVar[ReceptionMode]
    RECEPTION_MODE_AT_OFFICE: _ClassVar[ReceptionMode]
    RECEPTION_MODE_AT_HOME: _ClassVar[ReceptionMode]
    RECEPTION_MODE_AT_HOSPITAL: _ClassVar[ReceptionMode]
    RECEPTION_MODE_HANDED_OVER: _ClassVar[ReceptionMode]

class MemberRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MEMBER_ROLE_UNSPECIFIED: _ClassVar[MemberRole]
    MEMBER_ROLE_JUDICIAL_OFFICE: _ClassVar[MemberRole]
    MEMBER_ROLE_VILLAGE_COMMITTEE: _ClassVar[MemberRole]
    MEMBER_ROLE_GUARDIAN: _ClassVar[MemberRole]
    MEMBER_ROLE_EMPLOYER: _ClassVar[MemberRole]
    MEMBER_ROLE_SOCIAL_WORKER: _ClassVar[MemberRole]
    MEMBER_ROLE_VOLUNTEER: _ClassVar[MemberRole]

class TerminationGround(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TERMINATION_GROUND_UNSPECIFIED: _ClassVar[TerminationGround]
    TERMINATION_GROUND_REVOKED: _ClassVar[TerminationGround]
    TERMINATION_GROUND_REIMPRISONED: _ClassVar[TerminationGround]
    TERMINATION_GROUND_DIED: _ClassVar[TerminationGround]
RECEPTION_MODE_UNSPECIFIED: ReceptionMode
RECEPTION_MODE_AT_OFFICE: ReceptionMode
RECEPTION_MODE_AT_HOME: ReceptionMode
RECEPTION_MODE_AT_HOSPITAL: ReceptionMode
RECEPTION_MODE_HANDED_OVER: ReceptionMode
MEMBER_ROLE_UNSPECIFIED: MemberRole
MEMBER_ROLE_JUDICIAL_OFFICE: MemberRole
MEMBER_ROLE_VILLAGE_COMMITTEE: MemberRole
MEMBER_ROLE_GUARDIAN: MemberRole
MEMBER_ROLE_EMPLOYER: MemberRole
MEMBER_ROLE_SOCIAL_WORKER: MemberRole
MEMBER_ROLE_VOLUNTEER: MemberRole
TERMINATION_GROUND_UNSPECIFIED: TerminationGround
TERMINATION_GROUND_REVOKED: TerminationGround
TERMINATION_GROUND_REIMPRISONED: TerminationGround
TERMINATION_GROUND_DIED: TerminationGround

class GroupMember(_message.Message):
    __slots__ = ("member_id", "role", "sex", "knows_minors")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    SEX_FIELD_NUMBER: _ClassVar[int]
    KNOWS_MINORS_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    role: MemberRole
    sex: _facts_pb2.Sex
    knows_minors: bool
    def __init__(self, member_id: _Optional[str] = ..., role: _Optional[_Union[MemberRole, str]] = ..., sex: _Optional[_Union[_facts_pb2.Sex, str]] = ..., knows_minors: _Optional[bool] = ...) -> None: ...

class PersonRegistered(_message.Message):
    __slots__ = ("name", "identity_number", "birth_date", "address", "phone")
    NAME_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_NUMBER_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    name: _common_pb2.Sealed
    identity_number: _common_pb2.Sealed
    birth_date: _common_pb2.Sealed
    address: _common_pb2.Sealed
    phone: _common_pb2.Sealed
    def __init__(self, name: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., identity_number: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., birth_date: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., address: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., phone: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class PersonNoted(_message.Message):
    __slots__ = ("exchange_id", "name", "birth_date", "address", "phone")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    name: _common_pb2.Sealed
    birth_date: _common_pb2.Sealed
    address: _common_pb2.Sealed
    phone: _common_pb2.Sealed
    def __init__(self, exchange_id: _Optional[str] = ..., name: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., birth_date: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., address: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., phone: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class PersonRead(_message.Message):
    __slots__ = ("fields",)
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    fields: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, fields: _Optional[_Iterable[str]] = ...) -> None: ...

class TextsRead(_message.Message):
    __slots__ = ("case_id", "fields")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    fields: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, case_id: _Optional[str] = ..., fields: _Optional[_Iterable[str]] = ...) -> None: ...

class ErasureProposed(_message.Message):
    __slots__ = ("kept_until_date", "reason", "case_ids")
    KEPT_UNTIL_DATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    kept_until_date: str
    reason: _common_pb2.Sealed
    case_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, kept_until_date: _Optional[str] = ..., reason: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., case_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ErasureApproved(_message.Message):
    __slots__ = ("kept_until_date", "case_ids")
    KEPT_UNTIL_DATE_FIELD_NUMBER: _ClassVar[int]
    CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    kept_until_date: str
    case_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, kept_until_date: _Optional[str] = ..., case_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class PersonErased(_message.Message):
    __slots__ = ("case_ids", "key_ids")
    CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    KEY_IDS_FIELD_NUMBER: _ClassVar[int]
    case_ids: _containers.RepeatedScalarFieldContainer[str]
    key_ids: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, case_ids: _Optional[_Iterable[str]] = ..., key_ids: _Optional[_Iterable[bytes]] = ...) -> None: ...

class CaseOpened(_message.Message):
    __slots__ = ("person_id", "exchange_id", "defendant_number", "kind", "organ_code", "decision_date", "effective_date", "penalty", "sentence", "probation", "county", "office", "sex", "minor", "injunction", "organ_unit", "seal_to")
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    DEFENDANT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ORGAN_CODE_FIELD_NUMBER: _ClassVar[int]
    DECISION_DATE_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_DATE_FIELD_NUMBER: _ClassVar[int]
    PENALTY_FIELD_NUMBER: _ClassVar[int]
    SENTENCE_FIELD_NUMBER: _ClassVar[int]
    PROBATION_FIELD_NUMBER: _ClassVar[int]
    COUNTY_FIELD_NUMBER: _ClassVar[int]
    OFFICE_FIELD_NUMBER: _ClassVar[int]
    SEX_FIELD_NUMBER: _ClassVar[int]
    MINOR_FIELD_NUMBER: _ClassVar[int]
    INJUNCTION_FIELD_NUMBER: _ClassVar[int]
    ORGAN_UNIT_FIELD_NUMBER: _ClassVar[int]
    SEAL_TO_FIELD_NUMBER: _ClassVar[int]
    person_id: str
    exchange_id: str
    defendant_number: int
    kind: _facts_pb2.SubjectKind
    organ_code: str
    decision_date: str
    effective_date: str
    penalty: _facts_pb2.Penalty
    sentence: _facts_pb2.Period
    probation: _facts_pb2.Period
    county: str
    office: str
    sex: _facts_pb2.Sex
    minor: bool
    injunction: bool
    organ_unit: str
    seal_to: _common_pb2.SealTo
    def __init__(self, person_id: _Optional[str] = ..., exchange_id: _Optional[str] = ..., defendant_number: _Optional[int] = ..., kind: _Optional[_Union[_facts_pb2.SubjectKind, str]] = ..., organ_code: _Optional[str] = ..., decision_date: _Optional[str] = ..., effective_date: _Optional[str] = ..., penalty: _Optional[_Union[_facts_pb2.Penalty, str]] = ..., sentence: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ..., probation: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ..., county: _Optional[str] = ..., office: _Optional[str] = ..., sex: _Optional[_Union[_facts_pb2.Sex, str]] = ..., minor: _Optional[bool] = ..., injunction: _Optional[bool] = ..., organ_unit: _Optional[str] = ..., seal_to: _Optional[_Union[_common_pb2.SealTo, _Mapping]] = ...) -> None: ...

class TermComputed(_message.Message):
    __slots__ = ("start_date", "end_date", "computed_end_date", "printed_end_date", "law", "temporary_until")
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    COMPUTED_END_DATE_FIELD_NUMBER: _ClassVar[int]
    PRINTED_END_DATE_FIELD_NUMBER: _ClassVar[int]
    LAW_FIELD_NUMBER: _ClassVar[int]
    TEMPORARY_UNTIL_FIELD_NUMBER: _ClassVar[int]
    start_date: str
    end_date: str
    computed_end_date: str
    printed_end_date: str
    law: _common_pb2.LawRef
    temporary_until: str
    def __init__(self, start_date: _Optional[str] = ..., end_date: _Optional[str] = ..., computed_end_date: _Optional[str] = ..., printed_end_date: _Optional[str] = ..., law: _Optional[_Union[_common_pb2.LawRef, _Mapping]] = ..., temporary_until: _Optional[str] = ...) -> None: ...

class ReportingInOrdered(_message.Message):
    __slots__ = ("nominal_due", "extended_due", "printed_due", "law", "provisional_due", "effective_date")
    NOMINAL_DUE_FIELD_NUMBER: _ClassVar[int]
    EXTENDED_DUE_FIELD_NUMBER: _ClassVar[int]
    PRINTED_DUE_FIELD_NUMBER: _ClassVar[int]
    LAW_FIELD_NUMBER: _ClassVar[int]
    PROVISIONAL_DUE_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_DATE_FIELD_NUMBER: _ClassVar[int]
    nominal_due: str
    extended_due: str
    printed_due: str
    law: _common_pb2.LawRef
    provisional_due: str
    effective_date: str
    def __init__(self, nominal_due: _Optional[str] = ..., extended_due: _Optional[str] = ..., printed_due: _Optional[str] = ..., law: _Optional[_Union[_common_pb2.LawRef, _Mapping]] = ..., provisional_due: _Optional[str] = ..., effective_date: _Optional[str] = ...) -> None: ...

class ReportedIn(_message.Message):
    __slots__ = ("mode", "days_late", "missing_documents")
    MODE_FIELD_NUMBER: _ClassVar[int]
    DAYS_LATE_FIELD_NUMBER: _ClassVar[int]
    MISSING_DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    mode: ReceptionMode
    days_late: int
    missing_documents: _containers.RepeatedCompositeFieldContainer[_common_pb2.Sealed]
    def __init__(self, mode: _Optional[_Union[ReceptionMode, str]] = ..., days_late: _Optional[int] = ..., missing_documents: _Optional[_Iterable[_Union[_common_pb2.Sealed, _Mapping]]] = ...) -> None: ...

class ReportingInMissed(_message.Message):
    __slots__ = ("due_date",)
    DUE_DATE_FIELD_NUMBER: _ClassVar[int]
    due_date: str
    def __init__(self, due_date: _Optional[str] = ...) -> None: ...

class GroupFormed(_message.Message):
    __slots__ = ("members",)
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedCompositeFieldContainer[GroupMember]
    def __init__(self, members: _Optional[_Iterable[_Union[GroupMember, _Mapping]]] = ...) -> None: ...

class EntryDeclared(_message.Message):
    __slots__ = ("public",)
    PUBLIC_FIELD_NUMBER: _ClassVar[int]
    public: bool
    def __init__(self, public: _Optional[bool] = ...) -> None: ...

class PlanAdopted(_message.Message):
    __slots__ = ("measures",)
    MEASURES_FIELD_NUMBER: _ClassVar[int]
    measures: _containers.RepeatedCompositeFieldContainer[_common_pb2.Sealed]
    def __init__(self, measures: _Optional[_Iterable[_Union[_common_pb2.Sealed, _Mapping]]] = ...) -> None: ...

class TermShortened(_message.Message):
    __slots__ = ("exchange_id", "ruling_date", "reduction", "sentence_reduction", "end_date")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    RULING_DATE_FIELD_NUMBER: _ClassVar[int]
    REDUCTION_FIELD_NUMBER: _ClassVar[int]
    SENTENCE_REDUCTION_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    ruling_date: str
    reduction: _facts_pb2.Period
    sentence_reduction: _facts_pb2.Period
    end_date: str
    def __init__(self, exchange_id: _Optional[str] = ..., ruling_date: _Optional[str] = ..., reduction: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ..., sentence_reduction: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ..., end_date: _Optional[str] = ...) -> None: ...

class TemporaryServiceRenewed(_message.Message):
    __slots__ = ("exchange_id", "decision_date", "until")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    DECISION_DATE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    decision_date: str
    until: str
    def __init__(self, exchange_id: _Optional[str] = ..., decision_date: _Optional[str] = ..., until: _Optional[str] = ...) -> None: ...

class TermRecalculated(_message.Message):
    __slots__ = ("exchange_id", "ruling_date", "not_counted", "end_date")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    RULING_DATE_FIELD_NUMBER: _ClassVar[int]
    NOT_COUNTED_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    ruling_date: str
    not_counted: _facts_pb2.Period
    end_date: str
    def __init__(self, exchange_id: _Optional[str] = ..., ruling_date: _Optional[str] = ..., not_counted: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ..., end_date: _Optional[str] = ...) -> None: ...

class ReleasePrepared(_message.Message):
    __slots__ = ("appraisal",)
    APPRAISAL_FIELD_NUMBER: _ClassVar[int]
    appraisal: _common_pb2.Sealed
    def __init__(self, appraisal: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class Released(_message.Message):
    __slots__ = ("end_date",)
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    end_date: str
    def __init__(self, end_date: _Optional[str] = ...) -> None: ...

class ReleaseCertified(_message.Message):
    __slots__ = ("end_date",)
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    end_date: str
    def __init__(self, end_date: _Optional[str] = ...) -> None: ...

class Terminated(_message.Message):
    __slots__ = ("ground", "exchange_id", "on")
    GROUND_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    ground: TerminationGround
    exchange_id: str
    on: str
    def __init__(self, ground: _Optional[_Union[TerminationGround, str]] = ..., exchange_id: _Optional[str] = ..., on: _Optional[str] = ...) -> None: ...

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

class JudgmentWithoutEffect(_message.Message):
    __slots__ = ("exchange_id", "defendant_number", "code", "forbidden_by", "article")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    DEFENDANT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    FORBIDDEN_BY_FIELD_NUMBER: _ClassVar[int]
    ARTICLE_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    defendant_number: int
    code: str
    forbidden_by: str
    article: str
    def __init__(self, exchange_id: _Optional[str] = ..., defendant_number: _Optional[int] = ..., code: _Optional[str] = ..., forbidden_by: _Optional[str] = ..., article: _Optional[str] = ...) -> None: ...

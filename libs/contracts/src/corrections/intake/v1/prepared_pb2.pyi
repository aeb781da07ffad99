from corrections.common.v1 import common_pb2 as _common_pb2
from corrections.common.v1 import facts_pb2 as _facts_pb2
from corrections.intake.v1 import events_pb2 as _events_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PreparedCase(_message.Message):
    __slots__ = ("case_id", "person_id", "exchange_id", "defendant_number", "kind", "organ_code", "organ_is_court", "decision_date", "effective_date", "penalty", "sentence", "probation", "custody_days", "printed_end_date", "printed_report_date", "temporary_until", "county", "office", "sex", "birth_date", "injunction", "name", "identity_number", "sealed_birth_date", "address", "phone", "identity_mac", "organ_unit", "seal_to")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    DEFENDANT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ORGAN_CODE_FIELD_NUMBER: _ClassVar[int]
    ORGAN_IS_COURT_FIELD_NUMBER: _ClassVar[int]
    DECISION_DATE_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_DATE_FIELD_NUMBER: _ClassVar[int]
    PENALTY_FIELD_NUMBER: _ClassVar[int]
    SENTENCE_FIELD_NUMBER: _ClassVar[int]
    PROBATION_FIELD_NUMBER: _ClassVar[int]
    CUSTODY_DAYS_FIELD_NUMBER: _ClassVar[int]
    PRINTED_END_DATE_FIELD_NUMBER: _ClassVar[int]
    PRINTED_REPORT_DATE_FIELD_NUMBER: _ClassVar[int]
    TEMPORARY_UNTIL_FIELD_NUMBER: _ClassVar[int]
    COUNTY_FIELD_NUMBER: _ClassVar[int]
    OFFICE_FIELD_NUMBER: _ClassVar[int]
    SEX_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    INJUNCTION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SEALED_BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_MAC_FIELD_NUMBER: _ClassVar[int]
    ORGAN_UNIT_FIELD_NUMBER: _ClassVar[int]
    SEAL_TO_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    person_id: str
    exchange_id: str
    defendant_number: int
    kind: _facts_pb2.SubjectKind
    organ_code: str
    organ_is_court: bool
    decision_date: str
    effective_date: str
    penalty: _facts_pb2.Penalty
    sentence: _facts_pb2.Period
    probation: _facts_pb2.Period
    custody_days: int
    printed_end_date: str
    printed_report_date: str
    temporary_until: str
    county: str
    office: str
    sex: _facts_pb2.Sex
    birth_date: str
    injunction: bool
    name: _common_pb2.Sealed
    identity_number: _common_pb2.Sealed
    sealed_birth_date: _common_pb2.Sealed
    address: _common_pb2.Sealed
    phone: _common_pb2.Sealed
    identity_mac: bytes
    organ_unit: str
    seal_to: _common_pb2.SealTo
    def __init__(self, case_id: _Optional[str] = ..., person_id: _Optional[str] = ..., exchange_id: _Optional[str] = ..., defendant_number: _Optional[int] = ..., kind: _Optional[_Union[_facts_pb2.SubjectKind, str]] = ..., organ_code: _Optional[str] = ..., organ_is_court: _Optional[bool] = ..., decision_date: _Optional[str] = ..., effective_date: _Optional[str] = ..., penalty: _Optional[_Union[_facts_pb2.Penalty, str]] = ..., sentence: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ..., probation: _Optional[_Union[_facts_pb2.Period, _Mapping]] = ..., custody_days: _Optional[int] = ..., printed_end_date: _Optional[str] = ..., printed_report_date: _Optional[str] = ..., temporary_until: _Optional[str] = ..., county: _Optional[str] = ..., office: _Optional[str] = ..., sex: _Optional[_Union[_facts_pb2.Sex, str]] = ..., birth_date: _Optional[str] = ..., injunction: _Optional[bool] = ..., name: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., identity_number: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., sealed_birth_date: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., address: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., phone: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., identity_mac: _Optional[bytes] = ..., organ_unit: _Optional[str] = ..., seal_to: _Optional[_Union[_common_pb2.SealTo, _Mapping]] = ...) -> None: ...

class PreparedWithoutEffect(_message.Message):
    __slots__ = ("ruling",)
    RULING_FIELD_NUMBER: _ClassVar[int]
    ruling: _events_pb2.RulingWithoutEffect
    def __init__(self, ruling: _Optional[_Union[_events_pb2.RulingWithoutEffect, _Mapping]] = ...) -> None: ...

class PreparedJudgmentWithoutEffect(_message.Message):
    __slots__ = ("judgment",)
    JUDGMENT_FIELD_NUMBER: _ClassVar[int]
    judgment: _events_pb2.JudgmentWithoutEffect
    def __init__(self, judgment: _Optional[_Union[_events_pb2.JudgmentWithoutEffect, _Mapping]] = ...) -> None: ...

class PreparedErasureProposal(_message.Message):
    __slots__ = ("kept_until", "reason")
    KEPT_UNTIL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    kept_until: str
    reason: _common_pb2.Sealed
    def __init__(self, kept_until: _Optional[str] = ..., reason: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class PreparedErasure(_message.Message):
    __slots__ = ("key_ids", "claims")
    KEY_IDS_FIELD_NUMBER: _ClassVar[int]
    CLAIMS_FIELD_NUMBER: _ClassVar[int]
    key_ids: _containers.RepeatedScalarFieldContainer[bytes]
    claims: _containers.RepeatedCompositeFieldContainer[IdentityClaim]
    def __init__(self, key_ids: _Optional[_Iterable[bytes]] = ..., claims: _Optional[_Iterable[_Union[IdentityClaim, _Mapping]]] = ...) -> None: ...

class IdentityClaim(_message.Message):
    __slots__ = ("case_id", "mac")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    MAC_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    mac: bytes
    def __init__(self, case_id: _Optional[str] = ..., mac: _Optional[bytes] = ...) -> None: ...

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class SubjectKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SUBJECT_KIND_UNSPECIFIED: _ClassVar[SubjectKind]
    SUBJECT_KIND_PUBLIC_SURVEILLANCE: _ClassVar[SubjectKind]
    SUBJECT_KIND_PROBATION: _ClassVar[SubjectKind]
    SUBJECT_KIND_PAROLE: _ClassVar[SubjectKind]
    SUBJECT_KIND_TEMPORARY_SERVICE: _ClassVar[SubjectKind]

class Penalty(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PENALTY_UNSPECIFIED: _ClassVar[Penalty]
    PENALTY_FIXED_TERM: _ClassVar[Penalty]
    PENALTY_DETENTION: _ClassVar[Penalty]
    PENALTY_PUBLIC_SURVEILLANCE: _ClassVar[Penalty]
    PENALTY_LIFE: _ClassVar[Penalty]
    PENALTY_DEATH: _ClassVar[Penalty]
    PENALTY_ADDITIONAL_ONLY: _ClassVar[Penalty]
    PENALTY_NONE: _ClassVar[Penalty]

class Sex(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SEX_UNSPECIFIED: _ClassVar[Sex]
    SEX_MALE: _ClassVar[Sex]
    SEX_FEMALE: _ClassVar[Sex]
SUBJECT_KIND_UNSPECIFIED: SubjectKind
SUBJECT_KIND_PUBLIC_SURVEILLANCE: SubjectKind
SUBJECT_KIND_PROBATION: SubjectKind
SUBJECT_KIND_PAROLE: SubjectKind
SUBJECT_KIND_TEMPORARY_SERVICE: SubjectKind
PENALTY_UNSPECIFIED: Penalty
PENALTY_FIXED_TERM: Penalty
PENALTY_DETENTION: Penalty
PENALTY_PUBLIC_SURVEILLANCE: Penalty
PENALTY_LIFE: Penalty
PENALTY_DEATH: Penalty
PENALTY_ADDITIONAL_ONLY: Penalty
PENALTY_NONE: Penalty
SEX_UNSPECIFIED: Sex
SEX_MALE: Sex
SEX_FEMALE: Sex

class Period(_message.Message):
    __slots__ = ("months", "days")
    MONTHS_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    months: int
    days: int
    def __init__(self, months: _Optional[int] = ..., days: _Optional[int] = ...) -> None: ...

class CaseReference(_message.Message):
    __slots__ = ("organ_code", "case_number", "defendant_number")
    ORGAN_CODE_FIELD_NUMBER: _ClassVar[int]
    CASE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    DEFENDANT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    organ_code: str
    case_number: str
    defendant_number: int
    def __init__(self, organ_code: _Optional[str] = ..., case_number: _Optional[str] = ..., defendant_number: _Optional[int] = ...) -> None: ...

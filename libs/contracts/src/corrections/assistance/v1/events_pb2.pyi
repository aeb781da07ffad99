from corrections.common.v1 import common_pb2 as _common_pb2
from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Need(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NEED_UNSPECIFIED: _ClassVar[Need]
    NEED_EMPLOYMENT: _ClassVar[Need]
    NEED_TRAINING: _ClassVar[Need]
    NEED_SCHOOLING: _ClassVar[Need]
    NEED_SOCIAL_AID: _ClassVar[Need]
    NEED_INSURANCE: _ClassVar[Need]
    NEED_LEGAL_AID: _ClassVar[Need]
    NEED_HOUSING: _ClassVar[Need]
    NEED_COUNSELLING: _ClassVar[Need]
NEED_UNSPECIFIED: Need
NEED_EMPLOYMENT: Need
NEED_TRAINING: Need
NEED_SCHOOLING: Need
NEED_SOCIAL_AID: Need
NEED_INSURANCE: Need
NEED_LEGAL_AID: Need
NEED_HOUSING: Need
NEED_COUNSELLING: Need

class AssistanceOpened(_message.Message):
    __slots__ = ("county", "office", "seal_to")
    COUNTY_FIELD_NUMBER: _ClassVar[int]
    OFFICE_FIELD_NUMBER: _ClassVar[int]
    SEAL_TO_FIELD_NUMBER: _ClassVar[int]
    county: str
    office: str
    seal_to: _common_pb2.SealTo
    def __init__(self, county: _Optional[str] = ..., office: _Optional[str] = ..., seal_to: _Optional[_Union[_common_pb2.SealTo, _Mapping]] = ...) -> None: ...

class AssistanceClosed(_message.Message):
    __slots__ = ("on",)
    ON_FIELD_NUMBER: _ClassVar[int]
    on: str
    def __init__(self, on: _Optional[str] = ...) -> None: ...

class ReferralMade(_message.Message):
    __slots__ = ("referral_id", "need", "department")
    REFERRAL_ID_FIELD_NUMBER: _ClassVar[int]
    NEED_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_FIELD_NUMBER: _ClassVar[int]
    referral_id: str
    need: Need
    department: str
    def __init__(self, referral_id: _Optional[str] = ..., need: _Optional[_Union[Need, str]] = ..., department: _Optional[str] = ...) -> None: ...

class ReferralAccepted(_message.Message):
    __slots__ = ("referral_id",)
    REFERRAL_ID_FIELD_NUMBER: _ClassVar[int]
    referral_id: str
    def __init__(self, referral_id: _Optional[str] = ...) -> None: ...

class ReferralDeclined(_message.Message):
    __slots__ = ("referral_id", "reason")
    REFERRAL_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    referral_id: str
    reason: _common_pb2.Sealed
    def __init__(self, referral_id: _Optional[str] = ..., reason: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class ReferralConcluded(_message.Message):
    __slots__ = ("referral_id", "outcome", "helped")
    REFERRAL_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    HELPED_FIELD_NUMBER: _ClassVar[int]
    referral_id: str
    outcome: _common_pb2.Sealed
    helped: bool
    def __init__(self, referral_id: _Optional[str] = ..., outcome: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ..., helped: _Optional[bool] = ...) -> None: ...

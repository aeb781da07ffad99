import datetime

from buf.validate import validate_pb2 as _validate_pb2
from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Behaviour(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BEHAVIOUR_UNSPECIFIED: _ClassVar[Behaviour]
    BEHAVIOUR_ACCEPT: _ClassVar[Behaviour]
    BEHAVIOUR_REFUSE: _ClassVar[Behaviour]
    BEHAVIOUR_DELAY: _ClassVar[Behaviour]
    BEHAVIOUR_REPEAT: _ClassVar[Behaviour]
    BEHAVIOUR_FORGE: _ClassVar[Behaviour]
BEHAVIOUR_UNSPECIFIED: Behaviour
BEHAVIOUR_ACCEPT: Behaviour
BEHAVIOUR_REFUSE: Behaviour
BEHAVIOUR_DELAY: Behaviour
BEHAVIOUR_REPEAT: Behaviour
BEHAVIOUR_FORGE: Behaviour

class GetClockRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetClockResponse(_message.Message):
    __slots__ = ("now", "next_due", "idle")
    NOW_FIELD_NUMBER: _ClassVar[int]
    NEXT_DUE_FIELD_NUMBER: _ClassVar[int]
    IDLE_FIELD_NUMBER: _ClassVar[int]
    now: _timestamp_pb2.Timestamp
    next_due: _timestamp_pb2.Timestamp
    idle: bool
    def __init__(self, now: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., next_due: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., idle: _Optional[bool] = ...) -> None: ...

class SetClockRequest(_message.Message):
    __slots__ = ("to", "timeout_seconds")
    TO_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    to: _timestamp_pb2.Timestamp
    timeout_seconds: int
    def __init__(self, to: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., timeout_seconds: _Optional[int] = ...) -> None: ...

class SetClockResponse(_message.Message):
    __slots__ = ("now",)
    NOW_FIELD_NUMBER: _ClassVar[int]
    now: _timestamp_pb2.Timestamp
    def __init__(self, now: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SetBehaviourRequest(_message.Message):
    __slots__ = ("agency_code", "behaviour", "messages")
    AGENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    BEHAVIOUR_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    agency_code: str
    behaviour: Behaviour
    messages: int
    def __init__(self, agency_code: _Optional[str] = ..., behaviour: _Optional[_Union[Behaviour, str]] = ..., messages: _Optional[int] = ...) -> None: ...

class SetBehaviourResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CountEffectsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CountEffectsResponse(_message.Message):
    __slots__ = ("agencies",)
    AGENCIES_FIELD_NUMBER: _ClassVar[int]
    agencies: _containers.RepeatedCompositeFieldContainer[AgencyEffects]
    def __init__(self, agencies: _Optional[_Iterable[_Union[AgencyEffects, _Mapping]]] = ...) -> None: ...

class AgencyEffects(_message.Message):
    __slots__ = ("agency_code", "deliveries", "effects", "most_effects")
    AGENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    DELIVERIES_FIELD_NUMBER: _ClassVar[int]
    EFFECTS_FIELD_NUMBER: _ClassVar[int]
    MOST_EFFECTS_FIELD_NUMBER: _ClassVar[int]
    agency_code: str
    deliveries: int
    effects: int
    most_effects: int
    def __init__(self, agency_code: _Optional[str] = ..., deliveries: _Optional[int] = ..., effects: _Optional[int] = ..., most_effects: _Optional[int] = ...) -> None: ...

from corrections.common.v1 import common_pb2 as _common_pb2
from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SessionTopic(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SESSION_TOPIC_UNSPECIFIED: _ClassVar[SessionTopic]
    SESSION_TOPIC_LAW: _ClassVar[SessionTopic]
    SESSION_TOPIC_MORALS: _ClassVar[SessionTopic]
    SESSION_TOPIC_SKILLS: _ClassVar[SessionTopic]
    SESSION_TOPIC_PSYCHOLOGY: _ClassVar[SessionTopic]
SESSION_TOPIC_UNSPECIFIED: SessionTopic
SESSION_TOPIC_LAW: SessionTopic
SESSION_TOPIC_MORALS: SessionTopic
SESSION_TOPIC_SKILLS: SessionTopic
SESSION_TOPIC_PSYCHOLOGY: SessionTopic

class EducationOpened(_message.Message):
    __slots__ = ("county", "end_date", "minor", "office", "seal_to")
    COUNTY_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    MINOR_FIELD_NUMBER: _ClassVar[int]
    OFFICE_FIELD_NUMBER: _ClassVar[int]
    SEAL_TO_FIELD_NUMBER: _ClassVar[int]
    county: str
    end_date: str
    minor: bool
    office: str
    seal_to: _common_pb2.SealTo
    def __init__(self, county: _Optional[str] = ..., end_date: _Optional[str] = ..., minor: _Optional[bool] = ..., office: _Optional[str] = ..., seal_to: _Optional[_Union[_common_pb2.SealTo, _Mapping]] = ...) -> None: ...

class EducationClosed(_message.Message):
    __slots__ = ("on",)
    ON_FIELD_NUMBER: _ClassVar[int]
    on: str
    def __init__(self, on: _Optional[str] = ...) -> None: ...

class SessionArranged(_message.Message):
    __slots__ = ("session_id", "topic", "on")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    topic: SessionTopic
    on: str
    def __init__(self, session_id: _Optional[str] = ..., topic: _Optional[_Union[SessionTopic, str]] = ..., on: _Optional[str] = ...) -> None: ...

class SessionAttended(_message.Message):
    __slots__ = ("session_id", "minutes")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    MINUTES_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    minutes: int
    def __init__(self, session_id: _Optional[str] = ..., minutes: _Optional[int] = ...) -> None: ...

class SessionExcused(_message.Message):
    __slots__ = ("session_id", "reason")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    reason: _common_pb2.Sealed
    def __init__(self, session_id: _Optional[str] = ..., reason: _Optional[_Union[_common_pb2.Sealed, _Mapping]] = ...) -> None: ...

class SessionMissed(_message.Message):
    __slots__ = ("session_id",)
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

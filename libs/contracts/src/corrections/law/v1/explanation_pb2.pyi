import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DayState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DAY_STATE_UNSPECIFIED: _ClassVar[DayState]
    DAY_STATE_START: _ClassVar[DayState]
    DAY_STATE_COUNTED: _ClassVar[DayState]
    DAY_STATE_SKIPPED: _ClassVar[DayState]
    DAY_STATE_EXTENDED: _ClassVar[DayState]
DAY_STATE_UNSPECIFIED: DayState
DAY_STATE_START: DayState
DAY_STATE_COUNTED: DayState
DAY_STATE_SKIPPED: DayState
DAY_STATE_EXTENDED: DayState

class Explanation(_message.Message):
    __slots__ = ("events", "facts", "rules", "counting", "sentences_zh")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    COUNTING_FIELD_NUMBER: _ClassVar[int]
    SENTENCES_ZH_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[ExplainedEvent]
    facts: _containers.RepeatedCompositeFieldContainer[ExplainedFact]
    rules: _containers.RepeatedCompositeFieldContainer[ExplainedRule]
    counting: ExplainedCounting
    sentences_zh: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, events: _Optional[_Iterable[_Union[ExplainedEvent, _Mapping]]] = ..., facts: _Optional[_Iterable[_Union[ExplainedFact, _Mapping]]] = ..., rules: _Optional[_Iterable[_Union[ExplainedRule, _Mapping]]] = ..., counting: _Optional[_Union[ExplainedCounting, _Mapping]] = ..., sentences_zh: _Optional[_Iterable[str]] = ...) -> None: ...

class ExplainedEvent(_message.Message):
    __slots__ = ("service", "type", "title_zh", "day", "event_id")
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    TITLE_ZH_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    service: str
    type: str
    title_zh: str
    day: str
    event_id: str
    def __init__(self, service: _Optional[str] = ..., type: _Optional[str] = ..., title_zh: _Optional[str] = ..., day: _Optional[str] = ..., event_id: _Optional[str] = ...) -> None: ...

class ExplainedFact(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class ExplainedRule(_message.Message):
    __slots__ = ("rule", "title_zh", "in_force_from", "in_force_to", "articles")
    RULE_FIELD_NUMBER: _ClassVar[int]
    TITLE_ZH_FIELD_NUMBER: _ClassVar[int]
    IN_FORCE_FROM_FIELD_NUMBER: _ClassVar[int]
    IN_FORCE_TO_FIELD_NUMBER: _ClassVar[int]
    ARTICLES_FIELD_NUMBER: _ClassVar[int]
    rule: str
    title_zh: str
    in_force_from: str
    in_force_to: str
    articles: _containers.RepeatedCompositeFieldContainer[ExplainedArticle]
    def __init__(self, rule: _Optional[str] = ..., title_zh: _Optional[str] = ..., in_force_from: _Optional[str] = ..., in_force_to: _Optional[str] = ..., articles: _Optional[_Iterable[_Union[ExplainedArticle, _Mapping]]] = ...) -> None: ...

class ExplainedArticle(_message.Message):
    __slots__ = ("title_zh", "place_zh", "text_zh", "in_force")
    TITLE_ZH_FIELD_NUMBER: _ClassVar[int]
    PLACE_ZH_FIELD_NUMBER: _ClassVar[int]
    TEXT_ZH_FIELD_NUMBER: _ClassVar[int]
    IN_FORCE_FIELD_NUMBER: _ClassVar[int]
    title_zh: str
    place_zh: str
    text_zh: str
    in_force: bool
    def __init__(self, title_zh: _Optional[str] = ..., place_zh: _Optional[str] = ..., text_zh: _Optional[str] = ..., in_force: _Optional[bool] = ...) -> None: ...

class ExplainedCounting(_message.Message):
    __slots__ = ("profile", "count", "unit", "setting", "start", "total", "nominal", "last_day", "ends_at", "window_last", "missing_year", "provisional", "days")
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    SETTING_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    NOMINAL_FIELD_NUMBER: _ClassVar[int]
    LAST_DAY_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    WINDOW_LAST_FIELD_NUMBER: _ClassVar[int]
    MISSING_YEAR_FIELD_NUMBER: _ClassVar[int]
    PROVISIONAL_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    profile: str
    count: int
    unit: str
    setting: str
    start: str
    total: int
    nominal: str
    last_day: str
    ends_at: _timestamp_pb2.Timestamp
    window_last: str
    missing_year: int
    provisional: bool
    days: _containers.RepeatedCompositeFieldContainer[ExplainedDay]
    def __init__(self, profile: _Optional[str] = ..., count: _Optional[int] = ..., unit: _Optional[str] = ..., setting: _Optional[str] = ..., start: _Optional[str] = ..., total: _Optional[int] = ..., nominal: _Optional[str] = ..., last_day: _Optional[str] = ..., ends_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., window_last: _Optional[str] = ..., missing_year: _Optional[int] = ..., provisional: _Optional[bool] = ..., days: _Optional[_Iterable[_Union[ExplainedDay, _Mapping]]] = ...) -> None: ...

class ExplainedDay(_message.Message):
    __slots__ = ("day", "state", "number", "why_zh")
    DAY_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    WHY_ZH_FIELD_NUMBER: _ClassVar[int]
    day: str
    state: DayState
    number: int
    why_zh: str
    def __init__(self, day: _Optional[str] = ..., state: _Optional[_Union[DayState, str]] = ..., number: _Optional[int] = ..., why_zh: _Optional[str] = ...) -> None: ...

import datetime

from buf.validate import validate_pb2 as _validate_pb2
from corrections.administration.v1 import events_pb2 as _events_pb2
from corrections.common.v1 import common_pb2 as _common_pb2
from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ImportCalendarRequest(_message.Message):
    __slots__ = ("request_id", "year", "days", "source")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    YEAR_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    year: int
    days: _containers.RepeatedCompositeFieldContainer[_events_pb2.ArrangedDay]
    source: _events_pb2.SourceDocument
    def __init__(self, request_id: _Optional[str] = ..., year: _Optional[int] = ..., days: _Optional[_Iterable[_Union[_events_pb2.ArrangedDay, _Mapping]]] = ..., source: _Optional[_Union[_events_pb2.SourceDocument, _Mapping]] = ...) -> None: ...

class ImportCalendarResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class GetCalendarRequest(_message.Message):
    __slots__ = ("year", "known_at")
    YEAR_FIELD_NUMBER: _ClassVar[int]
    KNOWN_AT_FIELD_NUMBER: _ClassVar[int]
    year: int
    known_at: _timestamp_pb2.Timestamp
    def __init__(self, year: _Optional[int] = ..., known_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetCalendarResponse(_message.Message):
    __slots__ = ("calendar",)
    CALENDAR_FIELD_NUMBER: _ClassVar[int]
    calendar: CalendarYear
    def __init__(self, calendar: _Optional[_Union[CalendarYear, _Mapping]] = ...) -> None: ...

class CalendarYear(_message.Message):
    __slots__ = ("year", "days", "source", "working_days", "version")
    YEAR_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    WORKING_DAYS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    year: int
    days: _containers.RepeatedCompositeFieldContainer[_events_pb2.ArrangedDay]
    source: _events_pb2.SourceDocument
    working_days: int
    version: int
    def __init__(self, year: _Optional[int] = ..., days: _Optional[_Iterable[_Union[_events_pb2.ArrangedDay, _Mapping]]] = ..., source: _Optional[_Union[_events_pb2.SourceDocument, _Mapping]] = ..., working_days: _Optional[int] = ..., version: _Optional[int] = ...) -> None: ...

class ListCalendarsRequest(_message.Message):
    __slots__ = ("at",)
    AT_FIELD_NUMBER: _ClassVar[int]
    at: _common_pb2.Moment
    def __init__(self, at: _Optional[_Union[_common_pb2.Moment, _Mapping]] = ...) -> None: ...

class ListCalendarsResponse(_message.Message):
    __slots__ = ("calendars", "built_in", "at")
    CALENDARS_FIELD_NUMBER: _ClassVar[int]
    BUILT_IN_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    calendars: _containers.RepeatedCompositeFieldContainer[CalendarYear]
    built_in: str
    at: _common_pb2.Moment
    def __init__(self, calendars: _Optional[_Iterable[_Union[CalendarYear, _Mapping]]] = ..., built_in: _Optional[str] = ..., at: _Optional[_Union[_common_pb2.Moment, _Mapping]] = ...) -> None: ...

class ReleaseRuleSetRequest(_message.Message):
    __slots__ = ("request_id", "rule_set_id", "digest", "effective_on", "release", "corrects", "correction_reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RULE_SET_ID_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_ON_FIELD_NUMBER: _ClassVar[int]
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    CORRECTS_FIELD_NUMBER: _ClassVar[int]
    CORRECTION_REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    rule_set_id: str
    digest: str
    effective_on: str
    release: str
    corrects: str
    correction_reason: str
    def __init__(self, request_id: _Optional[str] = ..., rule_set_id: _Optional[str] = ..., digest: _Optional[str] = ..., effective_on: _Optional[str] = ..., release: _Optional[str] = ..., corrects: _Optional[str] = ..., correction_reason: _Optional[str] = ...) -> None: ...

class ReleaseRuleSetResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class WithdrawRuleSetRequest(_message.Message):
    __slots__ = ("request_id", "rule_set_id", "withdrawn_from", "withdrawal")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RULE_SET_ID_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWN_FROM_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWAL_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    rule_set_id: str
    withdrawn_from: str
    withdrawal: str
    def __init__(self, request_id: _Optional[str] = ..., rule_set_id: _Optional[str] = ..., withdrawn_from: _Optional[str] = ..., withdrawal: _Optional[str] = ...) -> None: ...

class WithdrawRuleSetResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class GetRuleSetRequest(_message.Message):
    __slots__ = ("rule_set_id",)
    RULE_SET_ID_FIELD_NUMBER: _ClassVar[int]
    rule_set_id: str
    def __init__(self, rule_set_id: _Optional[str] = ...) -> None: ...

class GetRuleSetResponse(_message.Message):
    __slots__ = ("rule_set",)
    RULE_SET_FIELD_NUMBER: _ClassVar[int]
    rule_set: RuleSet
    def __init__(self, rule_set: _Optional[_Union[RuleSet, _Mapping]] = ...) -> None: ...

class RuleSet(_message.Message):
    __slots__ = ("rule_set_id", "digest", "effective_on", "author", "checker", "withdrawn_from", "withdrawn_author", "withdrawn_checker", "corrects", "correction_reason")
    RULE_SET_ID_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_ON_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    CHECKER_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWN_FROM_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWN_AUTHOR_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWN_CHECKER_FIELD_NUMBER: _ClassVar[int]
    CORRECTS_FIELD_NUMBER: _ClassVar[int]
    CORRECTION_REASON_FIELD_NUMBER: _ClassVar[int]
    rule_set_id: str
    digest: str
    effective_on: str
    author: _events_pb2.ReleaseSignature
    checker: _events_pb2.ReleaseSignature
    withdrawn_from: str
    withdrawn_author: _events_pb2.ReleaseSignature
    withdrawn_checker: _events_pb2.ReleaseSignature
    corrects: str
    correction_reason: str
    def __init__(self, rule_set_id: _Optional[str] = ..., digest: _Optional[str] = ..., effective_on: _Optional[str] = ..., author: _Optional[_Union[_events_pb2.ReleaseSignature, _Mapping]] = ..., checker: _Optional[_Union[_events_pb2.ReleaseSignature, _Mapping]] = ..., withdrawn_from: _Optional[str] = ..., withdrawn_author: _Optional[_Union[_events_pb2.ReleaseSignature, _Mapping]] = ..., withdrawn_checker: _Optional[_Union[_events_pb2.ReleaseSignature, _Mapping]] = ..., corrects: _Optional[str] = ..., correction_reason: _Optional[str] = ...) -> None: ...

class ListRuleSetsRequest(_message.Message):
    __slots__ = ("at",)
    AT_FIELD_NUMBER: _ClassVar[int]
    at: _common_pb2.Moment
    def __init__(self, at: _Optional[_Union[_common_pb2.Moment, _Mapping]] = ...) -> None: ...

class ListRuleSetsResponse(_message.Message):
    __slots__ = ("rule_sets", "at")
    RULE_SETS_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    rule_sets: _containers.RepeatedCompositeFieldContainer[RuleSet]
    at: _common_pb2.Moment
    def __init__(self, rule_sets: _Optional[_Iterable[_Union[RuleSet, _Mapping]]] = ..., at: _Optional[_Union[_common_pb2.Moment, _Mapping]] = ...) -> None: ...

import datetime

from buf.validate import validate_pb2 as _validate_pb2
from corrections.common.v1 import common_pb2 as _common_pb2
from corrections.law.v1 import explanation_pb2 as _explanation_pb2
from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListDeadlinesRequest(_message.Message):
    __slots__ = ("case_id", "due_before", "within_days", "page_size", "page_token", "at")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    DUE_BEFORE_FIELD_NUMBER: _ClassVar[int]
    WITHIN_DAYS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    due_before: _timestamp_pb2.Timestamp
    within_days: int
    page_size: int
    page_token: str
    at: _common_pb2.Moment
    def __init__(self, case_id: _Optional[str] = ..., due_before: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., within_days: _Optional[int] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., at: _Optional[_Union[_common_pb2.Moment, _Mapping]] = ...) -> None: ...

class Deadline(_message.Message):
    __slots__ = ("case_id", "name", "rule", "rule_from", "article_zh", "title_zh", "since", "due_at", "last_day", "days_left", "provisional", "county")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    RULE_FROM_FIELD_NUMBER: _ClassVar[int]
    ARTICLE_ZH_FIELD_NUMBER: _ClassVar[int]
    TITLE_ZH_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    LAST_DAY_FIELD_NUMBER: _ClassVar[int]
    DAYS_LEFT_FIELD_NUMBER: _ClassVar[int]
    PROVISIONAL_FIELD_NUMBER: _ClassVar[int]
    COUNTY_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    name: str
    rule: str
    rule_from: str
    article_zh: str
    title_zh: str
    since: str
    due_at: _timestamp_pb2.Timestamp
    last_day: str
    days_left: int
    provisional: bool
    county: str
    def __init__(self, case_id: _Optional[str] = ..., name: _Optional[str] = ..., rule: _Optional[str] = ..., rule_from: _Optional[str] = ..., article_zh: _Optional[str] = ..., title_zh: _Optional[str] = ..., since: _Optional[str] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_day: _Optional[str] = ..., days_left: _Optional[int] = ..., provisional: _Optional[bool] = ..., county: _Optional[str] = ...) -> None: ...

class ListDeadlinesResponse(_message.Message):
    __slots__ = ("deadlines", "next_page_token", "at")
    DEADLINES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    deadlines: _containers.RepeatedCompositeFieldContainer[Deadline]
    next_page_token: str
    at: _common_pb2.Moment
    def __init__(self, deadlines: _Optional[_Iterable[_Union[Deadline, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., at: _Optional[_Union[_common_pb2.Moment, _Mapping]] = ...) -> None: ...

class ListAllowedCommandsRequest(_message.Message):
    __slots__ = ("case_id", "as_of")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    as_of: str
    def __init__(self, case_id: _Optional[str] = ..., as_of: _Optional[str] = ...) -> None: ...

class AllowedCommand(_message.Message):
    __slots__ = ("method", "item", "allowed", "nothing_to_do", "depends_on_content", "event_titles_zh", "code", "rule", "article_zh", "remedy_zh", "earliest_date")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_FIELD_NUMBER: _ClassVar[int]
    NOTHING_TO_DO_FIELD_NUMBER: _ClassVar[int]
    DEPENDS_ON_CONTENT_FIELD_NUMBER: _ClassVar[int]
    EVENT_TITLES_ZH_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    ARTICLE_ZH_FIELD_NUMBER: _ClassVar[int]
    REMEDY_ZH_FIELD_NUMBER: _ClassVar[int]
    EARLIEST_DATE_FIELD_NUMBER: _ClassVar[int]
    method: str
    item: str
    allowed: bool
    nothing_to_do: bool
    depends_on_content: bool
    event_titles_zh: _containers.RepeatedScalarFieldContainer[str]
    code: str
    rule: str
    article_zh: str
    remedy_zh: str
    earliest_date: str
    def __init__(self, method: _Optional[str] = ..., item: _Optional[str] = ..., allowed: _Optional[bool] = ..., nothing_to_do: _Optional[bool] = ..., depends_on_content: _Optional[bool] = ..., event_titles_zh: _Optional[_Iterable[str]] = ..., code: _Optional[str] = ..., rule: _Optional[str] = ..., article_zh: _Optional[str] = ..., remedy_zh: _Optional[str] = ..., earliest_date: _Optional[str] = ...) -> None: ...

class ListAllowedCommandsResponse(_message.Message):
    __slots__ = ("commands",)
    COMMANDS_FIELD_NUMBER: _ClassVar[int]
    commands: _containers.RepeatedCompositeFieldContainer[AllowedCommand]
    def __init__(self, commands: _Optional[_Iterable[_Union[AllowedCommand, _Mapping]]] = ...) -> None: ...

class ExplainRequest(_message.Message):
    __slots__ = ("case_id", "deadline", "date", "status", "refusal")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    deadline: str
    date: str
    status: str
    refusal: AskedRefusal
    def __init__(self, case_id: _Optional[str] = ..., deadline: _Optional[str] = ..., date: _Optional[str] = ..., status: _Optional[str] = ..., refusal: _Optional[_Union[AskedRefusal, _Mapping]] = ...) -> None: ...

class AskedRefusal(_message.Message):
    __slots__ = ("code", "command", "day", "at", "request")
    CODE_FIELD_NUMBER: _ClassVar[int]
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    code: str
    command: str
    day: str
    at: _timestamp_pb2.Timestamp
    request: bytes
    def __init__(self, code: _Optional[str] = ..., command: _Optional[str] = ..., day: _Optional[str] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., request: _Optional[bytes] = ...) -> None: ...

class ExplainResponse(_message.Message):
    __slots__ = ("explanation",)
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    explanation: _explanation_pb2.Explanation
    def __init__(self, explanation: _Optional[_Union[_explanation_pb2.Explanation, _Mapping]] = ...) -> None: ...

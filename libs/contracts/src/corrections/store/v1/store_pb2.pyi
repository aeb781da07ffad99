import datetime

from buf.validate import validate_pb2 as _validate_pb2
from corrections.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LogEntry(_message.Message):
    __slots__ = ("seq", "meta", "data", "leaf_sha256", "leaf_sm3", "trace")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    META_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    LEAF_SHA256_FIELD_NUMBER: _ClassVar[int]
    LEAF_SM3_FIELD_NUMBER: _ClassVar[int]
    TRACE_FIELD_NUMBER: _ClassVar[int]
    seq: int
    meta: bytes
    data: bytes
    leaf_sha256: bytes
    leaf_sm3: bytes
    trace: str
    def __init__(self, seq: _Optional[int] = ..., meta: _Optional[bytes] = ..., data: _Optional[bytes] = ..., leaf_sha256: _Optional[bytes] = ..., leaf_sm3: _Optional[bytes] = ..., trace: _Optional[str] = ...) -> None: ...

class ReadLogRequest(_message.Message):
    __slots__ = ("from_seq", "limit")
    FROM_SEQ_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    from_seq: int
    limit: int
    def __init__(self, from_seq: _Optional[int] = ..., limit: _Optional[int] = ...) -> None: ...

class ReadLogResponse(_message.Message):
    __slots__ = ("entries",)
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[LogEntry]
    def __init__(self, entries: _Optional[_Iterable[_Union[LogEntry, _Mapping]]] = ...) -> None: ...

class ReadStreamRequest(_message.Message):
    __slots__ = ("stream_id", "from_version")
    STREAM_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_VERSION_FIELD_NUMBER: _ClassVar[int]
    stream_id: str
    from_version: int
    def __init__(self, stream_id: _Optional[str] = ..., from_version: _Optional[int] = ...) -> None: ...

class ReadStreamResponse(_message.Message):
    __slots__ = ("entries", "log_size")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    LOG_SIZE_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[LogEntry]
    log_size: int
    def __init__(self, entries: _Optional[_Iterable[_Union[LogEntry, _Mapping]]] = ..., log_size: _Optional[int] = ...) -> None: ...

class ReadStreamsRequest(_message.Message):
    __slots__ = ("stream_ids",)
    STREAM_IDS_FIELD_NUMBER: _ClassVar[int]
    stream_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, stream_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ReadStreamsResponse(_message.Message):
    __slots__ = ("entries",)
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[LogEntry]
    def __init__(self, entries: _Optional[_Iterable[_Union[LogEntry, _Mapping]]] = ...) -> None: ...

class ListHeadsRequest(_message.Message):
    __slots__ = ("after", "page_size")
    AFTER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    after: str
    page_size: int
    def __init__(self, after: _Optional[str] = ..., page_size: _Optional[int] = ...) -> None: ...

class Head(_message.Message):
    __slots__ = ("stream_id", "version")
    STREAM_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    stream_id: str
    version: int
    def __init__(self, stream_id: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class ListHeadsResponse(_message.Message):
    __slots__ = ("heads",)
    HEADS_FIELD_NUMBER: _ClassVar[int]
    heads: _containers.RepeatedCompositeFieldContainer[Head]
    def __init__(self, heads: _Optional[_Iterable[_Union[Head, _Mapping]]] = ...) -> None: ...

class GetCheckpointRequest(_message.Message):
    __slots__ = ("min_size", "tree", "cosigned")
    MIN_SIZE_FIELD_NUMBER: _ClassVar[int]
    TREE_FIELD_NUMBER: _ClassVar[int]
    COSIGNED_FIELD_NUMBER: _ClassVar[int]
    min_size: int
    tree: str
    cosigned: bool
    def __init__(self, min_size: _Optional[int] = ..., tree: _Optional[str] = ..., cosigned: _Optional[bool] = ...) -> None: ...

class GetCheckpointResponse(_message.Message):
    __slots__ = ("note",)
    NOTE_FIELD_NUMBER: _ClassVar[int]
    note: str
    def __init__(self, note: _Optional[str] = ...) -> None: ...

class AddCosignaturesRequest(_message.Message):
    __slots__ = ("tree", "note")
    TREE_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    tree: str
    note: str
    def __init__(self, tree: _Optional[str] = ..., note: _Optional[str] = ...) -> None: ...

class AddCosignaturesResponse(_message.Message):
    __slots__ = ("cosigned",)
    COSIGNED_FIELD_NUMBER: _ClassVar[int]
    cosigned: bool
    def __init__(self, cosigned: _Optional[bool] = ...) -> None: ...

class StopStreamRequest(_message.Message):
    __slots__ = ("stream_id", "seq", "finding")
    STREAM_ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    FINDING_FIELD_NUMBER: _ClassVar[int]
    stream_id: str
    seq: int
    finding: str
    def __init__(self, stream_id: _Optional[str] = ..., seq: _Optional[int] = ..., finding: _Optional[str] = ...) -> None: ...

class StopStreamResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ReopenStreamRequest(_message.Message):
    __slots__ = ("stream_id",)
    STREAM_ID_FIELD_NUMBER: _ClassVar[int]
    stream_id: str
    def __init__(self, stream_id: _Optional[str] = ...) -> None: ...

class ReopenStreamResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetPositionsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Reader(_message.Message):
    __slots__ = ("name", "seq")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    name: str
    seq: int
    def __init__(self, name: _Optional[str] = ..., seq: _Optional[int] = ...) -> None: ...

class ConsumerOffset(_message.Message):
    __slots__ = ("consumer", "topic", "partition", "next")
    CONSUMER_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    PARTITION_FIELD_NUMBER: _ClassVar[int]
    NEXT_FIELD_NUMBER: _ClassVar[int]
    consumer: str
    topic: str
    partition: int
    next: int
    def __init__(self, consumer: _Optional[str] = ..., topic: _Optional[str] = ..., partition: _Optional[int] = ..., next: _Optional[int] = ...) -> None: ...

class GetPositionsResponse(_message.Message):
    __slots__ = ("stored", "log_end", "readers", "offsets", "open_commands", "due_deadlines", "parked", "now", "sequencer_lag_seconds", "xmin_holder", "refusals", "dead_letters", "stopped")
    STORED_FIELD_NUMBER: _ClassVar[int]
    LOG_END_FIELD_NUMBER: _ClassVar[int]
    READERS_FIELD_NUMBER: _ClassVar[int]
    OFFSETS_FIELD_NUMBER: _ClassVar[int]
    OPEN_COMMANDS_FIELD_NUMBER: _ClassVar[int]
    DUE_DEADLINES_FIELD_NUMBER: _ClassVar[int]
    PARKED_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    SEQUENCER_LAG_SECONDS_FIELD_NUMBER: _ClassVar[int]
    XMIN_HOLDER_FIELD_NUMBER: _ClassVar[int]
    REFUSALS_FIELD_NUMBER: _ClassVar[int]
    DEAD_LETTERS_FIELD_NUMBER: _ClassVar[int]
    STOPPED_FIELD_NUMBER: _ClassVar[int]
    stored: int
    log_end: int
    readers: _containers.RepeatedCompositeFieldContainer[Reader]
    offsets: _containers.RepeatedCompositeFieldContainer[ConsumerOffset]
    open_commands: int
    due_deadlines: int
    parked: int
    now: _timestamp_pb2.Timestamp
    sequencer_lag_seconds: float
    xmin_holder: str
    refusals: int
    dead_letters: int
    stopped: int
    def __init__(self, stored: _Optional[int] = ..., log_end: _Optional[int] = ..., readers: _Optional[_Iterable[_Union[Reader, _Mapping]]] = ..., offsets: _Optional[_Iterable[_Union[ConsumerOffset, _Mapping]]] = ..., open_commands: _Optional[int] = ..., due_deadlines: _Optional[int] = ..., parked: _Optional[int] = ..., now: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., sequencer_lag_seconds: _Optional[float] = ..., xmin_holder: _Optional[str] = ..., refusals: _Optional[int] = ..., dead_letters: _Optional[int] = ..., stopped: _Optional[int] = ...) -> None: ...

class ListParkedRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class Parked(_message.Message):
    __slots__ = ("consumer", "source", "stream_id", "version", "error", "attempts", "since")
    CONSUMER_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    STREAM_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    consumer: str
    source: str
    stream_id: str
    version: int
    error: str
    attempts: int
    since: _timestamp_pb2.Timestamp
    def __init__(self, consumer: _Optional[str] = ..., source: _Optional[str] = ..., stream_id: _Optional[str] = ..., version: _Optional[int] = ..., error: _Optional[str] = ..., attempts: _Optional[int] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListParkedResponse(_message.Message):
    __slots__ = ("parked", "next_page_token")
    PARKED_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    parked: _containers.RepeatedCompositeFieldContainer[Parked]
    next_page_token: str
    def __init__(self, parked: _Optional[_Iterable[_Union[Parked, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UnparkRequest(_message.Message):
    __slots__ = ("request_id", "consumer", "source", "stream_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CONSUMER_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    STREAM_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    consumer: str
    source: str
    stream_id: str
    def __init__(self, request_id: _Optional[str] = ..., consumer: _Optional[str] = ..., source: _Optional[str] = ..., stream_id: _Optional[str] = ...) -> None: ...

class UnparkResponse(_message.Message):
    __slots__ = ("replayed", "remaining")
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    REMAINING_FIELD_NUMBER: _ClassVar[int]
    replayed: int
    remaining: int
    def __init__(self, replayed: _Optional[int] = ..., remaining: _Optional[int] = ...) -> None: ...

class ListRefusalsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class Refusal(_message.Message):
    __slots__ = ("command_id", "subject", "target", "reason", "purpose", "since")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    subject: str
    target: str
    reason: str
    purpose: str
    since: _timestamp_pb2.Timestamp
    def __init__(self, command_id: _Optional[str] = ..., subject: _Optional[str] = ..., target: _Optional[str] = ..., reason: _Optional[str] = ..., purpose: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListRefusalsResponse(_message.Message):
    __slots__ = ("refusals", "next_page_token")
    REFUSALS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    refusals: _containers.RepeatedCompositeFieldContainer[Refusal]
    next_page_token: str
    def __init__(self, refusals: _Optional[_Iterable[_Union[Refusal, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class SettleRefusalRequest(_message.Message):
    __slots__ = ("request_id", "command_id", "note")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    command_id: str
    note: str
    def __init__(self, request_id: _Optional[str] = ..., command_id: _Optional[str] = ..., note: _Optional[str] = ...) -> None: ...

class SettleRefusalResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListDeadLettersRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class DeadLetter(_message.Message):
    __slots__ = ("consumer", "topic", "partition", "offset", "reason", "since")
    CONSUMER_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    PARTITION_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    consumer: str
    topic: str
    partition: int
    offset: int
    reason: str
    since: _timestamp_pb2.Timestamp
    def __init__(self, consumer: _Optional[str] = ..., topic: _Optional[str] = ..., partition: _Optional[int] = ..., offset: _Optional[int] = ..., reason: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListDeadLettersResponse(_message.Message):
    __slots__ = ("dead_letters", "next_page_token")
    DEAD_LETTERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    dead_letters: _containers.RepeatedCompositeFieldContainer[DeadLetter]
    next_page_token: str
    def __init__(self, dead_letters: _Optional[_Iterable[_Union[DeadLetter, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CloseDeadLetterRequest(_message.Message):
    __slots__ = ("request_id", "consumer", "topic", "partition", "offset", "note")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CONSUMER_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    PARTITION_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    consumer: str
    topic: str
    partition: int
    offset: int
    note: str
    def __init__(self, request_id: _Optional[str] = ..., consumer: _Optional[str] = ..., topic: _Optional[str] = ..., partition: _Optional[int] = ..., offset: _Optional[int] = ..., note: _Optional[str] = ...) -> None: ...

class CloseDeadLetterResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

import datetime

from buf.validate import validate_pb2 as _validate_pb2
from corrections.audit.v1 import events_pb2 as _events_pb2
from corrections.common.v1 import common_pb2 as _common_pb2
from corrections.options.v1 import options_pb2 as _options_pb2
from corrections.store.v1 import store_pb2 as _store_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class VerifyLogRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "log", "tail_only", "from_seq", "limit")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    LOG_FIELD_NUMBER: _ClassVar[int]
    TAIL_ONLY_FIELD_NUMBER: _ClassVar[int]
    FROM_SEQ_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    log: str
    tail_only: bool
    from_seq: int
    limit: int
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., log: _Optional[str] = ..., tail_only: _Optional[bool] = ..., from_seq: _Optional[int] = ..., limit: _Optional[int] = ...) -> None: ...

class VerifyLogResponse(_message.Message):
    __slots__ = ("outcome", "state", "next_seq", "signed")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    NEXT_SEQ_FIELD_NUMBER: _ClassVar[int]
    SIGNED_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    state: LogState
    next_seq: int
    signed: bool
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ..., state: _Optional[_Union[LogState, _Mapping]] = ..., next_seq: _Optional[int] = ..., signed: _Optional[bool] = ...) -> None: ...

class ReopenStreamRequest(_message.Message):
    __slots__ = ("request_id", "occurred_at", "log", "stream_id", "ground", "decision_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    LOG_FIELD_NUMBER: _ClassVar[int]
    STREAM_ID_FIELD_NUMBER: _ClassVar[int]
    GROUND_FIELD_NUMBER: _ClassVar[int]
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    occurred_at: _timestamp_pb2.Timestamp
    log: str
    stream_id: str
    ground: _events_pb2.ReopenGround
    decision_id: str
    def __init__(self, request_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., log: _Optional[str] = ..., stream_id: _Optional[str] = ..., ground: _Optional[_Union[_events_pb2.ReopenGround, str]] = ..., decision_id: _Optional[str] = ...) -> None: ...

class ReopenStreamResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class GetCaseTrailRequest(_message.Message):
    __slots__ = ("case_id", "known_at", "as_of")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    KNOWN_AT_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    known_at: _timestamp_pb2.Timestamp
    as_of: str
    def __init__(self, case_id: _Optional[str] = ..., known_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., as_of: _Optional[str] = ...) -> None: ...

class GetCaseTrailResponse(_message.Message):
    __slots__ = ("steps", "gaps", "links")
    STEPS_FIELD_NUMBER: _ClassVar[int]
    GAPS_FIELD_NUMBER: _ClassVar[int]
    LINKS_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedCompositeFieldContainer[Step]
    gaps: _containers.RepeatedCompositeFieldContainer[TrailGap]
    links: _containers.RepeatedCompositeFieldContainer[OpenLink]
    def __init__(self, steps: _Optional[_Iterable[_Union[Step, _Mapping]]] = ..., gaps: _Optional[_Iterable[_Union[TrailGap, _Mapping]]] = ..., links: _Optional[_Iterable[_Union[OpenLink, _Mapping]]] = ...) -> None: ...

class OpenLink(_message.Message):
    __slots__ = ("stream_id", "state", "since")
    STREAM_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    stream_id: str
    state: str
    since: _timestamp_pb2.Timestamp
    def __init__(self, stream_id: _Optional[str] = ..., state: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class TrailGap(_message.Message):
    __slots__ = ("service", "stream_id", "first", "last", "hidden")
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    STREAM_ID_FIELD_NUMBER: _ClassVar[int]
    FIRST_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    HIDDEN_FIELD_NUMBER: _ClassVar[int]
    service: str
    stream_id: str
    first: int
    last: int
    hidden: bool
    def __init__(self, service: _Optional[str] = ..., stream_id: _Optional[str] = ..., first: _Optional[int] = ..., last: _Optional[int] = ..., hidden: _Optional[bool] = ...) -> None: ...

class ExportBundleRequest(_message.Message):
    __slots__ = ("case_id",)
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    def __init__(self, case_id: _Optional[str] = ...) -> None: ...

class ExportBundleResponse(_message.Message):
    __slots__ = ("bundle",)
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    bundle: bytes
    def __init__(self, bundle: _Optional[bytes] = ...) -> None: ...

class ListHistoriesRequest(_message.Message):
    __slots__ = ("after", "page_size")
    AFTER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    after: str
    page_size: int
    def __init__(self, after: _Optional[str] = ..., page_size: _Optional[int] = ...) -> None: ...

class ListHistoriesResponse(_message.Message):
    __slots__ = ("histories", "cases", "now")
    HISTORIES_FIELD_NUMBER: _ClassVar[int]
    CASES_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    histories: _containers.RepeatedCompositeFieldContainer[History]
    cases: int
    now: _timestamp_pb2.Timestamp
    def __init__(self, histories: _Optional[_Iterable[_Union[History, _Mapping]]] = ..., cases: _Optional[int] = ..., now: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class History(_message.Message):
    __slots__ = ("case_id", "entries")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    entries: _containers.RepeatedCompositeFieldContainer[_store_pb2.LogEntry]
    def __init__(self, case_id: _Optional[str] = ..., entries: _Optional[_Iterable[_Union[_store_pb2.LogEntry, _Mapping]]] = ...) -> None: ...

class GetConsistencyRequest(_message.Message):
    __slots__ = ("log", "size1", "size2", "tree")
    LOG_FIELD_NUMBER: _ClassVar[int]
    SIZE1_FIELD_NUMBER: _ClassVar[int]
    SIZE2_FIELD_NUMBER: _ClassVar[int]
    TREE_FIELD_NUMBER: _ClassVar[int]
    log: str
    size1: int
    size2: int
    tree: str
    def __init__(self, log: _Optional[str] = ..., size1: _Optional[int] = ..., size2: _Optional[int] = ..., tree: _Optional[str] = ...) -> None: ...

class GetConsistencyResponse(_message.Message):
    __slots__ = ("size2", "root1", "root2", "proof")
    SIZE2_FIELD_NUMBER: _ClassVar[int]
    ROOT1_FIELD_NUMBER: _ClassVar[int]
    ROOT2_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    size2: int
    root1: bytes
    root2: bytes
    proof: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, size2: _Optional[int] = ..., root1: _Optional[bytes] = ..., root2: _Optional[bytes] = ..., proof: _Optional[_Iterable[bytes]] = ...) -> None: ...

class CosignLogRequest(_message.Message):
    __slots__ = ("log",)
    LOG_FIELD_NUMBER: _ClassVar[int]
    log: str
    def __init__(self, log: _Optional[str] = ...) -> None: ...

class CosignLogResponse(_message.Message):
    __slots__ = ("sha256", "sm3")
    SHA256_FIELD_NUMBER: _ClassVar[int]
    SM3_FIELD_NUMBER: _ClassVar[int]
    sha256: int
    sm3: int
    def __init__(self, sha256: _Optional[int] = ..., sm3: _Optional[int] = ...) -> None: ...

class ListWitnessesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListWitnessesResponse(_message.Message):
    __slots__ = ("witnesses", "quorum_zh", "quorum_en")
    WITNESSES_FIELD_NUMBER: _ClassVar[int]
    QUORUM_ZH_FIELD_NUMBER: _ClassVar[int]
    QUORUM_EN_FIELD_NUMBER: _ClassVar[int]
    witnesses: _containers.RepeatedCompositeFieldContainer[WitnessState]
    quorum_zh: str
    quorum_en: str
    def __init__(self, witnesses: _Optional[_Iterable[_Union[WitnessState, _Mapping]]] = ..., quorum_zh: _Optional[str] = ..., quorum_en: _Optional[str] = ...) -> None: ...

class WitnessState(_message.Message):
    __slots__ = ("witness", "log", "tree", "state", "size", "cosigned_at", "detail", "failures")
    WITNESS_FIELD_NUMBER: _ClassVar[int]
    LOG_FIELD_NUMBER: _ClassVar[int]
    TREE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    COSIGNED_AT_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    witness: str
    log: str
    tree: str
    state: str
    size: int
    cosigned_at: _timestamp_pb2.Timestamp
    detail: str
    failures: int
    def __init__(self, witness: _Optional[str] = ..., log: _Optional[str] = ..., tree: _Optional[str] = ..., state: _Optional[str] = ..., size: _Optional[int] = ..., cosigned_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., detail: _Optional[str] = ..., failures: _Optional[int] = ...) -> None: ...

class ExportProofRequest(_message.Message):
    __slots__ = ("case_id", "event_id", "tree")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    TREE_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    event_id: str
    tree: str
    def __init__(self, case_id: _Optional[str] = ..., event_id: _Optional[str] = ..., tree: _Optional[str] = ...) -> None: ...

class ExportProofResponse(_message.Message):
    __slots__ = ("proof", "type", "event_id")
    PROOF_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    proof: str
    type: str
    event_id: str
    def __init__(self, proof: _Optional[str] = ..., type: _Optional[str] = ..., event_id: _Optional[str] = ...) -> None: ...

class ListLogsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListLogsResponse(_message.Message):
    __slots__ = ("logs",)
    LOGS_FIELD_NUMBER: _ClassVar[int]
    logs: _containers.RepeatedCompositeFieldContainer[LogState]
    def __init__(self, logs: _Optional[_Iterable[_Union[LogState, _Mapping]]] = ...) -> None: ...

class Step(_message.Message):
    __slots__ = ("service", "seq", "event_id", "type", "title_zh", "law", "occurred_at", "recorded_at", "actor", "role", "unit", "causation_id", "proof", "stream_id", "version", "cause", "since")
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    TITLE_ZH_FIELD_NUMBER: _ClassVar[int]
    LAW_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    CAUSATION_ID_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    STREAM_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    service: str
    seq: int
    event_id: str
    type: str
    title_zh: str
    law: _containers.RepeatedScalarFieldContainer[str]
    occurred_at: _timestamp_pb2.Timestamp
    recorded_at: _timestamp_pb2.Timestamp
    actor: str
    role: str
    unit: str
    causation_id: str
    proof: str
    stream_id: str
    version: int
    cause: str
    since: _timestamp_pb2.Timestamp
    def __init__(self, service: _Optional[str] = ..., seq: _Optional[int] = ..., event_id: _Optional[str] = ..., type: _Optional[str] = ..., title_zh: _Optional[str] = ..., law: _Optional[_Iterable[str]] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., recorded_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., actor: _Optional[str] = ..., role: _Optional[str] = ..., unit: _Optional[str] = ..., causation_id: _Optional[str] = ..., proof: _Optional[str] = ..., stream_id: _Optional[str] = ..., version: _Optional[int] = ..., cause: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class LogState(_message.Message):
    __slots__ = ("log", "read", "verified", "mismatches", "found", "stopped", "cosigned", "whole_at", "whole_size", "reading", "links")
    LOG_FIELD_NUMBER: _ClassVar[int]
    READ_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_FIELD_NUMBER: _ClassVar[int]
    MISMATCHES_FIELD_NUMBER: _ClassVar[int]
    FOUND_FIELD_NUMBER: _ClassVar[int]
    STOPPED_FIELD_NUMBER: _ClassVar[int]
    COSIGNED_FIELD_NUMBER: _ClassVar[int]
    WHOLE_AT_FIELD_NUMBER: _ClassVar[int]
    WHOLE_SIZE_FIELD_NUMBER: _ClassVar[int]
    READING_FIELD_NUMBER: _ClassVar[int]
    LINKS_FIELD_NUMBER: _ClassVar[int]
    log: str
    read: int
    verified: int
    mismatches: int
    found: _containers.RepeatedCompositeFieldContainer[Mismatch]
    stopped: _containers.RepeatedScalarFieldContainer[str]
    cosigned: int
    whole_at: _timestamp_pb2.Timestamp
    whole_size: int
    reading: int
    links: _containers.RepeatedCompositeFieldContainer[OpenLink]
    def __init__(self, log: _Optional[str] = ..., read: _Optional[int] = ..., verified: _Optional[int] = ..., mismatches: _Optional[int] = ..., found: _Optional[_Iterable[_Union[Mismatch, _Mapping]]] = ..., stopped: _Optional[_Iterable[str]] = ..., cosigned: _Optional[int] = ..., whole_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., whole_size: _Optional[int] = ..., reading: _Optional[int] = ..., links: _Optional[_Iterable[_Union[OpenLink, _Mapping]]] = ...) -> None: ...

class Mismatch(_message.Message):
    __slots__ = ("seq", "finding", "event_id", "type")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    FINDING_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    seq: int
    finding: str
    event_id: str
    type: str
    def __init__(self, seq: _Optional[int] = ..., finding: _Optional[str] = ..., event_id: _Optional[str] = ..., type: _Optional[str] = ...) -> None: ...

class RecordReadsRequest(_message.Message):
    __slots__ = ("request_id", "reads")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    READS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    reads: _containers.RepeatedCompositeFieldContainer[ReadAt]
    def __init__(self, request_id: _Optional[str] = ..., reads: _Optional[_Iterable[_Union[ReadAt, _Mapping]]] = ...) -> None: ...

class RecordReadsResponse(_message.Message):
    __slots__ = ("outcome",)
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ...) -> None: ...

class ReadAt(_message.Message):
    __slots__ = ("at", "read")
    AT_FIELD_NUMBER: _ClassVar[int]
    READ_FIELD_NUMBER: _ClassVar[int]
    at: _timestamp_pb2.Timestamp
    read: _events_pb2.RecordRead
    def __init__(self, at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., read: _Optional[_Union[_events_pb2.RecordRead, _Mapping]] = ...) -> None: ...

class ListReadsRequest(_message.Message):
    __slots__ = ("case_id", "page_size", "page_token")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    page_size: int
    page_token: str
    def __init__(self, case_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListReadsResponse(_message.Message):
    __slots__ = ("reads", "next_page_token", "incomplete")
    READS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    INCOMPLETE_FIELD_NUMBER: _ClassVar[int]
    reads: _containers.RepeatedCompositeFieldContainer[CaseRead]
    next_page_token: str
    incomplete: bool
    def __init__(self, reads: _Optional[_Iterable[_Union[CaseRead, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., incomplete: _Optional[bool] = ...) -> None: ...

class CaseRead(_message.Message):
    __slots__ = ("at", "service", "reads", "fields", "unit", "role", "purpose", "actor", "refused", "seq", "shown", "times", "finding")
    AT_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    READS_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    SHOWN_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    FINDING_FIELD_NUMBER: _ClassVar[int]
    at: _timestamp_pb2.Timestamp
    service: str
    reads: str
    fields: _containers.RepeatedScalarFieldContainer[str]
    unit: str
    role: str
    purpose: str
    actor: str
    refused: str
    seq: int
    shown: int
    times: int
    finding: str
    def __init__(self, at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., service: _Optional[str] = ..., reads: _Optional[str] = ..., fields: _Optional[_Iterable[str]] = ..., unit: _Optional[str] = ..., role: _Optional[str] = ..., purpose: _Optional[str] = ..., actor: _Optional[str] = ..., refused: _Optional[str] = ..., seq: _Optional[int] = ..., shown: _Optional[int] = ..., times: _Optional[int] = ..., finding: _Optional[str] = ...) -> None: ...

class ListPersonReadsRequest(_message.Message):
    __slots__ = ("case_id", "page_size", "page_token")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    page_size: int
    page_token: str
    def __init__(self, case_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListPersonReadsResponse(_message.Message):
    __slots__ = ("reads", "next_page_token", "incomplete")
    READS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    INCOMPLETE_FIELD_NUMBER: _ClassVar[int]
    reads: _containers.RepeatedCompositeFieldContainer[CaseRead]
    next_page_token: str
    incomplete: bool
    def __init__(self, reads: _Optional[_Iterable[_Union[CaseRead, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., incomplete: _Optional[bool] = ...) -> None: ...

class IssueReportRequest(_message.Message):
    __slots__ = ("request_id", "unit", "first_day", "last_day", "known_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    FIRST_DAY_FIELD_NUMBER: _ClassVar[int]
    LAST_DAY_FIELD_NUMBER: _ClassVar[int]
    KNOWN_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    unit: str
    first_day: str
    last_day: str
    known_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., unit: _Optional[str] = ..., first_day: _Optional[str] = ..., last_day: _Optional[str] = ..., known_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class IssueReportResponse(_message.Message):
    __slots__ = ("outcome", "report_id")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    REPORT_ID_FIELD_NUMBER: _ClassVar[int]
    outcome: _common_pb2.Outcome
    report_id: str
    def __init__(self, outcome: _Optional[_Union[_common_pb2.Outcome, _Mapping]] = ..., report_id: _Optional[str] = ...) -> None: ...

class GetReportRequest(_message.Message):
    __slots__ = ("report_id",)
    REPORT_ID_FIELD_NUMBER: _ClassVar[int]
    report_id: str
    def __init__(self, report_id: _Optional[str] = ...) -> None: ...

class GetReportResponse(_message.Message):
    __slots__ = ("issued", "report", "same", "issued_by", "issued_at")
    ISSUED_FIELD_NUMBER: _ClassVar[int]
    REPORT_FIELD_NUMBER: _ClassVar[int]
    SAME_FIELD_NUMBER: _ClassVar[int]
    ISSUED_BY_FIELD_NUMBER: _ClassVar[int]
    ISSUED_AT_FIELD_NUMBER: _ClassVar[int]
    issued: _events_pb2.ReportIssued
    report: bytes
    same: bool
    issued_by: str
    issued_at: _timestamp_pb2.Timestamp
    def __init__(self, issued: _Optional[_Union[_events_pb2.ReportIssued, _Mapping]] = ..., report: _Optional[bytes] = ..., same: _Optional[bool] = ..., issued_by: _Optional[str] = ..., issued_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

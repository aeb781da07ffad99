import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EventMeta(_message.Message):
    __slots__ = ("stream_id", "version", "event_id", "type", "schema_version", "occurred_at", "recorded_at", "subject", "correlation_id", "causation_id", "actor", "unit", "role", "purpose", "legal_basis", "corrects", "ruleset_digest", "calendar_version", "service", "about")
    STREAM_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_VERSION_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    CAUSATION_ID_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    LEGAL_BASIS_FIELD_NUMBER: _ClassVar[int]
    CORRECTS_FIELD_NUMBER: _ClassVar[int]
    RULESET_DIGEST_FIELD_NUMBER: _ClassVar[int]
    CALENDAR_VERSION_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    ABOUT_FIELD_NUMBER: _ClassVar[int]
    stream_id: bytes
    version: int
    event_id: bytes
    type: str
    schema_version: int
    occurred_at: _timestamp_pb2.Timestamp
    recorded_at: _timestamp_pb2.Timestamp
    subject: bytes
    correlation_id: bytes
    causation_id: bytes
    actor: str
    unit: str
    role: str
    purpose: str
    legal_basis: str
    corrects: bytes
    ruleset_digest: str
    calendar_version: str
    service: str
    about: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, stream_id: _Optional[bytes] = ..., version: _Optional[int] = ..., event_id: _Optional[bytes] = ..., type: _Optional[str] = ..., schema_version: _Optional[int] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., recorded_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., subject: _Optional[bytes] = ..., correlation_id: _Optional[bytes] = ..., causation_id: _Optional[bytes] = ..., actor: _Optional[str] = ..., unit: _Optional[str] = ..., role: _Optional[str] = ..., purpose: _Optional[str] = ..., legal_basis: _Optional[str] = ..., corrects: _Optional[bytes] = ..., ruleset_digest: _Optional[str] = ..., calendar_version: _Optional[str] = ..., service: _Optional[str] = ..., about: _Optional[_Iterable[bytes]] = ...) -> None: ...

class Sealed(_message.Message):
    __slots__ = ("key_id", "nonce", "ciphertext")
    KEY_ID_FIELD_NUMBER: _ClassVar[int]
    NONCE_FIELD_NUMBER: _ClassVar[int]
    CIPHERTEXT_FIELD_NUMBER: _ClassVar[int]
    key_id: bytes
    nonce: bytes
    ciphertext: bytes
    def __init__(self, key_id: _Optional[bytes] = ..., nonce: _Optional[bytes] = ..., ciphertext: _Optional[bytes] = ...) -> None: ...

class SealTo(_message.Message):
    __slots__ = ("key_id", "public_key")
    KEY_ID_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    key_id: bytes
    public_key: bytes
    def __init__(self, key_id: _Optional[bytes] = ..., public_key: _Optional[bytes] = ...) -> None: ...

class SealedText(_message.Message):
    __slots__ = ("event_type", "field", "sealed", "occurred_at")
    EVENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    SEALED_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    event_type: str
    field: str
    sealed: Sealed
    occurred_at: _timestamp_pb2.Timestamp
    def __init__(self, event_type: _Optional[str] = ..., field: _Optional[str] = ..., sealed: _Optional[_Union[Sealed, _Mapping]] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Signature(_message.Message):
    __slots__ = ("key_id", "algorithm", "value")
    KEY_ID_FIELD_NUMBER: _ClassVar[int]
    ALGORITHM_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key_id: str
    algorithm: str
    value: bytes
    def __init__(self, key_id: _Optional[str] = ..., algorithm: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...

class Signed(_message.Message):
    __slots__ = ("type", "body", "signatures")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    SIGNATURES_FIELD_NUMBER: _ClassVar[int]
    type: str
    body: bytes
    signatures: _containers.RepeatedCompositeFieldContainer[Signature]
    def __init__(self, type: _Optional[str] = ..., body: _Optional[bytes] = ..., signatures: _Optional[_Iterable[_Union[Signature, _Mapping]]] = ...) -> None: ...

class LawRef(_message.Message):
    __slots__ = ("rule", "article")
    RULE_FIELD_NUMBER: _ClassVar[int]
    ARTICLE_FIELD_NUMBER: _ClassVar[int]
    rule: str
    article: str
    def __init__(self, rule: _Optional[str] = ..., article: _Optional[str] = ...) -> None: ...

class Recorded(_message.Message):
    __slots__ = ("stream_id", "version", "event_id", "type", "title_zh", "occurred_at", "recorded_at")
    STREAM_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    TITLE_ZH_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_FIELD_NUMBER: _ClassVar[int]
    stream_id: str
    version: int
    event_id: str
    type: str
    title_zh: str
    occurred_at: _timestamp_pb2.Timestamp
    recorded_at: _timestamp_pb2.Timestamp
    def __init__(self, stream_id: _Optional[str] = ..., version: _Optional[int] = ..., event_id: _Optional[str] = ..., type: _Optional[str] = ..., title_zh: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., recorded_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Moment(_message.Message):
    __slots__ = ("as_of", "known_at", "log_size")
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    KNOWN_AT_FIELD_NUMBER: _ClassVar[int]
    LOG_SIZE_FIELD_NUMBER: _ClassVar[int]
    as_of: str
    known_at: _timestamp_pb2.Timestamp
    log_size: int
    def __init__(self, as_of: _Optional[str] = ..., known_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., log_size: _Optional[int] = ...) -> None: ...

class Figure(_message.Message):
    __slots__ = ("name", "kind", "count")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: str
    count: int
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...

class Outcome(_message.Message):
    __slots__ = ("subject", "events")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    subject: str
    events: _containers.RepeatedCompositeFieldContainer[Recorded]
    def __init__(self, subject: _Optional[str] = ..., events: _Optional[_Iterable[_Union[Recorded, _Mapping]]] = ...) -> None: ...

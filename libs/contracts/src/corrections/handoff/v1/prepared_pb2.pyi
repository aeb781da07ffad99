from corrections.handoff.v1 import events_pb2 as _events_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PreparedSubmit(_message.Message):
    __slots__ = ("received", "accepted", "refused", "held", "other_content", "judgment_mac")
    RECEIVED_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    OTHER_CONTENT_FIELD_NUMBER: _ClassVar[int]
    JUDGMENT_MAC_FIELD_NUMBER: _ClassVar[int]
    received: _events_pb2.MessageReceived
    accepted: _events_pb2.MessageAccepted
    refused: _events_pb2.MessageRefused
    held: _events_pb2.MessageHeld
    other_content: _events_pb2.OtherContentRefused
    judgment_mac: bytes
    def __init__(self, received: _Optional[_Union[_events_pb2.MessageReceived, _Mapping]] = ..., accepted: _Optional[_Union[_events_pb2.MessageAccepted, _Mapping]] = ..., refused: _Optional[_Union[_events_pb2.MessageRefused, _Mapping]] = ..., held: _Optional[_Union[_events_pb2.MessageHeld, _Mapping]] = ..., other_content: _Optional[_Union[_events_pb2.OtherContentRefused, _Mapping]] = ..., judgment_mac: _Optional[bytes] = ...) -> None: ...

class PreparedRelease(_message.Message):
    __slots__ = ("accepted",)
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    accepted: _events_pb2.MessageAccepted
    def __init__(self, accepted: _Optional[_Union[_events_pb2.MessageAccepted, _Mapping]] = ...) -> None: ...

class PreparedEffect(_message.Message):
    __slots__ = ("noted", "effected", "without_effect", "judgment_mac")
    NOTED_FIELD_NUMBER: _ClassVar[int]
    EFFECTED_FIELD_NUMBER: _ClassVar[int]
    WITHOUT_EFFECT_FIELD_NUMBER: _ClassVar[int]
    JUDGMENT_MAC_FIELD_NUMBER: _ClassVar[int]
    noted: _events_pb2.EffectNoted
    effected: _events_pb2.MessageEffected
    without_effect: _events_pb2.MessageWithoutEffect
    judgment_mac: bytes
    def __init__(self, noted: _Optional[_Union[_events_pb2.EffectNoted, _Mapping]] = ..., effected: _Optional[_Union[_events_pb2.MessageEffected, _Mapping]] = ..., without_effect: _Optional[_Union[_events_pb2.MessageWithoutEffect, _Mapping]] = ..., judgment_mac: _Optional[bytes] = ...) -> None: ...

class PreparedWithoutEffect(_message.Message):
    __slots__ = ("without_effect", "person", "judgment_mac")
    WITHOUT_EFFECT_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    JUDGMENT_MAC_FIELD_NUMBER: _ClassVar[int]
    without_effect: _events_pb2.MessageWithoutEffect
    person: _events_pb2.PersonWithoutEffect
    judgment_mac: bytes
    def __init__(self, without_effect: _Optional[_Union[_events_pb2.MessageWithoutEffect, _Mapping]] = ..., person: _Optional[_Union[_events_pb2.PersonWithoutEffect, _Mapping]] = ..., judgment_mac: _Optional[bytes] = ...) -> None: ...

class PreparedNotice(_message.Message):
    __slots__ = ("prepared",)
    PREPARED_FIELD_NUMBER: _ClassVar[int]
    prepared: _events_pb2.NoticePrepared
    def __init__(self, prepared: _Optional[_Union[_events_pb2.NoticePrepared, _Mapping]] = ...) -> None: ...

class PreparedDelivery(_message.Message):
    __slots__ = ("receipted", "refused")
    RECEIPTED_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    receipted: _events_pb2.NoticeReceipted
    refused: _events_pb2.NoticeRefused
    def __init__(self, receipted: _Optional[_Union[_events_pb2.NoticeReceipted, _Mapping]] = ..., refused: _Optional[_Union[_events_pb2.NoticeRefused, _Mapping]] = ...) -> None: ...

class PreparedQuery(_message.Message):
    __slots__ = ("queried", "answered", "unanswered")
    QUERIED_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_FIELD_NUMBER: _ClassVar[int]
    UNANSWERED_FIELD_NUMBER: _ClassVar[int]
    queried: _events_pb2.MissingStatusQueried
    answered: _events_pb2.MissingStatusQueryAnswered
    unanswered: _events_pb2.MissingStatusQueryUnanswered
    def __init__(self, queried: _Optional[_Union[_events_pb2.MissingStatusQueried, _Mapping]] = ..., answered: _Optional[_Union[_events_pb2.MissingStatusQueryAnswered, _Mapping]] = ..., unanswered: _Optional[_Union[_events_pb2.MissingStatusQueryUnanswered, _Mapping]] = ...) -> None: ...

class PreparedErasure(_message.Message):
    __slots__ = ("case_id", "exchange_ids")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_IDS_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    exchange_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, case_id: _Optional[str] = ..., exchange_ids: _Optional[_Iterable[str]] = ...) -> None: ...

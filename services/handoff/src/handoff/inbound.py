"""The inbound topic: messages of agencies, sealed to handoff's key, take the same way as those by gRPC.

The agency stands in the record's header; what proves it is the signature alone. A record whose bytes nobody can read,
or at which handoff fails again and again, goes to the dead letters, sealed and listed, and the partition goes on. While
handoff is away the record waits: `guitu status` shows the consumer behind the topic's end. The offset moves after the answer, so a record
may be submitted twice, under the same request id and with one effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import grpc
from corrections.common.v1.common_pb2 import Signed
from corrections.handoff.v1 import service_pb2 as api
from eventcore import ids
from eventcore.deadletter import DeadLetters
from eventcore.kafka import Consumer, ConsumerFactory, KafkaUnavailable, Partition, Record
from eventcore.link import Connection, Link
from eventcore.runner import Loop
from eventcore.texts import Unopenable
from google.protobuf.message import DecodeError
from servicekit import sealing
from servicekit.agencies import Agencies
from servicekit.sealing import TopicKeyPair
from servicekit.workers import Workers

TOPIC = "corrections.inbound.v1"
AGENCY_HEADER = "guitu_agency"
CONSUMER = "inbound"
_SUBMIT = "/corrections.handoff.v1.HandoffService/Submit"
# nobody decided: the record waits until the server is there again, and so does its partition
_TRANSIENT = frozenset({
    grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.ABORTED, grpc.StatusCode.CANCELLED,
})  # fmt: skip
# the record itself is wrong: to try again is of no use
_WRONG = frozenset({grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.ALREADY_EXISTS})
# of any other error: what fails as often in a row fails for ever, and the next record is somebody else's
MAX_TRIES = 5

_MAKE = """
insert into es.consumer_offset (consumer, topic, partition, next) values (%s, %s, %s, 0) on conflict do nothing
"""
_NEXT = "select next from es.consumer_offset where consumer = %s and topic = %s and partition = %s"
_MOVE = """
update es.consumer_offset set next = %s where consumer = %s and topic = %s and partition = %s and next = %s
"""
_DEAD = """
insert into es.dead_letter (consumer, topic, partition, "offset", reason, since)
values (%s, %s, %s, %s, %s, es.now()) on conflict do nothing
"""

Submit = Callable[[api.SubmitRequest], None]
"""Submits one message; raises grpc.RpcError."""


class Unreadable(Exception):
    """The record's bytes are no message of a registered agency."""


def submitted(submit: Submit, request: api.SubmitRequest) -> str:
    """Empty when handoff has answered; else why it never will. KafkaUnavailable while nobody decides."""
    reason = ""
    for _ in range(MAX_TRIES):
        try:
            submit(request)
            return ""
        except grpc.RpcError as e:
            code = e.code() if isinstance(e, grpc.Call) else None
            if code is None or code in _TRANSIENT:
                raise KafkaUnavailable(f"the record was not taken: {code}") from e
            reason = f"refused as {code}"
            if code in _WRONG:
                break
    return reason


@dataclass
class InboundConsumer:
    """One member that reads the inbound topic. One thread."""

    link: Link
    open_consumer: ConsumerFactory
    submit: Submit
    dead_letters: DeadLetters
    agencies: Agencies
    key: TopicKeyPair
    installation: str
    topic: str = TOPIC
    poll_s: float = 0.2
    max_records: int = 100
    _consumer: Consumer | None = None
    _next: dict[Partition, int] = field(default_factory=dict[Partition, int])

    def turn(self) -> int:
        """What was polled is submitted; answers the number of records. Waits for records up to `poll_s`."""
        if self._consumer is None:
            self._consumer = self.open_consumer()
        try:
            return self._turn(self._consumer, self.link.conn)
        except BaseException:
            # a commit whose answer was lost may have happened: read the offsets anew
            self._next.clear()
            raise

    def close(self) -> None:
        """The member has left the group."""
        consumer, self._consumer = self._consumer, None
        self._next.clear()
        if consumer is not None:
            consumer.close()
        self.link.close()

    def _turn(self, consumer: Consumer, conn: Connection) -> int:
        self._take_over(consumer, conn)
        polled: Mapping[Partition, Sequence[Record]] = consumer.poll(self.poll_s, self.max_records)
        foreign = self._take_over(consumer, conn)
        work = 0
        for partition, records in polled.items():
            if partition in foreign or partition not in self._next:
                continue
            for record in records:
                self._one(conn, partition, record)
                work += 1
        return work

    def _take_over(self, consumer: Consumer, conn: Connection) -> frozenset[Partition]:
        fresh, assigned = consumer.take_changed(), consumer.assigned()
        for gone in self._next.keys() - assigned:
            del self._next[gone]
        wanted = (fresh & assigned) | (assigned - self._next.keys())
        for partition in sorted(wanted):
            conn.execute(_MAKE, (CONSUMER, *partition))
            row = conn.execute(_NEXT, (CONSUMER, *partition)).fetchone()
            if row is not None and consumer.seek(partition, row[0]):
                self._next[partition] = row[0]
        return frozenset(wanted)

    def _one(self, conn: Connection, partition: Partition, record: Record) -> None:
        reason = self._submitted(record)
        if reason:
            self.dead_letters.keep([(record, reason)])
        with conn.transaction():
            if reason:
                conn.execute(_DEAD, (CONSUMER, *partition, record.offset, reason))
            after, before = record.offset + 1, self._next[partition]
            moved = conn.execute(_MOVE, (after, CONSUMER, *partition, before)).rowcount
        if moved != 1:
            raise KafkaUnavailable(f"another member has moved {partition.topic}/{partition.partition}")
        self._next[partition] = after

    def _submitted(self, record: Record) -> str:
        """Empty when handoff has answered; else why the record is a dead letter. KafkaUnavailable: not now."""
        try:
            request = self._request(record)
        except Unreadable as e:
            return str(e)
        return submitted(self.submit, request)

    def _request(self, record: Record) -> api.SubmitRequest:
        code = dict(record.headers).get(AGENCY_HEADER, b"").decode(errors="replace")
        if self.agencies.get(code) is None:
            raise Unreadable("the header names no registered agency")
        try:
            message = Signed.FromString(self.key.open(record.value or b"", topic=self.topic))
        except Unopenable as e:
            raise Unreadable("the bytes are not sealed to handoff for this topic") from e
        except (DecodeError, ValueError) as e:
            raise Unreadable("the bytes are no signed message") from e
        return api.SubmitRequest(request_id=str(self._request_id(record)), message=message, agency_code=code)

    def _request_id(self, record: Record) -> UUID:
        place = (record.topic, str(record.partition), str(record.offset))
        return ids.derived(self.installation, "inbound", *place)


def loops(workers: Workers) -> Sequence[Loop]:
    """The loop of the role `consume` that reads the inbound topic."""
    settings = workers.settings
    if TOPIC not in settings.topics:
        return ()

    def submit(request: api.SubmitRequest) -> None:
        call = workers.peers.channel("handoff").unary_unary(_SUBMIT)
        call(request.SerializeToString(), timeout=settings.limits.default_deadline_s)

    consumer = InboundConsumer(
        link=workers.link("consume", CONSUMER),
        open_consumer=workers.member(CONSUMER, [TOPIC]),
        submit=submit,
        dead_letters=workers.dead_letters(CONSUMER),
        agencies=workers.agencies,
        key=sealing.TopicKeyPair.load(settings.home, settings.service),
        installation=settings.installation,
    )
    return [workers.loop(CONSUMER, consumer, poll_s=0)]

"""Bytes that nobody can read are kept, sealed, and the partition goes on; a flood of them stops the consumer.

Only such bytes go to the dead-letter topic; a readable record that fails is parked (eventstore.md section 8).
"""

from __future__ import annotations

import base64
import json
from collections import deque
from collections.abc import Callable, Sequence

from eventcore.kafka import KafkaUnavailable, ProducerFactory, Record

DEAD_LETTER_TOPIC = "corrections.deadletter.v1"


class FloodOfUnreadable(Exception):
    """Most of the last records were unreadable: it is the consumer or the producer that is wrong, not the records.

    The consumer stops there and nothing is lost; everything else of the process goes on (docs/runbooks/flood.md).
    """


class DeadLetters:
    """Keeps unreadable records of one consumer. `seal` encrypts to the key of those who may look at them."""

    def __init__(
        self,
        open_producer: ProducerFactory,
        seal: Callable[[bytes], bytes],
        *,
        consumer: str,
        topic: str = DEAD_LETTER_TOPIC,
        window: int = 200,
        limit: float = 0.5,
        at_least: int = 20,
        timeout_s: float = 15.0,
    ) -> None:
        self._open_producer = open_producer
        self._seal = seal
        self._consumer = consumer
        self._topic = topic
        self._last: deque[bool] = deque(maxlen=window)
        self._limit = limit
        self._at_least = at_least
        self._timeout_s = timeout_s
        self.kept = 0

    def check(self, readable: int, unreadable: int) -> None:
        """Counts a group of records; raises FloodOfUnreadable when too large a share of the last ones was unreadable."""
        self._last.extend([False] * readable + [True] * unreadable)
        bad = sum(self._last)
        if bad >= self._at_least and bad / len(self._last) > self._limit:
            raise FloodOfUnreadable(
                f"{self._consumer}: {bad} of the last {len(self._last)} records are unreadable; mend what writes or "
                f"reads them, or keep them all with GUITU_KEEP_UNREADABLE={self._consumer}"
            )

    def keep(self, records: Sequence[tuple[Record, str]]) -> None:
        """Each record is on the dead-letter topic with its reason; KafkaUnavailable when that could not be had.

        It can be there twice after a crash: topic, partition and offset in its headers tell the same record.
        """
        producer = self._open_producer()
        try:
            sent = [
                producer.send(
                    self._topic,
                    key=None,
                    value=self._seal(_bundle(record)),
                    headers=self._headers(record, why),
                )
                for record, why in records
            ]
            producer.flush(self._timeout_s)
            if not all(s.succeeded() for s in sent):
                raise KafkaUnavailable("a dead letter was not acknowledged")
        finally:
            producer.close()
        self.kept += len(records)

    def _headers(self, record: Record, reason: str) -> list[tuple[str, bytes]]:
        texts = {
            "consumer": self._consumer,
            "topic": record.topic,
            "partition": str(record.partition),
            "offset": str(record.offset),
            "reason": reason,
        }
        return [(f"guitu_{name}", text.encode()) for name, text in texts.items()]


def _bundle(record: Record) -> bytes:
    """Key, headers and value as they came; all of it is sealed, for anything may stand in them."""
    return json.dumps(
        {
            "key": _text(record.key),
            "value": _text(record.value),
            "headers": [[name, _text(value)] for name, value in record.headers],
        }
    ).encode()


def _text(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()

"""Topics on a broker, made from their declaration."""

from __future__ import annotations

import time
from collections.abc import Sequence

from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import TopicAlreadyExistsError

from devstack.errors import StackError
from devstack.topology import Topic

_KNOWN_LIMIT_S = 10.0


def create_topics(bootstrap: str, topics: Sequence[Topic], *, replication: int = 1) -> None:
    """All topics exist and the broker tells of them. One that existed already keeps its partitions and settings."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap, client_id="guitu-devstack")
    try:
        existing = set(admin.list_topics())
        missing = [
            NewTopic(
                name=topic.name,
                num_partitions=topic.partitions,
                replication_factor=replication,
                topic_configs={"retention.ms": str(topic.retention_ms)},
            )
            for topic in topics
            if topic.name not in existing
        ]
        if missing:
            admin.create_topics(missing, timeout_ms=10_000)
            _await_known(admin, {topic.name for topic in missing})
    except TopicAlreadyExistsError:
        # Another process made it between our look and our request.
        create_topics(bootstrap, topics, replication=replication)
    finally:
        admin.close()


def _await_known(admin: KafkaAdminClient, names: set[str]) -> None:
    # The controller answers before the broker's metadata hold a new topic; a consumer that joins its group between
    # the two is assigned no partition until its metadata are old.
    until = time.monotonic() + _KNOWN_LIMIT_S
    while unknown := names - set(admin.list_topics()):
        if time.monotonic() > until:
            raise StackError(f"the broker does not know {', '.join(sorted(unknown))}: see its log")
        time.sleep(0.01)

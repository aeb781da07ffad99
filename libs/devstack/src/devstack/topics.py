"""Topics on a broker, made from their declaration."""

from __future__ import annotations

from collections.abc import Sequence

from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import TopicAlreadyExistsError

from devstack.topology import Topic


def create_topics(bootstrap: str, topics: Sequence[Topic], *, replication: int = 1) -> None:
    """All topics exist. One that existed already keeps its partitions and settings."""
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
    except TopicAlreadyExistsError:
        # Another process made it between our look and our request.
        create_topics(bootstrap, topics, replication=replication)
    finally:
        admin.close()

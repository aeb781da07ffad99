"""Traces across Kafka: the consumer's span is linked to the writers' (stack.md section 8). Nothing without an SDK."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

from opentelemetry import trace

from eventcore.entry import Entry

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_tracer = trace.get_tracer("eventcore")


def span_context(traceparent: str) -> trace.SpanContext | None:
    """The context that a W3C traceparent names; None when it names none."""
    found = _TRACEPARENT.fullmatch(traceparent)
    if found is None:
        return None
    trace_id, span_id, flags = (int(part, 16) for part in found.groups())
    context = trace.SpanContext(trace_id, span_id, is_remote=True, trace_flags=trace.TraceFlags(flags))
    return context if context.is_valid else None


def process_span(topic: str, consumer: str, entries: Sequence[Entry]) -> AbstractContextManager[object]:
    """A `{topic} process` CONSUMER span around a group, with a link to the writer of each traced record."""
    if isinstance(trace.get_tracer_provider(), trace.NoOpTracerProvider | trace.ProxyTracerProvider):
        return contextlib.nullcontext()
    return _tracer.start_as_current_span(
        f"{topic} process",
        kind=trace.SpanKind.CONSUMER,
        links=list(_links(entries)),
        attributes={
            "messaging.system": "kafka",
            "messaging.operation.type": "process",
            "messaging.destination.name": topic,
            "messaging.consumer.group.name": consumer,
            "messaging.batch.message_count": len(entries),
        },
    )


def _links(entries: Sequence[Entry]) -> Iterator[trace.Link]:
    for traceparent in dict.fromkeys(e.trace for e in entries if e.trace):
        context = span_context(traceparent)
        if context is not None:
            yield trace.Link(context)

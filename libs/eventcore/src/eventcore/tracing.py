"""W3C trace context of the writer: stored beside the event, not hashed, carried on by the relay."""

from __future__ import annotations

from opentelemetry import trace


def traceparent() -> str | None:
    """`traceparent` of the current span; None outside of one."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"

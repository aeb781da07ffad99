"""Links to writers are made from the W3C trace context of records, whatever it holds."""

from __future__ import annotations

import pytest
from eventcore.tracing import span_context


def test_a_trace_context_names_its_span() -> None:
    context = span_context("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    assert context is not None
    assert f"{context.trace_id:032x}" == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert f"{context.span_id:016x}" == "00f067aa0ba902b7"
    assert context.is_remote
    assert context.trace_flags.sampled


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rubbish",
        "00-" + "0" * 32 + "-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-" + "0" * 16 + "-01",
    ],
)
def test_rubbish_names_none(text: str) -> None:
    assert span_context(text) is None

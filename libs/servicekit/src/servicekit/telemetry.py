"""Traces and metrics by OpenTelemetry; off unless an OTLP endpoint is set, and then free of personal data.

Every name stands in `metrics.yaml` first; asking for another one is a KeyError at start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import grpc
import yaml
from opentelemetry import metrics, trace
from opentelemetry.metrics import Counter, Histogram


@cache
def registry() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """`metrics.yaml`: metrics and spans by name."""
    text = (resources.files("servicekit") / "metrics.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.CSafeLoader)


def counter(name: str) -> Counter:
    """The counter of that name; KeyError when the registry has none."""
    entry = registry()["metrics"][name]
    return metrics.get_meter("guitu").create_counter(name, entry["unit"], entry["description"])


def histogram(name: str) -> Histogram:
    """The histogram of that name; KeyError when the registry has none."""
    entry = registry()["metrics"][name]
    return metrics.get_meter("guitu").create_histogram(name, entry["unit"], entry["description"])


def configure(*, service: str, installation: str, endpoint: str | None) -> None:
    """Spans and metrics of this process go to the endpoint; without one nothing is made or sent."""
    if endpoint is None:
        return
    # The SDK and its exporters cost half a second of import: only who exports pays it.
    from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    plain = endpoint.startswith("http://")
    resource = Resource.create({"service.name": service, "service.namespace": installation})
    tracers = TracerProvider(resource=resource)
    tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, insecure=plain)))
    trace.set_tracer_provider(tracers)
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=endpoint, insecure=plain))
    metrics.set_meter_provider(MeterProvider([reader], resource=resource))
    # Statement text without parameters: parameters are personal data.
    PsycopgInstrumentor().instrument(enable_commenter=False, capture_parameters=False)


def enabled() -> bool:
    """True when this process makes spans."""
    return not isinstance(trace.get_tracer_provider(), trace.NoOpTracerProvider | trace.ProxyTracerProvider)


def server_interceptors() -> Sequence[grpc.aio.ServerInterceptor]:
    """Tracing of a server, outermost of all interceptors; none when telemetry is off."""
    if not enabled():
        return ()
    from opentelemetry.instrumentation.grpc import aio_server_interceptor

    return (aio_server_interceptor(),)


def client_interceptors() -> Sequence[Any]:
    """Tracing of an asyncio channel; none when telemetry is off."""
    if not enabled():
        return ()
    from opentelemetry.instrumentation.grpc import aio_client_interceptors

    return tuple(aio_client_interceptors())


def flush(timeout_s: float = 2.0) -> None:
    """What was recorded has been sent, or the time is over."""
    for provider in (trace.get_tracer_provider(), metrics.get_meter_provider()):
        force = getattr(provider, "force_flush", None)
        if force is not None:
            force(int(timeout_s * 1000))

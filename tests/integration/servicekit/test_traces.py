"""A trace goes from the call through the store and Kafka to the consumer (stack.md section 8)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent import futures
from typing import cast
from uuid import UUID

import grpc
import pytest
from corrections.store.v1 import store_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2, metrics_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from servicekit import telemetry

from tests.integration.servicekit.test_service import OPEN, Probe, probe, wait

__all__ = ["probe"]


class Collector(trace_service_pb2_grpc.TraceServiceServicer, metrics_service_pb2_grpc.MetricsServiceServicer):
    """An OTLP endpoint that keeps what it gets."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.spans: list[Span] = []
        self.metrics: set[str] = set()

    def Export(self, request: object, context: object) -> object:
        if not isinstance(request, trace_service_pb2.ExportTraceServiceRequest):
            exported = cast("metrics_service_pb2.ExportMetricsServiceRequest", request)
            with self.lock:
                for resource in exported.resource_metrics:
                    self.metrics |= {m.name for scope in resource.scope_metrics for m in scope.metrics}
            return metrics_service_pb2.ExportMetricsServiceResponse()
        with self.lock:
            for resource in request.resource_spans:
                for scope in resource.scope_spans:
                    self.spans.extend(scope.spans)
        return trace_service_pb2.ExportTraceServiceResponse()

    def named(self, part: str) -> list[Span]:
        with self.lock:
            return [span for span in self.spans if part in span.name]


@pytest.fixture
def collector() -> Iterator[tuple[Collector, str]]:
    kept = Collector()
    server = grpc.server(futures.ThreadPoolExecutor(2))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(kept, server)
    metrics_service_pb2_grpc.add_MetricsServiceServicer_to_server(kept, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield kept, f"http://127.0.0.1:{port}"
    server.stop(None).wait(5)


def test_a_trace_is_linked_across_kafka(probe: Probe, collector: tuple[Collector, str]):
    kept, endpoint = collector
    one = probe.start(OTEL_EXPORTER_OTLP_ENDPOINT=endpoint)
    probe.open(OPEN, "2030-01-01")
    wait(lambda: bool(kept.named("OpenEducation")) and bool(kept.named(" process")), "spans at the collector")
    [call] = kept.named("OpenEducation")
    [process] = kept.named(" process")
    assert process.name == f"corrections.{probe.name}.v1 process"
    assert process.kind == Span.SPAN_KIND_CONSUMER
    assert call.trace_id in [link.trace_id for link in process.links]
    statements = [
        a.value.string_value for span in kept.spans for a in span.attributes if a.key.startswith("db.")
    ]
    assert any("from es.load_v2(" in statement for statement in statements)
    assert not any(str(UUID(int=12)) in statement or "330203" in statement for statement in statements)

    with pytest.raises(grpc.RpcError):
        probe.store().GetCheckpoint(store_pb2.GetCheckpointRequest(min_size=99), timeout=10)
    assert probe.stop(one) == 0
    declared = telemetry.registry()["metrics"]
    general = {name for name, entry in declared.items() if "of" not in entry}
    wait(lambda: general <= kept.metrics, "every metric of the registry that any service has")
    # what is not ours is made by OpenTelemetry's own instrumentation
    assert {name for name in kept.metrics if name.startswith("guitu.")} <= set(declared)

"""A record of the inbound topic at which handoff fails: again, or to the dead letters."""

from __future__ import annotations

import grpc
import pytest
from corrections.handoff.v1 import service_pb2 as api
from eventcore.kafka import KafkaUnavailable
from handoff.inbound import MAX_TRIES, submitted


class Failed(grpc.RpcError, grpc.Call):  # pyright: ignore[reportIncompatibleMethodOverride]
    """An answer with this status."""

    def __init__(self, status: grpc.StatusCode) -> None:
        super().__init__()
        self._status = status

    def code(self) -> grpc.StatusCode:
        return self._status


class Server:
    """Answers so often with an error, then not."""

    def __init__(self, status: grpc.StatusCode, times: int) -> None:
        self.error = Failed(status)  # pyright: ignore[reportAbstractUsage]
        self.times, self.asked = times, 0

    def __call__(self, request: api.SubmitRequest) -> None:
        self.asked += 1
        if self.asked <= self.times:
            raise self.error


REQUEST = api.SubmitRequest(request_id="r")


@pytest.mark.parametrize("status", ["UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "ABORTED"])
def test_while_nobody_decides_the_record_waits(status: str):
    server = Server(grpc.StatusCode[status], 1)
    with pytest.raises(KafkaUnavailable):
        submitted(server, REQUEST)
    assert submitted(server, REQUEST) == ""


@pytest.mark.parametrize("status", ["INTERNAL", "UNKNOWN", "PERMISSION_DENIED", "UNIMPLEMENTED", "DATA_LOSS"])
def test_an_error_that_stays_makes_a_dead_letter_after_so_many_tries(status: str):
    server = Server(grpc.StatusCode[status], MAX_TRIES + 1)
    assert submitted(server, REQUEST) == f"refused as StatusCode.{status}"
    assert server.asked == MAX_TRIES


def test_an_error_that_goes_away_costs_nothing():
    assert submitted(Server(grpc.StatusCode.INTERNAL, MAX_TRIES - 1), REQUEST) == ""


@pytest.mark.parametrize("status", ["INVALID_ARGUMENT", "ALREADY_EXISTS"])
def test_a_wrong_record_is_tried_once(status: str):
    server = Server(grpc.StatusCode[status], 1)
    assert submitted(server, REQUEST)
    assert server.asked == 1

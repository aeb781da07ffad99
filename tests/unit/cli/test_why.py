"""`guitu why` says why a command on a case is refused before the service of the command has the case."""

from typing import cast

import grpc
import pytest
from corrections.law.v1 import explanation_pb2 as told
from corrections.law.v1 import service_pb2 as pb
from guitu_cli.client import Client
from guitu_cli.why import _command, _first  # pyright: ignore[reportPrivateUsage]

CASE = "01900000-0000-7000-8000-000000000001"


class Failed(grpc.RpcError):
    """An answer with that status."""

    def __init__(self, status: grpc.StatusCode) -> None:
        self._status = status

    def code(self) -> grpc.StatusCode:
        """The status."""
        return self._status


class Services:
    """Supervision does not have the case; intake answers what it is told to."""

    def __init__(self, intake: grpc.StatusCode | None) -> None:
        self.intake = intake
        self.asked: list[tuple[str, str, str]] = []

    def call_service(self, service: str, request: pb.ExplainRequest, *_: object, **__: object) -> object:
        """The answer of that service."""
        self.asked.append((service, request.refusal.command, request.refusal.code))
        if service != "intake":
            raise Failed(grpc.StatusCode.NOT_FOUND)
        if self.intake is not None:
            raise Failed(self.intake)
        return pb.ExplainResponse(explanation=told.Explanation(sentences_zh=["NOT_RECEIVED"]))


def answered(intake: grpc.StatusCode | None, code: str = "") -> tuple[told.Explanation, Services]:
    """Why the approval of a leave is refused."""
    to = Services(intake)
    refusal = pb.AskedRefusal(command="ApproveLeave", code=code)
    request = pb.ExplainRequest(case_id=CASE, refusal=refusal)
    return _first(cast(Client, to), ("intake", "supervision", "education"), request), to


def test_before_the_reception_intake_says_why() -> None:
    explanation, to = answered(None)
    assert list(explanation.sentences_zh) == ["NOT_RECEIVED"]
    assert to.asked == [
        ("supervision", "ApproveLeave", ""),
        ("intake", "FormGroup", "NOT_RECEIVED"),
    ]


@pytest.mark.parametrize(
    ("intake", "code"),
    [
        (grpc.StatusCode.NOT_FOUND, ""),  # there is no such case for the caller
        (grpc.StatusCode.INVALID_ARGUMENT, ""),  # it is received: supervision alone knows
        (grpc.StatusCode.PERMISSION_DENIED, ""),
        (None, "LEAVE_TOO_LONG"),
    ],
)
def test_else_the_answer_of_the_service_stands(intake: grpc.StatusCode | None, code: str) -> None:
    with pytest.raises(Failed) as caught:
        answered(intake, code)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


def test_a_command_is_known_by_its_rpc_or_by_its_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert [_command(name) for name in ("ApproveLeave", "ApproveLeaveRequest", "FormGroup")] == [
        "ApproveLeave",
        "ApproveLeave",
        "FormGroup",
    ]
    with pytest.raises(SystemExit):
        _command("AproveLeave")
    assert "ApproveLeave" in capsys.readouterr().err

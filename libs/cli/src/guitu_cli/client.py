"""Calls to the system as some principal of the development installation: an operator, a unit's staff, an agency."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar, cast

import grpc
from contracts import registry
from corrections.intake.v1 import service_pb2 as intake
from corrections.law.v1.explanation_pb2 import Explanation
from devstack import ca, runfiles
from devstack.home import default_home
from devstack.topology import Topology, load
from eventcore import ids
from google.protobuf.message import Message
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from servicekit import calls
from servicekit.server import LAW, STORE
from servicekit.tls import Material, pinned

from guitu_cli.output import FAILED, NOT_REACHABLE, REFUSED, USAGE, fail
from guitu_cli.texts import say

R = TypeVar("R", bound=Message)

OPERATOR = "operator/guitu"
_MAX_BYTES = 64 * 1024 * 1024
_EXITS = {
    grpc.StatusCode.INVALID_ARGUMENT: USAGE,
    grpc.StatusCode.FAILED_PRECONDITION: REFUSED,
    grpc.StatusCode.PERMISSION_DENIED: REFUSED,
    grpc.StatusCode.UNAUTHENTICATED: REFUSED,
    grpc.StatusCode.ALREADY_EXISTS: REFUSED,
}


_ROLES = {2: "PROV_CCI", 4: "CITY_CCI"}


def reader(unit: str, name: str = "guitu") -> str:
    """Who reads in the name of a province, city or county, its institution of community corrections; without a unit the operator."""
    return f"staff/{unit}/{_ROLES.get(len(unit), 'COUNTY_CCI')}/{name}" if unit else OPERATOR


class Client:
    """Calls by one principal; certificates are issued by the development CA when they are missing."""

    def __init__(
        self, principal: str = OPERATOR, *, home: Path | None = None, topology: Topology | None = None
    ) -> None:
        self.home = (home or default_home()).resolve()
        self.topology = topology or load()
        self._principal = principal
        self._channels: dict[str, grpc.Channel] = {}

    def call(
        self,
        request: Message,
        answer: type[R],
        *,
        purpose: str = "guitu",
        timeout: timedelta = timedelta(seconds=30),
    ) -> R:
        """The answer to the request. Raises grpc.RpcError."""
        return self.call_service(
            registry.method_of(type(request)).split(".")[1], request, answer, purpose=purpose, timeout=timeout
        )

    def call_service(
        self,
        service: str,
        request: Message,
        answer: type[R],
        *,
        purpose: str = "guitu",
        timeout: timedelta = timedelta(seconds=30),
    ) -> R:
        """The same at a service of choice: every service has a StoreService."""
        path = registry.method_of(type(request))
        invoke = self.channel(service).unary_unary(
            path, request_serializer=type(request).SerializeToString, response_deserializer=answer.FromString
        )
        metadata = (calls.purpose(purpose),)
        return invoke(request, timeout=timeout.total_seconds(), metadata=metadata)

    def close(self) -> None:
        """No channel is open."""
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()

    def channel(self, service: str) -> grpc.Channel:
        """The channel to a service, opened once."""
        if service not in self._channels:
            files = ca.issue(self.home, self._principal, installation=self.topology.installation)
            credentials = Material.read(files.folder).channel_credentials()
            port = runfiles.port(self.home, service, "grpc", self.topology.service(service).port)
            target = f"127.0.0.1:{port}"
            options = (
                pinned(ids.server_name(self.topology.installation, service)),
                ("grpc.max_receive_message_length", _MAX_BYTES),
                ("grpc.service_config", _patience(service)),
            )
            self._channels[service] = grpc.secure_channel(target, credentials, options=options)
        return self._channels[service]


def _patience(service: str) -> str:
    """gRPC asks again when a service is away for a moment, or its database was: a repeated request has one effect.

    Not for the health check, which asks whether it is away.
    """
    named = (f"corrections.{service}.v1.{service.capitalize()}Service", STORE, LAW)
    policy = {
        "maxAttempts": 5,
        "initialBackoff": "0.1s",
        "maxBackoff": "1s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    return json.dumps({"methodConfig": [{"name": [{"service": n} for n in named], "retryPolicy": policy}]})


@contextmanager
def client(principal: str = OPERATOR) -> Generator[Client]:
    """A client inside the block; a failed call ends the command with one sentence and its exit code."""
    made = Client(principal)
    try:
        yield made
    except grpc.RpcError as error:
        fail(*explained(error))
    finally:
        made.close()


def county_of(case_id: str, *, purpose: str) -> str:
    """The county of a case, as the operator sees it; errors end the command as `client` does."""
    with client() as operator:
        request = intake.GetCaseRequest(case_id=case_id)
        return operator.call(request, intake.GetCaseResponse, purpose=purpose).case.county


def _with_reason(sentence: str, info: error_details_pb2.ErrorInfo) -> str:
    """Code and article once: the platform's own messages have them already, other servers' do not."""
    article = info.metadata.get("article", "")
    if not sentence.startswith(f"{info.reason}:"):
        sentence = f"{info.reason}: {sentence}"
    return sentence if not article or article in sentence else f"{sentence} ({article})"


def not_reachable() -> tuple[str, int]:
    """The sentence where no service or server answers, and the exit code."""
    sentence = say("系统没有应答：请先运行 `guitu up`。", "The system does not answer: run `guitu up` first.")
    return sentence, NOT_REACHABLE


def explained(error: grpc.RpcError) -> tuple[str, int]:
    """The sentence for a failed call, with code and article where the law forbids it, and the exit code."""
    call = cast("grpc.Call", error)
    code = call.code()
    if code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
        return not_reachable()
    sentence = call.details() or code.name
    status = rpc_status.from_call(call)
    for detail in status.details if status is not None else ():
        info, text, why = error_details_pb2.ErrorInfo(), error_details_pb2.LocalizedMessage(), Explanation()
        if detail.Unpack(info):
            sentence = _with_reason(sentence, info)
        elif detail.Unpack(text) and say("zh", "en") == "zh":
            sentence = f"{sentence}\n{text.message}"
        elif detail.Unpack(why) and say("zh", "en") == "zh":
            sentence = "\n".join((sentence, *why.sentences_zh))
    return sentence, _EXITS.get(code, FAILED)

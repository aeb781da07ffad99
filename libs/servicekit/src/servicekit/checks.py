"""What a call must bring: deadline, caller, permission, purpose, a request that keeps its contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast
from uuid import UUID

import grpc
from contracts.registry import Method
from eventcore.decider import Caller
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2

from servicekit import calls, identifiers
from servicekit.caller import SERVICE
from servicekit.errors import BadRequest, Denied, Violation
from servicekit.impossible import impossible
from servicekit.reading import Unreadable

Context: TypeAlias = "grpc.aio.ServicerContext[object, object]"


@dataclass(slots=True)
class Incoming:
    """A call on its way through the gate."""

    method: Method
    request: object
    context: Context
    metadata: Mapping[str, str]
    purpose: str
    caller: Caller | None = None

    def known(self) -> Caller:
        """The caller, once authentication has passed."""
        if self.caller is None:
            raise Denied(grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED", "nobody was identified yet")
        return self.caller


def peer(context: Context) -> str:
    """SPIFFE id of the client's certificate; Denied when it has none."""
    found = cast("dict[str, Sequence[bytes]]", context.auth_context()).get("peer_spiffe_id")
    if not found:
        raise Denied(
            grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED", "the client's certificate names no SPIFFE id"
        )
    return found[0].decode()


def time_remaining(context: Context) -> float | None:
    """Seconds until the caller's deadline; None when it set none (the stubs of grpc know only the float)."""
    return cast("float | None", context.time_remaining())


def deadline(incoming: Incoming) -> None:
    """A call without a deadline is refused: it would hold its resources for ever when the client is gone."""
    if time_remaining(incoming.context) is None:
        raise BadRequest(
            "DEADLINE_MISSING",
            [
                Violation(
                    "(call)",
                    "deadline.required",
                    "the call has no deadline",
                    "set a deadline of some seconds",
                )
            ],
        )


def authorise(incoming: Incoming) -> None:
    """The caller's role is one of the method's; a method that names no role is closed."""
    method, caller = incoming.method, incoming.known()
    if not method.roles:
        raise Denied(
            grpc.StatusCode.PERMISSION_DENIED, "METHOD_CLOSED", "the method names no role", method=method.path
        )
    if caller.role not in method.roles:
        raise Denied(
            grpc.StatusCode.PERMISSION_DENIED,
            "ROLE_NOT_ALLOWED",
            f"role {caller.role} may not call it; it is for {', '.join(sorted(method.roles))}",
            role=caller.role,
            method=method.path,
        )
    if method.purpose and not incoming.purpose:
        raise BadRequest(
            "PURPOSE_MISSING",
            [
                Violation(
                    f"metadata {calls.PURPOSE_KEY}",
                    "purpose.required",
                    "a read of a person's data names its purpose",
                    f"send metadata {calls.PURPOSE_KEY} with a code, for example entry/verify-identity",
                )
            ],
        )


def purpose(incoming: Incoming) -> None:
    """The purpose is a code: it must not hold a person's name or number, which would stand in events for ever.

    Services name the step of theirs that sends.
    """
    given = incoming.purpose
    if given and incoming.known().role != SERVICE and not calls.PURPOSE.fullmatch(given):
        remedy = "send a code of letters, at most 64 characters, for example entry/verify-identity; reasons have a field of their own"
        raise BadRequest(
            "INVALID_REQUEST",
            [
                Violation(
                    f"metadata {calls.PURPOSE_KEY}", "purpose.code", f"wants {calls.PURPOSE.pattern}", remedy
                )
            ],
        )


def validate(incoming: Incoming) -> None:
    """The request is readable and keeps every rule of its contract."""
    request, contract = incoming.request, incoming.method.request.DESCRIPTOR.full_name
    if isinstance(request, Unreadable):
        raise BadRequest(request.code, [request.violation])
    message = cast("Message", request)
    broken = [*_broken_rules(message, contract), *impossible(message)]
    if incoming.known().role != SERVICE:  # the platform passes on what older releases let in
        broken += identifiers.wrong(message)
    if broken:
        raise BadRequest("INVALID_REQUEST", broken)


def _broken_rules(message: Message, contract: str) -> list[Violation]:
    # protovalidate and its CEL cost 0.2 s of import: `warm` pays it once the service takes calls
    import protovalidate

    try:
        found = protovalidate.collect_violations(message)
    except protovalidate.EvaluationError:
        # A rule that cannot be computed on a value does not hold for it.
        said = "a rule of the contract cannot be computed on it"
        return [Violation("(message)", "evaluation", said, f"correct it to keep the rules of {contract}")]
    return [
        Violation(
            _path(v.proto.field.elements if v.proto.field else ()) or "(message)",
            v.proto.rule_id or "rule",
            v.proto.message or "breaks the rule",
            f"correct it to keep {v.proto.rule_id or 'the rule'} of {contract}",
        )
        for v in found
    ]


def warm() -> None:
    """The first request is validated as fast as the next one."""
    import protovalidate

    protovalidate.collect_violations(health_pb2.HealthCheckRequest())


def request_id(incoming: Incoming) -> None:
    """A write names its request, so that sending it twice has one effect."""
    request = cast("Message", incoming.request)
    if "request_id" in request.DESCRIPTOR.fields_by_name and not getattr(request, "request_id"):  # noqa: B009
        raise BadRequest(
            "REQUEST_ID_MISSING",
            [
                Violation(
                    "request_id",
                    "request_id.required",
                    "is empty",
                    "send an id of your own; repeat it when you resend",
                )
            ],
        )


def _path(elements: Sequence[object]) -> str:
    parts: list[str] = []
    for element in elements:
        name = str(getattr(element, "field_name", ""))
        subscript = getattr(element, "subscript", None)
        value = getattr(subscript, "value", None)
        parts.append(name if value is None else f"{name}[{value}]")
    return ".".join(parts)


def chain_id(incoming: Incoming, key: str) -> UUID | None:
    """The id of the chain of events under this key of the metadata; None where there is none. BadRequest for no UUID."""
    text = incoming.metadata.get(key)
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise BadRequest(
            "INVALID_REQUEST",
            [Violation(f"metadata {key}", "uuid", "is no UUID", "send canonical UUID text")],
        ) from None

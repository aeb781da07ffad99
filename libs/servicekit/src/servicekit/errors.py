"""From an exception to the status that a client can act on: one place for every service.

A status carries `google.rpc` details: BadRequest (which field, which rule, what to do), ErrorInfo (stable
code, rule id, article, facts), PreconditionFailure, RetryInfo, a LocalizedMessage in Chinese, and for a refusal by the
law its Explanation.
architecture.md section 3.
"""

from __future__ import annotations

import asyncio
import traceback
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources

import grpc
import yaml
from eventcore.decider import Invalid, NotFound, Refused
from eventcore.errors import Aborted, AlreadyExists, Busy, Claimed, Conflict, NotYetHappened, TooLarge
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import code_pb2, error_details_pb2, status_pb2
from lawkit import Law
from psycopg import OperationalError
from psycopg import errors as pg
from psycopg_pool import TooManyRequests

from servicekit import reasons
from servicekit.logs import log
from servicekit.sealing import KeyDestroyed

# Metadata of one answer is bounded by gRPC; more violations than these help nobody.
MAX_VIOLATIONS = 20
MAX_TEXT = 300
DETAILS_KEY = "grpc-status-details-bin"


@dataclass(frozen=True, slots=True)
class Violation:
    """One field that breaks one rule: where, which, what was wrong, what to do."""

    field: str
    rule: str
    description: str
    remedy: str


class BadRequest(Exception):
    """The request is malformed."""

    def __init__(self, code: str, violations: Sequence[Violation]) -> None:
        super().__init__(code)
        self.code = code
        self.violations = tuple(violations)


class Denied(Exception):
    """The caller is nobody, or may not do this."""

    def __init__(self, status: grpc.StatusCode, code: str, description: str, **facts: str) -> None:
        super().__init__(description)
        self.status = status
        self.code = code
        self.description = description
        self.facts = facts


class Unavailable(Exception):
    """Something that the call needs is away; nothing was half done."""


class Texts:
    """Chinese texts of the codes: the platform's own and those of the packages named (`errors_zh.yaml` in
    each).
    """

    def __init__(self, *packages: str) -> None:
        self.texts: dict[str, str] = {}
        for package in ("servicekit", *packages):
            file = resources.files(package) / "errors_zh.yaml"
            if file.is_file():
                self.texts.update(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {})

    def __contains__(self, code: str) -> bool:
        return code in self.texts

    def text(self, code: str, **facts: str) -> str:
        """Chinese sentence of a code with its facts filled in; the code itself where there is none."""
        sentence = self.texts.get(code, code)
        for name, value in facts.items():
            sentence = sentence.replace("{" + name + "}", value)
        return sentence


class Translator:
    """Turns what a handler raised into a status. One per server."""

    def __init__(self, *, service: str, texts: Texts, law: Callable[[], Law]) -> None:
        self._domain = f"corrections.{service}.v1"
        self.texts = texts
        self._law = law

    def status(self, error: BaseException, *, method: str = "") -> status_pb2.Status:
        """The status for an exception; an unexpected one is logged with an id and answers INTERNAL without
        content.
        """
        match error:
            case BadRequest():
                return self._bad_request(error.code, error.violations)
            case TooLarge():
                text = Violation(
                    "(event)", "event.max_bytes", _short(str(error)), self.texts.text("MESSAGE_TOO_LARGE")
                )
                return self._bad_request("MESSAGE_TOO_LARGE", [text])
            case Invalid():
                code = "NOT_YET_HAPPENED" if isinstance(error, NotYetHappened) else "INVALID_FIELD"
                remedy = self.texts.text("CORRECT_THE_FIELD", field=error.field)
                return self._bad_request(code, [Violation(error.field, "domain", error.description, remedy)])
            case Refused():
                return self._refused(error)
            case NotFound():
                # One answer for what is hidden and for what is missing: the text must not tell them apart.
                return self._plain(code_pb2.NOT_FOUND, "NOT_FOUND", "there is no such thing for this caller")
            case KeyDestroyed():
                return self._plain(code_pb2.NOT_FOUND, "ERASED", "the content was destroyed by law")
            case Claimed():
                return self._plain(code_pb2.ALREADY_EXISTS, "VALUE_HELD", _short(str(error)))
            case AlreadyExists():
                return self._plain(code_pb2.ALREADY_EXISTS, "REQUEST_ID_REUSED", _short(str(error)))
            case Aborted() | Conflict():
                return self._plain(code_pb2.ABORTED, "CONCURRENT_CHANGE", _short(str(error)), retry_s=0.1)
            case Denied():
                return self._plain(error.status.value[0], error.code, error.description, facts=error.facts)
            case _:
                return self._infrastructure(error, method)

    def _infrastructure(self, error: BaseException, method: str) -> status_pb2.Status:
        match error:
            case pg.SerializationFailure() | pg.DeadlockDetected():
                return self._plain(
                    code_pb2.ABORTED, "CONCURRENT_CHANGE", "another change came first", retry_s=0.1
                )
            case pg.DataError():
                # A value of the request that the database cannot hold, for example a number beyond 8 bytes.
                log().warning("rpc.unstorable", method=method, error=type(error).__name__)
                said, remedy = (
                    "a value is outside what can be stored",
                    "send values in the range of the contract",
                )
                return self._bad_request(
                    "INVALID_REQUEST", [Violation("(message)", "storable", said, remedy)]
                )
            case Busy() | TooManyRequests():
                said = "the service has as much to do as it may take on; nothing was done"
                return self._plain(code_pb2.RESOURCE_EXHAUSTED, "BUSY", said, retry_s=1.0)
            case OperationalError() | Unavailable():
                log().warning("rpc.dependency_away", method=method, error=type(error).__name__)
                return self._plain(
                    code_pb2.UNAVAILABLE,
                    "DEPENDENCY_AWAY",
                    _short(str(error))
                    if isinstance(error, Unavailable)
                    else "a server that the call needs is away",
                    retry_s=1.0,
                )
            case asyncio.TimeoutError():
                return self._plain(code_pb2.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", "the call took too long")
            case grpc.RpcError() if _peer_is_away(error):
                log().warning("rpc.peer_away", method=method, error=type(error).__name__)
                return self._plain(
                    code_pb2.UNAVAILABLE,
                    "DEPENDENCY_AWAY",
                    "a service that the call needs is away",
                    retry_s=1.0,
                )
            case _:
                return self._internal(error, method)

    def _internal(self, error: BaseException, method: str) -> status_pb2.Status:
        error_id = uuid.uuid4().hex
        # Where it happened, never what it was about: messages of exceptions may quote a person's data.
        frames = [
            f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)
        ]
        log().error(
            "rpc.internal", method=method, error_id=error_id, error=type(error).__name__, frames=frames[-8:]
        )
        return self._plain(
            code_pb2.INTERNAL, "INTERNAL", f"unexpected error {error_id}", facts={"error_id": error_id}
        )

    def _refused(self, error: Refused) -> status_pb2.Status:
        why = reasons.of_refusal(self._law(), error)
        article = why.article_zh if why else ""
        facts = {k: _short(str(v)) for k, v in error.facts.items()}
        precondition = error_details_pb2.PreconditionFailure(
            violations=[
                error_details_pb2.PreconditionFailure.Violation(
                    type=error.code, subject=error.rule, description=article
                )
            ]
        )
        metadata = {**facts, "rule": error.rule, "article": article}
        details: list[Message] = [precondition, self._zh(error.code, article=article, **facts)]
        if why is not None:
            metadata["rule_from"] = why.grounds[0].in_force_from.isoformat()
            details.append(reasons.message(why, briefly=True))
        return self._compose(
            code_pb2.FAILED_PRECONDITION,
            f"{error.code}: refused by {error.rule}" + (f" ({article})" if article else ""),
            self._info(error.code, metadata),
            *details,
        )

    def _bad_request(self, code: str, violations: Sequence[Violation]) -> status_pb2.Status:
        shown = violations[:MAX_VIOLATIONS]
        detail = error_details_pb2.BadRequest(
            field_violations=[
                error_details_pb2.BadRequest.FieldViolation(
                    field=_short(v.field),
                    reason=v.rule,
                    description=_short(f"{v.description}; remedy: {v.remedy}"),
                    localized_message=self._zh(
                        "FIELD_VIOLATION",
                        field=_short(v.field),
                        rule=v.rule,
                        description=_short(v.description),
                    ),
                )
                for v in shown
            ]
        )
        first = shown[0]
        metadata = {"field": _short(first.field), "rule": first.rule, "remedy": _short(first.remedy)}
        return self._compose(
            code_pb2.INVALID_ARGUMENT,
            _short(f"{code}: {first.field}: {first.description}; remedy: {first.remedy}"),
            self._info(code, metadata),
            detail,
            self._zh(code, field=_short(first.field), rule=first.rule, description=_short(first.description)),
        )

    def _plain(
        self,
        status: int,
        code: str,
        description: str,
        *,
        facts: dict[str, str] | None = None,
        retry_s: float | None = None,
    ) -> status_pb2.Status:
        details: list[Message] = [self._info(code, facts or {}), self._zh(code, **(facts or {}))]
        if retry_s is not None:
            delay = Duration()
            delay.FromMilliseconds(int(retry_s * 1000))
            details.append(error_details_pb2.RetryInfo(retry_delay=delay))
        return self._compose(status, f"{code}: {description}", *details)

    def _info(self, code: str, metadata: dict[str, str]) -> error_details_pb2.ErrorInfo:
        return error_details_pb2.ErrorInfo(reason=code, domain=self._domain, metadata=metadata)

    def _zh(self, code: str, **facts: str) -> error_details_pb2.LocalizedMessage:
        return error_details_pb2.LocalizedMessage(locale="zh-CN", message=self.texts.text(code, **facts))

    @staticmethod
    def _compose(code: int, message: str, *details: Message) -> status_pb2.Status:
        status = status_pb2.Status(code=code, message=message)
        for detail in details:
            status.details.add().Pack(detail)
        return status


def code_of(status: status_pb2.Status) -> grpc.StatusCode:
    """gRPC's name for the number in a status."""
    return next(c for c in grpc.StatusCode if c.value[0] == status.code)


async def abort(context: grpc.aio.ServicerContext[object, object], status: status_pb2.Status) -> None:
    """The call ends with the status and its details; never returns."""
    await context.abort(code_of(status), status.message, ((DETAILS_KEY, status.SerializeToString()),))


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def _peer_is_away(error: BaseException) -> bool:
    code = error.code() if isinstance(error, grpc.aio.AioRpcError | grpc.Call) else None
    return code in (
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
    )

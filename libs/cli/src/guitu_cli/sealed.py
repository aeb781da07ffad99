"""Free text of a case: each service gives it sealed, intake opens it for who is entitled, and that is a recorded read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import TypeVar

import grpc
from contracts import registry
from corrections.assistance.v1 import service_pb2 as assistance
from corrections.common.v1.common_pb2 import SealedText
from corrections.education.v1 import service_pb2 as education
from corrections.intake.v1 import service_pb2 as intake
from corrections.supervision.v1 import service_pb2 as supervision
from eventcore.decider import SHANGHAI
from google.protobuf.message import Message

from guitu_cli.client import Client
from guitu_cli.moment import instant
from guitu_cli.texts import head, say

R = TypeVar("R", bound=Message)


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a case; `plain` is None where it stays sealed, and where it was destroyed."""

    sealed: SealedText
    plain: str | None
    erased: bool = False

    def row(self) -> dict[str, str]:
        """For a table."""
        at = self.sealed.occurred_at.ToDatetime(UTC).astimezone(SHANGHAI)
        return {
            head("时间", "time"): at.strftime("%Y-%m-%d %H:%M"),
            head("事项", "event"): registry.title_zh(self.sealed.event_type),
            head("字段", "field"): self.sealed.field,
            head("内容", "text"): self._content(),
        }

    def _content(self) -> str:
        if self.plain is not None:
            return self.plain
        return say("已销毁", "destroyed") if self.erased else say("（密封）", "(sealed)")


def texts_of(
    to: Client, found: intake.GetCaseResponse, as_of: str, known: str = "", *, purpose: str
) -> list[Text]:
    """The texts of the case in all services, opened; or that they were destroyed with the person's key."""
    case_id, known_at = found.case.case_id, instant(known) if known else None
    sealed = [
        *found.texts,
        *_asked(to, supervision.GetConductRequest(case_id=case_id, as_of=as_of, known_at=known_at), supervision.GetConductResponse, purpose).texts,
        *_asked(to, education.GetEducationRequest(case_id=case_id, as_of=as_of, known_at=known_at), education.GetEducationResponse, purpose).texts,
        *_asked(to, assistance.GetAssistanceRequest(case_id=case_id, as_of=as_of, known_at=known_at), assistance.GetAssistanceResponse, purpose).texts,
    ]  # fmt: skip
    ordered = sorted(sealed, key=lambda text: text.occurred_at.ToNanoseconds())
    return _opened(to, case_id, ordered, purpose) if ordered else []


def still_sealed(found: Sequence[SealedText]) -> list[Text]:
    """The texts as who may not open them sees them."""
    return [Text(text, None) for text in found]


def _asked(to: Client, request: Message, answer: type[R], purpose: str) -> R:
    """The answer of a service; an empty one where the case has not come to it yet."""
    try:
        return to.call(request, answer, purpose=purpose)
    except grpc.RpcError as error:
        return _empty(error, answer)


def _opened(to: Client, case_id: str, sealed: Sequence[SealedText], purpose: str) -> list[Text]:
    # every look is a read of its own in the record
    request = intake.OpenTextsRequest(request_id=str(uuid.uuid1()), case_id=case_id, texts=sealed)
    try:
        answer = to.call(request, intake.OpenTextsResponse, purpose=purpose)
    except grpc.RpcError as error:
        _empty(error, intake.OpenTextsResponse)
        return still_sealed(sealed)
    if answer.erased:
        return [Text(text, None, erased=True) for text in sealed]
    return [Text(text, one) for text, one in zip(sealed, answer.texts, strict=True)]


def _empty(error: grpc.RpcError, answer: type[R]) -> R:
    if error.code() != grpc.StatusCode.NOT_FOUND:  # pyright: ignore[reportAttributeAccessIssue]
        raise error
    return answer()

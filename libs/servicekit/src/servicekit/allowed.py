"""What may be done in a case, by whom, and from when on: the decider is asked, nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import grpc
from contracts import registry
from corrections.law.v1 import service_pb2 as pb
from eventcore import allowed
from eventcore.decider import Caller, StreamKey, day
from eventcore.decider import Context as Trial
from eventcore.errors import Invalid
from eventcore.reads import Read, read
from google.protobuf.message import Message
from google.rpc import error_details_pb2

from servicekit.calls import caller_of
from servicekit.cases import Cases
from servicekit.deps import Deps
from servicekit.errors import Translator

_ITEM = ("_id", "ground")
_NO_ITEM = frozenset(("case_id", "request_id"))
_NO_ID = UUID(int=0)


class Allowed:
    """The part of the LawService that says what may be done."""

    def __init__(self, deps: Deps, cases: Cases[Any] | None, translator: Translator) -> None:
        self._deps = deps
        self._cases = cases
        self._translator = translator

    async def ListAllowedCommands(
        self, request: pb.ListAllowedCommandsRequest, context: grpc.aio.ServicerContext[object, object]
    ) -> pb.ListAllowedCommandsResponse:
        """The answer to each command of the caller's role, as of now or the last instant of the day asked about."""
        if self._cases is None:
            return pb.ListAllowedCommandsResponse()
        caller = caller_of(context)
        found = await read(self._deps.store, self._cases.decider, StreamKey("case", request.case_id), caller)
        ctx = self._trial(found, request.as_of, caller)
        return pb.ListAllowedCommandsResponse(commands=list(self._answers(self._cases, found, ctx)))

    def _trial(self, found: Read[Any], as_of: str, caller: Caller) -> Trial:
        ctx = Trial(found.now, caller, "", _NO_ID, None, self._deps.law)
        on = day("as_of", as_of) if as_of else ctx.today
        if on < ctx.today:
            raise Invalid("as_of", f"got {on}, want no day before today, {ctx.today}")
        return ctx if on == ctx.today else allowed.at_end_of(on, ctx)

    def _answers(self, cases: Cases[Any], found: Read[Any], ctx: Trial) -> Iterator[pb.AllowedCommand]:
        mine = {
            kind: specimen
            for kind, specimen in cases.specimens.items()
            if ctx.caller.role in registry.access(registry.method_of(kind)).roles
        }
        for answer in allowed.answers(cases.decider, found.state, found.version, mine, ctx):
            yield self._told(answer)

    def _told(self, answer: allowed.Answer) -> pb.AllowedCommand:
        told = pb.AllowedCommand(
            method=registry.method_of(type(answer.request)),
            item=_item(answer.request),
            allowed=answer.refusal is None,
            nothing_to_do=answer.refusal is None and not answer.events,
            depends_on_content=answer.depends_on_content,
            event_titles_zh=[registry.title_zh(name) for name in answer.events],
            earliest_date=answer.earliest.isoformat() if answer.earliest else "",
        )
        if answer.refusal is None:
            return told
        # the same words as the refusal itself would have
        info, text = error_details_pb2.ErrorInfo(), error_details_pb2.LocalizedMessage()
        for detail in self._translator.status(answer.refusal).details:
            if not detail.Unpack(info):
                detail.Unpack(text)
        told.code, told.remedy_zh = info.reason, text.message
        told.rule, told.article_zh = info.metadata["rule"], info.metadata["article"]
        return told


def _item(request: Message) -> str:
    for field, value in request.ListFields():
        if field.name.endswith(_ITEM) and field.name not in _NO_ITEM:
            return str(value)
    return ""

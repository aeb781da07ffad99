"""The call at hand: who acts, for what purpose, in which chain of events. Servicers ask it for their caller.

async def ReportIn(self, request, context):
    return await self._commands.run(
        request, decider=CASE, stream=StreamKey("case", request.case_id), subject=UUID(request.case_id),
        **act_of(context),
    )
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from contracts.registry import Method
from eventcore.decider import Caller

PURPOSE_KEY = "guitu-purpose"
# A purpose stands in the clear in every event for ever: a code, without the digits and characters of names and numbers.
PURPOSE = re.compile(r"(?=.{1,64}$)[A-Za-z]+([./-][A-Za-z]+)*", re.ASCII)
CORRELATION_KEY = "guitu-correlation"
CAUSATION_KEY = "guitu-causation"


@dataclass(frozen=True, slots=True)
class Call:
    """One running call: method, caller, ids of the chain of events that it belongs to."""

    method: Method
    caller: Caller
    correlation_id: UUID | None
    causation_id: UUID | None


class Act(TypedDict):
    """Keyword arguments of `Commands.run` that come from the call and not from the request."""

    caller: Caller
    correlation_id: UUID | None
    causation_id: UUID | None


_current: ContextVar[Call] = ContextVar("servicekit.call")


def enter(call: Call) -> None:
    """The running task is this call from now on."""
    _current.set(call)


def call_of(_context: object) -> Call:
    """The call that a servicer's context stands for; LookupError outside a call."""
    return _current.get()


def caller_of(context: object) -> Caller:
    """Who calls, as the event will name it."""
    return call_of(context).caller


def act_of(context: object) -> Act:
    """Caller, correlation and causation of the call, to be passed on to `Commands.run` as keywords."""
    call = call_of(context)
    return Act(caller=call.caller, correlation_id=call.correlation_id, causation_id=call.causation_id)


def chain(
    correlation_id: UUID | None = None, causation_id: UUID | None = None
) -> tuple[tuple[str, str], ...]:
    """Metadata that carries the chain of events to another service."""
    found = ((CORRELATION_KEY, correlation_id), (CAUSATION_KEY, causation_id))
    return tuple((key, str(value)) for key, value in found if value is not None)


def purpose(code: str) -> tuple[str, str]:
    """Metadata that names the purpose of a call."""
    return PURPOSE_KEY, code


def texts(metadata: object) -> Mapping[str, str]:
    """Text entries of a call's metadata; the last of equal keys wins, binary entries are left out."""
    if not isinstance(metadata, tuple | list):
        return {}
    return {key: value for key, value in metadata if isinstance(value, str)}

"""Free text about a person, sealed in the events of any service: opened for who sees the case.

The gate records the read before the answer leaves, with the names of the fields that were opened.

个人信息保护法 第二十八条; 社区矫正法 第五十四条.
"""

from __future__ import annotations

from uuid import UUID

from corrections.common.v1.common_pb2 import SealedText
from corrections.intake.v1 import service_pb2 as pb
from eventcore.decider import Caller, Invalid, NotFound
from eventcore.reads import read
from eventcore.texts import Unopenable
from servicekit import read_log
from servicekit.caller import SERVICE, service_of
from servicekit.calls import caller_of
from servicekit.deps import Deps
from servicekit.sealing import KeyDestroyed

from intake.domain.case import CASE
from intake.domain.ids import case_stream
from intake.domain.state import Case

# Of the platform's services one tells others what a text says: proposals to the court, answers to the procuratorate.
_READING = frozenset({"handoff"})


class Texts:
    """Reads of sealed texts."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def opened(self, request: pb.OpenTextsRequest, context: object) -> pb.OpenTextsResponse:
        """The texts in the clear.

        Once the person was erased, that alone is told. NotFound for who does not see the case; Invalid for a text of
        another case, event or field.
        """
        caller = caller_of(context)
        _must_read(caller)
        case = (await read(self._deps.store, CASE, case_stream(request.case_id), caller)).state
        found: list[str] | None
        try:
            found = [await self._text(case, request, number) for number in range(len(request.texts))]
        except KeyDestroyed:
            found = None
        if found is not None:
            read_log.name(f"{text.event_type}.{text.field}" for text in request.texts)
        return pb.OpenTextsResponse(texts=found or (), erased=found is None)

    async def _text(self, case: Case, request: pb.OpenTextsRequest, number: int) -> str:
        text = request.texts[number]
        try:
            _must_be_of(case, text)
            return await self._deps.keys.open_text(text, UUID(request.case_id))
        except Unopenable as error:
            raise Invalid(f"texts[{number}]", "is not sealed to this case, event and field") from error


def _must_read(caller: Caller) -> None:
    if caller.role == SERVICE and service_of(caller) not in _READING:
        raise NotFound


def _must_be_of(case: Case, text: SealedText) -> None:
    if case.seal_to is None or text.sealed.key_id != case.seal_to.key_id:
        raise Unopenable("another person's")

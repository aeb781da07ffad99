"""Who a person is: opened for those who see a case of the person; the gate records the read before the answer leaves."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from corrections.intake.v1 import service_pb2 as pb
from eventcore.decider import NotFound
from eventcore.reads import read
from servicekit import read_log
from servicekit.calls import caller_of
from servicekit.deps import Deps
from servicekit.sealing import KeyDestroyed, KeyStore, field_of

from intake import answers
from intake.domain.ids import person_stream
from intake.domain.person import PERSON
from intake.domain.state import Person
from intake.erasing import Erasing
from intake.queries import Queries, Row


async def in_the_clear(keys: KeyStore, person: Person) -> dict[str, str]:
    """The person's fields in the clear; KeyDestroyed when the person was erased."""
    return {
        name: (await keys.open(stated.sealed, field=field_of(stated.event, name))).decode()
        for name, stated in person.identity.items()
    }


class Persons:
    """Reads of persons' identities."""

    def __init__(self, deps: Deps, queries: Queries, erasing: Erasing) -> None:
        self._deps = deps
        self._queries = queries
        self._erasing = erasing

    async def identity(self, request: pb.GetPersonRequest, context: object) -> pb.GetPersonResponse:
        """The person's fields in the clear, or that they were destroyed. Where only the erasure is asked about nothing is opened.

        NotFound for who sees no case of the person.
        """
        caller = caller_of(context)
        cases = await self._queries.cases_of(UUID(request.person_id), caller)
        if not cases:
            raise NotFound
        read_log.show(case.case_id for case in cases)
        stream = person_stream(request.person_id)
        found = await read(self._deps.store, PERSON, stream, caller)
        if request.erasure_only:
            return pb.GetPersonResponse(erased=await self._erasing.erased(found.state))
        with suppress(KeyDestroyed):
            if found.state.erased_at is None:
                return answers.person(await in_the_clear(self._deps.keys, found.state))
        return pb.GetPersonResponse(erased=await self._erasing.erased(found.state))

    async def cases_with(self, identity_mac: bytes, context: object) -> list[Row]:
        """Cases of the person whose number has this keyed hash, newest first; none for a number nobody has."""
        person_id = await self._queries.person_with(identity_mac)
        return [] if person_id is None else await self._queries.cases_of(person_id, caller_of(context))

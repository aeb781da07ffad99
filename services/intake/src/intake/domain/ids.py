"""Ids of a case and of its person. All derived: the same decision has the same ids wherever it is asked."""

from __future__ import annotations

from uuid import UUID, uuid5

from eventcore.decider import StreamKey


def case_id_of(exchange_id: str, defendant_number: int) -> UUID:
    """Case of one person of a decision."""
    return uuid5(UUID(exchange_id), str(defendant_number))


def person_id_of(case_id: UUID) -> UUID:
    """Person who was first met in this case. An identity number that was seen before names an earlier one."""
    return uuid5(case_id, "person")


def key_id_of(person_id: UUID) -> UUID:
    """Key under which everything about the person is sealed; destroying it erases the person."""
    return uuid5(person_id, "key")


def case_stream(case_id: str) -> StreamKey:
    """Stream of a case."""
    return StreamKey("case", case_id)


def unopened_stream(exchange_id: str, defendant_number: int) -> StreamKey:
    """Stream of a person of a decision whose case cannot be opened."""
    return StreamKey("exchange", f"{exchange_id}/{defendant_number}")


def person_stream(person_id: str) -> StreamKey:
    """Stream of a person."""
    return StreamKey("person", person_id)

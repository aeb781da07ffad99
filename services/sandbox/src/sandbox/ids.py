"""Ids of the other side: derived from scenario, case and act, so that one seed gives one history."""

from __future__ import annotations

from uuid import UUID, uuid5

from eventcore.ids import namespace


def exchange_id(installation: str, agency: str, message_id: str) -> UUID:
    """Exchange of an agency's message, as handoff derives it."""
    return uuid5(namespace(installation), f"exchange/{agency}/{message_id}")


def case_id(exchange: UUID, defendant: int) -> UUID:
    """Case of one person of a decision, as intake derives it. `defendant` counts from 1."""
    return uuid5(exchange, str(defendant))


def act_id(scenario: str, case: str, label: str) -> str:
    """Message id or request id of an act; the label is its number in the case, from 1, or a name."""
    return f"{scenario}/{case}/{label}"


def key_id(agency: str) -> str:
    """Id of the key that an agency of the sandbox signs with."""
    return f"{agency}.1"

"""Typed reading of parsed JSON: a wrong type is named with its place, never passed on."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

from lawkit.errors import WrongData

Record = Mapping[str, object]


def record(value: object, where: str) -> Record:
    """The value as a mapping with text keys."""
    if not isinstance(value, dict):
        raise WrongData(where, type(value).__name__, "a mapping")
    return cast(Record, value)


def items(value: object, where: str) -> Sequence[object]:
    """The value as a list; absent counts as empty."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise WrongData(where, type(value).__name__, "a list")
    return cast(Sequence[object], value)


def words(value: object, where: str) -> tuple[str, ...]:
    """The value as a tuple of texts; absent counts as empty."""
    return tuple(text(item, where) for item in items(value, where))


def text(value: object, where: str) -> str:
    """The value as text."""
    if not isinstance(value, str):
        raise WrongData(where, repr(value), "a text")
    return value


def whole_or_none(value: object, where: str) -> int | None:
    """The value as a whole number, or nothing."""
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise WrongData(where, repr(value), "a whole number")
    return value


def day(value: object, where: str) -> date:
    """The value as an ISO 8601 date."""
    try:
        return date.fromisoformat(text(value, where))
    except ValueError:
        raise WrongData(where, repr(value), "a date YYYY-MM-DD") from None


def day_or_none(value: object, where: str) -> date | None:
    """The value as an ISO 8601 date, or nothing."""
    return None if value is None else day(value, where)

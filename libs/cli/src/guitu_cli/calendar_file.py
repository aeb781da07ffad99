"""The file that a lawyer writes from a notice of the State Council: days off and make-up days of one year.

    year: 2027
    source: {title: …, number: …, url: https://…, issued_on: 2026-11-04, document: notice.pdf}
    holidays:
    - {name: 元旦, days_off: [2027-01-01/2027-01-03], make_up: [2027-01-09]}

A range is written first/last. `document` is the notice as it was read, beside this file: its SHA-256 is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import cast

import yaml
from corrections.administration.v1 import events_pb2 as ev
from corrections.administration.v1 import service_pb2 as pb


class WrongCalendarFile(Exception):
    """The file does not say what a calendar year needs; the message names the field, what was got and wanted."""


def request_of(file: Path) -> pb.ImportCalendarRequest:
    """The import that the file asks for, without a request id. Raises WrongCalendarFile."""
    try:
        content: object = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise WrongCalendarFile(f"{file}: {error}") from None
    root = _record(content, file.name, ("year", "source", "holidays"))
    year = root["year"]
    if not isinstance(year, int):
        raise WrongCalendarFile(f"year: got {year!r}, want a year")
    listed = root["holidays"]
    if not isinstance(listed, list):
        raise WrongCalendarFile(f"holidays: got {listed!r}, want a list")
    days = [
        day
        for place, one in enumerate(cast("list[object]", listed))
        for day in _holiday(one, f"holidays[{place}]")
    ]
    days.sort(key=lambda day: day.on)
    return pb.ImportCalendarRequest(year=year, days=days, source=_source(root["source"], file.parent))


def _source(value: object, folder: Path) -> ev.SourceDocument:
    found = _record(value, "source", ("title", "url", "issued_on", "document"), ("number",))
    document = folder / str(found["document"])
    try:
        digest = sha256(document.read_bytes()).digest()
    except OSError as error:
        raise WrongCalendarFile(f"source.document: {document}: {error.strerror}") from None
    return ev.SourceDocument(
        title=str(found["title"]),
        number=str(found.get("number", "")),
        url=str(found["url"]),
        sha256=digest,
        issued_on=_day(found["issued_on"], "source.issued_on").isoformat(),
    )


def _holiday(value: object, where: str) -> Iterator[ev.ArrangedDay]:
    found = _record(value, where, ("name", "days_off"), ("make_up",))
    for key, work in (("days_off", False), ("make_up", True)):
        listed = found.get(key) or []
        if not isinstance(listed, list):
            raise WrongCalendarFile(f"{where}.{key}: got {listed!r}, want a list of days")
        for one in cast("list[object]", listed):
            for day in _days(one, f"{where}.{key}"):
                yield ev.ArrangedDay(on=day.isoformat(), work=work, name=str(found["name"]))


def _days(value: object, where: str) -> Iterator[date]:
    first, _, last = value.partition("/") if isinstance(value, str) else (value, "", "")
    day, end = _day(first, where), _day(last or first, where)
    if end < day:
        raise WrongCalendarFile(f"{where}: got {value}, want first/last")
    while day <= end:
        yield day
        day += timedelta(days=1)


def _day(value: object, where: str) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise WrongCalendarFile(f"{where}: got {value!r}, want a day as YYYY-MM-DD") from None


def _record(
    value: object, where: str, wanted: tuple[str, ...], optional: tuple[str, ...] = ()
) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise WrongCalendarFile(f"{where}: got {value!r}, want {', '.join(wanted)}")
    found = cast("dict[str, object]", value)
    for name in wanted:
        if name not in found:
            raise WrongCalendarFile(f"{where}.{name}: got nothing, want a value")
    for name in found:
        if name not in (*wanted, *optional):
            raise WrongCalendarFile(f"{where}: got {name}, want only {', '.join((*wanted, *optional))}")
    return found

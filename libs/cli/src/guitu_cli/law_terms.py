"""`guitu law term`: from when to when a person of one of the four kinds is under corrections."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, cast

import typer
from lawkit import Law
from lawkit.errors import LawError, UnknownRule
from lawkit.terms import (
    Length,
    Punishment,
    Term,
    extend,
    parole_from_life,
    probation_breaches,
    shorten,
    surveillance_breaches,
    term_until,
)
from lawkit.terms import term as term_of
from lawkit.why import Change, structure, why_term

from guitu_cli.law_here import Region, law_here
from guitu_cli.output import REFUSED, USAGE, document, fail, rows
from guitu_cli.running import AsJson
from guitu_cli.texts import head, say

_LENGTH = re.compile(r"(?:(\d+)[y年])?(?:(\d+)(?:m|个?月))?(?:(\d+)[d日天])?")


def term(
    kind: Annotated[str, typer.Argument(help="管制|缓刑|假释|暂予监外执行, id or code 01-04.")],
    start: Annotated[str, typer.Option("--from", help="First day, ISO 8601.")],
    length: Annotated[str, typer.Option(help="As the document states it: 1y6m, 6m15d, 3年6个月.")] = "",
    until: Annotated[str, typer.Option(help="Last day that the document gives.")] = "",
    life: Annotated[bool, typer.Option("--life", help="Parole from life imprisonment.")] = False,
    custody: Annotated[int, typer.Option(help="Days of custody before.", min=0)] = 0,
    reduce: Annotated[str, typer.Option(help="Length of a reduction.")] = "",
    add: Annotated[str, typer.Option(help="Length of time that does not count.")] = "",
    punishment: Annotated[str, typer.Option(help="detention|imprisonment, for probation.")] = "",
    sentence: Annotated[str, typer.Option(help="Length of the suspended sentence, to check probation.")] = "",
    region: Region = None,
    as_json: AsJson = False,
) -> None:
    """The term with the rules that determined it. Exit 3 when the law allows no such term."""
    law = law_here(region)
    if punishment not in {"", "detention", "imprisonment"}:
        fail(
            say(f"刑种 {punishment} 应为 detention 或 imprisonment", "want detention or imprisonment"), USAGE
        )
    punished = cast(Punishment | None, punishment or None)
    if sum((bool(length), bool(until), life)) != 1:
        fail(say("请给出 --length、--until、--life 之一", "give one of --length, --until, --life"), USAGE)
    try:
        begun = found = _begun(law, _kind(law, kind), _day(start), length, until, custody)
        changes: list[Change] = []
        if reduce:
            found = shorten(law, found, _length(reduce), punishment=punished)
            changes.append(Change(found.rules[-1], found.end, _length(reduce)))
        if add:
            found = extend(law, found, _length(add))
            changes.append(Change(found.rules[-1], found.end, _length(add)))
        told = why_term(law, begun, changes)
        answer = _answer(law, found, _breaches(law, found, punished, sentence))
    except UnknownRule as error:
        fail(say(f"没有 {error.got} 这一类对象", f"there is no kind {error.got}"), USAGE)
    except LawError as error:
        fail(say(f"依法无此期限:{error}", f"refused: {error}"), REFUSED)
    if as_json:
        document(answer | {"explanation": structure(told)})
        return
    names = {"kind": say("类别", "kind"), "start": say("起", "start"), "end": say("止", "end"),
             "ends_at": say("届满时刻", "over at"), "days": say("日数", "days"),
             "credit_days": say("折抵日数", "days credited")}  # fmt: skip
    rows(
        say("期限", "Term"),
        [
            {head("项目", "field"): label, head("内容", "value"): str(answer[name])}
            for name, label in names.items()
        ],
        as_json=False,
    )
    table = [{"rule": r, head("条文", "article"): law.article_zh(r)} for r in found.rules]
    rows(say("依据", "Rules"), table, as_json=False)
    typer.echo(say("\n".join(told.sentences), ""))
    for rule_id in cast(list[str], answer["breaches"]):
        typer.echo(say(f"注意:不符合 {law.article_zh(rule_id)}({rule_id})", f"not lawful by {rule_id}"))


def _begun(law: Law, kind: str, start: date, length: str, until: str, custody: int) -> Term:
    if until:
        return term_until(law, kind, start, _day(until))
    if length:
        return term_of(law, kind, start, _length(length), custody_days=custody)
    if kind != "PAROLE":
        fail(say("--life 只用于假释", "--life is for parole only"), USAGE)
    return parole_from_life(law, start)


def _breaches(law: Law, found: Term, punishment: Punishment | None, sentence: str) -> tuple[str, ...]:
    if found.length is None:
        return ()
    if found.kind == "PUBLIC_SURVEILLANCE":
        return surveillance_breaches(law, found.length)
    if found.kind == "PROBATION" and punishment and sentence:
        return probation_breaches(law, punishment, _length(sentence), found.length)
    return ()


def _answer(law: Law, found: Term, breaches: tuple[str, ...]) -> dict[str, object]:
    return {
        "kind": say(law.kind(found.kind).title_zh, found.kind),
        "start": found.start.isoformat(),
        "end": found.end.isoformat(),
        "ends_at": f"{found.end.isoformat()}T24:00+08:00",
        "days": (found.end - found.start).days + 1,
        "credit_days": found.credit_days,
        "rules": [{"id": r, "article": law.article_zh(r)} for r in found.rules],
        "breaches": list(breaches),
    }


def _kind(law: Law, asked: str) -> str:
    for kind in law.kinds.values():
        if asked in {kind.id, kind.code, kind.title_zh, kind.id.lower()}:
            return kind.id
    raise UnknownRule(asked, "kinds")


def _length(text: str) -> Length:
    found = _LENGTH.fullmatch(text)
    if found is None or not text:
        fail(say(f"{text} 不是时长,请写 3y6m 或 3年6个月", f"{text} is no length: write 3y6m15d"), USAGE)
    years, months, days = (int(part or 0) for part in found.groups())
    return Length(years, months, days)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(say(f"{text} 不是日期 YYYY-MM-DD", f"{text} is no day YYYY-MM-DD"), USAGE)

"""`guitu law term`: from when to when a person of one of the four kinds is under corrections."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

import typer
from lawkit import Law
from lawkit.errors import BelowFloor, LawError, UnknownRule, Unlawful
from lawkit.lengths import Stated, breaches
from lawkit.tables import reduction_keeps_half
from lawkit.terms import (
    Length,
    Punishment,
    Term,
    extend,
    parole_from_life,
    punishment_of,
    shorten,
    term_until,
)
from lawkit.terms import term as term_of
from lawkit.why import Change, structure, why_term

from guitu_cli.law_here import Region, law_here
from guitu_cli.output import REFUSED, USAGE, document, fail, rows
from guitu_cli.running import AsJson
from guitu_cli.texts import head, say

_PENALTIES = {
    "detention": "DETENTION", "拘役": "DETENTION", "imprisonment": "FIXED_TERM", "有期徒刑": "FIXED_TERM",
    "life": "LIFE", "无期徒刑": "LIFE", "surveillance": "PUBLIC_SURVEILLANCE", "管制": "PUBLIC_SURVEILLANCE",
}  # fmt: skip
# no text says it: it follows from what a reduction is of, and from what a parole consists of
_ARTICLES = {"reduction.parole.no-rule": ("reduction.floor-half", "counting.start.parole")}
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
    punishment: Annotated[
        str, typer.Option(help="拘役 detention, 有期徒刑 imprisonment, 无期徒刑 life.")
    ] = "",
    sentence: Annotated[str, typer.Option(help="Length of the sentence that is suspended or served.")] = "",
    combined: Annotated[
        bool, typer.Option("--combined", help="Several crimes together, or commuted from a heavier penalty.")
    ] = False,
    total: Annotated[str, typer.Option(help="Sum of the single sentences that were combined.")] = "",
    approved: Annotated[
        bool, typer.Option("--approved", help="Parole before half, approved by the Supreme People's Court.")
    ] = False,
    region: Region = None,
    as_json: AsJson = False,
) -> None:
    """The term with the rules that determined it. Exit 3 when the law allows no such term."""
    law = law_here(region)
    if punishment and punishment not in _PENALTIES:
        fail(
            say(
                f"刑种 {punishment} 应为 {'、'.join(_PENALTIES)} 之一", f"want one of {', '.join(_PENALTIES)}"
            ),
            USAGE,
        )
    if sum((bool(length), bool(until), life)) != 1:
        fail(say("请给出 --length、--until、--life 之一", "give one of --length, --until, --life"), USAGE)
    try:
        stated = Stated(
            kind=_kind(law, kind),
            start=_day(start),
            length=_length(length) if length else None,
            until=_day(until) if until else None,
            penalty="LIFE" if life else _PENALTIES.get(punishment),
            sentence=_length(sentence) if sentence else None,
            combined=combined or bool(total),
            total=_length(total) if total else None,
            custody_days=custody,
            approved=approved,
        )
        _refuse(law, stated)
        begun = found = _begun(law, stated, _punished(punishment))
        changes: list[Change] = []
        if reduce:
            found = _reduced(law, stated, found, _length(reduce), _punished(punishment))
            changes.append(Change(found.rules[-1], found.end, _length(reduce)))
        if add:
            found = extend(law, found, _length(add))
            changes.append(Change(found.rules[-1], found.end, _length(add)))
        told = why_term(law, begun, changes)
        answer = _answer(law, found)
    except UnknownRule as error:
        fail(say(f"没有 {error.got} 这一类对象", f"there is no kind {error.got}"), USAGE)
    except (Unlawful, BelowFloor) as error:
        fail(_refusal(law, [(error.rule_id, str(error.got), str(error.want))]), REFUSED)
    except (LawError, OverflowError, ValueError) as error:
        rule_id = law.kind(_kind(law, kind)).term_rule
        fail(_refusal(law, [(rule_id, "", "")], str(error)), REFUSED)
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


def _refuse(law: Law, stated: Stated) -> None:
    """The command has ended with every article that the term breaks; nothing where it breaks none."""
    if (
        stated.penalty == "LIFE"
        and stated.length is None
        and stated.until is None
        and stated.kind != "PAROLE"
    ):
        fail(_refusal(law, [("counting.parole.life-ten-years", stated.kind, "PAROLE")]), REFUSED)
    if broken := breaches(law, stated):
        fail(_refusal(law, [(one.rule_id, one.got, one.want) for one in broken]), REFUSED)


def _refusal(law: Law, broken: list[tuple[str, str, str]], reason: str = "") -> str:
    """What is refused, by article; of a rule that no text has, by the articles that it follows from."""
    told: list[str] = []
    for rule_id, got, want in broken:
        articles = "、".join(law.article_zh(one) for one in _ARTICLES.get(rule_id, (rule_id,)))
        title = law.rule(rule_id).title_zh
        facts = (
            say(f"：得 {got}，应为 {want}", f": got {got}, want {want}") if got else reason and f": {reason}"
        )
        told.append(say(f"{articles}（{title}；{rule_id}）{facts}", f"{articles} ({rule_id}){facts}"))
    return say("依法无此期限：", "refused: ") + say("；", "; ").join(told)


def _reduced(law: Law, stated: Stated, found: Term, by: Length, punished: Punishment | None) -> Term:
    shorter = shorten(law, found, by, punishment=punished)
    if stated.kind == "TEMPORARY_SERVICE":
        whole = stated.sentence or (stated.length if punished else None)
        kept = (
            None
            if whole is None
            else reduction_keeps_half(law, whole.in_months, whole.in_months - by.in_months)
        )
        if kept is not None and not kept.allowed:
            raise Unlawful(kept.rule_id, f"{by}", f"at most half of {whole}")
    return shorter


def _begun(law: Law, stated: Stated, punished: Punishment | None) -> Term:
    kind, start = stated.kind, stated.start
    if stated.until is not None:
        return term_until(law, kind, start, stated.until)
    if stated.length is None:
        return parole_from_life(law, start)
    if kind == "TEMPORARY_SERVICE" and stated.sentence is not None:
        # the time outside prison is stated by itself; custody is off the sentence
        return term_of(law, kind, start, stated.length)
    return term_of(law, kind, start, stated.length, custody_days=stated.custody_days, punishment=punished)


def _punished(punishment: str) -> Punishment | None:
    return punishment_of(_PENALTIES[punishment]) if punishment else None


def _answer(law: Law, found: Term) -> dict[str, object]:
    return {
        "kind": say(law.kind(found.kind).title_zh, found.kind),
        "start": found.start.isoformat(),
        "end": found.end.isoformat(),
        "ends_at": f"{found.end.isoformat()}T24:00+08:00",
        "days": (found.end - found.start).days + 1,
        "credit_days": found.credit_days,
        "rules": [{"id": r, "article": law.article_zh(r)} for r in found.rules],
    }


def _kind(law: Law, asked: str) -> str:
    for kind in law.kinds.values():
        if asked in {kind.id, kind.code, kind.title_zh, kind.id.lower()}:
            return kind.id
    raise UnknownRule(asked, "kinds")


def _length(text: str) -> Length:
    found = _LENGTH.fullmatch(text)
    if found is None or not text:
        fail(say(f"{text} 不是时长，请写 3y6m 或 3年6个月", f"{text} is no length: write 3y6m15d"), USAGE)
    years, months, days = (int(part or 0) for part in found.groups())
    return Length(years, months, days)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(say(f"{text} 不是日期 YYYY-MM-DD", f"{text} is no day YYYY-MM-DD"), USAGE)

"""What lengths of penalties and terms the law knows, and for which kind of subject.

刑法 第三十八条、第四十二条、第四十五条、第六十九条、第七十三条、第八十一条、第八十三条. A length that is given as a last day is
compared by the calendar, so that a leap day makes nothing unlawful.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from lawkit.counting import MONTHS_PER_YEAR, add_months, add_years
from lawkit.errors import InvalidTerm
from lawkit.law import Law
from lawkit.terms import DAYS_PER_MONTH, Length, Punishment, parole_from_life, punishment_of, term

_PUNISHMENTS: tuple[Punishment, Punishment] = ("detention", "imprisonment")
_RANGES: dict[Punishment, str] = {
    "detention": "counting.range.detention",
    "imprisonment": "counting.range.imprisonment",
}
_SURVEILLANCE = "counting.range.surveillance"
_PAROLE = "counting.range.parole"
_REST = "counting.start.parole"
_LIFE = "counting.parole.life-ten-years"
_CREDIT = "counting.credit.imprisonment"
_UNLIMITED = {"LIFE", "DEATH"}


@dataclass(frozen=True, slots=True)
class Stated:
    """What documents say of a term; None and False where they do not say it.

    length: of the surveillance, of the period of probation, of the rest under parole, of the time outside prison; without
    `sentence` that of temporary service is the sentence. until: the last day instead. penalty: by the catalogue's words.
    combined: for several crimes, or commuted from a heavier penalty; total: of the single sentences then.
    approved: the Supreme People's Court approved a parole before its time.
    """

    kind: str
    start: date
    length: Length | None = None
    until: date | None = None
    penalty: str | None = None
    sentence: Length | None = None
    combined: bool = False
    total: Length | None = None
    custody_days: int = 0
    approved: bool = False


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that the term breaks, with what was got and what the rule wants."""

    rule_id: str
    got: str
    want: str


def breaches(law: Law, stated: Stated) -> tuple[Breach, ...]:
    """Every rule that makes the term impossible; empty when the law knows such a term.

    What is not stated is not held against it. Raises UnknownRule for a fifth kind.
    """
    kind = law.kind(stated.kind)
    if stated.penalty is not None and stated.penalty not in kind.penalties:
        return (Breach(kind.penalty_rule, stated.penalty, " or ".join(kind.penalties)),)
    of_kind = {
        "PUBLIC_SURVEILLANCE": _surveillance,
        "PROBATION": _probation,
        "PAROLE": _parole,
        "TEMPORARY_SERVICE": _temporary,
    }[kind.id]
    return tuple(dict.fromkeys(of_kind(law, stated)))


def sentence_breaches(
    law: Law,
    punishment: Punishment,
    sentence: Length,
    *,
    combined: bool = False,
    total: Length | None = None,
) -> tuple[str, ...]:
    """The rules that a sentence of this length breaks; empty when it is lawful. 刑法 第四十二条、第四十五条、第六十九条.

    total: of all single sentences, none of them above it; from 35 years on imprisonment may reach 25, else 20.
    """
    rule = law.rule(_RANGES[punishment])
    most = _most_of_sentence(law, punishment, combined=combined, total=total)
    lawful = rule.number("min") <= sentence.in_months <= most
    lawful = lawful and (not combined or total is None or sentence.in_months <= total.in_months)
    return () if lawful else (rule.id,)


def probation_breaches(
    law: Law, punishment: Punishment, sentence: Length, probation: Length, *, combined: bool = False
) -> tuple[str, ...]:
    """The rules that a probation period of this length breaks; empty when it is lawful. 刑法 第七十三条."""
    rule = law.rule(f"counting.range.probation-{punishment}")
    lawful = rule.number("min") <= probation.in_months <= rule.number("max")
    lawful = lawful and probation.in_months >= sentence.in_months
    lawful = lawful and suspendable(law, punishment, sentence, combined=combined)
    return () if lawful else (rule.id,)


def suspendable(law: Law, punishment: Punishment, sentence: Length, *, combined: bool = False) -> bool:
    """Whether a sentence of this length exists and may be suspended. 刑法 第四十二条、第六十九条、第七十二条."""
    rule = law.rule(f"counting.range.probation-{punishment}")
    raised = combined and "sentence_max_combined" in rule.numbers
    most = rule.number("sentence_max_combined" if raised else "sentence_max")
    return rule.number("sentence_min") <= sentence.in_months <= most


def surveillance_breaches(law: Law, length: Length, *, combined: bool = False) -> tuple[str, ...]:
    """The rules that surveillance of this length breaks; empty when lawful. 刑法 第三十八条、第六十九条."""
    rule = law.rule(_SURVEILLANCE)
    most = rule.number("max_combined" if combined else "max")
    return () if rule.number("min") <= length.in_months <= most else (rule.id,)


def parole_breaches(law: Law, sentence: Length, rest: Length, *, approved: bool = False) -> tuple[str, ...]:
    """The rules that a parole with this rest of the sentence breaks; empty when lawful. 刑法 第八十一条、第八十三条."""
    if rest.in_months >= sentence.in_months:
        return (_REST,)
    too_early = rest.in_months > sentence.in_months * (1 - law.threshold(_PAROLE))
    return (_PAROLE,) if too_early and not approved else ()


def injunction_breaches(
    law: Law, kind: str, length: Length, *, within: Length | None = None
) -> tuple[str, ...]:
    """The rules that an injunction of this length breaks; empty when it is lawful.

    within: the term that is left to execute. The injunction is not longer; where credit for custody leaves
    less surveillance than the least injunction, the least does not bind (its rule's action).
    Raises InvalidTerm for a kind without injunctions.
    """
    if not law.kind(kind).injunction:
        raise InvalidTerm(f"an injunction under {kind}", "a kind that injunctions exist for")
    rule_id = f"injunction.term.{'probation' if kind == 'PROBATION' else 'surveillance'}"
    least = law.threshold(rule_id)
    too_long = within is not None and length.in_months > within.in_months
    waived = kind == "PUBLIC_SURVEILLANCE" and within is not None and within.in_months < least
    lawful = not too_long and (waived or length.in_months >= least)
    return () if lawful else (rule_id,)


def _surveillance(law: Law, s: Stated) -> Iterator[Breach]:
    rule = law.rule(_SURVEILLANCE)
    least, most = rule.number("min"), rule.number("max_combined" if s.combined else "max")
    # custody leaves less than the least; a last day is only ever too late
    if s.length is not None and surveillance_breaches(law, s.length, combined=s.combined):
        yield _outside(rule.id, s.length, least, most)
    elif s.until is not None and s.until > _last(s.start, most):
        yield Breach(rule.id, f"{s.until}", f"{_last(s.start, most)} or earlier")
    if s.length is not None and s.sentence is not None and s.length.in_months != s.sentence.in_months:
        yield Breach("counting.start.surveillance", f"{s.length}", f"the surveillance itself, {s.sentence}")


def _probation(law: Law, s: Stated) -> Iterator[Breach]:
    """Without its penalty the period must be lawful for one of the two."""
    given = punishment_of(s.penalty) if s.penalty else None
    found = [tuple(_suspended(law, s, one)) for one in ((given,) if given else _PUNISHMENTS)]
    if all(found):
        yield from (one for broken in found for one in broken)


def _suspended(law: Law, s: Stated, punishment: Punishment) -> Iterator[Breach]:
    rule = law.rule(f"counting.range.probation-{punishment}")
    least, most = rule.number("min"), rule.number("max")
    if s.sentence is not None:
        if _unlawful(law, s, punishment, s.sentence):
            yield _sentence(law, s, punishment, s.sentence)
        elif not suspendable(law, punishment, s.sentence, combined=s.combined):
            yield Breach(rule.id, f"{s.sentence}", f"at most {rule.number('sentence_max'):g} months")
        else:
            least = max(least, s.sentence.in_months)
    if s.length is not None and not least <= s.length.in_months <= most:
        yield _outside(rule.id, s.length, least, most)
    if s.until is not None and not _last_least(s.start, least) <= s.until <= _last(s.start, most):
        want = f"{_last_least(s.start, least)} to {_last(s.start, most)}"
        yield Breach(rule.id, f"{s.until}", want)


def _parole(law: Law, s: Stated) -> Iterator[Breach]:
    if s.custody_days:
        yield Breach(
            _REST, f"{s.custody_days} days of custody", "the rest of a sentence that they are off already"
        )
    if s.penalty == "LIFE":
        ten_years = parole_from_life(law, s.start)
        given = s.until or (term(law, s.kind, s.start, s.length).end if s.length else ten_years.end)
        if given != ten_years.end:
            yield Breach(_LIFE, f"{given}", f"{ten_years.end}")
        return
    whole = s.sentence
    if whole is not None and _unlawful(law, s, "imprisonment", whole):
        yield _sentence(law, s, "imprisonment", whole)
    share = 1 if s.approved else 1 - law.threshold(_PAROLE)
    months = whole.in_months if whole else _most_of_sentence(law, "imprisonment", combined=True)
    rest = months * share
    if s.length is not None and (
        parole_breaches(law, whole, s.length, approved=s.approved) if whole else s.length.in_months > rest
    ):
        yield Breach(_PAROLE, f"{s.length}", f"at most {Length(months=int(rest))}")
    if s.until is not None and s.until > _last(s.start, rest):
        yield Breach(_PAROLE, f"{s.until}", f"{_last(s.start, rest)} or earlier")


def _temporary(law: Law, s: Stated) -> Iterator[Breach]:
    given = punishment_of(s.penalty) if s.penalty else None
    if s.custody_days and given is None:
        # what custody counts for follows from the penalty: 刑法 第四十四条、第四十七条
        want = "detention or imprisonment, whose days it is off" if s.penalty is None else "no custody"
        yield Breach(_CREDIT, f"{s.custody_days} days of custody", want)
    if s.penalty in _UNLIMITED:
        return
    if given is None and s.sentence is None:
        yield from _stated_time(law, s)
        return
    whole = s.sentence or s.length
    known = (given,) if given else _PUNISHMENTS
    if whole is not None and all(_unlawful(law, s, one, whole) for one in known):
        yield _sentence(law, s, known[-1], whole)
    elif s.sentence is not None:
        yield from _within_sentence(law, s, s.sentence, given)
    elif s.until is not None and given is not None:
        most = _most_of_sentence(law, given, combined=s.combined, total=s.total)
        if s.until > _last(s.start, most):
            yield Breach(_RANGES[given], f"{s.until}", f"{_last(s.start, most)} or earlier")


def _stated_time(law: Law, s: Stated) -> Iterator[Breach]:
    """A time outside prison of which no sentence is known is not longer than the longest sentence."""
    most = _most_of_sentence(law, "imprisonment", combined=True)
    if s.length is not None and s.length.in_months > most:
        yield Breach(_RANGES["imprisonment"], f"{s.length}", f"at most {most:g} months")
    if s.until is not None and s.until > _last(s.start, most):
        yield Breach(_RANGES["imprisonment"], f"{s.until}", f"{_last(s.start, most)} or earlier")


def _within_sentence(law: Law, s: Stated, sentence: Length, given: Punishment | None) -> Iterator[Breach]:
    """The time outside prison ends with the sentence at the latest."""
    if s.custody_days and given is None:
        return
    ends = term(law, s.kind, s.start, sentence, custody_days=s.custody_days, punishment=given).end
    last = s.until or (term(law, s.kind, s.start, s.length).end if s.length else ends)
    if last > ends:
        yield Breach(law.kind(s.kind).term_rule, f"{last}", f"{ends} or earlier")


def _unlawful(law: Law, s: Stated, punishment: Punishment, sentence: Length) -> bool:
    return bool(sentence_breaches(law, punishment, sentence, combined=s.combined, total=s.total))


def _sentence(law: Law, s: Stated, punishment: Punishment, sentence: Length) -> Breach:
    rule = law.rule(_RANGES[punishment])
    most = _most_of_sentence(law, punishment, combined=s.combined, total=s.total)
    if s.combined and s.total is not None:
        most = min(most, s.total.in_months)
    return _outside(rule.id, sentence, rule.number("min"), most)


def _most_of_sentence(
    law: Law, punishment: Punishment, *, combined: bool, total: Length | None = None
) -> float:
    """Months; of a combined imprisonment whose total is not known the most that the law has."""
    rule = law.rule(_RANGES[punishment])
    if not combined:
        return rule.number("max")
    over = rule.numbers.get("max_combined_over")
    if over is not None and (total is None or total.in_months >= rule.number("min_total_over")):
        return rule.number("max_combined_over")
    return rule.number("max_combined")


def _outside(rule_id: str, got: Length, least: float, most: float) -> Breach:
    return Breach(rule_id, f"{got}", f"{least:g} to {most:g} months")


def _ends(start: date, months: float) -> tuple[date, date]:
    """The last day of so many months, counted as months and as years and months."""
    years, rest = divmod(int(months), MONTHS_PER_YEAR)
    days = timedelta(days=round((months - int(months)) * DAYS_PER_MONTH) - 1)
    return add_months(start, int(months)) + days, add_months(add_years(start, years), rest) + days


def _last(start: date, months: float) -> date:
    return max(_ends(start, months))


def _last_least(start: date, months: float) -> date:
    return min(_ends(start, months))

"""Explanations of lawkit as the contract's messages, and the reason of a refusal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from corrections.law.v1 import explanation_pb2 as pb
from eventcore import meta
from eventcore.decider import Refused
from lawkit import Law
from lawkit.counted import Day, State
from lawkit.errors import UnknownRule
from lawkit.why import Counting, Explanation, Ground, why

SINCE = "since"
"""Fact of a refusal that names the day or instant from which its rule counts."""

_STATES: dict[State, pb.DayState] = {
    "start": pb.DAY_STATE_START,
    "counted": pb.DAY_STATE_COUNTED,
    "skipped": pb.DAY_STATE_SKIPPED,
    "extended": pb.DAY_STATE_EXTENDED,
}


def of_refusal(law: Law, refused: Refused) -> Explanation | None:
    """Why it was refused, by the law of the day that its rule counts from, else of the act.

    None for a rule that the catalogue does not have.
    """
    since = moment(refused.facts.get(SINCE, ""))
    try:
        return why(law, refused.rule, since, on=refused.on if since is None else None)
    except UnknownRule:
        return None


def moment(text: str) -> date | datetime | None:
    """The day or the instant that the text names; None for another text."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def message(
    explanation: Explanation, *, events: Iterable[pb.ExplainedEvent] = (), briefly: bool = False
) -> pb.Explanation:
    """The explanation as a message; briefly: of the days only those that were skipped."""
    counting = explanation.counting
    return pb.Explanation(
        events=events,
        facts=[pb.ExplainedFact(name=name, value=value) for name, value in explanation.facts],
        rules=map(_rule, explanation.grounds),
        counting=_counting(counting, briefly=briefly) if counting else None,
        sentences_zh=explanation.sentences,
    )


def _rule(ground: Ground) -> pb.ExplainedRule:
    return pb.ExplainedRule(
        rule=ground.rule,
        title_zh=ground.title_zh,
        in_force_from=ground.in_force_from.isoformat(),
        in_force_to=_text(ground.in_force_to),
        articles=[
            pb.ExplainedArticle(
                title_zh=one.title_zh,
                place_zh=one.place_zh,
                text_zh=one.quote or "",
                in_force=one.in_force,
            )
            for one in ground.articles
        ],
    )


def _counting(counting: Counting, *, briefly: bool) -> pb.ExplainedCounting:
    period, due = counting.period, counting.due
    days = [day for day in counting.days if not briefly or day.state == "skipped"]
    found = pb.ExplainedCounting(
        profile=period.profile,
        count=period.count,
        unit=period.unit,
        setting=period.setting_id or "",
        start=counting.start.isoformat(),
        total=counting.total or 0,
        missing_year=counting.missing_year or 0,
        days=map(_day, days),
    )
    if due is not None:
        found.nominal = due.nominal.isoformat()
        found.last_day = _text(due.extended)
        found.window_last = _text(due.window_last)
        found.provisional = due.provisional_year is not None
        if due.breach_at is not None:
            found.ends_at.CopyFrom(meta.timestamp(due.breach_at))
    return found


def _day(day: Day) -> pb.ExplainedDay:
    return pb.ExplainedDay(
        day=day.day.isoformat(), state=_STATES[day.state], number=day.number or 0, why_zh=day.why
    )


def _text(day: date | None) -> str:
    return day.isoformat() if day is not None else ""

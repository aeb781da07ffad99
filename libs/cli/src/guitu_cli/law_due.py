"""`guitu law due`: a due date with its counted days, each skipped day named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import cast

from lawkit import Law
from lawkit.calendar import Calendar
from lawkit.counted import Day, weekday_zh
from lawkit.counting import SHANGHAI, Due, day_of
from lawkit.errors import LawError, NotAPeriod
from lawkit.rules import Rule, Setting
from lawkit.why import Counting, structure, why

from guitu_cli.law_answers import Answer, plain
from guitu_cli.output import Row
from guitu_cli.texts import say

_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FACTS = ("on", "length", "end", "kind", "set.<setting>")


class UnknownFact(LawError):
    """A fact that no due date depends on, or one in a wrong form."""

    def __init__(self, got: str, want: str) -> None:
        super().__init__(say(f"事实 {got}，应为 {want}", f"got the fact {got}, want {want}"))


def rule_of(law: Law, asked: str) -> str:
    """The rule that is asked about: of a setting, the rule whose period it gives. Raises NotAPeriod for another setting."""
    if asked not in law.setting_ids:
        return asked
    setting = law.setting(asked)
    for rule_id in setting.used_by:
        newest = law.rule(rule_id)
        try:
            if law.period(rule_id, newest.in_force_from).setting_id == asked:
                return rule_id
        except LawError:
            continue
    used = ", ".join(setting.used_by)
    got = say(
        f"设置（{setting.kind}），不是期限；使用它的规则：{used}",
        f"a setting ({setting.kind}) that gives no period; used by {used}",
    )
    raise NotAPeriod(asked, got)


def due(law: Law, rule_id: str, start: date | datetime, facts: Mapping[str, str]) -> Answer:
    """The due date with its days. Raises UnknownFact and what Law.due raises; CalendarMissing becomes an answer."""
    chosen = {name: _setting(law.setting(name), value) for name, value in facts.items() if name[:4] == "set."}
    if unknown := facts.keys() - chosen.keys() - set(_FACTS):
        raise UnknownFact(", ".join(sorted(unknown)), ", ".join(_FACTS))
    here = law.with_settings(chosen)
    on = _day("on", facts["on"]) if "on" in facts else None
    judged = on or (day_of(start) if isinstance(start, datetime) else start)
    rule = here.rule(rule_id, judged)
    kind = facts.get("kind")
    if kind is not None and not rule.applies_to(here.kind(kind).id):
        raise NotAPeriod(rule_id, f"the kind {kind}")
    length = _whole("length", facts["length"]) if "length" in facts else None
    explained = why(here, rule_id, start, on=on, length=length)
    if explained.counting is None:
        here.due(rule_id, start, on)  # raises why it counts nothing
    counting = explained.counting
    found: Answer = {
        "rule": rule.id,
        "title_zh": rule.title_zh,
        "article": here.article_zh(rule.id, judged),
        "quote": rule.quote,
        "from": start.isoformat(),
        "explanation": structure(explained),
    }
    if counting is None or counting.due is None:
        missing = counting.missing_year if counting else None
        known = {"nominal": None, "extended": None, "missing_year": missing}
        return found | known | {"provisional": False, "provisional_year": None, "days": []}
    return found | _dates(counting.due, rule, facts) | {"days": _days(counting, here.calendar)}


def _dates(answer: Due, rule: Rule, facts: Mapping[str, str]) -> Answer:
    found: Answer = {
        "nominal": answer.nominal.isoformat(),
        "extended": answer.extended.isoformat() if answer.extended else None,
        "missing_year": answer.missing_year,
        "provisional": not answer.final,
        "provisional_year": answer.provisional_year or answer.missing_year,
        "profile": rule.counting.profile,
        "setting": answer.setting_id,
    }
    if answer.window_last is not None:
        found["window_last"] = answer.window_last.isoformat()
    if answer.instant is not None:
        found["instant"] = answer.instant.astimezone(SHANGHAI).isoformat()
    if "end" in facts:
        found["within_term"] = answer.last_day_within(_day("end", facts["end"])).isoformat()
    return found


def _days(counting: Counting, calendar: Calendar) -> list[Answer]:
    return [
        {
            "day": one.day.isoformat(),
            "weekday": say("星期" + weekday_zh(one.day)[-1], _WEEKDAYS_EN[one.day.weekday()]),
            "number": one.number,
            "state": one.state,
            "why": say(one.why, _english(one, calendar)),
        }
        for one in counting.days
    ]


def _english(one: Day, calendar: Calendar) -> str:
    name = calendar.name_of(one.day) or ""
    if one.state == "start":
        return "the starting day does not count"
    if one.state == "extended":
        return "first working day after the rest days"
    if one.state == "skipped":
        return name or "weekend"
    return f"working day in place of {name}" if one.day in calendar.make_up else ""


def summary(found: Answer) -> list[tuple[str, object]]:
    """The answer without its days, for people."""
    skipped = [one for one in cast(list[Answer], found["days"]) if one["state"] == "skipped"]
    missing = found.get("missing_year")
    names = {
        "article": say("条文", "article"), "quote": say("原文", "words"), "from": say("起算", "from"),
        "nominal": say("名义期限", "nominal due"), "extended": say("顺延后期限", "extended due"),
        "instant": say("时刻", "instant"), "window_last": say("最后一日", "last day of the window"),
        "within_term": say("期内最后一日", "last day within the term"), "setting": say("设置", "setting"),
    }  # fmt: skip
    lines: list[tuple[str, object]] = [(label, found[key]) for key, label in names.items() if found.get(key)]
    if found["provisional"]:
        lines.append((say("暂定", "provisional"), _provisional(found)))
    if skipped:
        lines.append(
            (say("跳过", "skipped"), "; ".join(f"{d['day']} {d['weekday']} {d['why']}" for d in skipped))
        )
    if missing:
        lines.append(
            (
                say("缺", "missing"),
                say(f"{missing}年放假安排尚未导入", f"no working-day calendar of {missing} yet"),
            )
        )
    return lines


def _provisional(found: Answer) -> str:
    year = found["provisional_year"]
    return say(
        f"是：{year}年放假安排尚未导入，导入后须重新计算，不得据此认定逾期",
        f"yes: asked again once the working days of {year} are imported; nobody is late by this day",
    )


def sentences(found: Answer) -> list[str]:
    """The explanation in Chinese sentences."""
    return cast(list[str], cast(Answer, found["explanation"])["sentences"])


def day_rows(found: Answer) -> list[Row]:
    """The days as a table."""
    states = {"counted": say("计", "counted"), "start": say("起", "start"), "skipped": say("跳过", "skipped"),
              "extended": say("顺延至", "rolled to")}  # fmt: skip
    names = (
        say("日", "day"),
        say("星期", "weekday"),
        say("第几日", "number"),
        say("状态", "state"),
        say("原因", "why"),
    )
    return [
        dict(
            zip(
                names,
                (
                    plain(d["day"]),
                    plain(d["weekday"]),
                    plain(d["number"]),
                    states[str(d["state"])],
                    plain(d["why"]),
                ),
                strict=True,
            )
        )
        for d in cast(list[Answer], found["days"])
    ]


def _setting(setting: Setting, text: str) -> object:
    if setting.kind == "bool":
        if text not in {"true", "false"}:
            raise UnknownFact(f"{setting.id}={text}", "true, false")
        return text == "true"
    return _whole(setting.id, text) if isinstance(setting.value, int) else text


def _whole(name: str, text: str) -> int:
    if not text.isdigit():
        raise UnknownFact(f"{name}={text}", say("整数", "a whole number"))
    return int(text)


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnknownFact(f"{name}={text}", "YYYY-MM-DD") from None

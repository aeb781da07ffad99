"""`guitu law due`: a due date with its counted days, each skipped day named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import cast

from lawkit import Law
from lawkit.calendar import Calendar
from lawkit.counting import SHANGHAI, Due
from lawkit.errors import CalendarMissing, LawError, NotAPeriod
from lawkit.rules import Rule, Setting

from guitu_cli.law_answers import Answer, plain
from guitu_cli.output import Row
from guitu_cli.texts import say

_ONE_DAY = timedelta(days=1)
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOLIDAYS_ZH = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
_FACTS = ("on", "length", "end", "kind", "set.<setting>")
_LONGEST_LIST = 62  # days named one by one; a longer period shows its skipped days only


class UnknownFact(LawError):
    """A fact that no due date depends on, or one in a wrong form."""

    def __init__(self, got: str, want: str) -> None:
        super().__init__(say(f"事实 {got},应为 {want}", f"got the fact {got}, want {want}"))


def due(law: Law, rule_id: str, start: date | datetime, facts: Mapping[str, str]) -> Answer:
    """The due date with its days. Raises UnknownFact and what Law.due raises; CalendarMissing becomes an answer."""
    chosen = {name: _setting(law.setting(name), value) for name, value in facts.items() if name[:4] == "set."}
    if unknown := facts.keys() - chosen.keys() - set(_FACTS):
        raise UnknownFact(", ".join(sorted(unknown)), ", ".join(_FACTS))
    here = law.with_settings(chosen)
    on = _day("on", facts["on"]) if "on" in facts else None
    judged = on or (start.date() if isinstance(start, datetime) else start)
    rule = here.rule(rule_id, judged)
    kind = facts.get("kind")
    if kind is not None and not rule.applies_to(here.kind(kind).id):
        raise NotAPeriod(rule_id, f"the kind {kind}")
    found: Answer = {
        "rule": rule.id,
        "title_zh": rule.title_zh,
        "article": here.article_zh(rule.id, judged),
        "quote": rule.quote,
        "from": start.isoformat(),
    }
    try:
        if "length" in facts:
            answer = here.due_after(rule_id, _whole("length", facts["length"]), start, on)
        else:
            answer = here.due(rule_id, start, on)
    except CalendarMissing as missing:
        return found | {"nominal": None, "extended": None, "missing_year": missing.year, "days": []}
    return found | _dates(answer, rule, facts) | {"days": _days(answer, rule, here.calendar)}


def _dates(answer: Due, rule: Rule, facts: Mapping[str, str]) -> Answer:
    found: Answer = {
        "nominal": answer.nominal.isoformat(),
        "extended": answer.extended.isoformat() if answer.extended else None,
        "missing_year": answer.missing_year,
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


def _days(answer: Due, rule: Rule, calendar: Calendar) -> list[Answer]:
    last = answer.extended or answer.nominal
    if rule.counting.profile == "P-HOUR" or last < answer.start:
        return []
    skipped = set(answer.skipped)
    first_counts = rule.counting.first_day == "included"
    found: list[Answer] = []
    day, counted = answer.start, 0
    while day <= last:
        rolled = day == answer.extended != answer.nominal
        # a rest day on which the period ends is counted, and then rolled over
        in_period = (day > answer.start or first_counts) and day <= answer.nominal
        in_period = in_period and (day not in skipped or day == answer.nominal)
        counted += in_period
        state = "skipped" if day in skipped else "extended" if rolled else "counted" if in_period else "start"
        found.append(
            {
                "day": day.isoformat(),
                "weekday": _weekday(day),
                "number": counted if in_period else None,
                "state": state,
                "why": _why(day, state, calendar),
            }
        )
        day += _ONE_DAY
    return found if len(found) <= _LONGEST_LIST else [one for one in found if one["state"] == "skipped"]


def _why(day: date, state: str, calendar: Calendar) -> str:
    english = calendar.name_of(day) or ""
    name = say(_HOLIDAYS_ZH.get(english, english), english)
    if state == "start":
        return say("开始之日不计算在内", "the starting day does not count")
    if state == "extended":
        return say("节假日后的第一个工作日", "first working day after the rest days")
    if state == "skipped":
        return name or say("周末", "weekend")
    return say(f"调休上班({name})", f"working day in place of {name}") if day in calendar.make_up else ""


def _weekday(day: date) -> str:
    return say("星期" + _WEEKDAYS_ZH[day.weekday()], _WEEKDAYS_EN[day.weekday()])


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

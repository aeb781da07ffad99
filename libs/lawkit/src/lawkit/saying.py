"""An explanation in plain Chinese sentences, as a clerk would tell it: facts, article with its words, days, end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from lawkit import counted
from lawkit.articles import numeral
from lawkit.counting import MONTHS_PER_YEAR, SHANGHAI, Due, Period

if TYPE_CHECKING:
    from lawkit.terms import Length, Term
    from lawkit.why import Change, Counting, Ground

_UNITS = {"day": "日", "working_day": "个工作日", "month": "个月", "hour": "小时", "year": "周岁"}
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_ONE_DAY = timedelta(days=1)
_CREDIT = "counting.credit."
Facts = Sequence[tuple[str, str]]


def day_zh(day: date) -> str:
    """The day as people write it, for example 2026年2月24日（周二）."""
    return f"{_date(day)}（{counted.weekday_zh(day)}）"


def period_zh(period: Period) -> str:
    """The length as statutes write it, for example 十个工作日."""
    years, months = divmod(period.count, MONTHS_PER_YEAR)
    if period.profile == "P-TERM" and not months:
        return f"{numeral(years)}年"
    return f"{numeral(period.count)}{_UNITS[period.unit]}"


def length_zh(length: Length) -> str:
    """The stated length, for example 一年六个月."""
    parts = ((length.years, "年"), (length.months, "个月"), (length.days, "日"))
    return "".join(f"{numeral(number)}{unit}" for number, unit in parts if number)


def explained(facts: Facts, grounds: Sequence[Ground], counting: Counting | None) -> tuple[str, ...]:
    """The sentences of a rule with its counting."""
    main, *counted_by = grounds
    said = [*_facts(facts), *_ground(main)]
    if counting is not None:
        said += _counting(counting)
        said += [f"计算依据：{'；'.join(map(_cited, counted_by))}。"] if counted_by else []
    return tuple(said)


def term_explained(
    facts: Facts, begun: Term, changes: Sequence[tuple[Change, Ground]], grounds: Sequence[Ground]
) -> tuple[str, ...]:
    """The sentences of a term: as begun, each change, the end."""
    said = [*_facts(facts), _begun(begun)]
    if begun.credit_days:
        by = next((one for one in grounds if one.rule.startswith(_CREDIT)), None)
        cited = f"（{_cited(by)}）" if by else ""
        said.append(f"判决前羁押折抵{begun.credit_days}日{cited}，末日提前至{day_zh(begun.end)}。")
    end = begun.end
    for change, ground in changes:
        said.append(_changed(change, ground, end))
        end = change.end
    said.append(f"期限于{day_zh(end)}24:00届满；期满日遇节假日不顺延。")
    said += [sentence for ground in grounds for sentence in _ground(ground)]
    return tuple(said)


def _begun(begun: Term) -> str:
    first = f"期限自{day_zh(begun.start)}起，首日计算在内"
    if begun.length is None:
        return f"{first}；末日{day_zh(begun.end + begun.credit_days * _ONE_DAY)}由法律文书载明。"
    before = begun.end + begun.credit_days * _ONE_DAY
    return f"{first}，{length_zh(begun.length)}，至届满之日的前一日{day_zh(before)}止。"


def _changed(change: Change, ground: Ground, before: date) -> str:
    by = length_zh(change.by) if change.by else ""
    moved = (change.end - before).days
    said = f"缩短{by}，末日提前{-moved}日" if moved < 0 else f"增加{by}，末日推后{moved}日"
    if not moved:
        said = "末日不变"
    day = day_zh(change.on) if change.on else "变更期限"
    return f"{day}的文书（{_cited(ground)}）：{said}，为{day_zh(change.end)}。"


def _facts(facts: Facts) -> list[str]:
    if not facts:
        return []
    return [f"事实：{'；'.join(f'{name} {_with_days(value)}' for name, value in facts)}。"]


def _with_days(text: str) -> str:
    return _DAY.sub(lambda found: day_zh(date.fromisoformat(found.group())), text)


def _ground(ground: Ground) -> Iterator[str]:
    first, *others = ground.articles
    words = f"：“{first.quote.rstrip('。')}”" if first.quote else ""
    yield f"依据：{_place(first.title_zh, first.place_zh)}{words}。"
    if others:
        yield f"并见：{'、'.join(_place(one.title_zh, one.place_zh) for one in others)}。"
    until = f"至{_date(ground.in_force_to)}" if ground.in_force_to else "起"
    yield f"规则：{ground.title_zh}（{ground.rule}），{_date(ground.in_force_from)}{until}适用。"


def _cited(ground: Ground) -> str:
    first = ground.articles[0]
    return f"{_place(first.title_zh, first.place_zh)}（{ground.title_zh}）"


def _place(title_zh: str, place_zh: str) -> str:
    return f"《{title_zh.replace('《', '〈').replace('》', '〉')}》{place_zh}"


def _counting(counting: Counting) -> Iterator[str]:
    period = counting.period
    if period.setting_id is not None:
        yield f"法律未定具体期间，按本地设定（{period.setting_id}）为{period_zh(period)}。"
    due = counting.due
    if due is None:
        yield f"期间{period_zh(period)}跨入{counting.missing_year}年，该年放假安排尚未导入，不作推算；导入后再算。"
        return
    if isinstance(counting.start, datetime) and due.instant is not None:
        yield f"期间{period_zh(period)}，自{_moment(counting.start)}起算，开始之时不计算在内，节假日照常计算。"
        yield f"于{_moment(due.instant)}届满。"
        return
    yield from _days(period, counting, due)


def _days(period: Period, counting: Counting, due: Due) -> Iterator[str]:
    if period.profile == "P-AGE":
        yield f"{day_zh(due.start)}出生，自{numeral(period.count)}周岁生日的第二日{day_zh(due.nominal)}起为已满。"
        return
    if counted.backward(period):
        yield from _backward(period, counting, due)
        return
    yield f"期间{period_zh(period)}，自{day_zh(due.start)}起算，{_first_day(period, due)}。"
    yield from _passed_over(counting)
    if period.unit == "month":
        yield f"末日为{day_zh(due.nominal)}，共{counting.total}日。"
    else:
        yield f"第{period.count}{'个工作' if period.unit == 'working_day' else ''}日为{day_zh(due.nominal)}。"
    yield from _rolled(period, counting, due)
    if due.provisional_year is not None:
        yield from _awaited(due.provisional_year, due)


def _awaited(year: int, due: Due) -> Iterator[str]:
    if due.nominal.year < year and (due.extended is None or due.extended.year < year):
        yield f"{year}年放假安排可能调整上年末的工作日，该安排尚未导入；此日为暂定，导入后须重新计算。"
    else:
        yield f"{year}年仅知法定节假日，放假安排尚未导入；此日为暂定，导入后须重新计算。"


def _first_day(period: Period, due: Due) -> str:
    if period.unit == "working_day":
        return "开始之日不计算在内，休息日和节假日不计算"
    if counted.inclusive(period):
        return "开始之日计算在内，为第1日"
    return f"开始之日不计算在内，{_short(due.start + _ONE_DAY)}为第1日"


def _rolled(period: Period, counting: Counting, due: Due) -> Iterator[str]:
    if due.extended is None:
        yield f"末日之后须查{counting.missing_year}年放假安排，该安排尚未导入；是否顺延暂不能确定，不作推算。"
        return
    last = due.extended
    if period.roll and last != due.nominal:
        yield f"末日为休息日，顺延至其后第一个工作日{day_zh(last)}；顺延中跳过：{_listed(counting)}。"
    elif not period.roll and period.unit != "working_day":
        yield "该期间遇节假日不顺延。"
    yield f"期限于{day_zh(last)}24:00届满。"


def _backward(period: Period, counting: Counting, due: Due) -> Iterator[str]:
    yield f"自{day_zh(due.start)}往前倒数{period_zh(period)}，当日不计算在内，共{counting.total}日；遇节假日不顺延。"
    if due.window_last is not None:
        yield f"应于{day_zh(due.nominal)}至{day_zh(due.window_last)}之间办理。"
    else:
        yield f"最迟{day_zh(due.nominal)}24:00前办理。"


def _passed_over(counting: Counting) -> Iterator[str]:
    if counting.period.unit == "working_day" and any(one.state == "skipped" for one in counting.days):
        yield f"其间跳过：{_listed(counting)}。"
    made_up = [one for one in counting.days if one.state == "counted" and one.holiday and one.why]
    if made_up and counting.period.unit == "working_day":
        yield f"其间计入调休上班：{'、'.join(f'{_short(one.day)}（{one.why}）' for one in made_up)}。"


def _listed(counting: Counting) -> str:
    """Each skipped day with its name; neighbours of one name together."""
    skipped = [one for one in counting.days if one.state == "skipped"]
    runs = groupby(enumerate(skipped), key=lambda at: (at[1].why, at[1].day - at[0] * _ONE_DAY))
    found: list[str] = []
    for (name, _), group in runs:
        run = [one.day for _, one in group]
        span = _short(run[0]) if len(run) == 1 else f"{_short(run[0])}至{_short(run[-1])}"
        found.append(f"{span}（{name}）")
    return "、".join(found)


def _date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _moment(instant: datetime) -> str:
    local = instant.astimezone(SHANGHAI)
    return f"{day_zh(local.date())}{local:%H:%M}"

"""Answers of `guitu law` as plain records: the same for people and for --json."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import cast

from lawkit import Law
from lawkit.check import Report, Result
from lawkit.errors import UnknownRule
from lawkit.rules import Rule

from guitu_cli.output import Row
from guitu_cli.texts import say

Answer = dict[str, object]


def report(made: Report) -> Answer:
    """A report of examples as one document."""
    results = [
        {
            "id": one.id,
            "title": one.title,
            "line": one.line,
            "passed": one.passed,
            "differences": [
                {"key": key, "expected": expected, "got": got, "line": line}
                for line, key, expected, got in differences(one)
            ],
            "articles": one.articles,
            "rules": list(one.rules),
            "unused_facts": list(one.unused),
            "read_back": one.read_back.isoformat() if one.read_back else None,
        }
        for one in made.results
    ]
    return {"passed": made.passed, "failed": made.failed, "results": results}


def differences(one: Result) -> Iterator[tuple[int, str, str, str]]:
    """What came out differently: line, key, expected, got; why an example failed without one comes first."""
    if not one.passed and (one.error is not None or not one.differences):
        yield one.line, "error", "", one.error or say("没有可比较的结果", "nothing to compare")
    for difference in one.differences if not one.passed else ():
        yield difference.line, difference.key, plain(difference.expected), plain(difference.got)


def shown(law: Law, asked: str, on: date | None) -> list[Answer]:
    """The rule's versions, or the setting, document, source, trap … of this id. Raises UnknownRule, NotInForce."""
    if asked in law.rule_ids:
        versions = [law.rule(asked, on)] if on else law.versions(asked)
        return [_rule(law, version, on) for version in versions]
    groups: Iterator[object] = (
        record
        for group in dataclasses.fields(law.catalogue)
        for record in _records(getattr(law.catalogue, group.name))
    )
    for record in groups:
        if getattr(record, "id", getattr(record, "code", None)) == asked:
            return [_record(record)]
    raise UnknownRule(asked, "rules")


def _records(group: object) -> Sequence[object]:
    return cast(Sequence[object], group) if isinstance(group, tuple) else (group,)


def _rule(law: Law, rule: Rule, on: date | None) -> Answer:
    # the article of a version is that of its own days, or of the day that was asked for
    day = on or rule.in_force_from
    found: Answer = {"id": rule.id, "title_zh": rule.title_zh, "title_en": rule.title_en}
    found["article"] = law.article_zh(rule.id, day)
    found["quote"] = rule.quote
    found["in_force"] = law.in_force(rule.id, day)
    skipped = {"id", "title_zh", "title_en", "quote", "source", "numbers"}
    found |= {name: value for name, value in _record(rule).items() if name not in skipped}
    found["sources"] = [f"{law.sources[c.text].title_zh} {c.place_zh}".strip() for c in rule.source]
    return found


def _record(record: object) -> Answer:
    if not dataclasses.is_dataclass(record) or isinstance(record, type):
        return {"id": str(record)}
    found: Answer = {}
    for field in dataclasses.fields(record):
        value = _value(getattr(record, field.name))
        if value not in (None, [], {}):
            found[field.name] = value
    return found


def _value(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _record(value)
    if isinstance(value, tuple | list):
        return [_value(one) for one in cast(Sequence[object], value)]
    if isinstance(value, Mapping):
        return {str(key): _value(one) for key, one in cast(Mapping[str, object], value).items()}
    return value.isoformat() if isinstance(value, date) else value


def found(law: Law, words: Sequence[str], on: date | None) -> list[Row]:
    """Records that contain every word; rules not in force on the day are left out."""
    wanted = [word.casefold() for word in words]
    table: list[Row] = []
    for rule_id in law.rule_ids:
        if on is not None and not law.in_force(rule_id, on):
            continue
        rule = law.rule(rule_id)
        article = law.article_zh(rule_id, on)
        text = " ".join(
            (rule.id, rule.title_zh, rule.title_en, rule.trigger, rule.action, rule.quote or "", article)
        )
        if all(word in text.casefold() for word in wanted):
            table.append({"id": rule_id, "title": say(rule.title_zh, rule.title_en), "article": article})
    for setting in law.catalogue.settings:
        text = " ".join((setting.id, setting.title_zh, setting.title_en, setting.why)).casefold()
        if all(word in text for word in wanted):
            title = say(setting.title_zh, setting.title_en)
            table.append({"id": setting.id, "title": title, "article": plain(setting.value)})
    for form in law.catalogue.documents:
        if all(word in f"{form.id} {form.title_zh} {form.title_en}".casefold() for word in wanted):
            table.append({"id": form.id, "title": say(form.title_zh, form.title_en), "article": form.when})
    return table


def near(law: Law, asked: str) -> list[Row]:
    """Up to three records that the person may have meant."""
    close = difflib.get_close_matches(asked, [*law.rule_ids, *law.setting_ids], n=3)
    return [{"id": one} for one in close]


def plain(value: object) -> str:
    """The value as people read it."""
    if isinstance(value, bool):
        return say("是" if value else "否", "yes" if value else "no")
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {plain(one)}" for key, one in cast(Mapping[str, object], value).items())
    if isinstance(value, list | tuple):
        return ", ".join(plain(one) for one in cast(Sequence[object], value))
    return "" if value is None else str(value)

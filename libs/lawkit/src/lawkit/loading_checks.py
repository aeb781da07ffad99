"""What records must be to each other: a catalogue that contradicts itself does not load.

Each check yields faults with the path of the field; loading_file.py adds the lines.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

from lawkit.concretising import restrictions
from lawkit.errors import Fault
from lawkit.loading_lines import (
    ladders_meet,
    overlap,
    sources_are_in_force,
    thresholds_are_sound,
    units_fit_the_counting,
)
from lawkit.model import Catalogue, Quarterly
from lawkit.rules import Rule, Setting

Check = Callable[[Catalogue], Iterator[Fault]]

MAX_QUOTE = 40  # not the law's: the catalogue's own limit, in characters
_NUMBERS = {"days", "working_days", "months", "years"}


def contradictions(file: Catalogue) -> Sequence[Fault]:
    """Everything in the catalogue that cannot be true together; empty for a sound one."""
    return [fault for check in CHECKS for fault in check(file)]


def _ids_are_unique(file: Catalogue) -> Iterator[Fault]:
    groups: dict[str, Iterable[str]] = {
        "sources": (r.id for r in file.sources),
        "counting_profiles": (r.id for r in file.counting_profiles),
        "roles": (r.code for r in file.roles),
        "kinds": (r.id for r in file.kinds),
        "settings": (r.id for r in file.settings),
        "transitions": (r.id for r in file.transitions),
        "approvals": (r.id for r in file.approvals),
        "documents": (r.id for r in file.documents),
        "forbidden_features": (r.id for r in file.forbidden_features),
        "traps": (r.id for r in file.traps),
    }
    for group, ids in groups.items():
        seen: set[str] = set()
        for at, one in enumerate(ids):
            if one in seen:
                yield Fault(f"{one}.id", "an id given twice", "one record of the id", path=(group, at))
            seen.add(one)


def _one_rule_for_an_id_and_day(file: Catalogue) -> Iterator[Fault]:
    versions: dict[str, list[tuple[int, Rule]]] = {}
    for at, rule in enumerate(file.rules):
        for other, earlier in versions.get(rule.id, ()):
            if overlap(rule, earlier):
                day = max(rule.in_force_from, earlier.in_force_from)
                got = f"two rules for {day} (the other is number {other})"
                yield Fault(f"{rule.id}.in_force_from", got, "one rule for an id and day", path=("rules", at))
        versions.setdefault(rule.id, []).append((at, rule))


def _counts_are_those_of_the_file(file: Catalogue) -> Iterator[Fault]:
    for group, original in file.meta.counts.items():
        said = original + file.meta.guitu.get(group, 0)
        got = len(getattr(file, group, ()))
        if got != said:
            yield Fault(f"meta.counts.{group}", str(said), f"{got} records", path=("meta", "counts", group))


def _references_lead_somewhere(file: Catalogue) -> Iterator[Fault]:
    rules = {r.id for r in file.rules}
    known = {
        "source": {s.id for s in file.sources},
        "actor": (roles := {r.code for r in file.roles}),
        "copy_to": roles,
        "kinds": {k.id for k in file.kinds},
        "documents": (documents := {d.id for d in file.documents}),
        "settings": (settings := {s.id for s in file.settings}),
        "superseded_by": rules,
    }
    for at, rule in enumerate(file.rules):
        named: dict[str, Iterable[str]] = {
            "source": (c.text for c in rule.source),
            "actor": rule.actor,
            "copy_to": rule.copy_to,
            "kinds": rule.kinds,
            "documents": rule.documents,
            "settings": rule.settings,
            "superseded_by": rule.superseded_by,
        }
        for field, ids in named.items():
            yield from _unknown(rule.id, field, ids, known[field], ("rules", at, field))
    citable = rules | settings | {f.id for f in file.forbidden_features}
    for group in ("kinds", "transitions", "approvals", "documents", "traps"):
        for at, record in enumerate(getattr(file, group)):
            yield from _unknown(record.id, "rules", record.rules, citable, (group, at, "rules"))
    for at, step in enumerate(file.transitions):
        yield from _unknown(step.id, "documents", step.documents, documents, ("transitions", at, "documents"))
        yield from _unknown(step.id, "actor", step.actor, roles, ("transitions", at, "actor"))
    for at, setting in enumerate(file.settings):
        yield from _unknown(setting.id, "used_by", setting.used_by, rules, ("settings", at, "used_by"))
    for at, kind in enumerate(file.kinds):
        yield from _unknown(kind.id, "decided_by", kind.decided_by, roles, ("kinds", at, "decided_by"))


def _unknown(
    record: str, field: str, ids: Iterable[str], known: set[str], path: tuple[str | int, ...]
) -> Iterator[Fault]:
    for one in ids:
        if one not in known:
            yield Fault(f"{record}.{field}", repr(one), "an id of this file", path=path)


def _dates_run_forward(file: Catalogue) -> Iterator[Fault]:
    # a successor with several versions begins with its first one
    begins = {r.id: r.in_force_from for r in sorted(file.rules, key=lambda r: r.in_force_from, reverse=True)}
    for at, rule in enumerate(file.rules):
        path = ("rules", at, "in_force_to")
        if rule.in_force_to is not None and rule.in_force_to < rule.in_force_from:
            yield Fault(
                f"{rule.id}.in_force_to", str(rule.in_force_to), f"{rule.in_force_from} or later", path=path
            )
        if rule.superseded_by and rule.in_force_to is None:
            yield Fault(f"{rule.id}.in_force_to", "nothing", "a last day, the rule is superseded", path=path)
        for successor in rule.superseded_by:
            begun = begins.get(successor)
            if begun and rule.in_force_to and begun > rule.in_force_to + timedelta(days=1):
                field = f"{rule.id}.superseded_by"
                yield Fault(field, f"{successor}, in force from {begun}", "no gap", path=path)
    for at, source in enumerate(file.sources):
        if source.in_force_from and source.in_force_to and source.in_force_to < source.in_force_from:
            got = str(source.in_force_to)
            yield Fault(
                f"{source.id}.in_force_to", got, f"{source.in_force_from} or later", path=("sources", at)
            )


def _periods_are_whole(file: Catalogue) -> Iterator[Fault]:
    profiles = {p.id: p for p in file.counting_profiles}
    for at, rule in enumerate(file.rules):
        path = ("rules", at)
        name, counting = rule.counting.profile, rule.counting
        profile = profiles.get(name)
        if profile is None:
            yield Fault(
                f"{rule.id}.counting.profile", name, "a profile of this file", path=(*path, "counting")
            )
        elif (profile.first_day, profile.holiday_roll) != (counting.first_day, counting.holiday_roll):
            got = f"first_day {counting.first_day}, holiday_roll {counting.holiday_roll}"
            yield Fault(f"{rule.id}.counting", got, f"those of {name}", path=(*path, "counting"))
        if (rule.duration is None) != (rule.unit is None):
            yield Fault(f"{rule.id}.unit", repr(rule.unit), "a unit exactly with a duration", path=path)
        if (rule.duration is None) != (rule.bound is None):
            yield Fault(f"{rule.id}.bound", repr(rule.bound), "a bound exactly with a duration", path=path)
        if rule.duration is not None and rule.timing in {"none", "prompt", "agreed"}:
            got = f"{rule.timing} beside {rule.duration}"
            yield Fault(f"{rule.id}.timing", got, "either a number or a word", path=(*path, "timing"))


def _quotes_are_short(file: Catalogue) -> Iterator[Fault]:
    for at, rule in enumerate(file.rules):
        if rule.quote and len(rule.quote) > MAX_QUOTE:
            got = f"{len(rule.quote)} characters"
            yield Fault(f"{rule.id}.quote", got, f"at most {MAX_QUOTE}", path=("rules", at, "quote"))
        if rule.seen and rule.quote is None and rule.binding == "national":
            yield Fault(
                f"{rule.id}.quote", "nothing", "the words that were seen", path=("rules", at, "quote")
            )


def _settings_are_sound(file: Catalogue) -> Iterator[Fault]:
    using = {rule.id: rule.settings for rule in file.rules}
    for at, setting in enumerate(file.settings):
        want = setting_wants(setting)
        if want is not None:
            yield Fault(
                f"{setting.id}.default", repr(setting.default), want, path=("settings", at, "default")
            )
        for rule_id in setting.used_by:
            if setting.id not in using.get(rule_id, (setting.id,)):
                got = f"{rule_id}, which does not name it"
                yield Fault(f"{setting.id}.used_by", got, "both to name each other", path=("settings", at))


def setting_wants(setting: Setting) -> str | None:
    """What the value of the setting must be, when it is not that; None when it is fine."""
    value = setting.default
    if setting.options and not any(value == o and type(value) is type(o) for o in setting.options):
        return f"one of {list(setting.options)}"
    if setting.kind == "bool" and not isinstance(value, bool):
        return "true or false"
    if setting.kind == "choice" and not isinstance(value, str):
        return "a word"
    if setting.kind in _NUMBERS and not (isinstance(value, list) or _whole(value)):
        return f"a number of {setting.kind}"
    return None


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _table_of_conditions_is_complete(file: Catalogue) -> Iterator[Fault]:
    yield from rows_without_condition(file.quarterly_assessment)


def rows_without_condition(table: Quarterly) -> Iterator[Fault]:
    """Faults for conditions of rows that the table does not have, and rows that are there twice."""
    rows = Counter(row.id for row in table.rows)
    for row, times in rows.items():
        if times > 1:
            yield Fault(row, "a row given twice", "one row of the id", path=("quarterly_assessment", "rows"))
    for at, condition in enumerate(table.guitu.rows if table.guitu else ()):
        if condition.id not in rows:
            path = ("quarterly_assessment", "guitu", "rows", at)
            yield Fault(f"{table.id}.guitu.rows", condition.id, "a row of this table", path=path)


def _local_rules_restrict_nobody(file: Catalogue) -> Iterator[Fault]:
    for at, rule in enumerate(file.rules):
        why = next(restrictions(rule), None) if rule.binding == "local" else None
        if why is not None:
            want = "a local rule of service: a region's file names the ground of a restriction"
            yield Fault(f"{rule.id}.binding", f"local, but {why}", want, path=("rules", at, "binding"))


CHECKS: Sequence[Check] = (
    _ids_are_unique,
    _one_rule_for_an_id_and_day,
    _counts_are_those_of_the_file,
    _references_lead_somewhere,
    _dates_run_forward,
    _periods_are_whole,
    _quotes_are_short,
    _settings_are_sound,
    _table_of_conditions_is_complete,
    _local_rules_restrict_nobody,
    units_fit_the_counting,
    thresholds_are_sound,
    ladders_meet,
    sources_are_in_force,
)

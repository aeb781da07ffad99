"""What a new rule set may not do to the one before it: rewrite what has been in force. Handbook, README "When the law changes".

Events refer to the versions that decided them. So a version that has begun keeps everything that decides; it may be
ended, on a day that is not past, and a new version begins after it. Words about it (title, quotation, note, verification,
sources) may be corrected. A forbidden feature is never dropped.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from lawkit.errors import Fault
from lawkit.model import Catalogue
from lawkit.rules import Rule

# what of a version decides; the rest says where it is written and what it is called
_DECIDES = (
    "type", "actor", "kinds", "trigger", "action", "duration", "unit", "bound", "timing", "threshold", "guitu", "counting",
    "on_breach", "binding", "copy_to", "documents",
)  # fmt: skip


def rewritten(before: Catalogue, after: Catalogue, effective_on: date) -> Iterator[Fault]:
    """Every version in force before that day which the new file drops, changes or ends in the past."""
    new = {(rule.id, rule.in_force_from): (at, rule) for at, rule in enumerate(after.rules)}
    for rule in before.rules:
        if rule.in_force_from >= effective_on:
            continue
        at, now = new.get((rule.id, rule.in_force_from), (None, None))
        if now is None or at is None:
            got = f"no version from {rule.in_force_from}"
            want = "the version that has been in force; it may be ended, not dropped or moved"
            yield Fault(f"{rule.id}.in_force_from", got, want, path=_first(rule.id, after))
            continue
        yield from _of_version(rule, now, effective_on, ("rules", at))
    kept = {feature.id for feature in after.forbidden_features}
    for feature in before.forbidden_features:
        if feature.id not in kept:
            yield Fault(
                feature.id, "nothing", "a forbidden feature stays forbidden", path=("forbidden_features",)
            )


def _of_version(was: Rule, now: Rule, effective_on: date, path: tuple[str | int, ...]) -> Iterator[Fault]:
    since = f"in force since {was.in_force_from}"
    for field in _DECIDES:
        old, new = getattr(was, field), getattr(now, field)
        if old != new:
            want = f"{old!r}: {since}, end it and begin a new version"
            yield Fault(f"{was.id}.{field}", repr(new), want, path=(*path, field))
    earliest = effective_on - timedelta(days=1)
    if was.in_force_to == now.in_force_to:
        return
    over = was.in_force_to is not None and was.in_force_to < earliest
    if over or (now.in_force_to is not None and now.in_force_to < earliest):
        want = (
            f"{was.in_force_to}: it has ended" if over else f"{earliest} or later: the days before are judged"
        )
        yield Fault(f"{was.id}.in_force_to", str(now.in_force_to), want, path=(*path, "in_force_to"))


def _first(rule_id: str, file: Catalogue) -> tuple[str | int, ...]:
    at = next((at for at, rule in enumerate(file.rules) if rule.id == rule_id), None)
    return ("rules",) if at is None else ("rules", at, "in_force_from")

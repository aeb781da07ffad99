"""The law by which something was decided, as it is on record: rule set, calendar years and region of that time.

An event names the digest of its rule set and the version of its calendar. A refusal is no event: it has its instant, and
what was released, imported and in use by then. What a later law says of it is no reason for it (docs/adr/0011).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from corrections.common.v1.common_pb2 import EventMeta
from eventcore.event import Event
from lawkit import Law
from lawkit.arrangement import Arrangement, arranged
from lawkit.counting import day_of

from servicekit.rule_sets import RuleSet, of_the_day

Text = Callable[[str, str], Law]
"""The law of a rule set's digest ('' for that of the software) in the region of a digest. Raises RuleSetMissing."""


def always(law: Law) -> Text:
    """This law, whatever digest is asked for: where no other one is kept."""

    def text(digest: str, region: str) -> Law:
        del digest, region
        return law

    return text


_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Notice:
    """A year's notice, since when it is known."""

    recorded_at: datetime
    version: int
    arrangement: Arrangement


@dataclass(frozen=True, slots=True)
class Past:
    """What a service knows of the laws that it decided by; notices and regions the oldest first."""

    text: Text
    sets: Sequence[RuleSet] = ()
    notices: Sequence[Notice] = ()
    regions: Sequence[tuple[datetime, str]] = ()
    _made: dict[tuple[str, str, tuple[tuple[int, int], ...]], Law] = field(
        default_factory=dict[tuple[str, str, tuple[tuple[int, int], ...]], Law]
    )

    def at(self, instant: datetime, before: Event | None = None) -> Law:
        """The law that decided at that instant; `before`: an event known by then, which names the software's rules of its time.

        Raises RuleSetMissing where its text is not there.
        """
        released = of_the_day(self.sets, day_of(instant))
        digest = released.release.digest if released else self._of_the_software(before)
        return self._law(digest, self._region(instant), instant)

    def of(self, event: Event) -> Law:
        """The law that decided the event, as its metadata names it. Raises RuleSetMissing where its text is not there."""
        told = EventMeta.FromString(event.meta_bytes)
        recorded_at = event.recorded_at
        region = self._region(recorded_at)
        found = self._law(told.ruleset_digest, region, recorded_at)
        if found.calendar_version == told.calendar_version:
            return found
        # a year is known to a service some time after it was imported
        others = (self._law(told.ruleset_digest, region, one) for one in self._turns())
        return next((one for one in others if one.calendar_version == told.calendar_version), found)

    def _law(self, digest: str, region: str, instant: datetime) -> Law:
        years: dict[int, Notice] = {}
        for one in self.notices:
            if one.recorded_at <= instant:
                years[one.arrangement.year] = one
        key = digest, region, tuple(sorted((year, one.version) for year, one in years.items()))
        if key not in self._made:
            law = self.text(digest, region)
            known = [one.arrangement for one in years.values()]
            calendar = arranged(law.calendar.without_provisional_years(), known)
            self._made[key] = law.with_calendar(calendar) if known else law
        return self._made[key]

    def _of_the_software(self, before: Event | None) -> str:
        """Digest of the rules that the software had then; '' for today's."""
        if before is None:
            return ""
        digest = EventMeta.FromString(before.meta_bytes).ruleset_digest
        return "" if any(one.release.digest == digest for one in self.sets) else digest

    def _region(self, instant: datetime) -> str:
        used = [digest for since, digest in self.regions if since <= instant]
        # before anything was written down: the first that is known
        return used[-1] if used else next((digest for _, digest in self.regions), "")

    def _turns(self) -> Iterator[datetime]:
        yield _ALWAYS
        yield from (one.recorded_at for one in self.notices)

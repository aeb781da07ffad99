"""The law as one object: `load_law()` and its questions.

A rule judges facts of the days it is in force, so every question takes the day of the fact, not today's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files

from lawkit.calendar import Calendar
from lawkit.counting import MONTHS_PER_YEAR, Due, Period, count, day_of
from lawkit.errors import NotAPeriod, NotInForce, UnknownRule, WrongData, WrongFact
from lawkit.grids import AssessmentTable, assessment_table
from lawkit.loading import catalogue
from lawkit.model import Catalogue, Form
from lawkit.rules import Kind, Number, Rule, Setting, Source

# settings that stand in for a period the texts do not give, and how such a period is counted
_SETTING_PROFILES = {
    "days": ("P-DAY", "day", 1),
    "working_days": ("P-WD", "working_day", 1),
    "months": ("P-MONTH", "month", 1),
    "years": ("P-MONTH-STRICT", "month", MONTHS_PER_YEAR),
}

# the option of set.travel.regular.end-date by which a permission ends on the same day, not the day before
_SAME_DAY = "start-plus-6-months"

_MISSING_CALENDAR = "set.counting.missing-calendar"
_FLAGGED = "statutory-days-only-flagged"


class Law:
    """The loaded catalogue with one working-day calendar and one choice of settings. Immutable in use.

    digest: SHA-256 of rules.yaml in hex. region_digest: that of the region's file, empty without one. catalogue: all records of the file.
    assessment: the local quarterly table. forbidden_keys: by forbidden feature, the data items that no rule,
    screening or class may read. local: the local rules that a region has switched on (region.py). superseded: by rule
    id, the older rules that the rule replaced.
    """

    __slots__ = (
        "_here",
        "_periods",
        "_rules",
        "_settings",
        "assessment",
        "calendar",
        "catalogue",
        "digest",
        "documents",
        "forbidden_keys",
        "kinds",
        "local",
        "region_digest",
        "sources",
        "superseded",
    )

    def __init__(self, catalogue: Catalogue, digest: str, calendar: Calendar) -> None:
        self.digest = digest
        self.calendar = calendar
        self.catalogue = catalogue
        self.local: frozenset[str] = frozenset()
        self.sources: Mapping[str, Source] = {s.id: s for s in catalogue.sources}
        self.kinds: Mapping[str, Kind] = {k.id: k for k in catalogue.kinds}
        self.documents: Mapping[str, Form] = {d.id: d for d in catalogue.documents}
        self.assessment: AssessmentTable = assessment_table(catalogue.quarterly_assessment)
        self.forbidden_keys: Mapping[str, tuple[str, ...]] = {
            feature.id: feature.guitu.keys for feature in catalogue.forbidden_features
        }
        self._settings: dict[str, Setting] = {s.id: s for s in catalogue.settings}
        self._rules: dict[str, tuple[Rule, ...]] = {}
        for rule in catalogue.rules:
            versions = (*self._rules.get(rule.id, ()), rule)
            self._rules[rule.id] = tuple(sorted(versions, key=lambda version: version.in_force_from))
        self._periods: dict[tuple[str, date, int | None], Period] = {}
        self._here: dict[str, tuple[Rule, ...]] = {}
        self.region_digest = ""
        self.superseded: Mapping[str, tuple[str, ...]] = _superseded(catalogue.rules)

    @property
    def identity(self) -> str:
        """What decides here, part of every event's metadata: the digest, and with "+" that of the region's file."""
        return f"{self.digest}+{self.region_digest}" if self.region_digest else self.digest

    @property
    def calendar_version(self) -> str:
        """First and last year of the working-day calendar and the start of its digest."""
        return self.calendar.version

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """Every rule id of the catalogue, in its order."""
        return tuple(self._rules)

    @property
    def setting_ids(self) -> tuple[str, ...]:
        """Every setting id of the catalogue, in its order."""
        return tuple(self._settings)

    def rule(self, rule_id: str, on: date | None = None) -> Rule:
        """The version of the rule that judges a fact of that day; without a day the newest version.

        In a region that is the version of its own rule that concretises the rule, on the days of that rule. Raises
        UnknownRule, NotInForce.
        """
        versions = self._rules.get(rule_id)
        if versions is None:
            raise UnknownRule(rule_id, "rules")
        here = self._here.get(rule_id, ())
        if on is None:
            newest = (*here, *versions[-1:])
            return next((one for one in newest if one.in_force_to is None), versions[-1])
        for version in here:
            if version.in_force(on):
                return version
        for version in versions:
            if version.in_force(on):
                return version
        spans = ", ".join(f"{v.in_force_from} to {v.in_force_to or 'open'}" for v in versions)
        raise NotInForce(rule_id, on, spans)

    def versions(self, rule_id: str) -> tuple[Rule, ...]:
        """All versions of the rule, the oldest first. Raises UnknownRule."""
        if rule_id not in self._rules:
            raise UnknownRule(rule_id, "rules")
        return self._rules[rule_id]

    def in_force(self, rule_id: str, on: date) -> bool:
        """Whether the rule judges facts of that day; a local rule only where a region adopted it.

        Raises UnknownRule.
        """
        if rule_id not in self._rules:
            raise UnknownRule(rule_id, "rules")
        return self.adopted(rule_id) and self._judges(rule_id, on)

    def _judges(self, rule_id: str, on: date) -> bool:
        versions = (*self._here.get(rule_id, ()), *self._rules.get(rule_id, ()))
        return any(version.in_force(on) for version in versions)

    def first_in_force(self, rule_ids: Iterable[str], on: date) -> Rule:
        """The first of the rules that judges a fact of that day. Raises UnknownRule, NotInForce."""
        asked = tuple(rule_ids)
        for rule_id in asked:
            if self.in_force(rule_id, on):
                return self.rule(rule_id, on)
        raise NotInForce(" or ".join(asked), on, "force of one of them")

    def setting(self, setting_id: str) -> Setting:
        """The setting with the value used here. Raises UnknownRule."""
        if setting_id not in self._settings:
            raise UnknownRule(setting_id, "settings")
        return self._settings[setting_id]

    def with_settings(self, values: Mapping[str, object]) -> "Law":
        """The same law with other values of the named settings. Raises UnknownRule, WrongData."""
        other = self._copy()
        for setting_id, value in values.items():
            setting = self.setting(setting_id)
            if setting.options and value not in setting.options:
                raise WrongData(setting_id, repr(value), f"one of {list(setting.options)}")
            other._settings[setting_id] = replace(setting, default=value)
        if _MISSING_CALENDAR in values:
            other.calendar = other._by_setting(self.calendar)
        return other

    def with_calendar(self, calendar: Calendar) -> "Law":
        """The same law with another calendar, for example one that has a new year."""
        other = self._copy()
        other.calendar = other._by_setting(calendar)
        return other

    def _by_setting(self, calendar: Calendar) -> Calendar:
        arranged = calendar.without_provisional_years()
        if self.setting(_MISSING_CALENDAR).choice != _FLAGGED:
            return arranged
        return arranged.with_statutory_days((files("lawkit") / "data" / "statutory-days.json").read_bytes())

    def with_local_rules(
        self,
        adopted: Iterable[str],
        own: Iterable[Rule] = (),
        sources: Iterable[Source] = (),
        *,
        concretised: Iterable[Rule] = (),
        region_digest: str = "",
    ) -> "Law":
        """The same law where the named local rules of the catalogue and the region's own ones are in force.

        concretised: national rules as the region's own ones put them; on their days they answer for the national id.
        """
        other = self._copy()
        other.region_digest = region_digest or self.region_digest
        for rule in concretised:
            other._here[rule.id] = (*other._here.get(rule.id, ()), rule)
        added = tuple(own)
        other.sources = {**self.sources, **{source.id: source for source in sources}}
        other._rules = {**self._rules, **{rule.id: (rule,) for rule in added}}
        other.local = self.local.union(adopted, (rule.id for rule in added))
        return other

    def read_back(self, day: date) -> "Law":
        """The law of that day as if it had always stood; rules of other days stay as they are.

        For the guidance that a published case gives on a law (law_of_the_day.py), never to judge anybody's act.
        """
        other = self._copy()
        for rule_id, versions in self._rules.items():
            for version in versions:
                if version.in_force(day):
                    other._rules[rule_id] = (replace(version, in_force_from=date.min),)
        return other

    def _copy(self) -> "Law":
        other = object.__new__(Law)
        for name in Law.__slots__:
            setattr(other, name, getattr(self, name))
        other._settings = dict(self._settings)
        other._rules = dict(self._rules)
        other._here = dict(self._here)
        other._periods = {}
        return other

    def adopted(self, rule_id: str) -> bool:
        """Whether the rule is on: `binding: local` rules are off unless a region loads them. Raises UnknownRule."""
        return self.versions(rule_id)[-1].binding != "local" or rule_id in self.local

    def kind(self, kind: str) -> Kind:
        """The kind of subject. Raises UnknownRule."""
        if kind not in self.kinds:
            raise UnknownRule(kind, "kinds")
        return self.kinds[kind]

    def threshold(self, rule_id: str, key: str | None = None, on: date | None = None) -> Number:
        """A number of the rule: under the key, or without one its threshold value, else its duration.

        In the rule's unit. Raises UnknownRule, NotInForce, NoNumber.
        """
        return self.rule(rule_id, on).number(key)

    def article_zh(self, rule_id: str, on: date | None = None) -> str:
        """Where the rule is written, for example 社区矫正法 第二十七条第一款.

        With a day, the first of its sources that was in force then: later texts confirm older rules.
        Raises UnknownRule.
        """
        sources = self.rule(rule_id, on if on and self._judges(rule_id, on) else None).source
        of_the_day = (c for c in sources if on is None or self.sources[c.text].in_force(on))
        citation = next(of_the_day, sources[0])
        return f"{self.sources[citation.text].short_zh} {citation.place_zh}".rstrip()

    def due(self, rule_id: str, start: date | datetime, on: date | None = None) -> Due:
        """Until when the rule's duty is due, counted from the start fact (backward: from the end).

        `on` is the day whose law applies, by default the day of the start. A rule whose period the texts
        leave open takes it from its setting. Raises UnknownRule, NotInForce, NotAPeriod, CalendarMissing.
        """
        return count(self.period(rule_id, start, on), start, self.calendar)

    def due_after(self, rule_id: str, length: int, start: date | datetime, on: date | None = None) -> Due:
        """As due(), for a length that a decision states, in the rule's unit and by its counting."""
        stated = replace(self.period(rule_id, start, on), count=length)
        return count(stated, start, self.calendar)

    def due_by_number(self, rule_id: str, key: str, start: date | datetime, on: date | None = None) -> Due:
        """As due(), for a second period of the rule: the number under the key, whose unit the key ends with.

        In the rule's own unit by the rule's counting, in another unit as that unit is counted in general.
        Raises UnknownRule, NotInForce, NotAPeriod, NoNumber, CalendarMissing.
        """
        return count(self._second_period(rule_id, key, start, on), start, self.calendar)

    def due_extended(self, rule_id: str, start: date, extensions: int, on: date | None = None) -> Due:
        """As due(), when the time was extended so often: by the rule's `extension_days`, one after another.

        Raises UnknownRule, NotInForce, NotAPeriod, NoNumber, WrongFact for more than the rule allows.
        """
        rule = self.rule(rule_id, on or start)
        most = rule.number("extensions_max") if "extensions_max" in rule.numbers else 1
        if not 0 <= extensions <= most:
            raise WrongFact("extensions", extensions, f"0 to {most}")
        length = self.period(rule_id, start, on).count + int(rule.number("extension_days")) * extensions
        return self.due_after(rule_id, length, start, on)

    def _second_period(self, rule_id: str, key: str, start: date | datetime, on: date | None) -> Period:
        first = self.period(rule_id, start, on)
        judged = on or (day_of(start) if isinstance(start, datetime) else start)
        length = int(self.rule(rule_id, judged).number(key))
        # the longest name first: working days are days too
        for name, (profile, unit, factor) in sorted(_SETTING_PROFILES.items(), key=lambda one: -len(one[0])):
            if key.endswith(name):
                if unit == first.unit:
                    return replace(first, count=length * factor)
                return Period(rule_id, profile, length * factor, unit, self._rolls(profile))
        raise NotAPeriod(rule_id, f"{key}, which names no unit")

    def due_by_setting(self, setting_id: str, start: date) -> Due:
        """Until when something is due whose period only a setting gives. Raises UnknownRule, NotAPeriod."""
        return count(self._setting_period(setting_id, self.setting(setting_id)), start, self.calendar)

    def period(self, rule_id: str, start: date | datetime, on: date | None = None) -> Period:
        """The length that due() counts, and how. Raises UnknownRule, NotInForce, NotAPeriod."""
        if on is None:
            on = day_of(start) if isinstance(start, datetime) else start
        rule = self.rule(rule_id, on)
        key = (rule_id, rule.in_force_from, rule.duration)
        period = self._periods.get(key)
        if period is None:
            period = self._periods[key] = self._period(rule)
        return period

    def _period(self, rule: Rule) -> Period:
        profile = rule.counting.profile
        if profile == "P-PERMIT" and self.setting("set.travel.regular.end-date").choice == _SAME_DAY:
            profile = "P-MONTH-STRICT"
        if profile == "P-AGE":
            return Period(rule.id, profile, int(rule.number()), "year", False)
        if rule.duration is None or rule.unit is None:
            standing_in = [s for s in rule.settings if self.setting(s).kind in _SETTING_PROFILES]
            if len(standing_in) != 1:
                raise NotAPeriod(rule.id, "no duration")
            return self._setting_period(rule.id, self.setting(standing_in[0]))
        roll = rule.counting.holiday_roll == "setting" and self.setting("set.counting.holiday-roll").flag
        return Period(rule.id, profile, rule.duration, rule.unit, roll, rule.bound == "window_before_end")

    def _setting_period(self, rule_id: str, setting: Setting) -> Period:
        if setting.kind not in _SETTING_PROFILES:
            raise NotAPeriod(rule_id, f"the setting {setting.id} of kind {setting.kind}")
        profile, unit, factor = _SETTING_PROFILES[setting.kind]
        roll = self._rolls(profile)
        return Period(rule_id, profile, setting.number * factor, unit, roll, setting_id=setting.id)

    def _rolls(self, profile: str) -> bool:
        return profile in {"P-DAY", "P-MONTH"} and self.setting("set.counting.holiday-roll").flag


def _superseded(rules: Iterable[Rule]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for rule in rules:
        for later in rule.superseded_by:
            found[later] = (*found.get(later, ()), rule.id)
    return found


@cache
def load_law() -> Law:
    """The law of this release with the default settings; the same object every time.

    Raises WrongData when rules.json was not compiled from the rules.yaml beside it.
    """
    data = files("lawkit") / "data"
    digest = sha256((data / "rules.yaml").read_bytes()).hexdigest()
    calendar = Calendar.from_json((data / "cn-working-days.json").read_bytes())
    return Law(catalogue(twin_of(digest, (data / "rules.json").read_bytes())), digest, calendar)


def twin_of(digest: str, twin: bytes) -> bytes:
    """The compiled catalogue in the twin, when it was compiled from the text of this digest. Raises WrongData."""
    head, _, body = twin.partition(b"\n")
    got = head.removeprefix(b'{"yaml_sha256": "').removesuffix(b'",').decode()
    if got != digest:
        raise WrongData("rules.json", got, f"{digest}: run python -m lawkit.compile")
    return body.removeprefix(b'"law": ').rstrip().removesuffix(b"}")

"""The facts of a worked example, read by name: a missing or unreadable one is named, never assumed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import cast

from lawkit.counting import SHANGHAI
from lawkit.errors import MissingFact, WrongFact
from lawkit.vocabulary import known, known_or_none

_END_OF_DAY = "T24:00"
# YAML 1.1 reads an unquoted key `on` as true
_ON = cast(str, True)


class Facts:
    """The arguments of one computation. `used` are the names that were asked for."""

    def __init__(self, given: Mapping[str, object]) -> None:
        self._given = {"on" if key is _ON else key: value for key, value in given.items()}
        self.used: set[str] = {"fn"}
        self._parts: dict[str, Facts] = {}

    @property
    def unused(self) -> tuple[str, ...]:
        """The facts that no computation read, in their order; those of a record as `record.fact`."""
        own = (name for name in map(str, self._given) if name not in self.used)
        below = (f"{name}.{fact}" for name, part in self._parts.items() for fact in part.unused)
        return (*own, *below)

    @property
    def asked(self) -> frozenset[str]:
        """The names that were asked for; those of a record as `record.fact`."""
        below = (f"{name}.{fact}" for name, part in self._parts.items() for fact in part.asked)
        return frozenset((*self.used, *below)) - {"fn"}

    def has(self, name: str) -> bool:
        """Whether the fact was given."""
        self.used.add(name)
        return self._given.get(name) is not None

    def get(self, name: str) -> object:
        """The fact as it stands. Raises MissingFact."""
        if not self.has(name):
            raise MissingFact(name)
        return self._given[name]

    def day(self, name: str) -> date:
        """The fact as a day. Raises MissingFact, WrongFact."""
        return as_day(name, self.get(name))

    def day_or(self, name: str, otherwise: date) -> date:
        """The fact as a day, or the other one."""
        return self.day(name) if self.has(name) else otherwise

    def instant(self, name: str) -> datetime:
        """The fact as an instant in Asia/Shanghai; 24:00 is the first instant of the next day."""
        value = self.get(name)
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)
        text, late = str(value).replace(" ", "T"), timedelta()
        if text.endswith((_END_OF_DAY, f"{_END_OF_DAY}:00")):
            text, late = text.partition("T")[0] + "T00:00", timedelta(days=1)
        try:
            instant = datetime.fromisoformat(text) + late
        except ValueError:
            instant = None
        if instant is None or "T" not in text:
            raise WrongFact(name, value, "an instant YYYY-MM-DDThh:mm")
        return instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)

    def number(self, name: str) -> int | float:
        """The fact as a number."""
        value = self.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise WrongFact(name, value, "a number")
        return value

    def whole(self, name: str) -> int:
        """The fact as a whole number."""
        value = self.number(name)
        if not isinstance(value, int):
            raise WrongFact(name, value, "a whole number")
        return value

    def whole_or(self, name: str, otherwise: int) -> int:
        """The fact as a whole number, or the other one."""
        return self.whole(name) if self.has(name) else otherwise

    def word(self, name: str) -> str:
        """The fact as text."""
        value = self.get(name)
        if not isinstance(value, str):
            raise WrongFact(name, value, "a word")
        return value

    def word_or_none(self, name: str) -> str | None:
        """The fact as text; absent and `none` are nothing."""
        value = self.word(name) if self.has(name) else None
        return None if value == "none" else value

    def one_of(self, name: str, options: Iterable[str]) -> str:
        """The fact as one of the words. Raises MissingFact, WrongFact."""
        return known(name, self.word(name), options)

    def one_of_or_none(self, name: str, options: Iterable[str]) -> str | None:
        """The same; absent and `none` are nothing."""
        return known_or_none(name, self.word_or_none(name), options)

    def flag(self, name: str) -> bool:
        """The fact as yes or no."""
        value = self.get(name)
        if not isinstance(value, bool):
            raise WrongFact(name, value, "true or false")
        return value

    def shown(self, name: str) -> bool:
        """Whether the fact was shown; what is not mentioned is not shown."""
        return self.flag(name) if self.has(name) else False

    def listed(self, name: str) -> tuple[object, ...]:
        """The fact as a list."""
        value = self.get(name)
        if not isinstance(value, list | tuple):
            raise WrongFact(name, value, "a list")
        return tuple(cast(list[object], value))

    def words(self, name: str) -> tuple[str, ...]:
        """The fact as a list of words."""
        values = self.listed(name)
        if not all(isinstance(value, str) for value in values):
            raise WrongFact(name, values, "a list of words")
        return cast(tuple[str, ...], values)

    def record(self, name: str) -> "Facts":
        """The fact as a record with facts of its own, named `name.key` when they are missing."""
        value = self.get(name)
        if not isinstance(value, dict):
            raise WrongFact(name, value, "a record")
        return self._parts.setdefault(name, _Part(name, cast(Mapping[str, object], value)))


class _Part(Facts):
    def __init__(self, name: str, given: Mapping[str, object]) -> None:
        super().__init__(given)
        self._name = name

    def get(self, name: str) -> object:
        if not self.has(name):
            raise MissingFact(f"{self._name}.{name}")
        return super().get(name)


def as_day(name: str, value: object) -> date:
    """The value as a day. Raises WrongFact."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise WrongFact(name, value, "a day YYYY-MM-DD") from None

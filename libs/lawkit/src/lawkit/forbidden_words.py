"""How a forbidden feature is recognised in a name, a text or a condition: rules.yaml and its list of synonyms.

The vocabulary is data: the keys of `forbidden_features` in rules.yaml, and data/forbidden-words.yaml with English,
pinyin and Chinese synonyms. A text is read as it looks: full width, accents, letters of other alphabets that look
like Latin ones, traditional characters and signs between the letters change nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Annotated

import yaml
from pydantic import Field, TypeAdapter

from lawkit.words import CLOSED

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[a-z]+|\d+")
_OTHER_LETTERS = str.maketrans("аеорсхуіѕһԁԛјнвкмтοαεικνρτυχ", "aeopcxyishdqjhbkmtoaeiknptux")
_TRADITIONAL = str.maketrans(
    "貫戶敎語證號黨獨傳識別統計衞動實時跡軌監罰銷絕評開報導務協維爾東區鄉這個學業線標籤處決係體應當機關係",
    "贯户教语证号党独传识别统计卫动实时迹轨监罚销绝评开报导务协维尔东区乡这个学业线标签处决系体应当机关系",
)
_HAN = r"\u3400-\u9fff"
_NOT_HAN = re.compile(rf"[^{_HAN}0-9A-Za-z]+")
_NOT_LETTER = re.compile(r"[^a-z]+")
_LEAST_ACROSS = 5  # not the law's: shorter stems stand in other words by chance

Part = str
Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Synonyms:
    """What names one forbidden feature; data/forbidden-words.yaml says how each list is read."""

    __pydantic_config__ = CLOSED

    names: tuple[Part, ...] = ()
    words: tuple[Part, ...] = ()
    terms: tuple[Part, ...] = ()
    together: tuple[tuple[tuple[Part, ...], ...], ...] = ()
    other: Annotated[tuple[Part, ...], Field(alias="except")] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The file of synonyms. spoken_of: texts of the catalogue that may name a feature, word for word."""

    __pydantic_config__ = CLOSED

    features: Mapping[str, Synonyms]
    spoken_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Index:
    """Every part of the vocabulary, by how it is found."""

    exact: frozenset[str]
    begins: frozenset[str]
    phrases: Mapping[str, tuple[tuple[Part, Phrase], ...]]
    anywhere: tuple[tuple[Part, str], ...]
    terms: frozenset[str]
    lengths: tuple[int, ...]
    known: dict[str, frozenset[Part]]

    @classmethod
    def of(cls, parts: Iterable[Part]) -> "_Index":
        """The index of the parts."""
        exact: set[str] = set()
        begins: set[str] = set()
        phrases: dict[str, list[tuple[Part, Phrase]]] = {}
        anywhere: list[tuple[Part, str]] = []
        terms: set[str] = set()
        for part in set(parts):
            words = tuple(part.replace("_", " ").split())
            if not part.isascii():
                terms.add(part)
            elif part.startswith("*"):
                anywhere.append((part, part.strip("*")))
            elif len(words) > 1:
                phrases.setdefault(words[0], []).append((part, words))
            elif part.endswith("*"):
                begins.add(part[:-1])
            else:
                exact.add(part)
        lengths = tuple(sorted({len(term) for term in terms}))
        several = {first: tuple(listed) for first, listed in phrases.items()}
        listed = several, tuple(anywhere), frozenset(terms), lengths
        return cls(frozenset(exact), frozenset(begins), *listed, known={})

    def found(self, text: str) -> frozenset[Part]:
        """The parts that stand in the text (folded)."""
        words = tuple(word.lower() for word in _WORD.findall(text))
        found: set[Part] = set()
        for at, word in enumerate(words):
            found |= self._of_word(word)
            for part, phrase in self.phrases.get(word, ()):
                if _stands(phrase, words[at : at + len(phrase)]):
                    found.add(part)
        letters = _NOT_LETTER.sub("", text.lower())
        for part, stem in self.anywhere:
            if stem in letters and (len(stem) >= _LEAST_ACROSS or any(stem in word for word in words)):
                found.add(part)
        if not text.isascii():
            han = _NOT_HAN.sub("", text.lower())
            for length in self.lengths:
                for at in range(len(han) - length + 1):
                    if han[at : at + length] in self.terms:
                        found.add(han[at : at + length])
        return frozenset(found)

    def _of_word(self, word: str) -> frozenset[Part]:
        """The parts of one word that the word is; words come again."""
        found = self.known.get(word)
        if found is None:
            starts = (word[:end] for end in range(1, len(word) + 1))
            begun = {f"{start}*" for start in starts if start in self.begins}
            found = self.known[word] = frozenset(begun | ({word} & self.exact))
        return found


def _stands(phrase: Phrase, words: Phrase) -> bool:
    return len(phrase) == len(words) and all(map(_fits, phrase, words))


def _fits(part: str, word: str) -> bool:
    return word.startswith(part[:-1]) if part.endswith("*") else word == part


@dataclass(frozen=True, slots=True)
class _Feature:
    """The synonyms of one feature as sets of parts."""

    names: frozenset[Part]
    alone: frozenset[Part]
    together: tuple[tuple[frozenset[Part], ...], ...]
    other: tuple[str, ...]

    @classmethod
    def of(cls, synonyms: Synonyms) -> "_Feature":
        """The same as sets."""
        together = tuple(tuple(map(frozenset, groups)) for groups in synonyms.together)
        alone = frozenset((*synonyms.words, *synonyms.terms))
        return cls(frozenset(synonyms.names), alone, together, synonyms.other)

    def named_by(self, found: frozenset[Part], *, as_name: bool) -> bool:
        """Whether the parts that were found name the feature."""
        if found & self.alone or (as_name and found & self.names):
            return True
        return any(all(found & group for group in groups) for groups in self.together)

    def starts(self) -> Iterator[Part]:
        """Parts of which one stands in whatever names the feature."""
        yield from self.names
        yield from self.alone
        for groups in self.together:
            yield from groups[0]

    def parts(self) -> Iterator[Part]:
        """Every part."""
        yield from self.names
        yield from self.alone
        for groups in self.together:
            for group in groups:
                yield from group


@cache
def vocabulary() -> Vocabulary:
    """The list of synonyms of this release."""
    text = (files("lawkit") / "data" / "forbidden-words.yaml").read_text(encoding="utf-8")
    return TypeAdapter(Vocabulary).validate_python(yaml.load(text, Loader=yaml.CSafeLoader))


class Words:
    """A list of synonyms of its own, asked of texts."""

    def __init__(self, synonyms: Synonyms) -> None:
        self._feature = _Feature.of(synonyms)
        self._index = _Index.of(self._feature.parts())

    def stand_in(self, text: str) -> bool:
        """Whether the words stand in the text."""
        plain = _without(folded(text), self._feature.other)
        return self._feature.named_by(self._index.found(plain), as_name=False)


@cache
def _features() -> tuple[Mapping[str, _Feature], _Index, Mapping[Part, frozenset[str]]]:
    """The features in their order, the index of all parts, and which features a part may begin to name."""
    features = {name: _Feature.of(one) for name, one in vocabulary().features.items()}
    starts: dict[Part, set[str]] = {}
    for name, feature in features.items():
        for part in feature.starts():
            starts.setdefault(part, set()).add(name)
    index = _Index.of(part for one in features.values() for part in one.parts())
    return features, index, {part: frozenset(names) for part, names in starts.items()}


def folded(text: str) -> str:
    """The text as it looks: compatibility forms, accents, look-alike letters and traditional characters made one."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(s for s in plain if not unicodedata.combining(s) and unicodedata.category(s) != "Cf")
    return plain.translate(_OTHER_LETTERS).translate(_TRADITIONAL)


@lru_cache(maxsize=20_000)  # not the law's: texts of a few files
def named_in(text: str, *, as_name: bool = False) -> str | None:
    """The forbidden feature that the text names; as_name: it stands where data items are named."""
    plain = folded(text)
    features, index, starts = _features()
    found = index.found(plain)
    likely = {name for part in found for name in starts.get(part, ())}
    if not likely:
        return None
    for name, feature in features.items():
        if (
            name in likely
            and feature.named_by(found, as_name=as_name)
            and feature.named_by(index.found(_without(plain, feature.other)), as_name=as_name)
        ):
            return name
    return None


def _without(text: str, other: Iterable[str]) -> str:
    for words in other:
        text = re.sub(re.escape(words), " ", text, flags=re.IGNORECASE)
    return text


def is_spoken_of(text: str) -> bool:
    """Whether the text is one that may name a forbidden feature, word for word."""
    return text in _spoken_of()


@cache
def _spoken_of() -> frozenset[str]:
    return frozenset(vocabulary().spoken_of)

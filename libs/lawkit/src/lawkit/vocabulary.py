"""The closed lists of words that facts are given in, and the refusal of every other word.

A fact in a word that nobody knows must never decide anything: `decider: COURTT` is no organ that needs less proof than a
court does. The words come from the catalogue. Where the law closes a list, so that everything else is no ground at all
(forbid.device-without-ground), other words are data, and only a misspelling of a known one is refused.
"""

from collections.abc import Iterable, Sequence

from lawkit.errors import WrongFact
from lawkit.law import Law

_REVOCATION, _REIMPRISONMENT, _COERCIVE = "revocation", "reimprisonment", "coercive-measure"
# the five coercive measures (刑事诉讼法 第六十六条) are one here
_ALSO = {
    "re-imprisonment": _REIMPRISONMENT, "coercive_measure": _COERCIVE, "arrest": _COERCIVE, "detention": _COERCIVE,
    "bail": _COERCIVE, "residential-surveillance": _COERCIVE, "custody": _COERCIVE,
}  # fmt: skip
_ARREST_GROUND = "arrest.ground."
_ABSCONDED = "absconded."
_DISTRICTS = "leave.same-city-districts"
# not the law's: GB/T 2260, the units of county level besides 市辖区, and cities without districts
_STANDING_ALONE = (
    "county", "county-level-city", "autonomous-county", "banner", "autonomous-banner", "forestry-district",
    "special-district", "city", "prefecture-level-city",
)  # fmt: skip
# not the law's: facts that somebody may take for a ground of arrest; the four grounds are rules
_NO_ARREST_GROUND = ("unemployed", "homeless", "no-fixed-address", "late-report", "other")
_JOINTS = str.maketrans("", "", "-_ ")
# from this length on a word that differs by so many letters is the known word misspelt
_ONE_LETTER, _TWO_LETTERS = 4, 9  # not the law's: of words


def known(fact: str, got: str, words: Iterable[str]) -> str:
    """The word, which is one of the known ones. Raises WrongFact with all of them."""
    listed = tuple(dict.fromkeys(words))
    if got not in listed:
        raise WrongFact(fact, got, f"one of {', '.join(listed)}")
    return got


def known_or_none(fact: str, got: str | None, words: Iterable[str]) -> str | None:
    """The same where nothing may be said."""
    return None if got is None else known(fact, got, words)


def all_known(fact: str, got: Iterable[str], words: Iterable[str]) -> tuple[str, ...]:
    """Each of several words. Raises WrongFact for the first unknown one."""
    listed = tuple(words)
    return tuple(known(fact, one, listed) for one in got)


def not_misspelt(fact: str, got: str, words: Iterable[str]) -> str:
    """The word, known or of its own; a known one misspelt is refused. Raises WrongFact with all known ones."""
    listed = tuple(dict.fromkeys(words))
    if got not in listed and any(_misspelt(got, one) for one in listed):
        raise WrongFact(fact, got, f"one of {', '.join(listed)}, or a word unlike all of them")
    return got


def deciders(law: Law) -> tuple[str, ...]:
    """The roles that decide on a measure for any kind of subject."""
    return tuple(dict.fromkeys(role for kind in law.kinds.values() for role in kind.decided_by))


def roles(law: Law) -> tuple[str, ...]:
    """The roles of the catalogue."""
    return tuple(role.code for role in law.catalogue.roles)


def pending(word: str | None) -> str | None:
    """What is proposed or running and not decided, by its one name. Raises WrongFact."""
    words = (_REVOCATION, _REIMPRISONMENT, _COERCIVE)
    if word is None:
        return None
    return _ALSO.get(word) or known("pending", word, (*words, *_ALSO))


def arrest_grounds(law: Law) -> tuple[str, ...]:
    """The grounds of arrest, and the facts that are known to be none."""
    grounds = (one.removeprefix(_ARREST_GROUND) for one in law.rule_ids if one.startswith(_ARREST_GROUND))
    return (*grounds, *_NO_ARREST_GROUND)


def device_grounds(law: Law) -> tuple[str, ...]:
    """The grounds of a location device for any kind of subject."""
    return tuple(dict.fromkeys(ground for kind in law.kinds.values() for ground in kind.device_grounds))


def excuses(law: Law) -> tuple[str, ...]:
    """What excuses an absence under any limb."""
    limbs = (law.rule(one) for one in law.rule_ids if one.startswith(_ABSCONDED))
    return tuple(
        dict.fromkeys(
            word for rule in limbs if "excused_by" in rule.numbers for word in rule.listed("excused_by")
        )
    )


def units(law: Law) -> tuple[str, ...]:
    """The types of a unit of county level."""
    return (*law.rule(_DISTRICTS).listed("one_unit"), *_STANDING_ALONE)


def _misspelt(got: str, word: str) -> bool:
    """Whether the word is another one with a letter too many, too few, changed or exchanged with the next."""
    if len(word) < _ONE_LETTER or not (got.isascii() and word.isascii()):
        return False
    if got.translate(_JOINTS).casefold() == word.translate(_JOINTS).casefold():
        # birth_place is birthplace in another hand
        return False
    letters = 1 + (min(len(got), len(word)) >= _TWO_LETTERS)
    return _distance(got.casefold(), word.casefold()) <= letters


def _distance(one: str, other: str) -> int:
    """How many letters must be put in, left out, changed or exchanged with their neighbour."""
    rows: list[Sequence[int]] = [range(len(other) + 1)]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            least = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != wanted))
            swapped = (
                i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted
            )  # not the law's: the letter before
            row.append(min(least, rows[-2][j - 2] + 1) if swapped else least)  # not the law's
        rows.append(row)
    return rows[-1][-1]

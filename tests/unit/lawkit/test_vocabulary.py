"""A fact in a word that nobody knows decides nothing: every computation and every public function refuses it."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from lawkit import load_law
from lawkit._facts import as_day
from lawkit.check import check_one, computations, examples_of
from lawkit.endings import ending
from lawkit.errors import LawError, UnknownRule, WrongFact
from lawkit.ladders import absconded, warnings_ground
from lawkit.proceedings import arrest_request, dossier, proposer, taking_in
from lawkit.restrictions import Place, device_use, leaves_the_city, may_disclose_police_record, may_screen_by
from lawkit.rewards import quarterly
from lawkit.tables import group_lacks, kind_of_decision, measure_available

LAW = load_law()
ROOT = Path(__file__).parents[3]
FILES = ("tests/data/law/examples.yaml", "libs/lawkit/src/lawkit/data/examples_own.yaml")
ON = date(2026, 5, 1)
# facts that carry a name of somebody's own choosing: nothing can be misspelt in them
NAMES = {"original_province", "execution_province", "province", "city", "unit"}


def _examples() -> list[dict[str, Any]]:
    files = (yaml.load((ROOT / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) for name in FILES)
    return [cast(dict[str, Any], one) for document in files for one in examples_of(document)]


EXAMPLES = _examples()
# what the files above have no example of
MORE: list[tuple[str, Mapping[str, Any]]] = [
    ("device", {"kind": "PAROLE", "ground": "unapproved-departure", "approved_by": "JUSTICE_DEPT_HEAD", "start": "2026-05-01", "months": 3}),
    ("term", {"kind": "PAROLE", "start": "2026-05-01", "months": 3}),
    ("warnings", {"kind": "PAROLE", "count": 2, "not_corrected": True, "on": "2026-05-01", "decider": "COURT"}),
    ("taking_in", {"decider": "PRISON_ADMIN"}),
    ("release", {"kind": "PAROLE", "end": "2026-08-31", "pending": "coercive-measure"}),
    ("arrest", {"kind": "PAROLE", "with_proposal": True, "evidence": True, "ground": "retaliation"}),
    ("group_valid", {"sex": "male", "minor": False, "members": ["grandmother", "social-worker"]}),
    ("subject_created", {"decision": "probation"}),
    ("subject_created", {"decision": "political-rights-only"}),
    ("sentence_valid", {"punishment": "detention", "months": 3}),
]  # fmt: skip


def _is_day(word: str) -> bool:
    try:
        as_day("", word.partition("T")[0])
    except LawError:
        return False
    return True


def _words(facts: Mapping[str, Any]) -> list[tuple[tuple[str | int, ...], str]]:
    """Each word among the facts with its place; days and names are none."""
    found: list[tuple[tuple[str | int, ...], str]] = []
    for name, value in facts.items():
        if name in {"fn", True} | NAMES:
            continue
        if isinstance(value, dict):
            found += [((name, *place), word) for place, word in _words(cast(Mapping[str, Any], value))]
        listed = cast(list[object], value) if isinstance(value, list) else [value]
        places = [(name, at) for at in range(len(listed))] if isinstance(value, list) else [(name,)]
        found += [(place, one) for place, one in zip(places, listed, strict=True) if isinstance(one, str)]
    return [(place, word) for place, word in found if len(word) > 3 and word.isascii() and not _is_day(word)]


def _misspelt(word: str) -> list[str]:
    """A letter exchanged with the next, one left out, one twice."""
    at = next(i for i in range(1, len(word) - 1) if word[i] != word[i + 1] and word[i : i + 2].isalnum())
    return [word[:at] + word[at + 1] + word[at] + word[at + 2 :], word[:at] + word[at + 1 :], word + word[-1]]


def _cases() -> dict[tuple[str, str, str], tuple[dict[str, Any], tuple[str | int, ...]]]:
    """One example for each computation, fact and word that the examples of both files know."""
    given = [(one["compute"]["fn"], cast(Mapping[str, Any], one["compute"]), one) for one in EXAMPLES]
    raw = {"rules": ["general.scope.four-kinds"], "expect": {"outcome": ""}, "articles": "CCL 2"}
    given += [(fn, facts, {**raw, "id": "more.1", "compute": {"fn": fn, **facts}}) for fn, facts in MORE]
    return {
        (fn, ".".join(str(p) for p in place if isinstance(p, str)), word): (one, place)
        for fn, facts, one in given
        for place, word in _words(facts)
        # a ground or a key of somebody's own is data: it is the known ones that can be misspelt
        if word not in {"long-term", "zodiac"}
    }


CASES = _cases()


def _with(compute: Mapping[str, Any], place: tuple[str | int, ...], word: str) -> dict[str, Any]:
    changed = {name: list(cast(list[object], v)) if isinstance(v, list) else v for name, v in compute.items()}
    if len(place) == 1:
        return {**changed, str(place[0]): word}
    first = str(place[0])
    if isinstance(changed[first], dict):
        return {**changed, first: {**cast(Mapping[str, Any], changed[first]), str(place[1]): word}}
    changed[first][cast(int, place[1])] = word
    return changed


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_a_misspelt_value_is_a_failure_that_names_the_fact(case: tuple[str, str, str]) -> None:
    raw, place = CASES[case]
    for misspelt in _misspelt(case[2]):
        result = check_one(LAW, {**raw, "compute": _with(raw["compute"], place, misspelt)})
        assert not result.passed
        assert (
            f"got '{misspelt}'" in str(result.error)
            or f"got id '{misspelt}'" in str(result.error)
            or (f"got key '{misspelt}'" in str(result.error))
        ), result.error


def test_every_computation_that_reads_a_word_has_such_a_case() -> None:
    sources = (ROOT / "libs/lawkit/src/lawkit").glob("_check_*.py")
    read = {
        line
        for file in sources
        for line in file.read_text(encoding="utf-8").splitlines()
        if ".one_of(" in line
    }
    assert read
    assert {fn for fn, _, _ in CASES} | set(computations()) == set(computations())
    facts = {fact for _, fact, _ in CASES}
    wanted = {
        "kind",
        "limb",
        "step",
        "ground",
        "approved_by",
        "decider",
        "pending",
        "decision",
        "measure",
        "purpose",
    }
    wanted |= {
        "items",
        "members",
        "punishment",
        "sex",
        "court_level",
        "ratings",
        "origin.type",
        "dest.type",
        "rule",
        "key",
    }
    assert wanted <= facts


def test_a_ground_that_the_law_does_not_name_is_none_and_no_mistake() -> None:
    for ground in ("long-term", "long-sentence", "high-risk"):
        use = device_use(LAW, "PAROLE", ground, approved_by="JUSTICE_DEPT_HEAD", start=ON, months=3)
        assert use.breaks == ("forbid.device-without-ground",)


def _place(kind: str) -> Place:
    return Place("北京", "北京", kind, kind)


SINCE = datetime(2026, 5, 1, tzinfo=UTC)
CALLS: list[Callable[[], object]] = [
    lambda: warnings_ground(LAW, "TEMPORARY_SERVICE", 2, not_corrected=False, on=ON, decider="COURTT"),
    lambda: warnings_ground(LAW, "PROBATION", 2, not_corrected=True, on=ON, decider="COUR"),
    lambda: taking_in(LAW, "PSB_CTIY"),
    lambda: ending(LAW, "PROBATION", ON, pending="revocatoin"),
    lambda: ending(LAW, "PROBATION", ON, decision="revokd"),
    lambda: ending(LAW, "PROBATION", ON, unreachable=["custdy"]),
    lambda: arrest_request(LAW, "PROBATION", with_proposal=True, evidence=True, ground="bogus"),
    lambda: proposer(LAW, "TEMPORARY_SERVICE", "bsic"),
    lambda: dossier(LAW, ["propsal"]),
    lambda: device_use(LAW, "PAROLE", "unaproved-departure", approved_by="", start=ON, months=3),
    lambda: device_use(LAW, "PAROLE", "long-term", approved_by="JUSTICE_HEAD", start=ON, months=3),
    lambda: leaves_the_city(LAW, _place("distrct"), _place("district")),
    lambda: leaves_the_city(LAW, _place("district"), _place("conty")),
    lambda: may_disclose_police_record(LAW, "employr"),
    lambda: may_screen_by(LAW, "charge_cod"),
    lambda: kind_of_decision(LAW, "probatoin"),
    lambda: measure_available(LAW, "PAROLE", cast(Any, "waring")),
    lambda: group_lacks(LAW, woman=True, minor=False, members=["womann"], on=ON),
    lambda: absconded(LAW, "overdue-return", SINCE, SINCE, excuses=frozenset({"justifed"})),
    lambda: quarterly(LAW, ["GOOD"], ["outstandng"]),
]


@pytest.mark.parametrize("call", CALLS)
def test_the_functions_of_lawkit_refuse_an_unknown_word_with_the_known_ones(
    call: Callable[[], object],
) -> None:
    with pytest.raises(WrongFact, match=r"got .+ want (one of|among)"):
        call()


def test_a_kind_that_is_none_is_refused_also_where_it_only_says_what_is_reviewed() -> None:
    with pytest.raises(UnknownRule):
        quarterly(LAW, ["FAIL", "FAIL"], kind="PROBATOIN")


def test_the_proof_of_not_correcting_is_waived_for_the_organs_that_the_setting_means_only() -> None:
    """最高法刑诉解释 第五百一十六条第四项."""
    for decider, exists in (("COURT", False), ("PRISON_ADMIN", True), ("PSB_CITY", True), (None, False)):
        ground = warnings_ground(LAW, "TEMPORARY_SERVICE", 2, not_corrected=False, on=ON, decider=decider)
        assert ground.exists is exists

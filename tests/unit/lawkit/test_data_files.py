"""The data files are the recorded ones, and the compiled twin is current."""

import json
import re
from hashlib import sha256
from importlib.resources import files

import pytest
from lawkit import load_law
from lawkit.calendar import Calendar
from lawkit.compile import compiled
from lawkit.errors import WrongData
from lawkit.law import Law

DATA = files("lawkit") / "data"
SOURCES = (DATA / "SOURCES.md").read_text(encoding="utf-8")
RULES = (DATA / "rules.yaml").read_bytes()


@pytest.mark.parametrize("name", ["rules.yaml", "cn-working-days.json"])
def test_each_data_file_has_the_recorded_checksum(name: str) -> None:
    recorded = re.search(rf"\| `{re.escape(name)}` \| `([0-9a-f]{{64}})`", SOURCES)
    assert recorded is not None
    assert sha256((DATA / name).read_bytes()).hexdigest() == recorded[1]


def test_without_our_marked_lines_the_catalogue_is_the_original() -> None:
    original = re.search(r"SHA-256 of the original: `([0-9a-f]{64})`", SOURCES)
    assert original is not None
    kept = [line for line in RULES.splitlines(keepends=True) if not line.startswith(b"  guitu: ")]
    assert sha256(b"".join(kept)).hexdigest() == original[1]


def test_compiled_twin_is_current() -> None:
    assert (DATA / "rules.json").read_text(encoding="utf-8") == compiled(RULES)


def test_digest_of_the_law_is_that_of_the_yaml() -> None:
    assert load_law().digest == sha256(RULES).hexdigest()


def test_catalogue_holds_as_many_records_as_it_says() -> None:
    law = load_law()
    counts = json.loads((DATA / "rules.json").read_bytes())["law"]["meta"]["counts"]
    assert len(law.rule_ids) == counts["rules"]
    assert len(law.sources) == counts["sources"]


def test_a_calendar_that_does_not_add_up_is_refused() -> None:
    raw = json.loads((DATA / "cn-working-days.json").read_bytes())
    raw["years"]["2026"]["exceptions"].pop()
    with pytest.raises(WrongData, match="2026"):
        Calendar.from_json(json.dumps(raw).encode())


def test_a_wrong_record_is_named_with_its_field() -> None:
    twin = json.loads((DATA / "rules.json").read_bytes())["law"]
    twin["rules"][0]["in_force_from"] = "2020-13-01"
    with pytest.raises(WrongData, match=r"general\.scope\.four-kinds\.in_force_from"):
        Law(twin, "digest", load_law().calendar)

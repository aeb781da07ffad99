"""The data files are the recorded ones, and the compiled twin is current."""

import json
import re
from hashlib import sha256
from importlib.resources import files

import fastjsonschema
import pytest
from lawkit import load_law
from lawkit.calendar import Calendar
from lawkit.compile import compiled, schema_text
from lawkit.errors import WrongData
from lawkit.law import twin_of
from lawkit.loading import catalogue

DATA = files("lawkit") / "data"
SOURCES = (DATA / "SOURCES.md").read_text(encoding="utf-8")
# fastjsonschema knows drafts up to 7; the schema uses nothing that came later
DRAFT = "http://json-schema.org/draft-07/schema#"
RULES = (DATA / "rules.yaml").read_bytes()
ADDED = rb"# records added by this project, see SOURCES.md\n(.*?)# end of the records added by this project\n"


@pytest.mark.parametrize("name", ["rules.yaml", "cn-working-days.json"])
def test_each_data_file_has_the_recorded_checksum(name: str) -> None:
    recorded = re.search(rf"\| `{re.escape(name)}` \| `([0-9a-f]{{64}})`", SOURCES)
    assert recorded is not None
    assert sha256((DATA / name).read_bytes()).hexdigest() == recorded[1]


def test_without_our_marked_lines_the_catalogue_is_the_original() -> None:
    original = re.search(r"SHA-256 of the original: `([0-9a-f]{64})`", SOURCES)
    assert original is not None
    whole = re.sub(ADDED, b"", RULES, flags=re.DOTALL)
    kept = [line for line in whole.splitlines(keepends=True) if not line.startswith(b"  guitu: ")]
    assert sha256(b"".join(kept)).hexdigest() == original[1]


def test_compiled_twin_is_current() -> None:
    assert (DATA / "rules.json").read_text(encoding="utf-8") == compiled(RULES)


def test_digest_of_the_law_is_that_of_the_yaml() -> None:
    assert load_law().digest == sha256(RULES).hexdigest()


def test_catalogue_holds_as_many_records_as_it_says() -> None:
    law = load_law()
    counts = json.loads((DATA / "rules.json").read_bytes())["law"]["meta"]["counts"]
    added = b"".join(re.findall(ADDED, RULES, flags=re.DOTALL)).count(b"- id: ")
    assert len(law.rule_ids) == counts["rules"] + added
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
        catalogue(json.dumps(twin))


def test_the_twin_of_another_text_is_refused() -> None:
    with pytest.raises(WrongData, match=r"python -m lawkit\.compile"):
        twin_of("0" * 64, (DATA / "rules.json").read_bytes())


def test_the_schema_is_that_of_the_records_and_the_file_follows_it() -> None:
    written = (DATA / "rules.schema.json").read_text(encoding="utf-8")
    assert written == schema_text()
    follows = fastjsonschema.compile(json.loads(written) | {"$schema": DRAFT})
    law = json.loads((DATA / "rules.json").read_bytes())["law"]
    follows(law)
    law["rules"][0]["durations"] = 3
    with pytest.raises(fastjsonschema.JsonSchemaException):
        follows(law)

"""What is never built, is not there: one test for the `test` of each entry of forbidden_features (rules.yaml).

Where the behaviour itself is tested elsewhere, the test here holds that test to its place.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import corrections
import pytest
from contracts import registry
from google.protobuf.descriptor import Descriptor
from handoff.domain import identity
from lawkit import load_law
from lawkit.ages import check_digit
from lawkit.forbidden import ban_of
from lawkit.restrictions import device_use
from lawkit.terms import term_until

ROOT = Path(__file__).parents[2]
LAW = load_law()
FEATURES = [feature.id for feature in LAW.catalogue.forbidden_features]
COLUMN = re.compile(
    r"^\s*([a-z_]+)\s+(?:text|uuid|int|bigint|date|timestamptz|bytea|boolean|jsonb|smallint)", re.M
)
# a person's name stands in documents, sealed; what may not be used is a name as an input of a rule or a list
PERSONS_NAME = "name"


def test_each_forbidden_feature_has_its_test() -> None:
    here = {name for name in globals() if name.startswith("test_forbid_")}
    assert {f"test_{feature.replace('.', '_').replace('-', '_')}" for feature in FEATURES} == here


def banned(name: str, *features: str) -> bool:
    """Whether one of the features (by default any) bans the name."""
    chosen = [f for f in LAW.catalogue.forbidden_features if not features or f.id in features]
    return ban_of(chosen).on(name) is not None


@cache
def messages() -> tuple[Descriptor, ...]:
    """Every message of the contracts."""
    found: list[Descriptor] = []
    for module in pkgutil.walk_packages(corrections.__path__, "corrections."):
        if module.name.endswith("_pb2"):
            found += importlib.import_module(module.name).DESCRIPTOR.message_types_by_name.values()
    for message in found:
        found += message.nested_types
    return tuple(found)


@cache
def fields() -> frozenset[str]:
    """Every field name of the contracts."""
    return frozenset(field.name for message in messages() for field in message.fields)


@cache
def columns() -> frozenset[str]:
    """Every column of every table."""
    files = [*ROOT.glob("services/*/src/*/sql/**/*.sql"), *ROOT.glob("libs/*/src/**/*.sql")]
    return frozenset(name for path in files for name in COLUMN.findall(path.read_text(encoding="utf-8")))


def names_in_code() -> Iterator[str]:
    """Every name that the services use."""
    for path in ROOT.glob("services/*/src/**/*.py"):
        if "sandbox" not in path.parts:  # invents people with valid numbers; decides nothing
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Name | ast.Attribute | ast.arg | ast.keyword):
                    name = {ast.Name: "id", ast.Attribute: "attr", ast.arg: "arg", ast.keyword: "arg"}[
                        type(node)
                    ]
                    yield getattr(node, name) or ""


def kept(path: str, name: str) -> bool:
    """Whether the test of that name stands in the file."""
    return f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


def words(names: frozenset[str] | set[str]) -> set[str]:
    return {word for name in names for word in name.lower().split("_")}


def test_forbid_profiling_origin() -> None:
    assert fields()
    assert columns()
    assert {n for n in fields() | columns() if banned(n)} <= {PERSONS_NAME}
    screened = LAW.rule("local.yuxi.screening")
    keys = {key for group in ("offence", "behaviour", "need") for key in screened.listed(group)}
    assert keys
    assert {key for key in keys if banned(key)} == set()


def test_forbid_origin_proxies() -> None:
    lists = [m for m in messages() if re.fullmatch(r"(List|Find|Search)\w+Request", m.name)]
    assert lists
    assert {f.name for m in lists for f in m.fields if banned(f.name)} == set()

    # parsing a number tells whether date and check digit are right; its six digits of a place change nothing
    def number(place: str) -> str:
        body = f"{place}19900101001"
        return body + check_digit(body)

    assert {identity.valid(number(place)) for place in ("330203", "650102", "540102", "000000")} == {True}
    made = {name for name in vars(identity) if not name.startswith("_") and callable(getattr(identity, name))}
    assert made <= {"valid", "check_digit", "born_by"}


def test_forbid_political_labels() -> None:
    assert {n for n in fields() | columns() if banned(n, "forbid.political-labels")} == set()
    assert {n for n in names_in_code() if banned(n, "forbid.political-labels")} == set()


def test_forbid_ethnicity_beyond_print() -> None:
    forms = {form.official_form for form in LAW.catalogue.documents if form.ethnicity_printed}
    # forms 7 to 12 have the blank; a loaded official layout (None) prints it only when it has one
    assert forms <= {None, *range(7, 13)}
    assert not {n for n in words(fields() | columns()) if n in {"ethnicity", "ethnic", "minzu", "mz"}}


def test_forbid_hukou_logic() -> None:
    assert {n for n in names_in_code() if banned(n, "forbid.hukou-logic")} == set()
    assert {n for n in fields() | columns() if banned(n, "forbid.hukou-logic")} == set()


def test_forbid_device_without_ground() -> None:
    start = date(2026, 3, 1)
    for kind in LAW.kinds.values():
        for ground in kind.device_grounds:
            assert f"device.ground.{ground}" in LAW.rule_ids
            use = device_use(LAW, kind.id, ground, approved_by="JUSTICE_DEPT_HEAD", start=start, months=3)
            assert use.allowed
            assert use.last_day == LAW.due("device.max-term", start).nominal
            assert not device_use(LAW, kind.id, ground, approved_by="JO", start=start, months=3).allowed
        ground = "long-sentence"
        assert not device_use(
            LAW, kind.id, ground, approved_by="JUSTICE_DEPT_HEAD", start=start, months=3
        ).allowed
    # no command fits a device yet, so that none can be fitted without all this
    assert not [path for path in registry.methods() if "Device" in path]


def test_forbid_continuous_phone_tracking() -> None:
    limits = LAW.setting("set.verify.limits").value
    assert isinstance(limits, dict)
    assert limits["purpose_required"] is True
    assert limits["alternative_required"] is True
    assert limits["max_per_day"]
    tracks = {
        "latitude",
        "longitude",
        "lat",
        "lon",
        "lng",
        "gps",
        "position",
        "positions",
        "track",
        "coordinates",
    }
    assert not words(fields() | columns()) & tracks


def test_forbid_device_data_elsewhere() -> None:
    exports = [path for path in registry.methods() if re.search(r"Export|Download", path)]
    # both hand out stored events of one case with their proofs: no device, no place is in them
    assert {path.rsplit("/", 1)[1] for path in exports} <= {"ExportBundle", "ExportProof"}
    assert not words(fields() | columns()) & {"device", "geofence", "wristband", "bracelet"}


def test_forbid_automatic_sanction() -> None:
    deciding = ("Admonish", "Warn", "ProposeRevocation", "ProposePublicSecurityPenalty", "RefuseLeave")
    found = {p: m for p, m in registry.methods().items() if p.rsplit("/", 1)[1].startswith(deciding)}
    assert len(found) >= 3
    assert [path for path, method in found.items() if "SERVICE" in method.roles] == []
    sanctions = [m for m in messages() if m.name in {"Admonished", "Warned", "RevocationProposed"}]
    assert len(sanctions) == 3
    for event in sanctions:
        named = {field.name for field in event.fields}
        assert "ground" in named
        assert named & {"evidence", "reason", "facts", "dossier"}, event.full_name


def test_forbid_hold_after_expiry() -> None:
    last = date(2026, 6, 30)
    ends = term_until(LAW, "PAROLE", date(2026, 1, 1), last).ends_at
    assert ends == datetime(2026, 6, 30, 16, tzinfo=UTC)
    assert ends - timedelta(microseconds=1) < ends
    path = "tests/unit/intake/test_ending.py"
    assert kept(path, "test_the_term_ends_at_24_00_of_its_last_day_whatever_is_pending")
    assert kept(path, "test_nothing_follows_the_end_but_the_certificate")


def test_forbid_minor_publication() -> None:
    assert kept("tests/unit/supervision/test_conduct.py", "test_what_concerns_a_minor_is_never_published")
    assert kept("tests/unit/intake/test_entry.py", "test_the_declaration_of_a_minor_is_never_public")
    # nobody calls without a role: denied by default
    assert [path for path, method in registry.methods().items() if not method.roles] == []


def test_forbid_assessment_leak() -> None:
    outside = {"SUBJECT", "GUARANTOR", "GUARDIAN", "UNIT", "VC"}
    papers = re.compile(r"Assessment|Dossier|Upload|Document|Opinion|Evidence|History|Histories|Case")
    assert [path for path in registry.methods() if papers.search(path)]
    leaks = [
        path for path, method in registry.methods().items() if method.roles & outside and papers.search(path)
    ]
    assert leaks == []


def test_forbid_biometric_only() -> None:
    ways = {
        "face",
        "fingerprint",
        "fingerprints",
        "voiceprint",
        "iris",
        "biometric",
        "biometrics",
        "liveness",
    }
    # no way to report needs one: the contracts have no such field, a person's presence is an officer's record
    assert not words(fields() | columns()) & ways


def test_forbid_helpers_enforce() -> None:
    helpers = {"SW", "VOL", "GROUP", "VC", "SOCIAL_ORG", "MASS_ORG", "ENTERPRISE", "UNIT", "SCHOOL"}
    assert helpers <= {role.code for role in LAW.catalogue.roles}
    assert [path for path, method in registry.methods().items() if method.roles & helpers] == []


def test_forbid_status_exposure() -> None:
    # nothing is sent to the person yet: a text that told others of the status would need one of these
    ways = {"sms", "wechat", "template", "push", "voicemail"}
    assert not words(fields() | columns()) & ways


def test_forbid_commercial_or_social_credit() -> None:
    lawful = {role.code for role in LAW.catalogue.roles} | {"SERVICE", "OPERATOR"}
    assert {role for method in registry.methods().values() for role in method.roles} <= lawful
    assert not words(fields() | columns()) & {"credit", "score", "creditworthiness"}


@pytest.mark.parametrize(
    "name", ["mz", "hukou_province", "provinceOfOrigin", "id_prefix_6", "political_status"]
)
def test_a_banned_name_would_be_seen(name: str) -> None:
    assert banned(name)

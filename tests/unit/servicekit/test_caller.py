"""Who calls, by the SPIFFE id of the certificate and the registry of agencies."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

import pytest
import yaml
from contracts.registry import methods
from eventcore.decider import Caller
from servicekit.agencies import Agencies, Agency, RegistryError
from servicekit.caller import AGENCY_ROLES, STAFF_ROLES, Unidentified, name_of, parse, service_of

COURT = Agency(code="court-1", kind="COURT", name_zh="某某法院", unit="330203")


def parsed(path: str, installation: str = "guitu-dev") -> Caller:
    agencies = {"court-1": COURT}
    return parse(
        f"spiffe://{installation}/{path}", installation="guitu-dev", agency=agencies.get, purpose="p"
    )


def test_a_service_acts_in_the_role_service():
    assert parsed("service/intake") == Caller("spiffe://guitu-dev/service/intake", "", "SERVICE", "p")


def test_an_operator_acts_in_the_role_operator():
    assert parsed("operator/li").role == "OPERATOR"


def test_an_agency_acts_as_what_the_registry_says():
    assert parsed("agency/court-1") == Caller("spiffe://guitu-dev/agency/court-1", "330203", "COURT", "p")


def test_staff_act_in_their_role_at_their_unit():
    caller = parsed("staff/330203001/JO/wang")
    assert (caller.unit, caller.role, name_of(caller)) == ("330203001", "JO", "wang")


@pytest.mark.parametrize(
    "path",
    ["agency/court-9", "staff/33/JO", "staff/33020/COUNTY_CCI/li", "staff/x/JO/wang", "staff/330203/jo/wang", "device/7", "service/", "service/a/b", ""],
)  # fmt: skip
def test_an_unknown_identity_is_nobody(path: str):
    with pytest.raises(Unidentified):
        parsed(path)


@pytest.mark.parametrize("role", ["SERVICE", "OPERATOR", "COURT", "SUBJECT", "KING"])
def test_no_staff_has_a_role_of_others(role: str):
    with pytest.raises(Unidentified, match=role):
        parsed(f"staff/330203/{role}/intake")


@pytest.mark.parametrize("kind", ["SERVICE", "OPERATOR", "COUNTY_CCI", "SUBJECT"])
def test_no_agency_has_a_role_of_others(kind: str):
    forged = Agency(code="intake", kind=kind, name_zh="某某", unit="330203")
    with pytest.raises(Unidentified, match=kind):
        parse("spiffe://guitu-dev/agency/intake", installation="guitu-dev", agency=lambda _: forged)


def test_only_a_service_is_taken_for_the_service_of_its_name():
    assert service_of(parsed("service/intake")) == "intake"
    for other in ("operator/intake", "staff/330203/COUNTY_CCI/intake", "agency/court-1"):
        assert service_of(parsed(other)) == ""
    forged = Caller("spiffe://guitu-dev/agency/intake", "330203", "SERVICE", "p")
    assert service_of(forged) == ""


def test_every_role_that_may_call_something_can_be_held_and_stands_in_the_catalogue():
    callers = {role for method in methods().values() for role in method.roles}
    assert callers <= STAFF_ROLES | AGENCY_ROLES | {"SERVICE", "OPERATOR"}
    catalogue = yaml.load(
        (resources.files("lawkit") / "data" / "rules.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader
    )
    assert {one["code"] for one in catalogue["roles"]} >= STAFF_ROLES | AGENCY_ROLES


def test_another_installation_is_nobody():
    with pytest.raises(Unidentified, match="installation"):
        parsed("service/intake", installation="guitu-other")


def write(path: Path, *entries: dict[str, object]) -> None:
    path.write_text(yaml.safe_dump(list(entries), allow_unicode=True), encoding="utf-8")
    # The file system's clock may not have moved between two writes of one test.
    stamp = path.stat().st_mtime_ns + 1_000_000 * (1 + len(entries))
    os.utime(path, ns=(stamp, stamp))


ENTRY: dict[str, object] = {
    "code": "court-1",
    "kind": "COURT",
    "name_zh": "某某法院",
    "unit": "330203",
    "keys": [{"key_id": "k1", "algorithm": "Ed25519", "public_hex": "ab" * 32}],
    "endpoint": "127.0.0.1:21320",
}


def test_the_registry_follows_its_file(tmp_path: Path):
    agencies = Agencies.of(tmp_path)
    assert agencies.get("court-1") is None
    write(tmp_path / "agencies.yaml", ENTRY)
    found = agencies.get("court-1")
    assert found is not None
    key = found.key("k1")
    assert key is not None
    assert key.public == b"\xab" * 32
    write(tmp_path / "agencies.yaml", ENTRY, {**ENTRY, "code": "psb-1", "kind": "PSB_COUNTY"})
    assert sorted(agencies.all()) == ["court-1", "psb-1"]
    (tmp_path / "agencies.yaml").unlink()
    assert agencies.get("court-1") is None


def test_a_registry_that_turns_unreadable_leaves_the_last_good_one(tmp_path: Path):
    write(tmp_path / "agencies.yaml", ENTRY)
    agencies = Agencies.of(tmp_path)
    (tmp_path / "agencies.yaml").write_text("- code: [", encoding="utf-8")
    assert agencies.get("court-1") is not None


def test_a_wrong_entry_is_named_at_start(tmp_path: Path):
    write(tmp_path / "agencies.yaml", {**ENTRY, "unit": "Ningbo"})
    with pytest.raises(RegistryError, match=r"agencies\.yaml, entry 1: unit"):
        Agencies.of(tmp_path)

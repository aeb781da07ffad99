"""Bad input, the pure half: every mutated message gets a refusal with a remedy or none at all, and no exception."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import yaml
from corrections.common.v1.common_pb2 import Signature, Signed
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from handoff.arrival import Arrival
from handoff.domain.message import TYPES
from handoff.domain.refusals import refusal
from handoff.macs import Macs
from handoff.signatures import signed_bytes
from lawkit import load_law
from servicekit.agencies import Agencies

from tests.unit.handoff.messages import COURT, NOW, TODAY
from tests.unit.handoff.mutations import mutated

SEED, COUNT = 2026, 2000


def test_every_mutated_message_is_judged(tmp_path: Path):
    key = Ed25519PrivateKey.generate()
    public = {"key_id": "k", "algorithm": "Ed25519", "public_hex": key.public_key().public_bytes_raw().hex()}
    entry = {"code": COURT, "kind": "COURT", "name_zh": "法院", "unit": "330203", "keys": [public]}
    (tmp_path / "agencies.yaml").write_text(yaml.safe_dump([entry]), encoding="utf-8")
    agencies, macs, law = Agencies.of(tmp_path), Macs(bytes(32)), load_law()
    court = agencies.all()[COURT]

    def sign(message: Signed) -> None:
        del message.signatures[:]
        value = key.sign(signed_bytes(message))
        message.signatures.append(Signature(key_id="k", algorithm="Ed25519", value=value))

    seen: Counter[str] = Counter()
    for message in mutated(SEED, COUNT, sign):
        arrival = Arrival.of(message, agency=court, installation="guitu-test", macs=macs)
        finding = next(arrival.findings(agencies, law, NOW, TODAY), None)
        seen[finding.code if finding else "accepted"] += 1
        assert finding is None or refusal(law, finding).remedy_zh
        assert arrival.exchange_id.version == 5
        assert arrival.type_name in {"", *TYPES}
    assert seen["accepted"] < COUNT / 2
    assert {
        "SIGNATURE_INVALID",
        "UNREADABLE_BODY",
        "UNKNOWN_TYPE",
        "FIELD_INVALID",
        "DATE_IMPOSSIBLE",
    } <= set(seen)

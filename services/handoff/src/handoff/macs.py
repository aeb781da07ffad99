"""Keyed hashes under the installation's key: what must be found again without saying what it is."""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from corrections.common.v1.common_pb2 import Signed
from corrections.common.v1.facts_pb2 import CaseReference
from servicekit import sealing

from handoff.signatures import signed_bytes


@dataclass(frozen=True, slots=True)
class Macs:
    """HMAC-SHA-256, 32 bytes each. Each use has a name of its own in front, so that none passes for another."""

    key: bytes

    @classmethod
    def of(cls, home: Path) -> Macs:
        """The installation's key, beside the key store's: `<home>/keys/handoff-mac.master`."""
        return cls(sealing.master_key(home, "handoff-mac"))

    def content(self, message: Signed) -> bytes:
        """Of type and body: a repetition that was signed anew is the same content."""
        return self._mac("content", signed_bytes(message))

    def unproven(self, message: Signed) -> bytes:
        """Of everything that came, signatures too: nobody is known to have sent it."""
        return self._mac("unproven", message.SerializeToString(deterministic=True))

    def judgment(self, organ_code: str, case_number: str) -> bytes:
        """Of a decision: the same under whatever message id it comes."""
        return self._mac("judgment", _parts(organ_code, _as_one(case_number)))

    def reference(self, reference: CaseReference) -> bytes:
        """Of a person in a decision."""
        number = str(reference.defendant_number)
        return self._mac("reference", _parts(reference.organ_code, _as_one(reference.case_number), number))

    def identity(self, number: str) -> bytes:
        """Of an identity number that was asked about."""
        return self._mac("identity", number.upper().encode())

    def _mac(self, use: str, content: bytes) -> bytes:
        return hmac.new(self.key, use.encode() + b"\0" + content, sha256).digest()


def _parts(*parts: str) -> bytes:
    return "".join(f"{len(p)}:{p}," for p in parts).encode()


def _as_one(case_number: str) -> str:
    """The number however it is typed: wide and narrow brackets and digits are the same, spaces say nothing."""
    return "".join(unicodedata.normalize("NFKC", case_number).split())

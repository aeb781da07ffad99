"""Identity numbers are found again without being stored: a keyed hash is claimed by the case that brought them.

The key is derived from the master key beside the key store, so a table of hashes tells nothing to who has only that
(eventstore.md section 2: no claim is an unkeyed hash of personal data).
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from pathlib import Path

from servicekit.sealing import master_key

_PURPOSE = b"guitu-intake-identity-v1"


class IdentityMac:
    """HMAC-SHA-256 of identity numbers under this installation's key."""

    def __init__(self, home: Path, service: str) -> None:
        self._key = hmac.digest(master_key(home, service), _PURPOSE, sha256)

    def of(self, identity_number: str) -> bytes:
        """32 bytes; empty for no number. Spaces and the case of letters do not tell two numbers apart."""
        plain = "".join(identity_number.split()).upper()
        return hmac.digest(self._key, plain.encode(), sha256) if plain else b""

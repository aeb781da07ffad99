"""Ed25519 by OpenSSL: the answers of `proofs.verify.ed25519_verify`, some fifty times faster.

The verifier that outsiders run has no library; our own processes, which check thousands of notes, have one.
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from proofs.verify import key_point


def ed25519_verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is that of `message` under `public_key`, as strictly as `proofs.verify` asks."""
    key = _key(public_key)
    if key is None:
        return False
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=1024)
def _key(public_key: bytes) -> Ed25519PublicKey | None:
    """None for what OpenSSL would take and we do not: encodings that are not canonical, keys of small order."""
    return None if key_point(public_key) is None else Ed25519PublicKey.from_public_bytes(public_key)

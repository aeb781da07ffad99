"""Ed25519 (RFC 8032) in pure Python: verifying, and signing for tests and tools.

Signing here is not in constant time: services sign with the `cryptography` package.
"""

import hashlib

from proofs.verify import BASE_COMB, ORDER, ed25519_verify, point_combine, point_compress

__all__ = ["ed25519_verify", "public_key", "sign"]


def _expand(secret: bytes) -> tuple[int, bytes]:
    if len(secret) != 32:
        raise ValueError(f"Ed25519 secret key: got {len(secret)} bytes, want 32")
    digest = hashlib.sha512(secret).digest()
    scalar = int.from_bytes(digest[:32], "little")
    return (scalar & ((1 << 254) - 8)) | (1 << 254), digest[32:]


def _number(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % ORDER


def _times_base(scalar: int) -> bytes:
    return point_compress(point_combine(((scalar, BASE_COMB),)))


def public_key(secret: bytes) -> bytes:
    """The public key of a 32-byte secret key, 32 bytes."""
    return _times_base(_expand(secret)[0])


def sign(secret: bytes, message: bytes) -> bytes:
    """The signature of `message`, 64 bytes."""
    scalar, prefix = _expand(secret)
    public = _times_base(scalar)
    nonce = _number(prefix, message)
    point = _times_base(nonce)
    s = (nonce + _number(point, public, message) * scalar) % ORDER
    return point + s.to_bytes(32, "little")

"""SM2 by GmSSL: keys and signatures of GM/T 0003.2, for the second line of checkpoints.

What is signed is the digest e of `proofs.verify.sm2_digest` under the default identity: GmSSL signs a digest ten times
faster than a message, for which it draws 32 nonces in advance. OpenSSL in the `cryptography` package has no SM2.
"""

from __future__ import annotations

import binascii
import textwrap

from gmssl_pyx import sm2_key_generate, sm2_sign_sm3_digest
from proofs.note import Sm2Key
from proofs.verify import sm2_digest, sm2_point, sm2_verify

# PKCS#8 (RFC 5208, RFC 5915) of a key on sm2p256v1, 1.2.156.10197.1.301: always of one length, so always the same bytes
# around the secret and around the public point.
_BEFORE_SECRET = bytes.fromhex("308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420")
_BEFORE_POINT = bytes.fromhex("a14403420004")
_BEGIN, _END = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"
_PROBE = b"guitu"


class NotAnSm2Key(ValueError):
    """The file holds no SM2 private key as PKCS#8."""


def generate() -> str:
    """A new SM2 private key, PKCS#8 in PEM, as OpenSSL and GmSSL read it."""
    public, secret = sm2_key_generate()
    der = _BEFORE_SECRET + secret + _BEFORE_POINT + public
    lines = textwrap.wrap(binascii.b2a_base64(der, newline=False).decode(), 64)
    return "\n".join([_BEGIN, *lines, _END, ""])


def load(pem: str) -> Sm2Key:
    """The key of `generate`'s text; NotAnSm2Key for anything else, also for a public half that is not the secret's."""
    secret, public = _parts(pem)

    def sign(message: bytes) -> bytes:
        return _raw(sm2_sign_sm3_digest(secret, sm2_digest(public, message)))

    if sm2_point(public) is None or not sm2_verify(public, _PROBE, sign(_PROBE)):
        raise NotAnSm2Key("the public half is not that of the secret")
    return Sm2Key(public, sign)


def _parts(pem: str) -> tuple[bytes, bytes]:
    lines = pem.split()
    text = "".join(lines).removeprefix(_BEGIN.replace(" ", "")).removesuffix(_END.replace(" ", ""))
    try:
        der = binascii.a2b_base64(text)
    except binascii.Error as error:
        raise NotAnSm2Key("no PEM") from error
    secret = der[len(_BEFORE_SECRET) : len(_BEFORE_SECRET) + 32]
    public = der[-64:]
    if der != _BEFORE_SECRET + secret + _BEFORE_POINT + public:
        raise NotAnSm2Key("no PKCS#8 of a key on the SM2 curve")
    return secret, public


def _raw(der: bytes) -> bytes:
    """r ‖ s of the ASN.1 sequence of both."""
    size = der[3]
    r, s = int.from_bytes(der[4 : 4 + size], "big"), int.from_bytes(der[6 + size :], "big")
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")

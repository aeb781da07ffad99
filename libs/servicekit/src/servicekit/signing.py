"""The key with which a service signs: checkpoints of its log, heads of its streams, receipts.

`<home>/keys/<owner>.ed25519` (PEM, 0600) with its public half in `<owner>.ed25519.pub` (64 hex digits), the layout
of devstack; `<owner>.sm2` and `<owner>.sm2.pub` (X ‖ Y, 128 hex digits) likewise for the SM2 line of checkpoints.
In production the files are mounted secrets, or `proofs.note.Signer` calls an HSM.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventcore import checkpoint, gmssl
from proofs.note import Signer, Sm2Key


def load_or_make(home: Path, owner: str) -> Ed25519PrivateKey:
    """The signing key of an owner, made at first use; ValueError when the file holds another kind of key."""
    path = home / "keys" / f"{owner}.ed25519"
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        _keep(
            path,
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
        )
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path.name} is no Ed25519 key: restore it from its backup")
    _publish(path, key.public_key().public_bytes_raw())
    return key


def load_or_make_sm2(home: Path, owner: str) -> Sm2Key:
    """The SM2 key of an owner, made at first use; ValueError when the file holds something else."""
    path = home / "keys" / f"{owner}.sm2"
    if not path.exists():
        _keep(path, gmssl.generate().encode("ascii"))
    try:
        key = gmssl.load(path.read_text(encoding="ascii"))
    except ValueError as error:
        raise ValueError(f"{path.name} is no SM2 key ({error}): restore it from its backup") from error
    _publish(path, key.public_key)
    return key


def log_signer(home: Path, *, installation: str, service: str) -> Signer:
    """Who signs the log of a service: checkpoints, with a second line by SM2, and stream heads."""
    ed25519 = checkpoint.signer(checkpoint.origin(installation, service), load_or_make(home, service))
    return replace(ed25519, sm2=load_or_make_sm2(home, service))


def _publish(path: Path, public: bytes) -> None:
    published = path.with_name(f"{path.name}.pub")
    if not published.exists():
        published.write_text(public.hex() + "\n", encoding="ascii")


def _keep(path: Path, pem: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Whole or not at all, and of two starters the first wins.
    candidate = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(candidate, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
    with contextlib.suppress(FileExistsError):
        os.link(candidate, path)
    candidate.unlink()

"""The key with which a service signs: checkpoints of its log, heads of its streams, receipts.

`<home>/keys/<owner>.ed25519` (PEM, 0600) with its public half in `<owner>.ed25519.pub` (64 hex digits), the layout
of devstack. In production the file is a mounted secret, or `proofs.note.Signer` calls an HSM.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventcore import checkpoint
from proofs.note import Signer


def load_or_make(home: Path, owner: str) -> Ed25519PrivateKey:
    """The signing key of an owner, made at first use; ValueError when the file holds another kind of key."""
    path = home / "keys" / f"{owner}.ed25519"
    if not path.exists():
        _make(path)
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path.name} is no Ed25519 key: restore it from its backup")
    published = path.with_name(f"{path.name}.pub")
    if not published.exists():
        published.write_text(key.public_key().public_bytes_raw().hex() + "\n", encoding="ascii")
    return key


def log_signer(home: Path, *, installation: str, service: str) -> Signer:
    """Who signs the log of a service: checkpoints and stream heads."""
    return checkpoint.signer(checkpoint.origin(installation, service), load_or_make(home, service))


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    # Whole or not at all, and of two starters the first wins.
    candidate = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(candidate, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
    with contextlib.suppress(FileExistsError):
        os.link(candidate, path)
    candidate.unlink()

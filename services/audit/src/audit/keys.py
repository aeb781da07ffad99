"""The keys of the logs: what audit pins, and the file that `guitu verify --keys` reads.

Each service publishes the public half of its signing key in `<home>/keys/<service>.ed25519.pub` (64 hex digits).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from eventcore.checkpoint import origin
from proofs.note import KIND_ED25519, VerifierKey

FILE = "logs.vkeys"
_HEADER = "# Keys of the logs, one C2SP vkey a line. Keep a copy of your own: a proof is only as good as its pinned keys.\n"


def log_vkeys(home: Path, installation: str, services: Iterable[str]) -> list[VerifierKey]:
    """The keys that are published, in order of service; a service that has not started yet has none."""
    files = ((s, home / "keys" / f"{s}.ed25519.pub") for s in sorted(services))
    return [
        VerifierKey(origin(installation, service), KIND_ED25519, bytes.fromhex(path.read_text().strip()))
        for service, path in files
        if path.is_file()
    ]


def write_log_vkeys(home: Path, installation: str, services: Iterable[str]) -> Path:
    """`<home>/keys/logs.vkeys` holds the key of each log that has one; the answer is its path."""
    path = home / "keys" / FILE
    text = _HEADER + "".join(f"{key}\n" for key in log_vkeys(home, installation, services))
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        candidate = path.with_name(f".{FILE}.{os.getpid()}")
        candidate.write_text(text, encoding="utf-8")
        candidate.replace(path)
    return path

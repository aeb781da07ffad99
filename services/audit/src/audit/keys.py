"""The keys of the logs: what audit pins, and the file that `guitu verify --keys` reads.

Each service publishes the public halves of its signing keys in `<home>/keys/<service>.ed25519.pub` (64 hex digits) and
`<service>.sm2.pub` (128 hex digits). Audit checks the lines of both kinds; the file names both.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from eventcore.checkpoint import origin
from proofs.note import KIND_ED25519, KIND_OTHER, SM2_IDENTIFIER, VerifierKey
from proofs.verify import SM2_PIN
from servicekit.tile_files import LogKeys
from servicekit.witnesses import POLICY

FILE = "logs.vkeys"
TRUST = "trust.policy"
_HEADER = "# Keys of the logs, one C2SP vkey a line. Keep a copy of your own: a proof is only as good as its pinned keys.\n"

_TRUST_HEADER = "# Logs, witnesses and quorum (C2SP tlog-policy) for guitu-verify. Keep a copy of your own.\n"


def log_vkeys(home: Path, installation: str, services: Iterable[str]) -> list[VerifierKey]:
    """The Ed25519 keys that are published, in order of service; a service that has not started yet has none."""
    return [
        VerifierKey(origin(installation, service), KIND_ED25519, public)
        for service, public in _published(home, services, "ed25519")
    ]


def sm2_vkeys(home: Path, installation: str, services: Iterable[str]) -> list[VerifierKey]:
    """The SM2 keys that are published, in order of service."""
    return [
        VerifierKey(origin(installation, service), KIND_OTHER, SM2_IDENTIFIER + public)
        for service, public in _published(home, services, "sm2")
    ]


def log_keys(home: Path, installation: str, services: Iterable[str]) -> dict[str, LogKeys]:
    """Both keys of each log that has an Ed25519 key, by service."""
    named = list(services)
    vkeys = [*log_vkeys(home, installation, named), *sm2_vkeys(home, installation, named)]
    found = {service: LogKeys.among(vkeys, origin(installation, service)) for service in named}
    return {service: keys for service, keys in found.items() if keys is not None}


def _published(home: Path, services: Iterable[str], kind: str) -> Iterator[tuple[str, bytes]]:
    for service in sorted(services):
        path = home / "keys" / f"{service}.{kind}.pub"
        if path.is_file():
            yield service, bytes.fromhex(path.read_text().strip())


def write_log_vkeys(home: Path, installation: str, services: Iterable[str]) -> Path:
    """`<home>/keys/logs.vkeys` holds the keys of each log that has them; the answer is its path.

    Where the installation has a policy of witnesses, `trust.policy` beside it holds logs, witnesses and quorum in one file:
    C2SP tlog-policy, which knows no SM2, with those keys in lines that other tools take for comments.
    """
    path = home / "keys" / FILE
    named = list(services)
    keys = [*log_vkeys(home, installation, named), *sm2_vkeys(home, installation, named)]
    _write(path, _HEADER + "".join(f"{key}\n" for key in keys))
    witnesses = home / "keys" / POLICY
    if witnesses.is_file():
        logs = "".join(f"log {key}\n" for key in log_vkeys(home, installation, named))
        logs += "".join(f"{SM2_PIN} {key}\n" for key in sm2_vkeys(home, installation, named))
        _write(home / "keys" / TRUST, _TRUST_HEADER + logs + witnesses.read_text(encoding="utf-8"))
    return path


def _write(path: Path, text: str) -> None:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    candidate = path.with_name(f".{path.name}.{os.getpid()}")
    candidate.write_text(text, encoding="utf-8")
    candidate.replace(path)

"""The witnesses of the sandbox: `deploy/witnesses.yaml`, their keys, their policy, their processes."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from proofs.verify import KIND_COSIGNATURE, PolicyError, VerifierKey, parse_policy

from devstack import ca
from devstack.errors import StackError
from devstack.process import Spec

POLICY = "witnesses.policy"
_HEADER = "# Witnesses and quorum (C2SP tlog-policy), made of deploy/witnesses.yaml by `guitu up`.\n"


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness process: its name in the policy, and its absolute port."""

    name: str
    port: int

    @property
    def process(self) -> str:
        """Name of its process, of its log file and of its key."""
        return f"witness-{self.name}"


@dataclass(frozen=True, slots=True)
class Witnesses:
    """The declared witnesses, the lines that define groups, and the quorum."""

    all: tuple[Witness, ...] = ()
    groups: tuple[str, ...] = ()
    quorum: str = "none"


def key_name(installation: str, witness: Witness) -> str:
    """Name of the witness's key, as verifiers pin it."""
    return f"guitu/{installation}/witness/{witness.name}"


def write_policy(home: Path, installation: str, witnesses: Witnesses) -> Path:
    """`<home>/keys/witnesses.policy` names every witness with key and address, and the quorum; its path.

    A policy that somebody wrote himself (without our first line) stays. StackError where the declaration makes none.
    """
    path = home / "keys" / POLICY
    if path.exists() and not path.read_text(encoding="utf-8").startswith(_HEADER):
        return path
    lines = [
        f"witness {one.name} {_key(home, installation, one)} http://127.0.0.1:{one.port}"
        for one in witnesses.all
    ]
    text = _HEADER + "".join(
        f"{line}\n" for line in (*lines, *witnesses.groups, f"quorum {witnesses.quorum}")
    )
    try:
        parse_policy(text)
    except PolicyError as error:
        raise StackError(f"deploy/witnesses.yaml: {error}") from error
    partial = path.with_name(f".{POLICY}.{os.getpid()}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
    return path


def spec(home: Path, installation: str, witness: Witness) -> Spec:
    """How the witness's process is started."""
    name = key_name(installation, witness)
    argv = [sys.executable, "-m", "sandbox.witness", witness.name, "--key-name", name]
    argv += ["--home", str(home), "--port", str(witness.port)]
    # nothing of the platform's settings: who witnesses it has no part in it
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GUITU_")}
    environment["PYTHONUNBUFFERED"] = "1"
    return Spec(witness.process, argv, home, environment, home, {"http": witness.port})


def _key(home: Path, installation: str, witness: Witness) -> VerifierKey:
    key: Ed25519PrivateKey = ca.signing_key(home, witness.process)
    return VerifierKey(key_name(installation, witness), KIND_COSIGNATURE, key.public_key().public_bytes_raw())

"""The folders: the data folder of a running system, the repository, and what `make setup` fetched."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[4]


def default_home() -> Path:
    """The data folder: `GUITU_HOME`, else `.guitu` in the repository."""
    named = os.environ.get("GUITU_HOME")
    return Path(named).resolve() if named else REPOSITORY / ".guitu"


def jars_folder() -> Path:
    """Where `make setup` puts the broker's jars: `GUITU_JARS`, else inside the virtual environment."""
    named = os.environ.get("GUITU_JARS")
    return Path(named).resolve() if named else Path(sys.prefix) / "share" / "guitu" / "jars"


def prepare(home: Path) -> None:
    """The data folder exists; others may pass through it (PostgreSQL may be another user), not list it."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)
    keys = home / "keys"
    keys.mkdir(exist_ok=True)
    keys.chmod(0o700)


def write_secret(path: Path, content: bytes) -> None:
    """The file holds `content`, was never readable by others (mode 0600), and appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(content)
    partial.replace(path)


def secret_text(path: Path) -> str:
    """The secret kept in this file; drawn at random and kept (mode 0600) when there is none yet."""
    if not path.exists():
        write_secret(path, secrets.token_urlsafe(24).encode())
    return path.read_text()

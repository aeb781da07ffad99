"""`python -m contracts.breaking IMAGE RELEASED [ROOT]`: no contract breaks those who read what was released.

buf decides what breaks (protos/buf.yaml); each complaint about an event then names the services that read it. Exit
codes are buf's: 0 compatible, 100 broken, any other a failure of buf itself.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.reference.code import Reading, consumers
from contracts.reference.markdown import short

_OUR_FILES = "corrections"
_NAMED = re.compile(r'"(\w+)"')


@dataclass(frozen=True)
class Verdict:
    """What buf says of two images: its exit code and its complaints, each with who is affected."""

    code: int
    complaints: tuple[str, ...]


def check(image: Path, released: Path, root: Path) -> Verdict:
    """Whether `image` keeps what `released` promised."""
    command = [
        str(Path(sys.executable).parent / "buf"), "breaking", str(image),
        "--against", str(released), "--config", str(root / "protos" / "buf.yaml"), "--path", _OUR_FILES,
    ]  # fmt: skip
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    readers = consumers(root)
    lines = [line for line in (run.stdout + run.stderr).splitlines() if line]
    return Verdict(run.returncode, tuple(f"{line}{_affected(line, readers)}" for line in lines))


def _affected(complaint: str, readers: Mapping[str, tuple[Reading, ...]]) -> str:
    said = [f"{short(event)} is read by {_names(readers[event])}" for event in _events(complaint, readers)]
    return f" ({'; '.join(said)})" if said else ""


def _events(complaint: str, readers: Mapping[str, tuple[Reading, ...]]) -> Iterator[str]:
    """Events read elsewhere that the complaint names and whose file it is about."""
    package = complaint.partition(".proto:")[0].rpartition("/")[0].replace("/", ".")
    for name in dict.fromkeys(_NAMED.findall(complaint)):
        if f"{package}.{name}" in readers:
            yield f"{package}.{name}"


def _names(readings: tuple[Reading, ...]) -> str:
    return ", ".join(f"{r.service} ({r.subscription})" for r in readings)


def main(arguments: list[str]) -> int:
    """The complaints stand on standard output; buf's exit code."""
    if not 2 <= len(arguments) <= 3:
        sys.stderr.write("usage: python -m contracts.breaking IMAGE RELEASED [ROOT]\n")
        return 2
    root = Path(arguments[2]) if arguments[2:] else Path.cwd()
    verdict = check(Path(arguments[0]), Path(arguments[1]), root)
    for complaint in verdict.complaints:
        sys.stdout.write(complaint + "\n")
    return verdict.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

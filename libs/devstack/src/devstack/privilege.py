"""How to run a program that refuses to be root when we are root, without creating a user.

PostgreSQL refuses to run as root. Three ways, the first that works is used:
1. as `nobody`, where its files can be reached by that user;
2. in a user namespace in which root is called nobody, where that is allowed (a clone below a 0700 /root);
3. as `nobody` with the single capability CAP_DAC_OVERRIDE, where they are not (containers).
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devstack.errors import StackError


@dataclass(frozen=True, slots=True)
class Drop:
    """How to start the program: words before its own, and the owner that its files need.

    Words, and not the `user` of subprocess: with it Python forks instead of calling vfork, and in a program with gRPC's
    threads the child of a fork can abort before its exec.
    """

    prefix: tuple[str, ...]
    owner: int | None


def plan(program: Path, folder: Path) -> Drop:
    """The first way in which `program --version` runs and reaches `folder`. Raises StackError if none."""
    if os.geteuid() != 0:
        return Drop((), None)
    nobody = pwd.getpwnam("nobody").pw_uid
    ways = [
        Drop(("setpriv", f"--reuid={nobody}", f"--regid={nobody}", "--clear-groups", "--"), nobody),
        Drop(("unshare", "--user", f"--map-user={nobody}", f"--map-group={nobody}", "--"), 0),
        Drop(_single_capability(nobody), nobody),
    ]
    for way in ways:
        if _works(way, program, folder):
            return way
    raise StackError(
        f"PostgreSQL does not run as root and the user nobody cannot reach {folder} or {program}: "
        "run as another user, or put the clone where all users may pass (chmod o+x on its parent folders)"
    )


def give(folder: Path, owner: int | None) -> None:
    """All files below `folder` belong to `owner`; nothing is done when its top already does."""
    if owner is None or folder.stat().st_uid == owner:
        return
    for root, _, names in os.walk(folder):
        for name in names:
            os.chown(os.path.join(root, name), owner, owner, follow_symlinks=False)
        if root != str(folder):
            os.chown(root, owner, owner)
    # The top last: a chown cut short is done again at the next start.
    os.chown(folder, owner, owner)


def _single_capability(uid: int) -> tuple[str, ...]:
    # access(2) ignores capabilities of a real uid other than 0 unless NO_SETUID_FIXUP is set, and
    # PostgreSQL finds its own folder with access(2).
    only = "-all,+dac_override"
    return (
        "setpriv", "--securebits=+no_setuid_fixup", f"--reuid={uid}", f"--regid={uid}", "--clear-groups",
        f"--inh-caps={only}", f"--ambient-caps={only}", f"--bounding-set={only}", "--",
    )  # fmt: skip


def _works(way: Drop, program: Path, folder: Path) -> bool:
    script: Sequence[str] = (
        *way.prefix,
        "/bin/sh",
        "-c",
        'cd "$1" && exec "$0" --version',
        str(program),
        str(folder),
    )
    try:
        done = subprocess.run(list(script), cwd="/", capture_output=True, timeout=10, check=False)
    except OSError:
        return False
    # A binary that cannot find itself still prints its version, with a complaint on standard error.
    return done.returncode == 0 and not done.stderr

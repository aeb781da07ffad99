"""The broker's jars: fetched by Maven's defaults from a pinned POM, each checked against a recorded SHA-256.

`python -m devstack setup` leaves them in the folder that `home.jars_folder` names,
`python -m devstack record` writes the list anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from devstack.errors import StackError
from devstack.home import REPOSITORY, jars_folder
from devstack.java import find_java

_POM = REPOSITORY / "deploy" / "kafka" / "pom.xml"
_LIST = REPOSITORY / "deploy" / "kafka" / "jars.sha256"


def check(folder: Path, listed: Path = _LIST) -> list[Path]:
    """The jars in sorted order, each as recorded. Raises StackError naming the first that is not."""
    jars: list[Path] = []
    for line in listed.read_text().splitlines():
        want, name = line.split("  ", 1)
        jar = folder / name
        if not jar.is_file():
            raise StackError(f"the broker's jar {name} is missing in {folder}: run `make setup`")
        got = _digest(jar)
        if got != want:
            raise StackError(
                f"the broker's jar {name} has SHA-256 {got}, recorded is {want}: delete {jar} and Maven's "
                "copy of it, then run `make setup`; if it still differs, do not trust Maven's source"
            )
        jars.append(jar)
    return sorted(jars)


def fetch(folder: Path) -> None:
    """The folder holds exactly the recorded jars. Maven is called only when they are not there yet."""
    if folder.is_dir():
        try:
            check(folder)
            return
        except StackError:
            shutil.rmtree(folder)
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    _copy_dependencies(partial)
    check(partial)
    for extra in set(os.listdir(partial)) - {
        line.split("  ", 1)[1] for line in _LIST.read_text().splitlines()
    }:
        (partial / extra).unlink()
    partial.replace(folder)


def recorded_digest() -> str:
    """A digest of the list of jars: it changes when any jar does."""
    return hashlib.sha256(_LIST.read_bytes()).hexdigest()


def record() -> None:
    """`deploy/kafka/jars.sha256` lists what the POM resolves to today. Review it before committing it."""
    partial = jars_folder().with_name("jars.record")
    shutil.rmtree(partial, ignore_errors=True)
    _copy_dependencies(partial)
    _LIST.write_text("".join(f"{_digest(jar)}  {jar.name}\n" for jar in sorted(partial.glob("*.jar"))))
    shutil.rmtree(partial)


def _copy_dependencies(target: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise StackError(
            "Maven is missing, which fetches the Kafka broker: install it (Debian: apt-get install maven), "
            "or set GUITU_KAFKA to the host:port of a Kafka that you have"
        )
    target.mkdir(parents=True)
    env = dict(os.environ)
    env.setdefault("JAVA_HOME", str(find_java().program.parent.parent))
    done = subprocess.run(
        [maven, "--quiet", "--batch-mode", "--file", str(_POM), "dependency:copy-dependencies",
         "-DincludeScope=runtime", f"-DoutputDirectory={target}"],
        env=env, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        words = [line for line in lines if "ERROR" in line] or lines
        if any("No space left" in line for line in words):
            raise StackError(
                "the disk is full, so Maven could not fetch the broker: free some space and run it again"
            )
        raise StackError(
            f"Maven could not fetch the broker's jars ({(words or ['no message'])[0].strip()}): "
            "check the network or Maven's settings.xml, then run `make setup` again"
        )


def _digest(jar: Path) -> str:
    with open(jar, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()

"""`guitu recovery-drill` at its smallest, to its end: rebuilt while read, backed up, lost, restored, proven again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from devstack.process import free_ports
from devstack.system import System

_PORTS = 20  # offsets of deploy/topology.yaml
_LIMIT_S = 500


def test_the_recovery_drill_passes_at_its_smallest_and_says_what_it_proved(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "GUITU_HOME": str(tmp_path),
        "GUITU_BASE_PORT": str(free_ports(_PORTS)),
        "GUITU_LANG": "en",
        "COLUMNS": "200",
    }
    guitu = Path(sys.executable).with_name("guitu")
    command = [str(guitu), "recovery-drill", "--people", "1", "--days", "3"]
    try:
        ended = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=_LIMIT_S, check=False
        )
    finally:
        System(tmp_path / "drill").down()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    page = ended.stdout.partition("What the drill proved")[2]
    assert [line[:3] for line in page.splitlines() if line[:1].isdigit() and line[1] == "."] == [
        f"{number}. " for number in range(1, 7)
    ]
    for proved in (
        "equal row by row",
        "refused",
        "positions, roots, signed checkpoints",
        "all is proven",
        "passed",
    ):
        assert proved in page

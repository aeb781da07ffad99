"""The one file verifies where a browser would run it: Python compiled to WebAssembly, nothing of this machine's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import proofs.verify
import pytest
from proofs.bundle import build_bundle

from tests.unit.proofs.test_bundle import CASE, INSTALLATION, LOGS, MADE

PAGE = Path(proofs.verify.__file__).parents[2] / "page" / "index.html"
PROGRAM = """
const fs = require("fs");
const { loadPyodide } = require(process.argv[2] + "/pyodide.js");
const run = async () => {
  const [folder, source, data, keys] = process.argv.slice(2);
  const python = await loadPyodide({ indexURL: folder });
  python.FS.writeFile("verify.py", fs.readFileSync(source));
  python.runPython(/python.runPython\\(`([^`]*)`\\)/.exec(fs.readFileSync(process.argv[6], "utf8"))[1].replace("\\\\\\\\n", "\\\\n"));
  const bytes = new Uint8Array(fs.readFileSync(data));
  process.stdout.write(python.globals.get("verified")(bytes, [fs.readFileSync(keys, "utf8")], [], "zh"));
};
run();
"""


def test_the_page_verifies_under_webassembly(tmp_path: Path) -> None:
    folder = os.environ.get("GUITU_PYODIDE", "")
    node = shutil.which("node")
    if not folder or node is None:
        pytest.skip("GUITU_PYODIDE names no folder of Pyodide, or there is no node on the path")
    data, keys, program = tmp_path / "bundle", tmp_path / "keys", tmp_path / "program.cjs"
    data.write_bytes(build_bundle(INSTALLATION, CASE, made_at=MADE, logs=[log.export(CASE) for log in LOGS]))
    keys.write_text("".join(f"log {log.signer.vkey}\n" for log in LOGS) + "quorum none\n")
    program.write_text(PROGRAM)
    arguments = [str(one) for one in (program, folder, proofs.verify.__file__, data, keys, PAGE)]
    done = subprocess.run([node, *arguments], capture_output=True, timeout=120, check=False)
    assert "结果：成立。" in done.stdout.decode(), done.stderr.decode()


def test_the_page_reaches_for_nothing_outside_its_folder() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert "://" not in page
    assert set(re.findall(r'(?:src|href)="([^"]+)"', page)) == {"pyodide/pyodide.js"}
    assert "connect-src 'self'" in page

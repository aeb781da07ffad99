"""The exit codes: docs/reference/exit-codes.md, out of the programs' own words."""

from __future__ import annotations

import re

from contracts.reference.code import module
from contracts.reference.markdown import GENERATED, table

_PROGRAMS = (
    ("`guitu`", "guitu_cli.main"),
    ("`guitu-verify`", "proofs.verify"),
    ("`python -m <service>`", "servicekit.service"),
)
_CODE = re.compile(r"(?:^|[ ,;])(?:[Ee]xit )?(\d):? ([^,;.]+)")


def page() -> str:
    """The codes of each program."""
    parts = [GENERATED, "# Exit codes\n"]
    for title, name in _PROGRAMS:
        rows = [[number, meaning] for number, meaning in of(module(name).__doc__ or "")]
        parts.append(f"\n## {title}\n\n" + table(["Code", "Meaning"], rows))
    return "".join(parts)


def of(docstring: str) -> list[tuple[str, str]]:
    """(code, meaning) as a program's docstring says after "Exit": `0 done, 1 failed`."""
    _, _, said = " ".join(docstring.split()).partition("Exit ")
    found = {number: meaning.strip() for number, meaning in _CODE.findall(f" {said.removeprefix('codes:')}")}
    if " exit 0." in " ".join(docstring.split()):
        found.setdefault("0", "ended as asked (SIGTERM, SIGINT)")
    return sorted(found.items())

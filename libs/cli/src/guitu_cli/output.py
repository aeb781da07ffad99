"""What a command prints: a table for people, or one JSON document with --json; errors are one sentence."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from google.protobuf import json_format
from google.protobuf.message import Message
from rich.console import Console
from rich.table import Table

from guitu_cli.texts import Head, say

# Exit codes of every command; `guitu --help` lists them.
DONE = 0
FAILED = 1
USAGE = 2
REFUSED = 3
NOT_REACHABLE = 4

WIDTH = 140  # columns of a table that goes to a file or a pipe
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UUID_WIDTH = 36

Cell = str | int | float | bool | None
Row = Mapping[str, Cell]


def rows(title: str, found: Sequence[Row], *, as_json: bool) -> None:
    """The rows are printed, as a table or as a JSON list."""
    if as_json:
        document(list(found))
        return
    table = Table(title=title, title_justify="left", show_edge=False, min_width=len(title))
    for name in found[0] if found else ("—",):
        ids = any(_UUID.fullmatch(str(row.get(name))) for row in found)
        # an id stays whole, to be copied; the other columns fold
        table.add_column(
            name.shown if isinstance(name, Head) else name,
            overflow="fold",
            no_wrap=ids,
            min_width=_UUID_WIDTH if ids else None,
        )
    for row in found:
        table.add_row(*(_shown(value) for value in row.values()))
    console = Console()
    Console(width=max(console.width, WIDTH) if not console.is_terminal else None).print(table)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return say("是", "yes") if value else say("否", "no")
    return "" if value is None else str(value)


def plain(message: Message) -> dict[str, Any]:
    """The message as JSON has it, with the fields that hold nothing, under the names of the contract."""
    return json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def document(value: object) -> None:
    """The value is printed as JSON, UTF-8, keys in the given order."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def fail(sentence: str, code: int = FAILED) -> NoReturn:
    """The sentence stands on standard error, with --json as a document, and the command ends with the code."""
    said = sentence.rstrip()
    if wants_json():
        said = json.dumps({"error": said, "exit_code": code}, ensure_ascii=False)
    sys.stderr.write(said + "\n")
    raise SystemExit(code)


def wants_json() -> bool:
    """True when the command line asks for JSON, also one that cannot be parsed."""
    return "--json" in sys.argv[1:]

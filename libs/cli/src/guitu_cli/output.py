"""What a command prints: a table for people, or one JSON document with --json; errors are one sentence."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from google.protobuf import json_format
from google.protobuf.message import Message
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

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
_READABLE = 8
_BETWEEN = 3

Cell = str | int | float | bool | None
Row = Mapping[str, Cell]


def rows(title: str, found: Sequence[Row], *, as_json: bool) -> None:
    """The rows are printed, as a table or as a JSON list."""
    if as_json:
        document(list(found))
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=max(console.width, WIDTH))
    ids = {name for row in found for name, value in row.items() if _UUID.fullmatch(str(value))}
    needed = sum(_width(name, found, ids) + _BETWEEN for name in (found[0] if found else ()))
    console.print(_table(title, found, ids) if needed <= console.width else _records(title, found))


def _width(name: str, found: Sequence[Row], ids: Collection[str]) -> int:
    """What a column needs to be read: an id its length, other columns fold, but not to a few letters."""
    longest = max(cell_len(text) for text in (_title(name), *(_shown(row[name]) for row in found)))
    return _UUID_WIDTH if name in ids else min(longest, _READABLE)


def _table(title: str, found: Sequence[Row], ids: Collection[str]) -> Table:
    table = Table(title=title, title_justify="left", show_edge=False, min_width=len(title))
    for name in found[0] if found else ("—",):
        whole = name in ids
        # an id stays whole, to be copied; the other columns fold
        table.add_column(
            _title(name), overflow="fold", no_wrap=whole, min_width=_UUID_WIDTH if whole else None
        )
    for row in found:
        table.add_row(*(_shown(value) for value in row.values()))
    return table


def _records(title: str, found: Sequence[Row]) -> Group:
    """A row below the other, a line for each thing that it says: for what no table of this width could show."""
    parts: list[RenderableType] = [Text(title, "italic")]
    for row in found:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in row.items():
            if shown := _shown(value):
                table.add_row(_title(name), Text(shown))
        parts += [Rule(style="dim"), table]
    return Group(*parts)


def _title(name: str) -> str:
    return name.shown if isinstance(name, Head) else name


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


def write(path: Path, content: bytes) -> None:
    """The file holds the bytes; where it cannot, the command ends and says why."""
    try:
        path.write_bytes(content)
    except OSError as error:
        fail(say(f"无法写入 {path}：{error.strerror}", f"cannot write {path}: {error.strerror}"), USAGE)


def wants_json() -> bool:
    """True when the command line asks for JSON, also one that cannot be parsed."""
    return "--json" in sys.argv[1:]

"""`guitu law check-rules`: whether a rule set, or a region's additions, may be used; each fault with line and field."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer
from lawkit import Law, load_law
from lawkit.errors import Fault, WrongFile
from lawkit.loading_changes import rewritten
from lawkit.loading_file import checked
from lawkit.loading_yaml import marked
from lawkit.region import read_region

from guitu_cli.output import DONE, FAILED, USAGE, Row, document, fail, rows
from guitu_cli.running import AsJson
from guitu_cli.texts import head, say

Region = Annotated[
    Path | None, typer.Option("--region", exists=True, dir_okay=False, help="A region's additions, YAML.")
]


def check_rules(
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="A rules.yaml; default: the one in use."),
    ] = None,
    region: Region = None,
    effective_on: Annotated[
        str,
        typer.Option(
            "--from",
            help="First day on which it is to be used, ISO 8601; default: that of the rule set in use (meta.as_of).",
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Loaded, free of contradictions and of what is forbidden, true to the texts of the law, and rewriting nothing.

    Exit 0 sound, 1 with faults, 2 no such file. A region's file is read under the rule set.
    """
    faults: list[Fault] = []
    law = load_law()
    name = "rules.yaml"
    try:
        if file is not None:
            name = file.name
            law, faults = _read(file, _day(effective_on))
        if region is not None:
            name = region.name
            read_region(region.read_bytes(), law, name)
    except WrongFile as error:
        faults = list(error.faults)
    except UnicodeDecodeError as error:
        fail(say(f"{name} 不是 UTF-8:{error}", f"{name} is not UTF-8: {error}"), USAGE)
    _show(name, faults, law, as_json)
    raise typer.Exit(FAILED if faults else DONE)


def _read(file: Path, effective_on: date) -> tuple[Law, list[Fault]]:
    """The rule set, and what it rewrites of the one in use. Raises WrongFile."""
    text = file.read_bytes()
    content = marked(text, file.name)
    catalogue = checked(content, file.name)
    in_use = load_law()
    changed = list(rewritten(in_use.catalogue, catalogue, effective_on))
    if changed:
        raise content.wrong(file.name, changed)
    return Law(catalogue, sha256(text).hexdigest(), in_use.calendar), changed


def _day(effective_on: str) -> date:
    try:
        return date.fromisoformat(effective_on) if effective_on else load_law().catalogue.meta.as_of
    except ValueError:
        fail(say(f"{effective_on} 不是日期", f"{effective_on} is no day YYYY-MM-DD"), USAGE)


def _show(name: str, faults: list[Fault], law: Law, as_json: bool) -> None:
    if as_json:
        found = [{"line": f.line, "field": f.field, "got": f.got, "want": f.want} for f in faults]
        document({"file": name, "digest": law.digest, "faults": found})
        return
    table: list[Row] = [
        {head("行", "line"): f.line, head("字段", "field"): f.field, head("得到", "got"): f.got, head("应为", "want"): f.want}
        for f in faults
    ]  # fmt: skip
    if table:
        rows(say("错误", "Faults"), table, as_json=False)
    typer.echo(say(f"{name}：{len(faults)} 处错误", f"{name}: {len(faults)} faults"))

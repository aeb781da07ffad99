"""`guitu` as tests run it: its tree of commands is made once, which typer's runner does anew at every call, in 60 ms."""

from __future__ import annotations

from functools import cache

import typer.testing
from typer.main import get_command
from typer.testing import CliRunner, Result

tree = cache(get_command)
typer.testing._get_command = tree  # pyright: ignore[reportPrivateUsage, reportPrivateImportUsage]

__all__ = ["CliRunner", "Result", "tree"]

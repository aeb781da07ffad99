"""`guitu`: the command line. Exit codes: 0 done or accepted, 1 failed, 2 usage, 3 refused, 4 not reachable."""

from __future__ import annotations

import typer
from devstack.errors import StackError

from guitu_cli import running
from guitu_cli.output import FAILED, fail

app = typer.Typer(
    help=__doc__,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
running.add_to(app)


def main() -> None:
    """The command line ends with the exit code of its command."""
    try:
        app()
    except StackError as error:
        fail(str(error), FAILED)

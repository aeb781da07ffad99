"""`python -m contracts.reference IMAGE [ROOT]`: the pages of docs/reference are what contracts and code say.

IMAGE is the contracts' image with its comments (`generate.py image FILE`), ROOT the repository (default: here).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from contracts.reference import asyncapi, errors, events, exits, rpcs, settings
from contracts.reference.comments import Comments


def pages(image: Path, root: Path) -> Mapping[str, str]:
    """Every generated page of docs/reference by its file name."""
    comments = Comments.of(image.read_bytes())
    return {
        "events.md": events.page(comments, root),
        "rpcs.md": rpcs.page(comments),
        "errors.md": errors.page(root),
        "asyncapi.yaml": asyncapi.page(comments, root),
        "settings.md": settings.page(),
        "exit-codes.md": exits.page(),
    }


def main(arguments: list[str]) -> int:
    """The pages are written; 2 for wrong arguments."""
    if not 1 <= len(arguments) <= 2:
        sys.stderr.write("usage: python -m contracts.reference IMAGE [ROOT]\n")
        return 2
    root = Path(arguments[1]) if arguments[1:] else Path.cwd()
    folder = root / "docs" / "reference"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages(Path(arguments[0]), root).items():
        (folder / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

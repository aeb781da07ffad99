"""`python -m sandbox all` is the service; `python -m sandbox play` plays the scenarios on a running system."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    if sys.argv[1:2] == ["play"]:
        from sandbox.play import run as play

        raise SystemExit(play(sys.argv[2:]))
    from sandbox.main import run as serve

    serve(sys.argv[1] if len(sys.argv) > 1 else "all")

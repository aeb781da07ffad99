"""The whole of supervision under a name of the test's own: `python program.py ROLE`; the environment names it.

Its subscriptions read the topics of the test, `<service>_<suffix>`, so that tests do not share topics.
"""

from __future__ import annotations

import os
from dataclasses import replace

from servicekit.service import main
from supervision.main import SERVICE

if __name__ == "__main__":
    name = os.environ["GUITU_SERVICE"]
    suffix = name.partition("_")[2]
    followed = [
        replace(s, services=tuple(f"{service}_{suffix}" for service in s.services))
        for s in SERVICE.subscriptions
    ]
    main(
        replace(
            SERVICE, name=name, migrations=("supervision",), texts=("supervision",), subscriptions=followed
        )
    )

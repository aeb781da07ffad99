"""The whole of a service under a name of the test's own, `<service>_<suffix>`: `python program.py ROLE`; the environment names it.

Its subscriptions read the topics of the test, named likewise, so that tests do not share topics.
"""

from __future__ import annotations

import importlib
import os
from dataclasses import replace

from servicekit.service import Service, main

if __name__ == "__main__":
    name = os.environ["GUITU_SERVICE"]
    service, _, suffix = name.partition("_")
    declared: Service = importlib.import_module(f"{service}.main").SERVICE
    followed = [
        replace(s, services=tuple(f"{other}_{suffix}" for other in s.services))
        for s in declared.subscriptions
    ]
    main(replace(declared, name=name, migrations=(service,), texts=(service,), subscriptions=followed))

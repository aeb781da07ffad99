"""What `make setup` needs: `setup` fetches the broker's jars, `record` lists them anew, `java` finds one.

`supervise` is the process that `guitu up` leaves behind (devstack.keeper).
"""

from __future__ import annotations

import os
import sys

from devstack import jars, kafka, keeper
from devstack.errors import StackError
from devstack.home import jars_folder
from devstack.java import find_java
from devstack.system import System


def main(command: str) -> None:
    """The command is done, or the program ends with status 1 and one sentence."""
    try:
        if command == "supervise":
            made = System()
            keeper.run(made.home, made.starters())
        elif command == "java":
            find_java()
        elif command == "record":
            jars.record()
        elif os.environ.get("GUITU_KAFKA"):
            print("GUITU_KAFKA is set: the broker's jars are not fetched")
        else:
            jars.fetch(jars_folder())
            kafka.write_archive(find_java())
    except StackError as error:
        sys.exit(f"guitu: {error}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) == 2 else "setup")

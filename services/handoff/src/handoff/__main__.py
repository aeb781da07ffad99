"""python -m handoff serve|relay|consume|tick|all|migrate"""

from handoff.main import run

run()

"""python -m supervision serve|relay|consume|tick|all|migrate."""

from servicekit.service import main

from supervision.main import SERVICE

main(SERVICE)

"""python -m intake serve|relay|consume|tick|all|migrate."""

from servicekit.service import main

from intake.main import SERVICE

main(SERVICE)

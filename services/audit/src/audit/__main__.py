"""python -m audit serve|relay|consume|tick|all|migrate."""

from servicekit.service import main

from audit.main import SERVICE

main(SERVICE)

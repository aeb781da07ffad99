"""python -m administration serve|relay|consume|tick|all|migrate."""

from servicekit.service import main

from administration.main import SERVICE

main(SERVICE)

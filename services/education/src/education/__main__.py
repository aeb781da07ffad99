"""python -m education serve|relay|consume|tick|all|migrate."""

from servicekit.service import main

from education.main import SERVICE

main(SERVICE)

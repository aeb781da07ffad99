"""python -m assistance serve|relay|consume|tick|all|migrate."""

from servicekit.service import main

from assistance.main import SERVICE

main(SERVICE)

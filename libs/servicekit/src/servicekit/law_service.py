"""The LawService of every service: the law in its cases."""

from __future__ import annotations

from typing import Any

from corrections.law.v1 import service_pb2_grpc as rpc

from servicekit.allowed import Allowed
from servicekit.cases import Cases, Subjects
from servicekit.clocks import Clocks
from servicekit.deps import Deps
from servicekit.errors import Translator
from servicekit.explaining import Explaining


class LawServicer(Clocks, Allowed, Explaining, rpc.LawServiceServicer):
    """Its parts are one module each; `cases`: the cases that the service keeps, else `subjects`."""

    def __init__(
        self, deps: Deps, cases: Cases[Any] | None, translator: Translator, subjects: Subjects | None = None
    ) -> None:
        of = cases or subjects
        Clocks.__init__(self, deps, of.table if of else None)
        Allowed.__init__(self, deps, cases, translator)
        Explaining.__init__(self, deps, of.explains if of else None, translator.texts)

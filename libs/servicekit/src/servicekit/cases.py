"""What the LawService of every service needs to know of the cases that the service keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, LiteralString, TypeVar

from eventcore.allowed import Specimens
from eventcore.decider import Decider

from servicekit.explaining import Explainer

S = TypeVar("S")


@dataclass(frozen=True)
class Subjects:
    """What the law's clocks of a service are about that keeps no cases: for handoff its exchanges.

    table: a table or query in brackets that has each subject at most once, with the columns case_id, county and office.
    """

    table: LiteralString
    explains: Explainer | None = None


@dataclass(frozen=True)
class Cases(Generic[S]):
    """Streams `case/<id>`, their decider, and a specimen of each command that the decider knows.

    table: a table of a projection that has each case once, with the columns case_id, county and office.
    explains: what of a case the law determines (`explaining.Explains`).
    """

    table: LiteralString
    decider: Decider[S]
    specimens: Specimens[S]
    explains: Explainer | None = None

"""What the LawService of every service needs to know of the cases that the service keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString


@dataclass(frozen=True)
class Cases:
    """`table`: a table of a projection that has each case once, with the columns case_id, county and office."""

    table: LiteralString

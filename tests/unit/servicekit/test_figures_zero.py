"""None is told from not counted: each figure of the newest form stands in a report."""

from __future__ import annotations

from corrections.common.v1.common_pb2 import Figure
from servicekit.figures import with_zeros


def test_a_figure_of_which_there_was_none_is_told_as_0():
    counted = [Figure(name="warning", kind="probation", count=2)]
    assert with_zeros(counted, ["warning", "missing"]) == [*counted, Figure(name="missing", count=0)]

"""A case's way is drawn with its causes; what is missing is named (issue: a missing link is found)."""

from __future__ import annotations

from corrections.audit.v1 import service_pb2 as audit
from guitu_cli import trail


def step(name: str, service: str, *, by: str = "", version: int = 1, **more: str) -> audit.Step:
    return audit.Step(
        event_id=name, service=service, causation_id=by, stream_id=service, version=version,
        proof=more.pop("proof", "LOGGED"), cause=more.pop("cause", "IN_TRAIL" if by else ""), title_zh=name,
    )  # fmt: skip


WAY = [
    step("received", "handoff"),
    step("opened", "intake", by="received"),
    step("term", "intake", by="opened", version=2),
    step("watched", "supervision", by="opened", proof="STORED"),
    step("taught", "education", by="opened"),
    step("effected", "handoff", by="opened", version=2),
]


def test_an_arrow_leads_from_the_lane_of_the_cause_to_that_of_the_effect():
    assert [line.lanes for line in trail.draw(WAY)] == [
        "●",
        "├───▶●",
        "│    ●",
        "│    ├───▶○",
        "│    ├────────▶●",
        "●◀───┘",
    ]


def test_a_mark_tells_the_state_of_proof():
    assert [line.mark for line in trail.draw(WAY)] == ["●", "●", "●", "○", "●", "●"]


def test_a_lane_in_between_is_crossed_while_it_runs():
    way = [*WAY[:4], step("helped", "education", by="opened"), step("left", "supervision", version=2)]
    assert trail.draw(way)[4].lanes == "     └────┼───▶●"


def test_a_whole_chain_lacks_nothing():
    assert trail.gaps(WAY) == []


def test_a_cause_that_no_log_holds_is_named():
    way = [*WAY, step("orphan", "supervision", by="gone", version=2, cause="MISSING")]
    [gap] = trail.gaps(way)
    assert "gone" in gap


def test_a_version_that_a_stream_skips_is_named_but_not_of_an_exchange_that_others_share():
    way = [*WAY, step("late", "supervision", version=4), step("other", "handoff", version=9)]
    [gap] = trail.gaps(way)
    assert "supervision" in gap
    assert "2" in gap
    assert "3" in gap

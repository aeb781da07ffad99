"""A case's way is drawn with its causes; what is missing is named (issue: a missing link is found)."""

from __future__ import annotations

import pytest
from corrections.audit.v1 import service_pb2 as audit
from guitu_cli import trail, trail_paper
from proofs.verify import columns


def step(name: str, service: str, *, by: str = "", version: int = 1, **more: str) -> audit.Step:
    return audit.Step(
        event_id=name, service=service, causation_id=by, stream_id=service, version=version,
        proof=more.pop("proof", "PROVEN"), cause=more.pop("cause", "IN_TRAIL" if by else ""), title_zh=name,
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


def way_in_words() -> list[audit.Step]:
    steps = [audit.Step.FromString(one.SerializeToString()) for one in WAY]
    steps += [
        step("left", "supervision", version=2, proof="MISMATCH"),
        step("late", "supervision", version=3, proof="LOGGED"),
    ]
    for number, one in enumerate(steps):
        one.title_zh = f"第 {number} 件事：收到人民法院刑事判决书和执行通知书"
        one.law.extend(["社区矫正法 第二十二条", "社区矫正法实施办法 第十六条"])
        one.actor, one.role = "spiffe://guitu-dev/staff/330203/COUNTY_CCI/li", "COUNTY_CCI"
        one.occurred_at.FromJsonString(f"2026-03-0{1 + number // 2}T01:00:00Z")
    return steps


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_way_fits_eighty_columns_and_its_lanes_stand_below_each_other(
    language: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GUITU_LANG", language)
    steps = way_in_words()
    lines = trail_paper.lines("case", steps, [])
    assert max(columns(line) for line in lines) == trail_paper.WIDTH
    text = "\n".join(lines)
    assert all(text.count(line.lanes) for line in trail.draw(steps))
    assert text.count("2026-03-01") == 1
    assert ("县级社区矫正机构 li" if language == "zh" else "COUNTY_CCI li") in text
    assert ("链条完整" if language == "zh" else "the chain is whole") in text


def test_colour_adds_no_letter(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GUITU_LANG", "zh")
    plain, coloured = (trail_paper.lines("case", way_in_words(), ["缺"], colour=c) for c in (False, True))
    assert plain != coloured
    for code in ("\x1b[32m", "\x1b[36m", "\x1b[33m", "\x1b[1;31m", "\x1b[0m"):
        assert any(code in line for line in coloured)
        coloured = [line.replace(code, "") for line in coloured]
    assert plain == coloured
    assert plain[-1] == "✗ 缺"


def test_a_file_or_pipe_gets_no_colour(capsys: pytest.CaptureFixture[str]):
    trail_paper.show("case", way_in_words(), [])
    assert "\x1b" not in capsys.readouterr().out

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


def answer(*steps: audit.Step, gaps: list[audit.TrailGap] | None = None) -> audit.GetCaseTrailResponse:
    return audit.GetCaseTrailResponse(steps=steps, gaps=gaps or [])


def test_a_whole_chain_lacks_nothing():
    assert trail.gaps(answer(*WAY)) == []


def test_a_cause_that_no_log_holds_is_named():
    orphan = step("orphan", "supervision", by="gone", version=2, cause="MISSING")
    [gap] = trail.gaps(answer(*WAY, orphan))
    assert "gone" in gap


def test_versions_that_no_log_holds_are_a_gap_and_those_that_are_not_shown_are_none(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("GUITU_LANG", "zh")
    lost = audit.TrailGap(service="handoff", stream_id="exchange", first=1, last=2)
    other = audit.TrailGap(service="handoff", stream_id="exchange", first=4, last=4, hidden=True)
    made = answer(*WAY, gaps=[lost, other])
    [gap], [hidden] = trail.gaps(made), trail.hidden(made)
    assert "缺第 1 至 2 号" in gap
    assert "第 4 至 4 号" in hidden
    assert "他案" in hidden
    lines = trail_paper.lines("case", WAY, [], [hidden])
    assert any(line.startswith("· ") for line in lines)
    assert any("链条完整" in line for line in lines)


def test_an_exchange_that_does_not_name_its_case_is_no_whole_chain(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GUITU_LANG", "zh")
    made = answer(*WAY)
    made.links.add(stream_id="exchange", state="NOT_YET_MADE")
    assert trail.gaps(made) == []
    [pending] = trail.links(made, "NOT_YET_MADE")
    assert "关联待建立" in pending
    lines = trail_paper.lines("case", WAY, [], [], [pending])
    assert any(line.startswith("… 开启本案的往来") for line in lines)
    assert not any("链条完整" in line for line in lines)
    made.links[0].state = "MISSING"
    [missing] = trail.gaps(made)
    assert "关联缺失" in missing


def test_nothing_is_called_whole_where_there_are_no_steps(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("GUITU_LANG", "zh")
    text = "\n".join(trail_paper.lines("case", [], []))
    assert "链条完整" not in text
    assert "没有任何步骤" in text


def test_the_legend_says_whose_word_proven_is(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("GUITU_LANG", "zh")
    text = "".join(trail_paper.lines("case", WAY, []))
    assert "存证服务的说法" in text
    assert "guituverify" in text.replace(" ", "")


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

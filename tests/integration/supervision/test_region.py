"""A region's file decides within what the law leaves open, and a wrong or unsigned one stops the start."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from corrections.common.v1.common_pb2 import EventMeta
from corrections.handoff.v1 import messages_pb2 as message
from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as pb
from devstack.postgres import Address
from lawkit import load_law
from servicekit.testing import Authority, release_the_law

from tests.integration.law_calls import deadlines
from tests.integration.one_service import PROGRAM, wait
from tests.integration.supervision.test_supervision import REFERENCE, begin
from tests.integration.supervision.world import World, running
from tests.unit.lawkit.regions import REPLY

# the permission ends on the same day half a year later, not on the day before (社区矫正法实施办法 第二十九条)
REGION = f"""\
code: "3302"
title_zh: 某市
settings:
- {{id: set.travel.regular.end-date, value: start-plus-6-months, source: {{text: SEED2, article: 二(一)}}}}
{REPLY}"""
WRONG = REGION.replace("value: start-plus-6-months,", "value: for-ever,")
LIMIT_S = 60


@pytest.fixture(scope="module")
def region(
    postgres_server: Address, kafka_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Supervision of an installation that has a region's file."""
    home = tmp_path_factory.mktemp("region")
    (home / "law").mkdir()
    (home / "law" / "region.yaml").write_text(REGION, encoding="utf-8")
    with running(postgres_server, kafka_server, home) as made:
        yield made


def test_the_regions_value_decides(region: World):
    case, _ = begin(region, "外出")
    key = str(case)
    region.at("2026-05-01T09:00")
    ask = pb.RequestRegularTravelRequest(
        request_id="1", case_id=key, travel_id="t1", destinations=["320300"], purpose="货物运输"
    )
    region.call("RequestRegularTravel", ask)
    allow = pb.ApproveRegularTravelRequest(request_id="2", case_id=key, travel_id="t1")
    region.call("ApproveRegularTravel", allow)
    [(data,)] = region.query(
        "select data from es.event where subject = %s and type like %s", case, "%.RegularTravelApproved"
    )
    # without the region's file: 2026-10-31
    assert ev.RegularTravelApproved.FromString(data).to_date == "2026-11-01"


def test_the_regions_own_rule_answers_for_the_national_one_that_it_concretises(region: World):
    case, _ = begin(region, "纠正")
    region.at("2026-03-20T09:00")
    due: list[str] = []
    # before the first day of the region's rule the national 15 days count
    for number, dated in enumerate(("2026-02-25", "2026-03-19")):
        opinion = message.CorrectionOpinion(
            message_id=f"o{number}", reference=REFERENCE, opinion_date=dated, text="请纠正"
        )
        noted = region.accept(f"opinion {number}", opinion, case)
        wait(lambda: bool(_noted(region, case, noted)), "noted")  # noqa: B023  waited for in this turn
        [(found, decided_by)] = _noted(region, case, noted)
        due.append(found)
        # which texts decided stands in the event: the national rules and the region's file
        assert decided_by == f"{load_law().digest}+{sha256(REGION.encode()).hexdigest()}"
    assert due == ["2026-03-12", "2026-03-26"]

    found = {
        clock.since: (clock.rule, clock.article_zh, clock.last_day)
        for clock in deadlines(region, case_id=str(case))
        if clock.rule == "oversight.written-correction"
    }
    assert found["2026-03-19"][2] == "2026-03-26"
    assert "第六十二条" not in found["2026-03-19"][1]


def _noted(world: World, case: UUID, exchange: str) -> list[tuple[str, str]]:
    """Due day of the answer, and what decided it."""
    rows = world.query(
        "select data, meta from es.event where subject = %s and type like %s",
        case,
        "%.CorrectionOpinionNoted",
    )
    events = [(ev.CorrectionOpinionNoted.FromString(data), EventMeta.FromString(meta)) for data, meta in rows]
    return [(e.reply_due, meta.ruleset_digest) for e, meta in events if e.exchange_id == exchange]


def started(home: Path, postgres: Address, **more: str) -> subprocess.CompletedProcess[str]:
    Authority(home).issue("service", "supervision")
    environment = {
        "GUITU_SERVICE": "supervision", "GUITU_INSTALLATION": "guitu-test", "GUITU_HOME": str(home),
        "GUITU_POSTGRES": postgres.conninfo(), "GUITU_KAFKA": "127.0.0.1:9", "GUITU_PORT": "1", **more,
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, str(PROGRAM)], env={**os.environ, **environment}, capture_output=True, text=True,
        timeout=LIMIT_S, check=False,
    )  # fmt: skip


def test_a_wrong_file_stops_the_start_and_is_named_with_line_and_field(
    postgres_server: Address, tmp_path: Path
):
    (tmp_path / "law").mkdir()
    (tmp_path / "law" / "region.yaml").write_text(WRONG, encoding="utf-8")
    run = started(tmp_path, postgres_server, GUITU_SIMULATED_CLOCK="1")
    assert run.returncode == 2
    assert "region.yaml: line 4: set.travel.regular.end-date.value: got 'for-ever'" in run.stderr


def test_outside_the_sandbox_an_unsigned_file_stops_the_start(postgres_server: Address, tmp_path: Path):
    release_the_law(tmp_path)
    (tmp_path / "law" / "region.yaml").write_text(REGION, encoding="utf-8")
    run = started(tmp_path, postgres_server)
    assert run.returncode == 2
    assert "there is no region.release" in run.stderr

"""How `guitu deadlines` and `guitu case allowed` name and order what the services say."""

from __future__ import annotations

import pytest
from corrections.law.v1 import service_pb2 as law
from google.protobuf.timestamp_pb2 import Timestamp
from guitu_cli import allowed, deadlines
from guitu_cli.main import app

from tests.commands import CliRunner


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUITU_LANG", "en")


def clock(name: str, seconds: int) -> law.Deadline:
    return law.Deadline(
        name=name, due_at=Timestamp(seconds=seconds), rule="leave.return", last_day="2026-05-08"
    )


def test_the_clocks_of_all_services_stand_in_one_order_by_due_date():
    found = [
        ("supervision", clock("leave/l1", 3)),
        ("intake", clock("term", 9)),
        ("education", clock("s", 1)),
    ]
    assert [one.name for _, one in deadlines.merged(found)] == ["s", "leave/l1", "term"]


def test_a_clock_names_its_rule_version_and_says_when_no_law_of_the_day_is_known():
    row = deadlines.row("supervision", clock("leave/l1", 3))
    assert (row["rule"], row["law"], row["clock"]) == (
        "leave.return",
        "none in the catalogue",
        "supervision/leave/l1",
    )
    one = clock("leave/l1", 3)
    one.rule_from, one.article_zh, one.provisional = "2020-07-01", "社区矫正法实施办法 第二十八条", True
    row = deadlines.row("supervision", one)
    assert (row["rule"], row["provisional"]) == ("leave.return@2020-07-01", True)


def test_an_answer_says_allowed_refused_or_done_already():
    method = "/corrections.supervision.v1.SupervisionService/ApproveLeave"
    yes = allowed.row(law.AllowedCommand(method=method, item="l1", allowed=True))
    assert (yes["command"], yes["item"], yes["answer"]) == ("supervision/ApproveLeave", "l1", "allowed")
    done = allowed.row(law.AllowedCommand(method=method, allowed=True, nothing_to_do=True))
    no = allowed.row(law.AllowedCommand(method=method, code="LEAVE_IS_OVER", earliest_date="2026-05-09"))
    assert (done["answer"], no["answer"], no["earliest"]) == ("done already", "refused", "2026-05-09")


def test_a_period_that_is_no_number_of_days_is_wrong_usage():
    ended = CliRunner().invoke(app, ["deadlines", "--due", "soon"])
    assert ended.exit_code == 2
    assert "7d" in ended.output

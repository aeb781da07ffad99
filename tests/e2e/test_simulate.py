"""`guitu law simulate` on a running system: exact changes, the same twice, nothing written, only one's own cases."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from corrections.intake.v1 import service_pb2 as intake
from corrections.supervision.v1 import service_pb2 as supervision
from eventcore.decider import SHANGHAI
from google.protobuf import json_format
from guitu_cli.law_simulating import draft_of
from guitu_cli.main import app
from guitu_cli.running import services
from lawkit import Law, load_law

from tests.commands import CliRunner
from tests.e2e.world import World, judgment

COURT, COUNTY = "simulate-court", "330212"
STAFF = f"staff/{COUNTY}/COUNTY_CCI/li"
REPORT, WARNINGS = "intake.report.deadline", "revoke.probation.ground.two-warnings"
MISSED, LATE = "intake.missed.definition", "admonition.ground.late-or-out-ten-days"
DONE, USAGE = 0, 2


@dataclass(frozen=True)
class Played:
    """Two cases of a county of their own: one reported in today, one was warned once; and the draft."""

    world: World
    today: date
    effective: date
    late: str
    warned: str
    draft: Path
    law: Law

    def simulate(self, *more: str, unit: str = COUNTY) -> Any:
        """The command's JSON."""
        span = ("--from", str(self.effective), "--to", str(self.today))
        where = ("--unit", unit) if unit else ()
        ended = _run(
            self.world, "law", "simulate", "--rules", str(self.draft), *span, *where, "--json", *more
        )
        assert ended.exit_code == DONE, ended.stderr
        return json.loads(ended.stdout)


def _run(world: World, *arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments), env=dict(world.environment))


def _drafted() -> str:
    text = (files("lawkit") / "data" / "rules.yaml").read_text(encoding="utf-8")
    for rule, was, becomes in ((REPORT, "duration: 10", "duration: 7"), (WARNINGS, "value: 2", "value: 1")):
        found = re.search(rf"\n- id: {re.escape(rule)}\n.*?(?=\n- id: )", text, re.S)
        assert found is not None
        assert found[0].count(was) == 1
        text = text.replace(found[0], found[0].replace(was, becomes))
    return text


@pytest.fixture(scope="module")
def played(world: World, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """What happened in the county so far; everything has settled."""
    folder = tmp_path_factory.mktemp("simulate")
    made = _run(world, "agency", "new", COURT, "--name", "丁法院", "--json")
    assert made.exit_code == DONE, made.stderr
    now = world.positions("intake").now.ToDatetime(UTC).astimezone(SHANGHAI)
    effective = now.date() - timedelta(days=9)
    for number in (1, 2):
        body = judgment(COURT, number, execution_county=COUNTY, effective_date=effective.isoformat())
        file = folder / f"{number}.json"
        text = json_format.MessageToDict(body)
        file.write_text(json.dumps({"type": "Judgment", "from": COURT, "body": text}), "utf-8")
        pushed = _run(world, "push", str(file), "--json")
        assert pushed.exit_code == DONE, pushed.stderr
    world.settled()
    late, warned = (world.case_id(COURT, f"{COURT}/{number}") for number in (1, 2))
    office = world.by(STAFF)
    for case_id, at in ((late, now), (warned, now - timedelta(days=6))):
        request = intake.RecordReportingInRequest(
            request_id=f"simulate/{case_id}",
            case_id=case_id,
            occurred_at=at.astimezone(UTC),
            mode="RECEPTION_MODE_AT_OFFICE",
        )
        office.call(request, intake.RecordReportingInResponse)
    world.settled()
    warning = supervision.WarnRequest(
        request_id="simulate/warn",
        case_id=warned,
        ground="warning.ground.other-serious",
        evidence="多次违反规定",
    )
    office.call(warning, supervision.WarnResponse)
    world.settled()
    draft = folder / "draft.yaml"
    draft.write_text(_drafted(), "utf-8")
    law = draft_of(draft.read_bytes(), draft.name, load_law())
    return Played(world, now.date(), effective, late, warned, draft, law)


def _day(law: Law, start: date) -> date:
    due = law.due(REPORT, start).extended
    assert due is not None
    return due


def test_exactly_the_cases_that_the_draft_touches_are_listed(played: Played):
    was, becomes = _day(load_law(), played.effective), _day(played.law, played.effective)
    over = (played.today - becomes).days
    assert played.today <= was
    found = played.simulate()
    told = {(one["case"], one["rule"], one["was"], one["becomes"]) for one in found["changes"]}
    clock = {(case, REPORT, f"{was} 24:00", f"{becomes} 24:00") for case in (played.late, played.warned)}
    assert clock <= told
    rest = {(case, rule): (was_, becomes_) for case, rule, was_, becomes_ in told - clock}
    opened = rest.pop((played.warned, WARNINGS))
    assert opened[0] == "—"
    assert WARNINGS in opened[1]
    if over > 0:
        assert rest.pop((played.late, "intake.receive")) == ("迟到天数=0", f"迟到天数={over}")
        assert rest.pop((played.late, LATE))[0] == "—"
        # both were recorded after the draft's day had lapsed, though one of them had come before it
        assert rest.pop((played.late, MISSED))[0] == "—"
        assert rest.pop((played.warned, MISSED))[0] == "—"
    assert rest == {}
    assert (found["cases"], found["changed_deadlines"], found["not_reproduced"]) == (2, 2, [])
    workload = {one["rule"]: (one["more"], one["less"]) for one in found["workload"]}
    assert workload[WARNINGS] == (1, 0)


def test_the_same_list_comes_twice_and_nothing_is_written(played: Played):
    # audit writes down that the histories were read, and by whom
    others = [name for name in services() if name != "audit"]
    before = [_positions(played.world, name) for name in others]
    first, second = played.simulate(), played.simulate()
    assert first == second
    assert [_positions(played.world, name) for name in others] == before


def _positions(world: World, name: str) -> tuple[object, ...]:
    found = world.positions(name)
    readers = tuple((one.name, one.seq) for one in found.readers)
    offsets = tuple((one.consumer, one.topic, one.partition, one.next) for one in found.offsets)
    return found.stored, found.log_end, readers, offsets


def test_another_county_sees_none_of_it(played: Played):
    mine = {played.late, played.warned}
    assert not mine & {one["case"] for one in played.simulate(unit="330282")["changes"]}
    assert played.simulate(unit="330282")["cases"] == 0


def test_todays_rules_lead_to_the_record_of_every_case(played: Played):
    found = played.simulate()
    assert (found["cases"], found["not_reproduced"]) == (2, [])
    # of every county: also cases whose papers came after their clocks were due, and those of the tests before
    assert played.simulate(unit="")["not_reproduced"] == []


def test_progress_is_shown_and_a_wrong_draft_ends_with_2_naming_line_and_field(
    played: Played, tmp_path: Path
):
    span = ("--from", str(played.effective), "--to", str(played.today), "--unit", COUNTY)
    ended = _run(played.world, "law", "simulate", "--rules", str(played.draft), *span)
    assert "2/2" in ended.stderr
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(_drafted().replace("duration: 7\n", "duration: seven\n", 1), "utf-8")
    ended = _run(played.world, "law", "simulate", "--rules", str(wrong), *span)
    assert ended.exit_code == USAGE
    assert re.search(r"wrong\.yaml: line \d+: ", ended.stderr)


def test_a_draft_that_says_the_same_changes_nothing(played: Played, tmp_path: Path):
    same = tmp_path / "same.yaml"
    same.write_bytes((files("lawkit") / "data" / "rules.yaml").read_bytes())
    span = ("--from", str(played.effective), "--to", str(played.today), "--unit", COUNTY)
    ended = _run(played.world, "law", "simulate", "--rules", str(same), *span)
    assert ended.exit_code == DONE
    assert "nothing changes" in ended.stdout

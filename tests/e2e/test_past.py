"""The past on two clocks, reports that come out again, and the record of reads: on a running system, by the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from corrections.assistance.v1 import service_pb2 as assistance
from corrections.assistance.v1.events_pb2 import NEED_EMPLOYMENT
from corrections.education.v1 import service_pb2 as education
from corrections.education.v1.events_pb2 import SESSION_TOPIC_LAW
from corrections.handoff.v1 import service_pb2 as handoff
from corrections.intake.v1 import events_pb2 as intake_ev
from corrections.intake.v1 import service_pb2 as intake
from corrections.supervision.v1 import service_pb2 as supervision
from eventcore import meta
from eventcore.testing import instant
from guitu_cli.main import app

from tests.commands import CliRunner
from tests.e2e.world import COUNTY, World, judgment, wait

COURT, PROC = "past-court", "past-proc"
STAFF = f"staff/{COUNTY}/COUNTY_CCI/li"
DONE, FAILED, USAGE, REFUSED, NOT_REACHABLE = range(5)
LISTS = ("cases", "missing", "sessions", "referrals", "exchanges", "deadlines")

Guitu = Callable[..., Any]


ONE = timedelta(days=1)


def at(day: date, time: str) -> datetime:
    """The instant of a day in Asia/Shanghai."""
    return instant(f"{day.isoformat()}T{time}")


@dataclass
class History:
    """What the lists said on the first day, and what happened afterwards."""

    day: date
    cases: list[str]
    then: str
    lists: dict[str, Any] = field(default_factory=dict[str, Any])
    tally: dict[str, Any] = field(default_factory=dict[str, Any])
    report: str = ""
    text: bytes = b""


@pytest.fixture(scope="module")
def guitu(world: World) -> Guitu:
    """Runs a command; its document with --json, else what it printed."""

    def run(*arguments: str, code: int = DONE) -> Any:
        ended = CliRunner().invoke(app, list(arguments), env=dict(world.environment))
        assert ended.exit_code == code, (arguments, ended.stdout, ended.stderr)
        return json.loads(ended.stdout) if "--json" in arguments else ended.stdout

    run("agency", "new", COURT, "--name", "丁法院", "--json")
    run("agency", "new", PROC, "--kind", "PROC_COUNTY", "--unit", COUNTY, "--name", "丁检察院", "--json")
    return run


def rows(guitu: Guitu, name: str, day: date, *asked: str) -> Any:
    """Rows of a list in every service that has it."""
    unit = ("--unit", COUNTY)
    on = ("--on", day.isoformat()) if name == "sessions" else ()
    return [one["rows"] for one in guitu("list", name, *unit, *on, *asked, "--json")]


@pytest.fixture(scope="module")
def history(world: World, guitu: Guitu) -> History:
    """Three cases; on the first day the lists are read and a report is issued; on the next, late facts come in."""
    day = date.fromisoformat(guitu("clock", "show", "--json")["now"][:10])
    for number in (1, 2, 3):
        world.submit(COURT, judgment(COURT, number, effective_date=day.isoformat()))
    world.settled()
    cases = [world.case_id(COURT, f"{COURT}/{number}") for number in (1, 2, 3)]
    by = world.by(STAFF)
    by.call(
        intake.RecordReportingInRequest(
            request_id="past/1", case_id=cases[0], mode=intake_ev.RECEPTION_MODE_AT_OFFICE
        ),
        intake.RecordReportingInResponse,
    )
    world.settled()
    by.call(
        education.ArrangeSessionRequest(
            request_id="past/2", case_id=cases[0], session_id="s", topic=SESSION_TOPIC_LAW, on=day.isoformat()
        ),
        education.ArrangeSessionResponse,
    )
    by.call(
        assistance.MakeReferralRequest(
            request_id="past/3", case_id=cases[0], referral_id="r", need=NEED_EMPLOYMENT, department="人社局", consented=True,
        ),
        assistance.MakeReferralResponse,
    )  # fmt: skip
    by.call(
        supervision.RecordContactLostRequest(
            request_id="past/4", case_id=cases[0], since=meta.timestamp(at(day, "08:00"))
        ),
        supervision.RecordContactLostResponse,
    )
    world.settled()
    made = History(day, cases, then=guitu("clock", "show", "--json")["now"])
    made.lists = {name: rows(guitu, name, day) for name in LISTS}
    made.tally = guitu("tally", "--unit", COUNTY, "--json")
    issued = guitu("report", "issue", "--from", str(day - ONE), "--to", str(day), "--unit", COUNTY, "--json")
    made.report = issued["report_id"]
    made.text = guitu("report", "show", made.report, "--unit", COUNTY, "--raw").encode()
    guitu("clock", "advance", "1d")
    late = meta.timestamp(at(day, "08:30"))
    by.call(
        intake.RecordReportingInRequest(
            request_id="past/5", case_id=cases[1], occurred_at=late, mode=intake_ev.RECEPTION_MODE_AT_OFFICE
        ),
        intake.RecordReportingInResponse,
    )
    by.call(
        assistance.AcceptReferralRequest(request_id="past/6", case_id=cases[0], referral_id="r"),
        assistance.AcceptReferralResponse,
    )
    by.call(
        supervision.RecordFoundRequest(
            request_id="past/7", case_id=cases[0], found_at=meta.timestamp(at(day + ONE, "08:00"))
        ),
        supervision.RecordFoundResponse,
    )
    world.submit(COURT, judgment(COURT, 4, effective_date=day.isoformat()))
    world.settled()
    return made


@pytest.mark.parametrize("name", LISTS)
def test_every_list_says_again_what_it_said_then(guitu: Guitu, history: History, name: str) -> None:
    assert rows(guitu, name, history.day, "--known", history.then) == history.lists[name]
    if name != "exchanges":  # at rest nothing is between the agencies
        assert any(history.lists[name])
    if name not in ("exchanges", "sessions"):
        assert rows(guitu, name, history.day) != history.lists[name]


def test_the_tally_says_again_what_it_said_then(guitu: Guitu, history: History) -> None:
    def tally(*asked: str) -> dict[str, Any]:
        found = guitu("tally", "--unit", COUNTY, *asked, "--json")
        return {name: count for name, count in found.items() if name != "at"}

    then = tally("--known", history.then)
    assert then == {name: count for name, count in history.tally.items() if name != "at"}
    assert then["received"] >= 3
    assert tally("--as-of", str(history.day))["received"] == then["received"]
    assert tally()["received"] == then["received"] + 1  # the fourth came a day later


def test_what_was_between_the_agencies_is_listed_as_of_any_size_of_the_log(
    world: World, history: History
) -> None:
    assert history.cases
    found: list[int] = []
    for size in range(1, 6):
        request = handoff.ListOpenExchangesRequest()
        request.at.log_size = size
        answer = world.by(STAFF).call(request, handoff.ListOpenExchangesResponse)
        assert answer.at.log_size == size
        found.append(len(answer.exchanges))
    assert max(found) > 0  # a message had come and was not effected


def test_a_late_fact_changes_what_is_known_and_not_what_was_known(guitu: Guitu, history: History) -> None:
    def state(*asked: str) -> str:
        [listed] = [one for one in guitu("case", "list", *asked, "--json") if one["case"] == history.cases[1]]
        shown = guitu("case", "show", history.cases[1], *asked, "--json")["case"]
        assert shown["state"] == listed["state"]
        return listed["state"]

    as_of = ("--as-of", str(history.day))
    assert state(*as_of, "--known", history.then) == "AWAITING_REPORT"
    assert state(*as_of) == "RECEIVED"
    assert state("--as-of", str(history.day + ONE)) == "RECEIVED"
    guitu("case", "list", "--as-of", "2027-01-01", code=USAGE)
    guitu("case", "list", "--known", "2027-01-01", code=USAGE)


def test_pages_of_a_past_list_belong_together(world: World, history: History) -> None:
    then = meta.timestamp(at(history.day, "23:00"))
    request = intake.ListCasesRequest(page_size=1)
    request.at.known_at.CopyFrom(then)
    found: list[str] = []
    sizes: set[int] = set()
    while True:
        page = world.by(STAFF).call(request, intake.ListCasesResponse)
        found.extend(one.case_id for one in page.cases)
        sizes.add(page.at.log_size)
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert len(sizes) == 1
    assert set(history.cases) <= set(found)
    assert world.case_id(COURT, f"{COURT}/4") not in found
    again = intake.ListCasesRequest(page_size=1000)
    again.at.log_size = sizes.pop()
    assert [one.case_id for one in world.by(STAFF).call(again, intake.ListCasesResponse).cases] == found


def test_an_issued_report_comes_out_again_byte_for_byte(
    guitu: Guitu, history: History, tmp_path: Path
) -> None:
    unit = ("--unit", COUNTY)
    assert guitu("report", "show", history.report, *unit, "--raw").encode() == history.text
    told = guitu("report", "verify", history.report, *unit, "--json")
    assert told["same"]
    assert guitu("report", "verify", history.report, "--agency", PROC, "--json")["same"]
    guitu("report", "show", history.report, "--unit", "330204", code=FAILED)
    guitu(
        "report",
        "issue",
        "--from",
        str(history.day),
        "--to",
        str(history.day),
        "--unit",
        "999999",
        code=USAGE,
    )
    verify = ("report", "verify", history.report, *unit, "--file")
    copy = tmp_path / "report.json"
    copy.write_bytes(history.text)
    assert guitu(*verify, str(copy), "--json")["differing_line"] == 0
    copy.write_bytes(history.text.replace(b'"count": 1', b'"count": 2', 1))
    assert guitu(*verify, str(copy), "--json", code=FAILED)["differing_line"] > 1
    guitu(*verify, str(tmp_path), code=USAGE)

    def figures(text: str | bytes) -> dict[str, int]:
        found: dict[str, int] = {}
        for one in json.loads(text)["figures"]:
            found[one["name"]] = found.get(one["name"], 0) + one["count"]
        return found

    period = ("--from", str(history.day - ONE), "--to", str(history.day))
    now = guitu("report", "issue", *period, *unit, "--json")
    before, after = figures(history.text), figures(json.dumps(now))
    assert after["received"] == before["received"] + 1
    # the fourth was decided by then, which became known a day later with its registration
    assert after["in-charge"] == before["in-charge"] + 1
    assert after.get("decided", 0) == before.get("decided", 0)  # not in the period
    assert after["registered"] == before["registered"]
    assert after["contact-lost"] == before["contact-lost"]
    assert before["missing"] == after["missing"]  # found a day after the period
    known = guitu("report", "issue", *period, *unit, "--known", history.then, "--json")
    assert figures(json.dumps(known)) == before


def test_every_read_of_a_case_is_told_to_the_procuratorate_and_to_the_person(
    world: World, guitu: Guitu, history: History
) -> None:
    case = history.cases[2]
    by = world.by(STAFF)
    by.call(intake.GetCaseRequest(case_id=case), intake.GetCaseResponse, purpose="entry/verify")
    by.call(supervision.GetConductRequest(case_id=case), supervision.GetConductResponse, purpose="review")
    person = by.call(
        intake.GetCaseRequest(case_id=case), intake.GetCaseResponse, purpose="look"
    ).case.person_id
    by.call(
        intake.GetPersonRequest(request_id="past/p", person_id=person),
        intake.GetPersonResponse,
        purpose="visit",
    )
    guitu("case", "show", case, "--unit", "330204", code=FAILED)

    def listed() -> list[Any]:
        return guitu("reads", case, "--agency", PROC, "--json")

    def seen(found: list[Any]) -> set[tuple[str, str, str, str]]:
        return {(one["reads"], one["role"], one["purpose"], one["refused"]) for one in found}

    wanted = {
        ("case", "COUNTY_CCI", "entry/verify", ""),
        ("conduct", "COUNTY_CCI", "review", ""),
        ("identity", "COUNTY_CCI", "visit", ""),
        ("case", "COUNTY_CCI", "guitu/case", "NOT_FOUND"),
        ("case-list", "COUNTY_CCI", "guitu/list", ""),
    }
    wait(lambda: wanted <= seen(listed()), "the reads are in audit's log")
    found = listed()
    [identity] = [one for one in found if one["purpose"] == "visit"]
    assert identity["actor"].endswith("/li")
    assert {"name", "identity_number"} >= set(identity["fields"]) >= {"name"}
    together = next(one for one in found if one["reads"] == "case-list")
    assert together["shown"] >= len(history.cases)
    # the procuratorate's own look is told to it, and not to the person
    wait(
        lambda: any(one["reads"] == "reads" and one["role"] == "PROC_COUNTY" for one in listed()),
        "its own look",
    )
    own = guitu("reads", case, "--json")
    assert ("conduct", "COUNTY_CCI", "review", "") in seen(own)
    assert all(not one["actor"] and not one["refused"] for one in own)
    assert not any(one["role"].startswith(("PROC", "PSB")) for one in own)
    guitu("reads", case, "--unit", "330204", code=FAILED)


def test_a_read_that_cannot_be_recorded_is_refused(world: World, history: History) -> None:
    request = intake.GetCaseRequest(case_id=history.cases[0])
    with world.superuser("intake") as connection:
        connection.execute("revoke insert on es.read_record from intake_serve")
        try:
            with pytest.raises(Exception, match="UNAVAILABLE"):
                world.by(STAFF).call(request, intake.GetCaseResponse, purpose="look")
        finally:
            connection.execute("grant insert on es.read_record to intake_serve")
    assert (
        world.by(STAFF).call(request, intake.GetCaseResponse, purpose="look").case.case_id == history.cases[0]
    )

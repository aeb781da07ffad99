"""The command line on a running system: what it prints, and its exit codes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from corrections.intake.v1.service_pb2 import ListCasesRequest, ListCasesResponse
from corrections.supervision.v1.service_pb2 import LapseLeaveRequest
from devstack import runfiles
from devstack.process import free_port
from google.protobuf import json_format
from guitu_cli.client import OPERATOR
from guitu_cli.demo import tampered
from guitu_cli.main import app
from guitu_cli.running import services

from tests.commands import CliRunner
from tests.e2e.world import World, judgment, wait

COURT = "cli-court"
DONE, FAILED, USAGE, REFUSED, NOT_REACHABLE = range(5)


@dataclass(frozen=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Its JSON."""
        return json.loads(self.out)


Guitu = Callable[..., Ran]


def _runs(environment: dict[str, str]) -> Guitu:
    def run(*arguments: str | Path) -> Ran:
        ended = CliRunner().invoke(app, [str(one) for one in arguments], env=environment)
        return Ran(ended.exit_code, ended.stdout, ended.stderr)

    return run


@pytest.fixture(scope="module")
def guitu(world: World) -> Guitu:
    """Runs a command on the system; a new agency may push."""
    run = _runs(dict(world.environment))
    made = run("agency", "new", COURT, "--name", "丙法院", "--json")
    assert made.code == DONE, made.err
    assert Path(made.document["certificate"]).exists()
    assert Path(made.document["signing_key"]).exists()
    return run


@pytest.fixture(scope="module")
def day(guitu: Guitu) -> date:
    """The day on which these tests begin: other files may have moved the clock before them."""
    return date.fromisoformat(guitu("clock", "show", "--json").document["now"][:10])


@pytest.fixture(scope="module")
def term(day: date) -> tuple[str, str]:
    """First and last day of the case's term: a year that began some days ago."""
    start = day - timedelta(days=5)
    return start.isoformat(), (start.replace(year=start.year + 1) - timedelta(days=1)).isoformat()


@pytest.fixture(scope="module")
def case(world: World, guitu: Guitu, term: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A judgment was pushed by `guitu push` and its case is open."""
    file = tmp_path_factory.mktemp("cli") / "judgment.json"
    file.write_text(_written(1, effective_date=term[0]), "utf-8")
    pushed = guitu("push", file, "--json")
    assert pushed.code == DONE, pushed.err
    assert [one["stage"] for one in pushed.document["receipts"]] == ["RECEIVED", "ACCEPTED"]
    world.settled()
    return world.case_id(COURT, f"{COURT}/1")


def _written(number: int, **changed: object) -> str:
    body = json_format.MessageToDict(judgment(COURT, number, **changed))
    return json.dumps({"type": "Judgment", "from": COURT, "body": body}, ensure_ascii=False)


def test_a_refused_message_ends_with_3_and_names_field_article_and_remedy(guitu: Guitu, tmp_path: Path):
    file = tmp_path / "judgment.yaml"
    file.write_text(_written(2, execution_county="999999"), "utf-8")
    ran = guitu("push", file, "--json")
    assert ran.code == REFUSED, ran.err
    last = ran.document["receipts"][-1]
    assert (last["stage"], last["code"]) == ("REFUSED", "PLACE_UNKNOWN")
    assert last["field"] == "defendants[0].execution_county"
    assert last["article"]
    assert last["remedy"]
    assert last["explanation"]["rules"][0]["articles"]
    told = guitu("push", file)
    assert told.code == REFUSED
    assert last["explanation"]["sentences_zh"][-1] in told.out


def test_a_file_that_is_no_message_ends_with_2(guitu: Guitu, tmp_path: Path):
    file = tmp_path / "judgment.yaml"
    file.write_text("type: Judgment\nbody: {no_such_field: 1}\n", "utf-8")
    ran = guitu("push", file)
    assert ran.code == USAGE
    assert "no_such_field" in ran.err


def test_a_case_is_listed_and_shown_as_of_a_day(guitu: Guitu, case: str, day: date, term: tuple[str, str]):
    listed = guitu("case", "list", "--json")
    assert listed.code == DONE, listed.err
    [row] = [one for one in listed.document if one["case"] == case]
    assert (row["start"], row["end"]) == term
    of_another_county = guitu("case", "list", "--unit", "330204", "--json")
    assert case not in of_another_county.out
    shown = guitu("case", "show", case, "--as-of", day.isoformat(), "--json")
    assert shown.code == DONE, shown.err
    assert shown.document["case"]["state"] == "AWAITING_REPORT"
    assert {step["service"] for step in shown.document["trail"]} >= {"handoff", "intake"}
    table = guitu("case", "show", case)
    assert table.code == DONE
    assert term[1] in table.out


def test_the_deadlines_of_a_case_and_what_may_be_done_in_it_are_told(
    guitu: Guitu, case: str, term: tuple[str, str]
):
    listed = guitu("deadlines", "--case", case, "--json")
    assert listed.code == DONE, listed.err
    told = {(one["service"], one["name"]): one["last_day"] for one in listed.document}
    assert told[("intake", "term")] == term[1]
    assert told[("intake", "reporting-in")] < term[1]
    assert all(one["article_zh"] and one["rule_from"] for one in listed.document)
    near = guitu("deadlines", "--due", "20d", "--case", case, "--json").document
    assert [one["name"] for one in near] == ["reporting-in"]
    assert guitu("deadlines", "--case", case, "--unit", "330204", "--json").document == []
    assert term[1] in guitu("deadlines", "--case", case).out
    may = guitu("case", "allowed", case, "--json")
    assert may.code == DONE, may.err
    answers = {one["method"].rpartition("/")[2]: one for one in may.document}
    assert answers["RecordReportingIn"]["allowed"]
    assert (answers["FormGroup"]["code"], answers["AcceptReferral"]["code"]) == (
        "NOT_RECEIVED",
        "REFERRAL_UNKNOWN",
    )
    assert answers["FormGroup"]["article_zh"]
    assert "Admonish" in answers
    assert guitu("case", "allowed", case, "--unit", "330204").code == FAILED


def test_a_case_says_why_a_clock_a_date_and_its_state_are_as_they_are(guitu: Guitu, case: str):
    clock = guitu("why", case, "deadline", "reporting-in", "--json")
    assert clock.code == DONE, clock.err
    [rule, *_] = clock.document["rules"]
    assert (rule["rule"], bool(rule["articles"])) == ("intake.report.deadline", True)
    end = guitu("why", case, "date", "end_date")
    assert end.code == DONE, end.err
    assert "刑法" in end.out
    assert guitu("why", case).code == DONE
    refused = guitu("why", case, "refusal", "NOT_RECEIVED", "--command", "FormGroup", "--json")
    assert refused.code == DONE, refused.err
    assert refused.document["sentences_zh"]
    # a command by its RPC or by its request: the answer of the service that decides it
    for command in ("ApproveLeave", "ApproveLeaveRequest"):
        leave = guitu("why", case, "refusal", "--command", command, "--json")
        assert leave.code == DONE, leave.err
        assert leave.document["rules"][0]["rule"] == "leave.approval-required"
    assert guitu("why", case, "--unit", "330204").code == FAILED


def test_a_case_says_what_is_to_be_done_in_it_and_why(guitu: Guitu, case: str):
    tasks = guitu("why", case, "task", "--json")
    assert tasks.code == DONE, tasks.err
    told = {f"{one['service']}/{one['deadline']['name']}": one["explanation"] for one in tasks.document}
    assert {"intake/reporting-in", "intake/term", "intake/release-summary"} <= set(told)
    assert all(one["rules"][0]["articles"] and one["events"] for one in told.values())
    assert told["intake/reporting-in"]["counting"]["days"]
    shown = guitu("why", case, "task", "release-summary")
    assert shown.code == DONE, shown.err
    assert "期满三十日前" in shown.out
    assert guitu("why", case, "task", "none-such").code == FAILED


def test_a_refused_step_is_a_task_too_and_says_why(guitu: Guitu, world: World, case: str):
    command = uuid5(UUID(case), "a leave that nobody asked for")
    lapse = LapseLeaveRequest(request_id=str(command), case_id=case, leave_id="none")
    lapse.due_at.FromJsonString("2026-03-01T16:00:00Z")
    target = "/corrections.supervision.v1.SupervisionService/LapseLeave"
    with world.superuser("supervision") as connection:
        connection.execute(
            "insert into es.command (command_id, subject, target, request, purpose, correlation, created) "
            "values (%s, %s, %s, %s, 'leave-clocks/lapse', %s, es.now())",
            (command, case, target, lapse.SerializeToString(), command),
        )
    wait(lambda: str(command) in guitu("refusals", "--json").out, "it was refused")
    [task] = guitu("why", case, "task", "LapseLeave", "--json").document
    assert task["refusal"]["reason"].endswith("LEAVE_UNKNOWN")
    assert task["explanation"]["rules"][0]["rule"] == "leave.approval-required"
    shown = guitu("why", case, "task", f"supervision/{command}")
    assert "第二十六条" in shown.out
    assert guitu("settle", f"supervision/{command}", "--note", "不是待办").code == DONE
    assert guitu("why", case, "task", "LapseLeave").code == FAILED


def test_a_refused_request_is_explained_with_its_content(guitu: Guitu, case: str, tmp_path: Path):
    file = tmp_path / "leave.yaml"
    file.write_text(
        "leave_id: l1\ndestination: '330106'\nreason: LEAVE_REASON_WORK\nfrom_date: 2026-04-08\nto_date: 2026-04-01\n",
        "utf-8",
    )
    asked = ("why", case, "refusal", "--command", "RequestLeave", "--request", file)
    for by in ((), ("--role", "CITY_CCI", "--unit", "3302")):
        ran = guitu(*asked, *by, "--json")
        assert ran.code == DONE, ran.err
        assert ran.document["sentences_zh"][1].startswith("LEAVE_ENDS_BEFORE_IT_STARTS")
        assert ran.document["rules"][0]["articles"]
    assert guitu("why", case, "task", "--request", file).code == USAGE


def test_a_bundle_is_exported_and_verified_and_a_tampered_one_is_refused(
    guitu: Guitu, case: str, tmp_path: Path
):
    bundle = tmp_path / "case.json"
    exported = guitu("export", case, "--output", bundle, "--json")
    assert exported.code == DONE, exported.err
    good = guitu("verify", bundle, "--json")
    assert good.code == DONE, good.out + good.err
    bundle.write_bytes(tampered(bundle.read_bytes()))
    bad = guitu("verify", bundle)
    assert bad.code == FAILED
    assert "corrections." in bad.out + bad.err
    bundle.write_bytes(b"{")
    assert guitu("verify", bundle).code == USAGE


def test_the_clock_moves_forward_and_what_is_due_lapses(guitu: Guitu, case: str):
    before = guitu("clock", "show", "--json").document
    moved = guitu("clock", "advance", "12d", "--json")
    assert moved.code == DONE, moved.err
    assert moved.document["now"] > before["now"]
    shown = guitu("case", "show", case, "--json")
    assert shown.document["case"]["state"] == "MISSED_INTAKE"
    assert guitu("clock", "set", before["now"]).code == USAGE
    assert guitu("clock", "advance", "soon").code == USAGE


def test_asking_the_clock_leaves_no_connection_behind(world: World, guitu: Guitu):
    sockets = Path(f"/proc/{runfiles.recorded(world.system.home)['sandbox'].pid}/fd")
    assert guitu("clock", "show").code == DONE
    before = len(list(sockets.iterdir()))
    for _ in range(5):
        assert guitu("clock", "show").code == DONE
    # the calls themselves come and go
    wait(lambda: len(list(sockets.iterdir())) <= before + 1, "connections of the clock are closed")


def test_nothing_is_parked_and_the_stores_are_sound(guitu: Guitu, case: str):
    assert guitu("parked", "--json").document == []
    nonsense = guitu("unpark", "nonsense")
    assert (nonsense.code, nonsense.out) == (USAGE, "")
    assert "nonsense" in nonsense.err
    checked = guitu("fsck", "--json")
    assert checked.code == DONE, checked.out
    assert [one["service"] for one in checked.document] == services()
    assert sum(one["events"] for one in checked.document) > 0


def test_an_edited_list_and_an_edited_clock_are_found_and_the_list_is_made_anew(
    guitu: Guitu, world: World, case: str
):
    with world.superuser("intake") as connection:
        connection.execute("update case_list set end_date = '2040-01-01' where case_id = %s", [case])
        connection.execute("update es.deadline set due_at = due_at + interval '1 year' where subject = %s and name = 'term'", [case])  # fmt: skip
    checked = guitu("fsck", "--json")
    assert checked.code == FAILED
    [fault] = [one["fault"] for one in checked.document if one["fault"]]
    assert "cases: case_list" in fault
    assert "es.deadline" in fault
    assert guitu("rebuild", "intake", "cases").code == FAILED  # other rows are taken by nobody without a word
    assert guitu("rebuild", "intake", "cases", "--accept", "--json").code == DONE
    assert guitu("rebuild", "intake", "nothing").code == USAGE
    with world.superuser("intake") as connection:
        connection.execute("update es.deadline set due_at = due_at - interval '1 year' where subject = %s and name = 'term'", [case])  # fmt: skip
    assert guitu("fsck").code == DONE
    assert guitu("case", "list", "--json").code == DONE


def test_one_case_is_made_anew_with_its_clocks_while_it_is_read(
    guitu: Guitu, world: World, case: str, term: tuple[str, str]
):
    other = "00000000-0000-0000-0000-000000000001"
    with world.superuser("intake") as connection:
        connection.execute("update case_list set end_date = '2040-01-01' where case_id = %s", [case])
        connection.execute("update es.deadline set due_at = due_at + interval '1 year' where subject = %s and name = 'term'", [case])  # fmt: skip
    seen: set[str] = set()
    ending, request = threading.Event(), ListCasesRequest(page_size=1000)

    def read() -> None:
        while not ending.is_set():
            listed = world.by(OPERATOR).call(request, ListCasesResponse).cases
            seen.update(one.end_date for one in listed if one.case_id == case)

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        try:
            wait(lambda: bool(seen), "the list is read")
            refused = guitu("rebuild", "intake", "cases", "--subject", case)
            assert refused.code == FAILED
            assert "case_list" in refused.err
            made = guitu("rebuild", "intake", "cases", "--subject", case, "--accept", "--json")
            assert made.code == DONE, made.err
            assert next((one["table"], one["rows"], one["same"]) for one in made.document) == (
                "case_list",
                1,
                False,
            )
            assert guitu("rebuild", "intake", "term-clock", "--subject", case, "--accept").code == DONE
            wait(lambda: term[1] in seen, "the new row is read")
        finally:
            ending.set()
        reading.result()
    assert seen == {"2040-01-01", term[1]}  # never less, never anything else
    assert guitu("fsck").code == DONE
    for service, projection, subject in (("audit", "log-states", case), ("intake", "cases", "no id")):
        assert guitu("rebuild", service, projection, "--subject", subject).code == USAGE
    assert guitu("rebuild", "intake", "cases", "--subject", other).code == DONE  # nothing is known of it


def test_status_shows_processes_and_positions(guitu: Guitu, case: str):
    ran = guitu("status", "--json")
    assert ran.code == DONE, ran.err
    alive = {one["process"] for one in ran.document["processes"] if one["alive"]}
    assert alive >= {*services(), "sandbox", "postgres", "kafka"}
    assert [one["service"] for one in ran.document["positions"]] == services()


def test_a_system_that_does_not_answer_ends_with_4(tmp_path: Path):
    # certificates need a folder; nobody listens on the port
    run = _runs({"GUITU_HOME": str(tmp_path), "GUITU_BASE_PORT": str(free_port() - 14), "GUITU_LANG": "en"})
    for arguments in (("case", "list"), ("clock", "show"), ("parked",)):
        ran = run(*arguments)
        assert ran.code == NOT_REACHABLE, ran.err
        assert "guitu up" in ran.err

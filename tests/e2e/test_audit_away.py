"""Audit is killed: reads of persons' records go on, and each is told to it once when it is back.

Also when the service that was asked is killed between its answer and the forwarding, and when what was forwarded is
forwarded again because nobody noted that it had been.
"""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest
from corrections.intake.v1 import service_pb2 as intake
from corrections.supervision.v1 import service_pb2 as supervision
from devstack import runfiles
from guitu_cli.main import app

from tests.commands import CliRunner
from tests.e2e.world import COUNTY, World, judgment, wait
from tests.raw_files import forms, holding

COURT, PROC = "unread-court", "unread-proc"
STAFF = f"staff/{COUNTY}/COUNTY_CCI/li"
# more than one batch of what is forwarded; a purpose has letters alone
PURPOSES = [f"away/n{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(130)]
Guitu = Callable[..., Any]


@pytest.fixture(scope="module")
def guitu(world: World) -> Guitu:
    """Runs a command that must succeed; its document with --json, else what it printed."""

    def run(*arguments: str) -> Any:
        ended = CliRunner().invoke(app, list(arguments), env=dict(world.environment))
        assert ended.exit_code == 0, (arguments, ended.stdout, ended.stderr)
        return json.loads(ended.stdout) if "--json" in arguments else ended.stdout

    run("agency", "new", COURT, "--name", "庚法院", "--json")
    run("agency", "new", PROC, "--kind", "PROC_COUNTY", "--unit", COUNTY, "--name", "庚检察院", "--json")
    return run


@pytest.fixture(scope="module")
def case(world: World, guitu: Guitu) -> str:
    """An open case."""
    assert guitu
    world.submit(COURT, judgment(COURT, 1))
    world.settled()
    return world.case_id(COURT, f"{COURT}/1")


def test_reads_go_on_while_audit_is_away_and_each_is_told_once(world: World, guitu: Guitu, case: str) -> None:
    with killed(world, "audit"):
        for purpose in PURPOSES:
            assert looked(world, case, purpose) == case
        conduct = supervision.GetConductRequest(case_id=case)
        world.by(STAFF).call(conduct, supervision.GetConductResponse, purpose="away/conduct")
        shown = guitu("case", "show", case, "--unit", COUNTY)
        assert case in shown
        assert "audit does not answer" in shown
        # answered and not yet forwarded: the service ends there
        assert waiting(world, "intake") > len(PURPOSES)
        with killed(world, "intake"):
            pass
        assert waiting(world, "intake") > len(PURPOSES)
        assert looked(world, case, "away/after") == case
    wait(lambda: waiting(world, "intake") == waiting(world, "supervision") == 0, "all was forwarded", 120)
    wanted = Counter([*PURPOSES, "away/conduct", "away/after"])
    wait(lambda: purposes(guitu, case) == wanted, "every read once", 60)
    # the person is told the same, without names
    told = guitu("reads", case, "--json")
    assert Counter(one["purpose"] for one in told if one["purpose"].startswith("away/")) == wanted
    assert not any(one["actor"] for one in told)


def test_what_was_forwarded_and_not_noted_is_forwarded_again_without_a_second_read(
    world: World, guitu: Guitu, case: str
) -> None:
    before = events(world)
    with killed(world, "audit"):
        looked(world, case, "twice/first")
        looked(world, case, "twice/second")
        # each service names a batch before it sends it
        wait(lambda: bool(batches(world)), "a batch is formed")
        kept = batches(world)
    wait(lambda: waiting(world, "intake") == 0, "it was forwarded", 120)
    with world.superuser("intake") as connection, connection.cursor() as cursor:
        cursor.executemany("insert into es.read_record (read_at, record, batch) values (%s, %s, %s)", kept)
    wait(lambda: waiting(world, "intake") == 0, "and again", 120)
    world.settled()
    found = purposes(guitu, case)
    assert (found["twice/first"], found["twice/second"]) == (1, 1)
    assert events(world) > before


def test_no_file_of_the_installation_tells_who_read_what_for(world: World, guitu: Guitu, case: str) -> None:
    """Database and its write-ahead log, topics, tiles, logs: what the procuratorate is told stands nowhere in the clear."""
    told = purposes(guitu, case)
    assert told["away/conduct"] == told["twice/second"] == 1
    needles = [form for purpose in ("away/conduct", "twice/second") for form in forms(purpose)]
    assert holding(world.system.home, needles) == []


def test_a_look_at_the_reads_is_no_read_of_the_record(world: World, guitu: Guitu, case: str) -> None:
    own = {"guitu/reads"}
    guitu("reads", case)
    wait(lambda: "OPERATOR" in {one["role"] for one in of(guitu, case, own)}, "the look is recorded", 60)
    assert {one["reads"] for one in of(guitu, case, own)} == {"reads"}


def of(guitu: Guitu, case: str, wanted: set[str]) -> list[Any]:
    """Reads with one of these purposes, as the procuratorate is told."""
    return [one for one in guitu("reads", case, "--agency", PROC, "--json") if one["purpose"] in wanted]


def looked(world: World, case: str, purpose: str) -> str:
    """A county officer reads the case for a purpose; its id."""
    request = intake.GetCaseRequest(case_id=case)
    return world.by(STAFF).call(request, intake.GetCaseResponse, purpose=purpose).case.case_id


def purposes(guitu: Guitu, case: str) -> Counter[str]:
    """How often the procuratorate is told of a read, by the purposes of these tests."""
    found = guitu("reads", case, "--agency", PROC, "--json")
    return Counter(one["purpose"] for one in found if one["purpose"].startswith(("away/", "twice/")))


def waiting(world: World, service: str) -> int:
    """Reads that the service has not handed over yet."""
    with world.superuser(service) as connection:
        row = connection.execute("select count(*) from es.read_record").fetchone()
    assert row is not None
    return row[0]


def batches(world: World) -> list[tuple[Any, ...]]:
    """What intake is about to forward."""
    with world.superuser("intake") as connection:
        return connection.execute(
            "select read_at, record, batch from es.read_record where batch is not null order by ord"
        ).fetchall()


def events(world: World) -> int:
    """Reads in audit's log."""
    with world.superuser("audit") as connection:
        row = connection.execute("select count(*) from es.event where type like '%.RecordRead'").fetchone()
    assert row is not None
    return row[0]


@contextmanager
def killed(world: World, name: str) -> Generator[None]:
    """kill -9; inside the block the service is away, then it runs again."""
    victim = runfiles.recorded(world.system.home)[name]
    os.kill(victim.pid, signal.SIGKILL)
    wait(lambda: not runfiles.is_alive(victim), f"{name} has ended")
    try:
        yield
    finally:
        world.system.start_service(name)

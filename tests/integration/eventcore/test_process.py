"""Process managers and the dispatcher: a command sent twice has one effect (eventstore.md section 7)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from uuid import UUID, uuid5

import grpc
import pytest
from corrections.education.v1 import service_pb2 as cmd
from corrections.education.v1.events_pb2 import EducationOpened, SessionArranged, SessionAttended
from devstack.testing import DatabaseFactory
from eventcore.event import Event
from eventcore.positions import positions
from eventcore.projection import Projections
from eventcore.tx import Tx
from eventcore.workitems import list_refusals, settle_refusal

from tests.integration.eventcore.reading import LIMIT_S, Crash, crashing, until
from tests.integration.eventcore.target import SERVICE, START, Education, arrange, make_education
from tests.integration.migrated import migrated

CASES = [uuid5(UUID(int=1), str(n)) for n in range(5)]


@pytest.fixture
def education(database_factory: DatabaseFactory) -> Iterator[Education]:
    with make_education(migrated(database_factory, SERVICE)) as made:
        yield made


def read(projections: Projections, education: Education) -> None:
    education.log.sequence()
    sum(iter(projections.turn, 0))


def settle(education: Education, between: Callable[[str], None] = lambda _: None) -> None:
    """Projections and dispatcher turn until nothing is under way."""
    with (
        closing(education.projections(between)) as projections,
        closing(education.dispatcher(between)) as dispatcher,
    ):

        def quiet() -> bool:
            read(projections, education)
            dispatcher.turn()
            read(projections, education)
            here = positions(education.log.conn)
            read_all = here.stored == here.log_end == here.projections["sessions"]
            return here.open_commands == 0 and read_all

        until(quiet)


@pytest.mark.parametrize("step", ["moved", "handled", "committed", "sent", "answered", "stored"])
def test_a_resent_command_has_one_effect(education: Education, step: str) -> None:
    education.faults.away = ["ArrangeSession"]
    education.faults.answer_lost = ["ArrangeSession"] * 2
    for case in CASES:
        education.open(case)
    with pytest.raises(Crash):
        settle(education, crashing(step, 2 if step in ("sent", "stored") else 1))
    settle(education)
    assert education.events(EducationOpened) == len(CASES)
    assert education.events(SessionArranged) == len(CASES)
    sent = [name for name, _ in education.faults.calls if name == "ArrangeSession"]
    assert len(sent) >= len(CASES) + 3


def test_a_command_carries_its_cause(education: Education) -> None:
    education.open(CASES[0])
    settle(education)
    (metadata,) = [m for name, m in education.faults.calls if name == "ArrangeSession"]
    row = education.log.conn.execute("select command_id, correlation, causation from es.command").fetchone()
    assert row is not None
    assert metadata["guitu-correlation"] == str(row[1])
    assert metadata["guitu-causation"] == str(row[2])
    assert metadata["guitu-purpose"] == "sessions/arrange"


def test_a_refusal_is_a_work_item_and_replay_never_erases_it(education: Education) -> None:
    def too_early(tx: Tx, event: Event) -> None:
        case = str(event.subject)
        request = cmd.RecordAttendanceRequest(case_id=case, session_id="s", minutes=1)
        tx.command("attend", request, event.subject)
        arrange(tx, event)

    education.opened = too_early
    education.open(CASES[0])
    settle(education)
    (refusal,) = list_refusals(education.log.conn)
    assert refusal.reason == "FAILED_PRECONDITION SESSION_NOT_ARRANGED"
    assert refusal.subject == CASES[0]
    education.log.conn.execute("update es.projection set seq = 0")
    settle(education)
    assert list_refusals(education.log.conn) == [refusal]
    assert education.events(SessionArranged) == 1
    assert settle_refusal(education.log.conn, refusal.command_id, by="li", note="arranged by hand")
    assert settle_refusal(education.log.conn, refusal.command_id, by="wang", note="again")
    kept = education.log.conn.execute(
        "select settled_by, settled_note from es.command where refusal is not null"
    ).fetchone()
    assert kept == ("li", "arranged by hand")
    assert not settle_refusal(education.log.conn, CASES[0], by="li", note="no such command")
    assert list_refusals(education.log.conn) == []


def test_commands_of_a_subject_go_in_order_and_those_of_others_do_not_wait(education: Education) -> None:
    def arrange_and_attend(tx: Tx, event: Event) -> None:
        arrange(tx, event)
        case = str(event.subject)
        request = cmd.RecordAttendanceRequest(case_id=case, session_id="s", minutes=1)
        tx.command("attend", request, event.subject)

    education.opened = arrange_and_attend
    education.faults.away = ["ArrangeSession"] * 4
    for case in CASES:
        education.open(case)
    settle(education)
    assert education.events(SessionAttended) == len(CASES)
    assert list_refusals(education.log.conn) == []


def test_what_is_ahead_of_the_clock_of_who_is_asked_is_asked_again_and_never_refused(
    education: Education,
) -> None:
    ahead = START + timedelta(milliseconds=50)  # the cause was recorded by a clock that is so much ahead

    def from_ahead(tx: Tx, event: Event) -> None:
        request = cmd.ArrangeSessionRequest(case_id=str(event.subject), session_id="s", on="2026-03-05")
        request.occurred_at.FromDatetime(ahead)
        tx.command("arrange", request, event.subject)

    def asked_in_vain() -> bool:
        read(projections, education)
        dispatcher.turn()
        row = education.log.conn.execute("select attempts > 1, last_error from es.command").fetchone()
        return row == (True, "NOT_YET_HAPPENED")

    education.opened = from_ahead
    education.open(CASES[0])
    with closing(education.projections()) as projections, closing(education.dispatcher()) as dispatcher:
        until(asked_in_vain)
    assert positions(education.log.conn).open_commands == 1
    education.log.set_clock(ahead)
    settle(education)
    assert education.events(SessionArranged) == 1
    assert list_refusals(education.log.conn) == []


def test_a_service_that_is_away_is_tried_again_with_growing_pauses(education: Education) -> None:
    education.faults.away = ["ArrangeSession"] * 3
    education.open(CASES[0])
    begun = time.monotonic()
    settle(education)
    assert 0.05 + 0.1 + 0.2 <= time.monotonic() - begun < LIMIT_S
    row = education.log.conn.execute("select attempts, last_error from es.command").fetchone()
    assert row == (4, None)


def test_a_person_is_refused_at_once(education: Education) -> None:
    education.open(CASES[0])
    request = cmd.RecordAttendanceRequest(request_id="r", case_id=str(CASES[0]), session_id="s", minutes=1)
    with pytest.raises(grpc.RpcError):
        education.send(request)

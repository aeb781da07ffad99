"""Counts over the list of cases as it was and was known: what came in and went out adds up."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import closing
from datetime import date, datetime, timedelta

from corrections.common.v1 import facts_pb2 as facts
from corrections.intake.v1 import events_pb2 as ev
from devstack.testing import Database
from eventcore import readers
from eventcore.link import Link, connecting
from eventcore.past import Moment, Past
from eventcore.projection import Projections
from eventcore.testing import instant
from eventcore.testing_log import TestLog
from intake.figures import FIGURES, FIGURES_V1
from intake.projections.cases import CASES
from lawkit.counting import end_of_day
from servicekit.testing import INSTALLATION

FIRST = date(2026, 1, 1)
DAYS = 60
ONE = timedelta(days=1)


def noon(day: date) -> datetime:
    return instant(f"{day.isoformat()}T12:00")


def test_who_is_in_charge_is_who_was_and_who_came_without_who_went(database: Database) -> None:
    log = TestLog(
        database.dsn, installation=INSTALLATION, service="intake", packages=["intake"], simulated_clock=True
    )
    chance = random.Random(5)
    log.set_clock(noon(FIRST + timedelta(days=DAYS + 1)))
    for number in range(40):
        opened = FIRST + timedelta(days=chance.randrange(DAYS))
        ended = opened + timedelta(days=chance.randrange(1, DAYS))
        case, person = f"case/{number}", f"00000000-0000-4000-8000-{number:012d}"
        start = ev.CaseOpened(
            person_id=person, exchange_id=person, defendant_number=1, county="330203", kind=facts.SUBJECT_KIND_PROBATION
        )  # fmt: skip
        log.write(case, start, occurred_at=noon(opened))
        if ended >= FIRST + timedelta(days=DAYS):
            continue
        if number % 3:
            log.write(case, ev.Released(end_date=ended.isoformat()), occurred_at=end_of_day(ended))
        else:
            log.write(case, ev.Terminated(on=ended.isoformat()), occurred_at=noon(ended))
    log.sequence()
    with closing(
        Projections(Link(connecting(log.dsn, "test")), [CASES], installation=INSTALLATION, service="intake")
    ) as live:
        while live.turn():
            pass

    def counted(first: date, last: date) -> Counter[str]:
        past = Past(Link(connecting(log.dsn, "test")), [CASES], installation=INSTALLATION, service="intake")
        with closing(past):
            past.make(Moment(readers.log_end(log.conn), end_of_day(last)))
            rows = past.fetch(FIGURES, {"first": first, "last": last, "unit": "3302"})
            assert past.fetch(FIGURES, {"first": first, "last": last, "unit": "3303"}) == []
        return Counter({name: count for name, _, count in rows})

    for first, last in ((0, 6), (7, 30), (31, 31), (20, 59)):
        begin, end = FIRST + timedelta(days=first), FIRST + timedelta(days=last)
        now = counted(begin, end)
        before = counted(begin - ONE, begin - ONE)
        came, went = now["decided"], now["released"] + now["terminated"]
        assert now["in-charge"] == before["in-charge"] + came - went
        assert now["registered"] == now["decided"] > 0 or first == last
    log.close()


def test_the_first_form_of_reports_counts_for_ever_as_it_did(database: Database) -> None:
    log = TestLog(
        database.dsn, installation=INSTALLATION, service="intake", packages=["intake"], simulated_clock=True
    )
    person = "00000000-0000-4000-8000-000000000001"
    log.set_clock(noon(FIRST + timedelta(days=DAYS)))
    opened = ev.CaseOpened(
        person_id=person, exchange_id=person, defendant_number=1, county="330203", kind=facts.SUBJECT_KIND_PROBATION,
        decision_date=FIRST.isoformat(),
    )  # fmt: skip
    log.write("case/1", opened, occurred_at=noon(FIRST + timedelta(days=2)))
    died = ev.Terminated(on=(FIRST + timedelta(days=10)).isoformat())
    log.write("case/1", died, occurred_at=noon(FIRST + timedelta(days=20)))
    log.sequence()
    with closing(
        Projections(Link(connecting(log.dsn, "test")), [CASES], installation=INSTALLATION, service="intake")
    ) as live:
        while live.turn():
            pass

    def in_charge(day: int, *, by_act: bool) -> int:
        last = FIRST + timedelta(days=day)
        past = Past(Link(connecting(log.dsn, "test")), [CASES], installation=INSTALLATION, service="intake")
        with closing(past):
            past.make(Moment(readers.log_end(log.conn), end_of_day(last), by_act))
            query = FIGURES_V1 if by_act else FIGURES
            rows = past.fetch(query, {"first": last, "last": last, "unit": "3302"})
        return sum(count for name, _, count in rows if name == "in-charge")

    # decided on 0, registered on 2, died on 10, which was known on 20
    days = (1, 2, 9, 10, 19, 20)
    assert [in_charge(day, by_act=True) for day in days] == [0, 1, 1, 1, 1, 0]
    assert [in_charge(day, by_act=False) for day in days] == [1, 1, 1, 0, 0, 0]
    log.close()

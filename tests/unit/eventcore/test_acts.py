"""When an act took place, and what its event says of the law of that day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from corrections.common.v1.common_pb2 import LawRef
from corrections.intake.v1 import events_pb2 as ev
from eventcore import acts, meta
from eventcore.decider import Caller
from eventcore.errors import Invalid
from google.protobuf.timestamp_pb2 import Timestamp
from lawkit import Law, load_law

STREAM = UUID(int=1)


def basis(event: ev.ReportedIn | ev.ReportingInOrdered, day: datetime, law: Law | None) -> str:
    """What the stored event says that it rests on."""
    origin = meta.Origin("intake", Caller("a", "3302", "JO", "p"), UUID(int=2), None, "d", "c", law)
    made = meta.build(
        event, origin=origin, stream=STREAM, version=1, subject=STREAM, occurred_at=day, recorded_at=day
    )
    return made.legal_basis


def test_an_event_rests_on_the_rule_in_force_on_its_valid_day():
    """社区矫正法 第二十一条、第二十二条, in force since 2020-07-01; the day is that of Asia/Shanghai."""
    assert basis(ev.ReportedIn(), datetime(2020, 6, 30, 16, tzinfo=UTC), load_law()) == "intake.receive"
    assert basis(ev.ReportedIn(), datetime(2011, 6, 30, tzinfo=UTC), load_law()) == ""
    ordered = ev.ReportingInOrdered(law=LawRef(rule="intake.report.deadline"))
    old = datetime(2016, 7, 17, tzinfo=UTC)
    assert basis(ordered, old, load_law()) == "history.2012.office-report-three-days"


def test_without_a_law_the_contracts_rule_stands():
    assert basis(ev.ReportedIn(), datetime(2011, 6, 30, tzinfo=UTC), None) == "intake.receive"


@pytest.mark.parametrize("stamp", [Timestamp(seconds=10**15), Timestamp(seconds=-(10**15))])
def test_an_instant_that_no_clock_can_show_is_named(stamp: Timestamp):
    assert acts.instant_or_none(stamp) is None
    with pytest.raises(Invalid) as refused:
        acts.instant("since", stamp)
    assert refused.value.field == "since"


def test_an_article_of_a_day_without_law_is_empty():
    assert acts.law_ref(load_law(), "intake.report.deadline", date(2009, 7, 17)).article == ""

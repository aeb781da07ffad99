"""Cases of intake enter education with their term and leave it with the end of corrections. 社区矫正法 第三十六条."""

from __future__ import annotations

from corrections.common.v1.common_pb2 import SealTo
from corrections.education.v1 import service_pb2 as cmd
from corrections.intake.v1 import events_pb2 as intake
from eventcore.consumer import Subscription
from eventcore.event import Event
from eventcore.tx import Tx

_ENTER = (
    "insert into entering (case_id, county, office, minor, seal_to) values (%s, %s, %s, %s, %s)"
    " on conflict do nothing"
)
_ENTERED = "select county, office, minor, seal_to from entering where case_id = %s"


def _opened(tx: Tx, event: Event) -> None:
    opened = event.data_as(intake.CaseOpened)
    seal_to = opened.seal_to.SerializeToString()
    tx.execute(_ENTER, (event.subject, opened.county, opened.office, opened.minor, seal_to))


def _term(tx: Tx, event: Event) -> None:
    ((county, office, minor, seal_to),) = tx.fetch(_ENTERED, (event.subject,))
    end_date = event.data_as(intake.TermComputed).end_date
    request = cmd.OpenEducationRequest(
        case_id=str(event.subject),
        county=county,
        office=office,
        end_date=end_date,
        minor=minor,
        seal_to=SealTo.FromString(seal_to),
    )
    tx.command("open", request, event.subject)


def _released(tx: Tx, event: Event) -> None:
    _close(tx, event, event.data_as(intake.Released).end_date)


def _terminated(tx: Tx, event: Event) -> None:
    _close(tx, event, event.data_as(intake.Terminated).on)


def _close(tx: Tx, event: Event, on: str) -> None:
    tx.command("close", cmd.CloseEducationRequest(case_id=str(event.subject), on=on), event.subject)


FOLLOWING_INTAKE = Subscription(
    "following-intake",
    services=("intake",),
    handle={
        intake.CaseOpened: _opened,
        intake.TermComputed: _term,
        intake.Released: _released,
        intake.Terminated: _terminated,
    },
    tables=("entering",),
)

"""The smallest plausible request of each command, so that what is allowed can be told before it is asked.

What other organs decide rests on their decisions: those commands depend on their content.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from corrections.common.v1.facts_pb2 import Period, Sex
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.allowed import Specimen, Specimens
from eventcore.decider import Context
from google.protobuf.message import Message

from intake.domain.state import Case
from intake.domain.termination import REIMPRISONED, REVOKED

_NEW = "specimen"
# whoever else is in the group: a woman and somebody who knows minors satisfy every rule about members
_MEMBER = ev.GroupMember(member_id=_NEW, sex=Sex.SEX_FEMALE, knows_minors=True)


def _on(request: Callable[[str], Message], *, depends_on_content: bool = True) -> Specimen[Case]:
    """One of today."""
    return Specimen(lambda _, ctx: [request(ctx.today.isoformat())], depends_on_content)


def _terminate(_: Case, ctx: Context) -> Sequence[Message]:
    on = ctx.today.isoformat()
    return [cmd.TerminateCaseRequest(exchange_id=_NEW, ground=one, on=on) for one in (REVOKED, REIMPRISONED)]


SPECIMENS: Specimens[Case] = {
    cmd.RecordReportingInRequest: _on(lambda _: cmd.RecordReportingInRequest(), depends_on_content=False),
    cmd.LapseReportingInRequest: _on(lambda _: cmd.LapseReportingInRequest(), depends_on_content=False),
    cmd.FormGroupRequest: _on(lambda _: cmd.FormGroupRequest(members=[_MEMBER])),
    cmd.DeclareEntryRequest: _on(lambda _: cmd.DeclareEntryRequest()),
    cmd.AdoptPlanRequest: _on(lambda _: cmd.AdoptPlanRequest(measures=[_NEW]), depends_on_content=False),
    cmd.ShortenTermRequest: _on(
        lambda on: cmd.ShortenTermRequest(exchange_id=_NEW, ruling_date=on, reduction=Period(days=1))
    ),
    cmd.RenewTemporaryServiceRequest: _on(
        lambda on: cmd.RenewTemporaryServiceRequest(exchange_id=_NEW, decision_date=on)
    ),
    cmd.RecalculateTermRequest: _on(
        lambda on: cmd.RecalculateTermRequest(exchange_id=_NEW, ruling_date=on, not_counted=Period(days=1))
    ),
    cmd.TerminateCaseRequest: Specimen(_terminate, depends_on_content=True),
    cmd.RecordDeathRequest: _on(lambda on: cmd.RecordDeathRequest(died_on=on)),
    cmd.PrepareReleaseRequest: _on(lambda _: cmd.PrepareReleaseRequest(), depends_on_content=False),
    cmd.LapseTermRequest: _on(lambda _: cmd.LapseTermRequest(), depends_on_content=False),
    cmd.CertifyReleaseRequest: _on(lambda _: cmd.CertifyReleaseRequest(), depends_on_content=False),
}

"""What happened, counted from the stores, and the equalities that must hold. A difference is a failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from corrections.handoff.v1 import events_pb2 as handoff
from corrections.intake.v1 import events_pb2 as intake
from corrections.supervision.v1 import events_pb2 as supervision

from sandbox.stores import Stored

_PROCURATORATES = ("PROC", "PROC_COUNTY")


@dataclass(slots=True)
class Exchanges:
    """handoff's exchanges by stream: notices by their cause, and what is still open."""

    notices: dict[UUID, handoff.NoticePrepared] = field(default_factory=dict[UUID, handoff.NoticePrepared])
    receipted: set[UUID] = field(default_factory=set[UUID])
    refused: set[UUID] = field(default_factory=set[UUID])
    received: set[UUID] = field(default_factory=set[UUID])
    settled: set[UUID] = field(default_factory=set[UUID])
    counts: Counter[str] = field(default_factory=Counter[str])
    senders: dict[bytes, str] = field(default_factory=dict[bytes, str])
    subjects: int = 0

    @classmethod
    def of(cls, events: Iterable[Stored]) -> Exchanges:
        """The exchanges of handoff's log."""
        found = cls()
        for event in events:
            found.add(event)
        return found

    def add(self, event: Stored) -> None:
        """One more event."""
        stream, data = event.stream_id, event.data
        self.counts[event.short] += 1
        match data:
            case handoff.NoticePrepared():
                self.notices[stream] = data
            case handoff.NoticeReceipted():
                self.receipted.add(stream)
            case handoff.NoticeRefused():
                self.refused.add(stream)
            case handoff.MessageReceived():
                self.received.add(stream)
                self.senders[event.meta.correlation_id] = data.agency_code
            case handoff.MessageRefused() | handoff.MessageEffected() | handoff.MessageWithoutEffect():
                self.settled.add(stream)
            case handoff.MessageAccepted():
                self.subjects += len(data.defendant_numbers)
            case _:
                pass

    @property
    def open(self) -> int:
        """Messages without their last receipt, and notices that nobody has signed for."""
        return len(self.received - self.settled) + len(set(self.notices) - self.receipted - self.refused)

    def by_cause(self) -> Mapping[str, Sequence[tuple[handoff.NoticePrepared, bool]]]:
        """Notices of an event, by its id, and whether the agency has signed for each."""
        found: dict[str, list[tuple[handoff.NoticePrepared, bool]]] = {}
        for stream, notice in self.notices.items():
            found.setdefault(notice.cause, []).append((notice, stream in self.receipted))
        return found


@dataclass(frozen=True, slots=True)
class Check:
    """An equality that must hold."""

    name: str
    got: int
    want: int

    @property
    def holds(self) -> bool:
        """True when both numbers are the same."""
        return self.got == self.want


@dataclass(frozen=True, slots=True)
class Summary:
    """Numbers by name, in the order in which they are shown, and the equalities."""

    numbers: Mapping[str, int]
    checks: tuple[Check, ...]


def summarise(
    exchanges: Exchanges,
    of_intake: Sequence[Stored],
    of_supervision: Sequence[Stored],
    *,
    sent: int,
    repeated: int,
    subjects: int,
    most_effects: int,
    set_aside: int,
) -> Summary:
    """The summary of a play. sent: messages pushed, repetitions apart; subjects: persons of the scenarios."""
    reported = [e.data for e in of_intake if isinstance(e.data, intake.ReportedIn)]
    ended = [e.data for e in of_intake if isinstance(e.data, intake.Terminated)]
    opened = _count(of_intake, intake.CaseOpened)
    counts = exchanges.counts
    refused = counts["MessageRefused"] + counts["OtherContentRefused"]
    due = [s for s, n in exchanges.notices.items() if n.role in _PROCURATORATES]
    signed = sum(1 for s in due if s in exchanges.receipted)
    missing = {
        e.subject
        for e in of_supervision
        if isinstance(
            e.data, supervision.ContactLost | supervision.MissedReceptionNoted | supervision.LeaveOverdue
        )
    }
    numbers = {
        "发送消息": sent,
        "受理": counts["MessageAccepted"],
        "退回": refused,
        "未予落实": counts["MessageWithoutEffect"],
        "重复发送": repeated,
        "未结回执": exchanges.open,
        "应抄送检察院": len(due),
        "检察院已签收": signed,
        "对外文书": len(exchanges.notices),
        "建档": opened,
        "已报到": len(reported),
        "迟到报到": sum(1 for r in reported if r.days_late),
        "未按期报到": _count(of_intake, intake.ReportingInMissed),
        "曾失联或逾期": len(missing),
        "已查找到": _count(of_supervision, supervision.SubjectFound),
        "训诫": _count(of_supervision, supervision.Admonished),
        "警告": _count(of_supervision, supervision.Warned),
        "撤销": _ended(ended, intake.TERMINATION_GROUND_REVOKED),
        "收监": _ended(ended, intake.TERMINATION_GROUND_REIMPRISONED),
        "死亡": _ended(ended, intake.TERMINATION_GROUND_DIED),
        "期满解除": _count(of_intake, intake.Released),
    }
    checks = (
        Check("发送消息 = 受理 + 退回", counts["MessageAccepted"] + refused, sent),
        Check("未结回执 = 0", exchanges.open, 0),
        Check("检察院已签收 = 应抄送检察院", signed, len(due)),
        Check("建档 = 受理裁判中的矫正对象", opened, exchanges.subjects),
        Check("建档 = 场景中的矫正对象", opened, subjects),
        Check("每条消息在对方的效果至多一次", max(most_effects, 1), 1),
        Check("搁置与无法读取的记录 = 0", set_aside, 0),
    )
    return Summary(numbers, checks)


def _count(events: Iterable[Stored], kind: type[object]) -> int:
    return sum(1 for e in events if isinstance(e.data, kind))


def _ended(ended: Iterable[intake.Terminated], ground: intake.TerminationGround) -> int:
    return sum(1 for e in ended if e.ground == ground)

"""Notices, copies, proposals and requests to agencies, each with the other side's receipt (对外文书、签收).

社区矫正法 第二十条、第三十条、第四十四条至第四十六条. Which event tells whom: processes/notices.yaml.
"""

from __future__ import annotations

from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import prepared_pb2 as cmd
from eventcore.decider import Context, Decision, NotFound

from handoff.domain.state import Decisions, Exchange


def _prepare(x: Exchange, c: cmd.PreparedNotice, _: Context) -> Decision:
    return [] if x.notice is not None else [c.prepared]


def _deliver(x: Exchange, c: cmd.PreparedDelivery, _: Context) -> Decision:
    if x.notice is None:
        raise NotFound
    if isinstance(x.answered, ev.NoticeReceipted):
        return []
    if c.WhichOneof("answer") == "refused":
        return [] if x.answered is not None else [c.refused]
    return [c.receipted]


DECISIONS: Decisions = {cmd.PreparedNotice: _prepare, cmd.PreparedDelivery: _deliver}

"""A message is received once, then accepted, refused or held (收到、受理、退回、暂存).

社区矫正法 第二十条; 社区矫正法实施办法 第十六条. The server has signed and sealed the receipts beforehand; here is decided
which of them become true.
"""

from __future__ import annotations

from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import prepared_pb2 as cmd
from eventcore.decider import Claim, Context, Decision, Refused

from handoff.domain.state import Decisions, Exchange

JUDGMENT_CLAIM = "judgment"


def _submit(x: Exchange, c: cmd.PreparedSubmit, _: Context) -> Decision:
    if x.received is not None:
        mac = c.received.content_mac
        known = mac == x.received.content_mac or mac in x.other
        return [] if known else [c.other_content]
    match c.WhichOneof("verdict"):
        case "accepted":
            claims = [Claim(JUDGMENT_CLAIM, c.judgment_mac)] if c.judgment_mac else []
            return [c.received, c.accepted, *claims]
        case "held":
            return [c.received, c.held]
        case _:
            return [c.received, c.refused]


def _release(x: Exchange, c: cmd.PreparedRelease, _: Context) -> Decision:
    if x.accepted is not None:
        return []
    if x.stage != msg.STAGE_HELD:
        raise Refused("MESSAGE_NOT_HELD", rule="intake.documents.missing-register-anyway")
    # no acceptance was prepared: the sender may not rule in this case, the message waits on
    return [c.accepted] if c.HasField("accepted") else []


DECISIONS: Decisions = {cmd.PreparedSubmit: _submit, cmd.PreparedRelease: _release}

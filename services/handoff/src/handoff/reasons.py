"""Why a message is refused, in full: for the receipt that its sender reads. 社区矫正法实施办法 第十六条."""

from __future__ import annotations

from corrections.handoff.v1 import messages_pb2 as msg
from corrections.law.v1 import explanation_pb2 as told
from lawkit import Law
from lawkit.why import why
from servicekit import reasons

_OF_THE_CONTRACT = "所违反的是机关之间数据交换的约定，不是法律规定；报文已经留存。"


def explanation(law: Law, refusal: msg.Refusal) -> told.Explanation:
    """Why the message is refused: code and remedy first, then what the law says."""
    said = f"{refusal.code}：{refusal.remedy_zh}"
    if refusal.rule in law.rule_ids:
        facts = {"代码": refusal.code, **({"字段": refusal.field} if refusal.field else {})}
        found = reasons.message(why(law, refusal.rule, facts=facts))
    else:
        article = [f"依据：{refusal.article}。"] if refusal.article else []
        found = told.Explanation(sentences_zh=[_OF_THE_CONTRACT, *article])
    found.sentences_zh.insert(0, said)
    return found

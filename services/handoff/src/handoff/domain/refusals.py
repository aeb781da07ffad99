"""Why a message is refused: code, field, rule, article, and what to do next in Chinese.

The codes are stable for ever. A code without a rule breaks the contract of the exchange, not the law: its article is that
of the duty which the message was to fulfil.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from corrections.handoff.v1.messages_pb2 import Refusal
from lawkit import Law

# The duty to deliver the documents stands, whatever is wrong with a message.
DELIVERY: Final = "decision.deliver-documents"

REMEDIES: Final = {
    "BIRTH_DATE_CONTRADICTS_NUMBER": "出生日期与公民身份号码所载不符,请核对后以新的消息编号重新发送;文书未载明出生日期的可以留空。",
    "CRIME_JUDGMENT_MISSING": "因新罪、漏罪撤销的,应当载明审理该罪的判决书案号,请补充后以新的消息编号重新发送。",
    "DATE_IMPOSSIBLE": "请按公历核对日期,格式为 YYYY-MM-DD,更正后以新的消息编号重新发送。",
    "DATES_OUT_OF_ORDER": "请核对各日期的先后关系,更正后以新的消息编号重新发送。",
    "DEFENDANT_NUMBER_REPEATED": "请为每名被告人编列不同的序号,更正后以新的消息编号重新发送。",
    "FIELD_INVALID": "请按接口约定更正该字段,以新的消息编号重新发送。",
    "FIELD_NOT_FOR_KIND": "该内容不适用于所列矫正类别,请删除该内容或者更正类别后以新的消息编号重新发送。",
    "IDENTITY_NUMBER_INVALID": "请核对公民身份号码(含校验码和出生日期);文书未载明的可以留空。",
    "IDENTITY_NUMBER_REPEATED": "两名被告人的公民身份号码相同:号码有误的请更正,同一人重复列出的请只列一次,以新的消息编号重新发送;文书未载明的可以留空。",
    "INJUNCTION_NOT_AVAILABLE": "禁止令只适用于管制和缓刑,请核对裁判主文。",
    "JUDGMENT_ALREADY_RECEIVED": "该案号的裁判文书已经收到,请勿以新的消息编号重复发送;需更正的请联系执行地社区矫正机构。",
    "KEY_UNKNOWN": "签名所用密钥未登记,请使用已登记的密钥签名,或者先办理密钥登记。",
    "KIND_CONTRADICTS_PENALTY": "所列矫正类别与主刑不符,请核对裁判主文后以新的消息编号重新发送。",
    "MESSAGE_ID_REUSED": "该消息编号已用于内容不同的消息,请使用新的消息编号。",
    "MESSAGE_TOO_LARGE": "报文超过允许的大小,请缩减随附文书后以新的消息编号重新发送。",
    "NO_SUBJECT": "裁判中没有依法应当实行社区矫正的人员,不建立社区矫正案件;如系漏填矫正类别,请更正后以新的消息编号重新发送。",
    "ORGAN_UNKNOWN": "决定机关代码未登记,请核对代码或者先办理登记。",
    "PERIOD_WITHOUT_PROBATION": "未宣告缓刑的不得填写缓刑考验期,请核对裁判主文。",
    "PLACE_UNKNOWN": "执行地代码不是有效的县级行政区划代码(6位),请核对执行地确定书。",
    "PROBATION_WITHOUT_PERIOD": "宣告缓刑的应当载明缓刑考验期,请补充后以新的消息编号重新发送。",
    "RULING_CONTRADICTS_ITSELF": "裁定结果与所载期限、事由或者案号不符,请核对裁定主文后以新的消息编号重新发送。",
    "RULING_NOT_FROM_ORGAN": "该裁定、决定依法不由发送单位作出,请由有权机关发送。",
    "SENDER_NOT_ORGAN": "决定机关不是发送单位,也未授权其代为发送,请由决定机关发送。",
    "SIGNATURE_INVALID": "签名与报文不符,请对原始报文重新签名后发送。",
    "SIGNATURES_TOO_MANY": "签名过多,一条报文至多带8个签名,请只保留已登记密钥的签名后重新发送。",
    "SIGNATURE_MISSING": "报文没有签名,请以已登记的密钥签名后发送。",
    "TERM_END_UNKNOWN": "从文书不能算出期限届满日,请载明届满日(printed_end_date)后以新的消息编号重新发送。",
    "TERM_MISSING": "应当载明刑期,请补充后以新的消息编号重新发送。",
    "TERM_NOT_POSSIBLE": "扣除先行羁押日期后没有可以执行的期限,或者期限无法计算,请核对刑期和羁押天数后以新的消息编号重新发送。",
    "TERM_OUT_OF_BOUNDS": "期限超出法定幅度,请核对裁判主文后以新的消息编号重新发送。",
    "UNKNOWN_TYPE": "消息类型不属于接口约定,请核对类型名称。",
    "UNREADABLE_BODY": "报文内容不是所称类型的有效编码,请重新生成后发送。",
}


# what intake or supervision could not do, by their codes
_WITHOUT_EFFECT: Final = {
    "CASE_ENDED": "社区矫正已经结束,不再办理;对结束日期有异议的,请与执行地社区矫正机构核对。",
    "CUSTODY_NOT_OFFSET": "先行羁押的日数不能折抵,请补充载明刑罚种类或者期限届满日,以新的消息编号就未建档的人员重新发送。",
    "GROUND_NOT_FOR_KIND": "该裁定、决定不适用于此类社区矫正对象,请核对案件和裁判主文。",
    "NOT_OUT_OF_CONTACT": "该社区矫正对象没有处于查找之中,请与执行地社区矫正机构核对。",
    "NOT_TEMPORARY_SERVICE": "该决定只适用于暂予监外执行的社区矫正对象,请核对案件。",
    "REDUCTION_NOT_FOR_KIND": "此类社区矫正对象依法不适用减刑,请核对裁定主文。",
    "REIMPRISONMENT_NOT_FOR_KIND": "收监执行决定只适用于暂予监外执行的社区矫正对象,请核对案件。",
    "REVOCATION_NOT_FOR_KIND": "此类社区矫正对象没有可以撤销的缓刑、假释,请核对裁定主文。",
    "TERM_BELOW_FLOOR": "减刑后的刑期或者考验期低于法定下限,请核对裁定主文,更正后以新的消息编号发送。",
    "TERM_END_UNKNOWN": "期限届满日未载明且无法依法计算,请补充载明,以新的消息编号就未建档的人员重新发送。",
    "TERM_NOT_POSSIBLE": "按所载期限不能计算矫正期限,请核对裁定主文,更正后以新的消息编号发送。",
}
_WITHOUT_EFFECT_ELSE: Final = "请与执行地社区矫正机构核对案件情况,需要更正的以新的消息编号发送。"


def without_effect_remedy(code: str) -> str:
    """What the sender of a message without effect can do next, Chinese."""
    return _WITHOUT_EFFECT.get(code, _WITHOUT_EFFECT_ELSE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. article: where the rule is written, when no rule of the catalogue says it."""

    code: str
    field: str = ""
    rule: str = ""
    article: str = ""


def refusal(law: Law, found: Finding, day: date | None = None) -> Refusal:
    """The refusal that the sender reads, with the article as it stood on the day of the decision.

    What breaks only the contract of exchange names the duty that the message was to fulfil. KeyError for a code without
    remedy.
    """
    article = found.article or law.article_zh(found.rule or DELIVERY, day)
    return Refusal(
        code=found.code,
        field=found.field,
        rule=found.rule,
        article=article,
        remedy_zh=REMEDIES[found.code],
    )

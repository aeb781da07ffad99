"""What handoff says of the law: why a message was refused, since when an exchange is open, until when."""

from __future__ import annotations

import grpc
import pytest
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.law.v1 import explanation_pb2 as told
from corrections.law.v1 import service_pb2 as law
from servicekit.calls import purpose

from tests.integration.handoff.platform import COURT, Platform, wait
from tests.integration.handoff.test_exchanges import exchange_of, of_court, opened, revocation
from tests.unit.handoff.messages import person

LI, ELSEWHERE = "staff/330203/COUNTY_CCI/li", "staff/440305/COUNTY_CCI/wu"
OPERATOR = "operator/test"


def explain(platform: Platform, exchange: str, by: str = LI, **asked: object) -> told.Explanation:
    request = law.ExplainRequest(case_id=exchange, **asked)  # pyright: ignore[reportArgumentType]
    answer = platform.law(by).Explain(request, timeout=20, metadata=(purpose("test"),))
    return answer.explanation


def clocks(platform: Platform, exchange: str, by: str = OPERATOR) -> dict[str, law.Deadline]:
    request = law.ListDeadlinesRequest(case_id=exchange)
    return {one.name: one for one in platform.law(by).ListDeadlines(request, timeout=20).deadlines}


def test_a_refused_message_is_explained_in_its_receipt_and_to_the_office(platform: Platform):
    message = of_court("no-term", person(probation=None))
    *_, refused = platform.submit(COURT, message)
    assert refused.stage == msg.STAGE_REFUSED
    reason = refused.explanation
    assert reason.sentences_zh[0] == f"{refused.refusal.code}：{refused.refusal.remedy_zh}"
    assert reason.rules[0].rule == refused.refusal.rule
    assert reason.rules[0].articles[0].title_zh

    exchange = exchange_of(platform, COURT, message)
    wait(lambda: clocks(platform, exchange) == {}, "what was refused is answered")
    why_refused = explain(platform, exchange, refusal=law.AskedRefusal(command="Submit"))
    for found in (explain(platform, exchange, status=""), why_refused):
        assert found.rules[0].rule == refused.refusal.rule
        assert [one.title_zh for one in found.events] == ["收到外部消息", "外部消息已退回"]
    for by in (ELSEWHERE, "staff/44/PROV_CCI/wu"):
        with pytest.raises(grpc.RpcError) as hidden:
            explain(platform, exchange, by=by, status="")
        assert hidden.value.code() == grpc.StatusCode.NOT_FOUND  # pyright: ignore[reportAttributeAccessIssue]


def test_what_breaks_the_contract_says_that_it_is_no_law(platform: Platform):
    *_, refused = platform.submit(COURT, msg.Judgment(message_id="empty"))
    assert refused.explanation.sentences_zh
    assert bool(refused.explanation.rules) is bool(refused.refusal.rule)


def test_an_exchange_that_waits_says_since_when_and_until_when(platform: Platform):
    ruling = revocation("early-ruling-first", "judgment-later")
    platform.submit(COURT, ruling)
    exchange = exchange_of(platform, COURT, ruling)
    wait(lambda: set(clocks(platform, exchange)) == {"documents-receipt", "documents-supplement"}, "both run")
    clock = clocks(platform, exchange)["documents-supplement"]
    assert (clock.rule, clock.article_zh) == ("intake.documents.supplement", "社区矫正法实施办法 第十六条")
    found = explain(platform, exchange, deadline="documents-supplement")
    assert found.counting.last_day == clock.last_day
    assert [one.title_zh for one in found.events] == ["外部消息暂存待办"]
    state = explain(platform, exchange, status="HELD")
    assert {one.name: one.value for one in state.facts}["状态"] == "已暂存，待相关文书到达"
    assert state.counting.last_day == clocks(platform, exchange)["documents-receipt"].last_day

    judgment = of_court("judgment-later")
    platform.submit(COURT, judgment)
    of_judgment = exchange_of(platform, COURT, judgment)
    case = platform.intake.case("理由")
    platform.intake.tell("理由", opened(of_judgment), about=case)
    wait(lambda: "documents-supplement" not in clocks(platform, exchange), "the documents are there")
    # the county's officer sees it, once the case is known to lie there; the neighbour does not
    wait(lambda: "documents-receipt" in clocks(platform, exchange, by=LI), "the county sees it")
    assert clocks(platform, exchange, by=ELSEWHERE) == {}
    assert clocks(platform, exchange, by=LI)["documents-receipt"].county == "330203"
    wait(lambda: clocks(platform, of_judgment) == {}, "the judgment is answered")

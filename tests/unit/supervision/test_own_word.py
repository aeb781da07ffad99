"""Only the service names the message on which a find rests. 社区矫正法 第三十条; 实施办法 第十六条."""

from __future__ import annotations

import protovalidate
import pytest
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.errors import Invalid
from supervision.messages import own_word
from supervision.testing import CASE_ID

EXCHANGE = "0b6b6a2e-7a25-5b0d-9d4e-1c4f3f1e2a00"


def found(exchange_id: str) -> cmd.RecordFoundRequest:
    return cmd.RecordFoundRequest(request_id="r", case_id=CASE_ID, exchange_id=exchange_id)


@pytest.mark.parametrize("role", ["COUNTY_CCI", "JO"])
def test_an_officer_cannot_name_a_message_of_the_police(role: str):
    with pytest.raises(Invalid) as refused:
        own_word(found(EXCHANGE), role)
    assert refused.value.field == "exchange_id"
    own_word(found(""), role)


def test_the_service_names_the_message_of_the_police():
    own_word(found(EXCHANGE), "SERVICE")


def test_a_message_is_named_by_its_id_or_not_at_all():
    assert not protovalidate.collect_violations(found(""))
    assert not protovalidate.collect_violations(found(EXCHANGE))
    assert protovalidate.collect_violations(found("' or 1=1"))

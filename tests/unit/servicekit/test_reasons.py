"""Every refusal by the law says why: rule, version, article, and the days counted where its facts name a start."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from contracts.reference import errors
from contracts.reference.codes import BY_THE_FACTS, Raised, raised
from corrections.law.v1.explanation_pb2 import DAY_STATE_SKIPPED, Explanation
from eventcore.decider import NotYetDue, Refused
from google.protobuf.json_format import MessageToDict
from google.rpc import error_details_pb2, status_pb2
from lawkit import load_law
from lawkit.why import why
from servicekit import reasons
from servicekit.errors import Texts, Translator

ROOT = Path(__file__).parents[3]
LAW = load_law()
TRANSLATOR = Translator(service="intake", texts=Texts(), law=load_law)
# gRPC bounds the metadata of one answer to 8 KB, in which the details are written in base64
MOST_BYTES = 5_000
PLACES = [
    place
    for service, package in errors.packages(ROOT).items()
    if service != errors.PLATFORM
    for place in raised(package)
    if place.rule not in ("", BY_THE_FACTS)
]


def details(status: status_pb2.Status) -> tuple[error_details_pb2.ErrorInfo, Explanation | None]:
    info, explanation = error_details_pb2.ErrorInfo(), Explanation()
    found = None
    for detail in status.details:
        detail.Unpack(info)
        if detail.Unpack(explanation):
            found = explanation
    return info, found


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.module}-{place.code}-{place.rule}")
def test_every_refusal_names_rule_version_and_article(place: Raised):
    info, found = details(TRANSLATOR.status(Refused(place.code, rule=place.rule)))
    assert found is not None
    assert (info.metadata["rule"], info.metadata["rule_from"]) == (place.rule, found.rules[0].in_force_from)
    assert found.rules[0].rule == place.rule
    assert found.rules[0].articles[0].title_zh in info.metadata["article"]
    assert found.sentences_zh


@pytest.mark.parametrize("rule_id", LAW.rule_ids)
def test_a_reason_fits_into_the_metadata_of_an_answer(rule_id: str):
    refused = Refused("ANY_CODE_OF_THE_PLATFORM", rule=rule_id, since="2025-09-24", due="2025-10-09")
    assert len(TRANSLATOR.status(refused).SerializeToString()) < MOST_BYTES


def test_a_refusal_counts_from_the_day_that_it_names():
    early = NotYetDue(rule="intake.report.deadline", due="2026-02-24", since="2026-02-06")
    found = details(TRANSLATOR.status(early))[1]
    assert found is not None
    assert (found.counting.nominal, found.counting.last_day) == ("2026-02-16", "2026-02-24")
    assert {day.state for day in found.counting.days} == {DAY_STATE_SKIPPED}
    assert found.counting.ends_at.ToJsonString() == "2026-02-24T16:00:00Z"


def test_the_law_of_the_day_of_the_act_explains_it():
    refused = Refused("WARNINGS_TOO_FEW", rule="history.2012.three-warnings")
    refused.on = date(2015, 1, 1)
    info, found = details(TRANSLATOR.status(refused))
    assert found is not None
    assert info.metadata["rule_from"] == found.rules[0].in_force_from == "2012-03-01"


@pytest.mark.parametrize("rule", ["", "no.such.rule"])
def test_a_refusal_without_a_rule_of_the_catalogue_has_no_reason(rule: str):
    info, found = details(TRANSLATOR.status(Refused("ANY", rule=rule)))
    assert found is None
    assert info.reason == "ANY"


def test_the_message_says_every_day_with_its_name():
    found = reasons.message(why(LAW, "assessment.term.ordinary", date(2026, 2, 13)))
    told = MessageToDict(found, preserving_proto_field_name=True)
    assert told["counting"]["total"] == LAW.rule("assessment.term.ordinary").duration
    assert [day["why_zh"] for day in told["counting"]["days"][:3]] == [
        "开始之日不计算在内", "春节调休上班", "周日",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "soon", "2026-02-06T10:00:00"])
def test_what_is_no_day_and_no_instant_is_counted_from_nowhere(text: str):
    assert reasons.moment(text) is None

"""接收裁判文书. 社区矫正法 第二条、第十七条、第二十条; 刑法 第三十八条、第四十二条、第四十五条、第七十二条、第七十三条."""

from __future__ import annotations

from itertools import chain

import pytest
from corrections.common.v1 import facts_pb2 as facts
from corrections.handoff.v1 import messages_pb2 as msg
from handoff.domain import message
from handoff.domain.judgment import subjects
from handoff.domain.message import Sender
from handoff.domain.refusals import REMEDIES, Finding, refusal
from lawkit import load_law

from tests.unit.handoff.messages import COURT, NOW, TODAY, judgment, months, nobody, person

LAW = load_law()
BY_COURT = Sender(COURT, "COURT")
IMPRISONMENT = "counting.range.probation-imprisonment"
DETENTION = "counting.range.probation-detention"
SURVEILLANCE = "counting.range.surveillance"
KINDS = "general.scope.four-kinds"
DEFENDANT = "defendants[0]"


def found(body: msg.Judgment, sender: Sender = BY_COURT, *, by_court: bool = True) -> list[Finding]:
    """Everything that is wrong, in the order in which a sender would hear of it."""
    return [
        *chain(
            message.shape(body),
            message.organ(body, sender, frozenset({COURT, "other-court"}), LAW),
            message.substance(body, LAW, NOW, TODAY, by_court=by_court),
        )
    ]


def first(body: msg.Judgment, sender: Sender = BY_COURT) -> tuple[str, str, str]:
    one = found(body, sender)[0]
    return one.code, one.field, one.rule


def detained(sentence: facts.Period, probation: facts.Period) -> msg.Defendant:
    return person(penalty=facts.PENALTY_DETENTION, sentence=sentence, probation=probation)


def surveilled(sentence: facts.Period, **changed: object) -> msg.Defendant:
    surveillance = facts.SUBJECT_KIND_PUBLIC_SURVEILLANCE
    penalty = facts.PENALTY_PUBLIC_SURVEILLANCE
    return person(penalty=penalty, kind=surveillance, sentence=sentence, probation=None, **changed)


def paroled(**changed: object) -> msg.Defendant:
    base = {"sentence": months(60), "probation": None, "printed_end_date": "2027-02-01"}
    return person(**{"kind": facts.SUBJECT_KIND_PAROLE, **base, **changed})


def outside(**changed: object) -> msg.Defendant:
    kind = facts.SUBJECT_KIND_TEMPORARY_SERVICE
    return person(**{"kind": kind, "sentence": months(60), "probation": None, **changed})


LAWFUL = {
    "a year's probation for eight months": person(),
    "probation as long as the sentence": person(sentence=months(36), probation=months(36)),
    "five years' probation for three": person(sentence=months(36), probation=months(60)),
    "detention of 2 months 15 days": detained(months(2, 15), months(3)),
    "detention of several crimes": detained(months(12), months(12)),
    "surveillance of three months": surveilled(months(3)),
    "surveillance of several crimes": surveilled(months(36)),
    "parole from life": paroled(penalty=facts.PENALTY_LIFE, sentence=None, printed_end_date=""),
    "surveillance with custody": surveilled(months(3), custody_days=40),
    "temporary service": outside(temporary_until="2026-08-01"),
    "no identity number": person(identity_number="", birth_date=""),
    "a foreign document": person(identity_number="E12345678"),
    "an injunction on probation": person(injunctions=["禁止进入夜总会"]),
    "an office in the county": person(office="330203001"),
    "a code of before 2023": person(execution_county="330204"),
}


@pytest.mark.parametrize("defendant", LAWFUL.values(), ids=LAWFUL)
def test_a_lawful_judgment_is_accepted(defendant: msg.Defendant):
    body = judgment(defendant)
    assert found(body) == []
    assert subjects(body) == (1,)


def test_persons_who_go_to_prison_beside_a_subject_are_no_subjects():
    body = judgment(nobody(1), person(2), nobody(3, penalty=facts.PENALTY_NONE, sentence=None))
    assert found(body) == []
    assert subjects(body) == (2,)


def test_a_judgment_without_any_subject_makes_no_case():
    assert first(judgment(nobody())) == ("NO_SUBJECT", "defendants", KINDS)


@pytest.mark.parametrize("text", ["", "2026-02-30", "2026-13-01", "2026-2-1", "20260201", "9999-12-31", "x"])
def test_an_impossible_day_is_refused(text: str):
    assert first(judgment(decision_date=text)) == ("DATE_IMPOSSIBLE", "decision_date", "")
    assert first(judgment(person(effective_date=text)))[1] == f"{DEFENDANT}.effective_date"


@pytest.mark.parametrize(
    "field", ["birth_date", "printed_end_date", "printed_report_date", "temporary_until"]
)
def test_a_day_that_may_be_empty_must_exist_when_given(field: str):
    assert first(judgment(person(**{field: "2026-02-30"}))) == ("DATE_IMPOSSIBLE", f"{DEFENDANT}.{field}", "")


DISORDERED = {
    "decision_date": judgment(decision_date="2026-03-03"),
    f"{DEFENDANT}.effective_date": judgment(person(effective_date="2026-01-19")),
    f"{DEFENDANT}.birth_date": judgment(person(birth_date="2026-01-20")),
    f"{DEFENDANT}.printed_end_date": judgment(person(printed_end_date="2026-01-31")),
    f"{DEFENDANT}.printed_report_date": judgment(person(printed_report_date="2026-01-19")),
    f"{DEFENDANT}.temporary_until": judgment(outside(temporary_until="2026-01-31")),
}


@pytest.mark.parametrize("field", DISORDERED)
def test_days_out_of_order_are_refused(field: str):
    assert first(DISORDERED[field]) == ("DATES_OUT_OF_ORDER", field, "")


def test_a_decision_that_takes_effect_after_ten_years_is_a_slip():
    assert first(judgment(person(effective_date="2036-01-21")))[0] == "DATES_OUT_OF_ORDER"


OUT_OF_BOUNDS = {
    "probation shorter than the sentence": (person(sentence=months(24)), "probation", IMPRISONMENT),
    "probation under a year": (person(probation=months(11)), "probation", IMPRISONMENT),
    "probation over five years": (person(probation=months(61)), "probation", IMPRISONMENT),
    "sentence over three years": (
        person(sentence=months(37), probation=months(48)),
        "sentence",
        IMPRISONMENT,
    ),
    "imprisonment under six months": (person(sentence=months(5)), "sentence", IMPRISONMENT),
    "probation for detention under two months": (
        detained(months(1), months(1, 29)),
        "probation",
        DETENTION,
    ),
    "probation for detention over a year": (detained(months(6), months(13)), "probation", DETENTION),
    "detention under a month": (detained(months(0, 15), months(2)), "sentence", DETENTION),
    "detention over a year": (detained(months(13), months(13)), "sentence", DETENTION),
    "surveillance under three months": (surveilled(months(2)), "sentence", SURVEILLANCE),
    "surveillance over three years": (surveilled(months(37)), "sentence", SURVEILLANCE),
    "six months less than nothing": (person(sentence=months(-6)), "sentence.months", IMPRISONMENT),
    "days less than nothing": (person(probation=months(12, -1)), "probation.days", IMPRISONMENT),
}


@pytest.mark.parametrize("case", OUT_OF_BOUNDS)
def test_a_term_out_of_bounds_is_refused(case: str):
    defendant, field, rule = OUT_OF_BOUNDS[case]
    assert first(judgment(defendant)) == ("TERM_OUT_OF_BOUNDS", f"{DEFENDANT}.{field}", rule)


def test_probation_needs_its_period():
    body = judgment(person(probation=None))
    assert first(body) == ("PROBATION_WITHOUT_PERIOD", f"{DEFENDANT}.probation", IMPRISONMENT)


def test_a_sentence_needs_its_length():
    assert first(judgment(person(sentence=None))) == ("TERM_MISSING", f"{DEFENDANT}.sentence", IMPRISONMENT)


@pytest.mark.parametrize("defendant", [nobody(probation=months(12)), surveilled(months(6)), paroled()])
def test_a_probation_period_without_probation_is_refused(defendant: msg.Defendant):
    defendant.probation.months = 12
    assert first(judgment(defendant))[:2] == ("PERIOD_WITHOUT_PROBATION", f"{DEFENDANT}.probation")


CONTRADICTIONS = {
    "probation of life": (person(penalty=facts.PENALTY_LIFE), IMPRISONMENT),
    "probation of surveillance": (person(penalty=facts.PENALTY_PUBLIC_SURVEILLANCE), IMPRISONMENT),
    "surveillance of imprisonment": (
        person(kind=facts.SUBJECT_KIND_PUBLIC_SURVEILLANCE, probation=None),
        SURVEILLANCE,
    ),
    "parole of detention": (paroled(penalty=facts.PENALTY_DETENTION), "counting.start.parole"),
    "temporary service of nothing": (outside(penalty=facts.PENALTY_NONE), "decision.temporary.grounds"),
    "political rights alone": (
        person(penalty=facts.PENALTY_ADDITIONAL_ONLY),
        "general.scope.political-rights-only-excluded",
    ),
    "surveillance without a kind": (
        nobody(penalty=facts.PENALTY_PUBLIC_SURVEILLANCE, sentence=months(6)),
        KINDS,
    ),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_kind_that_contradicts_the_penalty_is_refused(case: str):
    defendant, rule = CONTRADICTIONS[case]
    assert first(judgment(defendant)) == ("KIND_CONTRADICTS_PENALTY", f"{DEFENDANT}.kind", rule)


def test_surveillance_that_custody_has_used_up_leaves_nobody_to_supervise():
    served = nobody(penalty=facts.PENALTY_PUBLIC_SURVEILLANCE, sentence=months(3), custody_days=60)
    assert [f.code for f in found(judgment(served))] == ["NO_SUBJECT"]


ENDLESS = {
    "parole": (paroled(printed_end_date=""), "counting.start.parole"),
    "parole from death": (
        paroled(penalty=facts.PENALTY_DEATH, sentence=None, printed_end_date=""),
        "counting.start.parole",
    ),
    "temporary service for life": (outside(penalty=facts.PENALTY_LIFE, sentence=None), "release.certificate"),
}


@pytest.mark.parametrize("case", ENDLESS)
def test_a_term_whose_end_nobody_can_know_is_refused_with_its_field(case: str):
    defendant, rule = ENDLESS[case]
    assert first(judgment(defendant)) == ("TERM_END_UNKNOWN", f"{DEFENDANT}.printed_end_date", rule)
    defendant.printed_end_date = "2030-02-01"
    assert found(judgment(defendant)) == []


def test_temporary_service_granted_in_prison_prints_its_end():
    [one] = found(judgment(outside()), Sender(COURT, "PRISON_ADMIN"), by_court=False)
    assert (one.code, one.field) == ("TERM_END_UNKNOWN", f"{DEFENDANT}.printed_end_date")
    assert found(judgment(outside(printed_end_date="2030-02-01")), by_court=False) == []


@pytest.mark.parametrize(
    ("defendant", "field"),
    [
        (surveilled(months(3), custody_days=60), "custody_days"),
        (surveilled(months(3), custody_days=60, printed_end_date="2026-05-01"), "custody_days"),
        (outside(sentence=months(6), custody_days=400), "custody_days"),
        (outside(sentence=months(2**31 - 1)), "sentence"),
        (outside(sentence=months(12 * 300)), "sentence"),
    ],
)
def test_a_term_that_cannot_be_served_is_refused_with_its_field(defendant: msg.Defendant, field: str):
    [one] = found(judgment(defendant))
    assert (one.code, one.field) == ("TERM_NOT_POSSIBLE", f"{DEFENDANT}.{field}")


@pytest.mark.parametrize("defendant", [paroled(), outside(), nobody()])
def test_an_injunction_exists_for_surveillance_and_probation_only(defendant: msg.Defendant):
    defendant.injunctions.append("禁止接触被害人")
    expected = ("INJUNCTION_NOT_AVAILABLE", f"{DEFENDANT}.injunctions", "injunction.kinds")
    assert first(judgment(defendant)) == expected


def test_a_last_day_of_temporary_service_belongs_to_temporary_service():
    body = judgment(person(temporary_until="2026-08-01"))
    assert first(body)[:2] == ("FIELD_NOT_FOR_KIND", f"{DEFENDANT}.temporary_until")


@pytest.mark.parametrize("county", ["", "330200", "33020", "3302030", "999999", "３３０２０３", "甬江"])
def test_an_unknown_place_of_execution_is_refused(county: str):
    body = judgment(person(execution_county=county))
    assert first(body) == ("PLACE_UNKNOWN", f"{DEFENDANT}.execution_county", "decision.place.determine")


@pytest.mark.parametrize("office", ["330204001", "33020300", "33020300x"])
def test_an_office_lies_in_the_county(office: str):
    assert first(judgment(person(office=office)))[:2] == ("PLACE_UNKNOWN", f"{DEFENDANT}.office")


def test_a_place_of_execution_is_asked_of_subjects_only():
    assert found(judgment(person(1), nobody(2, execution_county=""))) == []


def test_two_persons_have_two_numbers():
    body = judgment(person(1), person(1))
    assert first(body)[:2] == ("DEFENDANT_NUMBER_REPEATED", "defendants[1].number")


def test_a_wrong_identity_number_is_refused_with_its_standard():
    [one] = found(judgment(person(identity_number="110105194912310021")))
    assert (one.code, one.article) == ("IDENTITY_NUMBER_INVALID", "GB 11643-1999")


@pytest.mark.parametrize("second", [person(2), person(2, name="李四"), nobody(2)])
def test_one_identity_number_is_one_person_listed_once(second: msg.Defendant):
    number = "11010519491231002X"
    second.identity_number = number.lower()
    [one] = found(judgment(person(1, identity_number=number, birth_date=""), second))
    assert (one.code, one.field) == ("IDENTITY_NUMBER_REPEATED", "defendants[1].identity_number")
    assert refusal(LAW, one).article == "GB 11643-1999"


def test_defendants_without_an_identity_number_are_not_taken_for_one():
    assert found(judgment(person(1, identity_number=""), person(2, identity_number=""))) == []


@pytest.mark.parametrize("number", ["11010519491231002X", "110105491231002"])
def test_a_birth_date_that_contradicts_the_identity_number_is_refused(number: str):
    [one] = found(judgment(person(identity_number=number, birth_date="1949-12-30")))
    assert (one.code, one.field) == ("BIRTH_DATE_CONTRADICTS_NUMBER", f"{DEFENDANT}.birth_date")
    assert found(judgment(person(identity_number=number, birth_date=""))) == []


def test_the_organ_is_registered():
    assert first(judgment(organ_code="nobody"))[:2] == ("ORGAN_UNKNOWN", "organ_code")


def test_the_sender_is_the_organ_or_speaks_for_it():
    body = judgment(organ_code="other-court")
    assert first(body)[:2] == ("SENDER_NOT_ORGAN", "organ_code")
    assert found(body, Sender(COURT, "COURT", frozenset({"other-court"}))) == []


def test_a_prison_passes_on_temporary_service_and_nothing_else():
    prison = Sender(COURT, "PRISON_ADMIN")
    assert found(judgment(outside(printed_end_date="2030-02-01")), prison, by_court=False) == []
    assert first(judgment(), prison)[0] == "RULING_NOT_FROM_ORGAN"


def test_a_procuratorate_decides_no_judgment():
    assert first(judgment(outside()), Sender(COURT, "PROC_COUNTY"))[0] == "RULING_NOT_FROM_ORGAN"


@pytest.mark.parametrize("code", REMEDIES)
def test_every_refusal_says_what_to_do(code: str):
    said = refusal(LAW, Finding(code, "f", IMPRISONMENT))
    assert (said.code, said.field, said.article) == (code, "f", "刑法 第七十三条第二款")
    assert said.remedy_zh

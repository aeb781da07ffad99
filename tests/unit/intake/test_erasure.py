"""What is kept about a person is destroyed by two people, when the law allows. 个人信息保护法 第四十七条; 档案法 第十四条."""

from __future__ import annotations

from datetime import date
from typing import Any

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from corrections.intake.v1.prepared_pb2 import IdentityClaim, PreparedErasure, PreparedErasureProposal
from eventcore.decider import Caller, On, Release
from eventcore.testing import INSTALLATION, Scenario, given
from intake.domain.ids import case_stream
from intake.domain.person import PERSON
from intake.domain.state import Person
from intake.testing import CASE_ID, PERSON_ID, SEALED

OTHER = "33333333-3333-5333-8333-333333333333"
OPENED = On(case_stream(CASE_ID), ev.CaseOpened(person_id=PERSON_ID))
RELEASED = On(case_stream(CASE_ID), ev.Released(end_date="2027-03-01"))
REGISTERED = ev.PersonRegistered(name=SEALED, identity_number=SEALED)
KEPT_UNTIL = "2030-03-01"
PROPOSE = PreparedErasureProposal(kept_until=KEPT_UNTIL, reason=SEALED)
PROPOSED = ev.ErasureProposed(kept_until_date=KEPT_UNTIL, reason=SEALED, case_ids=[CASE_ID])
APPROVE = cmd.ApproveErasureRequest(request_id="a", person_id=PERSON_ID)
APPROVED = ev.ErasureApproved(kept_until_date=KEPT_UNTIL, case_ids=[CASE_ID])
CARRY_OUT = PreparedErasure(key_ids=[b"k" * 16], claims=[IdentityClaim(case_id=CASE_ID, mac=b"m" * 32)])
ERASED = ev.PersonErased(case_ids=[CASE_ID], key_ids=[b"k" * 16])
SECOND = f"spiffe://{INSTALLATION}/staff/330203/COUNTY_CCI/second"


def ended(*more: Any) -> Scenario[Person]:
    """A person whose only case ended on 2027-03-01; it is after the keeping period."""
    return given(PERSON, OPENED, RELEASED, REGISTERED, *more).at("2030-03-02")


def test_an_erasure_is_proposed_once_all_cases_ended_and_the_keeping_period_is_over():
    ended().when(PROPOSE).then(PROPOSED)


def test_nothing_is_erased_while_a_case_runs():
    running = given(PERSON, OPENED, REGISTERED).at("2030-03-02")
    running.when(PROPOSE).refused("CASE_RUNNING", rule="privacy.delete")
    second = ended(On(case_stream(OTHER), ev.CaseOpened(person_id=PERSON_ID)))
    second.when(PROPOSE).refused("CASE_RUNNING", rule="privacy.delete")
    by_another(second.given(PROPOSED)).when(APPROVE).refused("CASE_RUNNING")
    second.given(PROPOSED, APPROVED).when(CARRY_OUT).refused("CASE_RUNNING")


def test_nothing_is_erased_while_the_keeping_period_runs():
    early = ended().at(KEPT_UNTIL)
    early.when(PROPOSE).refused("KEEPING_PERIOD_RUNS", rule="privacy.delete", kept_until=KEPT_UNTIL)


def test_the_keeping_period_does_not_end_before_the_last_case():
    ended().when(PreparedErasureProposal(kept_until="2027-02-28")).invalid("kept_until")


def test_a_second_person_approves():
    ended(PROPOSED).by(actor=SECOND).when(APPROVE).refused(
        "ERASURE_NEEDS_SECOND_PERSON", rule="privacy.archive"
    )
    by_another(ended(PROPOSED)).when(APPROVE).then(APPROVED)


def test_nobody_approves_what_nobody_proposed():
    ended().when(APPROVE).refused("ERASURE_NOT_PROPOSED", rule="privacy.archive")


def test_what_is_approved_is_carried_out_once_and_the_number_finds_nobody():
    ended(PROPOSED).when(CARRY_OUT).refused("ERASURE_NOT_APPROVED", rule="privacy.archive")
    approved = ended(PROPOSED, APPROVED)
    approved.when(CARRY_OUT).then(ERASED, Release("identity", b"m" * 32, case_stream(CASE_ID)))
    for again in (CARRY_OUT, APPROVE, PROPOSE):
        approved.given(ERASED).when(again).then()


def test_a_new_proposal_needs_a_new_approval():
    ended(PROPOSED, APPROVED, PROPOSED).when(CARRY_OUT).refused("ERASURE_NOT_APPROVED")


def test_an_erased_person_has_no_identity_left_to_show():
    state = ended(PROPOSED, APPROVED, (date(2030, 3, 2), ERASED)).state
    assert (dict(state.identity), state.erased_at is not None) == ({}, True)


def by_another(history: Scenario[Person]) -> Scenario[Person]:
    """The caller is another person than who wrote the history."""

    class _Other(Scenario[Person]):
        @property
        def state(self) -> Person:
            return history.state

    caller = Caller(SECOND, "330203", "COUNTY_CCI", "test")
    return _Other(history.decider, history.law, history.history, history.others, history.now, caller)

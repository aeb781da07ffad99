"""收到、受理、退回、暂存、生效; 对外文书、签收; 公安机关查询. 社区矫正法 第二十条、第三十条; 实施办法 第十六条."""

from __future__ import annotations

from datetime import timedelta

from corrections.common.v1.common_pb2 import Sealed
from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import prepared_pb2 as cmd
from eventcore.decider import Claim, Release
from eventcore.testing import given, scenario
from handoff.domain.effect import REFERENCE_CLAIM, case_of
from handoff.domain.exchange import EXCHANGE
from handoff.domain.missing_status import Period, Status, status_at, worst_first
from handoff.domain.receiving import JUDGMENT_CLAIM

from tests.unit.handoff.messages import NOW, at, sealed

TYPE = msg.Judgment.DESCRIPTOR.full_name
ONE, TWO, MAC = b"1" * 32, b"2" * 32, b"m" * 32
RECEIVED = ev.MessageReceived(
    agency_code="court",
    message_id="m-1",
    message_type=TYPE,
    signed=sealed("signed"),
    content_mac=ONE,
    receipt=sealed("received"),
)
ACCEPTED = ev.MessageAccepted(
    message_type=TYPE, defendant_numbers=[1, 3], receipt=sealed("accepted"), reference_macs=[ONE, TWO]
)
REFUSED = ev.MessageRefused(refusal=msg.Refusal(code="NO_SUBJECT"), receipt=sealed("refused"))
HELD = ev.MessageHeld(message_type="ruling", reference_mac=MAC, receipt=sealed("held"))
RULED = ev.MessageAccepted(message_type="ruling", case_id="c", receipt=sealed("accepted"))
OTHER = ev.OtherContentRefused(content_mac=TWO, receipt=sealed("reused"))
SUBMIT = cmd.PreparedSubmit(received=RECEIVED, accepted=ACCEPTED, other_content=OTHER, judgment_mac=MAC)
RELEASE = cmd.PreparedRelease(accepted=RULED)
NOTICE = ev.NoticePrepared(to="proc", kind="k", case_id="c", signed=sealed("notice"), cause="e", role="PROC")
RECEIPTED = ev.NoticeReceipted(agency_code="proc", receipt=sealed("r"), stage=msg.STAGE_ACCEPTED)
NOT_TAKEN = ev.NoticeRefused(agency_code="proc", code="WRONG_ADDRESSEE", receipt=sealed("r"))


def submitted(
    mac: bytes, *, refused: ev.MessageRefused | None = None, held: ev.MessageHeld | None = None
) -> cmd.PreparedSubmit:
    """The message with another content or another verdict."""
    made = cmd.PreparedSubmit()
    made.CopyFrom(SUBMIT)
    made.received.content_mac = mac
    made.other_content.content_mac = mac
    if refused is not None:
        made.refused.CopyFrom(refused)
    if held is not None:
        made.held.CopyFrom(held)
    return made


def test_a_valid_judgment_is_received_and_accepted_and_holds_its_case_number():
    scenario(EXCHANGE).when(SUBMIT).then(RECEIVED, ACCEPTED, Claim(JUDGMENT_CLAIM, MAC))


def test_a_refused_message_is_received_too():
    scenario(EXCHANGE).when(submitted(ONE, refused=REFUSED)).then(RECEIVED, REFUSED)


def test_a_ruling_before_its_judgment_is_held():
    scenario(EXCHANGE).when(submitted(ONE, held=HELD)).then(RECEIVED, HELD)


def test_the_same_message_again_changes_nothing():
    given(EXCHANGE, RECEIVED, ACCEPTED).by(role="SERVICE").when(SUBMIT).then()


def test_other_content_under_the_same_id_is_refused_once():
    trial = given(EXCHANGE, RECEIVED, ACCEPTED).by(role="SERVICE")
    trial.when(submitted(TWO)).then(OTHER)
    trial.given(OTHER).when(submitted(TWO)).then()


def test_another_agency_does_not_see_the_exchange():
    trial = given(EXCHANGE, RECEIVED, ACCEPTED)
    trial.by(role="COURT", actor="spiffe://guitu-test/agency/elsewhere").when(SUBMIT).not_found()
    trial.by(role="COURT", actor="spiffe://guitu-test/agency/court").when(SUBMIT).then()


def test_a_held_ruling_is_taken_up_once_its_case_is_there():
    held = given(EXCHANGE, RECEIVED, HELD).by(role="SERVICE")
    held.when(RELEASE).then(RULED)
    held.given(RULED).when(RELEASE).then()


def test_what_is_not_held_cannot_be_released():
    given(EXCHANGE, RECEIVED, REFUSED).by(role="SERVICE").when(RELEASE).refused("MESSAGE_NOT_HELD")


def effect(number: int, case_id: str, *all_cases: str) -> cmd.PreparedEffect:
    done = ev.MessageEffected(case_ids=all_cases, receipt=sealed("effected"))
    return cmd.PreparedEffect(noted=ev.EffectNoted(defendant_number=number, case_id=case_id), effected=done)


def test_a_judgment_is_effected_when_every_person_has_a_case():
    first, last = effect(3, "c3"), effect(1, "c1", "c1", "c3")
    accepted = given(EXCHANGE, RECEIVED, ACCEPTED).by(role="SERVICE")
    accepted.when(first).then(first.noted, Claim(REFERENCE_CLAIM, TWO))
    accepted.given(first.noted).when(first).then()
    accepted.given(first.noted).when(last).then(last.noted, last.effected, Claim(REFERENCE_CLAIM, ONE))
    accepted.given(first.noted, last.noted, last.effected).when(last).then()


def test_a_reference_names_its_case_once_it_is_there():
    state = given(EXCHANGE, RECEIVED, ACCEPTED, effect(3, "c3").noted).state
    assert case_of(state, TWO) == "c3"
    assert case_of(state, ONE) == ""
    assert case_of(given(EXCHANGE, RECEIVED).state, ONE) == ""


def test_a_receipt_that_another_effect_has_overtaken_is_prepared_again():
    accepted = given(EXCHANGE, RECEIVED, ACCEPTED, effect(3, "c3").noted).by(role="SERVICE")
    accepted.when(effect(1, "c1")).refused("EXCHANGE_OVERTAKEN")


def test_a_ruling_is_effected_by_its_one_case():
    done = effect(0, "c", "c")
    given(EXCHANGE, RECEIVED, RULED).by(role="SERVICE").when(done).then(done.effected)


def test_an_effect_needs_an_accepted_message_and_a_person_of_it():
    given(EXCHANGE, RECEIVED, HELD).by(role="SERVICE").when(effect(0, "c", "c")).refused(
        "MESSAGE_NOT_ACCEPTED"
    )
    given(EXCHANGE, RECEIVED, ACCEPTED).by(role="SERVICE").when(effect(2, "c")).refused(
        "PERSON_NOT_IN_DECISION"
    )


NOT_DONE = ev.MessageWithoutEffect(refusal=msg.Refusal(code="CASE_ENDED"), receipt=sealed("without effect"))
WITHOUT = cmd.PreparedWithoutEffect(without_effect=NOT_DONE)


def test_a_ruling_that_cannot_be_done_ends_without_effect_once():
    trial = given(EXCHANGE, RECEIVED, RULED).by(role="SERVICE")
    trial.when(WITHOUT).then(NOT_DONE)
    ended = trial.given(NOT_DONE)
    ended.when(WITHOUT).then()
    ended.when(cmd.PreparedEffect(noted=ev.EffectNoted(case_id="c"))).then()
    assert (ended.state.stage, ended.state.refusal) == (msg.STAGE_WITHOUT_EFFECT, NOT_DONE.refusal)


def lacking(number: int) -> msg.PersonRefusal:
    return msg.PersonRefusal(defendant_number=number, refusal=msg.Refusal(code="TERM_END_UNKNOWN"))


def failing(number: int, *all_cases: str, last: bool = False) -> cmd.PreparedWithoutEffect:
    made = cmd.PreparedWithoutEffect(person=ev.PersonWithoutEffect(person=lacking(number)))
    if last:
        made.without_effect.CopyFrom(ended_without(*all_cases))
        made.judgment_mac = MAC
    return made


def ended_without(*all_cases: str) -> ev.MessageWithoutEffect:
    return ev.MessageWithoutEffect(case_ids=all_cases, receipt=sealed("without effect"))


def test_a_judgment_ends_without_effect_when_one_person_has_no_case_and_may_come_anew():
    first, last = failing(3), effect(1, "c1")
    last.without_effect.CopyFrom(ended_without("c1"))
    last.judgment_mac = MAC
    accepted = given(EXCHANGE, RECEIVED, ACCEPTED).by(role="SERVICE")
    accepted.when(first).then(first.person)
    one_failed = accepted.given(first.person)
    one_failed.when(first).then()
    one_failed.when(effect(1, "c1", "c1")).refused("EXCHANGE_OVERTAKEN")
    one_failed.when(last).then(
        last.noted, last.without_effect, Release(JUDGMENT_CLAIM, MAC), Claim(REFERENCE_CLAIM, ONE)
    )
    ended = one_failed.given(last.noted, last.without_effect)
    ended.when(last).then()
    assert ended.state.stage == msg.STAGE_WITHOUT_EFFECT


def test_the_last_person_without_a_case_ends_the_judgment():
    noted, last = effect(1, "c1").noted, failing(3, "c1", last=True)
    accepted = given(EXCHANGE, RECEIVED, ACCEPTED, noted).by(role="SERVICE")
    accepted.when(failing(3)).refused("EXCHANGE_OVERTAKEN")
    accepted.when(failing(3, last=True)).refused("EXCHANGE_OVERTAKEN")
    accepted.when(last).then(last.person, last.without_effect, Release(JUDGMENT_CLAIM, MAC))


def test_who_is_not_in_the_decision_cannot_fail_and_who_has_a_case_does_not():
    accepted = given(EXCHANGE, RECEIVED, ACCEPTED).by(role="SERVICE")
    accepted.when(failing(2)).refused("PERSON_NOT_IN_DECISION")
    accepted.given(effect(3, "c3").noted).when(failing(3)).then()
    given(EXCHANGE, RECEIVED, HELD).by(role="SERVICE").when(failing(1)).refused("MESSAGE_NOT_ACCEPTED")


def test_a_ruling_has_its_effect_in_the_case_for_which_it_was_taken_up():
    given(EXCHANGE, RECEIVED, RULED).by(role="SERVICE").when(effect(0, "d", "d")).refused(
        "CASE_NOT_OF_RULING"
    )


def test_what_had_its_effect_cannot_lose_it():
    effected = ev.MessageEffected(case_ids=["c"], receipt=sealed("effected"))
    given(EXCHANGE, RECEIVED, RULED, effected).by(role="SERVICE").when(WITHOUT).then()


def test_a_message_that_was_not_taken_up_has_no_such_end():
    given(EXCHANGE, RECEIVED, HELD).by(role="SERVICE").when(WITHOUT).refused("MESSAGE_NOT_ACCEPTED")


def test_a_held_ruling_of_an_organ_that_may_not_rule_stays_held():
    given(EXCHANGE, RECEIVED, HELD).by(role="SERVICE").when(cmd.PreparedRelease()).then()


def test_a_notice_is_prepared_once():
    scenario(EXCHANGE).when(cmd.PreparedNotice(prepared=NOTICE)).then(NOTICE)
    given(EXCHANGE, NOTICE).by(role="SERVICE").when(cmd.PreparedNotice(prepared=NOTICE)).then()


def test_the_agency_signs_for_a_notice_once():
    trial = given(EXCHANGE, NOTICE).by(role="SERVICE")
    trial.when(cmd.PreparedDelivery(receipted=RECEIPTED)).then(RECEIPTED)
    trial.given(RECEIPTED).when(cmd.PreparedDelivery(receipted=RECEIPTED)).then()
    trial.given(RECEIPTED).when(cmd.PreparedDelivery(refused=NOT_TAKEN)).then()


def test_a_refused_notice_waits_for_people_and_may_be_taken_later():
    trial = given(EXCHANGE, NOTICE).by(role="SERVICE")
    trial.when(cmd.PreparedDelivery(refused=NOT_TAKEN)).then(NOT_TAKEN)
    trial.given(NOT_TAKEN).when(cmd.PreparedDelivery(refused=NOT_TAKEN)).then()
    trial.given(NOT_TAKEN).when(cmd.PreparedDelivery(receipted=RECEIPTED)).then(RECEIPTED)


def test_what_was_never_prepared_cannot_be_delivered():
    scenario(EXCHANGE).when(cmd.PreparedDelivery(receipted=RECEIPTED)).not_found()


def test_a_query_of_the_police_is_recorded_once():
    content = Sealed(key_id=bytes(16), ciphertext=b"c")
    answered = ev.MissingStatusQueryAnswered(agency_code="police", queried=content)
    asked = cmd.PreparedQuery(answered=answered)
    scenario(EXCHANGE).when(asked).then(answered)
    given(EXCHANGE, answered).by(role="SERVICE").when(asked).then()
    before = ev.MissingStatusQueried(agency_code="police", case_id="c", as_of="2026-03-02")
    given(EXCHANGE, before).by(role="SERVICE").when(asked).then()


def test_a_query_without_answer_is_recorded_each_time_on_the_agencys_own_stream():
    unanswered = ev.MissingStatusQueryUnanswered(agency_code="police", person_mac=MAC, as_of="2026-03-02")
    asked = cmd.PreparedQuery(unanswered=unanswered)
    scenario(EXCHANGE).when(asked).then(unanswered)
    given(EXCHANGE, unanswered).by(role="SERVICE").when(asked).then(unanswered)


HOUR = timedelta(hours=1)


def test_who_never_reported_in_is_searched_for_in_a_state_of_its_own():
    awaited = Period(NOW, awaited=True)
    assert status_at([awaited], NOW) == Status(ev.MISSING_STATE_NOT_REPORTED_IN, NOW)
    came = Period(NOW, NOW + HOUR, awaited=True)
    assert status_at([came], NOW + HOUR) == Status(ev.MISSING_STATE_FOUND, NOW, NOW + HOUR)


def test_a_person_is_missing_from_the_loss_to_the_find():
    found = Period(NOW, NOW + HOUR)
    assert status_at([found], NOW - HOUR) == Status(ev.MISSING_STATE_NOT_MISSING)
    assert status_at([found], NOW) == Status(ev.MISSING_STATE_MISSING, NOW)
    assert status_at([found], NOW + HOUR) == Status(ev.MISSING_STATE_FOUND, NOW, NOW + HOUR)
    assert status_at([], NOW) == Status(ev.MISSING_STATE_NOT_MISSING)


def test_a_second_loss_counts_from_its_own_day():
    periods = [Period(NOW + 2 * HOUR), Period(NOW, NOW + HOUR)]
    assert status_at(periods, NOW + 3 * HOUR) == Status(ev.MISSING_STATE_MISSING, NOW + 2 * HOUR)
    assert status_at(periods, NOW + HOUR) == Status(ev.MISSING_STATE_FOUND, NOW, NOW + HOUR)


def test_the_state_can_be_asked_as_of_any_instant():
    state = given(EXCHANGE, ("2026-03-01", RECEIVED), ("2026-03-03", ACCEPTED)).state
    assert state.stage_on(NOW) == msg.STAGE_RECEIVED
    assert state.stage == msg.STAGE_ACCEPTED
    assert at(NOW).seconds == int(NOW.timestamp())


def test_of_several_cases_the_one_in_which_the_person_is_missing_counts():
    missing, found = status_at([Period(NOW)], NOW), status_at([Period(NOW, NOW)], NOW)
    assert min((status_at([], NOW), found, missing), key=worst_first) == missing

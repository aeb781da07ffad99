"""转介帮扶. 社区矫正法 第三十七条至第四十三条."""

from __future__ import annotations

from assistance.domain.case import CASE
from corrections.assistance.v1 import events_pb2 as ev
from corrections.assistance.v1 import service_pb2 as cmd
from eventcore.decider import free_text
from eventcore.testing import SEAL_TO, given, scenario

OPENED = ev.AssistanceOpened(county="330203", office="330203004", seal_to=SEAL_TO)
CLOSED = ev.AssistanceClosed(on="2026-04-01")
MAKE = cmd.MakeReferralRequest(
    request_id="r",
    case_id="c",
    referral_id="a1",
    need=ev.NEED_EMPLOYMENT,
    department="人社局",
    consented=True,
)
MADE = ev.ReferralMade(referral_id="a1", need=ev.NEED_EMPLOYMENT, department="人社局")
ACCEPT = cmd.AcceptReferralRequest(request_id="r", case_id="c", referral_id="a1")
ACCEPTED = ev.ReferralAccepted(referral_id="a1")
DECLINE = cmd.DeclineReferralRequest(request_id="r", case_id="c", referral_id="a1", reason="无岗位")
DECLINED = ev.ReferralDeclined(referral_id="a1", reason=free_text("无岗位"))
CONCLUDE = cmd.ConcludeReferralRequest(
    request_id="r", case_id="c", referral_id="a1", outcome="已就业", helped=True
)
CONCLUDED = ev.ReferralConcluded(referral_id="a1", outcome=free_text("已就业"), helped=True)


def test_a_referral_goes_to_its_outcome():
    given(CASE, OPENED).when(MAKE).then(MADE)
    given(CASE, OPENED, MADE).when(ACCEPT).then(ACCEPTED)
    given(CASE, OPENED, MADE, ACCEPTED).when(CONCLUDE).then(CONCLUDED)


def test_repeating_an_act_changes_nothing():
    given(CASE, OPENED, MADE).when(MAKE).then()
    given(CASE, OPENED, MADE, ACCEPTED).when(ACCEPT).then()
    given(CASE, OPENED, MADE, ACCEPTED, CONCLUDED).when(CONCLUDE).then()
    given(CASE, OPENED, MADE, DECLINED).when(DECLINE).then()


def test_without_consent_nothing_is_passed_on():
    forced = cmd.MakeReferralRequest(
        request_id="r", case_id="c", referral_id="a1", need=ev.NEED_EMPLOYMENT, department="人社局"
    )
    given(CASE, OPENED).when(forced).refused("REFERRAL_WITHOUT_CONSENT", rule="assistance.apply")


def test_a_referral_id_names_one_referral():
    other = cmd.MakeReferralRequest(
        request_id="r",
        case_id="c",
        referral_id="a1",
        need=ev.NEED_HOUSING,
        department="民政局",
        consented=True,
    )
    given(CASE, OPENED, MADE).when(other).refused("REFERRAL_ID_TAKEN")


def test_only_an_accepted_referral_has_an_outcome():
    given(CASE, OPENED, MADE).when(CONCLUDE).refused("REFERRAL_NOT_ACCEPTED")
    given(CASE, OPENED, MADE, DECLINED).when(ACCEPT).refused("REFERRAL_DECLINED")
    given(CASE, OPENED, MADE, ACCEPTED).when(DECLINE).refused("REFERRAL_ACCEPTED")
    given(CASE, OPENED).when(ACCEPT).refused("REFERRAL_UNKNOWN")


def test_no_referral_is_made_after_corrections_ended():
    given(CASE, OPENED, CLOSED).when(MAKE).refused("ASSISTANCE_HAS_ENDED", rule="release.conditions")


def test_a_case_enters_assistance_once():
    open_ = cmd.OpenAssistanceRequest(
        request_id="r", case_id="c", county="330203", office="330203004", seal_to=SEAL_TO
    )
    scenario(CASE).when(open_).then(OPENED)
    given(CASE, OPENED).when(open_).then()


def test_an_office_of_another_county_sees_nothing():
    given(CASE, OPENED).by(unit="330204").when(MAKE).not_found()


def test_an_office_sees_only_the_cases_entrusted_to_it():
    given(CASE, OPENED).by(role="JO", unit="330203004").when(MAKE).then(MADE)
    given(CASE, OPENED).by(role="JO", unit="330203005").when(MAKE).not_found()
    to_none = ev.AssistanceOpened(county="330203")
    given(CASE, to_none).by(role="JO", unit="330203004").when(MAKE).not_found()

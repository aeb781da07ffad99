"""The list of cases keeps pace with the cases."""

from __future__ import annotations

from intake.domain import entry, opening, release, reporting_in, term, termination, without_effect
from intake.projections.cases import CASES


def test_the_list_counts_every_event_of_a_case():
    duties = (opening, reporting_in, entry, term, release, termination, without_effect)
    known = {event for duty in duties for event in duty.EVOLUTIONS}
    assert known <= set(CASES.handle)

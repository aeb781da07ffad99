"""Until when an assessment (调查评估) is due. 社区矫正法实施办法 第十四条; 刑事诉讼法 第二百二十三条."""

from dataclasses import dataclass
from datetime import date

from lawkit.counting import Due
from lawkit.law import Law

_ORDINARY = "assessment.term.ordinary"
_FAST_TRACK = "assessment.term.fast-track"
_NOT_FOR_MINORS = "assessment.fast-track.not-for-minors"


@dataclass(frozen=True, slots=True)
class AssessmentTerm:
    """The due date, and the rule by which a mark "fast-track" was rejected, if it was."""

    due: Due
    rejected_by: str | None


def assessment_term(
    law: Law, received: date, *, fast_track: bool, minor: bool, on: date | None = None
) -> AssessmentTerm:
    """The term from the day on which the letter and all its materials were there.

    A minor defendant has no fast-track case: the mark is rejected and the ordinary term runs.
    Raises NotInForce, CalendarMissing.
    """
    if fast_track and minor:
        rejected = law.rule(_NOT_FOR_MINORS, on or received).id
        return AssessmentTerm(law.due(_ORDINARY, received, on), rejected)
    return AssessmentTerm(law.due(_FAST_TRACK if fast_track else _ORDINARY, received, on), None)

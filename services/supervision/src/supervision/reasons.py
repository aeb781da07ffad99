"""Why a case under supervision is where it is. 社区矫正法 第二十八条、第三十条; 社区矫正法实施办法 第三十八条."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from eventcore.decider import StreamKey
from lawkit.why import Explanation, why
from servicekit import explaining
from servicekit.explaining import Dated, Explains

from supervision.domain.as_of import conduct_on
from supervision.domain.case import CASE
from supervision.domain.state import Supervision


def _status(case: Supervision, day: date) -> Sequence[str]:
    known = conduct_on(case, "", day)
    ended = "RELEASED" if case.closed == case.end else "TERMINATED"
    overdue = any(one.overdue and not one.returned for one in case.leaves.values())
    flags = {
        "OUT_OF_CONTACT": known.HasField("missing_since"),
        "ABSENT": known.HasField("absent_since"),
        "ABSCONDED": known.absconded,
        "ON_LEAVE": known.on_leave,
        "OVERDUE": overdue,
        "REVOCATION_PENDING": known.revocation_pending,
        "REDUCTION_PENDING": known.reduction_pending,
        "WARNING": known.warnings > 0,
        "ADMONITION": known.admonitions > 0,
    }
    return ("SUPERVISED" if known.open else ended, *(code for code, holds in flags.items() if holds))


def _end_date(told: explaining.Case[Supervision]) -> Explanation:
    noted = told.causes[-1]
    end = told.state.end
    facts = {"期限末日": end.isoformat() if end else ""}
    return why(told.law, explaining.rule_of(noted), facts=facts, on=noted.day)


EXPLAINS: Explains[Supervision] = Explains(
    CASE,
    lambda case_id: StreamKey("case", case_id),
    status=_status,
    dates={"end_date": Dated(lambda case: case.end, _end_date)},
    rests_on={"RELEASED": "end_date"},
    titles={"WARNING": "警告", "ADMONITION": "训诫"},
)

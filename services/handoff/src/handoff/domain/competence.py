"""Which organ may rule in a case (由谁裁定、决定): the organ of the case, who speaks for it, or whom the law names besides.

社区矫正法实施办法 第四十二条、第四十六条、第四十七条、第四十九条; 社区矫正法 第三十条、第四十六条、第六十二条; 刑法 第七十七条、第八十六条;
暂予监外执行规定 第二十六条. Whoever is not competent is answered as one who names an unknown case: that the case exists is
none of his business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from corrections.handoff.v1 import messages_pb2 as msg
from google.protobuf.message import Message
from lawkit import Law
from lawkit.organs import COURT, kin, organ_of

from handoff.domain.message import Sender
from handoff.domain.ruling import for_a_crime

# GB/T 2260: two digits name the province, four the city, six the county
_PROVINCE: Final = 2  # not the law's: GB/T 2260
_CITY: Final = 4  # not the law's: GB/T 2260


@dataclass(frozen=True, slots=True)
class Competence:
    """What competence hangs on: the organ that decided, its role and unit, and the county of execution.

    organ_role, organ_unit: empty where the organ is not registered itself.
    """

    organ_code: str
    organ_role: str
    organ_unit: str
    county: str

    @property
    def elsewhere(self) -> bool:
        """True when the organ sits in another province than the place of execution."""
        return bool(self.organ_unit) and _province(self.organ_unit) != _province(self.county)


def competent(body: Message, sender: Sender, case: Competence, law: Law) -> bool:
    """True when this sender may send this body about the case. A type without rule: False."""
    if isinstance(body, msg.RevocationRuling) and for_a_crime(body):
        # revoke.new-or-omitted-crime: the court that tries the crime, wherever it sits and whatever its level
        return organ_of(law, sender.role) == COURT
    if isinstance(body, msg.ReimprisonmentDecision):
        return _reimprisons(sender, case, law)
    rule = _RULES.get(type(body))
    return rule is not None and rule(sender, case)


def _is_organ(sender: Sender, case: Competence) -> bool:
    return sender.code == case.organ_code or case.organ_code in sender.speaks_for


def _covers(sender: Sender, case: Competence) -> bool:
    return bool(sender.unit) and case.county.startswith(sender.unit)


def _above_county(unit: str) -> bool:
    return bool(unit) and len(unit) <= _CITY


def _province(unit: str) -> str:
    return unit[:_PROVINCE]


def _revokes(sender: Sender, case: Competence) -> bool:
    """revoke.addressee.original-court; with the original court in another province also the court of the same level
    at the place of execution (revoke.addressee.other-province)."""
    if _is_organ(sender, case):
        return True
    same_level = len(sender.unit) == len(case.organ_unit)
    return case.elsewhere and _covers(sender, case) and same_level


def _reduces(sender: Sender, case: Competence) -> bool:
    """The intermediate or high court of the place of execution (reduction.path.intermediate, .high-court)."""
    return _above_county(sender.unit) and _covers(sender, case)


def _recalculates(sender: Sender, case: Competence) -> bool:
    """The court that sends back to prison (reimprison.noncounted.court-fixes), or the intermediate court of the
    prison's place (reimprison.noncounted.ruling-time): in the province of execution, or where the file is kept
    (reimprison.who-takes)."""
    provinces = {_province(case.county), _province(case.organ_unit)}
    return _is_organ(sender, case) or (_above_county(sender.unit) and _province(sender.unit) in provinces)


def _reimprisons(sender: Sender, case: Competence, law: Law) -> bool:
    """The organ of the case, or the organ of its kind at the place of execution (reimprison.addressee)."""
    return _is_organ(sender, case) or (kin(law, case.organ_role, sender.role) and _covers(sender, case))


_RULES: Final[Mapping[type[Message], Callable[[Sender, Competence], bool]]] = MappingProxyType(
    {
        msg.RevocationRuling: _revokes,
        msg.ReductionRuling: _reduces,
        msg.TermRecalculation: _recalculates,
        # who decided renews (decision.temporary.who)
        msg.TemporaryServiceRenewal: _is_organ,
        # missing.police-assist, oversight.written-correction: organs of the place of execution
        msg.FoundNotice: _covers,
        msg.CorrectionOpinion: _covers,
    }
)

"""Revocation of probation and parole (撤销缓刑、撤销假释): proposal with its dossier, and the court's ruling.

社区矫正法 第四十六条、第四十八条; 社区矫正法实施办法 第四十六条、第四十七条; 司发通〔2026〕8号 第十六条. The institution of the court's level
proposes; the court rules, also of itself, also when corrections have ended meanwhile.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from contracts.words import name_of, word_of
from corrections.common.v1.facts_pb2 import SubjectKind
from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.acts import day_of_act, day_or_none, law_ref, past_day, text_of
from eventcore.decider import Context, Decision, Decisions, Evolutions, Refused, Stamp, free_text
from lawkit import Law
from lawkit.grounds import RestsOn, rests_on
from lawkit.ladders import Ground, warnings_ground
from lawkit.law_of_the_day import last_day, provisional
from lawkit.proceedings import dossier
from lawkit.tables import measure_available

from supervision.domain.conduct import counted, must_be_ground
from supervision.domain.levels import court_level, institutions_of
from supervision.domain.recorded import lateness
from supervision.domain.state import Proposal, Supervision, answered, must_run

DOSSIER = "revoke.dossier"


def _propose(case: Supervision, c: cmd.ProposeRevocationRequest, ctx: Context) -> Decision:
    on = day_of_act(c, ctx)
    pending = next((p for p in case.revocations if not p.answered), None)
    if pending is not None:
        if pending.ground == c.ground:
            return []
        raise Refused("REVOCATION_PENDING", rule="revoke.ruling-time", since=pending.day.isoformat())
    must_run(case, on)
    _must_exist(case, ctx.law)
    must_be_ground(case, "revocation", c.ground, ctx.law)
    _must_have_facts(case, c.ground, ctx.law, on)
    _must_be_of_the_courts_level(case, ctx, on)
    _must_be_complete(c, ctx.law, on)
    return [
        ev.RevocationProposed(
            ground=law_ref(ctx.law, c.ground, on),
            evidence=free_text(c.evidence),
            dossier=sorted(set(c.dossier)),
            ruling_due=text_of(last_day(ctx.law, "revoke.ruling-time", on)),
            provisional=provisional(ctx.law, "revoke.ruling-time", on),
            legal_review=_needs_review(case, c.ground, ctx.law, on),
        )
    ]


def _must_be_complete(c: cmd.ProposeRevocationRequest, law: Law, on: date) -> None:
    if not law.in_force(DOSSIER, on):
        return
    found = dossier(law, [word_of(ev.DossierItem, item) for item in c.dossier], on)
    if not found.complete:
        missing = (name_of(ev.DossierItem, word) for word in found.missing)
        names = ",".join(name.removeprefix("DOSSIER_ITEM_") for name in missing)
        raise Refused("DOSSIER_INCOMPLETE", rule="revoke.dossier", missing=names)


def _must_exist(case: Supervision, law: Law) -> None:
    verdict = measure_available(law, case.kind_id, "revocation")
    if verdict.allowed:
        return
    # temporary service goes back by another way, with an organ and grounds of its own
    temporary = case.kind == SubjectKind.SUBJECT_KIND_TEMPORARY_SERVICE
    rule = "reimprison.proposer" if temporary else verdict.rule_id
    raise Refused("REVOCATION_NOT_FOR_KIND", rule, kind=case.kind_id)


def _must_have_facts(case: Supervision, ground: str, law: Law, on: date) -> None:
    """The recorded facts carry a ground that rests on facts recorded here; others rest on their evidence."""
    needed = rests_on(law, ground)
    if needed is RestsOn.INJUNCTION and not case.injunction:
        raise Refused("NO_INJUNCTION", ground)
    if needed is RestsOn.WARNINGS:
        found = _by_warnings(case, law, on)
        if not found.exists:
            count = counted(case, case.warnings, on)
            raise Refused("WARNINGS_TOO_FEW", found.rule_id, counted=str(count))
    if needed is RestsOn.LATENESS and law.in_force(ground, on):
        rules = {late.revocation_rule for late in lateness(case, law, on)}
        if ground not in rules:
            raise Refused("ABSENCE_TOO_SHORT", ground, on=on.isoformat())


def _by_warnings(case: Supervision, law: Law, on: date) -> Ground:
    number = counted(case, case.warnings, on)
    given = [warning.day for warning in case.warnings if warning.day <= on]
    return warnings_ground(law, case.kind_id, number, not_corrected=True, on=on, given=given)


def _needs_review(case: Supervision, ground: str, law: Law, on: date) -> bool:
    """Whether the ground rests on warnings of an older law, so that it needs legal review (handbook section 1)."""
    return rests_on(law, ground) is RestsOn.WARNINGS and _by_warnings(case, law, on).to_confirm


def _must_be_of_the_courts_level(case: Supervision, ctx: Context, on: date) -> None:
    """The institution of the place of execution that has the original court's level proposes."""
    level = court_level(case.organ_unit, parole=case.kind == SubjectKind.SUBJECT_KIND_PAROLE)
    levels = institutions_of(ctx.law, level, case.county)
    if ctx.caller.role not in levels and ctx.law.in_force("revoke.proposer.same-level", on):
        proposer = ",".join(levels)
        raise Refused("PROPOSER_NOT_OF_COURT_LEVEL", rule="revoke.proposer.same-level", proposer=proposer)


def _rule(case: Supervision, c: cmd.RecordRevocationRulingRequest, ctx: Context) -> Decision:
    if c.exchange_id in case.applied:
        return []
    ruled = past_day("ruling_date", c.ruling_date, ctx, since=case.decided).isoformat()
    _must_exist(case, ctx.law)
    if c.revoked:
        return [ev.RevocationRuled(exchange_id=c.exchange_id, ruling_date=ruled)]
    return [ev.RevocationRefused(exchange_id=c.exchange_id, ruling_date=ruled)]


def _proposed(case: Supervision, e: ev.RevocationProposed, stamp: Stamp) -> Supervision:
    return replace(case, revocations=(*case.revocations, Proposal(stamp.day, e.ground.rule)))


def _ruled(case: Supervision, e: ev.RevocationRuled, stamp: Stamp) -> Supervision:
    day = day_or_none(e.ruling_date) or stamp.day
    applied = case.applied | {e.exchange_id}
    return replace(case, applied=applied, revocations=answered(case.revocations, day))


def _refused(case: Supervision, e: ev.RevocationRefused, stamp: Stamp) -> Supervision:
    day = day_or_none(e.ruling_date) or stamp.day
    applied = case.applied | {e.exchange_id}
    return replace(case, applied=applied, revocations=answered(case.revocations, day))


DECISIONS: Decisions[Supervision] = {
    cmd.ProposeRevocationRequest: _propose,
    cmd.RecordRevocationRulingRequest: _rule,
}
EVOLUTIONS: Evolutions[Supervision] = {
    ev.RevocationProposed: _proposed,
    ev.RevocationRuled: _ruled,
    ev.RevocationRefused: _refused,
}

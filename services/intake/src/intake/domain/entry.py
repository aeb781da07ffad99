"""Group, entry declaration, plan (矫正小组、入矫宣告、矫正方案).

社区矫正法 第二十四条、第二十五条、第五十二条; 社区矫正法实施办法 第十九条、第二十条、第二十二条、第五十五条.
The group is announced in the declaration, so it is formed first; the plan follows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from corrections.common.v1.facts_pb2 import Sex
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.acts import day_of_act
from eventcore.decider import (
    Context,
    Decision,
    Decisions,
    Evolutions,
    Invalid,
    Refused,
    Stamp,
    free_texts,
)
from lawkit import Law
from lawkit.tables import group_lacks

from intake.domain.state import Case, must_be_received, must_run, with_progress

_WOMAN = "group.woman-member"
_EXPERT = "minor.group-expert"
_LACKS = {_WOMAN: "GROUP_LACKS_WOMAN", _EXPERT: "GROUP_LACKS_MINOR_EXPERT"}


def _form(case: Case, c: cmd.FormGroupRequest, ctx: Context) -> Decision:
    day = day_of_act(c, ctx)
    must_run(case, day)
    must_be_received(case)
    if not c.members:
        raise Invalid("members", "got none, want at least one member")
    if tuple(c.members) == case.group:
        return []
    _must_be_lawful(ctx.law, case, c, day)
    return [ev.GroupFormed(members=c.members)]


def _must_be_lawful(law: Law, case: Case, c: cmd.FormGroupRequest, day: date) -> None:
    capacities = [
        *("woman" for member in c.members if member.sex == Sex.SEX_FEMALE),
        *("minor-expert" for member in c.members if member.knows_minors),
    ]
    # before 2020-07-01 the catalogue knows neither rule: law of the day
    woman = case.sex == Sex.SEX_FEMALE and law.in_force(_WOMAN, day)
    minor = case.minor and law.in_force(_EXPERT, day)
    for rule_id in group_lacks(law, woman=woman, minor=minor, members=capacities, on=day):
        raise Refused(_LACKS[rule_id], rule=rule_id, members=str(len(c.members)))


def _declare(case: Case, c: cmd.DeclareEntryRequest, ctx: Context) -> Decision:
    if case.progress.declared is not None:
        return []
    must_run(case, day_of_act(c, ctx))
    must_be_received(case)
    if not case.group:
        raise Refused("DECLARATION_NEEDS_GROUP", rule="declaration.host-and-sign")
    if c.public and case.minor:
        raise Refused("DECLARATION_NOT_PUBLIC", rule="minor.not-public")
    return [ev.EntryDeclared(public=c.public)]


def _adopt(case: Case, c: cmd.AdoptPlanRequest, ctx: Context) -> Decision:
    must_run(case, day_of_act(c, ctx))
    if case.progress.declared is None:
        raise Refused("PLAN_NEEDS_DECLARATION", rule="plan.make")
    if not c.measures:
        raise Invalid("measures", "got none, want at least one measure")
    # another plan adjusts the one in force (社区矫正法实施办法 第二十二条); what either says is sealed
    return [ev.PlanAdopted(measures=free_texts(c.measures))]


def _formed(case: Case, e: ev.GroupFormed, _: Stamp) -> Case:
    return replace(case, group=tuple(e.members))


def _declared(case: Case, _: ev.EntryDeclared, stamp: Stamp) -> Case:
    return with_progress(case, declared=stamp.day)


def _adopted(case: Case, _: ev.PlanAdopted, stamp: Stamp) -> Case:
    return with_progress(case, planned=case.progress.planned or stamp.day)


DECISIONS: Decisions[Case] = {
    cmd.FormGroupRequest: _form,
    cmd.DeclareEntryRequest: _declare,
    cmd.AdoptPlanRequest: _adopt,
}
EVOLUTIONS: Evolutions[Case] = {
    ev.GroupFormed: _formed,
    ev.EntryDeclared: _declared,
    ev.PlanAdopted: _adopted,
}

"""Every command of every decider of cases answers on trial: its specimen is decided, or refused by the law."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
from contracts import registry
from contracts.registry import UnknownType
from corrections.assistance.v1.events_pb2 import AssistanceOpened
from corrections.education.v1.events_pb2 import EducationOpened
from corrections.intake.v1.events_pb2 import ReportedIn
from eventcore.allowed import answers
from eventcore.decider import ByType, Caller, Context, Invalid, Stamp, fold
from eventcore.testing import instant
from google.protobuf.message import Message
from intake.testing import OPEN, SUPERVISED
from lawkit import load_law
from servicekit.cases import Cases
from supervision.testing import PAROLE, PROBATION, SURVEILLANCE, TEMPORARY, opened

NOW = instant("2026-04-01")
HISTORIES: Mapping[str, Sequence[Sequence[Message]]] = {
    "assistance": [[AssistanceOpened(county="330203", office="330203001")]],
    "education": [[EducationOpened(county="330203", office="330203001", end_date="2027-03-01")]],
    "intake": [
        [event for _, event in history] for history in (OPEN, (*OPEN, ("", ReportedIn())), SUPERVISED)
    ],
    "supervision": [[opened(kind)] for kind in (PROBATION, PAROLE, SURVEILLANCE, TEMPORARY)],
}
OTHERS = ("audit", "handoff")  # their deciders are about logs and exchanges, not about cases


def cases_of(service: str) -> Cases[Any]:
    return importlib.import_module(f"{service}.main").SERVICE.cases


def callable_commands(service: str) -> set[type[Message]]:
    """The commands of the service's decider that an RPC takes; what the server prepares of them is not called."""
    decide = cases_of(service).decider.decide
    assert isinstance(decide, ByType)
    return {kind for kind in decide.commands if has_method(kind)}


def has_method(kind: type[Message]) -> bool:
    try:
        registry.method_of(kind)
    except UnknownType:
        return False
    return True


@pytest.mark.parametrize("service", HISTORIES)
def test_every_command_has_a_specimen(service: str):
    assert set(cases_of(service).specimens) == callable_commands(service)


@pytest.mark.parametrize("role", ["SERVICE", "COUNTY_CCI", "CITY_CCI", "JO"])
@pytest.mark.parametrize("service", HISTORIES)
def test_every_command_answers_with_a_decision_or_a_code_of_the_law(service: str, role: str):
    cases = cases_of(service)
    caller = Caller("test", "330203001" if role == "JO" else "330203", role, "test")
    ctx = Context(NOW, caller, "", UUID(int=0), None, load_law())
    for history in HISTORIES[service]:
        stamps = [Stamp(NOW, NOW, version, "test", role) for version in range(1, 1 + len(history))]
        state = fold(cases.decider, zip(history, stamps, strict=True))
        said = list(answers(cases.decider, state, len(history), cases.specimens, ctx))
        assert {type(answer.request) for answer in said} == set(cases.specimens)
        invalid = [
            (type(answer.request).__name__, str(answer.refusal))
            for answer in said
            if isinstance(answer.refusal, Invalid)
        ]
        assert invalid == []


@pytest.mark.parametrize("service", OTHERS)
def test_a_service_without_a_decider_of_cases_offers_none(service: str):
    assert cases_of(service) is None

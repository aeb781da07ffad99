"""From an act to the protobuf message that is sent: ids, references and case ids are filled in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.registry import Method, methods
from corrections.handoff.v1 import messages_pb2 as msg
from google.protobuf import json_format
from google.protobuf.message import Message

from sandbox.ids import case_id, exchange_id
from sandbox.scenario import Act, Scenario, ScenarioError, Subject, method_path


@dataclass(frozen=True, slots=True)
class Prepared:
    """An act ready to be sent: the RPC and its request, or the message to be signed and submitted."""

    act: Act
    method: Method | None
    message: Message | None


class Cast:
    """Cases and acts of the scenarios of one installation, by name."""

    def __init__(self, scenarios: Iterable[Scenario], installation: str) -> None:
        self._installation = installation
        self._subjects: dict[tuple[str, str], Subject] = {}
        self._pushes: dict[tuple[str, str, str], Act] = {}
        for scenario in scenarios:
            for key, subject in scenario.cases.items():
                self._subjects[scenario.name, key] = subject
            for act in scenario.acts:
                if act.do == "push":
                    self._pushes[scenario.name, act.case, act.label] = act

    def subject(self, act: Act) -> Subject:
        """The person that an act is about."""
        return self._subjects[act.scenario, act.case]

    def exchange(self, scenario: str, case: str, label: str, where: str) -> UUID:
        """Exchange of a pushed message; ScenarioError names the act that refers to one that is not pushed."""
        push = self._pushes.get((scenario, case, label))
        if push is None:
            raise ScenarioError(f"{where}: got act {label}, want one of this case that pushes a message")
        return exchange_id(self._installation, push.principal, push.id)

    def case_id(self, scenario: str, key: str) -> UUID:
        """Case of a person."""
        subject = self._subjects[scenario, key]
        case, label = subject.pushed_by
        return case_id(
            self.exchange(scenario, case, label, f"{scenario}/{key}.pushed_by"), subject.defendant_number
        )

    def prepare(self, act: Act) -> Prepared:
        """The act ready to be sent; ScenarioError for fields that the contract does not have."""
        if act.reads_event:
            return Prepared(act, None, None)
        if act.do == "push":
            kind = getattr(msg, act.target)
            return Prepared(act, None, self._filled(kind(), act, {"message_id": act.id}))
        method = methods()[method_path(act.target)]
        return Prepared(act, method, self._filled(method.request(), act, {"request_id": act.id}))

    def _filled(self, message: Message, act: Act, ids: Mapping[str, str]) -> Message:
        names = message.DESCRIPTOR.fields_by_name
        given = {name: self._resolved(value, act) for name, value in act.fields.items()}
        given |= {name: value for name, value in ids.items() if name in names}
        if "case_id" in names and "case_id" not in given:
            given["case_id"] = str(self.case_id(act.scenario, act.case))
        if "reference" in names and not {"reference", "identity_number"} & set(given):
            subject = self.subject(act)
            given["reference"] = {
                "organ_code": subject.organ_code,
                "case_number": subject.case_number,
                "defendant_number": subject.defendant_number,
            }
        try:
            return json_format.ParseDict(given, message)
        except json_format.ParseError as e:
            raise ScenarioError(f"{act.place}: {e}") from e

    def _resolved(self, value: Any, act: Act) -> Any:
        """{act: label} stands for the exchange of a message that another act of the case pushed."""
        if isinstance(value, dict) and set(value) == {"act"}:  # pyright: ignore[reportUnknownArgumentType]
            return str(self.exchange(act.scenario, act.case, str(value["act"]), act.place))
        return value

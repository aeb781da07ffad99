"""What the command line says of a failed call: code, article, remedy, each once."""

from __future__ import annotations

import grpc
import pytest
from eventcore.decider import Invalid, Refused
from google.rpc import status_pb2
from guitu_cli.client import explained
from guitu_cli.output import REFUSED, USAGE
from lawkit import load_law
from servicekit.errors import DETAILS_KEY, Texts, Translator, code_of

TRANSLATOR = Translator(service="intake", texts=Texts(), law=load_law)


class Failed(grpc.RpcError):
    """A call that ended with this status, as a channel raises it."""

    def __init__(self, status: status_pb2.Status) -> None:
        self._status = status

    def code(self) -> grpc.StatusCode:
        return code_of(self._status)

    def details(self) -> str:
        return self._status.message

    def trailing_metadata(self) -> tuple[tuple[str, bytes], ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return ((DETAILS_KEY, self._status.SerializeToString()),)


@pytest.mark.parametrize(
    ("error", "name", "exit_code"),
    [
        (Invalid("occurred_at", "got 1990-01-01, want no day before 2026-03-02"), "INVALID_FIELD", USAGE),
        (Refused("GROUP_LACKS_WOMAN", rule="group.woman-member"), "GROUP_LACKS_WOMAN", REFUSED),
    ],
)
def test_a_failed_call_names_its_code_once(error: Exception, name: str, exit_code: int):
    sentence, code = explained(Failed(TRANSLATOR.status(error)))
    assert sentence.startswith(f"{name}: ")
    assert sentence.count(name) == 1
    assert code == exit_code


def test_a_refusal_names_its_article_once():
    first = explained(Failed(TRANSLATOR.status(Refused("GROUP_LACKS_WOMAN", rule="group.woman-member"))))
    assert first[0].splitlines()[0].count("第二十五条") == 1

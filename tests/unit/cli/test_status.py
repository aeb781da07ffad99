"""What `guitu status` says of open exchanges, and how `guitu refusals` and `guitu dead-letters` name a row."""

from __future__ import annotations

import pytest
from corrections.handoff.v1 import messages_pb2
from corrections.handoff.v1.service_pb2 import (
    ListOpenExchangesRequest,
    ListOpenExchangesResponse,
    OpenExchange,
)
from corrections.store.v1 import store_pb2
from guitu_cli.exchanges import FIRST, waiting
from guitu_cli.main import app
from guitu_cli.work_items import letter_row, refusal_row

from tests.commands import CliRunner


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUITU_LANG", "en")


def exchange(number: int, days: int) -> OpenExchange:
    return OpenExchange(
        exchange_id=str(number),
        agency_code="court-1",
        kind="corrections.handoff.v1.Judgment",
        inbound=True,
        stage=messages_pb2.STAGE_ACCEPTED,
        age_days=days,
    )


def test_open_exchanges_of_every_page_are_counted_and_the_first_ten_named():
    pages = {
        "": ListOpenExchangesResponse(exchanges=[exchange(n, 30 - n) for n in range(8)], next_page_token="b"),
        "b": ListOpenExchangesResponse(exchanges=[exchange(n, 30 - n) for n in range(8, 13)]),
    }

    def ask(request: ListOpenExchangesRequest) -> ListOpenExchangesResponse:
        return pages[request.page_token]

    found = waiting(ask)
    assert (found["open"], found["oldest_days"]) == (13, 30)
    assert [row["exchange"] for row in found["first"]] == [str(n) for n in range(FIRST)]
    assert (found["first"][0]["agency"], found["first"][0]["kind"]) == ("court-1", "Judgment")


def test_no_open_exchange_is_said_so():
    assert waiting(lambda _: ListOpenExchangesResponse()) == {"open": 0, "oldest_days": 0, "first": []}


def test_a_refusal_and_a_letter_are_named_as_their_commands_take_them():
    assert refusal_row("intake", store_pb2.Refusal(command_id="c"))["command"] == "intake/c"
    letter = store_pb2.DeadLetter(consumer="echo", topic="t.v1", partition=2, offset=7)
    assert letter_row("intake", letter)["letter"] == "intake/echo/t.v1/2/7"


@pytest.mark.parametrize(
    "command",
    [("settle", "nobody/c"), ("close-letter", "nobody/a/b/0/1"), ("close-letter", "intake/a/b/x/1")],
)
def test_a_name_that_no_list_shows_is_wrong_usage(command: tuple[str, str]):
    ended = CliRunner().invoke(app, [*command, "--note", "done"])
    assert ended.exit_code == 2
    assert "want" in ended.output

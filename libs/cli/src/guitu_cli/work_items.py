"""`guitu refusals`, `settle`, `dead-letters`, `close-letter`: what stopped without stopping anything else."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Annotated

import typer
from corrections.store.v1 import store_pb2 as store
from google.protobuf.message import Message

from guitu_cli.client import Client, client
from guitu_cli.output import USAGE, document, fail, rows
from guitu_cli.paging import pages
from guitu_cli.running import AsJson, services
from guitu_cli.texts import head, say

Note = Annotated[str, typer.Option("--note", help="What was done; no word about a person.")]
Listed = dict[str, str | int]


def add_to(app: typer.Typer) -> None:
    """The commands are part of the app."""
    app.command(help=say("列出被拒绝的内部命令", "List internal commands that were refused."))(refusals)
    app.command(help=say("记明被拒绝的命令已处理", "Say that a refused command was dealt with."))(settle)
    app.command("dead-letters", help=say("列出无法读取的记录", "List records that nobody can read."))(
        dead_letters
    )
    app.command(
        "close-letter", help=say("记明无法读取的记录已处理", "Say that an unreadable record was dealt with.")
    )(close_letter)


def refusals(as_json: AsJson = False) -> None:
    """Refused commands of every service that nobody has dealt with, oldest first. Exit 0 whether there are any."""
    _listed(_refusals, "被拒绝的命令 {}", "{} refused", as_json=as_json)


def settle(
    command: Annotated[str, typer.Argument(help="SERVICE/COMMAND, as `guitu refusals` shows it.")],
    note: Note,
    as_json: AsJson = False,
) -> None:
    """The refused command is dealt with, by you, with a note. Exit 1 when that service had no such refusal."""
    service, _, command_id = command.partition("/")
    _known(service)
    request = store.SettleRefusalRequest(request_id=str(uuid.uuid1()), command_id=command_id, note=note)
    _close(command, service, request, store.SettleRefusalResponse, as_json=as_json)


def dead_letters(as_json: AsJson = False) -> None:
    """Unreadable records of every service that nobody has dealt with, oldest first. Exit 0 whether there are any."""
    _listed(_letters, "无法读取的记录 {}", "{} dead letters", as_json=as_json)


def close_letter(
    letter: Annotated[
        str, typer.Argument(help="SERVICE/CONSUMER/TOPIC/PARTITION/OFFSET, as `guitu dead-letters` shows it.")
    ],
    note: Note,
    as_json: AsJson = False,
) -> None:
    """The record is dealt with, by you, with a note. Exit 1 when that service had no such record, 2 for no such name."""
    service, _, rest = letter.partition("/")
    _known(service)
    place = rest.rsplit("/", 3)
    if len(place) != 4 or not (place[2].isdecimal() and place[3].isdecimal()):
        fail(say("应为 服务/读者/主题/分区/位置", "want SERVICE/CONSUMER/TOPIC/PARTITION/OFFSET"), USAGE)
    consumer, topic, partition, offset = place
    request = store.CloseDeadLetterRequest(
        request_id=str(uuid.uuid1()),
        consumer=consumer,
        topic=topic,
        partition=int(partition),
        offset=int(offset),
        note=note,
    )
    _close(letter, service, request, store.CloseDeadLetterResponse, as_json=as_json)


def _listed(of: Callable[[Client, str], list[Listed]], zh: str, en: str, *, as_json: bool) -> None:
    """Prints the items of every service under a title that counts them."""
    with client() as to:
        found = [row for name in services() for row in of(to, name)]
    rows(say(zh.format(len(found)), en.format(len(found))), found, as_json=as_json)


def _known(service: str) -> None:
    if service not in services():
        want = ", ".join(services())
        fail(say(f"没有服务“{service}”，应为 {want}", f"no service {service!r}, want one of {want}"), USAGE)


def _close(name: str, service: str, request: Message, reply: type[Message], *, as_json: bool) -> None:
    """The service has been told that the item is dealt with; the name is printed."""
    with client() as to:
        to.call_service(service, request, reply)
    if as_json:
        document({"settled": name})
    else:
        typer.echo(say(f"已处理 {name}", f"{name} is dealt with"))


def _refusals(to: Client, service: str) -> list[Listed]:
    return [refusal_row(service, one) for one in refusals_of(to, service)]


def _letters(to: Client, service: str) -> list[Listed]:
    request = store.ListDeadLettersRequest()
    found = pages(lambda one: to.call_service(service, one, store.ListDeadLettersResponse), request)
    return [letter_row(service, one) for page in found for one in page.dead_letters]


def refusals_of(to: Client, service: str) -> Iterator[store.Refusal]:
    """The commands of a service that another refused and that nobody has dealt with, oldest first."""
    request = store.ListRefusalsRequest()
    for page in pages(lambda one: to.call_service(service, one, store.ListRefusalsResponse), request):
        yield from page.refusals


def refusal_row(service: str, one: store.Refusal) -> Listed:
    """One line of `guitu refusals`."""
    return {
        head("命令", "command"): f"{service}/{one.command_id}",
        head("案件", "case"): one.subject,
        head("目标", "target"): one.target,
        head("原因", "reason"): one.reason,
        head("来自", "purpose"): one.purpose,
        head("自", "since"): one.since.ToJsonString(),
    }


def letter_row(service: str, one: store.DeadLetter) -> Listed:
    """One line of `guitu dead-letters`."""
    return {
        head("记录", "letter"): f"{service}/{one.consumer}/{one.topic}/{one.partition}/{one.offset}",
        head("原因", "reason"): one.reason,
        head("自", "since"): one.since.ToJsonString(),
    }

"""`guitu parked`, `guitu unpark`: records that failed and wait, and their replay in order."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Annotated

import grpc
import typer
from corrections.store.v1 import store_pb2 as store

from guitu_cli.client import Client, client, explained
from guitu_cli.output import DONE, FAILED, USAGE, document, fail, rows
from guitu_cli.paging import pages
from guitu_cli.running import AsJson, services
from guitu_cli.texts import head, say


def parked(as_json: AsJson = False) -> None:
    """What is parked in every service, oldest first."""
    found: list[dict[str, str | int]] = []
    with client() as to:
        for name in services():
            found.extend(_row(name, one) for one in _parked(to, name))
    rows(say(f"挂起 {len(found)}", f"{len(found)} parked"), found, as_json=as_json)


def unpark(
    stream: Annotated[str, typer.Argument(help="Stream id, as `guitu parked` shows it.")],
    as_json: AsJson = False,
) -> None:
    """The stream's records are handled in order with today's code, wherever it is parked. Exit 1 when some still wait, 2 when
    nothing is parked under that id."""
    replayed = remaining = found = 0
    with client() as to:
        for name in services():
            waiting = {(one.consumer, one.source) for one in _parked(to, name) if one.stream_id == stream}
            found += len(waiting)
            for consumer, source in sorted(waiting):
                request = store.UnparkRequest(
                    request_id=str(uuid.uuid1()), consumer=consumer, source=source, stream_id=stream
                )
                answer = to.call_service(name, request, store.UnparkResponse)
                replayed, remaining = replayed + answer.replayed, remaining + answer.remaining
    if not found:
        fail(
            say(
                f"{stream} 名下没有挂起的记录；`guitu parked` 列出全部挂起的记录",
                f"nothing is parked under {stream}; `guitu parked` lists what is",
            ),
            USAGE,
        )
    if as_json:
        document({"replayed": replayed, "remaining": remaining})
    else:
        typer.echo(
            say(f"已处理 {replayed}，仍等待 {remaining}", f"{replayed} handled, {remaining} still wait")
        )
    raise typer.Exit(FAILED if remaining else DONE)


def _parked(to: Client, service: str) -> list[store.Parked]:
    try:
        return list(_all(to, service))
    except grpc.RpcError as error:
        sentence, code = explained(error)
        fail(f"{service}: {sentence}", code)


def _all(to: Client, service: str) -> Iterator[store.Parked]:
    request = store.ListParkedRequest()
    for page in pages(lambda one: to.call_service(service, one, store.ListParkedResponse), request):
        yield from page.parked


def _row(service: str, one: store.Parked) -> dict[str, str | int]:
    return {
        head("服务", "service"): service,
        head("读者", "consumer"): one.consumer,
        head("来源", "source"): one.source,
        "stream": one.stream_id,
        "version": one.version,
        head("原因", "error"): one.error,
        head("次数", "attempts"): one.attempts,
        head("自", "since"): one.since.ToJsonString(),
    }

"""`guitu log`: how far each log is verified, a look at one of them, its published bytes, and the end of a stop. 社区矫正法 第六十二条."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, timedelta
from pathlib import Path
from typing import Annotated

import typer
from corrections.audit.v1 import events_pb2 as events
from corrections.audit.v1 import service_pb2 as audit
from corrections.common.v1.common_pb2 import EventMeta
from eventcore.checkpoint import origin
from eventcore.decider import SHANGHAI
from google.protobuf.timestamp_pb2 import Timestamp
from proofs.canonical import leaf_sha256
from proofs.note import parse_vkeys
from proofs.tiles import TiledLog
from proofs.tree import ProofError, verify_inclusion
from proofs.verify import split_canonical
from servicekit.tile_folder import LogKeys, OtherHistory, read_checkpoint

from guitu_cli.client import Client, client, reader
from guitu_cli.output import DONE, FAILED, USAGE, Row, document, fail, plain, rows
from guitu_cli.running import AsJson, services
from guitu_cli.texts import head, say

log = typer.Typer(
    no_args_is_help=True, help=say("各服务的日志及其核验", "The logs of the services, verified.")
)
Name = Annotated[str, typer.Argument(metavar="LOG", help="Service whose log it is.")]

_PART = 10_000
_CALL = timedelta(seconds=300)
_SQL = """\
begin;
alter table es.event disable trigger history;
update es.event set meta = '\\x{meta}', data = '\\x{data}'
  where stream_id = '{stream}' and version = {version};
alter table es.event enable always trigger history;
commit;"""


@log.command(
    "list",
    help=say("列出日志：核验到何处、不一致、停写的流", "How far each log is; mismatches, stopped streams."),
)
def list_(as_json: AsJson = False) -> None:
    """When audit last read each log as a whole, by itself, too. Exit 1 when a log does not fit, a stream is stopped, or an
    exchange has not named its case in time.
    """
    with client() as to:
        found = list(to.call(audit.ListLogsRequest(), audit.ListLogsResponse).logs)
    if as_json:
        document([plain(one) for one in found])
    else:
        rows(say("日志", "Logs"), [_row(one) for one in found], as_json=False)
        _show_trouble(found)
        _show_links(found)
    lost = any(link.state == "MISSING" for one in found for link in one.links)
    raise typer.Exit(FAILED if lost or any(one.mismatches or one.stopped for one in found) else DONE)


@log.command(help=say("核验一个日志：逐条比对，或只看一处", "Compare a log with what was published of it."))
def verify(
    name: Name,
    at: Annotated[int | None, typer.Option("--at", min=0, help="Only the event at this position.")] = None,
    as_json: AsJson = False,
) -> None:
    """Every event again, then checkpoint, root and stream heads; what fits again is no mismatch any more.

    Exit 1 when something does not fit: it is on record then, and the stream of the event is stopped.
    """
    _known(name)
    with client() as to:
        state = confirm(to, name, at)
    if at is not None and at >= state.read:
        fail(
            say(
                f"日志 {name} 没有第 {at} 条：审计已读 {state.read} 条",
                f"log {name} has no event {at}: audit has read {state.read}",
            ),
            FAILED,
        )
    if as_json:
        document(plain(state))
    else:
        rows(say("核验", "Verification"), [_row(state)], as_json=False)
        _show_trouble([state])
    raise typer.Exit(FAILED if state.mismatches else DONE)


@log.command(
    help=say(
        "打印一个事件已公布的字节，及恢复它的语句", "An event's published bytes, and SQL that restores them."
    )
)
def entry(
    name: Name,
    seq: Annotated[int, typer.Argument(min=0, help="Position, as `guitu log list` shows it.")],
    tiles: Annotated[
        Path | None, typer.Option(help="Folder of the published logs; default: that of the installation.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """From the published tiles, proven under their signed checkpoint: not from the database. Exit 1 where they do not hold it.

    The content is shown as it is stored: what is sealed stays sealed.
    """
    _known(name)
    with client() as to:
        found = _published(to, name, seq, tiles or to.home / "tiles")
    if as_json:
        document(found)
    else:
        rows(
            say("已公布的事件", "Published event"),
            [{k: v for k, v in found.items() if k != "sql"}],
            as_json=False,
        )
        typer.echo(found["sql"])


@log.command(help=say("恢复写入一个停写的流（市级或省级决定）", "Let a stopped stream be written again."))
def reopen(
    name: Name,
    stream: Annotated[str, typer.Argument(help="Stream, as `guitu log list` shows it.")],
    unit: Annotated[str, typer.Option(help="Unit of the officer: city (4 digits) or province (2 digits).")],
    officer: Annotated[str, typer.Option("--name", help="Who decides.")],
    decision: Annotated[str, typer.Option(help="Number of the written decision.")],
    answered_for: Annotated[
        bool,
        typer.Option("--answered-for", help="The bytes are lost for good; the mismatch stays on record."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """By default because the record was restored and fits again; exit 3 while it does not, or for an officer of a county."""
    _known(name)
    ground = events.REOPEN_GROUND_ANSWERED_FOR if answered_for else events.REOPEN_GROUND_RESTORED
    with client(reader(unit, officer)) as to:
        request = audit.ReopenStreamRequest(
            request_id=str(uuid.uuid1()), log=name, stream_id=stream, ground=ground, decision_id=decision
        )
        to.call(request, audit.ReopenStreamResponse, purpose="guitu/log")
    told: Row = {
        head("日志", "log"): name,
        head("流", "stream"): stream,
        head("依据", "ground"): events.ReopenGround.Name(ground),
        head("决定", "decision"): decision,
    }
    document(told) if as_json else rows(say("已恢复写入", "Reopened"), [told], as_json=False)


def confirm(to: Client, name: str, seq: int | None) -> audit.LogState:
    """Audit has compared by itself what somebody doubts, an event or the whole log; where it does not fit, its stream stops.

    Raises grpc.RpcError.
    """
    return _part(to, name, seq, 1).state if seq is not None else _whole(to, name)


def _whole(to: Client, name: str) -> audit.LogState:
    """Part after part, so that a log of any length is read within the limit of a call."""
    seq = 0
    while (answer := _part(to, name, seq, _PART)).next_seq > seq:
        seq = answer.next_seq
    # a mismatch of root or stream heads is cleared by one look at everything only
    tail = all(one.event_id for one in answer.state.found)
    request = audit.VerifyLogRequest(request_id=str(uuid.uuid1()), log=name, tail_only=tail)
    return to.call(request, audit.VerifyLogResponse, timeout=_CALL).state


def _part(to: Client, name: str, seq: int, limit: int) -> audit.VerifyLogResponse:
    request = audit.VerifyLogRequest(request_id=str(uuid.uuid1()), log=name, from_seq=seq, limit=limit)
    return to.call(request, audit.VerifyLogResponse, timeout=_CALL)


def _published(to: Client, name: str, seq: int, tiles: Path) -> dict[str, str | int]:
    """The event as the published tiles hold it, proven under their checkpoint."""
    keys = LogKeys.among(
        parse_vkeys((to.home / "keys" / "logs.vkeys").read_text(encoding="utf-8")),
        origin(to.topology.installation, name),
    )
    folder = tiles / name
    if keys is None:
        fail(say(f"没有 {name} 日志的公钥", f"no key of the log {name} is pinned"), FAILED)
    try:
        checkpoint = read_checkpoint(folder, keys.ed25519)
        if checkpoint is None or seq >= checkpoint.size:
            fail(
                say(
                    f"{folder} 尚未公布第 {seq} 条",
                    f"{folder} does not hold event {seq}: it is not published yet",
                ),
                FAILED,
            )
        tiled = TiledLog(lambda path: (folder / path).read_bytes(), checkpoint.size)
        bytes_ = tiled.entry(seq)
        verify_inclusion(leaf_sha256(bytes_), seq, checkpoint.size, tiled.inclusion(seq), checkpoint.root)
    except (OSError, OtherHistory, ProofError) as error:
        fail(
            say(
                f"{folder} 中的第 {seq} 条不可信：{error}", f"event {seq} in {folder} is not proven: {error}"
            ),
            FAILED,
        )
    meta, data = split_canonical(bytes_)
    known = EventMeta.FromString(meta)
    stream = uuid.UUID(bytes=known.stream_id)
    return {
        "log": name,
        "seq": seq,
        "stream": str(stream),
        "version": known.version,
        "type": known.type,
        "meta": meta.hex(),
        "data": data.hex(),
        "sql": _SQL.format(meta=meta.hex(), data=data.hex(), stream=stream, version=known.version),
    }


def _known(name: str) -> None:
    if name not in services():
        fail(say(f"没有日志 {name}", f"no log {name}: want one of {', '.join(services())}"), USAGE)


def _row(one: audit.LogState) -> Row:
    return {
        head("日志", "log"): one.log,
        head("已读", "read"): one.read,
        head("已核验", "verified"): one.verified,
        head("已证明", "proven"): one.cosigned,
        head("上次通读", "read as a whole"): _time(one.whole_at) if one.HasField("whole_at") else "",
        head("通读条数", "size then"): one.whole_size,
        head("通读至", "reading"): one.reading,
        head("不一致", "mismatches"): one.mismatches,
        head("停写的流", "stopped"): len(one.stopped),
    }


def _time(at: Timestamp) -> str:
    return f"{at.ToDatetime(UTC).astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _show_trouble(found: Sequence[audit.LogState]) -> None:
    bad: list[Row] = [
        {
            head("日志", "log"): one.log,
            head("位置", "seq"): m.seq,
            head("不一致之处", "finding"): m.finding,
            head("事件", "event"): m.event_id,
            head("类型", "type"): m.type,
        }
        for one in found
        for m in one.found
    ]
    if bad:
        rows(say(f"不一致 {len(bad)}", f"{len(bad)} mismatches"), bad, as_json=False)
    stopped: list[Row] = [
        {head("日志", "log"): one.log, head("流", "stream"): stream}
        for one in found
        for stream in one.stopped
    ]
    if stopped:
        rows(say(f"停写的流 {len(stopped)}", f"{len(stopped)} streams are read-only"), stopped, as_json=False)


def _show_links(found: Sequence[audit.LogState]) -> None:
    links: list[Row] = [
        {
            head("日志", "log"): one.log,
            head("往来的事件流", "stream of the exchange"): link.stream_id,
            head("建档记录于", "opened"): _time(link.since),
            head("关联", "link"): say("缺失", "missing")
            if link.state == "MISSING"
            else say("待建立", "not yet made"),
        }
        for one in found
        for link in one.links
    ]
    if links:
        title = say(
            f"尚未写明所开案件的往来 {len(links)}", f"{len(links)} exchanges that do not name their case"
        )
        rows(title, links, as_json=False)

"""`guitu fsck`, `guitu rebuild`: every store against itself and its signed checkpoints, every list against its log."""

from __future__ import annotations

import contextlib
import time
from importlib import import_module
from typing import Annotated
from uuid import UUID

import grpc
import psycopg
import typer
from devstack.databases import service_address
from devstack.system import System
from eventcore.fsck import fsck as check
from eventcore.link import Link, connecting
from eventcore.projection import Projection
from eventcore.rebuild import NotByItself, NotTheSame, ReadersStay, Rebuild
from eventcore.texts import Unopenable
from google.protobuf.message import DecodeError
from lawkit import load_law
from proofs.note import parse_vkeys
from servicekit.law_in_use import LawInUse
from servicekit.sealing import KeyFileLost, KeyUnknown
from servicekit.service import Service

from guitu_cli.client import Client, explained
from guitu_cli.log import confirm
from guitu_cli.output import DONE, FAILED, USAGE, Row, fail, rows
from guitu_cli.running import AsJson, services
from guitu_cli.texts import head, say


def fsck(as_json: AsJson = False) -> None:
    """Every leaf, number and root is recomputed, every list and clock is made anew beside the one in use and compared.

    Exit 1 when a log is not what was signed, with the first bad event, or when a list says otherwise than its log. Audit is
    told of a bad log, if it runs: it compares by itself, and what it finds as well stops the event's stream.
    """
    found: list[Row] = []
    for name in services():
        log, bad_seq = checked_log(System(), name)
        log = {**log, head("audit 的核对", "audit"): told_audit(name, bad_seq) if log["fault"] else ""}
        # what rests on a log that is wrong need not be asked
        compared, wrong = (0, "") if log["fault"] else check_lists(System(), name)
        found.append({**log, head("清单", "lists"): compared, "fault": log["fault"] or wrong})
    rows(say("存储自检", "Store check"), found, as_json=as_json)
    raise typer.Exit(FAILED if any(one["fault"] for one in found) else DONE)


def rebuild(
    service: Annotated[str, typer.Argument(help="Service, as `guitu fsck` names it.")],
    projection: Annotated[str, typer.Argument(help="Projection, as `guitu fsck` names it.")],
    accept: Annotated[
        bool, typer.Option("--accept", help="Take the rebuilt rows although they differ.")
    ] = False,
    subject: Annotated[
        str,
        typer.Option(
            help="Only the rows and clocks of this case, UUID; or of this stream, where rows are a stream's."
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """The projection's tables are made anew from the log, beside the ones in use, and swapped in; clocks are made right.

    Readers see the old rows and then the new ones.

    Exit 1, and nothing is changed, when the rows differ and --accept is not given.
    """
    system = System()
    known = {one.name: one for one in projections(system, service)}
    if projection not in known:
        fail(
            say(
                f"{service} 没有投影 {projection}",
                f"{service} has no projection {projection}: want one of {', '.join(sorted(known))}",
            ),
            USAGE,
        )
    with contextlib.closing(rebuilding(system, service, known[projection])) as made:
        try:
            reports = made.one(_subject(subject), accept=accept) if subject else made.run(accept=accept)
        except ReadersStay as error:
            fail(
                say(
                    f"有读者一直未结束（{error}），未作任何改变，请稍后再试",
                    f"{error}: a reader stays in one transaction; nothing was changed, run it again",
                )
            )
        except KeyFileLost as error:
            fail(
                say(
                    f"未作任何改变：keys/{error.file} 不是原来的密钥（{error.key_id}），请从备份恢复",
                    f"nothing was changed: {error}",
                )
            )
        except (KeyUnknown, Unopenable, DecodeError) as error:
            fail(
                say(
                    f"未作任何改变：日志中有记录打不开（{error}）；请运行 guitu fsck，并按 docs/runbooks/mismatch.md 处理",
                    f"nothing was changed: an event of the log does not open ({error}): run `guitu fsck` and go by"
                    " docs/runbooks/mismatch.md",
                )
            )
        except NotByItself as error:
            fail(say(f"{projection} 的行不属于任何一件案件，请整个重建", str(error)), USAGE)
        except NotTheSame as error:
            fail(
                say(
                    f"重建的内容与现有的不同：{error}；确认后加 --accept",
                    f"{error}: look at it, then give --accept",
                )
            )
    found = [{"table": r.table, "rows": r.new_rows, "was": r.old_rows, "same": r.equal} for r in reports]
    rows(say("已重建", "Rebuilt"), found, as_json=as_json)


def _subject(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        fail(say(f"{text} 不是编号", f"{text} is no UUID"), USAGE)


def check_lists(system: System, service: str) -> tuple[int, str]:
    """How many projections of the service were compared with its log, and which tables differ; empty when none does."""
    wrong: list[str] = []
    known = projections(system, service)
    for one in known:
        with contextlib.closing(rebuilding(system, service, one)) as made:
            try:
                reports = made.check()
            except (KeyUnknown, Unopenable, DecodeError) as error:
                wrong.append(f"{one.name}: {type(error).__name__}: {error}")
                continue
            wrong += [
                f"{one.name}: {r.table} ({r.old_rows} rows, the log leads to {r.new_rows})"
                for r in reports
                if not r.equal
            ]
    return len(known), "; ".join(wrong)


def projections(system: System, service: str) -> list[Projection]:
    """The readers of the service's own log, with the installation's keys."""
    if service not in services():
        fail(say(f"没有服务 {service}", f"no service {service}: want one of {', '.join(services())}"), USAGE)
    found: Service = import_module(f"{service}.main").SERVICE
    return found.projections_of(system.home)


def rebuilding(system: System, service: str, projection: Projection) -> Rebuild:
    """In the name of the service's owner, under the law that the service decides by."""
    dsn = service_address(system.home, system.servers.address, service).dsn(service)
    link = Link(connecting(dsn, "guitu rebuild"))
    law = LawInUse(load_law())
    law.load(link.conn)
    return Rebuild(link, projection, installation=system.topology.installation, service=service, law=law)


def told_audit(service: str, bad_seq: int | None) -> str:
    """What audit finds where the store's own check found a fault: findings and stopped streams; or why it was not asked."""
    asking = Client()
    try:
        state = confirm(asking, service, bad_seq)
    except grpc.RpcError as error:
        return say("未核对：", "not asked: ") + explained(error)[0]
    finally:
        asking.close()
    if not state.mismatches:
        return say("与已公布的一致", "agrees with what was published")
    named = ", ".join(f"{one.seq} {one.finding}" for one in state.found)
    return say(
        f"不一致：{named}；停写 {len(state.stopped)}", f"{named}; streams stopped: {len(state.stopped)}"
    )


def check_log(system: System, service: str) -> Row:
    """What the check of one service's log came to; `fault` is empty when all is well."""
    return checked_log(system, service)[0]


def checked_log(system: System, service: str) -> tuple[Row, int | None]:
    """The same, and the position of the first bad event where one is named."""
    keys = system.home / "keys" / "logs.vkeys"
    pinned = (
        [key for key in parse_vkeys(keys.read_text()) if key.name.endswith(f"/{service}")]
        if keys.exists()
        else []
    )
    started = time.monotonic()
    published = _published(system, service)  # before the log: it may grow meanwhile
    with psycopg.connect(
        service_address(system.home, system.servers.address, service).dsn(service)
    ) as connection:
        report = check(connection, vkeys=pinned, published=published)
    seconds = max(time.monotonic() - started, 0.001)
    row: Row = {
        "service": service,
        "events": report.events,
        "checkpoints": report.checkpoints,
        "root": report.root.hex()[:16],
        "events_per_s": round(report.events / seconds),
        "fault": report.fault or "",
    }
    return row, report.bad_seq


def _published(system: System, service: str) -> list[str]:
    """The newest checkpoints that audit has published of both trees; none before the first."""
    folder = system.home / "tiles" / service
    found = [folder / "checkpoint", folder / "sm3" / "checkpoint"]
    return [path.read_text("utf-8") for path in found if path.exists()]

"""`guitu case list|show|trail`, `export`, `verify`: a case, as it was and as it was known, and its proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from enum import StrEnum
from pathlib import Path
from typing import Annotated, cast

import grpc
import typer
from contracts import registry
from corrections.audit.v1 import service_pb2 as audit
from corrections.common.v1 import facts_pb2 as facts
from corrections.intake.v1 import service_pb2 as intake
from devstack.home import default_home
from eventcore.decider import SHANGHAI
from google.protobuf import json_format
from proofs import verify as proofs

from guitu_cli import trail as drawing
from guitu_cli import trail_paper
from guitu_cli.client import Client, client, reader
from guitu_cli.moment import AsOf, Known, instant, moment
from guitu_cli.output import DONE, FAILED, USAGE, document, fail, plain, rows, write
from guitu_cli.paging import pages
from guitu_cli.running import AsJson
from guitu_cli.sealed import still_sealed, texts_of
from guitu_cli.texts import head, language, say

case = typer.Typer(no_args_is_help=True, help=say("案件", "Cases."))
Unit = Annotated[str, typer.Option(help="Unit in whose name it is read, GB/T 2260; default: operator.")]
_PAGE = 1000
_PURPOSE = "guitu/case"


class Lang(StrEnum):
    """Languages of the verifier's report."""

    ZH = "zh"
    EN = "en"


@case.command("list", help=say("列出案件", "List cases."))
def list_(as_of: AsOf = "", known: Known = "", unit: Unit = "", as_json: AsJson = False) -> None:
    """All cases that the caller may see, in order of case id, now or as they were and were known."""
    request = intake.ListCasesRequest(page_size=_PAGE, at=moment(as_of, known))
    with client(reader(unit)) as to:
        listed = pages(lambda one: to.call(one, intake.ListCasesResponse, purpose=_PURPOSE), request)
        found = [one for page in listed for one in page.cases]
    table = [
        {
            "case": one.case_id,
            head("类别", "kind"): facts.SubjectKind.Name(one.kind).removeprefix("SUBJECT_KIND_"),
            head("状态", "state"): one.state,
            head("执行地", "county"): one.county,
            head("起", "start"): one.start_date,
            head("止", "end"): one.end_date,
        }
        for one in found
    ]
    rows(say(f"案件 {len(found)}", f"{len(found)} cases"), table, as_json=as_json)


@case.command(help=say("案件在某日的情况，按当时已知", "A case as it was on a day, as it was known."))
def show(
    case_id: str,
    as_of: AsOf = "",
    known: Known = "",
    unit: Unit = "",
    as_json: AsJson = False,
) -> None:
    """The case folded from its events, its texts, and its trail through the agencies.

    The texts are opened in the name of a unit that sees the case (--unit), which is a recorded read; else they stay sealed.
    """
    request = intake.GetCaseRequest(case_id=case_id, as_of=as_of)
    if known:
        request.known_at.CopyFrom(instant(known))
    with client(reader(unit)) as to:
        answer = to.call(request, intake.GetCaseResponse, purpose=_PURPOSE)
        texts = texts_of(to, answer, as_of, known, purpose=_PURPOSE) if unit else still_sealed(answer.texts)
        found = _trail_unless_away(to, case_id, as_of, known)
        steps = found or ()
    if as_json:
        document(
            {
                "case": json_format.MessageToDict(answer.case),
                "texts": [text.row() for text in texts],
                "trail": None if found is None else [json_format.MessageToDict(s) for s in steps],
            }
        )
        return
    fields = json_format.MessageToDict(answer.case, preserving_proto_field_name=True)
    rows(
        say("案件", "Case"),
        [{"field": name, "value": str(value)} for name, value in fields.items()],
        as_json=False,
    )
    for line in drawing.endings(steps):
        typer.echo(line)
    rows(say("文字", "Texts"), [text.row() for text in texts], as_json=False)
    if found is None:
        typer.echo(say("存证服务没有应答：轨迹暂缺", "audit does not answer: no trail for now"))
        return
    rows(say("轨迹", "Trail"), [_step(s) for s in steps], as_json=False)


@case.command(help=say("案件在各机关间的经过，画成图", "A case's way through the agencies, drawn."))
def trail(
    case_id: str,
    as_of: AsOf = "",
    known: Known = "",
    unit: Unit = "",
    as_json: AsJson = False,
) -> None:
    """One lane a service, an arrow from cause to effect, the state of proof at each step. Exit 1 when a link is missing."""
    with client(reader(unit)) as to:
        whole = _trail(to, case_id, as_of, known)
    steps = whole.steps
    missing, hidden, pending = (
        drawing.gaps(whole),
        drawing.hidden(whole),
        drawing.links(whole, "NOT_YET_MADE"),
    )
    if as_json:
        document(
            {
                "steps": [plain(step) for step in steps],
                "missing": missing,
                "hidden": hidden,
                "pending": pending,
            }
        )
    else:
        trail_paper.show(case_id, steps, missing, hidden, pending)
    raise typer.Exit(FAILED if missing else DONE)


def _trail(to: Client, case_id: str, as_of: str, known: str) -> audit.GetCaseTrailResponse:
    """The case's steps through all services up to a day, as they were known."""
    request = audit.GetCaseTrailRequest(case_id=case_id, as_of=as_of)
    if known:
        request.known_at.CopyFrom(instant(known))
    return to.call(request, audit.GetCaseTrailResponse, purpose=_PURPOSE)


def _trail_unless_away(to: Client, case_id: str, as_of: str, known: str) -> Sequence[audit.Step] | None:
    """None while audit is away: the case is read all the same, and that it was read is told to audit later."""
    try:
        return _trail(to, case_id, as_of, known).steps
    except grpc.RpcError as error:
        if cast("grpc.Call", error).code() != grpc.StatusCode.UNAVAILABLE:
            raise
        return None


def _step(step: audit.Step) -> dict[str, str]:
    at = step.occurred_at.ToDatetime(UTC).astimezone(SHANGHAI)
    return {
        head("时间", "time"): at.strftime("%Y-%m-%d %H:%M"),
        head("事项", "event"): drawing.title(step),
        head("依据", "law"): ";".join(step.law) or say("规则库未收录", "none in the catalogue"),
        head("谁", "who"): drawing.actor(step),
        head("服务", "service"): step.service,
        head("存证", "proof"): drawing.proof(step),
    }


def export(
    case_id: str,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File; default <case>.bundle.json.")
    ] = None,
    unit: Unit = "",
    as_json: AsJson = False,
) -> None:
    """The case's proof bundle is written to a file, and the keys to check it with are named."""
    path = output or Path(f"{case_id}.bundle.json")
    with client(reader(unit)) as to:
        answer = to.call(
            audit.ExportBundleRequest(case_id=case_id), audit.ExportBundleResponse, purpose=_PURPOSE
        )
    write(path, answer.bundle)
    found = {"bundle": str(path), "bytes": len(answer.bundle), "keys": str(_trust()[0])}
    document(found) if as_json else rows(say("已导出", "Exported"), [found], as_json=False)


def verify(
    path: Annotated[
        Path,
        typer.Argument(
            exists=True, help="Bundle, tlog-proof, checkpoint, or a folder of `guitu tiles export`."
        ),
    ],
    keys: Annotated[
        list[Path] | None,
        typer.Option(help="What you trust: a C2SP tlog-policy, vkeys, or both; never from the bundle."),
    ] = None,
    case_id: Annotated[str, typer.Option("--case", help="The case that you asked for.")] = "",
    seen: Annotated[
        list[Path] | None, typer.Option(exists=True, help="A checkpoint that you kept from earlier.")
    ] = None,
    now: Annotated[
        str, typer.Option(help="Time after which no cosignature counts, RFC 3339; default: this computer's.")
    ] = "",
    lang: Annotated[Lang | None, typer.Option(help="Language; default: that of the locale.")] = None,
    as_json: AsJson = False,
) -> None:
    """Offline, as `guitu-verify`: 0 proven, 1 something fails and is named, 2 unreadable, 3 cosignatures are missing.

    Without --keys: the keys and the policy of this installation, which is no guard against the platform itself; the report
    says so.
    """
    pinned = keys or [file for file in _trust() if file.exists()]
    if not pinned or not all(file.exists() for file in pinned):
        named = ", ".join(map(str, pinned or _trust()))
        fail(say(f"没有验证公钥文件 {named}", f"no verifier keys at {named}: give --keys"), USAGE)
    arguments = [str(path), "--lang", lang or language(), *([] if keys else ["--keys-lent"])]
    arguments += [part for one in pinned for part in ("--keys", str(one))]
    arguments += ["--case", case_id] if case_id else []
    arguments += [part for one in seen or () for part in ("--seen", str(one))]
    arguments += ["--now", now] if now else []
    titles = {name: registry.title_zh(name) for name in registry.event_types()}
    raise typer.Exit(proofs.main([*arguments, "--json"] if as_json else arguments, titles))


def proof(
    case_id: str,
    event: Annotated[str, typer.Option(help="Event of the case; default: its release or termination.")] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File; default <event>.tlog-proof.")
    ] = None,
    tree: Annotated[str, typer.Option(help="sha256 or sm3.")] = "sha256",
    unit: Unit = "",
    as_json: AsJson = False,
) -> None:
    """One event with its inclusion proof under a cosigned checkpoint is written as a C2SP tlog-proof file.

    Exit 3 while the witnesses have not signed: what the event did is in force, only its proof waits.
    """
    request = audit.ExportProofRequest(case_id=case_id, event_id=event, tree=tree)
    with client(reader(unit)) as to:
        answer = to.call(request, audit.ExportProofResponse, purpose=_PURPOSE)
    path = output or Path(f"{answer.event_id}.tlog-proof")
    write(path, answer.proof.encode())
    found = {"proof": str(path), "event": answer.event_id, "type": answer.type}
    document(found) if as_json else rows(say("已导出", "Exported"), [found], as_json=False)


def _trust() -> list[Path]:
    """The files that this installation hands out: the policy with all keys, and the keys of the logs alone."""
    keys = default_home().resolve() / "keys"
    return [keys / "trust.policy", keys / "logs.vkeys"]

"""`guitu agency new`: a test agency with certificate and signing key; `list`: all. `guitu push`: a message in its name."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

import typer
import yaml
from corrections.common.v1.common_pb2 import Signature, Signed
from corrections.handoff.v1 import messages_pb2 as messages
from corrections.handoff.v1 import service_pb2 as handoff
from devstack import ca
from devstack.home import default_home, write_secret
from devstack.topology import load
from eventcore import ids
from google.protobuf import json_format
from google.protobuf.message import Message
from servicekit.agencies import CODE, UNIT, Agencies, RegistryError
from servicekit.caller import AGENCY_ROLES

from guitu_cli.client import client
from guitu_cli.output import DONE, REFUSED, USAGE, document, fail, rows
from guitu_cli.running import AsJson
from guitu_cli.texts import head, say

M = TypeVar("M", bound=Message)

_MAX_REQUEST_ID = 128

agency = typer.Typer(no_args_is_help=True, help=say("外部机关", "Agencies."))

_BODIES: dict[str, type[Message]] = {
    kind.DESCRIPTOR.name: kind
    for kind in (
        messages.Judgment,
        messages.RevocationRuling,
        messages.ReductionRuling,
        messages.TemporaryServiceRenewal,
        messages.ReimprisonmentDecision,
        messages.TermRecalculation,
        messages.FoundNotice,
        messages.CorrectionOpinion,
    )
}


@agency.command(
    help=say("登记一个测试机关：证书、签名密钥", "Register a test agency: certificate and signing key.")
)
def new(
    code: Annotated[str, typer.Argument(help="Code, letters and digits.")],
    kind: Annotated[str, typer.Option(help=", ".join(sorted(AGENCY_ROLES)))] = "COURT",
    unit: Annotated[
        str, typer.Option(help="GB/T 2260 code of its territory, 2, 4, 6 or 9 digits.")
    ] = "330203",
    name: Annotated[str, typer.Option(help="Name as printed.")] = "测试机关",
    endpoint: Annotated[
        str, typer.Option(help="host:port of its AgencyService; default: the sandbox receives for it.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """The agency may push messages at once; its files are named."""
    _check(code, kind, unit)
    home = default_home().resolve()
    installation = load().installation
    files = ca.issue(home, f"agency/{code}", installation=installation)
    public = ca.signing_key(home, code).public_key().public_bytes_raw().hex()
    key = {"key_id": _key_id(code), "algorithm": "Ed25519", "public_hex": public}
    # somebody has to sign for what is sent to it, or the exchange stays open and the clock cannot move
    receives = endpoint or f"127.0.0.1:{load().service('sandbox').port}"
    entry = {"code": code, "kind": kind, "name_zh": name, "unit": unit, "keys": [key], "endpoint": receives}
    if not endpoint:
        entry["server_name"] = ids.server_name(installation, "sandbox")
    path = home / "agencies.yaml"
    known = (
        cast("list[dict[str, Any]]", yaml.safe_load(path.read_text("utf-8")) or []) if path.exists() else []
    )
    kept = [one for one in known if one["code"] != code]
    write_secret(path, yaml.safe_dump([*kept, entry], allow_unicode=True, sort_keys=False).encode())
    found = {
        "code": code,
        "certificate": str(files.cert),
        "signing_key": str(home / "keys" / f"{code}.ed25519"),
    }
    if endpoint:
        served = ca.issue(home, f"endpoint/{code}", installation=installation)
        found["server_certificate"] = str(served.cert)
    document(found) if as_json else rows(say("已登记", "Registered"), [found], as_json=False)


@agency.command("list", help=say("列出机关及其代码", "The agencies and their codes."))
def list_(as_json: AsJson = False) -> None:
    """As the installation's registry names them; --agency and --as take the codes."""
    try:
        known = Agencies.of(default_home()).all()
    except RegistryError as error:
        fail(str(error))
    found = [
        {
            head("代码", "code"): one.code,
            head("名称", "name"): one.name_zh,
            head("类别", "kind"): one.kind,
            head("区划", "unit"): one.unit,
        }
        for _, one in sorted(known.items())
    ]
    rows(say(f"机关 {len(found)}", f"{len(found)} agencies"), found, as_json=as_json)


def _check(code: str, kind: str, unit: str) -> None:
    """The registry would take an agency of any kind, and nobody would ever be let in by it."""
    kinds = ", ".join(sorted(AGENCY_ROLES))
    if kind not in AGENCY_ROLES:
        fail(say(f"--kind {kind} 不是机关类别，可用：{kinds}", f"--kind {kind}: want one of {kinds}"), USAGE)
    if not re.fullmatch(UNIT, unit, re.ASCII):
        fail(
            say(
                f"--unit {unit} 不是区划代码，应为 2、4、6 或 9 位数字",
                f"--unit {unit}: want 2, 4, 6 or 9 digits of GB/T 2260",
            ),
            USAGE,
        )
    if not re.fullmatch(CODE, code, re.ASCII):
        fail(say(f"代码 {code} 应符合 {CODE}", f"code {code}: want {CODE}"), USAGE)
    if not code.strip(".") or code in {one.name for one in load().services}:
        # keys of agencies and services lie in one folder, each under its name
        fail(say(f"代码 {code} 是平台自己的名称", f"code {code} is a name of the platform's own"), USAGE)


def push(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="YAML or JSON.")],
    sender: Annotated[str, typer.Option("--as", help="Agency code; default: the file's `from`.")] = "",
    as_json: AsJson = False,
) -> None:
    """The message is signed and sent; its receipts are printed. Exit 0 accepted or held, 3 refused, 4 not reachable.

    The file holds `type` (Judgment without one), `from` (agency code) and `body` in the proto's JSON mapping; or the body
    alone, whose organ sends it. docs/how-to/push-a-message.md shows one.
    """
    kind, code, body = _read(file)
    code = sender or code
    if not code:
        fail(say("请用 --as 指明发送机关", "name the sending agency with --as"), USAGE)
    message_id = str(getattr(body, "message_id", ""))
    if not message_id:
        fail(
            say(
                f"{file.name}: message_id 不能为空",
                f"{file.name}: message_id is empty, want an id of the sender's",
            ),
            USAGE,
        )
    signed = _sign(code, body)
    # another content under the same message id is another request: its receipt says that the id was used
    name = f"push/{message_id}/{sha256(signed.body).hexdigest()[:16]}"
    request = handoff.SubmitRequest(request_id=name[-_MAX_REQUEST_ID:], message=signed)
    with client(f"agency/{code}") as to:
        answer = to.call(request, handoff.SubmitResponse)
    receipts = [messages.Receipt.FromString(one.body) for one in answer.receipts]
    found = [_row(one) for one in receipts]
    if as_json:
        told = [{**row, **_explained(one)} for row, one in zip(found, receipts, strict=True)]
        document({"type": kind, "exchange_id": answer.exchange_id, "receipts": told})
    else:
        rows(say(f"回执 {answer.exchange_id}", f"Receipts {answer.exchange_id}"), found, as_json=False)
        for one in receipts:
            if one.HasField("explanation"):
                typer.echo("\n" + "\n".join(one.explanation.sentences_zh))
    refused = bool(receipts) and receipts[-1].stage == messages.STAGE_REFUSED
    raise typer.Exit(REFUSED if refused else DONE)


def _row(receipt: messages.Receipt) -> dict[str, str]:
    refusal = receipt.refusal
    return {
        head("阶段", "stage"): messages.Stage.Name(receipt.stage).removeprefix("STAGE_"),
        head("时间", "at"): receipt.at.ToJsonString(),
        head("代码", "code"): refusal.code,
        head("字段", "field"): refusal.field,
        head("依据", "article"): refusal.article,
        head("如何补正", "remedy"): refusal.remedy_zh,
    }


def _explained(receipt: messages.Receipt) -> dict[str, Any]:
    """Why it was refused, as a structure; nothing where it was not."""
    if not receipt.HasField("explanation"):
        return {}
    return {"explanation": json_format.MessageToDict(receipt.explanation, preserving_proto_field_name=True)}


def parsed(file: Path, into: M) -> M:
    """The message with the file's content, YAML or JSON in the proto's JSON mapping. Raises json_format.ParseError."""
    return json_format.ParseDict(_texts(_content(file) or {}), into)


def _content(file: Path) -> object:
    try:
        return yaml.load(file.read_text("utf-8"), _Plain)  # JSON is YAML
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        fail(f"{file.name}: {error}", USAGE)


def _read(file: Path) -> tuple[str, str, Message]:
    found = _content(file)
    if not isinstance(found, dict):
        fail(
            say(f"{file.name}：不是一条消息", f"{file.name}: got no mapping, want type, from and body"), USAGE
        )
    entry = cast("dict[str, Any]", found)
    kind = str(entry.get("type", "Judgment")).rsplit(".", 1)[-1]
    if kind not in _BODIES:
        fail(f"{file.name}: type {kind}, want one of {', '.join(sorted(_BODIES))}", USAGE)
    body = entry.get("body", {key: value for key, value in entry.items() if key not in ("type", "from")})
    try:
        message = json_format.ParseDict(_texts(body), _BODIES[kind]())
    except json_format.ParseError as error:
        fail(f"{file.name}: {error}", USAGE)
    return kind, str(entry.get("from", getattr(message, "organ_code", ""))), message


class _Plain(yaml.SafeLoader):
    """Reads 2026-03-10 as the text that it is, and 2026-02-30 too: what a day is, the platform says."""

    yaml_implicit_resolvers = {  # noqa: RUF012  as the base class has it
        first: [(tag, pattern) for tag, pattern in found if not tag.endswith(":timestamp")]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _texts(value: object) -> Any:
    """What is neither text nor number becomes text, for the contracts."""
    if isinstance(value, dict):
        return {key: _texts(item) for key, item in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_texts(item) for item in cast("list[object]", value)]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _sign(code: str, body: Message) -> Signed:
    kind = body.DESCRIPTOR.full_name
    content = body.SerializeToString(deterministic=True)
    home = default_home().resolve()
    if not (home / "keys" / f"{code}.ed25519").exists():
        fail(
            say(
                f"没有 {code} 的签名密钥：请先 `guitu agency new {code}`",
                f"there is no signing key of {code}: `guitu agency new {code}` makes one",
            ),
            USAGE,
        )
    key = ca.signing_key(home, code)
    value = key.sign(b"guitu-signed-v1\n" + kind.encode() + b"\n" + content)
    return Signed(
        type=kind,
        body=content,
        signatures=[Signature(key_id=_key_id(code), algorithm="Ed25519", value=value)],
    )


def _key_id(code: str) -> str:
    return f"{code}.1"

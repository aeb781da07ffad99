"""`guitu law digest|key|sign|released`: a rule set goes out with the signatures of its author and a checker."""

from __future__ import annotations

import os
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from corrections.administration.v1 import service_pb2 as pb
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from devstack.home import default_home
from eventcore import checkpoint
from lawkit import load_law
from lawkit.errors import WrongFile
from lawkit.loading_file import read_catalogue
from proofs.note import NoteError, Signer, parse_vkeys
from servicekit import region_in_use
from servicekit.law_release import ROLES, NotReleased, folder, released, signed_text, text_of, withdrawal_of
from servicekit.rule_sets import path_of

from guitu_cli.calendar import BUREAU, As, principal, told
from guitu_cli.client import client
from guitu_cli.output import FAILED, REFUSED, USAGE, document, fail, write
from guitu_cli.running import AsJson
from guitu_cli.texts import say

Role = Annotated[str, typer.Option("--as", help="author or checker.")]
Who = Annotated[str, typer.Option("--name", help="Who signs, e.g. zhang.legal.")]
Rules = Annotated[
    Path | None,
    typer.Option("--rules", exists=True, dir_okay=False, help="Another rules.yaml; default: the one in use."),
]
Note = Annotated[Path | None, typer.Option("--release", help="The release; default: of this installation.")]


def digest(rules: Rules = None, as_json: AsJson = False) -> None:
    """SHA-256 of the rule set in use, or of the file: what both people sign."""
    found = _digest_of(rules)
    document({"digest": found}) if as_json else typer.echo(found)


def key(file: Path, name: Who, role: Role, as_json: AsJson = False) -> None:
    """A new signing key stands in the file (0600); its verifier key is printed, for law.vkeys."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        fail(say(f"不能新建 {file}：{error.strerror}", f"cannot make {file}: {error.strerror}"), USAGE)
    private = Ed25519PrivateKey.generate()
    with os.fdopen(descriptor, "wb") as out:
        out.write(
            private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    vkey = str(checkpoint.signer(_name(name, role), private).vkey)
    document({"key": str(file), "vkey": vkey}) if as_json else typer.echo(vkey)


def sign(
    key: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Private key of `guitu law key`.")],
    name: Who,
    role: Role,
    region: Annotated[
        Path | None,
        typer.Option("--region", exists=True, dir_okay=False, help="Sign this region's file instead."),
    ] = None,
    rules: Rules = None,
    withdraw: Annotated[str, typer.Option(help="Sign the withdrawal of this rule set instead.")] = "",
    withdrawn_from: Annotated[str, typer.Option("--from", help="First day without it, ISO 8601.")] = "",
    release: Note = None,
    as_json: AsJson = False,
) -> None:
    """The release of the rule set in use carries this signature; an earlier one of the same rule set stays.

    With --withdraw ID --from DAY it is the withdrawal of a released rule set that carries it.
    """
    if bool(withdraw) != bool(withdrawn_from):
        fail(say("--withdraw 与 --from 须同时给出", "give --withdraw and --from together"), USAGE)
    home = default_home().resolve()
    if withdraw:
        digest, text, path = "", withdrawal_of(withdraw, withdrawn_from), _withdrawal_of(withdraw)
    elif region is not None:
        digest = sha256(region.read_bytes()).hexdigest()
        text, path = text_of(digest), folder(home) / region_in_use.RELEASE
    else:
        digest = _digest_of(rules)
        text, path = text_of(digest), _release_of(rules)
    path = release or path
    before = path.read_text(encoding="utf-8") if path.is_file() else None
    try:
        note = signed_text(text, _signer(key, name, role), before=before)
    except (NotReleased, NoteError) as error:
        fail(str(error), USAGE)
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, note.encode())
    document({"release": str(path), "digest": digest}) if as_json else typer.echo(str(path))


def released_(
    keys: Annotated[
        Path | None, typer.Option(help="Pinned verifier keys; default: of this installation.")
    ] = None,
    release: Note = None,
    as_json: AsJson = False,
) -> None:
    """Exit 0 when author and another person as checker have signed the rule set in use, 3 when not."""
    home = folder(default_home().resolve())
    note, pinned = release or home / "rules.release", keys or home / "law.vkeys"
    for path in (note, pinned):
        if not path.is_file():
            fail(say(f"没有 {path}", f"there is no {path}"), REFUSED)
    try:
        known = parse_vkeys(pinned.read_text(encoding="utf-8"))
        found = released(load_law().digest, note.read_text(encoding="utf-8"), known)
    except NotReleased as error:
        fail(say(f"未发布：{error}", f"not released: {error}"), REFUSED)
    except NoteError as error:
        fail(str(error), FAILED)
    if as_json:
        document({"digest": load_law().digest, "author": found.author.who, "checker": found.checker.who})
    else:
        typer.echo(say(f"已发布：{found.author.who} 起草，{found.checker.who} 复核",
                       f"released: author {found.author.who}, checker {found.checker.who}"))  # fmt: skip


def release(
    rule_set_id: Annotated[str, typer.Argument(help="Id of the rule set, e.g. 2027-01.")],
    effective_on: Annotated[
        str, typer.Option("--from", help="First day on which it is to be used, ISO 8601.")
    ],
    rules: Rules = None,
    note: Note = None,
    corrects: Annotated[str, typer.Option(help="Id of the wrong rule set that this one corrects.")] = "",
    reason: Annotated[str, typer.Option(help="What was wrong with that one.")] = "",
    by: As = BUREAU,
    as_json: AsJson = False,
) -> None:
    """The release that author and checker signed is on record at administration; exit 3 when it does not hold.

    The text stands in law/rulesets of the data folder, where administration checks it and the services look for it. The
    first day is not past: what was decided stays decided, also under a rule set that another one corrects.
    """
    path = note or _release_of(rules)
    if not path.is_file():
        fail(say(f"没有 {path}", f"there is no {path}"), REFUSED)
    request = pb.ReleaseRuleSetRequest(
        request_id=f"release/{rule_set_id}/{effective_on}/{sha256(path.read_bytes()).hexdigest()[:16]}",
        rule_set_id=rule_set_id,
        digest=_digest_of(rules),
        effective_on=effective_on,
        release=path.read_text(encoding="utf-8"),
        corrects=corrects,
        correction_reason=reason,
    )
    text = rules.read_bytes() if rules else (files("lawkit") / "data" / "rules.yaml").read_bytes()
    content = path_of(default_home().resolve(), request.digest)
    content.parent.mkdir(parents=True, exist_ok=True)
    content.write_bytes(text)
    with client(principal(by)) as to:
        told(to.call(request, pb.ReleaseRuleSetResponse).outcome, as_json)


def _digest_of(rules: Path | None) -> str:
    """The digest of the file, which must load, or of the rule set in use."""
    if rules is None:
        return load_law().digest
    text = rules.read_bytes()
    try:
        read_catalogue(text, rules.name)
    except WrongFile as error:
        fail(str(error), USAGE)
    return sha256(text).hexdigest()


def _release_of(rules: Path | None) -> Path:
    """Where the signatures of the rule set stand: beside its text, those of the rule set in use in law/rules.release."""
    home = default_home().resolve()
    if rules is None:
        return folder(home) / "rules.release"
    return path_of(home, _digest_of(rules)).with_suffix(".release")


def withdraw(
    rule_set_id: Annotated[str, typer.Argument(help="Id of the rule set, e.g. 2027-01.")],
    withdrawn_from: Annotated[
        str, typer.Option("--from", help="First day on which it is not to be used, ISO 8601.")
    ],
    note: Note = None,
    by: As = BUREAU,
    as_json: AsJson = False,
) -> None:
    """The rule set decides no longer from that day on, today or later: the one before it does.

    Author and checker have signed that (`guitu law sign --withdraw`); exit 3 when they have not.
    """
    path = note or _withdrawal_of(rule_set_id)
    if not path.is_file():
        fail(say(f"没有 {path}", f"there is no {path}"), REFUSED)
    request = pb.WithdrawRuleSetRequest(
        request_id=f"withdraw/{rule_set_id}/{withdrawn_from}/{sha256(path.read_bytes()).hexdigest()[:16]}",
        rule_set_id=rule_set_id,
        withdrawn_from=withdrawn_from,
        withdrawal=path.read_text(encoding="utf-8"),
    )
    with client(principal(by)) as to:
        told(to.call(request, pb.WithdrawRuleSetResponse).outcome, as_json)


def _withdrawal_of(rule_set_id: str) -> Path:
    return folder(default_home().resolve()) / "rulesets" / f"{rule_set_id}.withdrawal"


def _signer(path: Path, name: str, role: str) -> Signer:
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError) as error:
        fail(say(f"{path} 不是私钥：{error}", f"{path} is no private key: {error}"), USAGE)
    if not isinstance(private, Ed25519PrivateKey):
        fail(say(f"{path} 不是 Ed25519 私钥", f"{path} is no Ed25519 key"), USAGE)
    return checkpoint.signer(_name(name, role), private)


def _name(name: str, role: str) -> str:
    if role not in ROLES:
        fail(say(f"--as {role} 应为 author 或 checker", f"--as {role}: want author or checker"), USAGE)
    return f"{name}/{role}"

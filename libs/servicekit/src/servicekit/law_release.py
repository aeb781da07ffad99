"""A rule set is released by two people: its author and a checker sign its digest.

The release is a signed note (C2SP signed-note) `<home>/law/rules.release`; the keys of the installation's authors and
checkers are pinned in `<home>/law/law.vkeys`, one verifier key a line. A key is named `<who>/author` or
`<who>/checker`. Outside the sandbox a service without a good release does not start.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from proofs.note import (
    NoteError,
    Signer,
    VerifierKey,
    add_signatures,
    parse_vkeys,
    sign_note,
    split_note,
    verify_note,
)

ROLES = ("author", "checker")
_HEAD = "guitu-law-release/v1"
_WITHDRAWAL = "guitu-law-withdrawal/v1"


class NotReleased(Exception):
    """The rule set in use is not released by two people of this installation."""


@dataclass(frozen=True, slots=True)
class Signed:
    """One person's signature, 64 bytes, and the key that it holds under."""

    who: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Release:
    """Who released a rule set, or withdrew one."""

    author: Signed
    checker: Signed


def folder(home: Path) -> Path:
    """Where an installation keeps its release and its keys."""
    return home / "law"


def text_of(digest: str) -> str:
    """What both people sign."""
    return f"{_HEAD}\n{digest}\n"


def withdrawal_of(rule_set_id: str, withdrawn_from: str) -> str:
    """What both people sign who withdraw a rule set from a day on."""
    return f"{_WITHDRAWAL}\n{rule_set_id}\n{withdrawn_from}\n"


def signed(digest: str, signer: Signer, *, before: str | None = None) -> str:
    """The release with this signature; beside the earlier one when that is of the same rule set.

    Raises NotReleased for a key that is named for neither role.
    """
    return signed_text(text_of(digest), signer, before=before)


def signed_text(text: str, signer: Signer, *, before: str | None = None) -> str:
    """As signed(), for another text that two people sign."""
    _role(signer.name)
    mine = sign_note(text, signer)
    if before is None or not before.startswith(text + "\n"):
        return mine
    line = mine.removeprefix(text + "\n")
    return before if line in before else add_signatures(before, [line], [signer.vkey])


def released(digest: str, note: str, keys: list[VerifierKey]) -> Release:
    """Who released the rule set of this digest. Raises NotReleased with what is missing."""
    return by_two(text_of(digest), note, keys)


def by_two(text: str, note: str, keys: list[VerifierKey]) -> Release:
    """Author and checker of the text, two people of the installation. Raises NotReleased with what is missing."""
    try:
        signatures = verify_note(note, keys)
    except NoteError as error:
        raise NotReleased(f"the release has no good signature of a known key ({error})") from None
    if not note.startswith(text + "\n"):
        said = " ".join(text.splitlines()[1:])
        raise NotReleased(f"something else was signed, want {said}")
    by: dict[str, list[VerifierKey]] = {role: [] for role in ROLES}
    for one in signatures:
        by[_role(one.key.name)].append(one.key)
    for author in by["author"]:
        for checker in by["checker"]:
            # one person with two names has one key, and one with two keys has one name
            if author.public_key != checker.public_key and _who(author.name) != _who(checker.name):
                return Release(_signed(note, author), _signed(note, checker))
    have = ", ".join(sorted(one.key.name for one in signatures))
    raise NotReleased(f"an author and another person as checker must sign, signed by {have}")


def required(digest: str, home: Path, name: str = "rules.release") -> Release:
    """The release in the installation's folder. Raises NotReleased."""
    known = pinned(home)
    return released(digest, _text(home, name), known)


def pinned(home: Path) -> list[VerifierKey]:
    """The keys of the installation's authors and checkers. Raises NotReleased where none are pinned."""
    try:
        return parse_vkeys(_text(home, "law.vkeys"))
    except NoteError as error:
        raise NotReleased(f"law.vkeys: {error}") from None


def _text(home: Path, name: str) -> str:
    path = folder(home) / name
    if not path.is_file():
        raise NotReleased(f"there is no {name} in {folder(home)}")
    return path.read_text(encoding="utf-8")


def _signed(note: str, key: VerifierKey) -> Signed:
    _, lines = split_note(note)
    signature = next(one.signature for one in lines if (one.name, one.key_id) == (key.name, key.id))
    return Signed(_who(key.name), key.id, signature)


def _role(name: str) -> str:
    role = name.rpartition("/")[2]
    if role not in ROLES or not _who(name):
        raise NotReleased(f"the key {name} is named for neither role, want <who>/author or <who>/checker")
    return role


def _who(name: str) -> str:
    return name.rpartition("/")[0]

"""The rule sets that two people released, and which of them decides on a day (社区矫正法实施办法 第四条; docs/adr/0025).

administration records who released which digest from which day; the text itself stands in `<home>/law/rulesets/<digest>.yaml`,
for it is too long for an event and its digest says whether it is the right one. On a day the rule set decides that took
effect last and is not withdrawn by then; before the first one, the rules of the software's own release.
"""

from __future__ import annotations

import logging
import os
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from corrections.administration.v1.events_pb2 import ReleaseSignature, RuleSetReleased, RuleSetWithdrawn
from lawkit import Law
from lawkit.errors import WrongFile
from lawkit.loading_file import read_catalogue
from proofs.note import NoteError

from servicekit import law_release
from servicekit.errors import Unavailable

log = logging.getLogger(__name__)


class RuleSetMissing(Unavailable):
    """The rule set that decides on the day cannot be used here; nothing is decided under another one."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A released rule set, as its events say. withdrawal: where it was withdrawn, who signed that."""

    release: RuleSetReleased
    withdrawn_from: date | None
    withdrawal: RuleSetWithdrawn | None = None

    @property
    def effective_on(self) -> date:
        """First day on which it decides."""
        return date.fromisoformat(self.release.effective_on)

    def decides(self, on: date) -> bool:
        """Whether it may be used that day."""
        return self.effective_on <= on and (self.withdrawn_from is None or on < self.withdrawn_from)


def of_the_day(sets: Iterable[RuleSet], on: date) -> RuleSet | None:
    """The rule set that decides on the day: of those that may be used, the one that took effect last.

    One that another corrects is not used beside it, also where it would take effect later.
    """
    decide = [one for one in sets if one.decides(on)]
    corrected = {one.release.corrects for one in decide}
    usable = [one for one in decide if one.release.rule_set_id not in corrected]
    return max(usable, key=lambda one: (one.effective_on, one.release.rule_set_id), default=None)


def needed(sets: Iterable[RuleSet], today: date) -> list[RuleSet]:
    """The rule sets that decide today, on a day to come, or for what was begun yesterday."""
    known = tuple(sets)
    turns = {day for one in known for day in (one.effective_on, one.withdrawn_from) if day and day > today}
    decides = [of_the_day(known, day) for day in (today - timedelta(days=1), today, *turns)]
    return [one for one in known if one in decides]


def path_of(home: Path, digest: str) -> Path:
    """Where an installation keeps the text of a rule set."""
    return law_release.folder(home) / "rulesets" / f"{digest}.yaml"


def write(path: Path, text: bytes) -> None:
    """The file has this text; whoever reads meanwhile sees all of it or none, also when several services write it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}")
    part.write_bytes(text)
    part.replace(path)


class RuleSets:
    """Reads rule sets of an installation. built_in: the software's own, national; here: adds the region."""

    def __init__(self, built_in: Law, home: Path, *, signed: bool, here: Callable[[Law], Law]) -> None:
        self._built_in = built_in
        self._home = home
        self._signed = signed
        self._here = here
        self._read: dict[str, Law] = {}
        self._kept: dict[str, Law] = {}

    def law(self, one: RuleSet) -> Law:
        """The law of the rule set, in the installation's region. Raises RuleSetMissing with what is to be done."""
        release = one.release
        if self._signed:
            try:
                law_release.released(release.digest, _note(release), law_release.pinned(self._home))
            except (law_release.NotReleased, NoteError) as error:
                raise RuleSetMissing(f"rule set {release.rule_set_id}: {error}") from error
        if release.digest not in self._read:
            self._read[release.digest] = self._here(self._national(release))
        return self._read[release.digest]

    def checked(self, one: RuleSet) -> RuleSet:
        """The rule set as it is to be followed: a withdrawal that two people did not sign ends nothing."""
        withdrawal = one.withdrawal
        if not self._signed or one.withdrawn_from is None:
            return one
        try:
            if withdrawal is None:
                raise law_release.NotReleased("nobody signed the withdrawal")
            text = law_release.withdrawal_of(one.release.rule_set_id, withdrawal.withdrawn_from)
            note = _signed_by(text, withdrawal.author, withdrawal.checker)
            law_release.by_two(text, note, law_release.pinned(self._home))
        except (law_release.NotReleased, NoteError) as error:
            log.warning("rule set %s is not withdrawn: %s", one.release.rule_set_id, error)
            return replace(one, withdrawn_from=None)
        return one

    def keep(self) -> None:
        """The text of the software's own rules is kept beside the released ones: a later release has others."""
        path = path_of(self._home, self._built_in.digest)
        if not path.is_file():
            write(path, (files("lawkit") / "data" / "rules.yaml").read_bytes())

    def text(self, digest: str) -> Law:
        """The national law of the digest, whoever released it, for what was decided by it; '' is the software's own.

        Raises RuleSetMissing where its text is not kept here.
        """
        if digest in ("", self._built_in.digest):
            return self._built_in
        if digest not in self._kept:
            path = path_of(self._home, digest)
            said = f"what is asked about was decided by law/rulesets/{path.name}, which"
            self._kept[digest] = self._loaded(path, digest, said)
        return self._kept[digest]

    def _national(self, release: RuleSetReleased) -> Law:
        if release.digest == self._built_in.digest:
            return self._built_in
        path = path_of(self._home, release.digest)
        said = f"rule set {release.rule_set_id} decides from {release.effective_on}, and law/rulesets/{path.name}"
        return self._loaded(path, release.digest, said)

    def _loaded(self, path: Path, digest: str, said: str) -> Law:
        if not path.is_file():
            raise RuleSetMissing(f"{said} is not there: put its text into the data folder")
        text = path.read_bytes()
        if sha256(text).hexdigest() != digest:
            raise RuleSetMissing(f"{said} is another text: its digest is {sha256(text).hexdigest()}")
        try:
            # administration compared it with the texts of the law when two people released it
            return Law(read_catalogue(text, path.name, draft=True), digest, self._built_in.calendar)
        except WrongFile as error:
            raise RuleSetMissing(f"{said} does not load: {error}") from error


def _note(release: RuleSetReleased) -> str:
    """The signed note that both signatures of the event were taken from."""
    return _signed_by(law_release.text_of(release.digest), release.author, release.checker)


def _signed_by(text: str, author: ReleaseSignature, checker: ReleaseSignature) -> str:
    return text + "\n" + _line(author, "author") + _line(checker, "checker")


def _line(by: ReleaseSignature, role: str) -> str:
    signature = b64encode(bytes.fromhex(by.key_id) + by.signature).decode()
    return f"— {by.signer}/{role} {signature}\n"

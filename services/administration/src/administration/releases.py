"""What a release and a withdrawal rest on: two signatures by the keys that the installation pinned (law/law.vkeys), and a
text that every service could use.
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path

from corrections.administration.v1 import events_pb2 as ev
from corrections.administration.v1 import service_pb2 as pb
from corrections.administration.v1.prepared_pb2 import PreparedRelease, PreparedWithdrawal
from lawkit import Law, load_law
from lawkit.errors import WrongFile
from lawkit.loading_changes import rewritten
from lawkit.loading_file import read_catalogue
from servicekit import law_release, region_in_use
from servicekit.rule_sets import path_of


def prepared(
    request: pb.ReleaseRuleSetRequest, home: Path, *, corrected_known: bool = False
) -> PreparedRelease:
    """The request with author and checker, or with what is missing for two people to have released it, or with what
    is wrong with its text. Takes a second where the text is not the software's own.
    """
    try:
        found = law_release.released(request.digest, request.release, law_release.pinned(home))
    except law_release.NotReleased as error:
        return PreparedRelease(request=request, missing=str(error))
    return PreparedRelease(
        request=request,
        author=_signature(found.author),
        checker=_signature(found.checker),
        fault=_fault(request, home),
        corrected_known=corrected_known,
    )


def withdrawn(request: pb.WithdrawRuleSetRequest, home: Path) -> PreparedWithdrawal:
    """The request with author and checker, or with what is missing for two people to have withdrawn the rule set."""
    text = law_release.withdrawal_of(request.rule_set_id, request.withdrawn_from)
    try:
        found = law_release.by_two(text, request.withdrawal, law_release.pinned(home))
    except law_release.NotReleased as error:
        return PreparedWithdrawal(request=request, missing=str(error))
    return PreparedWithdrawal(
        request=request, author=_signature(found.author), checker=_signature(found.checker)
    )


def _fault(request: pb.ReleaseRuleSetRequest, home: Path) -> str:
    """Why no service may use the text of this digest; empty when every one can. What has been in force is not rewritten."""
    digest = request.digest
    path = path_of(home, digest)
    if digest == load_law().digest:
        return ""
    if not path.is_file():
        return f"law/rulesets/{path.name} is not there: put its text into the data folder of administration"
    text = path.read_bytes()
    if sha256(text).hexdigest() != digest:
        return f"law/rulesets/{path.name} is another text: its digest is {sha256(text).hexdigest()}"
    try:
        catalogue = read_catalogue(text, path.name)
        law = Law(catalogue, digest, load_law().calendar)
        # a region that does not load under it would stop every service at its next start
        region_in_use.law_here(law, home, signed=False)
    except WrongFile as error:
        return str(error)
    changed = rewritten(load_law().catalogue, catalogue, _first_day(request.effective_on))
    return "\n".join(f"{path.name}: {fault}" for fault in changed)


def _first_day(effective_on: str) -> date:
    """The day; one that is none is refused by the decider, so that nothing counts as having been in force."""
    try:
        return date.fromisoformat(effective_on)
    except ValueError:
        return date.min


def _signature(by: law_release.Signed) -> ev.ReleaseSignature:
    return ev.ReleaseSignature(signer=by.who, key_id=by.key_id.hex(), signature=by.signature)

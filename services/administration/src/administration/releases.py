"""What a release and a withdrawal rest on: two signatures by the keys that the installation pinned (law/law.vkeys), and a
text that every service could use.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from corrections.administration.v1 import events_pb2 as ev
from corrections.administration.v1 import service_pb2 as pb
from corrections.administration.v1.prepared_pb2 import PreparedRelease, PreparedWithdrawal
from lawkit import Law, load_law
from lawkit.errors import WrongFile
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
        fault=_fault(request.digest, home),
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


def _fault(digest: str, home: Path) -> str:
    """Why no service could use the text of this digest; empty when every one can."""
    path = path_of(home, digest)
    if digest == load_law().digest:
        return ""
    if not path.is_file():
        return f"law/rulesets/{path.name} is not there: put its text into the data folder of administration"
    text = path.read_bytes()
    if sha256(text).hexdigest() != digest:
        return f"law/rulesets/{path.name} is another text: its digest is {sha256(text).hexdigest()}"
    try:
        law = Law(read_catalogue(text, path.name), digest, load_law().calendar)
        # a region that does not load under it would stop every service at its next start
        region_in_use.law_here(law, home, signed=False)
    except WrongFile as error:
        return str(error)
    return ""


def _signature(by: law_release.Signed) -> ev.ReleaseSignature:
    return ev.ReleaseSignature(signer=by.who, key_id=by.key_id.hex(), signature=by.signature)

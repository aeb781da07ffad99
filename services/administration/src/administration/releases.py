"""Who signed a rule set, checked with the keys that the installation pinned (law/law.vkeys)."""

from __future__ import annotations

from pathlib import Path

from corrections.administration.v1 import events_pb2 as ev
from corrections.administration.v1 import service_pb2 as pb
from corrections.administration.v1.prepared_pb2 import PreparedRelease
from servicekit import law_release


def prepared(request: pb.ReleaseRuleSetRequest, home: Path) -> PreparedRelease:
    """The request with author and checker, or with what is missing for two people to have released it."""
    try:
        found = law_release.released(request.digest, request.release, law_release.pinned(home))
    except law_release.NotReleased as error:
        return PreparedRelease(request=request, missing=str(error))
    return PreparedRelease(
        request=request, author=_signature(found.author), checker=_signature(found.checker)
    )


def _signature(by: law_release.Signed) -> ev.ReleaseSignature:
    return ev.ReleaseSignature(signer=by.who, key_id=by.key_id.hex(), signature=by.signature)

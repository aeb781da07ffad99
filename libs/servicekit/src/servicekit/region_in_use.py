"""What the installation's region adds to the law: `<home>/law/region.yaml`, where there is one (handbook section 13).

Every process reads it at its start. Outside the sandbox it is released like the rule set: author and checker sign the
digest of the file, `<home>/law/region.release`. A region's file that does not load stops the start, for a service that
decided without it would decide by other settings than its neighbours.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from lawkit import Law
from lawkit.region import in_region, read_region

from servicekit import law_release
from servicekit.rule_sets import RuleSetMissing, write

FILE = "region.yaml"
RELEASE = "region.release"


def path_of(home: Path) -> Path:
    """Where an installation keeps its region's file."""
    return law_release.folder(home) / FILE


def kept(home: Path, digest: str) -> Path:
    """Where an installation keeps a region's file that was in use, also when another one has followed."""
    return law_release.folder(home) / "regions" / f"{digest}.yaml"


def digest_of(home: Path) -> str:
    """SHA-256 of the region's file in hex, '' where there is none; the file is kept for what is decided by it."""
    path = path_of(home)
    if not path.is_file():
        return ""
    text = path.read_bytes()
    digest = sha256(text).hexdigest()
    if not kept(home, digest).is_file():
        write(kept(home, digest), text)
    return digest


def law_then(law: Law, home: Path, digest: str) -> Law:
    """The law as it held with the region's file of that digest; '' stands for none.

    Raises RuleSetMissing where that file is not kept here, or is another text.
    """
    if not digest:
        return law
    copy = kept(home, digest)
    text = copy.read_bytes() if copy.is_file() else b""
    if sha256(text).hexdigest() != digest:
        raise RuleSetMissing(
            f"what is asked about was decided with law/regions/{copy.name}, which is not there"
        )
    return in_region(law, read_region(text, law, copy.name))


def law_here(law: Law, home: Path, *, signed: bool) -> Law:
    """The law as it holds in the installation's region; the law itself where there is no file.

    Raises WrongFile with line and field of each fault, NotReleased where it must be signed and is not.
    """
    path = path_of(home)
    if not path.is_file():
        return law
    text = path.read_bytes()
    if signed:
        law_release.required(sha256(text).hexdigest(), home, RELEASE)
    return in_region(law, read_region(text, law, str(path)))

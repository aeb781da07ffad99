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

FILE = "region.yaml"
RELEASE = "region.release"


def path_of(home: Path) -> Path:
    """Where an installation keeps its region's file."""
    return law_release.folder(home) / FILE


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

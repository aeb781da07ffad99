"""Reading the catalogue: JSON into records. loading_yaml.py reads the file that people edit, with lines.

The twin rules.json was checked when it was compiled and names the digest of its source, so that loading it only
has to build the records.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from pydantic import TypeAdapter, ValidationError

from lawkit.errors import Fault, WrongFile
from lawkit.model import Catalogue, RegionFile

Path = tuple[str | int, ...]


@cache
def adapter() -> TypeAdapter[Catalogue]:
    """What validates rules.yaml and states its JSON schema."""
    return TypeAdapter(Catalogue)


@cache
def region_adapter() -> TypeAdapter[RegionFile]:
    """What validates a region's file."""
    return TypeAdapter(RegionFile)


def schema() -> Mapping[str, object]:
    """The JSON schema (2020-12) of rules.yaml."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **adapter().json_schema()}


def catalogue(raw: bytes | str) -> Catalogue:
    """The records of the file, given as JSON. Raises WrongFile with every wrong field."""
    try:
        return adapter().validate_json(raw, strict=True)
    except ValidationError as error:
        raise WrongFile("rules", shape_faults(error, raw)) from None


def shape_faults(error: ValidationError, raw: bytes | str) -> Sequence[Fault]:
    """Each field that is not as its record says, named by the id of its record; without lines."""
    document: object = TypeAdapter[object](object).validate_json(raw)
    faults: list[Fault] = []
    for one in error.errors(include_url=False, include_context=False):
        path = tuple(one["loc"])
        got = "nothing" if one["type"] == "missing" else repr(one["input"])[:80]
        faults.append(Fault(name_of(document, path), got, one["msg"], path=path))
    return faults


def name_of(document: object, path: Path) -> str:
    """The field as people say it: the id of the record in place of its number, `leave.return.duration`."""
    at, said = document, ""
    for step in path:
        at = _below(at, step)
        if isinstance(step, int):
            found = at.get("id", at.get("code")) if isinstance(at, dict) else None
            said = found if isinstance(found, str) else f"{said}[{step}]"
        else:
            said = f"{said}.{step}" if said else step
    return said


def _below(at: object, step: str | int) -> object:
    if isinstance(at, list) and isinstance(step, int) and step < len(at):
        return at[step]
    return at.get(step) if isinstance(at, dict) else None

"""Reading the catalogue: JSON into records. loading_yaml.py reads the file that people edit, with lines.

The twin rules.json was checked when it was compiled and names the digest of its source, so that loading it only
has to build the records.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from difflib import get_close_matches
from functools import cache

from pydantic import TypeAdapter, ValidationError

from lawkit.errors import Fault, WrongFile
from lawkit.model import Catalogue, Fact, RegionFile, RegionRule, RegionSetting
from lawkit.rules import Citation, Counting, Rule, Setting, Source

Path = tuple[str | int, ...]
_RULE = "rule"
_UNKNOWN = frozenset({"unexpected_keyword_argument", "extra_forbidden"})
_WANTED = {
    "missing": "this field; null where the text has none",
    "string_type": "text, in quotes where it looks like a number",
    "string_too_short": "text that is not empty",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list, [ … ]",
    "too_short": "at least one entry",
    "dict_type": "fields, `key: value`",
    "mapping_type": "fields, `key: value`",
    "dataclass_type": "a record with fields, `key: value`",
    "none_required": "null",
}
_SHAPES = {
    r"^[a-z][a-z0-9]*([.-][a-z0-9]+)+$": "an id in small letters with points, local.yuxi.visit",
    r"^[A-Z][A-Za-z0-9_-]*$": "a code in capitals, COUNTY_CCI",
    r"^[a-z][a-z0-9_]*$": "a name in small letters, late_reports",
    r"^\d{2}(\d{2}(\d{2})?)?$": "the unit's code of 2, 4 or 6 digits in quotes",
}


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
    errors = error.errors(include_url=False)
    missing = {tuple(one["loc"]) for one in errors if one["type"] == "missing"}
    strange = {tuple(one["loc"])[:-1] for one in errors if one["type"] in _UNKNOWN}
    faults: list[Fault] = []
    for one in errors:
        path = tuple(one["loc"])
        around, kind = path[:-1], one["type"]
        if (*around, _RULE) in missing and around in strange:
            # a rule whose fields stand one level too high is one mistake, not one a field
            if kind == "missing" and path[-1] == _RULE:
                want = "them under the key `rule`: `- rule: {id: …, type: …}`, with `ground` and `when` beside it"
                faults.append(
                    Fault(name_of(document, path), "the rule's fields in its place", want, path=path)
                )
            continue
        got = "nothing" if kind == "missing" else repr(one["input"])[:80]
        lacking = [str(other[-1]) for other in missing if other[:-1] == around]
        want = _wanted(kind, one.get("ctx", {}), str(path[-1]) if path else "", lacking)
        faults.append(Fault(name_of(document, path), got, want, path=path))
    return faults


def _wanted(kind: str, context: Mapping[str, object], key: str, lacking: Sequence[str]) -> str:
    """What the record wants there, for who writes the file by hand; lacking: fields that the record misses."""
    if kind in _UNKNOWN:
        near = get_close_matches(key, lacking, 1) or get_close_matches(key, sorted(_field_names()), 1)
        return f"no such field here{f'; did you mean `{near[0]}`?' if near else ''}"
    if kind == "literal_error":
        return f"one of {context.get('expected')}"
    if kind == "string_pattern_mismatch":
        return _SHAPES.get(str(context.get("pattern")), "an id or code as docs/how-to/change-a-rule.md shows")
    if kind == "greater_than_equal":
        return f"{context.get('ge')} or more"
    if kind.startswith("date"):
        return 'a day, "2026-01-01"'
    return _WANTED.get(kind, "a value as docs/how-to/change-a-rule.md shows it")


@cache
def _field_names() -> frozenset[str]:
    records = (RegionFile, RegionRule, RegionSetting, Rule, Setting, Source, Counting, Citation, Fact)
    return frozenset(one.name for record in records for one in fields(record))


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

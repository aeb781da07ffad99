"""The file that people edit: read with lines, validated, checked against itself. Every fault at once."""

from pydantic import ValidationError

from lawkit.forbidden import touched
from lawkit.loading import adapter, shape_faults
from lawkit.loading_checks import contradictions
from lawkit.loading_yaml import Marked, marked
from lawkit.model import Catalogue
from lawkit.texts import untrue_citations


def read_catalogue(text: bytes | str, name: str = "rules.yaml", *, draft: bool = False) -> Catalogue:
    """The records of the YAML text. draft: it may say what no text of the law says yet.

    Raises WrongFile with line and field of each fault: no YAML, a key given twice, a field that is not as its
    record says, two rules for one id and day, a reference that leads nowhere, a forbidden field, a contradiction; but in
    a draft an article that its source does not have, a quotation that does not stand in it or says another number.
    """
    return checked(marked(text, name), name, draft=draft)


def checked(file: Marked, name: str, *, draft: bool = False) -> Catalogue:
    """The same for a text that has been read."""
    raw = file.as_json
    try:
        found = adapter().validate_json(raw, strict=True)
    except ValidationError as error:
        raise file.wrong(name, shape_faults(error, raw)) from None
    faults = [*contradictions(found), *touched(found), *(() if draft else untrue_citations(found))]
    if faults:
        raise file.wrong(name, faults)
    return found

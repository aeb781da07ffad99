"""Whether the articles that an example rests on exist: `CCL 20; CPL 105`, `MEA 46(4)`, `OP2026 form 6`, `SEED2 二(一)`."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from lawkit.law import Law
from lawkit.texts import texts

_PARTS = re.compile(r"[;,；，、]")
_CITATION = re.compile(r"(?:(?P<source>[A-Za-z][A-Za-z0-9]*)(?:\s+|$))?(?P<place>.*)")
_FORM = re.compile(r"(?:form|annex)\s*(\d+)")
_ARTICLES = re.compile(r"(\d+)(?:~(\d+))?(-\d+)?(?:\([^()]*\))*")
_PLACES = ("form", "annex")


def unknown_articles(law: Law, cited: str) -> Iterator[str]:
    """Each source that the law does not have, and each article that a source does not have.

    A source whose text is not here, or only in extracts, is believed about its articles. A part without a source is of
    the one before it.
    """
    source = ""
    for part in (piece.strip() for piece in _PARTS.split(cited)):
        found = _CITATION.fullmatch(part)
        if not part or found is None:
            continue
        named, place = found["source"], found["place"].strip()
        if named in _PLACES:
            named, place = None, part
        source = named or source
        if source not in law.sources:
            near = get_close_matches(source, law.sources, 1)
            meant = f" (meant {near[0]}?)" if near else ""
            yield f"articles: got {part!r}, want a source of rules.yaml and its article{meant}"
        elif place and not _has(source, place):
            yield f"articles: got {source} {place}, want an article that {source} has"


def _has(source: str, place: str) -> bool:
    text = texts().get(source)
    if text is None:
        return True
    if form := _FORM.fullmatch(place):
        return f"annex {form[1]}" in text
    found = _ARTICLES.fullmatch(place)
    if found is None:
        return "*" in text
    first, last, inserted = found.groups()
    wanted = [f"{first}{inserted or ''}", *([last] if last else [])]
    return "*" in text or all(article in text for article in wanted)

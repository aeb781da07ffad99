"""The texts of the law by source and article, and what a citation must be true to.

`python -m lawkit.texts SHARED` compiles them from SHARED/data/law and SHARED/domain/official-extracts.md into
data/texts.json, one article a line; SOURCES.md says where they come from. Only the check of a file reads them, never
a service that answers. The texts are official and outside copyright (著作权法 第五条).
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from lawkit.errors import Fault
from lawkit.model import Catalogue
from lawkit.rules import Citation, Rule

Articles = Mapping[str, str]
Place = tuple[str | int, ...]

_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")}
_DIGITS["两"] = 2  # not the law's: what the signs of a numeral mean
_TENS = {"十": 10, "百": 100, "千": 1000}  # not the law's: the same
_NUMERAL = "[零一二两三四五六七八九十百千]+"
_ARTICLE = re.compile(rf"^(?:\*\*)?第({_NUMERAL})条(?:之({_NUMERAL}))?", re.M)
_POINT = re.compile(r"^(?:\*\*)?(\d+)\.", re.M)
_SIGNS = re.compile(r"[\s*]+")
_MONTHS_PER_YEAR = 12  # not the law's: the calendar's
# how a quotation says a length, the longest unit first; and what the catalogue counts it in
_LENGTH = re.compile(rf"({_NUMERAL}|\d+)(?:个)?(工作日|小时|周岁|日|天|月|年)")
_UNIT = {"工作日": "working_day", "小时": "hour", "日": "day", "天": "day", "月": "month", "年": "month"}
# where in the extracts a source stands: what its heading begins with; the extracts are never whole
_EXTRACTS = {
    "JUV2022": "## 二、",
    "INJ2011": "### 关于对判处管制",
    "SENT2020": "### 关于规范量刑程序",
    "TEM2023": "### 关于进一步规范暂予监外执行",
    "PROC2008": "### 人民检察院监外执行检察办法",
    "OP2009": "### 关于加强和规范监外执行工作",
}
_FORMS_OF = "OP2026"


@cache
def texts() -> Mapping[str, Articles]:
    """Every text of this release by source and article; `*` marks a text that is an extract."""
    raw = (files("lawkit") / "data" / "texts.json").read_bytes()
    return json.loads(raw)


def untrue_citations(file: Catalogue) -> Iterator[Fault]:
    """Every article that its source does not have, and every quotation that does not stand in its article."""
    for at, rule in enumerate(file.rules):
        yield from of_rule(rule, ("rules", at))


def of_rule(rule: Rule, path: Place) -> Iterator[Fault]:
    """The same for one rule. The quotation is of the first source; white space does not count."""
    for number, citation in enumerate(rule.source):
        here = (*path, "source", number)
        text = texts().get(citation.text)
        if text is None:
            if rule.verification == "shared_text" and number == 0 and citation.verification is None:
                want = "a text of this release (lawkit/data/texts.json), or another verification"
                yield Fault(f"{rule.id}.source", f"shared_text of {citation.text}", want, path=here)
            continue
        article = _article(text, citation)
        if article is None:
            if "*" not in text or (number == 0 and rule.quote):
                got = f"{citation.text} {_place(citation)}"
                yield Fault(f"{rule.id}.source", got, "an article that the source has", path=here)
        elif citation.item is not None and not _has_item(article, citation.item):
            got = f"{citation.text} article {citation.article} item {citation.item}"
            yield Fault(f"{rule.id}.source", got, "an item that the article has", path=here)
        if number == 0 and rule.quote and article is not None and plain(rule.quote) not in plain(article):
            want = f"words of {citation.text} {_place(citation)}"
            yield Fault(f"{rule.id}.quote", repr(rule.quote), want, path=(*path, "quote"))
    yield from _number_in_quote(rule, path)


def _number_in_quote(rule: Rule, path: Place) -> Iterator[Fault]:
    """A duration beside a quotation that says another one."""
    if rule.duration is None or rule.unit is None or not rule.quote:
        return
    said = set(lengths(rule.quote))
    if said and (rule.duration, rule.unit) not in said:
        got = f"{rule.duration} {rule.unit}"
        want = f"{' or '.join(f'{n} {unit}' for n, unit in sorted(said))} as the quotation says"
        yield Fault(f"{rule.id}.duration", got, want, path=(*path, "duration"))


def lengths(quote: str) -> Iterator[tuple[int, str]]:
    """The lengths that the words say: 十日 is 10 day, 一年 12 month."""
    for numeral, word in _LENGTH.findall(plain(quote)):
        if word in _UNIT:
            number = int(numeral) if numeral.isdigit() else number_of(numeral)
            yield (number * _MONTHS_PER_YEAR if word == "年" else number), _UNIT[word]


def number_of(numeral: str) -> int:
    """The number of a Chinese numeral below ten thousand."""
    total, last = 0, 0
    for sign in numeral:
        if sign in _TENS:
            total, last = total + (last or 1) * _TENS[sign], 0
        else:
            last = _DIGITS[sign]
    return total + last


def plain(text: str) -> str:
    """The text without white space and marks of layout."""
    return _SIGNS.sub("", text)


def _article(text: Articles, citation: Citation) -> str | None:
    if citation.annex is not None:
        return text.get(f"annex {citation.annex}")
    if citation.article is None:
        return "".join(text.values())
    return text.get(str(citation.article))


def _place(citation: Citation) -> str:
    return f"annex {citation.annex}" if citation.annex is not None else f"article {citation.article}"


def _has_item(article: str, item: int) -> bool:
    return any(number_of(numeral) == item for numeral in re.findall(rf"[(（]({_NUMERAL})[)）]", article))


def articles(text: str) -> dict[str, str]:
    """The articles (第…条), or where there are none the points (1.), of a text."""
    places = list(_ARTICLE.finditer(text)) or list(_POINT.finditer(text))
    found: dict[str, str] = {}
    ends = [place.start() for place in places[1:]] + [len(text)]
    for place, end in zip(places, ends, strict=True):
        number, *also = (part for part in place.groups() if part)
        key = "-".join(n if n.isdigit() else str(number_of(n)) for n in (number, *also))
        found[key] = found.get(key, "") + plain(text[place.start() : end])
    return found


def compiled(shared: Path, files_of: Mapping[str, str | None]) -> Mapping[str, Articles]:
    """The texts of the sources, by their files in the shared folder."""
    found: dict[str, dict[str, str]] = {}
    for source, name in files_of.items():
        if name and name.startswith("shared/data/law/"):
            text = (shared / name.removeprefix("shared/")).read_text(encoding="utf-8")
            found[source] = {**({"*": "节选"} if "节选" in name else {}), **articles(text)}
    extracts = (shared / "domain" / "official-extracts.md").read_text(encoding="utf-8")
    parts = re.split(r"^(?=#{2,3} )", extracts, flags=re.M)
    for source, heading in _EXTRACTS.items():
        part = next(part for part in parts if part.startswith(heading))
        found[source] = {"*": "节选", **found.get(source, {}), **articles(part)}
    forms = ((part, re.match(r"### 文书 (\d+)", part)) for part in parts)
    found[_FORMS_OF] |= {f"annex {heading[1]}": plain(part) for part, heading in forms if heading}
    return found


def as_lines(found: Mapping[str, Articles]) -> str:
    """The texts as they are kept: one article a line."""

    def said(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    sources = (
        f"{said(source)}: {{\n"
        + ",\n".join(f"{said(key)}: {said(text)}" for key, text in listed.items())
        + "\n}"
        for source, listed in found.items()
    )
    return "{\n" + ",\n".join(sources) + "\n}\n"


def main() -> int:
    """Leave a current texts.json beside rules.yaml."""
    from lawkit.law import load_law

    files_of = {source.id: source.file for source in load_law().catalogue.sources}
    target = Path(str(files("lawkit") / "data" / "texts.json"))
    target.write_text(as_lines(compiled(Path(sys.argv[1]), files_of)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

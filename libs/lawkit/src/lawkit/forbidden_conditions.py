"""What a condition in CEL says and takes apart, before it is compiled: its names, its strings, its prefixes and place codes.

A prefix, a pattern or a part of a string classes people by what a number or name begins with (forbid.origin-proxies);
only what a screening may read by rule (offence, behaviour, need) may be read by its parts. A place code may be
compared with the present residence or place of execution only, never with anything else.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache

from lawkit.model import Fact

_STRING = re.compile(r"""(?is)([rb]{0,2})("{3}.*?"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""")
_QUOTES = ('"""', "'''", '"', "'")
_ESCAPE = re.compile(
    r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[xX]([0-9a-fA-F]{2})|([0-3][0-7]{2})|(.))", re.S
)
_JOINED = re.compile(r"""(["'])\s*\+\s*[rb]?(["'])""")
_NAME = re.compile(r"[A-Za-z_]\w*")
_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")
_PARTS = re.compile(
    r"\.\s*(startsWith|endsWith|contains|matches|substring|charAt|indexOf|lastIndexOf|split|replace|find|findAll|"
    r"reverse|lowerAscii|upperAscii|extract)\s*\(|\b(matches)\s*\(|\[\s*-?\d+\s*\]|\b(bytes|hash)\s*\("
)
# GB/T 2260: what a code of a province begins with
_PROVINCE = re.compile(r"(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])(\d{2}){0,2}(\d{6})?")
_WHERE_ONE_LIVES = {"residence", "residing", "execution", "office", "unit", "county", "station"}
_SCREENED = "local.yuxi.screening"
_LONG_ENOUGH = 5  # not the law's: shorter numbers are counts


def words_of(text: str) -> Iterator[str]:
    """Every name of the condition, and every string with its escapes read and its pieces joined."""
    joined = _JOINED.sub("", text)
    yield from _strings(joined)
    yield from _NAME.findall(_STRING.sub(" ", joined))
    # comments and whatever else is left
    yield from re.findall(r"[^\x00-\x7f]+", _STRING.sub(" ", text))


def parts_of_names(text: str, facts: Mapping[str, Fact]) -> Iterator[str]:
    """Where the condition reads a part of a string, or compares with a code of a place that nobody need live in."""
    bare = _STRING.sub('""', text)
    used = {name for name in _NAME.findall(bare) if name in facts}
    readable = {name for name in used if name in _screened() or facts[name].type in {"bool", "date"}}
    listed = {name for name in used if facts[name].type == "list(string)"}
    if found := _PARTS.search(bare):
        # an element of a list is no part of a name
        whole = readable | listed if found.group(0).startswith("[") else readable
        if used - whole:
            yield found.group(0)
    asked = {name for name in used - readable if not _WHERE_ONE_LIVES & set(name.split("_"))}
    if asked:
        for body in _strings(_JOINED.sub("", text)):
            if _PROVINCE.fullmatch(body.strip()) or re.fullmatch(r"\d{17}[\dXx]", body.strip()):
                yield body
        if any(facts[name].type in {"int", "string"} for name in asked):
            for number in _NUMBER.findall(bare):
                if len(number) > _LONG_ENOUGH and _PROVINCE.match(number):
                    yield number


def _strings(text: str) -> Iterator[str]:
    for prefix, quoted in _STRING.findall(text):
        body = next(quoted.removeprefix(q).removesuffix(q) for q in _QUOTES if quoted.startswith(q))
        yield body if "r" in prefix.lower() else _ESCAPE.sub(_read, body)


def _read(found: re.Match[str]) -> str:
    four, eight, two, octal, other = found.groups()
    if code := four or eight or two:
        number = int(code, 16)  # not the law's: hexadecimal
        return chr(number) if number <= sys.maxunicode else ""
    return chr(int(octal, 8)) if octal else other  # not the law's: octal


@cache
def _screened() -> frozenset[str]:
    """The data items that a screening may read."""
    from lawkit.law import load_law

    rule = load_law().rule(_SCREENED)
    return frozenset(item for group in ("offence", "behaviour", "need") for item in rule.listed(group))

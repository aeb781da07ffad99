"""Sentences of the command line in Chinese and English; the locale chooses (GUITU_LANG, LC_ALL, LC_MESSAGES, LANG)."""

from __future__ import annotations

import os
from typing import Literal

Language = Literal["zh", "en"]


def language() -> Language:
    """zh for a Chinese locale, else en."""
    for variable in ("GUITU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def say(zh: str, en: str) -> str:
    """The sentence in the language of the locale."""
    return zh if language() == "zh" else en


class Head(str):
    """Head of a column: in JSON a key that no locale changes, in a table a word of the locale."""

    shown: str


def head(zh: str, en: str) -> str:
    """The key is the English word, with underscores."""
    made = Head(en.replace(" ", "_"))
    made.shown = say(zh, en)
    return made

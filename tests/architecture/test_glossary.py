"""Names of the contracts use the glossary's words (style.md, rule 1)."""

from __future__ import annotations

import re
from pathlib import Path

from contracts import registry

PAGE = Path(__file__).parents[2] / "docs" / "glossary.md"
WORD = re.compile(r"[A-Z][a-z]+")
# English that means in the contracts what it means everywhere.
PLAIN = frozenset(
    re.findall(
        r"\w+",
        """
        Accept Accepted Answer Answered Approve Approved Arrange Arranged Behaviour Close Closed Conclude
        Concluded Content Count Decline Declined Deliver Denied Deny From Get In List Made Make Note
        Noted Open Opened Ordered Other Prepare Prepared Queried Query Read Received Record Recorded
        Refused Register Registered Renew Renewed Request Requested Set Sign Status Step Stream Submit
        """,
    )
)


def known_words() -> set[str]:
    """Forms in the first column of the glossary's tables."""
    cells = re.findall(r"^\| (.+?) \|", PAGE.read_text(encoding="utf-8"), re.M)
    return {
        word
        for cell in cells
        for form in re.findall(r"`(\w+)`", cell)
        for word in [form, *WORD.findall(form)]
    }


def test_every_word_of_events_and_rpcs_is_in_the_glossary():
    events = [name.rpartition(".")[2] for name in registry.events()]
    rpcs = [path.rpartition("/")[2] for path in registry.methods()]
    used = {word: name for name in [*events, *rpcs] for word in WORD.findall(name)}
    unknown = {word: name for word, name in used.items() if word not in PLAIN | known_words()}
    assert unknown == {}, "add the word to docs/glossary.md, or use the word that is there"


def test_old_words_of_the_law_are_used_nowhere():
    """社区矫正法 replaced these words; no title says them."""
    old = ("社区服刑人员", "社区矫正人员", "社区服务", "公益劳动", "居住地变更")
    assert [e.title_zh for e in registry.events().values() if any(word in e.title_zh for word in old)] == []

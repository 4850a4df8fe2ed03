"""The screens' help pages, read aloud: without what they say of keys, which there are none of here."""

from __future__ import annotations

import re
from importlib.resources import files

_KEYS = re.compile(r"\bF[0-9]{1,2}\b|\bEsc\b|\bEnter\b|\bIntro\b|\bEntrar\b|\bTab\b", re.ASCII)
_MARKS = re.compile(r"\*\*|(?<!\w)\*|\*(?!\w)|`|(?<!\w)_|_(?!\w)")


def help_lines(topic: str, tag: str) -> list[str]:
    """A page's paragraphs; those that name keys, and tables of them, are left out."""
    page = (files("screens") / "help" / tag / f"{topic}.md").read_text(encoding="utf-8")
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n", page):
        text = " ".join(line.strip() for line in paragraph.splitlines())
        if text.startswith("|") or _KEYS.search(text):
            continue
        if found and found[-1].endswith(":") and text.startswith("#"):
            found.pop()
        text = f"{text.lstrip('#').strip()}:" if text.startswith("#") else text
        found.append(_MARKS.sub("", text))
    while found and found[-1].endswith(":") and len(found) > 1:
        found.pop()
    return found

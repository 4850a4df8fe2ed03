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
    heading = ""
    for paragraph in re.split(r"\n\s*\n", page):
        text = " ".join(line.strip() for line in paragraph.splitlines())
        if text.startswith("#"):
            heading = text.lstrip("#").strip()
        elif not text.startswith("|") and not _KEYS.search(text):
            found += [heading, _MARKS.sub("", text)] if heading else [_MARKS.sub("", text)]
            heading = ""
    return found

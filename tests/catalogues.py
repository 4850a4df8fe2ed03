"""The gate for catalogues: every message of the program is translated, with the same named places.

Run as `python -m tests.catalogues`; it prints what is missing and exits 1. With `collect` it puts new messages into the
catalogues, to be translated there, and takes out what is not used any more.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
ROOMS = ("billing", "gateways", "screens", "storage", "tui")
KEYWORDS = {"N_": None, "say": None, "count": (1, 2), "term": ((1, "c"), 2)}
PLACES = re.compile(r"{[^{}]*}")


def extract(
    file: IO[bytes], keywords: Collection[str], comment_tags: object, options: object
) -> Iterator[tuple[int, str, tuple[str | None, ...], list[str]]]:
    """Babel's extraction, from the syntax tree: its own overlooks what is said within an f-string or another call."""
    del comment_tags, options
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            called: Any = node.func
            name = getattr(called, "attr", getattr(called, "id", ""))
            said = tuple(a.value if isinstance(a, ast.Constant) and type(a.value) is str else None for a in node.args)
            if name in keywords and any(said):
                yield node.lineno, name, said, []


def messages() -> Catalog:
    """Every message in the source."""
    catalogue = Catalog()
    for room in ROOMS:
        for file, _line, message, _comments, context in extract_from_dir(
            ROOT / room, [("**.py", "tests.catalogues:extract")], keywords=KEYWORDS
        ):
            if message and message != "":
                catalogue.add(message, locations=[(f"{room}/{file}", 1)], context=context)
    return catalogue


def _several(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """A message's forms: one, or singular and plural."""
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def faults(path: Path) -> Iterator[str]:
    """What is wrong with one language's catalogue."""
    with path.open("rb") as file:
        translated = read_po(file, locale=path.parent.parent.name)
    wanted = messages()
    for message in wanted:
        if not message.id:
            continue
        entry = translated.get(message.id, context=message.context)
        strings = _several(entry.string) if entry else ("",)
        ids = _several(message.id)
        if not all(strings) or (entry and entry.fuzzy):
            yield f"{path.parent.parent.name}: not translated: {ids[0]!r}"
        for text in strings:
            if text and set(PLACES.findall(text)) != set(PLACES.findall(ids[-1])):
                yield f"{path.parent.parent.name}: other places in {ids[0]!r}: {text!r}"
    for entry in translated:
        if entry.id and wanted.get(entry.id, context=entry.context) is None:
            yield f"{path.parent.parent.name}: no longer used: {entry.id!r}"


def collect(path: Path) -> None:
    """Bring one language's catalogue up to the source. What was translated stays as it is."""
    locale = path.parent.parent.name
    with path.open("rb") as file:
        known = read_po(file, locale=locale)
    kept = Catalog(locale=locale)
    for message in messages():
        if message.id:
            entry = known.get(message.id, context=message.context)
            kept.add(message.id, entry.string if entry else "", context=message.context)
    header = path.read_bytes().partition(b"\n\n")[0]
    with path.open("wb") as file:
        file.write(header + b"\n\n")
        write_po(file, kept, width=120, no_location=True, omit_header=True, sort_output=True)


def main() -> int:
    """Check every catalogue, or collect what is new first."""
    catalogues = sorted(ROOT.glob("billing/locale/*/LC_MESSAGES/*.po"))
    if sys.argv[1:] == ["collect"]:
        for path in catalogues:
            collect(path)
    found = [fault for path in catalogues for fault in faults(path)]
    print(*found, sep="\n")
    print(f"catalogues: {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

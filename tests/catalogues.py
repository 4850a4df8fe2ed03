"""The gate for catalogues: every message of the program is translated, with the same named places.

Run as `python -m tests.catalogues`; it prints what is missing and exits 1.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
ROOMS = ("billing", "gateways", "screens", "storage", "tui")
KEYWORDS = {"N_": None, "say": None, "count": (1, 2), "term": ((1, "c"), 2)}
PLACES = re.compile(r"{[^{}]*}")


def messages() -> Catalog:
    """Every message in the source."""
    catalogue = Catalog()
    for room in ROOMS:
        for file, _line, message, _comments, context in extract_from_dir(
            ROOT / room, [("**.py", "python")], keywords=KEYWORDS
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


def main() -> int:
    """Check every catalogue."""
    found = [fault for path in sorted(ROOT.glob("billing/locale/*/LC_MESSAGES/*.po")) for fault in faults(path)]
    print(*found, sep="\n")
    print(f"catalogues: {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

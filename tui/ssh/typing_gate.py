"""What a person types, on its way to the program: decoded, pastes bounded, no faster than a screen can follow.

Textual's parser has no bound of its own: a paste that never ends is held for ever, and every key of a flood waits as an
event (`trust.md` 3.1).
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END as PASTE_ENDS
from textual._xterm_parser import BRACKETED_PASTE_START as PASTE_BEGINS
from textual._xterm_parser import XTermParser
from textual.message import Message

LONGEST_PASTE = 64 * 1024
"""Characters of one paste that are kept: no field of ours takes more; the rest is let go."""

SLICE = 64
"""Characters that are parsed at a time: between two slices other people have their turn."""


MOST_UNKNOWN = 4096
"""Characters after which a sequence that gave no event is given up: no key's is longer than 32."""


class _Parser(XTermParser):
    """Textual's parser, which remembers every parser that ever met a function key, and its app with it."""

    def _parse_extended_key(self, sequence: str) -> list[events.Key] | None:  # type: ignore[override]
        try:
            found: list[events.Key] | None = XTermParser._parse_extended_key.__wrapped__(self, sequence)  # noqa: SLF001
        except (ValueError, OverflowError):  # a number that is no character
            return None
        return found


class TypingGate:
    """Bytes in, Textual's events out, a slice at a time. What waits is bounded by whoever feeds it."""

    def __init__(self) -> None:
        self._parser = _Parser()
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._text = ""
        self._paste: list[str] | None = None
        self._pasted = 0
        self._tail = ""
        self._silent = 0

    @property
    def waiting(self) -> bool:
        """Whether there is more to parse at once; what may be half of a sequence waits for its other half."""
        return len(self._text) > (0 if self._paste is not None else _begun(self._text))

    @property
    def pasting(self) -> bool:
        """Whether a paste has begun that has not ended."""
        return self._paste is not None

    def take(self, data: bytes) -> None:
        """Take what was typed."""
        self._text += self._decode(data)

    def slice(self) -> Iterator[Message]:
        """The events of the next slice."""
        if self._paste is not None:
            yield from self._go_on_pasting()
            return
        start = self._text.find(PASTE_BEGINS)
        if start == 0:
            self._text = self._text[len(PASTE_BEGINS) :]
            self._paste, self._pasted, self._tail = [], 0, ""
            self._parser, self._silent = _Parser(), 0  # half a sequence before a paste is none
            yield from self._go_on_pasting()
            return
        end = min(SLICE, len(self._text) if start < 0 else start)
        if end == len(self._text):
            end -= _begun(self._text)
        now, self._text = self._text[:end], self._text[end:]
        yield from self._parse(now)

    def _parse(self, text: str) -> Iterator[Message]:
        self._silent += len(text)
        for event in self._parser.feed(text) if text else ():
            self._silent = 0
            yield event
        if self._silent > MOST_UNKNOWN:
            self._parser, self._silent = _Parser(), 0

    def _go_on_pasting(self) -> Iterator[Message]:
        seen = self._tail + self._text
        end = seen.find(PASTE_ENDS)
        if end < 0:
            keep = len(PASTE_ENDS) - 1
            self._add(seen[:-keep])
            self._tail, self._text = seen[-keep:], ""
            return
        self._add(seen[:end])
        self._text = seen[end + len(PASTE_ENDS) :]
        yield from self.end_paste()

    def _add(self, text: str) -> None:
        kept = text[: LONGEST_PASTE - self._pasted]
        if kept and self._paste is not None:
            self._paste.append(kept)
            self._pasted += len(kept)

    def end_paste(self) -> Iterator[Message]:
        """End a paste, by its mark or because the mark does not come: what was pasted is given on."""
        text = "".join(self._paste or ())
        self._paste, self._tail = None, ""
        if text:
            yield events.Paste(text.replace("\x00", ""))

    def quiet(self) -> Iterator[Message]:
        """Nothing more came for a moment: a lone Esc is the key, and half of a sequence is nothing."""
        if self._paste is None and self._text and not self.waiting:
            lone, self._text = self._text == "\x1b", ""
            if lone:
                yield events.Key("escape", "\x1b")
        yield from self._parser.tick()


def _begun(text: str) -> int:
    """How many of the last characters may be the beginning of a paste's mark."""
    for length in range(min(len(PASTE_BEGINS) - 1, len(text)), 0, -1):
        if PASTE_BEGINS.startswith(text[-length:]):
            return length
    return 0

"""How long the files are that were drawn before: a listing need not draw again what is in it."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

MOST = 50_000
"""Sizes kept in mind: some 13 MiB. Whatever was not asked for longest is forgotten first."""


class Sizes:
    """Sizes by their file's mark, for all visits. Marks are made of what is in a file, so that none is ever stale."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[bytes, int] = OrderedDict()
        self._lock = Lock()

    def known(self, mark: bytes) -> int | None:
        """The size of the file with this mark, where it was drawn before."""
        with self._lock:
            if mark in self._known:
                self._known.move_to_end(mark)
            return self._known.get(mark)

    def keep(self, mark: bytes, size: int) -> None:
        """Keep in mind what drawing it came to."""
        with self._lock:
            self._known[mark] = size
            self._known.move_to_end(mark)
            if len(self._known) > self._most:
                self._known.popitem(last=False)

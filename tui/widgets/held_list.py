"""A short list whose rows are all at hand: it can change one in place, and tells where the pointer goes."""

from __future__ import annotations

from collections.abc import Sequence

from textual.message import Message

from tui.widgets.window_list import PAGE, Item, Row, WindowList


class HeldList(WindowList[Item]):
    """A `WindowList` that is given its rows instead of asking for them."""

    class Pointed(Message):
        """The pointer is on another row, or the rows changed under it."""

    def show(self, rows: Sequence[Row[Item]]) -> None:
        """Show these rows. The pointer stays on its row where that has a key, else in its place."""
        pointed = self.current
        places = {row.key: number for number, row in enumerate(rows) if row.key}
        if pointed is not None and pointed.key in places:
            self.cursor = places[pointed.key]
        self.total = len(rows)
        self._pages.clear()
        self._pages.update({start // PAGE: tuple(rows[start : start + PAGE]) for start in range(0, len(rows), PAGE)})
        self.cursor = min(self.cursor, max(self.total - 1, 0))
        self._turn()
        self.refresh()
        self.post_message(self.Pointed())
        if self._take_next:  # Enter came before the rows did
            self.action_take()

    def _go(self, number: int) -> None:
        before = self.cursor
        super()._go(number)
        if self.cursor != before:
            self.post_message(self.Pointed())

    @property
    def items(self) -> list[Item]:
        """What the rows stand for."""
        return [row.item for _, page in sorted(self._pages.items()) for row in page]

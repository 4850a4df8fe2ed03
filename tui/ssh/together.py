"""What Textual 8.2 does for one app in a process, changed so that many can live in one.

`tests/ssh/test_together.py` holds what is relied on here.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from textual._compositor import Compositor
from textual._styles_cache import StylesCache
from textual.cache import FIFOCache
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.strip import Strip

from tui.ssh.driver import leave_streams_alone

if TYPE_CHECKING:
    from rich.color import Color as RichColor
    from rich.segment import Segment
    from rich.style import Style as RichStyle
    from rich.terminal_theme import TerminalTheme
    from textual.color import Color
    from textual.style import Style


def live_together() -> None:
    """Prepare Textual for many apps in this process; once is enough, more does no harm."""
    leave_streams_alone()
    if not isinstance(vars(Strip)["_crop_cache"], _WhenUsed):
        _remember_colours_not_who_asked()
        _make_caches_when_used()
        _draw_only_what_changed()


def _remember_colours_not_who_asked() -> None:
    """What comes of two colours is remembered by the colours alone.

    Textual remembers it by the widget's cache or the app's filter that asked as well: it keeps the drawn lines of the
    last thousand widgets alive, 0.2 MiB for each visit that has ended, and finds little where many ask.
    """
    backgrounds, in_true_colour = StylesCache.get_inner_outer.__wrapped__, ANSIToTruecolor.truecolor_style.__wrapped__

    @lru_cache(4096)
    def inner_outer(base: Color, background: Color) -> tuple[Style, Style]:
        found: tuple[Style, Style] = backgrounds(None, base, background)
        return found

    @lru_cache(16_384)
    def truecolor(theme: TerminalTheme, style: RichStyle, background: RichColor) -> RichStyle:
        found: RichStyle = in_true_colour(ANSIToTruecolor(theme), style, background)
        return found

    def get_inner_outer(self: StylesCache, base_background: Color, background: Color) -> tuple[Style, Style]:
        del self
        return inner_outer(base_background, background)

    def truecolor_style(self: ANSIToTruecolor, style: RichStyle, background: RichColor) -> RichStyle:
        return truecolor(self._terminal_theme, style, background)

    for owner, name, function in (
        (StylesCache, "get_inner_outer", get_inner_outer),
        (ANSIToTruecolor, "truecolor_style", truecolor_style),
    ):
        setattr(owner, name, function)


_CACHES = {
    "_divide_cache": 4,
    "_crop_cache": 16,
    "_style_cache": 16,
    "_filter_cache": 4,
    "_line_length_cache": 4,
    "_crop_extend_cache": 4,
    "_offsets_cache": 4,
}
"""The caches of a drawn line and how much each keeps, as Textual has them."""


class _Others(FIFOCache[Any, Any]):
    """A line's small cache of other lines. Kept in its own cache, as Textual does, a line waits for the collector."""

    __slots__ = ("_own",)

    def __init__(self, size: int, own: int) -> None:
        super().__init__(size)
        self._own = own

    def __setitem__(self, key: Any, value: Any) -> None:
        if id(value[0] if isinstance(value, list) and value else value) != self._own:
            self.set(key, value)


class _WhenUsed:
    """A slot that holds a small cache from the first time that it is asked for."""

    def __init__(self, slot: Any, size: int) -> None:
        self._slot, self._size = slot, size

    def __get__(self, line: Any, owner: type[Any]) -> Any:
        try:
            return self._slot.__get__(line, owner)
        except AttributeError:
            cache = _Others(self._size, id(line))
            self._slot.__set__(line, cache)
            return cache


def _make_caches_when_used() -> None:
    """A drawn line makes its seven caches as they are used. Most never are, and they were half of all objects."""

    def begin(self: Strip, segments: Iterable[Segment], cell_length: int | None = None) -> None:
        self._segments = list(segments)
        self._cell_length = cell_length
        self._render_cache = self._link_ids = self._cell_count = None

    for name, size in _CACHES.items():
        setattr(Strip, name, _WhenUsed(vars(Strip)[name], size))
    Strip.__init__ = begin  # type: ignore[method-assign]


def _draw_only_what_changed() -> None:
    """A key that changes two lines has two lines of each widget drawn, not every line of every widget."""

    def get_renders(self: Compositor, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        columns, rows = self.size
        lines = Region(0, 0, columns, rows) if crop is None else Region(0, crop.y, columns, crop.height)
        for widget, (region, clip) in self.visible_widgets.items():
            shown = clip.intersection(lines)
            if drawn := region.intersection(shown):
                yield region, shown, widget.render_lines(drawn.translate((-region.x, -region.y)))

    Compositor._get_renders = get_renders  # type: ignore[method-assign]  # noqa: SLF001

"""A short list of choices, each with a line that says what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from textual.binding import Binding
from textual.events import Resize
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.text import fit, wrap


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: what it is called, what it means, and the name the screen knows it by."""

    id: str
    title: str
    about: str = ""


class Menu(Widget, can_focus=True):
    """Up and down to choose, Enter to take. The pointer shows the choice without colour."""

    BINDINGS = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("home", "move(-99)", show=False),
        Binding("end", "move(99)", show=False),
        Binding("enter,space", "take", show=False),
    ]
    COMPONENT_CLASSES = {"menu--title", "menu--about", "menu--chosen"}
    DEFAULT_CSS = """
    Menu {
        height: auto;
        & > .menu--title { color: $v-ink; text-style: bold; }
        & > .menu--about { color: $v-muted; }
        & > .menu--chosen { color: $v-cursor-ink; background: $v-cursor; text-style: $v-cursor-style; }
    }
    """

    class Taken(Message):
        """Enter was pressed on a choice."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, choices: Sequence[Choice] = (), *, pointer: str = "›", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.choices = tuple(choices)
        self.pointer = pointer
        self.chosen = 0
        self._lines: list[tuple[int, bool, str]] = []

    def show(self, choices: Sequence[Choice]) -> None:
        """Change the choices, keeping the place."""
        self.choices = tuple(choices)
        self.chosen = min(self.chosen, max(len(self.choices) - 1, 0))
        self._lay_out(self.size.width)
        self.refresh(layout=True)

    def on_resize(self, event: Resize) -> None:
        """Break the lines anew."""
        self._lay_out(event.size.width)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """As many lines as the choices need at this width."""
        del container, viewport
        self._lay_out(width)
        return len(self._lines)

    def _lay_out(self, width: int) -> None:
        room = max(width - 4, 1)
        self._lines = [
            (number, is_title, line)
            for number, choice in enumerate(self.choices)
            for is_title, line in (
                (True, choice.title),
                *((False, part) for part in (wrap(choice.about, room) if choice.about else [])),
                *([(False, "")] if choice.about else []),
            )
        ]

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width = self.size.width
        if y >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        number, is_title, line = self._lines[y]
        chosen = number == self.chosen and is_title
        name = "menu--chosen" if chosen and self.has_focus else "menu--title" if is_title else "menu--about"
        pointer = f" {self.pointer} " if chosen else "   "
        return Strip([Segment(pointer + fit(line, width - 3), self.get_component_rich_style(name))], width)

    def action_move(self, step: int) -> None:
        """Go up or down."""
        before = self.chosen
        self.chosen = min(max(self.chosen + step, 0), len(self.choices) - 1)
        for y, (number, is_title, _) in enumerate(self._lines):
            if is_title and number in (before, self.chosen):
                self.refresh(Region(0, y, self.size.width, 1))

    def action_take(self) -> None:
        """Take the choice."""
        if self.choices:
            self.post_message(self.Taken(self.choices[self.chosen]))

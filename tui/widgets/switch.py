"""One setting with a few values, changed in place by left and right: `State ‹ Overdue ›`."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.text import fit, safe


class Switch(Widget, can_focus=True):
    """A row of values of which one shows. Every change is told at once by `Changed`."""

    BINDINGS = [
        Binding("left", "step(-1)", show=False),
        Binding("right,space", "step(1)", show=False),
    ]
    COMPONENT_CLASSES = {"switch--label", "switch--value", "switch--focus"}
    DEFAULT_CSS = """
    Switch {
        height: 1;
        width: auto;
        & > .switch--label { color: $v-muted; }
        & > .switch--value { color: $v-ink; text-style: bold; }
        & > .switch--focus { color: $v-cursor-ink; background: $v-cursor; text-style: $v-cursor-style; }
    }
    """

    class Changed(Message):
        """Another value shows."""

        def __init__(self, switch: Switch) -> None:
            super().__init__()
            self.switch = switch

        @property
        def control(self) -> Switch:
            """The switch, so that handlers can be bound to its id."""
            return self.switch

    def __init__(
        self,
        label: str,
        values: Sequence[tuple[str, str]],
        *,
        value: str = "",
        arrows: str = "‹›",
        most: int = 16,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """Offer `values`, pairs of the screen's name and the person's word, at most `most` cells wide."""
        super().__init__(id=id)
        self.label = label
        self.arrows = arrows
        self.most = most
        self.set_values(values, value)

    def set_values(self, values: Sequence[tuple[str, str]], value: str = "") -> None:
        """Offer other values, keeping the present one where it is still among them."""
        wanted = value or (self.value if hasattr(self, "values") else "")
        self.values = tuple(values)
        self.position = next((i for i, (name, _) in enumerate(self.values) if name == wanted), 0)
        self.refresh(layout=True)

    @property
    def value(self) -> str:
        """The screen's name of the value that shows."""
        return self.values[self.position][0]

    def choose(self, value: str) -> None:
        """Show a value by its name, where it is offered."""
        if value in dict(self.values):
            self.action_step([name for name, _ in self.values].index(value) - self.position)

    @property
    def _room(self) -> int:
        return min(max((cell_len(word) for _, word in self.values), default=0), self.most)

    def get_content_width(self, container: object, viewport: object) -> int:
        """Wide enough for the widest value, so that nothing moves when it changes."""
        del container, viewport
        return cell_len(self.label) + 1 + self._room + 4

    def render_line(self, y: int) -> Strip:
        """Draw the switch."""
        del y
        word = self.values[self.position][1]
        value = f"{self.arrows[0]} {fit(word, min(cell_len(safe(word)), self._room))} {self.arrows[1]}"
        style = self.get_component_rich_style("switch--focus" if self.has_focus else "switch--value")
        label = Segment(f"{self.label} ", self.get_component_rich_style("switch--label"))
        return Strip([label, Segment(value, style)]).adjust_cell_length(self.size.width, self.rich_style)

    def action_step(self, step: int) -> None:
        """Show the next or the previous value, round and round."""
        self.position = (self.position + step) % len(self.values)
        self.refresh()
        self.post_message(self.Changed(self))

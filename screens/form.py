"""A form: fields one below the other, kept as typed until they are saved or given up twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ScreenResultType
from textual.widget import Widget
from textual.widgets import Input, Static

from billing.errors import N_, Refusal
from screens.draft import Drafting
from tui.text import content
from tui.widgets.notice import Notice
from tui.widgets.switch import Switch

GIVE_UP = N_("What you typed is not saved. Esc again leaves it; F2 saves it.")


class Form(Drafting[ScreenResultType]):
    """Arrows and Enter go from field to field; F2 saves. A refusal that names its `field` puts the cursor there."""

    BINDINGS = [
        Binding("f2", "save", N_("Save")),
        Binding("enter", "next", show=False),
        # The scroll around the fields would take the arrows first.
        Binding("up", "field(-1)", N_("Fields"), key_display="up,down", priority=True),
        Binding("down", "field(1)", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    Form > #form { padding: 0 2; height: 1fr; }
    Form Switch { margin: 0 2 1 2; }
    Form Input { border-subtitle-color: $v-muted; }
    Form > #form > Static { padding: 0 1; height: auto; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._leaving = False
        self._saving = False
        self._first: dict[str, str] = {}
        self._switched: dict[str, str] = {}

    def body(self) -> ComposeResult:
        """The fields."""
        with VerticalScroll(id="form", can_focus=False):
            yield from self.fields()

    def fields(self) -> Iterator[Widget]:
        """The form's own fields, made by `line` and `choice`."""
        yield from ()

    def line(self, name: str, label: str, value: str = "", *, most: int = 80, hint: str = "") -> Input:
        """A field for one line of text."""
        self._first.setdefault(name, value)
        field = Input(value, id=name, max_length=most, select_on_focus=False)
        field.border_title = content(self.say(label))
        field.border_subtitle = content(self.say(hint)) if hint else ""
        field.cursor_blink = False
        return field

    def choice(self, name: str, label: str, values: Sequence[tuple[str, str]], value: str = "") -> Switch:
        """A field with a few values."""
        self._first.setdefault(name, value)
        arrows = self.session.look.glyphs.less + self.session.look.glyphs.more
        chosen = self._switched.get(name, value)
        return Switch(f"{self.say(label)} ", values, value=chosen, arrows=arrows, most=40, id=name)

    def said(self, text: str, name: str = "") -> Static:
        """A line of words between the fields."""
        return Static(content(text), id=name or None, classes="muted")

    def typed(self, name: str) -> str:
        """What stands in a field."""
        widget = self.query_one(f"#{name}")
        return widget.value if isinstance(widget, Input | Switch) else ""

    @property
    def touched(self) -> bool:
        """Whether anything is different from what the form began with."""
        return any(self.typed(name) != value for name, value in self._first.items() if self.query(f"#{name}"))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Forget the last answer."""
        self._leaving = False
        if event.input.has_focus:
            self.query_one(Notice).clear()

    def on_switch_changed(self, event: Switch.Changed) -> None:
        """Keep it in mind, should the screen be drawn anew."""
        self._leaving = False
        self._switched[event.switch.id or ""] = event.switch.value

    def on_input_submitted(self) -> None:
        """Enter goes on to the next field."""
        self.action_next()

    def action_field(self, step: int) -> None:
        """To the field above or below."""
        if step > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_next(self) -> None:
        """To the next field."""
        self.focus_next()

    def action_save(self) -> None:
        """Save, once however often it is pressed."""
        if not self._saving:
            self._saving = True
            self.query_one(Notice).clear()
            self.attempt(self._save, group="save")

    async def _save(self) -> None:
        try:
            await self.save()
        finally:
            self._saving = False

    async def save(self) -> None:
        """Read the fields and ask the use case; what it refuses is shown here."""

    def refuse(self, refusal: Refusal) -> None:
        """Show what could not be done, at its field where it names one."""
        super().refuse(refusal)
        name = getattr(refusal, "field", "")
        if name and (found := self.query(f"#{name}")):
            found.first(Widget).focus()

    def action_back(self) -> None:
        """Leave; where something was typed, only when asked twice."""
        if self.touched and not self._leaving:
            self._leaving = True
            self.query_one(Notice).tell(self.say(GIVE_UP))
        else:
            super().action_back()

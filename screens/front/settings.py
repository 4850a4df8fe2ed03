"""Language and look, changed at once and seen at once."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding

from billing.errors import N_
from billing.language import NAMES, Language
from screens.dialog import Dialog
from tui.look import BORDER_NAMES, PALETTE_NAMES, Borders, Look, Palette
from tui.widgets.switch import Switch


class Settings(Dialog[None]):
    """Three switches. Nothing to confirm: what shows is what is set."""

    TITLE_MESSAGE = N_("Language and look")
    TOPIC = "settings"
    BINDINGS = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("left", "none", N_("Change"), key_display="left,right"),
        Binding("enter", "back", N_("Done")),
    ]
    DEFAULT_CSS = "Settings Switch { margin: 0 0 1 0; }"

    def body(self) -> ComposeResult:
        """The switches."""
        look, arrows = self.session.look, self.session.look.glyphs.less + self.session.look.glyphs.more
        palettes = [(p.value, self.say(word)) for p, word in PALETTE_NAMES.items()]
        borders = [(b.value, self.say(word)) for b, word in BORDER_NAMES.items()]
        rows = (
            ("language", N_("Language"), list(NAMES.items()), self.language.tag),
            ("palette", N_("Colours"), palettes, look.palette.value),
            ("borders", N_("Lines"), borders, look.borders.value),
        )
        for name, label, values, value in rows:
            yield Switch(f"{self.say(label):<10}", values, value=value, arrows=arrows, id=name)

    def on_switch_changed(self, event: Switch.Changed) -> None:
        """Take the change up everywhere."""
        del event
        values = {switch.id: switch.value for switch in self.query(Switch)}
        self.session.language = Language(str(values["language"]))
        self.house.wear(Look(Palette(values["palette"]), Borders(values["borders"])))
        self.run_worker(self.house.retell(), exclusive=True)

"""Save the statement of a period, for paper or for a spreadsheet."""

from __future__ import annotations

from datetime import date

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from billing.errors import N_
from billing.statement_paper import StatementForm, save_statement
from screens.dialog import Dialog
from tui.text import content
from tui.widgets.notice import Notice
from tui.widgets.switch import Switch

FORM_WORDS = {StatementForm.TEXT: N_("Plain text"), StatementForm.CSV: N_("CSV, for a spreadsheet")}


class SaveStatement(Dialog[None]):
    """Enter saves; nothing is overwritten."""

    TITLE_MESSAGE = N_("Save the statement")
    TOPIC = "statement"
    AUTO_FOCUS = "#folder"
    BINDINGS = [
        Binding("enter", "save", N_("Save")),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("left", "none", N_("Change"), key_display="left,right"),
    ]
    DEFAULT_CSS = "SaveStatement Switch { margin: 1 0 1 1; }"

    def __init__(self, since: date, until: date) -> None:
        super().__init__()
        self.since, self.until = since, until
        self._saving = False

    def body(self) -> ComposeResult:
        """Which days, as what, and where."""
        days = {"since": self.language.date(self.since), "until": self.language.date(self.until)}
        yield Static(content(self.say(N_("{since} to {until}"), **days)), classes="muted")
        arrows = self.session.look.glyphs.less + self.session.look.glyphs.more
        forms = [(form.value, self.say(word)) for form, word in FORM_WORDS.items()]
        yield Switch(self.say(N_("As")), forms, arrows=arrows, most=34, id="form")
        folder = Input(str(self.session.services.exports or ""), id="folder", max_length=1024, select_on_focus=False)
        folder.border_title = content(self.say(N_("Folder")))
        folder.cursor_blink = False
        yield folder

    def on_input_submitted(self) -> None:
        """Enter in the folder saves."""
        self.action_save()

    def action_save(self) -> None:
        """Save, once at a time."""
        if not self._saving:
            self._saving = True
            self.query_one(Notice).clear()
            self.attempt(self._save)

    async def _save(self) -> None:
        desk, services = self.session.desk, self.session.services
        form = StatementForm(self.query_one(Switch).value)
        folder = self.query_one(Input).value
        try:
            if desk is not None:
                path = await self.ask(
                    lambda: save_statement(desk, services.documents(), self.since, self.until, form, folder)
                )
                self.answer(N_("Saved: {path}"), path=path)
        finally:
            self._saving = False

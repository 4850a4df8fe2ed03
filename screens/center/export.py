"""Save a document, or all that are listed, as PDF or text in a folder of one's choice."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from billing.errors import N_
from billing.export import Format, save_document
from billing.history import Question, list_invoices
from billing.invoices import Invoice
from screens.dialog import Dialog
from tui.text import content
from tui.widgets.notice import Notice
from tui.widgets.switch import Switch

FORMAT_WORDS = {Format.PDF: N_("PDF"), Format.TEXT: N_("Plain text")}


class Export(Dialog[None]):
    """Enter saves. Many documents show how far it is; Esc stops, and what was saved stays saved."""

    TITLE_MESSAGE = N_("Save")
    TOPIC = "export"
    AUTO_FOCUS = "#folder"
    BINDINGS = [
        Binding("enter", "save", N_("Save")),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("left", "none", N_("Change"), key_display="left,right"),
    ]
    DEFAULT_CSS = """
    Export Switch { margin: 0 0 1 1; }
    Export #progress { height: 1; padding: 0 1; }
    """

    def __init__(self, invoice: Invoice, question: Question | None = None, listed: int = 1) -> None:
        super().__init__()
        self.invoice, self.question, self.listed = invoice, question, listed
        self._saving = False

    def body(self) -> ComposeResult:
        """What, as what, and where."""
        arrows = self.session.look.glyphs.less + self.session.look.glyphs.more
        labels = self.say(N_("What")), self.say(N_("As"))
        what = [("one", self.invoice.number)]
        if self.question is not None and self.listed > 1:
            every = self.language.count("{number} listed document", "all {number} listed documents", self.listed)
            what.append(("all", every))
        yield Switch(f"{labels[0]:<8}", what, arrows=arrows, most=34, id="what")
        forms = [(f.value, self.say(word)) for f, word in FORMAT_WORDS.items()]
        yield Switch(f"{labels[1]:<8}", forms, arrows=arrows, most=34, id="form")
        folder = Input(str(self.session.services.exports or ""), id="folder", max_length=1024, select_on_focus=False)
        folder.border_title = content(self.say(N_("Folder")))
        folder.cursor_blink = False
        yield folder
        yield Static("", id="progress")

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
        try:
            if self.query_one("#what", Switch).value == "one":
                self.answer(N_("Saved: {path}"), path=await self._save_one(self.invoice))
            else:
                await self._save_listed()
        finally:
            self._saving = False
            self.query_one("#progress", Static).update("")

    async def _save_one(self, invoice: Invoice) -> str:
        services, desk = self.session.services, self.session.desk
        assert desk is not None  # noqa: S101
        form = Format(self.query_one("#form", Switch).value)
        folder = self.query_one("#folder", Input).value
        return await self.ask(lambda: save_document(desk, services.documents(), invoice.id, form, folder))

    async def _save_listed(self) -> None:
        desk, question = self.session.desk, self.question
        assert desk is not None  # noqa: S101
        assert question is not None  # noqa: S101
        done = 0
        while True:
            window = await self.ask(partial(list_invoices, desk, question, offset=done, limit=50))
            for invoice in window.rows:
                path = await self._save_one(invoice)
                done += 1
                self._show_progress(done, window.total)
            if not window.rows or done >= window.total:
                break
        if done:
            message = self.language.count(
                "{number} document saved in {folder}",
                "{number} documents saved in {folder}",
                done,
                folder=Path(path).parent,
            )
            self.query_one(Notice).tell(message, "good")

    def _show_progress(self, done: int, total: int) -> None:
        glyphs = self.session.look.glyphs
        filled = done * 30 // max(total, 1)
        bar = glyphs.bar[-1] * filled + glyphs.dot * (30 - filled)
        number = self.language.number
        self.query_one("#progress", Static).update(content(f"{bar} {number(done)} / {number(total)}"))

    def action_back(self) -> None:
        """Stop what is being saved, else leave."""
        if self._saving:
            self.workers.cancel_group(self, "ask")
            self.answer(N_("Stopped. What was saved so far stays saved."))
        else:
            self.dismiss()

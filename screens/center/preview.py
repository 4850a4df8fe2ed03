"""What a wish comes to, before it is done: Enter does exactly that. Afterwards, what was done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.changes import Wish
from billing.errors import N_, Refusal
from billing.plan_changes import Preview, PreviewStale, Receipt, confirm, preview
from screens.center.preview_page import Page, done, done_words, due
from screens.center.terms import WISH_WORDS
from screens.counter_screen import CounterScreen
from tui.text import content, safe
from tui.widgets.banner import Banner
from tui.widgets.key_bar import KeyBar
from tui.widgets.notice import Notice
from tui.widgets.paper import Paper


def look_at(screen: CounterScreen[Any], wish: Wish, then: Callable[[Receipt], object]) -> None:
    """Show what a wish comes to; `then` is told once it has been done. What was typed on `screen` stays until then."""

    def told(receipt: Receipt | None) -> None:
        if receipt is not None:
            then(receipt)

    async def ask() -> None:
        if (desk := screen.session.desk) is None:
            return
        found = await screen.ask(preview, desk, wish)
        screen.query_one(Notice).clear()
        screen.app.push_screen(PreviewScreen(found), told)

    screen.attempt(ask, group="preview")


class PreviewScreen(CounterScreen[Receipt | None]):
    """Nothing is done until it is confirmed. What is to be paid today stands above what scrolls."""

    TOPIC = "preview"
    AUTO_FOCUS = "#preview"
    BINDINGS = [
        Binding("enter,f9", "confirm", N_("Confirm"), key_display="enter"),
        Binding("enter", "open", N_("Open invoice")),
        Binding("enter", "finish", N_("Done")),
        Binding("up,down", "none", N_("Read on"), key_display="up,down"),
    ]
    DEFAULT_CSS = """
    PreviewScreen #to-pay {
        height: auto;
        min-height: 4;
        padding: 0 1;
        margin: 0 1;
        border: $v-border $v-accent;
        border-title-color: $v-muted;
    }
    """

    def __init__(self, found: Preview) -> None:
        super().__init__()
        self.preview = found
        self.receipt: Receipt | None = None
        self._seen = False
        """Whether what it comes to now was painted: an Enter pressed before confirms nothing."""
        self._busy = False
        self._void = False
        """Whether it can no longer be done at all."""

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        from screens.commands import of_wish

        return of_wish(self.preview.wish)

    def heading(self) -> tuple[str, str]:
        """What is wished for, and whose account."""
        desk = self.session.desk
        return self.say(WISH_WORDS[type(self.preview.wish)]), desk.account.name if desk else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Confirm first, then read what was done."""
        del parameters
        issued = self.receipt is not None and self.receipt.invoice is not None
        match action:
            case "confirm":
                return self.receipt is None and not self._void
            case "open":
                return issued
            case "finish":
                return self.receipt is not None and not issued
        return True

    def body(self) -> ComposeResult:
        """What is due, over the page."""
        yield Static("", id="to-pay")
        paper = Paper(id="preview")
        paper.more = self.say(N_("{count} more lines below"))
        yield paper

    def fill(self) -> None:
        """Show the preview, or what was done."""
        self._seen = False
        if (desk := self.session.desk) is None:
            return
        language, paper = self.language, self.query_one(Paper)
        head = self.query_one("#to-pay", Static)
        first, second = due(self.preview, language, desk.account.payment_days)
        if self.receipt is None:
            paper.show(Page(language, self.session.look.glyphs, paper.room).lines(self.preview))
        else:
            first = f"* {done_words(self.preview, language)}"
            paper.top = 0
            paper.show(done(self.preview, self.receipt, language))
        tone = "bold" if self.receipt is None else "$v-good bold"
        head.update(content(f"{first}\n{second}").stylize(tone, 0, len(safe(first))))
        head.border_title = content(self.preview.after.plan_name)
        self.query_one(Banner).show(*self.heading())
        self.query_one(KeyBar).show(self.shown_keys())
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        self._seen = True

    def on_resize(self) -> None:
        """Set the page in the new width."""
        if self.query(Paper):
            self.call_after_refresh(self.fill)

    def action_confirm(self) -> None:
        """Do it, once."""
        if self._seen and not self._busy:
            self._busy = True
            self.query_one(Notice).clear()
            self.attempt(self._confirm, group="confirm")

    async def _confirm(self) -> None:
        if (desk := self.session.desk) is None:
            return
        try:
            self.receipt = await self.ask(confirm, desk, self.preview)
        except PreviewStale as stale:
            await self._look_again(stale)
        finally:
            self._busy = False
        self.fill()

    async def _look_again(self, stale: PreviewStale) -> None:
        """Something moved: show what it comes to now, and ask again."""
        desk, wish = self.session.desk, self.preview.wish
        assert desk is not None  # noqa: S101
        try:
            self.preview = await self.ask(partial(preview, desk, wish, new_id=self.preview.after.id))
        except Refusal as refusal:
            self._void = True
            self.refuse(refusal)
        else:
            self.query_one(Paper).top = 0
            self.refuse(stale)

    def action_open(self) -> None:
        """Read the invoice that was issued."""
        from screens.center.invoice import InvoiceScreen

        if self.receipt is not None and self.receipt.invoice is not None:
            self.app.push_screen(InvoiceScreen(self.receipt.invoice.id))

    def action_finish(self) -> None:
        """Back to the plans."""
        self.action_back()

    def action_back(self) -> None:
        """Back, with everything typed still there; or, once it is done, to the plans. Not while it is being done."""
        if not self._busy:
            self.dismiss(self.receipt)

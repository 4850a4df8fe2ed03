"""A member's message to the billing contact: written for them, theirs to change, and really sent (M8)."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static, TextArea

from billing.errors import N_
from billing.identifiers import refuse_card_number
from billing.member_message import LONGEST_TEXT, WISH_WORDS, MemberMessage, Wish, draft, send
from screens.counter_screen import CounterScreen
from tui.text import content, safe_lines
from tui.widgets.notice import Notice
from tui.widgets.switch import Switch


class AskContact(CounterScreen[tuple[str, ...] | None]):
    """Left and right choose the wish, F9 sends. Hands back to whom it went."""

    TOPIC = "ask_contact"
    AUTO_FOCUS = "#wish"
    BINDINGS = [
        Binding("left", "none", N_("Wish"), key_display="left,right"),
        Binding("tab", "app.focus_next", N_("Message")),
        Binding("f9", "send", N_("Send")),
    ]
    DEFAULT_CSS = """
    AskContact #wish { margin: 1 0 0 0; }
    AskContact #to { height: auto; max-height: 3; padding: 0 2; color: $v-muted; }
    AskContact TextArea {
        height: 1fr; margin: 0; padding: 0 1; background: $v-ground; color: $v-ink;
        border: $v-border $v-line; border-title-color: $v-muted;
    }
    AskContact TextArea:focus { border: $v-border $v-accent; background-tint: transparent; }
    AskContact .text-area--cursor { color: $v-ground; background: $v-ink; text-style: none; }
    AskContact .text-area--cursor-line { background: $v-ground; }
    AskContact TextArea:ansi > .text-area--cursor {
        background: ansi_default; color: ansi_default; text-style: reverse;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._draft: MemberMessage | None = None
        self._offered = ""
        self._sending = False

    def heading(self) -> tuple[str, str]:
        """About which account, and who asks."""
        desk = self.session.desk
        return (desk.account.name, desk.person.name) if desk else ("", "")

    def body(self) -> ComposeResult:
        """The wish, the recipients, the text."""
        arrows = self.session.look.glyphs.less + self.session.look.glyphs.more
        wishes = [(w.value, self.say(word)) for w, word in WISH_WORDS.items()]
        kept = self._draft.wish.value if self._draft else ""
        label = self.say(N_("What is it about?"))
        yield Switch(f"  {label}", wishes, value=kept, arrows=arrows, most=40, id="wish")
        yield Static("", id="to")
        text = TextArea(show_line_numbers=False, soft_wrap=True, tab_behavior="focus", id="text")
        text.border_title = content(self.say(N_("Your message")))
        text.cursor_blink = False
        yield text

    def fill(self) -> None:
        """Write the message for the wish; drawn anew, what was written stays."""
        if self._draft is None:
            self.attempt(self._write)
        else:
            self._show(self._draft)

    async def retell(self) -> None:
        """What was typed stays."""
        typed = self.query_one(TextArea).text
        await super().retell()
        self.query_one(TextArea).load_text(typed)

    def on_switch_changed(self) -> None:
        """Another wish, other words, unless they were already changed."""
        self.query_one(Notice).clear()
        self.attempt(self._write)

    async def _write(self) -> None:
        if (desk := self.session.desk) is None:
            return
        self._draft = await self.ask(draft, desk, Wish(self.query_one("#wish", Switch).value))
        text = self.query_one(TextArea)
        if text.text == self._offered:
            # A text area draws what it is given: names that attack terminals are made harmless first.
            self._offered = "\n".join(safe_lines(self._draft.text))
            text.load_text(self._offered)
        self._show(self._draft)

    def _show(self, drafted: MemberMessage) -> None:
        people = ", ".join(f"{p.name} <{p.email}>" for p in drafted.to)
        self.query_one("#to", Static).update(content(self.say(N_("To: {people}"), people=people)))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """What is pasted is made harmless before it is drawn again, and cut where a letter would end."""
        typed = event.text_area.text
        kept = "\n".join(safe_lines(typed))[:LONGEST_TEXT]
        if kept != typed:
            event.text_area.load_text(kept)

    def action_send(self) -> None:
        """Send it, once however often it is pressed."""
        if self._draft is not None and not self._sending:
            self._sending = True
            self.query_one(Notice).clear()
            self.attempt(partial(self._send, self._draft), group="send")

    async def _send(self, drafted: MemberMessage) -> None:
        desk, text = self.session.desk, self.query_one(TextArea).text
        try:
            if desk is not None:
                refuse_card_number(text)
                people = await self.ask(send, desk, drafted, text)
                self.dismiss(tuple(f"{p.name} <{p.email}>" for p in people))
        finally:
            self._sending = False

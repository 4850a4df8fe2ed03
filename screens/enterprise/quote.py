"""One quote as the conversation it is: what is on the table, and every word that led there."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from billing.errors import N_
from billing.quote_acceptance import approve
from billing.quote_views import QuoteView, open_quote, side_of
from billing.quotes import STATE_WORDS, WAITS_FOR, Move, QuoteComment, QuoteRevision, Side
from billing.quoting import comment, decline, let_out, send_back, withdraw
from billing.record import Id
from screens.counter_screen import CounterScreen
from screens.enterprise.quote_words import terms_words
from tui.text import content, safe_lines

NEEDS: dict[str, tuple[Move, ...]] = {
    "answer": (Move.COUNTER, Move.PRICE),
    "accept": (Move.ACCEPT,),
    "comment": (Move.COMMENT,),
    "more": (Move.DECLINE, Move.WITHDRAW, Move.APPROVE, Move.LET_OUT, Move.SEND_BACK),
}
"""What has to be possible for a key to be offered."""


class QuoteScreen(CounterScreen[None]):
    """F4 answers with terms, F9 accepts, F7 says something, F6 compares, F8 lists what else can be done."""

    TOPIC = "quote"
    LIVE = True
    AUTO_FOCUS = "#quote-page"
    BINDINGS = [
        Binding("f4", "answer", N_("Answer")),
        Binding("f6", "compare", N_("Compare")),
        Binding("f7", "comment", N_("Comment")),
        Binding("f8", "more", N_("More")),
        Binding("f9", "accept", N_("Accept")),
    ]
    DEFAULT_CSS = """
    QuoteScreen #quote-page { height: 1fr; padding: 1 2 0 2; }
    QuoteScreen #quote-page > Static { height: auto; }
    """

    def __init__(self, quote_id: Id) -> None:
        super().__init__()
        self.quote_id = quote_id
        self._seen: QuoteView | None = None

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("quotes", "show", self.quote_id)

    def heading(self) -> tuple[str, str]:
        """Which quote, and how it stands."""
        if self._seen is None:
            return self.say(N_("Quote")), ""
        quote = self._seen.quote
        return f"{quote.number}: {quote.title}", self.say(STATE_WORDS[self._seen.standing])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What the quote's standing and the person's role allow."""
        del parameters
        if action == "compare":
            return self._seen is not None and len(self._seen.revisions) > 1
        if action in NEEDS:
            return self._seen is not None and any(move in self._seen.moves for move in NEEDS[action])
        return True

    def body(self) -> ComposeResult:
        """A page to scroll."""
        with VerticalScroll(id="quote-page"):
            yield Static("", id="quote-text")

    def fill(self) -> None:
        """Read the quote."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is None:
            return
        self._seen = seen = await self.ask(open_quote, desk, self.quote_id)
        self.query_one("#quote-text", Static).update(Content("\n").join(self._page(seen)))
        self.tell_heading()
        self.tell_keys()

    def _page(self, seen: QuoteView) -> Iterator[Content]:
        desk = self.session.desk
        waits, current = WAITS_FOR.get(seen.standing), seen.current
        if desk is not None and waits is not None:
            yours = waits is side_of(desk)
            yield content(self.say(N_("It is your turn.") if yours else N_("The other side is to answer.")))
        if seen.needs_approval:
            yield Content.assemble(
                (self.say(N_("An approver has to approve it before it can be accepted.")), "$v-warn")
            )
        for approval in seen.quote.approvals:
            if current is not None and approval.hash == current.hash:
                yield content(self.say(N_("Approved by {who}."), who=approval.name))
        if seen.quote.accepted is not None:
            taken = seen.quote.accepted
            day = self.language.date(taken.effective_on)
            yield content(
                self.say(
                    N_("Accepted by {who}: revision {number}, in force from {day}."),
                    who=taken.name,
                    number=taken.revision,
                    day=day,
                )
            )
        if seen.quote.reason:
            yield content(self.say(N_("Reason: {text}"), text=seen.quote.reason))
        if current is not None:
            title = N_("On the table: revision {number}") if waits else N_("Last: revision {number}")
            yield Content.assemble(("\n" + self.say(title, number=current.number), "bold"))
            for words in terms_words(current.terms, self.language):
                yield content("  " + words)
        yield Content.assemble(("\n" + self.say(N_("What was said, newest first")), "bold"))
        words_said: list[QuoteRevision | QuoteComment] = [*seen.revisions, *seen.comments]
        for said in sorted(words_said, key=lambda s: (s.at, s.id), reverse=True):
            yield from self._said(said)

    def _said(self, said: QuoteRevision | QuoteComment) -> Iterator[Content]:
        when = self.language.date(said.at.date())
        vendor = f" ({self.say(N_('vendor'))})" if said.side is Side.VENDOR else ""
        who = f"{said.name}{vendor}"
        if isinstance(said, QuoteComment):
            kept = f" [{self.say(N_('internal'))}]" if said.internal else ""
            yield content(f"{when}  {who}{kept}")
            text = said.text
        else:
            yield content(self.say(N_("{day}  {who}, revision {number}"), day=when, who=who, number=said.number))
            yield from (content("    " + words) for words in list(terms_words(said.terms, self.language))[:-1][:4])
            text = said.note
        yield from (content("    " + line) for line in safe_lines(text) if line)

    def action_answer(self) -> None:
        """Write other terms: a counter-offer, or an offer."""
        from screens.enterprise.quote_terms import QuoteForm

        if self._seen is not None:
            self.app.push_screen(QuoteForm(self._seen), lambda _: self.fill())

    def action_compare(self) -> None:
        """Two revisions side by side."""
        from screens.enterprise.quote_compare import QuoteCompare

        if self._seen is not None:
            self.app.push_screen(QuoteCompare(self._seen))

    def action_accept(self) -> None:
        """Look at what is accepted, and accept it."""
        from screens.enterprise.quote_accept import QuoteAccept

        def accepted(done: str | None) -> None:
            self.fill()
            if done:
                self.answer(N_("Accepted. It is in force from {day}."), day=done)

        if self._seen is not None:
            self.app.push_screen(QuoteAccept(self._seen), accepted)

    def action_comment(self) -> None:
        """Say something."""
        self._ask_words(N_("Your comment"), "comment")

    def action_more(self) -> None:
        """Choose what else to do."""
        from screens.enterprise.quote_more import QuoteMore

        if self._seen is not None:
            self.app.push_screen(QuoteMore(self._seen.moves), self._do)

    def _do(self, chosen: str | None) -> None:
        match chosen:
            case "approve":
                self.attempt(self._approve, group="move")
            case "let_out":
                self.attempt(self._let_out, group="move")
            case "decline":
                self._ask_words(N_("Why is it declined?"), "decline")
            case "withdraw":
                self._ask_words(N_("Why is it withdrawn?"), "withdraw")
            case "send_back":
                self._ask_words(N_("What should be different?"), "send_back")
            case "internal":
                self._ask_words(N_("Your comment, for the vendor's side only"), "internal")

    def _ask_words(self, title: str, move: str) -> None:
        from screens.enterprise.words_dialog import WordsDialog

        async def send(text: str) -> None:
            desk, seen = self.session.desk, self._seen
            if desk is None or seen is None:
                return
            match move:
                case "decline":
                    await self.ask(decline, desk, self.quote_id, text)
                case "withdraw":
                    await self.ask(withdraw, desk, self.quote_id, text)
                case "send_back":
                    await self.ask(send_back, desk, self.quote_id, text, based_on=seen.quote.revision)
                case _:
                    await self.ask(comment, desk, self.quote_id, text, internal=move == "internal")

        self.app.push_screen(WordsDialog(title, send), lambda _: self.fill())

    async def _approve(self) -> None:
        desk, seen = self.session.desk, self._seen
        if desk is not None and seen is not None and seen.current is not None:
            await self.ask(approve, desk, self.quote_id, seen.current.hash)
            await self._read()
            self.answer(N_("Approved. It can be accepted now."))

    async def _let_out(self) -> None:
        desk, seen = self.session.desk, self._seen
        if desk is not None and seen is not None:
            await self.ask(let_out, desk, self.quote_id, based_on=seen.quote.revision)
            await self._read()
            self.answer(N_("The offer lies with the customer now."))

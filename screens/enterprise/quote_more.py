"""What else can be done with a quote now."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding

from billing.errors import N_
from billing.quotes import Move
from screens.dialog import Dialog
from tui.widgets.menu import Choice, Menu

MOVE_WORDS = {
    Move.APPROVE: N_("Approve: it may be accepted"),
    Move.LET_OUT: N_("Let the offer out to the customer"),
    Move.SEND_BACK: N_("Give the offer back to the representative"),
    Move.DECLINE: N_("Decline the quote"),
    Move.WITHDRAW: N_("Withdraw the quote"),
}


class QuoteMore(Dialog[str | None]):
    """Hands back the chosen move."""

    TITLE_MESSAGE = N_("What to do")
    TOPIC = "quote"
    BINDINGS = [Binding("enter", "none", N_("Choose"))]

    def __init__(self, moves: frozenset[Move]) -> None:
        super().__init__()
        self.moves = moves

    def body(self) -> ComposeResult:
        """The moves that are possible."""
        choices = [Choice(move.value, self.say(words)) for move, words in MOVE_WORDS.items() if move in self.moves]
        if Move.PRICE in self.moves and Move.COMMENT in self.moves:
            choices.append(Choice("internal", self.say(N_("Comment for the vendor's side only"))))
        yield Menu(choices, pointer=self.session.look.glyphs.pointer)

    def on_menu_taken(self, event: Menu.Taken) -> None:
        """Hand the choice back."""
        self.dismiss(event.choice.id)

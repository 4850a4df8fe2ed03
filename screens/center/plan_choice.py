"""Everything that can be done with one plan, as it stands and as the person may."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.widgets import Static

from billing.changes import Cancel, ChangeFrequency, ChangeLicences, ChangePlan, KeepOn, UndoPending
from billing.errors import N_
from billing.permissions import Act
from billing.subscriptions import Subscription
from screens.center.preview_page import terms
from screens.center.terms import WISH_WORDS
from screens.dialog import Dialog
from tui.text import content
from tui.widgets.menu import Choice, Menu


class PlanChoice(Dialog[str | None]):
    """Enter takes one; the screen below does it."""

    TITLE_MESSAGE = N_("What would you like to do?")
    TOPIC = "plans"
    DEFAULT_CSS = "PlanChoice #terms { margin: 0 0 1 0; padding: 0 3; }"

    def __init__(self, subscription: Subscription) -> None:
        super().__init__()
        self.subscription = subscription

    def body(self) -> ComposeResult:
        """The plan and the choices."""
        yield Static(content(terms(self.subscription, self.language)), id="terms", classes="muted")
        choices = [Choice(name, self.say(words)) for name, words in self._choices()]
        yield Menu(choices, pointer=self.session.look.glyphs.pointer)

    def _choices(self) -> Iterator[tuple[str, str]]:
        desk, subscription = self.session.desk, self.subscription
        if desk is None:
            return
        if desk.may(Act.CHANGE_SUBSCRIPTION):
            if subscription.pending is not None:
                yield "undo", WISH_WORDS[UndoPending]
            if subscription.end is None:
                yield "plan", WISH_WORDS[ChangePlan]
                yield "licences", WISH_WORDS[ChangeLicences]
                yield "frequency", WISH_WORDS[ChangeFrequency]
                yield "cancel", WISH_WORDS[Cancel]
            elif subscription.cancelled_on is not None:
                yield "keep_on", WISH_WORDS[KeepOn]
        if desk.may(Act.CHANGE_PAYMENT_METHODS):
            yield "method", N_("Choose what it is charged to")
        yield "timeline", N_("See what happened to it")
        yield "stay", N_("Leave it as it is")

    def on_menu_taken(self, event: Menu.Taken) -> None:
        """Hand it down."""
        self.dismiss(event.choice.id)

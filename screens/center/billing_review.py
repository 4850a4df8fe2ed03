"""What saving the billing information would change: field by field, and the tax. Enter saves exactly that."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding

from billing.accounts import Account
from billing.billing_fields import FIELD_WORDS
from billing.billing_information import (
    BillingPreview,
    FieldChange,
    change_billing_information,
    preview_billing_information,
    tax_words,
)
from billing.errors import N_, Stale
from billing.language import NAMES
from screens.counter_screen import CounterScreen
from tui.text import wrap
from tui.widgets.paper import Paper

Line = tuple[str, str]


class BillingReview(CounterScreen[Account | None]):
    """Hands back the account as saved; nothing is saved before Enter. Esc goes back to the fields as typed."""

    TOPIC = "billing_information"
    AUTO_FOCUS = "#review"
    BINDINGS = [
        Binding("enter", "save", N_("Save")),
        Binding("up,down", "none", N_("Read on"), key_display="up,down"),
    ]
    DEFAULT_CSS = "BillingReview #review { margin: 1 0 0 0; }"

    def __init__(self, found: BillingPreview) -> None:
        super().__init__()
        self.found = found
        self._seen = False
        """Whether what would change now was painted: an Enter pressed before saves nothing."""
        self._saving = False

    def heading(self) -> tuple[str, str]:
        """What is looked at, and whose."""
        desk = self.session.desk
        return self.say(N_("Save this billing information?")), desk.account.name if desk else ""

    def body(self) -> ComposeResult:
        """The page."""
        paper = Paper(id="review")
        paper.more = self.say(N_("{count} more lines below"))
        yield paper

    def fill(self) -> None:
        """Set the page."""
        self._seen = False
        paper = self.query_one(Paper)
        paper.show(tuple(self._lines(paper.room)))
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        self._seen = True

    def on_resize(self) -> None:
        """Set the page in the new width."""
        if self.query(Paper):
            self.call_after_refresh(self.fill)

    def _lines(self, room: int) -> Iterator[Line]:
        say, found = self.say, self.found
        if found.tax_changes:
            yield from (self._wrapped(N_("This changes how your next invoices are taxed:"), room, "bad"))
            before, after = (tax_words(t, self.language) for t in (found.tax_before, found.tax_after))
            yield from self._pair(before, after, room)
            if (example := found.renewal) is not None:
                words = N_("The renewal of {plan} on {day} comes to {after} instead of {before}.")
                values = {
                    "plan": example.plan,
                    "day": self.language.date(example.on),
                    "after": self.language.money(example.after),
                    "before": self.language.money(example.before),
                }
                yield from ((line, "") for line in wrap(say(words, **values), room))
            yield "", ""
        for change in found.changes:
            yield say(FIELD_WORDS[change.field]), "strong"
            yield from self._pair(*self._texts(change), room)
        yield "", ""
        yield from self._wrapped(N_("Invoices already issued stay as they are."), room, "muted")
        addresses = tuple(dict.fromkeys((found.before.email, found.after.email)))
        yield from (
            (line, "muted")
            for line in wrap(say(N_("A mail about it goes to {addresses}."), addresses=", ".join(addresses)), room)
        )

    def _wrapped(self, words: str, room: int, style: str) -> Iterator[Line]:
        return ((line, style) for line in wrap(self.say(words), room))

    def _pair(self, before: str, after: str, room: int) -> Iterator[Line]:
        labels = self.say(N_("now")), self.say(N_("then"))
        wide = max(map(len, labels))
        for label, text, style in zip(labels, (before, after), ("muted", ""), strict=True):
            for number, line in enumerate(wrap(text or self.say(N_("(empty)")), room - wide - 4)):
                yield f"  {'' if number else label:<{wide}}  {line}", style

    def _texts(self, change: FieldChange) -> tuple[str, str]:
        match change.field:
            case "country":
                return self.language.country(change.before), self.language.country(change.after)
            case "language":
                return NAMES.get(change.before, change.before), NAMES.get(change.after, change.after)
        return change.before, change.after

    def action_save(self) -> None:
        """Save, once."""
        if self._seen and not self._saving:
            self._saving = True
            self.attempt(self._save, group="save")

    async def _save(self) -> None:
        desk = self.session.desk
        assert desk is not None  # noqa: S101
        try:
            self.dismiss(await self.ask(partial(change_billing_information, desk, self.found)))
        except Stale as stale:
            self.refuse(stale)
            self.found = await self.ask(partial(preview_billing_information, desk, self.found.after))
            self.fill()
        finally:
            self._saving = False

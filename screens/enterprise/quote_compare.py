"""Any two revisions of a quote, side by side; a sign marks what is different."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding

from billing.errors import N_
from billing.quote_views import QuoteView
from billing.quotes import FIELD_WORDS, QuoteRevision, Side, difference
from screens.counter_screen import CounterScreen
from screens.enterprise.quote_words import value_words
from tui.widgets.held_list import HeldList
from tui.widgets.switch import Switch
from tui.widgets.window_list import Column, Row

_WHOLE = ("frequency", "months", "starts_on", "valid_until", "conditions")
_OF_LINE = ("plan_name", "quantity", "list_price", "unit_price")


class QuoteCompare(CounterScreen[None]):
    """Tab goes from one revision's choice to the other's and to the list; left and right choose."""

    TOPIC = "quote_compare"
    AUTO_FOCUS = "#right"
    BINDINGS = [
        Binding("left", "none", N_("Revision"), key_display="left,right"),
        Binding("tab", "app.focus_next", N_("The other")),
    ]
    DEFAULT_CSS = "QuoteCompare Switch { margin: 1 1 0 1; } QuoteCompare #differences { margin: 1 0 0 0; }"

    def __init__(self, seen: QuoteView) -> None:
        super().__init__()
        self.seen = seen

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("quotes", "compare", self.seen.quote.id)

    def heading(self) -> tuple[str, str]:
        """Which quote."""
        return self.seen.quote.number, self.say(N_("Side by side"))

    def body(self) -> ComposeResult:
        """Two choices and the fields below."""
        glyphs = self.session.look.glyphs
        values = [(str(r.number), self._title_of(r)) for r in self.seen.revisions]
        first, last = values[max(len(values) - 2, 0)][0], values[-1][0]
        arrows = glyphs.less + glyphs.more
        yield Switch(self.say(N_("Before")) + " ", values, value=first, arrows=arrows, most=50, id="left")
        yield Switch(self.say(N_("After")) + " ", values, value=last, arrows=arrows, most=50, id="right")
        columns = (
            Column("", 1),
            Column(self.say(N_("Field")), 22),
            Column(self.say(N_("Before"))),
            Column(self.say(N_("After")), 24),
        )
        yield HeldList[str](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="differences")

    def _title_of(self, revision: QuoteRevision) -> str:
        vendor = f" ({self.say(N_('vendor'))})" if revision.side is Side.VENDOR else ""
        return f"{revision.number}. {revision.name}{vendor}, {self.language.date(revision.at.date())}"

    def fill(self) -> None:
        """Compare what is chosen."""
        by_number = {str(r.number): r for r in self.seen.revisions}
        left, right = (by_number[self.query_one(f"#{side}", Switch).value] for side in ("left", "right"))
        before, after = left.terms, right.terms
        changed = {(d.line, d.field) for d in difference(before, after)}
        rows = []
        for number in range(max(len(before.lines), len(after.lines)) + 1):
            for name in _OF_LINE if number else _WHOLE:
                olds, news = (
                    (before, after) if not number else (
                        before.lines[number - 1] if number <= len(before.lines) else None,
                        after.lines[number - 1] if number <= len(after.lines) else None,
                    )
                )  # fmt: skip
                old, new = getattr(olds, name, None), getattr(news, name, None)
                if old in (None, "") and new in (None, ""):
                    continue
                label = self.say(FIELD_WORDS[name])
                differs = (number, name) in changed
                cells = (
                    "*" if differs else "",
                    f"{number}. {label}" if number else label,
                    value_words(name, old, before.currency, self.language),
                    value_words(name, new, after.currency, self.language),
                )
                rows.append(Row(name, cells, "warn" if differs else "", muted=not differs))
        self.query_one(HeldList).show(rows)

    def on_switch_changed(self) -> None:
        """Compare others."""
        self.fill()

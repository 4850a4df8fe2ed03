"""Entering or editing a purchase order. What somebody else changed meanwhile is shown beside, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace
from textual.binding import Binding
from textual.widget import Widget

from billing.errors import N_
from billing.language import Language
from billing.money import Money
from billing.ordering import OrderConflict, OrderWrong, change_order, create_order, term_text
from billing.purchase_orders import FIELD_WORDS, OrderLine, OrderTerms, PurchaseOrder
from billing.record import Id
from screens.enterprise.conflict import Choice, ConflictDialog
from screens.form import Form

LINES_HINT = N_("2 x Text: 100.00; ...")


class OrderForm(Form[Id | None]):
    """F2 saves. Hands back the order's id."""

    TOPIC = "order_form"
    AUTO_FOCUS = "Input"
    BINDINGS = [Binding("f6", "draft", N_("Keep as draft"))]

    def __init__(self, order: PurchaseOrder | None = None) -> None:
        super().__init__()
        self.order = order
        self._based_on = order.revision if order else 0
        self._read = order.terms if order else None

    def draft_name(self) -> str:
        """See `Drafting`."""
        return f"order:{self.order.id if self.order else 'new'}"

    def heading(self) -> tuple[str, str]:
        """Which order."""
        desk = self.session.desk
        if self.order is None:
            return self.say(N_("New purchase order")), desk.account.name if desk else ""
        return self.say(N_("Purchase order {number}"), number=self.order.number), self.say(N_("Edit"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a new one can be a draft."""
        return self.order is None if action == "draft" else super().check_action(action, parameters)

    def fields(self) -> Iterator[Widget]:
        """Everything purchasing says of an order."""
        desk, terms = self.session.desk, self._read
        currency = desk.account.currency if desk else "EUR"
        if self.order is None:
            yield self.line("number", N_("Number"), most=60)
        yield self.line("issuer", N_("Issued by"), terms.issuer if terms else (desk.person.name if desk else ""))
        first = terms.valid_from if terms else (desk.today if desk else date.today())  # noqa: DTZ011
        yield self.line("valid_from", N_("Valid from"), self.language.date(first))
        last = self.language.date(terms.valid_until) if terms and terms.valid_until else ""
        yield self.line("valid_until", N_("Valid until, its last day; empty for no end"), last)
        budget = self.language.money(Money(terms.budget, currency)) if terms and terms.budget is not None else ""
        yield self.line("budget", N_("Budget before tax; empty for no limit"), budget)
        lines = "; ".join(line_text(one, currency, self.language) for one in terms.lines) if terms else ""
        yield self.line("lines", N_("Lines"), lines, most=1000, hint=LINES_HINT)
        yield self.line(
            "files", N_("References of files, with commas between"), ", ".join(terms.files) if terms else "", most=500
        )
        yield self.line("note", N_("Note"), terms.note if terms else "", most=500)

    def _terms(self) -> OrderTerms:
        """What is typed, read; a field that was left alone keeps what it stands for."""
        desk = self.session.desk
        currency = desk.account.currency if desk else "EUR"
        language = self.language
        until, budget = self.typed("valid_until").strip(), self.typed("budget").strip()
        files = tuple(part.strip() for part in self.typed("files").split(",") if part.strip())
        return OrderTerms(
            issuer=self.typed("issuer").strip(),
            valid_from=language.parse_date(self.typed("valid_from")),
            valid_until=language.parse_date(until) if until else None,
            budget=language.parse_amount(budget, currency).minor if budget else None,
            lines=tuple(read_lines(self.typed("lines"), currency, language)),
            files=files,
            note=self.typed("note").strip(),
        )

    async def save(self) -> None:
        """Save as active, or as it is."""
        await self._keep(draft=False)

    def action_draft(self) -> None:
        """Keep it without its counting yet."""
        self.attempt(self._draft, group="save")

    async def _draft(self) -> None:
        await self._keep(draft=True)

    async def _keep(self, *, draft: bool) -> None:
        desk = self.session.desk
        if desk is None:
            return
        terms = self._terms()
        if self.order is None:
            made = await self.ask(create_order, desk, self.typed("number"), terms, draft=draft)
            self.dismiss(made.id)
            return
        try:
            done = await self.ask(change_order, desk, self.order.id, terms, based_on=self._based_on)
        except OrderConflict as conflict:
            self.refuse(conflict)
            self._choose(conflict)
        else:
            self.dismiss(done.id)

    def _choose(self, conflict: OrderConflict) -> None:
        assert self.order is not None  # noqa: S101 - only what exists can be edited by two
        currency = self.order.currency

        def text(field: str, value: object) -> str:
            return term_text(field, value, currency, self.language)

        choices = [
            Choice(d.field, self.say(FIELD_WORDS[d.field]), text(d.field, d.theirs), text(d.field, d.mine))
            for d in conflict.disagreements
        ]

        def chosen(mine: frozenset[str] | None) -> None:
            if mine is None:
                return
            fields = {d.field: d.mine for d in conflict.disagreements if d.field in mine}
            self._based_on = conflict.based_on
            self.attempt(lambda: self._save_chosen(replace(conflict.proposal, **fields)), group="save")

        self.app.push_screen(ConflictDialog(self.language.refusal(conflict), choices), chosen)

    async def _save_chosen(self, terms: OrderTerms) -> None:
        desk = self.session.desk
        if desk is None or self.order is None:
            return
        try:
            done = await self.ask(change_order, desk, self.order.id, terms, based_on=self._based_on)
        except OrderConflict as conflict:  # somebody was faster once more
            self.refuse(conflict)
            self._choose(conflict)
        else:
            self.dismiss(done.id)


def line_text(line: OrderLine, currency: str, language: Language) -> str:
    """A line of an order as it is typed."""
    return f"{line.quantity} x {line.description}: {language.money(Money(line.amount, currency))}"


def read_lines(text: str, currency: str, language: Language) -> Iterator[OrderLine]:
    """The lines that were typed: `2 x Text: 100.00; ...`; quantity and amount may be left out."""
    for part in text.split(";"):
        if not part.strip():
            continue
        head, colon, amount = part.rpartition(":")
        words = (head if colon else part).strip()
        count, x, description = words.partition(" x ")
        known = bool(x) and count.strip().isascii() and count.strip().isdigit() and len(count.strip()) < 10
        if not (description if known else words).strip():
            raise OrderWrong("lines", N_("each line needs words, a quantity and an amount"))
        yield OrderLine(
            description=(description if known else words).strip(),
            quantity=int(count) if known else 1,
            amount=language.parse_amount(amount, currency).minor if colon else 0,
        )

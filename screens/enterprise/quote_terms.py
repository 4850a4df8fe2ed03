"""Writing terms: asking for a quote, making an offer, or answering one with other terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from fractions import Fraction

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from billing.catalogue import Plan
from billing.errors import N_, Refusal
from billing.language import NotAnAmount
from billing.money import Money, half_up
from billing.periods import Frequency
from billing.plan_changes import catalogue, running
from billing.quote_views import QuoteView, side_of
from billing.quotes import FREQUENCY_WORDS, MOST_LINES, Move, QuoteLine, QuoteTerms, Side
from billing.quoting import QuoteMoved, counter, offer_quote, price, request_quote
from billing.record import Id
from billing.subscriptions import Subscription
from screens.enterprise.quote_words import per_cent, value_words
from screens.form import Form
from tui.text import content

VALID_DAYS = 30
"""For how long an offer is good unless somebody says otherwise."""


class NoNumber(Refusal):
    """A field that needs a whole number."""

    message = N_("{typed} is no whole number. Nothing was sent. Write it in digits.")

    def __init__(self, field: str, typed: str) -> None:
        super().__init__(typed=typed[:40] or "-")
        self.field = field


class QuoteForm(Form[Id | None]):
    """F2 sends. Prices are typed as amounts, or as what is taken off the list price: `15%`."""

    TOPIC = "quote_terms"
    BINDINGS = [
        Binding("f2", "save", N_("Send")),
        Binding("f3", "more_lines", N_("Add a line")),
        Binding("f6", "draft", N_("Keep as draft")),
    ]

    def __init__(self, seen: QuoteView | None = None) -> None:
        super().__init__()
        self.seen = seen
        self._based_on = 0
        if seen is not None and seen.current is not None:
            self._based_on = seen.current.number
        self._plans: tuple[Plan, ...] = ()
        self._held: tuple[Subscription, ...] = ()
        self._lines = len(seen.current.terms.lines) if seen is not None and seen.current is not None else 1
        self._ready = False

    def draft_name(self) -> str:
        """See `Drafting`."""
        return f"quote:{self.seen.quote.id if self.seen else 'new'}"

    async def bring_back(self, typed: Mapping[str, str]) -> None:
        """As many lines as there were, too."""
        while f"quantity-{self._lines + 1}" in typed and self._lines < MOST_LINES:
            self._lines += 1
        await self._draw()
        await super().bring_back(typed)

    def heading(self) -> tuple[str, str]:
        """What is written."""
        desk = self.session.desk
        vendor = desk is not None and side_of(desk) is Side.VENDOR
        if self.seen is None:
            return self.say(N_("A new offer") if vendor else N_("Ask for a quote")), desk.account.name if desk else ""
        word = N_("Offer") if vendor else N_("Counter-offer")
        return f"{self.seen.quote.number}: {self.seen.quote.title}", self.say(word)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only the vendor drafts, and only what the customer has not seen."""
        desk = self.session.desk
        if action == "draft":
            vendor = desk is not None and side_of(desk) is Side.VENDOR
            return vendor and (self.seen is None or self.seen.quote.shown == 0)
        if action == "more_lines":
            return self._lines < MOST_LINES
        return super().check_action(action, parameters)

    def fill(self) -> None:
        """Ask for the catalogue and what runs, once; then the fields are drawn."""
        if not self._ready:
            self.attempt(self._learn)

    async def _learn(self) -> None:
        if (desk := self.session.desk) is None:
            return
        self._plans = await self.ask(catalogue, desk)
        self._held = tuple(s for s in await self.ask(running, desk) if s.renews_on is not None)
        self._ready = True
        await self._draw()

    async def _draw(self) -> None:
        typed = {widget.id: widget.value for widget in self.query(Input)}
        form = self.query_one("#form", VerticalScroll)
        await form.remove_children()
        await form.mount(*self.fields())
        for widget in self.query(Input):
            widget.value = typed.get(widget.id, widget.value)
        first = self.query(Input)
        if first:
            first.first(Input).focus()
        self._tell_sums()

    def fields(self) -> Iterator[Widget]:
        """Title, lines, and what holds for all of them."""
        if not self._ready:
            yield self.said(self.say(N_("One moment…")))
            return
        current = self.seen.current if self.seen else None
        terms = current.terms if current else None
        if self.seen is None:
            yield self.line("title", N_("What is it about?"), most=120)
        for number in range(1, self._lines + 1):
            yield from self._line_fields(
                number, terms.lines[number - 1] if terms and number <= len(terms.lines) else None
            )
        often = [(f.value, self.say(word)) for f, word in FREQUENCY_WORDS.items()]
        first = terms.frequency if terms else self._held[0].frequency if self._held else Frequency.YEARLY
        yield self.choice("frequency", N_("Billed"), often, first.value)
        yield self.line("months", N_("Term in months"), str(terms.months if terms else 12), most=2)
        start = self.language.date(terms.starts_on) if terms and terms.starts_on else ""
        yield self.line("starts_on", N_("First day of new plans; empty for the day of acceptance"), start)
        desk = self.session.desk
        if desk is not None and side_of(desk) is Side.VENDOR:
            until = terms.valid_until if terms else None
            until = until if until is not None and until >= desk.today else desk.today + timedelta(days=VALID_DAYS)
            yield self.line("valid_until", N_("The offer is good until"), self.language.date(until))
        yield self.line("conditions", N_("Conditions"), terms.conditions if terms else "", most=2000)
        yield self.line("note", N_("Your message with it"), most=2000)
        yield self.said("", "sums")

    def _line_fields(self, number: int, line: QuoteLine | None) -> Iterator[Widget]:
        held = self._held[0] if line is None and number == 1 and self._held else None
        plans = [(plan.id, plan.name) for plan in self._plans]
        if line is not None and line.plan_id not in dict(plans):
            plans.append((line.plan_id, line.plan_name))
        chosen = line.plan_id if line else held.plan_id if held else plans[0][0] if plans else ""
        renews = line.subscription_id if line else held.id if held else ""
        choices = [("", self.say(N_("a new plan")))]
        choices += [
            (
                s.id,
                self.say(N_("renews {licences} x {plan}"), licences=self.language.number(s.quantity), plan=s.plan_name),
            )
            for s in self._held
        ]
        quantity = line.quantity if line else held.quantity if held else 1
        price_now = ""
        if line is not None:
            desk = self.session.desk
            price_now = self.language.money(Money(line.unit_price, desk.account.currency if desk else "EUR"))
        yield self.said(self.say(N_("Line {number}"), number=number))
        yield self.choice(f"plan-{number}", N_("Plan"), plans, chosen)
        yield self.choice(f"renews-{number}", N_("It is"), choices, renews)
        yield self.line(f"quantity-{number}", N_("Licences"), str(quantity), most=6)
        yield self.line(
            f"price-{number}",
            N_("Price per licence and period, or 15% off; empty for the list price"),
            price_now,
            most=30,
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what it comes to."""
        super().on_input_changed(event)
        self._tell_sums()

    def on_switch_changed(self, event: object) -> None:
        """Say what it comes to."""
        super().on_switch_changed(event)  # type: ignore[arg-type]
        self._tell_sums()

    def _tell_sums(self) -> None:
        if not self._ready or not self.query("#sums"):
            return
        try:
            terms = self._terms()
        except (Refusal, StopIteration):
            text = ""
        else:
            money, currency = self.language.money, terms.currency
            text = self.say(
                N_("{net} before tax each period, {whole} in the term {off}"),
                net=money(Money(terms.net, currency)), whole=money(Money(terms.whole, currency)),
                off=per_cent(terms.discount, self.language),
            )  # fmt: skip
            for number, line in enumerate(terms.lines, 1):
                listed = money(Money(line.list_price, currency))
                off = per_cent(line.discount, self.language)
                asked = money(Money(line.unit_price, currency))
                words = self.say(N_("list {listed}: {price} {off}"), listed=listed, price=asked, off=off)
                self.query_one(f"#price-{number}", Input).border_subtitle = content(words)
        self.query_one("#sums", Static).update(content(text))

    def _terms(self) -> QuoteTerms:
        """What is typed, read."""
        desk = self.session.desk
        currency = desk.account.currency if desk else "EUR"
        often = Frequency(self.typed("frequency"))
        starts, until = (
            self.typed("starts_on").strip(),
            self.typed("valid_until").strip() if self.query("#valid_until") else "",
        )
        return QuoteTerms(
            lines=tuple(
                self._line(number, often, currency) for number in range(1, self._lines + 1) if self._wanted(number)
            ),
            currency=currency,
            frequency=often,
            months=self._number("months"),
            starts_on=self.language.parse_date(starts) if starts else None,
            valid_until=self.language.parse_date(until) if until else None,
            conditions=self.typed("conditions").strip(),
        )

    def _wanted(self, number: int) -> bool:
        """A line of no licences is left out, as long as it is not the only one."""
        return self._lines == 1 or self.typed(f"quantity-{number}").strip() not in ("", "0")

    def _number(self, name: str) -> int:
        text = self.typed(name).strip()
        if not (text.isascii() and text.isdigit()):
            raise NoNumber(name, text)
        return int(text)

    def _line(self, number: int, often: Frequency, currency: str) -> QuoteLine:
        plan_id = self.typed(f"plan-{number}")
        plan = next((p for p in self._plans if p.id == plan_id), None)
        known = self._known(plan_id)
        asked = plan.price(often, currency) if plan else None
        listed = asked.amount if asked else known.list_price if known else 0
        name = plan.name if plan else known.plan_name if known else plan_id
        return QuoteLine(
            plan_id=plan_id,
            plan_name=name,
            quantity=self._number(f"quantity-{number}"),
            list_price=listed,
            unit_price=self._price(f"price-{number}", listed, currency),
            subscription_id=self.typed(f"renews-{number}"),
        )

    def _known(self, plan_id: Id) -> QuoteLine | None:
        current = self.seen.current if self.seen else None
        return next((line for line in current.terms.lines if line.plan_id == plan_id), None) if current else None

    def _price(self, name: str, listed: int, currency: str) -> int:
        text = self.typed(name).strip()
        if not text:
            return listed
        if text.endswith("%"):
            share = text[:-1].strip().replace(",", ".").lstrip("-")
            try:
                return half_up(listed * (1 - Fraction(share) / 100))
            except (ValueError, ZeroDivisionError) as error:
                example = Money(123456, currency)
                raise NotAnAmount(typed=text[:40], currency=currency, example=example) from error
        return self.language.parse_amount(text, currency).minor

    def action_more_lines(self) -> None:
        """One more line."""
        self._lines = min(self._lines + 1, MOST_LINES)
        self.attempt(self._draw, group="draw")

    def action_draft(self) -> None:
        """Keep it on the vendor's side."""
        self.attempt(self._keep_draft, group="save")

    async def _keep_draft(self) -> None:
        await self._send(draft=True)

    async def save(self) -> None:
        """Send it to the other side."""
        await self._send(draft=False)

    async def _send(self, *, draft: bool) -> None:
        desk = self.session.desk
        if desk is None or not self._ready:
            return
        terms, note = self._terms(), self.typed("note")
        vendor = side_of(desk) is Side.VENDOR
        if self.seen is None:
            title = self.typed("title")
            made = await (
                self.ask(offer_quote, desk, title, terms, note, draft=draft) if vendor
                else self.ask(request_quote, desk, title, terms, note)
            )  # fmt: skip
            self.dismiss(made.id)
            return
        quote_id = self.seen.quote.id
        based_on = max(self._based_on, self.seen.quote.revision) if vendor else self._based_on
        try:
            if Move.PRICE in self.seen.moves:
                await self.ask(price, desk, quote_id, terms, note, based_on=based_on, draft=draft)
            else:
                await self.ask(counter, desk, quote_id, terms, note, based_on=based_on)
        except QuoteMoved as moved:
            # Sent again, it answers the revision whose differences were just shown.
            self._based_on = moved.revision
            self.refuse(moved)
            self._show_differences(moved, terms.currency)
        else:
            self.dismiss(quote_id)

    def _show_differences(self, moved: QuoteMoved, currency: str) -> None:
        from billing.quotes import FIELD_WORDS

        words = [
            f"{self.say(FIELD_WORDS[d.field])}: {value_words(d.field, d.before, currency, self.language)} "
            f"{self.session.look.glyphs.more} {value_words(d.field, d.after, currency, self.language)}"
            for d in moved.differences
        ]
        self.query_one("#sums", Static).update(content("\n".join(words)))
        self.query_one("#sums", Static).scroll_visible(animate=False)

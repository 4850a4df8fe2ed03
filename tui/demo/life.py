"""Invented customers living day by day through the real engine: they subscribe, change, renew, pay and are credited.

Nothing of a history is made up but its causes: what people asked for, and when they paid. The same days give the same
records.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from billing.accounts import Account, Standing
from billing.audit import AuditEvent, append
from billing.catalogue import Plan
from billing.changes import ChangeLicences, ChangePlan, decide
from billing.charges import Share
from billing.collecting import begin, book
from billing.dunning import dun
from billing.errors import N_
from billing.invoices import Invoice, Line
from billing.issuing import Sale, credit_note, issue, receive, refund
from billing.language import Language
from billing.outbox import OutboxMessage, OutboxState
from billing.payment_gateway import Declined, Outcome, Succeeded
from billing.payment_methods import PaymentMethod
from billing.periods import billing_periods
from billing.plan_changes import sale_of
from billing.proration import Writer
from billing.record import changed
from billing.renewals import renew
from billing.store import Reading, Store, Writing
from billing.subscriptions import Subscription
from billing.tax_treatment import treatment
from billing.vendor import Vendor
from tui.demo.customers import SESSION_PRICE, Change, Customer, Licence
from tui.demo.founding import founded, noon, subscription

DAY = timedelta(days=1)
DAYS_TO_CREDIT, DAYS_TO_REFUND = 9, 2
DUNNED_DAYS = 100
"""How long before the end reminders begin to be written."""
TROUBLED_DAYS = 40
"""How long before the end somebody's card begins to fail."""
MAIL_DAYS = 30
"""How long a sent mail is kept in the outbox."""

Happening = Callable[[Writing, date], None]


def lived(
    store: Store, customers: Sequence[Customer], as_of: date, meet: Callable[[Store, date], None] | None = None
) -> None:
    """Fill an empty store with the customers' lives up to the end of day `as_of`; `meet` is what they do at desks."""
    with store.write() as books:
        for record in founded(customers):
            books.put(record)
    first = min((c.since for c in customers), default=as_of)
    life = Life(store, customers, as_of)
    for number in range((as_of - first).days + 1):
        day = first + number * DAY
        if meet is not None:
            meet(store, day)
        life.spend(day)
    life.tidy(as_of)


def live_on(store: Store, customers: Sequence[Customer], since: date, until: date) -> None:
    """Let the customers of a store that was lived up to `since` live on: they renew, and pay as they always did."""
    life = Life(store, customers, since)
    life.resume()
    for number in range(1, (until - since).days + 1):
        life.spend(since + number * DAY)
    if until > since:
        life.tidy(until)


@dataclass(slots=True)
class _Bill:
    """An invoice on its way to be paid, on the first day from `on` on."""

    invoice_id: str
    on: date


@dataclass(slots=True)
class Life:
    """What is going to happen, by day, and the bills that lie on each customer's table."""

    store: Store
    customers: Sequence[Customer]
    as_of: date
    plans: dict[date, list[Happening]] = field(init=False)
    bills: dict[str, deque[_Bill]] = field(init=False)
    counts: dict[str, int] = field(init=False)
    by_id: dict[str, Customer] = field(init=False)

    def __post_init__(self) -> None:
        self.plans, self.bills, self.counts = defaultdict(list), defaultdict(deque), defaultdict(int)
        self.by_id = {c.id: c for c in self.customers}
        for customer in self.customers:
            for number, licence in enumerate(customer.licences, 1):
                self._plan_licence(customer, number, licence)
            days = (self.as_of - customer.since).days
            for number in range(customer.sessions):
                day = customer.since + timedelta(days=number * days // customer.sessions)
                self.plans[day].append(self._session(customer))

    def _plan_licence(self, customer: Customer, number: int, licence: Licence) -> None:
        made = subscription(customer, number, licence)
        first = licence.trial_from or licence.start

        def subscribe(books: Writing, day: date) -> None:
            books.put(made)
            message = N_("Added {plan} (licences: {number}).")
            self._event(books, customer, made.id, day, message, plan=made.plan_name, number=str(made.quantity))

        self.plans[first].append(subscribe)
        for change in licence.changes:
            self.plans[change.on].append(self._change(customer, made.id, change))

    def _change(self, customer: Customer, subscription_id: str, change: Change) -> Happening:
        def happen(books: Writing, day: date) -> None:
            wishes: list[ChangePlan | ChangeLicences] = []
            if change.plan is not None:
                wishes.append(ChangePlan(subscription_id=subscription_id, plan_id=change.plan.id))
            wishes.append(ChangeLicences(subscription_id=subscription_id, quantity=change.quantity))
            for wish in wishes:
                self._wish(books, customer, wish, change, day)

        return happen

    def _wish(
        self, books: Writing, customer: Customer, wish: ChangePlan | ChangeLicences, change: Change, day: date
    ) -> None:
        vendor, account = books.get(Vendor, Vendor.ID), books.get(Account, customer.id)
        present = books.get(Subscription, wish.subscription_id)
        if account.standing in (Standing.SUSPENDED, Standing.CANCELLED):  # such wishes are refused
            return
        if present.renews_on == day:  # a change on the day of renewal is simply billed with it
            wanted = {"quantity": wish.quantity} if isinstance(wish, ChangeLicences) else {}
            books.put(changed(present, **wanted))
            return
        writer = Writer(Language(account.language), treatment(vendor, account, day))
        plan = change.plan if isinstance(wish, ChangePlan) else books.get(Plan, present.plan_id)
        outcome = decide(wish, present, plan, account, writer, day)
        after = books.put(outcome.after)
        self._took(issue(books, vendor, account, sale_of(outcome), day, noon(day)))
        if isinstance(wish, ChangePlan):
            message, values = N_("Changed the plan to {plan} from {day}."), {"plan": after.plan_name}
        else:
            message = N_("Changed the licences of {plan} to {number} from {day}.")
            values = {"plan": after.plan_name, "number": str(after.quantity)}
        values["day"] = Language(account.language).date(day)
        self._event(books, customer, after.id, day, message, **values)

    def _event(
        self, books: Writing, customer: Customer, subject_id: str, day: date, message: str, /, **values: str
    ) -> None:
        self.counts[customer.id + ".e"] += 1
        person = customer.contacts[0].person_id if customer.contacts else ""
        append(
            books,
            AuditEvent(
                id=f"{customer.id}.e{self.counts[customer.id + '.e']}",
                account_id=customer.id,
                at=noon(day),
                person_id=person,
                door="center",
                act="change_subscription",
                subject_id=subject_id,
                message=message,
                values=values,
            ),
        )

    def _session(self, customer: Customer) -> Happening:
        def happen(books: Writing, day: date) -> None:
            vendor, account = books.get(Vendor, Vendor.ID), books.get(Account, customer.id)
            writer = Writer(Language(account.language), treatment(vendor, account, day))
            text = writer.language.say(N_("Single support session"))
            line: Line = writer.line(text, SESSION_PRICE[customer.currency], day, day + DAY)
            self._took(issue(books, vendor, account, Sale((line,)), day, noon(day)))

        return happen

    def _took(self, invoice: Invoice) -> None:
        """An invoice lies on the customer's table: when it will be paid, and whether it will be credited."""
        customer = self.by_id[invoice.account_id]
        self.counts[customer.id] += 1
        left = self._expected(customer) - self.counts[customer.id]
        for back, percent, reason in customer.credited:
            if left == back - 1:
                day = min(invoice.issued_on + timedelta(days=DAYS_TO_CREDIT), max(self.as_of, invoice.issued_on))
                self.plans[day].append(self._credit(customer, invoice.id, percent, reason))
        if invoice.due > 0:
            days = max(customer.payment_days - 4 + self.counts[customer.id] * 3 % 7, 0) if customer.payment_days else 0
            self.bills[customer.id].append(_Bill(invoice.id, invoice.issued_on + timedelta(days=days)))

    def _expected(self, customer: Customer) -> int:
        """How many invoices the customer will have by the end: what is credited is counted from there."""
        known = self.counts.get(customer.id + ".all")
        if known is None:
            known = customer.sessions
            for licence in customer.licences:
                if licence.start <= self.as_of:
                    periods = billing_periods(
                        licence.start, licence.end, self.as_of, licence.frequency, licence.anchor_day
                    )
                    starts = {p.start for p in periods}
                    known += len(periods)
                    known += sum(
                        1 + (c.plan is not None) for c in licence.changes if c.on <= self.as_of and c.on not in starts
                    )
            self.counts[customer.id + ".all"] = known
        return known

    def _credit(self, customer: Customer, invoice_id: str, percent: int, reason: str) -> Happening:
        def happen(books: Writing, day: date) -> None:
            vendor, account = books.get(Vendor, Vendor.ID), books.get(Account, customer.id)
            before = account.credit
            note = credit_note(books, vendor, account, books.get(Invoice, invoice_id), percent, reason, day, noon(day))
            back = books.get(Account, customer.id).credit - before
            if back and day + timedelta(days=DAYS_TO_REFUND) <= self.as_of:
                self.plans[day + timedelta(days=DAYS_TO_REFUND)].append(self._refund(customer, note.id, back))

        return happen

    def _refund(self, customer: Customer, note_id: str, amount: int) -> Happening:
        def happen(books: Writing, day: date) -> None:
            account = books.get(Account, customer.id)
            if (left := min(amount, account.credit)) > 0:
                refund(books, account, left, day, note_id)

        return happen

    def spend(self, day: date) -> None:
        """One day: what was planned, the renewals, then the payments."""
        # What is planned on a day may plan more for the same day.
        planned = self.plans[day]
        while planned:
            with self.store.write() as books:
                planned.pop(0)(books, day)
        for renewed in renew(self.store, noon(day), as_of=day).issued:
            self._took(renewed.invoice)
        while planned:
            with self.store.write() as books:
                planned.pop(0)(books, day)
        for customer_id, bills in self.bills.items():
            if bills:
                self._pay(self.by_id[customer_id], bills, day)
        if day > self.as_of - timedelta(days=DUNNED_DAYS):
            dun(self.store, noon(day), as_of=day)
        del self.plans[day]

    def _pay(self, customer: Customer, bills: deque[_Bill], day: date) -> None:
        """Pay what is to be paid by today, the oldest first, and leave the newest `unpaid` lying."""
        while len(bills) > customer.unpaid and bills[0].on <= day:
            with self.store.write() as books:
                self._settle(books, customer, bills.popleft().invoice_id, day, Fraction(1))
        part = customer.part_paid and len(bills) == customer.unpaid and day > self.as_of - TROUBLED_DAYS * DAY
        if part and bills and bills[0].on + 5 * DAY == day:
            with self.store.write() as books:
                self._decline(books, customer, bills[0].invoice_id, day)
                self._settle(books, customer, bills[0].invoice_id, day, Fraction(1, 2))

    def _settle(self, books: Writing, customer: Customer, invoice_id: str, day: date, part: Fraction) -> None:
        invoice = books.get(Invoice, invoice_id)
        amount = int(invoice.due * part)
        if amount <= 0:
            return
        if customer.way is None:
            receive(books, invoice, amount, day, customer.method_on(day))
        else:
            self._charge(books, invoice, amount, day, Succeeded(""))

    def _decline(self, books: Writing, customer: Customer, invoice_id: str, day: date) -> None:
        invoice = books.get(Invoice, invoice_id)
        if customer.way is not None and invoice.due > 0:
            self._charge(books, invoice, invoice.due, day, Declined("", "insufficient_funds", may_retry=True))

    def _charge(self, books: Writing, invoice: Invoice, amount: int, day: date, outcome: Outcome) -> None:
        account = books.get(Account, invoice.account_id)
        method = books.get(PaymentMethod, account.default_method_id)
        self.counts[invoice.id] += 1
        key = f"{invoice.id}.c{self.counts[invoice.id]}"
        begin(books, key, account, method, (Share(invoice.id, amount),), noon(day), automatic=True)
        book(books, key, outcome, noon(day))

    def resume(self) -> None:
        """Take up where a stored life stopped: what was open is still lying there."""
        with self.store.read() as books:
            for invoice in sorted(_every(books), key=lambda i: (i.issued_on, i.number)):
                if invoice.account_id in self.by_id:
                    self.counts[invoice.account_id] += not invoice.corrects
                    self.counts[invoice.id] = 9  # charges of its own have lower numbers
                    if invoice.due > 0:
                        days = self.by_id[invoice.account_id].payment_days
                        bill = _Bill(invoice.id, invoice.issued_on + timedelta(days=days))
                        self.bills[invoice.account_id].append(bill)
        self.plans.clear()

    def tidy(self, day: date) -> None:
        """What mail there is was sent; what is older than a month is gone, as from any outbox."""
        with self.store.write() as books:
            for message in books.every(OutboxMessage, limit=1_000_000):
                if message.written_at < noon(day) - timedelta(days=MAIL_DAYS):
                    books.remove(message)
                elif message.state is OutboxState.WAITING and message.written_at < noon(day):
                    at = message.written_at
                    books.put(changed(message, state=OutboxState.SENT, sent_at=at, attempts=1))


def _every(books: Reading) -> Iterator[Invoice]:
    rows = books.every(Invoice, limit=1000)
    while rows:
        yield from rows
        rows = books.every(Invoice, after=rows[-1].id, limit=1000)

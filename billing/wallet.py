"""A customer's payment methods: see them, add one on the gateway's page, choose the default, remove one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from billing.accounts import Account
from billing.audit import Change
from billing.desk import AccountWriting, Desk
from billing.errors import N_, NotFound, Refusal
from billing.invoices import Invoice
from billing.outbox import MailKind
from billing.payment_gateway import Collection, CollectionState, GatewayMethod, Mandate, PaymentGateway
from billing.payment_methods import MethodRequest, PaymentMethod
from billing.permissions import Act
from billing.record import Id, changed
from billing.store import Span
from billing.subscriptions import Subscription
from billing.telling import mail

MOST_METHODS = 50


class TooManyMethods(Refusal):
    """The wallet is full."""

    message = N_("There are already {most} payment methods. Nothing was added. Remove one you no longer use.")


@dataclass(frozen=True, slots=True)
class Held:
    """A payment method and what it pays."""

    method: PaymentMethod
    is_default: bool
    pays: tuple[Subscription, ...]
    """Running subscriptions charged to it, by name or as the default."""
    usable: bool


@dataclass(frozen=True, slots=True)
class Consequences:
    """What removing a method brings."""

    held: Held
    next_charge: date | None
    """The first renewal that would have been charged to it."""
    instead: PaymentMethod | None
    """What is charged from then on; None where nothing is left."""
    open_invoices: int


def wallet(desk: Desk) -> tuple[Held, ...]:
    """The account's payment methods, oldest first, each with what it pays."""
    with desk.read(Act.SEE_PAYMENT_METHODS) as books:
        account = books.get(Account, desk.account.id)
        methods = books.find(PaymentMethod, Span("account"), limit=MOST_METHODS).rows
        running = [s for s in books.find(Subscription, Span("account"), limit=1000).rows if s.renews_on]
    own = {m.id for m in methods}
    return tuple(
        Held(
            method=m,
            is_default=m.id == account.default_method_id,
            pays=tuple(
                s
                for s in running
                if s.method_id == m.id or (m.id == account.default_method_id and s.method_id not in own)
            ),
            usable=m.usable_on(desk.today),
        )
        for m in methods
    )


def open_page(desk: Desk, gateway: PaymentGateway, *, key: Id) -> Collection:
    """Open the gateway's page for a card. The link is this account's: nobody else can take up what comes of it."""
    account = _customer(desk, gateway)
    with desk.read(Act.CHANGE_PAYMENT_METHODS) as reading:
        _require_room(len(reading.find(PaymentMethod, Span("account"), limit=MOST_METHODS).rows))
    collection = gateway.start_collection(account.gateway_customer, key=key)
    with desk.write(Act.CHANGE_PAYMENT_METHODS) as books:
        try:
            books.get(MethodRequest, collection.id)
        except NotFound:
            books.put(MethodRequest(id=collection.id, account_id=account.id, opened_at=desk.clock()))
    return collection


def _require_room(count: int) -> None:
    if count >= MOST_METHODS:
        raise TooManyMethods(most=MOST_METHODS)


def _customer(desk: Desk, gateway: PaymentGateway) -> Account:
    """The account with its reference at the gateway, made on first use."""
    with desk.read(Act.CHANGE_PAYMENT_METHODS) as reading:
        account = reading.get(Account, desk.account.id)
    if account.gateway_customer:
        return account
    reference = gateway.ensure_customer(account.id, account.name, account.email)
    with desk.write(Act.CHANGE_PAYMENT_METHODS) as books:
        account = books.get(Account, desk.account.id)
        return account if account.gateway_customer else books.put(changed(account, gateway_customer=reference))


def watch_page(desk: Desk, gateway: PaymentGateway, collection_id: Id) -> tuple[Collection, PaymentMethod | None]:
    """How far the customer has come; once they are done, the method, which is now the account's."""
    with desk.read(Act.CHANGE_PAYMENT_METHODS) as reading:
        reading.get(MethodRequest, collection_id)
    collection = gateway.collection(collection_id)
    if collection.state is not CollectionState.DONE or collection.method is None:
        return collection, None
    with desk.write(Act.CHANGE_PAYMENT_METHODS) as books:
        request = books.get(MethodRequest, collection_id)
        if request.method_id:
            return collection, books.get(PaymentMethod, request.method_id)
        method = _adopt(desk, books, gateway, collection.method)
        books.put(changed(request, method_id=method.id))
        return collection, method


def add_bank_debit(desk: Desk, gateway: PaymentGateway, iban: str, holder: str, *, key: Id) -> PaymentMethod:
    """A bank account to debit. The IBAN is checked, passed on, and not kept; the mandate is."""
    from billing.identifiers import check_iban

    checked = check_iban(iban)
    account = _customer(desk, gateway)
    mandate = Mandate(reference=f"M-{key[:12].upper()}", holder=holder, signed_at=desk.clock())
    made = gateway.register_bank_debit(account.gateway_customer, checked.canonical, mandate, key=key)
    with desk.write(Act.CHANGE_PAYMENT_METHODS) as books:
        return _adopt(desk, books, gateway, made, mandate.reference)


def _adopt(
    desk: Desk, books: AccountWriting, gateway: PaymentGateway, made: GatewayMethod, mandate: str = ""
) -> PaymentMethod:
    """Take a method up: the same card again renews the old record; the first one is the default."""
    present = books.find(PaymentMethod, Span("account"), limit=MOST_METHODS).rows
    _require_room(len(present))
    if known := next((m for m in present if m.gateway_ref == made.ref), None):
        return known
    same = next((m for m in present if made.fingerprint and m.fingerprint == made.fingerprint), None)
    method = books.put(
        PaymentMethod(
            id=desk.ids(),
            account_id=desk.account.id,
            method=made.kind,
            gateway=gateway.name,
            gateway_ref=made.ref,
            brand=made.brand[:40],
            last4=made.last4[-4:],
            expires=made.expires,
            fingerprint=made.fingerprint,
            added_at=desk.clock(),
            mandate=mandate,
        )
    )
    account = books.get(Account, desk.account.id)
    if same is not None:
        books.put(changed(same, removed_on=desk.today))
        for s in books.find(Subscription, Span("method", (same.id,)), limit=1000).rows:
            books.put(changed(s, method_id=method.id))
    default = next((m for m in present if m.id == account.default_method_id), None)
    if default is None or default.id == (same.id if same else "") or not default.usable_on(desk.today):
        books.put(changed(account, default_method_id=method.id))
    books.record(N_("Added the payment method {method}."), method.id, method=method.label)
    _mail(desk, books, "payment_method_added", method)
    return method


def _mail(desk: Desk, books: AccountWriting, template: str, method: PaymentMethod) -> None:
    mail(
        books.ledger, desk.account, f"{template}:{method.id}", desk.clock(), MailKind.ACCOUNT, template,
        method=method.label, person=desk.person.name,
    )  # fmt: skip


def make_default(desk: Desk, method_id: Id) -> PaymentMethod:
    """Charge this method from now on, wherever a subscription has none of its own."""
    with desk.write(Act.CHANGE_PAYMENT_METHODS) as books:
        method = books.get(PaymentMethod, method_id)
        if method.removed_on is not None:
            raise NotFound(kind=PaymentMethod.kind, id=method.label)
        account = books.get(Account, desk.account.id)
        old = books.get(PaymentMethod, account.default_method_id).label if account.default_method_id else ""
        books.put(changed(account, default_method_id=method.id))
        change = Change("default_method", old, method.label)
        books.record(N_("Made {method} the default payment method."), method.id, (change,), method=method.label)
        return method


def consequences(desk: Desk, method_id: Id) -> Consequences:
    """What removing a method would bring."""
    held = next((h for h in wallet(desk) if h.method.id == method_id), None)
    if held is None:
        raise NotFound(kind=PaymentMethod.kind, id=method_id)
    others = [h for h in wallet(desk) if h.method.id != method_id and h.usable]
    instead = next((h.method for h in others if h.is_default), others[0].method if others else None)
    with desk.read(Act.SEE_PAYMENT_METHODS) as books:
        unpaid = books.count(Invoice, Span("due"))
    days = [s.renews_on for s in held.pays if s.renews_on]
    return Consequences(held, min(days, default=None), instead, unpaid)


def remove(desk: Desk, gateway: PaymentGateway, method_id: Id) -> PaymentMethod:
    """Remove a method. What it paid is charged to the default from now on; a removed default passes to another."""
    with desk.write(Act.CHANGE_PAYMENT_METHODS) as books:
        method = books.get(PaymentMethod, method_id)
        account = books.get(Account, desk.account.id)
        if method.removed_on is None:
            method = books.put(changed(method, removed_on=desk.today))
            for s in books.find(Subscription, Span("method", (method.id,)), limit=1000).rows:
                books.put(changed(s, method_id=""))
            if account.default_method_id == method.id:
                left = books.find(PaymentMethod, Span("account"), limit=MOST_METHODS).rows
                usable = next((m.id for m in left if m.usable_on(desk.today)), "")
                account = books.put(changed(account, default_method_id=usable))
            books.record(N_("Removed the payment method {method}."), method.id, method=method.label)
            _mail(desk, books, "payment_method_removed", method)
    gateway.remove_method(account.gateway_customer, method.gateway_ref)
    return method

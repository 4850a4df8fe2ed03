"""Ids and unique keys are held once, and what a record names is there and is the same account's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from billing.accounts import Account, Person
from billing.audit import AuditEvent
from billing.catalogue import Coupon, Plan
from billing.charges import Charge
from billing.credentials import Credential
from billing.errors import N_
from billing.invariants.faults import Fault, Records, named
from billing.invariants.values import wrong_in
from billing.invoices import Invoice
from billing.outbox import OutboxMessage
from billing.payment_methods import PaymentMethod
from billing.purchase_orders import PurchaseOrder
from billing.quotes import Quote
from billing.record import Record
from billing.representatives import Representative
from billing.subscriptions import Subscription
from billing.vendor import Vendor

_REFERENCES: dict[str, type[Record]] = {
    "account_id": Account,
    "person_id": Person,
    "plan_id": Plan,
    "subscription_id": Subscription,
    "invoice_id": Invoice,
    "corrects": Invoice,
    "document_id": Invoice,
    "method_id": PaymentMethod,
    "default_method_id": PaymentMethod,
    "charge_id": Charge,
    "coupon": Coupon,
    "quote_id": Quote,
    "order_id": PurchaseOrder,
    "credential_id": Credential,
    "from_id": Person,
    "to_id": Person,
    "representative_id": Representative,
    "parent_id": Account,
}

_NEEDED = ("account_id", "person_id", "plan_id", "invoice_id")

REPEATED = N_("is there twice")
UNKNOWN = N_("does not exist")

Known = Mapping[type[Record], Mapping[str, Record]]


def record_faults(records: Records) -> Iterator[Fault]:
    """Each record by itself and in what it names, in the order of a file."""
    known: Known = {kind: {record.id: record for record in rows} for kind, rows in records.items()}
    for kind, rows in records.items():
        yield from _unique(kind, rows)
        for record in rows:
            for name, reason in wrong_in(record):
                yield named(record), name, reason
            for name, wanted, value in _references(record):
                yield from _reference(record, name, wanted, value, known)
    if any(records.values()) and not records.get(Vendor):
        yield "vendor", "id", f"there must be one vendor, with id {Vendor.ID}"


def _unique(kind: type[Record], rows: tuple[Record, ...]) -> Iterator[Fault]:
    ids: set[str] = set()
    taken: dict[tuple[str, object], str] = {}
    for record in rows:
        if record.id in ids:
            yield named(record), "id", REPEATED
        ids.add(record.id)
        for index in kind.indexes:
            for key in index.keys(record) if index.unique else ():
                if taken.setdefault((index.name, key), record.id) != record.id:
                    yield named(record), index.name, REPEATED


def _references(record: Record) -> Iterator[tuple[str, type[Record], str]]:
    """What a record names: the field, the kind and the id, which is empty where nothing is named."""
    for name in record.__struct_fields__:
        if name in _REFERENCES:
            yield name, _REFERENCES[name], getattr(record, name)
    match record:
        case Subscription(pending=pending) if pending is not None:
            yield "pending.plan_id", Plan, pending.plan_id
        case Charge(shares=shares):
            for number, share in enumerate(shares):
                yield f"shares[{number}].invoice_id", Invoice, share.invoice_id
        case OutboxMessage(attach=attach):
            for number, invoice_id in enumerate(attach):
                yield f"attach[{number}]", Invoice, invoice_id
        case Coupon(plan_ids=plan_ids):
            for number, plan_id in enumerate(plan_ids):
                yield f"plan_ids[{number}]", Plan, plan_id


def _reference(record: Record, name: str, kind: type[Record], value: str, known: Known) -> Iterator[Fault]:
    if not value:
        # What the program itself did is nobody's act.
        if name.rpartition(".")[2] in _NEEDED and not (isinstance(record, AuditEvent) and name == "person_id"):
            yield named(record), name, "must not be empty"
        return
    meant = known.get(kind, {}).get(value)
    if meant is None:
        yield named(record), name, f"{value[:64]}: {UNKNOWN}"
    elif name != "parent_id" and meant.owner is not None and meant.owner != record.owner:
        yield named(record), name, f"{value[:64]} is of another account"

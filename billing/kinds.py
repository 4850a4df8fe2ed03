"""Every kind of record, in the order in which a data file lists them."""

from billing.accounts import Account, Membership, Person
from billing.catalogue import Plan
from billing.credentials import Credential
from billing.invoices import Invoice
from billing.payments import Payment
from billing.record import Record
from billing.subscriptions import Subscription
from billing.vendor import Series, Vendor

KINDS: tuple[type[Record], ...] = (
    Vendor,
    Series,
    Plan,
    Account,
    Person,
    Membership,
    Credential,
    Subscription,
    Invoice,
    Payment,
)

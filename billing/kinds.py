"""Every kind of record, in the order in which a data file lists them."""

from billing.access import AccessCode, AccessRequest
from billing.access_keys import AccessKey
from billing.accounts import Account, Membership, Person
from billing.audit import AuditEvent, AuditHead
from billing.catalogue import Coupon, Plan
from billing.charges import Charge
from billing.contacts import ContactChange, Handover
from billing.credentials import Credential
from billing.drafts import FormDraft
from billing.holds import HeldInvoice
from billing.invoices import Invoice
from billing.journal import JournalEntry
from billing.notices import Notice
from billing.outbox import OutboxMessage
from billing.payment_methods import MethodRequest, PaymentMethod
from billing.payments import Payment
from billing.purchase_orders import OrderRevision, PurchaseOrder
from billing.quotes import Quote, QuoteComment, QuoteRevision
from billing.record import Record
from billing.representatives import Representative
from billing.subscriptions import Subscription
from billing.throttle import Tries
from billing.vendor import Series, Vendor

KINDS: tuple[type[Record], ...] = (
    Vendor,
    Series,
    Plan,
    Coupon,
    Person,
    Representative,
    Account,
    Membership,
    Credential,
    ContactChange,
    Handover,
    PaymentMethod,
    MethodRequest,
    Subscription,
    PurchaseOrder,
    OrderRevision,
    Quote,
    QuoteRevision,
    QuoteComment,
    Invoice,
    HeldInvoice,
    Charge,
    Payment,
    JournalEntry,
    Notice,
    OutboxMessage,
    AuditEvent,
    AuditHead,
    AccessRequest,
    AccessCode,
    Tries,
    AccessKey,
    FormDraft,
)

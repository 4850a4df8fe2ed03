"""Who is invoiced, where, and how: what a billing contact may change of their account.

The currency and the kind of account stay as they are. Documents already issued stay as they are too: they hold copies
of both parties. Where the country or the tax id changes how the next invoice is taxed, the preview says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from billing.accounts import Account, Membership, Person
from billing.audit import Change
from billing.billing_fields import FIELD_WORDS, BillingInformation, checked
from billing.desk import AccountBooks, AccountWriting, Desk
from billing.errors import N_, Refusal, Stale
from billing.language import Language, Word
from billing.money import Money
from billing.outbox import MailKind
from billing.permissions import Act
from billing.proration import Writer
from billing.record import changed
from billing.renewals import next_renewal, renewal_sale
from billing.store import Span
from billing.subscriptions import Subscription
from billing.tax import TaxCategory, tax_totals
from billing.tax_treatment import Treatment, treatment
from billing.telling import MOST_PEOPLE, mail, post, receives
from billing.vendor import Address, Vendor

MOST_SUBSCRIPTIONS = 500
"""Subscriptions among which the next renewal is looked for."""


class NothingChanged(Refusal):
    """Everything is as it was."""

    message = N_("Nothing is different from what is saved, so there is nothing to save.")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that changes. The texts are what stands in it; countries and languages by their codes."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RenewalTaxed:
    """What the next renewal costs with tax, as things are and as they will be."""

    on: date
    plan: str
    before: Money
    after: Money


@dataclass(frozen=True, slots=True)
class BillingPreview:
    """What saving would change. It holds for `version` of the account only."""

    version: int
    before: BillingInformation
    after: BillingInformation
    changes: tuple[FieldChange, ...]
    tax_before: Treatment
    tax_after: Treatment
    renewal: RenewalTaxed | None

    @property
    def tax_changes(self) -> bool:
        """Whether the next invoice is taxed otherwise."""
        return self.tax_before != self.tax_after


TAX_WORDS = {
    TaxCategory.STANDARD: N_("VAT {rate}"),
    TaxCategory.EXEMPT: N_("no VAT: exempt"),
    TaxCategory.REVERSE_CHARGE: N_("no VAT: you owe it yourself (reverse charge)"),
    TaxCategory.OUTSIDE: N_("no VAT: outside its territory"),
}


def tax_words(taxed: Treatment, language: Language) -> str:
    """How something is taxed, in a few words."""
    return language.say(TAX_WORDS[taxed.category], rate=language.percent(taxed.rate))


def read_billing_information(desk: Desk) -> BillingInformation:
    """What is saved now."""
    with desk.read(Act.SEE_ACCOUNT) as books:
        return information(books.get(Account, desk.account.id))


def information(account: Account) -> BillingInformation:
    """The billing information an account holds."""
    address = account.address
    return BillingInformation(
        name=account.name,
        tax_id=account.tax_id,
        lines=address.lines,
        postcode=address.postcode,
        city=address.city,
        region=address.region,
        country=address.country,
        email=account.email,
        copies_to=account.copies_to,
        language=account.language,
    )


def preview_billing_information(desk: Desk, wanted: BillingInformation) -> BillingPreview:
    """Field by field what saving `wanted` would change, in canonical form.

    Raises `FieldRefused`, `TaxIdWrong` or `CardNumberTyped`, each with the name of its `field`; `NothingChanged`.
    """
    after = checked(wanted)
    with desk.read(Act.CHANGE_BILLING_INFORMATION) as books:
        return _preview(desk, books, after)


def change_billing_information(desk: Desk, agreed: BillingPreview) -> Account:
    """Save what was previewed and tell the old and the new address; `Stale` where the account moved since."""
    after = checked(agreed.after)
    with desk.write(Act.CHANGE_BILLING_INFORMATION) as books:
        if _preview(desk, books, after) != agreed:
            raise Stale
        before = books.get(Account, desk.account.id)
        saved = books.put(_with(before, after))
        what = tuple(Word(FIELD_WORDS[change.field]) for change in agreed.changes)
        changes = tuple(Change(change.field, change.before, change.after) for change in agreed.changes)
        books.record(N_("Billing information changed: {fields}."), before.id, changes, fields=what)
        _tell(desk, books, before, saved, what)
        return saved


def _tell(desk: Desk, books: AccountWriting, before: Account, saved: Account, what: tuple[Word, ...]) -> None:
    """Mail whoever wants this kind, and the account's old and new address, so that nobody is replaced in silence."""
    event, now = f"billing-information:{desk.ids()}", desk.clock()
    kind, template, person = MailKind.ACCOUNT, "billing_information_changed", desk.person.name
    mail(books.ledger, saved, event, now, kind, template, person=person, fields=what)
    memberships = books.find(Membership, Span("account"), limit=MOST_PEOPLE).rows
    reached = {books.ledger.get(Person, m.person_id).email for m in memberships if receives(m, kind)}
    for address in {before.email, saved.email} - reached:
        post(books.ledger, saved, event, now, kind, template, address, saved.language, person=person, fields=what)


def _preview(desk: Desk, books: AccountBooks, after: BillingInformation) -> BillingPreview:
    account, vendor = books.get(Account, desk.account.id), books.get(Vendor, Vendor.ID)
    before, then = information(account), _with(account, after)
    changes = tuple(
        FieldChange(field, _text(getattr(before, field)), _text(getattr(after, field)))
        for field in FIELD_WORDS
        if getattr(before, field) != getattr(after, field)
    )
    if not changes:
        raise NothingChanged
    renewing = (s for s in books.find(Subscription, Span("account"), limit=MOST_SUBSCRIPTIONS).rows if s.renews_on)
    next_one = min(renewing, key=lambda s: (s.renews_on, s.id), default=None)
    on = (next_one.renews_on if next_one else None) or desk.issue_day(vendor)
    return BillingPreview(
        version=account.version,
        before=before,
        after=after,
        changes=changes,
        tax_before=treatment(vendor, account, on),
        tax_after=treatment(vendor, then, on),
        renewal=_renewal(vendor, account, then, next_one) if next_one else None,
    )


def _renewal(vendor: Vendor, before: Account, after: Account, subscription: Subscription) -> RenewalTaxed | None:
    renewal = next_renewal(subscription)
    if renewal is None:
        return None

    def gross(account: Account) -> Money:
        writer = Writer(Language(account.language), treatment(vendor, account, renewal.period.start))
        return Money(tax_totals(renewal_sale(writer, renewal).lines).gross, account.currency)

    return RenewalTaxed(renewal.period.start, renewal.terms.plan_name, gross(before), gross(after))


def _with(account: Account, wanted: BillingInformation) -> Account:
    address = Address(
        lines=wanted.lines,
        city=wanted.city,
        postcode=wanted.postcode,
        region=wanted.region,
        country=wanted.country,
    )
    return changed(
        account,
        name=wanted.name,
        address=address,
        tax_id=wanted.tax_id,
        email=wanted.email,
        language=wanted.language,
        copies_to=wanted.copies_to,
    )


def _text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(value)

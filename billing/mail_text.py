"""What mail says: a subject and paragraphs for each template the outbox names, in the recipient's language.

Each says what happened, what it means and what the reader can do. There is no link but the bank's own page to confirm a
payment, so that a mail with another link in our name is known to be false.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from billing.document_content import plain
from billing.errors import N_
from billing.language import Language
from billing.outbox import MailKind, OutboxMessage
from billing.vendor import Vendor

LONGEST_SUBJECT = 150
"""In characters."""

_WEB = re.compile(r"https?://[!-~]{1,2000}")


@dataclass(frozen=True, slots=True)
class MailText:
    """A message put into words. Every string is one line that nothing obeys, except `paragraphs`, which may break."""

    subject: str
    paragraphs: tuple[str, ...]
    language: str
    brand: str
    """Whose name it is sent in."""
    address: str
    """The vendor's own mail address."""
    link: str = ""
    """The one paragraph that is an address to open."""


@dataclass(frozen=True, slots=True)
class _Template:
    subject: str
    paragraphs: tuple[str, ...]


_PAY = N_("To pay, open the Billing Center and choose Pay. You can take another payment method there too.")
_NOT_YOU = N_("If you did not expect this, open the Billing Center, look at the account's activity, and write to us.")
_NOTHING_TO_DO = N_("You need do nothing.")
_METHODS = N_("To see the account's payment methods, open the Billing Center.")

TEMPLATES: dict[str, _Template] = {
    "quote_for_customer": _Template(
        N_("Quote {number}: {news}"),
        (
            N_("About quote {number}, {title}, for {account}: {news}. It comes from {person}."),
            N_("To read it and answer, open the Enterprise Billing Portal and choose Quotes."),
        ),
    ),
    "password_code": _Template(
        N_("Your code for the {counter}"),
        (
            N_("{person}, somebody asked for a new password for user ID {user_id} at the {counter}."),
            N_("Your code: {code}"),
            N_("Enter it where you asked, within 30 minutes. It can be used once."),
            N_("If it was not you, you need do nothing: without this code your password stays as it is."),
        ),
    ),
    "password_invitation": _Template(
        N_("Create your password for the {counter}"),
        (
            N_("{person}, you were given access to the {counter}. Your user ID is {user_id}."),
            N_("Your code: {code}"),
            N_("At the {counter}, choose Forgotten password, then enter the code and a password, within 7 days."),
        ),
    ),
    "password_changed": _Template(
        N_("Your password was changed"),
        (
            N_("{person}, your password was changed. Visits that were open with the old one have ended."),
            N_("If it was not you, ask for a new password at once, and write to us."),
        ),
    ),
    "key_enrolled": _Template(
        N_("A key for your user ID was enrolled"),
        (
            N_("{person}, from now on the key {name} opens your accounts over SSH without a password: {fingerprint}."),
            N_("If it was not you, sign in, revoke it under More and then Access keys, and change your password."),
        ),
    ),
    "key_revoked": _Template(
        N_("A key for your user ID was revoked"),
        (
            N_("{person}, the key {name} opens nothing any more: {fingerprint}."),
            N_("If it was not you, sign in, look under More and then Access keys, and change your password."),
        ),
    ),
    "contact_changed": _Template(
        N_("{account}: {name} {what}"),
        (
            N_("{name} {what} on account {account}. It was done by {person}."),
            N_("A billing contact can take this back for three days, under More and then Contacts."),
            _NOT_YOU,
        ),
    ),
    "handover_offered": _Template(
        N_("{account}: will you be its billing contact?"),
        (
            N_("{person} offers to hand account {account} over to you."),
            N_("To accept or decline, sign in, choose More and then Contacts. The offer is good for 14 days."),
        ),
    ),
    "handover_done": _Template(
        N_("{account} has another billing contact"),
        (N_("{person} is the billing contact of {account} now."), _NOT_YOU),
    ),
    "handover_declined": _Template(
        N_("{account}: the offer was declined"),
        (N_("{person} did not take {account} over. You are still its billing contact."),),
    ),
    "terms_changed": _Template(
        N_("Your account is invoiced in another way"),
        (
            N_("{person} changed how your account is invoiced."),
            N_("To see what changed, open the Enterprise Billing Portal, choose More and then Who did what."),
        ),
    ),
    "representative_changed": _Template(
        N_("{account}: {representative} looks after it now"),
        (N_("{representative} ({email}) looks after {account} from now on."), _NOTHING_TO_DO),
    ),
    "order_drawn": _Template(
        N_("Purchase order {number}: {drawn} of {budget} are drawn"),
        (
            N_("Of purchase order {number} of {account}, {drawn} of {budget} before tax are drawn."),
            N_("To raise its budget or enter another, open the Enterprise Billing Portal and choose Orders."),
        ),
    ),
    "order_expires": _Template(
        N_("Purchase order {number} expires on {day}"),
        (
            N_("Purchase order {number} of {account} is valid until {day}. Invoices after that day have none."),
            N_("To extend it or enter another, open the Enterprise Billing Portal and choose Orders."),
        ),
    ),
    "quote_for_vendor": _Template(
        N_("{account}, quote {number}: {news}"),
        (
            N_("About quote {number}, {title}, for {account}: {news}. It comes from {person}."),
            N_("To read it and answer, open the representative's desk."),
        ),
    ),
    "invoice_issued": _Template(
        N_("Invoice {number}: {amount}"),
        (
            N_("Invoice {number} for {account} comes to {amount}. It is attached as a PDF."),
            N_("It is due on {due}. Where the account has a payment method, it is charged by itself."),
            N_("To pay it, print it or look at earlier ones, open the Billing Center."),
        ),
    ),
    "invoice_copy": _Template(
        N_("Document {number}"),
        (
            N_("{sender} sends you document {number} of {account}. It is attached as a PDF."),
            N_("It is a copy of what is kept in the Billing Center. Nothing about it has changed."),
        ),
    ),
    "credit_note_issued": _Template(
        N_("Credit note {number}: {amount}"),
        (
            N_("Credit note {number} takes {amount} off invoice {corrects}. It is attached as a PDF."),
            N_("What you had paid beyond what is now owed is your credit. It pays your next invoices by itself."),
            N_("To see your credit, open the Billing Center."),
        ),
    ),
    "payment_received": _Template(
        N_("Payment received: {amount}"),
        (
            N_("Thank you. We received {amount} with {method} for {invoices}."),
            _NOTHING_TO_DO,
        ),
    ),
    "payment_failed": _Template(
        N_("A payment of {amount} failed"),
        (
            N_("We could not take {amount} with {method}. Nothing was paid."),
            N_("We try again on {next_try}. Until then nothing changes for you."),
            N_("If the payment method is no longer good, open the Billing Center and pay with another."),
        ),
    ),
    "payment_failed_finally": _Template(
        N_("A payment of {amount} failed: please pay in another way"),
        (
            N_("We could not take {amount} with {method}. Nothing was paid, and we do not try again by ourselves."),
            N_("The invoice stays open until it is paid."),
            _PAY,
        ),
    ),
    "payment_needs_you": _Template(
        N_("Please confirm a payment of {amount}"),
        (
            N_("Your bank wants you to confirm a payment of {amount}. Nothing is paid until you do."),
            N_("Confirm it on your bank's page:"),
            "{url}",
            N_("You can also open the Billing Center and confirm it from there."),
        ),
    ),
    "payment_reminder": _Template(
        N_("Reminder: invoice {number} is overdue"),
        (
            N_("Invoice {number} was due on {due}. {amount} is still open. Days overdue: {days}."),
            _PAY,
            N_("If you have paid meanwhile, thank you, and please disregard this message."),
        ),
    ),
    "account_suspended": _Template(
        N_("The account is suspended: {amount} is overdue"),
        (
            N_("{amount} is overdue, and we have suspended the account. Your data are kept."),
            N_("Everything runs again the moment it is paid."),
            _PAY,
        ),
    ),
    "account_cancelled": _Template(
        N_("The subscriptions were ended: {amount} is long overdue"),
        (
            N_("{amount} has been overdue for so long that we ended the account's subscriptions."),
            N_("Nothing more is invoiced. What is open is still owed."),
            N_("To subscribe again, open the Billing Center, pay what is open, and add a plan."),
        ),
    ),
    "subscription_changed": _Template(
        N_("Subscription changed: {what}"),
        (
            N_("{person} changed the subscription: {what}, from {from_day}."),
            N_("To see what it costs now, or to change it again, open the Billing Center."),
            _NOT_YOU,
        ),
    ),
    "subscription_cancelled": _Template(
        N_("Subscription cancelled: {plan}"),
        (
            N_(
                "{person} cancelled {plan}. It runs until {last_day}, that day included; then nothing more is invoiced."
            ),
            N_("Until then you can take the cancellation back in the Billing Center, at the same price."),
            _NOT_YOU,
        ),
    ),
    "subscription_reactivated": _Template(
        N_("Subscription goes on: {plan}"),
        (
            N_("{person} took the cancellation of {plan} back. It renews as before."),
            _NOT_YOU,
        ),
    ),
    "trial_ends": _Template(
        N_("The trial of {plan} ends on {day}"),
        (
            N_("The trial of {plan} ends on {day}. From then on it costs {amount}."),
            N_(
                "To keep it, you need do nothing. To stop before it costs anything, open the Billing Center and cancel."
            ),
        ),
    ),
    "invoice_held": _Template(
        N_("An invoice is waiting for you: {plan}"),
        (
            N_("We could not issue the invoice for {plan}. {reason}"),
            N_("Nothing was charged. Once it is put right in the Billing Center, the invoice follows by itself."),
        ),
    ),
    "billing_information_changed": _Template(
        N_("Billing information changed"),
        (
            N_("{person} changed the billing information: {fields}."),
            N_("It is printed on invoices from now on. Those already issued stay as they are."),
            _NOT_YOU,
        ),
    ),
    "payment_method_added": _Template(
        N_("Payment method added: {method}"),
        (N_("{person} added the payment method {method}."), _METHODS, _NOT_YOU),
    ),
    "payment_method_removed": _Template(
        N_("Payment method removed: {method}"),
        (
            N_("{person} removed the payment method {method}. It is charged no more."),
            _METHODS,
            _NOT_YOU,
        ),
    ),
    "member_message": _Template(
        "{subject}",
        (
            "{text}",
            N_("Written by {sender} ({sender_email}), who is on the account {account}. To answer, reply to this mail."),
        ),
    ),
    "mail_choice_changed": _Template(
        N_("Which mail you receive has changed"),
        (
            N_("{person} chose which mail you receive. From now on: {kinds}."),
            N_("To choose otherwise, open the Billing Center."),
        ),
    ),
}
"""Every text the program mails. Values arrive already written in the recipient's language."""

_CHOICE = N_("Which mail you receive is your choice: make it in the Billing Center.")
_QUESTIONS = N_("Questions? {phone}")
_CHOSEN = (MailKind.INVOICE, MailKind.PAYMENT, MailKind.SUBSCRIPTION)


def compose(message: OutboxMessage, vendor: Vendor) -> MailText:
    """Put a message into words. Raises `KeyError` for an unknown template or a place that nothing fills.

    What people typed stays text: controls become U+FFFD, and in the subject nothing is left that a mail program would
    decode (RFC 2047), however it was spelt.
    """
    template = TEMPLATES[message.template]
    language = Language(message.language)
    values = {name: _block(value) for name, value in message.values.items()}
    lines = {name: plain(value) for name, value in message.values.items()}
    paragraphs = [_fill(language, text, values) for text in template.paragraphs]
    if message.mail in _CHOSEN:
        paragraphs.append(language.say(_CHOICE))
    if message.mail is not MailKind.PERSONAL and vendor.phone:
        paragraphs.append(language.say(_QUESTIONS, phone=plain(vendor.phone)))
    brand = header_text(vendor.brand)
    link = values.get("url", "")
    return MailText(
        subject=header_text(_fill(language, template.subject, lines))[:LONGEST_SUBJECT],
        paragraphs=(*paragraphs, brand),
        language=message.language,
        brand=brand,
        address=vendor.party.email,
        link=link if _WEB.fullmatch(link) else "",
    )


def header_text(text: str) -> str:
    """One line for a mail header: no controls, no encoded word, single spaces."""
    return " ".join(plain(text).replace("=?", "= ?").split())


def _fill(language: Language, text: str, values: dict[str, str]) -> str:
    # `say` takes names of its own; a value of a data file that is called like one must not meet them.
    return language.say(text).format_map(values)


def _block(text: str) -> str:
    return "\n".join(plain(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))

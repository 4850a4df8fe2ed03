"""Words for what became of a payment."""

from __future__ import annotations

from billing.charges import ChargeState
from billing.errors import N_
from billing.language import Language
from tui.widgets.window_list import Tone

CHARGE_WORDS: dict[ChargeState, tuple[str, Tone]] = {
    ChargeState.SENT: (N_("Being asked for"), "warn"),
    ChargeState.UNKNOWN: (N_("To be confirmed"), "warn"),
    ChargeState.PROCESSING: (N_("On its way"), "warn"),
    ChargeState.NEEDS_CUSTOMER: (N_("Waits for you"), "warn"),
    ChargeState.SUCCEEDED: (N_("Received"), "good"),
    ChargeState.FAILED: (N_("Failed"), "bad"),
}

DECLINE_WORDS = {
    "insufficient_funds": N_("there is not enough money on the account."),
    "expired_card": N_("the card has expired."),
    "lost_card": N_("the card was reported lost."),
    "stolen_card": N_("the card was reported stolen."),
    "incorrect_cvc": N_("the security code is wrong."),
    "card_not_supported": N_("the card does not allow this kind of payment."),
    "authentication_required": N_("the bank wants it confirmed by you."),
    "authentication_failed": N_("it was not confirmed at the bank."),
    "processing_error": N_("the bank had a fault; try again later."),
    "account_closed": N_("the bank account is closed."),
    "no_account": N_("there is no such bank account."),
    "debit_not_authorized": N_("the account's holder did not allow the debit."),
    "debit_returned": N_("the bank sent the debit back."),
    "payment_method_removed": N_("the payment method was removed."),
    "refund": N_("the bank gave the money back to the account's holder."),
}
"""By the gateway's word (Stripe's decline and failure codes); the bank's other reasons are not told to merchants."""


def decline_word(code: str, language: Language) -> str:
    """Why a payment was declined, as far as the bank said."""
    return language.say(DECLINE_WORDS.get(code, N_("the bank gave no reason.")))


def charge_word(state: ChargeState, language: Language) -> tuple[str, Tone]:
    """The word for how far a payment came, and its tone."""
    word, tone = CHARGE_WORDS[state]
    return language.say(word), tone

"""What a customer agrees to when a bank account may be debited: the SEPA Core mandate, in full.

The wording is the European Payments Council's (EPC 016-06, SEPA Core Direct Debit Rulebook, annex VII and the
mandate translations EPC 017-07), with the creditor's name in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from billing.desk import Desk
from billing.errors import N_
from billing.permissions import Act
from billing.vendor import Party, Vendor

AUTHORISATION = N_(
    "By agreeing to this mandate you authorise (A) {creditor} to send instructions to your bank to debit your account "
    "and (B) your bank to debit your account in accordance with the instructions from {creditor}."
)
RIGHTS = N_(
    "As part of your rights, you are entitled to a refund from your bank under the terms and conditions of your "
    "agreement with your bank. A refund must be claimed within 8 weeks starting from the date on which your account "
    "was debited. Your rights are explained in a statement that you can obtain from your bank."
)
KIND = N_("SEPA Core direct debit, recurrent payment")


@dataclass(frozen=True, slots=True)
class MandateText:
    """Catalogue sentences of the mandate; `{creditor}` is filled with the creditor's name."""

    creditor: Party
    kind: str = KIND
    authorisation: str = AUTHORISATION
    rights: str = RIGHTS

    @property
    def address(self) -> str:
        """The creditor's address in one line, which the mandate must carry."""
        at = self.creditor.address
        return ", ".join(part for part in (*at.lines, f"{at.postcode} {at.city}".strip(), at.country) if part)


def mandate_text(desk: Desk) -> MandateText:
    """The mandate that `billing.wallet.add_bank_debit` is given."""
    with desk.read(Act.CHANGE_PAYMENT_METHODS) as books:
        return MandateText(books.get(Vendor, Vendor.ID).party)

"""The fields of the billing information: what each may hold, and what a person reads where it may not.

Every refusal names its `field`, says what was expected, and leaves what was typed alone.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

from billing.errors import N_, Refusal
from billing.identifiers import check_tax_id, refuse_card_number
from billing.language import NAMES, Language, Word, comparable
from billing.sign_in import InvalidUserId, canonical_user_id

FIELD_WORDS = {
    "name": N_("Name"),
    "tax_id": N_("Tax ID"),
    "lines": N_("Address"),
    "postcode": N_("Postcode"),
    "city": N_("City"),
    "region": N_("Region"),
    "country": N_("Country"),
    "email": N_("E-mail"),
    "copies_to": N_("Copies of invoices to"),
    "language": N_("Language of invoices"),
}
"""What each field is called, in the order of a form."""

LONGEST = {"name": 120, "lines": 100, "postcode": 16, "city": 80, "region": 80}
"""Characters: what prints on the documents without being cut."""

REQUIRED = ("name", "lines", "city", "country", "email")
"""RD 1619/2012, art. 6.1 c and e: name and address of the recipient; and where to write to."""

MOST_LINES = 3
MOST_COPIES = 5


class FieldRefused(Refusal):
    """What stands in one field cannot be saved. `field` is its name."""

    message = N_("{label}: this cannot be saved. What you typed is kept.")

    def __init__(self, field: str, **values: Any) -> None:
        super().__init__(label=Word(FIELD_WORDS[field]), **values)
        self.field = field


class FieldMissing(FieldRefused):
    """It must not be empty."""

    message = N_("{label} is empty, and invoices need it. Nothing was saved. Fill it in.")


class FieldTooLong(FieldRefused):
    """It would not print whole."""

    message = N_("{label} has {length} characters, and at most {most} print whole. Nothing was saved. Shorten it.")


class FieldUnprintable(FieldRefused):
    """It holds control characters or others that show nothing."""

    message = N_("{label} holds a character that cannot be printed. Nothing was saved. Delete it and type it anew.")


class PostcodeWrong(FieldRefused):
    """A Spanish postcode has five digits, of which the first two are the province: it decides on the tax."""

    message = N_("{typed} is no Spanish postcode: five digits were expected, such as 28014. Nothing was saved.")


class CountryUnknown(FieldRefused):
    """No country has this name or code."""

    message = N_("{typed} is no country. Nothing was saved. Type its name or its two letters, such as ES.")


class LanguageUnknown(FieldRefused):
    """Documents are not written in it."""

    message = N_("Invoices are not written in {typed}. Nothing was saved. Choose one of {offered}.")


class MailAddressWrong(FieldRefused):
    """The text is no mail address."""

    message = N_("{typed} is no mail address. Nothing was saved. It looks like accounts@example.com.")


class TooManyCopies(FieldRefused):
    """More addresses than copies are sent to."""

    message = N_("{number} addresses are too many: copies go to at most {most}. Nothing was saved. Take some out.")


@dataclass(frozen=True, slots=True)
class BillingInformation:
    """What is printed of a customer on invoices, and where they go. `country` is ISO 3166-1 alpha-2."""

    name: str
    tax_id: str
    lines: tuple[str, ...]
    postcode: str
    city: str
    region: str
    country: str
    email: str
    copies_to: tuple[str, ...]
    language: str


def checked(wanted: BillingInformation) -> BillingInformation:
    """The canonical form of what was typed; raises what `preview_billing_information` does, the first field first."""
    typed = {f.name: getattr(wanted, f.name) for f in fields(BillingInformation)}
    clean: dict[str, Any] = {}
    for field in FIELD_WORDS:
        texts = (typed[field],) if isinstance(typed[field], str) else typed[field]
        kept = tuple(filter(None, (_clean(field, text) for text in texts)))
        if field in REQUIRED and not kept:
            raise FieldMissing(field)
        clean[field] = "".join(kept) if isinstance(typed[field], str) else kept
    result = BillingInformation(**clean)
    country = country_code(result.country)
    if country == "ES" and not re.fullmatch("(0[1-9]|[1-4][0-9]|5[0-2])[0-9]{3}", result.postcode, re.ASCII):
        raise PostcodeWrong("postcode", typed=result.postcode)
    if len(result.lines) > MOST_LINES:
        raise FieldTooLong("lines", length=len(", ".join(result.lines)), most=MOST_LINES * LONGEST["lines"])
    if result.language not in NAMES:
        raise LanguageUnknown("language", typed=result.language, offered=tuple(NAMES.values()))
    copies = tuple(dict.fromkeys(_mail("copies_to", address) for address in result.copies_to))
    if len(copies) > MOST_COPIES:
        raise TooManyCopies("copies_to", number=len(copies), most=MOST_COPIES)
    return replace(
        result,
        country=country,
        tax_id=check_tax_id(result.tax_id, country) if result.tax_id else "",
        email=_mail("email", result.email),
        copies_to=copies,
    )


def country_code(typed: str) -> str:
    """The code of a country typed as its code, or as its name in any language offered; `CountryUnknown` otherwise.

    The beginning of a name will do where only one country's begins so.
    """
    found = matching_countries(typed)
    if len(found) != 1:
        raise CountryUnknown("country", typed=typed[:40])
    return found[0]


def matching_countries(typed: str) -> tuple[str, ...]:
    """The countries a person may mean: one by code or whole name, else all whose name begins so."""
    code, name = typed.strip().upper(), comparable(typed[:100])
    if exact := tuple({c for c, n in _country_names() if code == c or name == n}):
        return exact
    return tuple(dict.fromkeys(c for c, n in _country_names() if len(name) >= 3 and n.startswith(name)))


@cache
def _country_names() -> tuple[tuple[str, str], ...]:
    return tuple((c, comparable(n)) for tag in NAMES for c, n in Language(tag).countries().items())


def _clean(field: str, text: str) -> str:
    kept = " ".join(text.split())
    most = LONGEST.get(field, 254)
    if len(kept) > most:
        raise FieldTooLong(field, length=len(kept), most=most)
    # The joiners U+200C and U+200D belong to Persian and to Indian scripts.
    if any(unicodedata.category(c)[0] == "C" and c not in "\u200c\u200d" for c in kept):
        raise FieldUnprintable(field)
    refuse_card_number(kept, field)
    return kept


def _mail(field: str, text: str) -> str:
    try:
        address = canonical_user_id(text)
    except InvalidUserId as error:
        raise MailAddressWrong(field, typed=text[:60]) from error
    if "@" not in address:
        raise MailAddressWrong(field, typed=text[:60])
    return address

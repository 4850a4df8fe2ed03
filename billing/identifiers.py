"""Tax ids and bank account numbers: what was typed, in its canonical form, or why it can be none.

Form, length and check digits are judged, by python-stdnum and schwifty; whether a number was ever given out is not: no
register (VIES) is asked. Both are imported on first use. And the one number that must never be typed: a card's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

from billing.errors import N_, Refusal
from billing.language import CountryCode

LONGEST_TYPED = 60
"""Characters that are looked at; no identifier is half as long."""

LONGEST_ELSEWHERE = 30
"""Characters of a tax id of a country whose rules are not known here."""

EXAMPLES = {
    "AT": "ATU57194903", "BE": "BE0697449992", "BG": "BG175074752", "CY": "CY10259033P", "CZ": "CZ25123891",
    "DE": "DE136695976", "DK": "DK13585628", "EE": "EE100931558", "FI": "FI20774740", "FR": "FR61954506077",
    "GB": "GB980780684", "GR": "EL094259216", "HR": "HR33392005961", "HU": "HU12892312", "IE": "IE6433435F",
    "IT": "IT00743110157", "LT": "LT119511515", "LU": "LU15027442", "LV": "LV40003521600", "MT": "MT11679112",
    "NL": "NL004495445B01", "PL": "PL8567346215", "PT": "PT501964843", "RO": "RO18547290", "SE": "SE556188840401",
    "SI": "SI50223054", "SK": "SK2022749619",
}  # fmt: skip
"""A well-formed VAT number of each country whose check digits are known here."""

_PREFIXES = {"GR": ("EL", "GR"), "GB": ("GB", "XI")}
"""How VAT numbers of a country begin where that is not its code alone, the canonical first (Directive 2006/112/EC,
art. 215; `XI` is Northern Ireland's, for goods)."""


class TaxIdWrong(Refusal):
    """The text is no tax id of the country. `country` and an `example` are among the values."""

    message = N_("{typed} is no tax ID of {country}. Check its digits; it looks like {example}.")
    field: str = "tax_id"
    """Which field of a form it is about."""


class SpanishTaxIdWrong(TaxIdWrong):
    """No Spanish NIF, whoever's."""

    message = N_(
        "{typed} is no Spanish tax ID. A company's (CIF) looks like B12345674, a person's (NIF) like 12345678Z, "
        "a foreigner's (NIE) like X1234567L. Check its digits."
    )


class VatNumberWrong(TaxIdWrong):
    """No VAT number of the country."""

    message = N_(
        "{typed} is no VAT number of {country}. It begins with {prefix} and looks like {example}. Check its digits, "
        "or leave it empty where there is none."
    )


class ForeignTaxIdWrong(TaxIdWrong):
    """Of a country whose rules are not known here: too short, too long, or with signs that no tax id has."""

    message = N_("{typed} is no tax ID: 4 to {longest} letters and digits were expected, with spaces, dots or dashes.")


class IbanWrong(Refusal):
    """The text is no IBAN."""

    message = N_("{typed} is no IBAN: it begins with two letters and two digits, as in ES91 2100 0418 4502 0005 1332.")


class IbanCountryWrong(IbanWrong):
    """Its country has no IBANs."""

    message = N_("{typed} is no IBAN: no country that uses IBANs has the code {code}. Check its first two letters.")


class IbanLengthWrong(IbanWrong):
    """Too short or too long for its country."""

    message = N_("{typed} is no IBAN of {country}: it has {length} characters, and {expected} were expected.")


class IbanChecksumWrong(IbanWrong):
    """A digit is wrong, or two changed places."""

    message = N_("{typed} is no IBAN: its check digits do not agree. A digit is wrong or has changed places.")


class CardNumberTyped(Refusal):
    """A card number where none may be (PCI DSS 4.0, requirement 3): it is neither kept nor repeated here."""

    message = N_(
        "This holds a card number. Nothing was kept. Take it out; cards are added under Payment methods, at the bank's "
        "own page."
    )

    def __init__(self, field: str = "") -> None:
        super().__init__()
        self.field = field
        """Which field of a form it was typed in."""


@dataclass(frozen=True, slots=True)
class Iban:
    """A checked IBAN, without spaces. `bank` is its bank's name, empty where that is not known."""

    canonical: str
    country: str
    bank: str
    last4: str


def check_tax_id(text: str, country: str) -> str:
    """The canonical form of a tax id of `country` (ISO 3166-1), or `TaxIdWrong`.

    Spanish NIFs (NIE and CIF are kinds of it) stand without a prefix: `B12345674`. VAT numbers of other member states
    and of the United Kingdom begin with theirs, which may be left out when typing. Elsewhere only signs and length are
    looked at.
    """
    return _checked(text[: LONGEST_TYPED + 1], country)


@lru_cache(maxsize=4096)
def _checked(text: str, country: str) -> str:
    squeezed = _squeezed(text)
    if len(text) > LONGEST_TYPED or not (squeezed.isascii() and squeezed.isalnum()):
        raise _tax_id_wrong(text, country)
    if country not in EXAMPLES and country != "ES":
        kept = " ".join(text.split()).upper()
        if re.fullmatch(r"[0-9A-Z][0-9A-Z ./&-]{2,28}[0-9A-Z]", kept, re.ASCII):
            return kept
        raise _tax_id_wrong(text, country)
    prefixes = _PREFIXES.get(country, (country,))
    number = squeezed[2:] if squeezed.startswith(prefixes) else squeezed
    try:
        return _national(country)(number)
    except ValueError as error:
        raise _tax_id_wrong(text, country) from error


@cache
def _national(country: str) -> Callable[[str], str]:
    """The country's own check: takes a number without prefix, gives the canonical form or raises `ValueError`."""
    from stdnum.es import nif
    from stdnum.eu import vat
    from stdnum.gb import vat as british

    if country == "ES":
        return nif.validate
    prefix = _PREFIXES.get(country, (country,))[0]

    def validate(number: str) -> str:
        # stdnum would read a number that begins with another country's prefix as that country's.
        canonical = prefix + british.validate(number) if country == "GB" else vat.validate(prefix + number)
        if not canonical.startswith(prefix):
            raise ValueError(canonical)
        return canonical

    return validate


def _tax_id_wrong(text: str, country: str) -> TaxIdWrong:
    typed = text[:40]
    if country == "ES":
        return SpanishTaxIdWrong(typed=typed, country=CountryCode(country), example="B12345674")
    if (example := EXAMPLES.get(country)) is not None:
        return VatNumberWrong(typed=typed, country=CountryCode(country), prefix=example[:2], example=example)
    return ForeignTaxIdWrong(typed=typed, country=CountryCode(country), example="", longest=LONGEST_ELSEWHERE)


def check_iban(text: str) -> Iban:
    """A checked IBAN (ISO 13616), or `IbanWrong`: by its signs, country, length, or check digits."""
    from schwifty import IBAN
    from schwifty.exceptions import InvalidChecksumDigits, InvalidCountryCode, InvalidLength, SchwiftyException

    typed, number = text[:40], _squeezed(text[: LONGEST_TYPED + 1])
    if len(text) > LONGEST_TYPED or not re.fullmatch(r"[A-Z]{2}[0-9]{2}[0-9A-Z]*", number, re.ASCII):
        raise IbanWrong(typed=typed)
    iban = IBAN(number, allow_invalid=True)
    try:
        iban.validate()
    except InvalidCountryCode as error:
        raise IbanCountryWrong(typed=typed, code=number[:2]) from error
    except InvalidLength as error:
        expected = iban.spec.iban_length
        country = CountryCode(number[:2])
        raise IbanLengthWrong(typed=typed, country=country, length=len(number), expected=expected) from error
    except InvalidChecksumDigits as error:
        raise IbanChecksumWrong(typed=typed) from error
    except SchwiftyException as error:
        raise IbanWrong(typed=typed) from error
    return Iban(number, number[:2], iban.bank_name or "", number[-4:])


def _squeezed(text: str) -> str:
    """Upper case, without the spaces, dots, dashes and slashes that people write for the eye."""
    return "".join(c for c in text if not _parts(c) and c != "/").upper()


_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]){11,30}\b", re.ASCII)


def refuse_card_number(text: str, field: str = "") -> None:
    """Raise `CardNumberTyped` where `text` holds a card number (ISO/IEC 7812): 13 to 19 digits that pass Luhn.

    Spaces, dots and dashes may stand between them, whatever their script; other digits may stand beside them, apart. A
    valid IBAN is left out: one in ten holds such digits by chance.
    """
    plain = "".join(_digit_or_gap(c) for c in unicodedata.normalize("NFKC", text))
    plain = _IBAN.sub(lambda found: "" if _mod_97(found[0]) else found[0], plain.upper())
    for run in re.findall(r"[0-9]+(?: {1,3}[0-9]+)*", plain):
        groups = run.split()
        for first in range(len(groups)):
            digits = ""
            for group in groups[first : first + 19]:
                digits += group
                if len(digits) > 19:
                    break
                if len(digits) >= 13 and digits[0] != "0" and _luhn(digits):
                    raise CardNumberTyped(field)


def _digit_or_gap(character: str) -> str:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    return " " if _parts(character) else character


def _parts(character: str) -> bool:
    """Whether a character only parts others: a space, a dash, a dot, or nothing one sees."""
    return character == "." or character.isspace() or unicodedata.category(character) in ("Pd", "Cf", "Zs")


def _luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(d), 10)) for d in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _mod_97(text: str) -> bool:
    squeezed = text.replace(" ", "")
    return int("".join(str(int(c, 36)) for c in squeezed[4:] + squeezed[:4])) % 97 == 1

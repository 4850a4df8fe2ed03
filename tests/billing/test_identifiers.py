"""Tax ids and IBANs as people type them: the canonical form, or a sentence that says what is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.identifiers import (
    EXAMPLES,
    CardNumberTyped,
    ForeignTaxIdWrong,
    Iban,
    IbanChecksumWrong,
    IbanCountryWrong,
    IbanLengthWrong,
    IbanWrong,
    SpanishTaxIdWrong,
    TaxIdWrong,
    VatNumberWrong,
    check_iban,
    check_tax_id,
    refuse_card_number,
)
from billing.language import Language

VISA = "4242424242424242"
HOSTILE = [
    "\ud800",
    "\x1b[2J",
    "B1234567\u06f4",
    "[/]{x}",
    "B12345674" * 5000,
    "＝1+1",
]


@pytest.mark.parametrize(
    ("typed", "country", "canonical"),
    [
        ("B12345674", "ES", "B12345674"),
        (" b-12.345.674 ", "ES", "B12345674"),
        ("ESB12345674", "ES", "B12345674"),
        ("12345678z", "ES", "12345678Z"),
        ("X-1234567-L", "ES", "X1234567L"),
        ("DE 136 695 976", "DE", "DE136695976"),
        ("136695976", "DE", "DE136695976"),
        ("FR 61 954 506 077", "FR", "FR61954506077"),
        ("EL094259216", "GR", "EL094259216"),
        ("gr 094259216", "GR", "EL094259216"),
        ("BE 697449992", "BE", "BE0697449992"),
        ("GB 980 7806 84", "GB", "GB980780684"),
        ("980780684", "GB", "GB980780684"),
        ("XI980780684", "GB", "GB980780684"),
        ("12-3456789", "US", "12-3456789"),
        ("che-123.456.788  mwst", "CH", "CHE-123.456.788 MWST"),
    ],
)
def test_a_tax_id_is_kept_in_its_canonical_form(typed: str, country: str, canonical: str) -> None:
    assert check_tax_id(typed, country) == canonical
    assert check_tax_id(canonical, country) == canonical


@pytest.mark.parametrize("country", sorted(EXAMPLES))
def test_the_example_a_sentence_gives_is_itself_right_with_and_without_its_prefix(country: str) -> None:
    assert check_tax_id(EXAMPLES[country], country) == EXAMPLES[country]
    assert check_tax_id(EXAMPLES[country][2:], country) == EXAMPLES[country]


@pytest.mark.parametrize(
    ("typed", "country", "kind", "expected"),
    [
        ("B12345675", "ES", SpanishTaxIdWrong, "B12345674"),
        ("12345678A", "ES", SpanishTaxIdWrong, "12345678Z"),
        ("DE136695976", "ES", SpanishTaxIdWrong, "X1234567L"),
        ("", "ES", SpanishTaxIdWrong, "NIF"),
        ("DE136695977", "DE", VatNumberWrong, "DE136695976"),
        ("FR61954506077", "DE", VatNumberWrong, "begins with DE"),
        ("ESB12345674", "DE", VatNumberWrong, "Germany"),
        ("EL094259217", "GR", VatNumberWrong, "begins with EL"),
        ("GB980780685", "GB", VatNumberWrong, "GB980780684"),
        ("12", "US", ForeignTaxIdWrong, "4 to 30"),
        ("=1+1+cmd", "US", ForeignTaxIdWrong, "letters and digits"),
        ("9" * 31, "US", ForeignTaxIdWrong, "4 to 30"),
    ],
)
def test_a_wrong_tax_id_is_answered_with_what_was_expected(
    typed: str, country: str, kind: type[TaxIdWrong], expected: str
) -> None:
    with pytest.raises(kind) as refused:
        check_tax_id(typed, country)
    assert expected in Language("en").refusal(refused.value)


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("country", ["ES", "DE", "GB", "US", "\ud800"])
def test_hostile_text_is_refused_and_little_of_it_repeated(hostile: str, country: str) -> None:
    with pytest.raises(TaxIdWrong) as refused:
        check_tax_id(hostile, country)
    assert len(refused.value.values["typed"]) <= 40
    with pytest.raises(IbanWrong) as refused_iban:
        check_iban(hostile)
    assert len(refused_iban.value.values["typed"]) <= 40


@given(st.text(max_size=40), st.sampled_from([*EXAMPLES, "ES", "US", ""]))
def test_whatever_is_typed_is_canonical_or_refused(text: str, country: str) -> None:
    try:
        canonical = check_tax_id(text, country)
    except TaxIdWrong:
        return
    assert canonical.isascii()
    assert check_tax_id(canonical, country) == canonical


@given(st.sampled_from([c for c in EXAMPLES if c != "CZ"]), st.integers(2, 14), st.sampled_from("0123456789"))
def test_a_changed_digit_never_passes_as_another_countrys(country: str, place: int, digit: str) -> None:
    right = EXAMPLES[country]
    try:
        canonical = check_tax_id(right[:place] + digit + right[place + 1 :], country)
    except TaxIdWrong:
        return
    assert canonical[:2] == right[:2]


def test_an_iban_names_its_bank() -> None:
    spanish = Iban("ES9121000418450200051332", "ES", "CAIXABANK, S.A.", "1332")
    assert check_iban("ES91 2100 0418 4502 0005 1332") == check_iban("es91-2100-0418-4502-0005-1332") == spanish
    assert check_iban("DE89370400440532013000").bank == "Commerzbank"


@pytest.mark.parametrize(
    ("typed", "kind", "said"),
    [
        ("ES9121000418450200051333", IbanChecksumWrong, "check digits"),
        ("ES9121000418450200015332", IbanChecksumWrong, "changed places"),
        ("ES912100041845020005133", IbanLengthWrong, "Spain: it has 23 characters, and 24"),
        ("XX9121000418450200051332", IbanCountryWrong, "code XX"),
        ("4242424242424242", IbanWrong, "two letters and two digits"),
        ("", IbanWrong, "two letters"),
        ("ES91 2100 0418 4502 0005 133A", IbanWrong, "no IBAN"),
    ],
)
def test_a_wrong_iban_is_answered_with_why(typed: str, kind: type[IbanWrong], said: str) -> None:
    with pytest.raises(kind) as refused:
        check_iban(typed)
    assert type(refused.value) is kind
    assert said in Language("en").refusal(refused.value)


@given(st.integers(4, 23), st.sampled_from("0123456789"))
def test_one_wrong_digit_of_an_iban_is_always_seen(place: int, digit: str) -> None:
    right = "ES9121000418450200051332"
    typed = right[:place] + digit + right[place + 1 :]
    if typed != right:
        with pytest.raises(IbanChecksumWrong):
            check_iban(typed)


@pytest.mark.parametrize(
    "text",
    [
        VISA,
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "4242.4242.4242.4242",
        "4242\u00a04242\u20114242\u200b4242",
        "card 4000056655665556 exp 12/27",
        "378282246310005",
        "6011 1111 1111 1117 12",
        "4222222222222",
        "6304000000000000000",
        "４２４２４２４２４２４２４２４２",
        "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢",
        "x4242424242424242y",
        "1 2 3 4242 4242 4242 4242 12 27",
        "ES91 4242 4242 4242 4242",
    ],
)
def test_a_card_number_is_refused_however_it_is_written_and_never_repeated(text: str) -> None:
    with pytest.raises(CardNumberTyped) as refused:
        refuse_card_number(text)
    assert "4242" not in str(refused.value)
    assert refused.value.values == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4242424242424241",
        "+34 910 000 005",
        "0034 910 000 005",
        "B12345674",
        "ES9121000418450200051332",
        "IBAN: ES91 2100 0418 4502 0005 1332",
        "DE89370400440532013000",
        "F-2026-000012, F-2026-000013",
        "0000000000000000",
        "4242 4242 and 4242 4242",
        "Calle Mayor 12, 28014 Madrid",
        "\ud800\x00",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    refuse_card_number(text)


@given(st.text(), st.text())
def test_a_card_number_between_other_text_is_found(before: str, after: str) -> None:
    with pytest.raises(CardNumberTyped):
        refuse_card_number(f"{before}|{VISA}|{after}")

"""Which tax a service carries, row by row of the law, and what holds for every customer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.accounts import Account, AccountType
from billing.identifiers import EXAMPLES
from billing.record import changed
from billing.tax import MENTIONS, TaxCategory
from billing.tax_treatment import NoTaxRate, treatment
from billing.vendor import Address, Party, Vendor

S, E, AE, OUT = TaxCategory.STANDARD, TaxCategory.EXEMPT, TaxCategory.REVERSE_CHARGE, TaxCategory.OUTSIDE
TODAY = date(2026, 11, 23)


def vendor(country: str = "ES", rate: Decimal | None = None, postcode: str = "28014") -> Vendor:
    """An issuer of a country."""
    address = Address(lines=("Calle 1",), city="Madrid", postcode=postcode, country=country)
    return Vendor(
        id=Vendor.ID, brand="B", product="P", party=Party(name="B, S.L.", address=address), standard_rate=rate
    )


def account(country: str, tax_id: str = "", postcode: str = "", *, exempt: bool = False) -> Account:
    """A customer there."""
    return Account(
        id="a",
        type=AccountType.SELF_SERVICE,
        name="Customer",
        address=Address(lines=("Street 1",), city="Town", postcode=postcode, country=country),
        tax_id=tax_id,
        email="a@example.com",
        currency="EUR",
        language="es",
        time_zone="Europe/Madrid",
        since=date(2009, 1, 1),
        tax_exempt=exempt,
    )


@pytest.mark.parametrize(
    ("customer", "on", "category", "rate"),
    [
        # Law 37/1992, art. 90, as amended by Royal Decree-Law 20/2012, art. 23; Law 26/2009, art. 79; Law 41/1994
        (account("ES", postcode="28014"), TODAY, S, 21),
        (account("ES", "B12345674", "07001"), TODAY, S, 21),  # Baleares are inside the territory
        (account("ES"), date(2012, 9, 1), S, 21),
        (account("ES"), date(2012, 8, 31), S, 18),
        (account("ES"), date(2010, 7, 1), S, 18),
        (account("ES"), date(2010, 6, 30), S, 16),
        # Law 37/1992, art. 3.dos.1 b: Canarias, Ceuta and Melilla are outside the territory
        (account("ES", postcode="35001"), TODAY, OUT, 0),
        (account("ES", postcode="38400"), TODAY, OUT, 0),
        (account("ES", postcode="E-38400"), TODAY, OUT, 0),
        (account("ES", postcode="51001"), TODAY, OUT, 0),
        (account("ES", postcode="52001"), TODAY, OUT, 0),
        # Directive 2006/112/EC, art. 44 and 196: the business owes the tax
        (account("DE", "DE136695976"), TODAY, AE, 0),
        (account("DE", "136 695 976"), TODAY, AE, 0),
        (account("GR", "EL094259216"), TODAY, AE, 0),
        (account("MC", "FR61954506077"), TODAY, AE, 0),  # art. 7: Monaco counts as France
        # art. 59c: below the threshold consumers pay the seller's rate
        (account("DE"), TODAY, S, 21),
        (account("DE", "DE136695977"), TODAY, S, 21),  # a wrong check digit
        (account("DE", "ESB12345674"), TODAY, S, 21),  # a Spanish number makes no German business
        (account("FR", "DE136695976"), TODAY, S, 21),
        # art. 6: places of member states beyond the Union's VAT
        (account("DE", "DE136695976", "27498"), TODAY, OUT, 0),
        (account("FR", "", "97400"), TODAY, OUT, 0),
        (account("FI", "", "22100"), TODAY, OUT, 0),
        (account("IT", "", "23041"), TODAY, OUT, 0),
        # Law 37/1992, art. 69: services to third countries
        (account("US"), TODAY, OUT, 0),
        (account("JP", "T1234567890123"), TODAY, OUT, 0),
        (account("CH"), TODAY, OUT, 0),
        (account("NO"), TODAY, OUT, 0),
        # Withdrawal Agreement, art. 126 and 127: the United Kingdom stayed to the end of 2020
        (account("GB", "GB980780684"), date(2020, 12, 31), AE, 0),
        (account("GB"), date(2020, 12, 31), S, 21),
        (account("GB", "GB980780684"), date(2021, 1, 1), OUT, 0),
        # Treaty of accession of Croatia: 1 July 2013
        (account("HR", "HR33392005961"), date(2013, 6, 30), OUT, 0),
        (account("HR", "HR33392005961"), date(2013, 7, 1), AE, 0),
        # Directive 2006/112/EC, art. 151: an embassy's exemption
        (account("ES", exempt=True), TODAY, E, 0),
        (account("DE", "DE136695976", exempt=True), TODAY, E, 0),
    ],
    ids=lambda value: (
        f"{value.address.country}{value.address.postcode}{value.tax_id}" if isinstance(value, Account) else ""
    ),
)
def test_a_spanish_seller_taxes_by_the_law(customer: Account, on: date, category: TaxCategory, rate: int) -> None:
    found = treatment(vendor(), customer, on)
    assert (found.category, found.rate) == (category, Decimal(rate))
    assert found.mention == MENTIONS.get(category, "")


@pytest.mark.parametrize(
    ("seller", "customer", "category", "rate"),
    [
        (vendor("DE", Decimal(19)), account("DE", "DE136695976"), S, 19),
        (vendor("DE", Decimal(19)), account("ES"), S, 19),
        (vendor("DE", Decimal(19)), account("ES", "B12345674"), AE, 0),
        (vendor("DE", Decimal(19)), account("ES", "B12345674", "35001"), OUT, 0),
        (vendor("DE", Decimal(19)), account("US"), OUT, 0),
        (vendor("US", Decimal("8.25")), account("US"), S, Decimal("8.25")),
        (vendor("US", Decimal("8.25")), account("ES", "B12345674"), OUT, 0),
        (vendor("ES", Decimal(7), "35001"), account("ES", "", "38001"), S, 7),  # a Canarian seller's IGIC
        (vendor("ES", Decimal(7), "35001"), account("ES"), OUT, 0),
    ],
)
def test_a_seller_elsewhere_taxes_by_the_same_logic_at_its_own_rate(
    seller: Vendor, customer: Account, category: TaxCategory, rate: Decimal | int
) -> None:
    found = treatment(seller, customer, TODAY)
    assert (found.category, found.rate) == (category, Decimal(rate))


@pytest.mark.parametrize("seller", [vendor("DE"), vendor("US"), vendor("ES", postcode="35001")])
def test_a_seller_elsewhere_must_say_its_rate_before_it_taxes_at_home(seller: Vendor) -> None:
    at_home = changed(account("XX"), address=seller.party.address)
    with pytest.raises(NoTaxRate):
        treatment(seller, at_home, TODAY)


@pytest.mark.parametrize("country", sorted(set(EXAMPLES) - {"GB"}))
def test_a_business_of_every_other_member_state_owes_the_tax_itself(country: str) -> None:
    assert treatment(vendor(), account(country, EXAMPLES[country]), TODAY).category is AE
    assert treatment(vendor(), account(country), TODAY).category is S


CUSTOMERS = st.builds(
    account,
    st.sampled_from(["ES", "DE", "GR", "FR", "FI", "GB", "HR", "US", "CH", "MC", "IC", "", "zz", "\ud800"]),
    st.sampled_from(["", "B12345674", *EXAMPLES.values()]) | st.text(max_size=30),
    st.sampled_from(["", "35001", "28014", "97400", "22100"]) | st.text(max_size=12),
    exempt=st.booleans(),
)


@given(CUSTOMERS, st.dates(date(2009, 1, 1), date(2040, 1, 1)))
def test_tax_is_charged_or_its_absence_explained_never_both(customer: Account, on: date) -> None:
    found = treatment(vendor(), customer, on)
    assert bool(found.rate) is not bool(found.mention)
    assert (found.category is S) is bool(found.rate)
    assert found.rate in (0, 16, 18, 21)


@given(CUSTOMERS, st.dates(date(2009, 1, 1), date(2040, 1, 1)))
def test_only_a_foreign_business_of_the_union_owes_the_tax_itself(customer: Account, on: date) -> None:
    if treatment(vendor(), customer, on).category is AE:
        assert customer.tax_id
        assert not customer.tax_exempt
        assert customer.address.country in {*EXAMPLES, "MC"}


@given(CUSTOMERS, st.dates(date(2009, 1, 1), date(2040, 1, 1)))
def test_a_mere_change_of_name_never_changes_the_tax(customer: Account, on: date) -> None:
    renamed = changed(customer, name="Another", email="b@example.com", language="en")
    assert treatment(vendor(), renamed, on) == treatment(vendor(), customer, on)

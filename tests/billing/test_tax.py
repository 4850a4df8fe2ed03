"""Tax is summed per category and rate, and each group rounds once (EN 16931, BR-CO-10 to BR-CO-17)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from billing.money import half_up
from billing.tax import MENTIONS, Adjustment, TaxCategory, TaxGroup, tax_totals

S, E, AE, OUT = TaxCategory.STANDARD, TaxCategory.EXEMPT, TaxCategory.REVERSE_CHARGE, TaxCategory.OUTSIDE


def of(net: int, rate: str = "21", category: TaxCategory = S) -> Adjustment:
    """A line as far as tax is concerned."""
    return Adjustment(net, category, Decimal(rate))


PARTS = st.lists(
    st.builds(
        Adjustment,
        st.integers(-(10**9), 10**9),
        st.sampled_from(TaxCategory),
        st.sampled_from([Decimal(r) for r in ("0", "4", "10", "10.00", "21", "5.5", "25")]),
    ),
    max_size=30,
)


def test_a_group_rounds_once_and_not_line_by_line() -> None:
    """Three lines of 1.05 at 21 %: 0.2205 each would round to 0.66 in all; the group of 3.15 is 0.6615."""
    assert tax_totals([of(105)] * 3).tax == 66
    assert tax_totals([of(102)] * 3).tax == 64  # line by line: 3 x 21 = 63


def test_the_standards_sample_with_a_tie() -> None:
    """1460.50 at 25 % in the EN 16931 samples: 365.125 becomes 365.13."""
    totals = tax_totals([of(146050, "25")])
    assert (totals.net, totals.tax, totals.gross) == (146050, 36513, 182563)


def test_a_credit_note_rounds_net_and_tax_by_themselves() -> None:
    """193.33 and its 25 %, 48.3325, make 241.66, as the invoice did: the note mirrors it."""
    charge, credit = tax_totals([of(19333, "25")]), tax_totals([of(-19333, "25")])
    assert (charge.tax, charge.gross) == (4833, 24166)
    assert (credit.net, credit.tax, credit.gross) == (-19333, -4833, -24166)


def test_treatments_stand_apart_the_highest_rate_first() -> None:
    totals = tax_totals([of(1000, "0", E), of(2000, "4"), of(3000), of(500, "0", AE)])
    assert [(g.category, str(g.rate), g.net, g.tax) for g in totals.groups] == [
        (S, "21", 3000, 630), (S, "4", 2000, 80), (AE, "0", 500, 0), (E, "0", 1000, 0),
    ]  # fmt: skip


def test_equal_rates_are_one_group_however_written_and_are_written_plainly() -> None:
    totals = tax_totals([of(1000, "10"), of(1000, "10.00"), of(1000, "1E+1")])
    assert [(str(g.rate), g.net) for g in totals.groups] == [("10", 3000)]
    assert str(tax_totals([of(1, "5.50")]).groups[0].rate) == "5.5"


def test_an_allowance_lowers_the_base_before_tax() -> None:
    assert tax_totals([of(10000)], [of(-1000)]).groups == (TaxGroup(S, Decimal(21), 9000, 1890),)


def test_nothing_makes_nothing() -> None:
    totals = tax_totals([])
    assert (totals.groups, totals.net, totals.tax, totals.gross) == ((), 0, 0, 0)


def test_whoever_pays_no_tax_is_told_why() -> None:
    assert set(MENTIONS) == set(TaxCategory) - {S, TaxCategory.ZERO}


@given(PARTS)
def test_sums_agree_at_every_level(parts: list[Adjustment]) -> None:
    totals = tax_totals(parts)
    assert totals.net == sum(p.net for p in parts) == sum(g.net for g in totals.groups)
    assert totals.tax == sum(g.tax for g in totals.groups)
    assert totals.gross == totals.net + totals.tax
    assert all(group.tax == half_up(group.net * Fraction(group.rate) / 100) for group in totals.groups)


@given(PARTS)
def test_the_order_of_lines_changes_nothing(parts: list[Adjustment]) -> None:
    assert tax_totals(parts) == tax_totals(parts[::-1])


@given(PARTS)
def test_crediting_everything_leaves_nothing(parts: list[Adjustment]) -> None:
    charge = tax_totals(parts)
    credit = tax_totals([Adjustment(-p.net, p.category, p.rate) for p in parts])
    assert charge.gross + credit.gross == 0

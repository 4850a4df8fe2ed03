"""Changing the billing information by keys: nothing typed is lost, nothing is saved unseen."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from rich.cells import cell_len
from textual.widgets import Input

from billing.accounts import Account, Membership, Role
from billing.billing_fields import BillingInformation, matching_countries
from billing.billing_information import read_billing_information
from billing.desk import Desk
from billing.language import NAMES, Language
from billing.record import changed
from billing.store import Span, Store
from screens.center.billing_information import BillingInformationScreen
from screens.center.billing_review import BillingReview
from screens.counter_screen import CounterScreen
from screens.help_screen import help_page
from tests.conftest import LARGE, MARTA, SMALL, Visit, Visitor
from tui.demo.stage import demo_store
from tui.look import Borders, Look, Palette
from tui.widgets.switch import Switch


@pytest.fixture
def own() -> Iterator[Store]:
    """A demonstration that a test may change."""
    opened = demo_store()
    yield opened
    opened.close()


async def open_form(visitor: Visitor) -> BillingInformationScreen:
    screen = BillingInformationScreen()
    visitor.app.push_screen(screen)
    await visitor.settle()
    return screen


async def put(visitor: Visitor, field: str, text: str) -> None:
    """Go to a field and type over what stands there."""
    visitor.app.screen.query_one(f"#{field}", Input).focus()
    await visitor.press("end", "ctrl+u")
    await visitor.type(text)


def acme(store: Store) -> Account:
    with store.read() as books:
        return books.get(Account, "acme")


async def test_the_form_shows_what_is_saved_and_the_arrows_go_through_every_field(visit: Visit) -> None:
    async with visit(signed_in=MARTA) as visitor:
        screen = await open_form(visitor)
        assert "ACME Ibérica, S.L." in visitor.screen_text
        seen = []
        for _ in range(len(screen.query(Input)) + 1):
            assert screen.focused is not None
            seen.append(screen.focused.id)
            assert screen.focused.region.bottom <= screen.size.height - 1, "the focused field is in sight"
            await visitor.press("down")
        assert seen == [*(field.id for field in screen.query(Input)), "language"]
        await visitor.press("up")
        assert screen.focused is screen.query_one(Switch)
        assert "= Spain (ES)" in visitor.screen_text


async def test_what_is_typed_before_the_data_comes_stands_after_it(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    come = threading.Event()

    def late(desk: Desk) -> BillingInformation:
        assert come.wait(30)
        return read_billing_information(desk)

    monkeypatch.setattr("screens.center.billing_information.read_billing_information", late)
    async with visit(signed_in=MARTA) as visitor:
        visitor.app.push_screen(BillingInformationScreen())
        await visitor.pilot.pause()
        await visitor.pilot.press("x", "y")
        come.set()
        await visitor.settle()
        await visitor.press("z")
        name = visitor.app.screen.query_one("#name", Input)
        assert name.value == "ACME Ibérica, S.L.xyz"
        await visitor.press("f2")
        assert isinstance(visitor.app.screen, BillingReview)


async def test_enter_goes_on_and_from_the_last_field_to_the_review(visit: Visit) -> None:
    async with visit(signed_in=MARTA) as visitor:
        screen = await open_form(visitor)
        await visitor.type("X")
        await visitor.press("enter")
        assert screen.focused is screen.query_one("#tax_id")
        screen.query_one(Switch).focus()
        await visitor.press("enter")
        assert isinstance(visitor.app.screen, BillingReview)


async def test_moving_abroad_is_reviewed_with_the_tax_and_saved_with_enter(visit: Visit, own: Store) -> None:
    before = acme(own)
    async with visit(signed_in=MARTA, store=lambda: own) as visitor:
        screen = await open_form(visitor)
        for field, text in (("tax_id", "136695976"), ("postcode", "10115"), ("city", "Berlin"), ("country", "germ")):
            await put(visitor, field, text)
        assert "= Germany (DE)" in visitor.screen_text
        await visitor.press("f2")
        shown = " ".join(visitor.screen_text.split())
        for words in (
            "how your next invoices are taxed",
            "VAT 21%",
            "reverse charge",
            "€474.00 instead of €573.54",
            "B27001411",
            "DE136695976",
            "Invoices already issued stay as they are",
        ):
            assert words in shown
        assert acme(own) == before
        await visitor.press("enter")
        assert visitor.app.screen is screen
        assert "Saved" in visitor.screen_text
        assert screen.query_one("#country", Input).value == "Germany"
        assert screen.query_one("#tax_id", Input).value == "DE136695976"
        desk = visitor.app.session.desk
        assert desk is not None
        assert desk.account == acme(own)
        await visitor.press("escape")
        assert visitor.app.screen is not screen
    assert acme(own).address.country == "DE"
    assert acme(own).address.lines == before.address.lines


@pytest.mark.parametrize(
    ("field", "text", "said", "focused"),
    [
        ("tax_id", "B27001412", "is no Spanish tax ID", "tax_id"),
        ("postcode", "99", "is no Spanish postcode", "postcode"),
        ("line_1", "", "is empty", "line_1"),
        ("email", "marta", "is no mail address", "email"),
        ("copies_to", "a@b.example, nobody", "is no mail address", "copies_to"),
        ("country", "Atlantis", "is no country", "country"),
        ("region", "4242 4242 4242 4242", "holds a card number", "region"),
    ],
)
async def test_a_refused_field_takes_the_focus_says_why_and_keeps_everything_typed(
    visit: Visit, field: str, text: str, said: str, focused: str
) -> None:
    async with visit(signed_in=MARTA) as visitor:
        screen = await open_form(visitor)
        await put(visitor, "city", "Getafe")
        await put(visitor, field, text)
        screen.query_one("#name").focus()
        await visitor.press("f2")
        assert visitor.app.screen is screen
        assert said in " ".join(visitor.screen_text.split())
        assert screen.focused is not None
        assert screen.focused.id == focused
        assert screen.query_one(f"#{field}", Input).value == text
        assert screen.query_one("#city", Input).value == "Getafe"
        await visitor.type("x")
        assert said not in " ".join(visitor.screen_text.split())


async def test_nothing_changed_is_nothing_to_save(visit: Visit) -> None:
    async with visit(signed_in=MARTA) as visitor:
        screen = await open_form(visitor)
        await visitor.press("f2")
        assert visitor.app.screen is screen
        assert "nothing to save" in visitor.screen_text


async def test_leaving_with_something_typed_takes_two_escapes(visit: Visit) -> None:
    async with visit(signed_in=MARTA) as visitor:
        screen = await open_form(visitor)
        await visitor.type("X")
        await visitor.press("escape")
        assert visitor.app.screen is screen
        assert "not saved" in visitor.screen_text
        await visitor.type("Y")
        await visitor.press("escape")
        assert visitor.app.screen is screen
        await visitor.press("escape")
        assert visitor.app.screen is not screen


async def test_going_back_from_the_review_keeps_what_was_typed(visit: Visit) -> None:
    async with visit(signed_in=MARTA) as visitor:
        screen = await open_form(visitor)
        await put(visitor, "city", "Getafe")
        await visitor.press("f2", "escape")
        assert visitor.app.screen is screen
        assert screen.query_one("#city", Input).value == "Getafe"


async def test_a_new_look_or_language_keeps_what_was_typed(visit: Visit) -> None:
    async with visit(signed_in=MARTA) as visitor:
        screen = await open_form(visitor)
        await put(visitor, "city", "Getafe")
        screen.query_one(Switch).focus()
        await visitor.press("right")
        visitor.app.session.language = Language("es")
        await screen.retell()
        await visitor.settle()
        assert screen.query_one("#city", Input).value == "Getafe"
        assert screen.query_one(Switch).value == "en"
        await visitor.press("f2")
        assert isinstance(visitor.app.screen, BillingReview)
        assert len(visitor.app.screen.found.changes) == 2, "the country's name in another language is no change"


async def test_a_change_made_meanwhile_is_looked_at_again_before_it_is_saved(visit: Visit, own: Store) -> None:
    async with visit(signed_in=MARTA, store=lambda: own) as visitor:
        await open_form(visitor)
        await put(visitor, "city", "Getafe")
        await visitor.press("f2")
        with own.write() as books:
            books.put(changed(books.get(Account, "acme"), email="somebody@acme.example"))
        await visitor.press("enter")
        assert isinstance(visitor.app.screen, BillingReview)
        assert "Somebody else changed this" in visitor.screen_text
        assert "somebody@acme.example" in visitor.screen_text
        assert acme(own).address.city == "Madrid"
        await visitor.press("enter")
    assert acme(own).address.city == "Getafe"


async def test_several_presses_of_enter_save_once(visit: Visit, own: Store) -> None:
    version = acme(own).version
    async with visit(signed_in=MARTA, store=lambda: own) as visitor:
        await open_form(visitor)
        await put(visitor, "city", "Getafe")
        await visitor.press("f2")
        for _ in range(5):
            await visitor.pilot.press("enter")
        await visitor.settle()
    assert acme(own).version == version + 1


async def test_who_may_only_read_reads(visit: Visit, own: Store) -> None:
    with own.write() as books:
        held = books.find(Membership, Span("account", ("acme",))).rows
        luis = next(m for m in held if m.role is Role.MEMBER)
        books.put(changed(luis, role=Role.VIEWER))
    async with visit(signed_in="luis@acme.example", store=lambda: own) as visitor:
        screen = await open_form(visitor)
        assert "ACME Ibérica, S.L." in visitor.screen_text
        assert all(field.disabled for field in screen.query(Input))
        assert ("F2", "Review and save") not in screen.shown_keys()
        await visitor.press("f2", "pagedown")
        assert visitor.app.screen is screen
        await visitor.press("escape")
        assert visitor.app.screen is not screen


@pytest.mark.parametrize("lang", NAMES)
@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("review", [False, True])
async def test_it_fits_and_is_explained(visit: Visit, lang: str, size: tuple[int, int], review: bool) -> None:
    async with visit(lang=lang, size=size, signed_in=MARTA) as visitor:
        await open_form(visitor)
        if review:
            await visitor.type("X")
            await visitor.press("f2")
        screen = visitor.app.screen
        assert isinstance(screen, CounterScreen)
        lines = visitor.screen_text.split("\n")
        assert all(cell_len(line) <= size[0] for line in lines)
        for key, word in screen.shown_keys():
            assert key in lines[-1]
            assert word in lines[-1]
        await visitor.press("f1")
        assert help_page(screen.TOPIC, lang).split("\n")[0].removeprefix("# ") in visitor.screen_text


async def test_hostile_data_is_shown_harmlessly_and_in_ascii(visit: Visit) -> None:
    look = Look(Palette.NONE, Borders.ASCII)
    async with visit(signed_in="mallory@evil.example", look=look) as visitor:
        screen = await open_form(visitor)
        assert "\x1b" not in visitor.screen_text
        await put(visitor, "city", "Leeds")
        await visitor.press("f2")
        assert visitor.app.screen is screen
        assert "cannot be printed" in visitor.screen_text


@pytest.mark.parametrize("tag", NAMES)
def test_every_countrys_name_means_that_country(tag: str) -> None:
    for code, name in Language(tag).countries().items():
        assert matching_countries(name) == matching_countries(code) == (code,), name

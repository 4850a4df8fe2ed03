"""At the Billing Center: the timeline, notices, mail, and a member's message, by keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.widgets import TextArea

from billing.inbox import unread
from billing.outbox import OutboxMessage
from billing.store import Span, Store
from screens.center.ask_contact import AskContact
from screens.center.invoice import InvoiceScreen
from screens.center.more import CHOICES
from screens.center.timeline import TimelineScreen
from tests.conftest import LUIS, MARTA, Visit, Visitor
from tests.screens.till import Till
from tui.demo.stage import demo_store
from tui.widgets.held_list import HeldList

INES, MALLORY = "ines@acme.example", "mallory@evil.example"


@pytest.fixture
def fresh() -> Iterator[Store]:
    """A demonstration of the test's own, to be written to."""
    opened = demo_store()
    yield opened
    opened.close()


def words(visitor: Visitor) -> str:
    return " ".join(visitor.screen_text.replace("│", " ").split())


def mail_of(store: Store, account: str = "acme") -> list[OutboxMessage]:
    with store.read() as books:
        return list(books.find(OutboxMessage, Span("account", (account,)), descending=True, limit=1000).rows)


async def choose(visitor: Visitor, screen: str) -> None:
    """Open a screen from the menu, by its place in it."""
    place = next(n for n, name in enumerate(CHOICES) if name.endswith(f":{screen}"))
    await visitor.press("f4", *["down"] * place, "enter")


class TestMore:
    async def test_it_counts_what_nobody_has_read(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA) as visitor:
            await visitor.press("f4")
            assert visitor.app.session.desk is not None
            assert f"Notices ({unread(visitor.app.session.desk)} new)" in visitor.screen_text

    async def test_escape_goes_back_to_the_account(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA, payments=Till) as visitor:
            await choose(visitor, "PaymentMethodsScreen")
            assert "Visa •••• 4242" in visitor.screen_text
            await visitor.press("escape")
            assert "Your plan" in visitor.screen_text

    async def test_who_may_only_look_cannot_pay(self, visit: Visit) -> None:
        async with visit(signed_in=INES) as visitor:
            assert "F9" not in visitor.screen_text
            before = visitor.app.screen
            await visitor.press("f9")
            assert visitor.app.screen is before


class TestTimeline:
    async def test_payments_and_attempts_that_failed_are_told(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA) as visitor:
            await choose(visitor, "TimelineScreen")
            for said in ("Invoice", "Payment", "! Failed", "F-2026-000262: ! overdue"):
                assert said in visitor.screen_text
            await visitor.press("down")
            assert "there is not enough money on the account." in visitor.screen_text

    async def test_enter_opens_the_invoice_a_payment_was_for(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA) as visitor:
            await choose(visitor, "TimelineScreen")
            await visitor.press("enter")
            opened = visitor.app.screen
            assert isinstance(opened, InvoiceScreen)
            assert opened.invoice_id == "f-2026-000262"

    async def test_one_plan_s_story_alone(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA) as visitor:
            await choose(visitor, "TimelineScreen")
            everything = visitor.app.screen.query_one(HeldList).total or 0
            await visitor.press("right")
            one = visitor.app.screen.query_one(HeldList).total or 0
            assert 0 < one < everything
            screen = visitor.app.screen
            assert isinstance(screen, TimelineScreen)
            assert screen.subscription_id

    async def test_hostile_data_is_shown_harmless(self, visit: Visit) -> None:
        async with visit(signed_in=MALLORY) as visitor:
            for screen in ("TimelineScreen", "Inbox", "Outbox", "MailChoices"):
                await choose(visitor, screen)
                assert "\x1b" not in visitor.screen_text
                assert "\u202e" not in visitor.screen_text
                await visitor.press("escape")


class TestNotices:
    async def test_reading_one_marks_it_and_opens_its_document(self, visit: Visit, fresh: Store) -> None:
        async with visit(signed_in=MARTA, store=lambda: fresh) as visitor:
            desk = visitor.app.session.desk
            assert desk is not None
            before = unread(desk)
            await choose(visitor, "Inbox")
            assert "New" in visitor.screen_text
            await visitor.press("enter")
            assert isinstance(visitor.app.screen, InvoiceScreen)
            assert unread(desk) == before - 1

    async def test_all_are_marked_as_read_at_once(self, visit: Visit, fresh: Store) -> None:
        async with visit(signed_in=MARTA, store=lambda: fresh) as visitor:
            desk = visitor.app.session.desk
            assert desk is not None
            before = unread(desk)
            await choose(visitor, "Inbox")
            await visitor.press("f8")
            assert f"* {before} notice" in visitor.screen_text
            assert "New" not in visitor.screen_text
            assert unread(desk) == 0


class TestMail:
    async def test_the_demonstration_s_mail_can_be_read(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA) as visitor:
            await choose(visitor, "Outbox")
            assert "A demonstration sends nothing" in visitor.screen_text
            await visitor.press("enter")
            assert "To: marta@acme.example" in visitor.screen_text
            assert "From: LogMeIn" in visitor.screen_text

    async def test_who_is_not_the_billing_contact_reads_only_their_own(self, visit: Visit) -> None:
        async with visit(signed_in=INES) as visitor:
            await choose(visitor, "Outbox")
            await visitor.press("enter")
            assert "Only the billing contact" in visitor.screen_text

    async def test_a_cell_is_changed_in_place(self, visit: Visit, fresh: Store) -> None:
        async with visit(signed_in=MARTA, store=lambda: fresh) as visitor:
            await choose(visitor, "MailChoices")
            await visitor.press("down", "space")
            assert "Received. Space turns it off" in visitor.screen_text
            assert mail_of(fresh)[0].template == "mail_choice_changed"

    async def test_what_the_billing_contact_must_receive_stays(self, visit: Visit) -> None:
        async with visit(signed_in=MARTA) as visitor:
            await choose(visitor, "MailChoices")
            await visitor.press("right", "right", "right")
            assert "Always received" in visitor.screen_text
            await visitor.press("space")
            assert "The billing contact always receives this mail" in words(visitor)

    async def test_a_document_goes_out_once_however_often_enter_is_pressed(self, visit: Visit, fresh: Store) -> None:
        async with visit(signed_in=MARTA, store=lambda: fresh) as visitor:
            await visitor.press("enter", "f9", "enter", "enter")
            assert "goes to marta@acme.example." in words(visitor)
        assert [m.template for m in mail_of(fresh)].count("invoice_copy") == 1


class TestAskingTheContact:
    async def test_the_message_is_written_for_the_member_and_really_sent(self, visit: Visit, fresh: Store) -> None:
        async with visit(lang="en", signed_in=LUIS, store=lambda: fresh) as visitor:
            await visitor.press("enter")
            assert "To: Marta Ruiz Peña <marta@acme.example>" in visitor.screen_text
            assert "Luis Gil" in visitor.app.screen.query_one(TextArea).text
            await visitor.press("tab", *"urgente", "f9")
            assert "* Sent to Marta Ruiz Peña <marta@acme.example>." in visitor.screen_text
        sent = mail_of(fresh)[0]
        assert sent.reply_to == LUIS
        assert sent.values["text"].startswith("urgenteHola, Marta")

    async def test_another_wish_writes_other_words_but_never_over_one_s_own(self, visit: Visit, fresh: Store) -> None:
        async with visit(signed_in=LUIS, store=lambda: fresh) as visitor:
            await visitor.press("enter")
            first = visitor.app.screen.query_one(TextArea).text
            await visitor.press("right")
            second = visitor.app.screen.query_one(TextArea).text
            assert second != first
            await visitor.press("tab", "x", "shift+tab", "right")
            assert visitor.app.screen.query_one(TextArea).text == f"x{second}"

    @pytest.mark.parametrize("pasted", ["\x1b[2J\x07evil", "\u202eevil", "[@click=app.quit]x[/]", "\x9b31m"])
    async def test_what_is_pasted_is_drawn_harmless(self, visit: Visit, fresh: Store, pasted: str) -> None:
        async with visit(signed_in=LUIS, store=lambda: fresh) as visitor:
            await visitor.press("enter")
            visitor.app.screen.query_one(TextArea).insert(pasted)
            await visitor.settle()
            assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(visitor.screen_text)
            assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(visitor.app.screen.query_one(TextArea).text)

    async def test_a_card_number_is_not_sent(self, visit: Visit, fresh: Store) -> None:
        before = len(mail_of(fresh))
        async with visit(signed_in=LUIS, store=lambda: fresh) as visitor:
            await visitor.press("enter")
            visitor.app.screen.query_one(TextArea).insert("4242 4242 4242 4242 ")
            await visitor.press("f9")
            assert "This holds a card number" in words(visitor)
            assert isinstance(visitor.app.screen, AskContact)
        assert len(mail_of(fresh)) == before

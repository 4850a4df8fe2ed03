"""¿Ha olvidado su contraseña? User ID, Send, a mail with a code, a new password (M15); and changing it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from textual.widgets import Input

from billing.access_mail import deliver_access
from billing.credentials import Counter
from billing.delivering import Attachment
from billing.forgotten_password import change_password
from billing.mail_text import MailText
from billing.outbox import OutboxMessage
from billing.sign_in import open_desk, sign_in, standings
from billing.store import Store
from billing.vendor import Vendor
from screens.center.overview import OverviewScreen
from screens.enterprise.overview import EnterpriseOverview
from screens.front.change_password import ChangePassword
from screens.front.door import Door
from screens.front.new_password import NewPassword
from screens.front.sign_in import SignIn
from tests.conftest import IBERIA, MARTA, Visit, Visitor, standing_of
from tui.demo.stage import DEMO_PASSWORD, demo_clock, demo_store
from tui.wiring import random_number

NEW = "el perro come tarde"


class Post:
    """The mail of a visit, sent where it is asked for, so that a test need not wait."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, demo_clock()
        self.sent: list[tuple[OutboxMessage, MailText]] = []

    def send(self, message: OutboxMessage, text: MailText, attachments: tuple[Attachment, ...]) -> None:
        self.sent.append((message, text))

    def deliver(self) -> None:
        with self.store.read() as books:
            vendor = books.get(Vendor, Vendor.ID)
        deliver_access(self.store, self, vendor, self.clock, random_number)

    @property
    def code(self) -> str:
        return self.sent[-1][0].values["code"]


@pytest.fixture
def post() -> Iterator[Post]:
    opened = demo_store()
    yield Post(opened)
    opened.close()


async def fill(visitor: Visitor, **values: str) -> None:
    for name, value in values.items():
        visitor.app.screen.query_one(f"#{name}", Input).value = value
    await visitor.press("f2")


@pytest.mark.parametrize(("lang", "down", "user", "arrives"), [
    ("es", (), MARTA, OverviewScreen), ("en", ("down",), IBERIA, EnterpriseOverview),
])  # fmt: skip
async def test_a_forgotten_password_is_replaced_with_a_mailed_code_at_either_door(
    visit: Visit, post: Post, lang: str, down: tuple[str, ...], user: str, arrives: type
) -> None:
    async with visit(lang=lang, store=lambda: post.store, deliver=post.deliver, mailbox=None) as visitor:
        await visitor.press(*down, "enter", "f6")
        visitor.app.screen.query_one("#user", Input).value = user
        await visitor.press("enter")
        assert isinstance(visitor.app.screen, NewPassword)
        assert re.search(r"30 minut", visitor.screen_text)
        assert user.split("@")[0] not in visitor.screen_text
        code = post.code
        await fill(visitor, code=code.lower().replace("-", " "), password=NEW, again=NEW + "x")
        assert isinstance(visitor.app.screen, NewPassword)
        assert NEW not in visitor.screen_text
        assert code[:5] not in visitor.screen_text
        await fill(visitor, again=NEW)
        assert isinstance(visitor.app.screen, SignIn)
        assert visitor.app.session.identity is None, "nobody is signed in by a code"
        visitor.app.screen.query_one("#user", Input).value = user
        visitor.app.screen.query_one("#password", Input).value = NEW
        visitor.app.screen.query_one("#password", Input).focus()
        await visitor.press("enter")
        assert isinstance(visitor.app.screen, arrives)


async def test_the_answer_is_the_same_for_every_user_id_and_a_guessed_code_is_refused_kindly(
    visit: Visit, post: Post
) -> None:
    said = []
    async with visit(store=lambda: post.store, deliver=post.deliver, mailbox=None) as visitor:
        await visitor.press("enter")
        for user in (MARTA, "nobody@nowhere.example", IBERIA):
            await visitor.press("f6")
            visitor.app.screen.query_one("#user", Input).value = user
            await visitor.press("enter")
            said.append(visitor.screen_text)
            await visitor.press("escape")
        assert len(set(said)) == 1
        assert [message.to for message, _ in post.sent] == [MARTA]
        await visitor.press("f6")
        await fill(visitor, user="no id at all")
        assert "Invalid user ID" in visitor.screen_text
        await visitor.press("f6")
        await fill(visitor, code="00000-00000-00000", password=NEW, again=NEW)
        assert "Ask for a new one" in " ".join(visitor.screen_text.split())


async def test_a_signed_in_person_changes_their_password_and_this_visit_goes_on(
    visit: Visit, post: Post, hashed_by: set[str]
) -> None:
    async with visit(signed_in=MARTA, store=lambda: post.store, deliver=post.deliver, mailbox=None) as visitor:
        visitor.app.push_screen(ChangePassword())
        await visitor.settle()
        await fill(visitor, present="not it", password=NEW, again=NEW)
        assert "The present password is not right" in visitor.screen_text
        await fill(visitor, present=DEMO_PASSWORD)
        assert "Your password is changed" in visitor.screen_text
        assert NEW not in visitor.screen_text
        await visitor.press("f3")
        assert len(visitor.app.screen_stack) > 1
        assert hashed_by == {"prove"}
        passwords = visitor.app.session.services.passwords
    assert sign_in(post.store, passwords, Counter.CENTER, MARTA, NEW)


async def test_another_visit_ends_kindly_at_the_front_door(visit: Visit, post: Post) -> None:
    async with visit(signed_in=MARTA, store=lambda: post.store, mailbox=None) as visitor:
        credential, standing = standing_of(post.store, MARTA)
        desk = open_desk(post.store, demo_clock(), standings(post.store, credential), standing)
        change_password(desk, visitor.app.session.services.passwords, DEMO_PASSWORD, NEW)
        await visitor.press("f3")
        assert isinstance(visitor.app.screen, Door)
        assert visitor.app.session.desk is None
        assert "Your visit has ended" in visitor.screen_text

"""Enrolling, renaming and revoking an SSH key by keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.widgets import Input

from billing.access_keys import AccessKey
from billing.store import Store
from screens.front.access_keys import AccessKeys
from tests.billing.test_access_keys import FIRST
from tests.conftest import IBERIA, Visit
from tui.demo.stage import DEMO_PASSWORD, demo_store


@pytest.fixture
def own() -> Iterator[Store]:
    """A demonstration that a test may change."""
    opened = demo_store()
    yield opened
    opened.close()


def stored(own: Store) -> list[str]:
    with own.read() as books:
        return [key.name for key in books.every(AccessKey)]


async def test_a_key_is_enrolled_renamed_and_revoked(visit: Visit, own: Store, hashed_by: set[str]) -> None:
    async with visit(signed_in=IBERIA, store=lambda: own) as visitor:
        visitor.app.push_screen(AccessKeys())
        await visitor.settle()
        assert "No key is enrolled" in visitor.screen_text
        assert "F8" not in visitor.screen_text

        await visitor.press("f3")
        visitor.app.screen.query_one("#key", Input).value = FIRST
        visitor.app.screen.query_one("#present", Input).value = "not the password"
        await visitor.press("f2")
        assert "present password is not right" in visitor.screen_text
        assert visitor.app.screen.query_one("#key", Input).value == FIRST, "nothing typed is lost"
        assert not stored(own)
        visitor.app.screen.query_one("#present", Input).value = DEMO_PASSWORD
        await visitor.press("f2")
        assert "key 1 opens your accounts" in visitor.screen_text
        assert "SHA256:" in visitor.screen_text

        await visitor.press("f6", "end", "ctrl+u")
        await visitor.type("office")
        await visitor.press("f2")
        assert stored(own) == ["office"]

        await visitor.press("f8")
        assert stored(own) == ["office"], "asked first"
        await visitor.press("f8")
        assert stored(own) == []
        assert "was revoked" in visitor.screen_text
        assert hashed_by == {"prove"}


@pytest.mark.parametrize("typed", ["-----BEGIN OPENSSH PRIVATE KEY-----", "nonsense", "[/x] [@click=app.quit]x[/]"])
async def test_what_is_no_key_is_said_at_its_field(visit: Visit, own: Store, typed: str) -> None:
    async with visit(signed_in=IBERIA, store=lambda: own) as visitor:
        visitor.app.push_screen(AccessKeys())
        await visitor.press("f3")
        visitor.app.screen.query_one("#key", Input).value = typed
        await visitor.press("f2")
        assert "Nothing was changed" in visitor.screen_text or "nothing was changed" in visitor.screen_text
        assert visitor.app.focused is visitor.app.screen.query_one("#key", Input)

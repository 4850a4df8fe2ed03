"""A key that bounces answers a question twice; the second answer goes nowhere."""

from __future__ import annotations

from screens.front.door import Door
from tests.conftest import Visit
from tui.widgets.menu import Menu


async def test_a_question_answered_twice_is_answered_once(visit: Visit) -> None:
    async with visit() as visitor:
        await visitor.press("f1", "f10")
        menu = visitor.app.screen.query_one(Menu)
        menu.action_take()
        menu.action_take()
        await visitor.settle()
        assert "Leave?" not in visitor.screen_text
        assert not isinstance(visitor.app.screen, Door)

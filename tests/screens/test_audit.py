"""Who did what, on screen: it follows what others do while it is open, and never moves the pointer."""

from __future__ import annotations

from pathlib import Path

from billing.audit_trail import trail
from billing.desk import Desk
from billing.permissions import Act
from screens.enterprise.audit import AuditEventScreen, AuditScreen
from tests.conftest import IBERIA, Visit, Visitor
from tui.demo.stage import demo_store
from tui.widgets.held_list import HeldList
from tui.widgets.window_list import Column, Row, WindowList


def act(desk: Desk, sentence: str) -> None:
    with desk.write(Act.SEE_ACCOUNT) as books:
        books.record(sentence)


async def until(visitor: Visitor, text: str) -> None:
    """Wait for words on the screen, generously."""
    for _ in range(100):
        if text in visitor.screen_text:
            return
        await visitor.pilot.pause(0.05)
    raise AssertionError(f"{text!r} did not come:\n{visitor.screen_text}")


async def test_what_another_visit_does_shows_and_the_pointer_stays_on_its_event(visit: Visit) -> None:
    store = demo_store()
    async with (
        visit(signed_in=IBERIA, store=lambda: store) as other,
        visit(signed_in=IBERIA, store=lambda: store) as me,
    ):
        desk = other.app.session.desk
        assert desk is not None
        act(desk, "First thing.")
        act(desk, "Second thing.")
        me.app.push_screen(AuditScreen())
        await me.settle()
        await me.press("down")
        events = me.app.screen.query_one(HeldList)
        assert events.current is not None
        pointed = events.current.key
        await me.app.session.ask(act, desk, "Third thing.")
        await until(me, "Third thing.")
        assert events.current is not None
        assert events.current.key == pointed


async def test_an_event_opens_in_full_and_the_trail_is_saved(visit: Visit, tmp_path: Path) -> None:
    store = demo_store()
    async with visit(signed_in=IBERIA, store=lambda: store) as me:
        desk = me.app.session.desk
        assert desk is not None
        act(desk, "Only thing.")
        me.app.push_screen(AuditScreen())
        await me.settle()
        await me.press("enter")
        assert isinstance(me.app.screen, AuditEventScreen)
        assert trail(desk).rows[0].event.hash in me.screen_text
        await me.press("escape", "f7", "enter")
        assert list((tmp_path / "saved").glob("*.csv"))


async def test_news_of_fewer_rows_keeps_the_pointer_in_sight(visit: Visit) -> None:
    async with visit() as me:  # no screen here answers what the list wants
        rows = WindowList[int]((Column("Number"),))
        await me.app.screen.mount(rows)
        rows.styles.height = 6
        await me.settle()
        rows.restart()
        rows.supply(rows._question, 0, [Row(n, (str(n),)) for n in range(40)], 40)
        rows.action_last()
        rows.restart(keep=True)
        rows.supply(rows._question, 0, [Row(n, (str(n),)) for n in range(4)], 4)
        assert rows.cursor == 3
        assert rows.top <= rows.cursor < rows.top + rows.room

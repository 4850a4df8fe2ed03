"""Where nothing may be saved on a machine, no screen offers it, and each says what to do instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from billing.documents import NoPrinter
from billing.language import NAMES
from tests.conftest import IBERIA, MARTA, Visit, Visitor
from tests.screens.test_center import Tray
from tests.screens.test_every_screen import ROUTES
from tui.widgets.key_bar import KeyBar

SAID = {"en": "Nothing is saved or printed here.", "es": "Aquí no se guarda ni se imprime nada."}


def keys(visitor: Visitor) -> set[str]:
    return {key for key, _ in visitor.app.screen.query_one(KeyBar).keys}


def said(visitor: Visitor) -> str:
    return " ".join(visitor.screen_text.replace("│", " ").split())


def fits(visitor: Visitor) -> bool:
    shown = visitor.screen_text.split("\n")[-1]
    return all(key in shown and word in shown for key, word in visitor.app.screen.query_one(KeyBar).keys)


@pytest.mark.parametrize("lang", NAMES)
async def test_documents_go_by_mail_instead(visit: Visit, lang: str) -> None:
    async with visit(lang=lang, signed_in=MARTA, exports=None, printer=None) as visitor:
        for route in ("history", "invoice"):
            await visitor.press(*ROUTES[route][1])
            assert not keys(visitor) & {"F7", "F8"}
            assert "F9" in keys(visitor)
            assert fits(visitor)
            screen = visitor.app.screen
            for key in ("f7", "f8"):
                await visitor.press(key)
                assert visitor.app.screen is screen
                assert SAID[lang] in said(visitor)
            await visitor.press("f9")
            assert "#to" in (visitor.app.screen.AUTO_FOCUS or "")
            await visitor.press("escape")
            await visitor.press("escape")


async def test_lists_are_told_to_be_saved_elsewhere(visit: Visit) -> None:
    for person, route in ((MARTA, "statement"), (IBERIA, "audit")):
        async with visit(signed_in=person, exports=None) as visitor:
            await visitor.press(*ROUTES[route][1])
            screen = visitor.app.screen
            assert "F7" not in keys(visitor)
            await visitor.press("f7")
            assert visitor.app.screen is screen
            assert "Nothing is saved here." in said(visitor)


async def test_a_machine_with_a_printer_still_prints_and_names_mail_where_it_cannot(visit: Visit) -> None:
    for tray, answer in ((Tray(), "Sent to Office"), (Tray(NoPrinter()), "Nothing was printed. Have the")):
        async with visit(signed_in=MARTA, exports=None, printer=lambda tray=tray: tray) as visitor:
            await visitor.press("enter", "f8")
            if answer.startswith("Sent"):
                await visitor.press("enter")
            assert answer in said(visitor)


async def test_nothing_changes_where_saving_is_possible(visit: Visit, tmp_path: Path) -> None:
    async with visit(signed_in=MARTA, exports=tmp_path) as visitor:
        await visitor.press("f3")
        assert {"F7", "F8"} <= keys(visitor)
        assert "F9" not in keys(visitor)

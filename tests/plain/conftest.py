"""The demonstration's services, each test with a store of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from screens.session import Services
from tui.demo.stage import DEMO_PEOPLE, demo_clock, demo_store
from tui.wiring import services


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """As over SSH: nothing is saved or printed here; mail is read in the demonstration's mailbox."""
    for name in ("VENTANILLA_SMTP_URL", "VENTANILLA_MAIL_FOLDER", "VENTANILLA_STRIPE_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    store = demo_store()
    wired = services(lambda: store, clock=demo_clock(), demo_people=DEMO_PEOPLE)
    yield replace(wired, exports=None, printer=None)
    wired.end_threads(wait=True)
    store.close()

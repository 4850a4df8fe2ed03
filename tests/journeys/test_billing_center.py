"""What a billing contact does in the Billing Center, each as a whole story through the real program, by keys alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import LUIS, MARTA
from tests.journeys.terminal import Terminal
from tests.journeys.test_counter import sign_in


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An empty home, with a printer that keeps what it is given."""
    (tmp_path / "Downloads").mkdir()
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, script in {
        "lpstat": 'case "$1" in -d) echo "system default destination: Office";; *) echo "Office";; esac',
        "lp": f'cat > {tmp_path}/printed.pdf; for a in "$@"; do [ -f "$a" ] && cp "$a" {tmp_path}/printed.pdf; done; '
        'echo "request id is Office-7 (1 file(s))"',
    }.items():
        tool = tools / name
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    return {
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "PATH": f"{tools}:{os.environ['PATH']}",
    }


@pytest.fixture
def counter(home: dict[str, str]) -> Iterator[Terminal]:
    """The demonstration, with its billing contact signed in."""
    with Terminal(["demo", "--as-of", "2026-11-23", "--lang", "en"], env=home) as terminal:
        sign_in(terminal, MARTA, wait="F-2026-000262")
        yield terminal


def walk(terminal: Terminal, *steps: tuple[str, str]) -> str:
    """Press a key, wait for what it shows; and so on."""
    shown = ""
    for key, wanted in steps:
        terminal.press(key)
        shown = terminal.wait_for(wanted)
    return shown


def test_add_a_plan(counter: Terminal) -> None:
    walk(
        counter, ("f6", "Renews 31 May 2027"), ("f3", "› Unattended Access"), ("enter", "Coupon, if you have one"),
        ("enter", "Next invoices"), ("enter", "Invoice F-2026-000276 was issued"),
        ("escape", "Renews 23 Dec 2026"), ("escape", "and 2 more plans"),
    )  # fmt: skip


def test_upgrade_with_proration(counter: Terminal) -> None:
    """10 of the period's 30 days are left: 6 x 79.00 x 10/30 is credited, 8 x 79.00 x 10/30 charged."""
    walk(counter, ("f6", "Renews 3 Dec 2026"), ("f4", "Change the licences"))
    walk(counter, ("up", "7"), ("up", "8"), ("enter", "To pay now: €63.73, with tax"))
    counter.wait_for("-€158.00", "€210.67")
    walk(counter, ("enter", "Invoice F-2026-000276 was issued: €63.73"), ("enter", "Cliente"))
    walk(counter, ("pagedown", "10 de 30 días"))


def test_schedule_a_downgrade_and_undo_it(counter: Terminal) -> None:
    walk(
        counter, ("f6", "Renews 3 Dec 2026"), ("f6", "› Unattended Access"), ("enter", "Next invoices"),
        ("enter", "The change is noted"), ("escape", "Changes 3 Dec 2026"), ("enter", "› Take the waiting change back"),
        ("enter", "Next invoices"), ("enter", "Enter Done"), ("escape", "Renews 3 Dec 2026"),
    )  # fmt: skip


def test_monthly_to_yearly(counter: Terminal) -> None:
    walk(
        counter, ("f6", "Renews 3 Dec 2026"), ("enter", "› Change the plan"), ("down", "› Change the licences"),
        ("down", "› Change the frequency"), ("enter", "weekly"), ("down", "› €237.00"), ("down", "› €434.50"),
        ("down", "› €790.00 per licence, yearly"), ("enter", "On today's invoice"),
    )  # fmt: skip
    assert "To pay now: €" in counter.text
    walk(counter, ("enter", "Next renewal: 23 Nov 2027"))


def test_add_licences_from_the_plans_own_menu(counter: Terminal) -> None:
    walk(
        counter, ("f6", "Renews 3 Dec 2026"), ("enter", "› Change the plan"), ("down", "› Change the licences"),
        ("enter", "Enter Preview"), ("up", "7"), ("enter", "On today's invoice"),
        ("enter", "Invoice F-2026-000276 was issued"),
    )  # fmt: skip


def test_cancel_and_undo(counter: Terminal) -> None:
    walk(
        counter, ("f6", "Renews 3 Dec 2026"), ("enter", "› Change the plan"), ("down", "› Change the licences"),
        ("down", "› Change the frequency"), ("down", "› Cancel the plan"), ("enter", "› I would rather not say"),
        ("enter", "No more invoices"), ("enter", "The plan was cancelled"), ("escape", "Ends on 2 Dec 2026"),
        ("enter", "› Take the cancellation back"), ("enter", "Next invoices"), ("enter", "Enter Done"),
        ("escape", "Renews 3 Dec 2026"),
    )  # fmt: skip


def test_a_failed_payment_is_recovered_with_another_card(counter: Terminal) -> None:
    """A card without funds is added and refused; the one that was there pays."""
    walk(counter, ("f4", "Payment methods"), ("enter", "Visa •••• 4242"), ("f3", "Add"), ("enter", "http://127.0.0.1:"))
    walk(
        counter,
        ("f4", "╭─ ok"),
        ("down", "› mastercard"),
        ("down", "› no-funds"),
        ("enter", "Added: Visa •••• 9995."),
    )
    walk(counter, ("down", "› Visa •••• 9995"), ("f7", "9995"))
    walk(counter, ("escape", "Your plan"))
    walk(counter, ("f9", "9995 (default)"), ("enter", "declined"), ("escape", "What is paid"))
    walk(counter, ("left", "With ‹ Visa •••• 4242"), ("f9", "Paid: €286.77"))


def test_part_payment(counter: Terminal) -> None:
    walk(counter, ("f9", "› [x]  F-2026-000262"), ("f4", "Pay a part"), ("25", "25"), ("enter", "1 invoice: €25.00"))
    walk(counter, ("enter", "Paid: €25.00"), ("enter", "€261.77"))


def test_print_and_mail_an_invoice(counter: Terminal, home: dict[str, str]) -> None:
    walk(counter, ("enter", "Cliente"), ("f8", "Office"), ("enter", "Office-7"))
    assert (Path(home["HOME"]) / "printed.pdf").read_bytes().startswith(b"%PDF")
    counter.press("escape")
    walk(counter, ("f9", "To ‹ marta@acme.example"), ("enter", "goes to marta@acme.example"))


def test_statement(counter: Terminal, home: dict[str, str]) -> None:
    counter.press("f4")
    counter.wait_for("Statement")
    counter.press("down", "down", "enter")
    walk(counter, ("", "Closing balance, 23 Nov 2026: €286.77"), ("f7", "Save the statement"), ("enter", "Saved:"))
    (saved,) = (Path(home["HOME"]) / "Downloads").glob("extracto-*.txt")
    assert "286,77" in saved.read_text()


def test_a_member_writes_to_the_billing_contact(home: dict[str, str]) -> None:
    with Terminal(["demo", "--as-of", "2026-11-23", "--lang", "en"], env=home) as terminal:
        sign_in(terminal, LUIS, wait="Marta Ruiz Peña")
        walk(terminal, ("enter", "To: Marta Ruiz Peña"), ("f9", "Sent to Marta Ruiz Peña"))

"""Opening the full-screen counter on this machine: on one's own store, or on the demonstration's data."""

from __future__ import annotations

import argparse
import gc
import os
import sys

from billing.errors import N_, Refusal
from billing.language import Language


class NoTerminal(Refusal):
    """Standard input or error, which Textual draws on, is not a terminal."""

    message = N_("The counter needs a terminal to open in. Run it in one, without redirecting input or output.")


def visit(options: argparse.Namespace, language: Language) -> int:
    """Show the counter until the person leaves; 0, or 1 after a fault."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise NoTerminal
    _calm_textual()
    # Starting makes many objects and no garbage; the app lets the collector go once it has painted.
    gc.disable()
    from tui.look import fitting
    from tui.wiring import OpenOnce, default_store_url, own_store, sandbox_journal, services

    look = fitting(os.environ, options.colours or "", options.lines or "")
    os.environ.pop("NO_COLOR", None)
    if options.command == "demo":
        from tui.demo.stage import DEMO_PEOPLE, demo_clock, demo_store, present_clock
        from tui.wiring import system_clock

        clock = demo_clock(options.as_of) if options.as_of else present_clock(system_clock)
        store = OpenOnce(lambda: demo_store(clock().date()))
        provided = services(store, clock=clock, demo_people=DEMO_PEOPLE)
    else:
        store = OpenOnce(own_store(options.store or default_store_url()))
        provided = services(store, sandbox_journal=sandbox_journal(), desk_door=options.command == "desk")
    if getattr(options, "tour", False):
        from tui.tour.show import show

        try:
            return show(provided, language, look, options.pace)
        finally:
            store.close()
    from tui.app import Ventanilla
    from tui.local_driver import LocalDriver

    app = Ventanilla(provided, language, look, driver_class=LocalDriver)
    try:
        app.run(mouse=False)
    finally:
        store.close()
    return app.return_code or 0


def _calm_textual() -> None:
    """Nothing moves without a reason: no animation, no smooth scrolling. Read by Textual when it is imported."""
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    os.environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")

"""Opening the full-screen counter on this machine: on one's own store, or on the demonstration's data."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from billing.errors import N_, Refusal
from billing.language import Language

if TYPE_CHECKING:
    from screens.session import Services
    from tui.app import Ventanilla
    from tui.look import Look
    from tui.tour.show import Tour
    from tui.wiring import OpenOnce


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

    look = fitting(os.environ, options.colours or "", options.lines or "")
    os.environ.pop("NO_COLOR", None)
    if getattr(options, "reset_after", None):
        from tui.demo.stand import again_and_again

        return again_and_again(partial(_show, options, language, look))
    return _show(options, language, look)


def _show(options: argparse.Namespace, language: Language, look: Look) -> int:
    """One program, from its first screen to its last; its exit code."""
    provided, store = _provide(options)
    from tui.local_driver import LocalDriver

    driver: Any = LocalDriver
    tour = None
    if getattr(options, "tour", False):
        from tui.tour.show import Tour

        tour = Tour(options.pace)
        driver = tour.driver
    app = _app(options, tour)(provided, language, look, driver_class=driver)
    if tour is not None:
        tour.begin_on(app)
    try:
        app.run(mouse=False)
    finally:
        store.close()
        provided.end_threads()
    code = app.return_code or 0
    if app.another_follows:
        app.take_apart()
    return code


def _provide(options: argparse.Namespace) -> tuple[Services, OpenOnce]:
    """The services of a visit, and the store behind them."""
    from tui.wiring import OpenOnce, default_store_url, own_store, sandbox_journal, services

    if options.command == "demo":
        from tui.demo.stage import DEMO_PEOPLE, demo_clock, demo_store, present_clock
        from tui.wiring import system_clock

        standing = options.as_of or options.tour  # the tour tells of what its data shows on its own day
        clock = demo_clock(options.as_of) if standing else present_clock(system_clock)
        store = OpenOnce(lambda: demo_store(clock().date()))
        return services(store, clock=clock, demo_people=DEMO_PEOPLE), store
    store = OpenOnce(own_store(options.store or default_store_url()))
    return services(store, sandbox_journal=sandbox_journal(), desk_door=options.command == "desk"), store


def _app(options: argparse.Namespace, tour: Tour | None) -> Callable[..., Ventanilla]:
    """The counter; where visitors follow one another, one that ends when its visitor has gone."""
    if minutes := getattr(options, "reset_after", None):
        from tui.demo.stand import Stand

        return partial(Stand, after=60.0 * minutes, tour=tour)
    from tui.app import Ventanilla

    return Ventanilla


def _calm_textual() -> None:
    """Nothing moves without a reason: no animation, no smooth scrolling. Read by Textual when it is imported."""
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    os.environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")

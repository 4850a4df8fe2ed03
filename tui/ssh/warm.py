"""What the first person would wait for, done before anybody is let in."""

from __future__ import annotations

import pkgutil
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from billing.language import NAMES, Language
from tui.app import Ventanilla
from tui.look import fitting
from tui.sheet import written
from tui.ssh.driver import ChannelDriver
from tui.ssh.together import live_together

if TYPE_CHECKING:
    from screens.session import Services

_TERMINALS = ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, {"TERM": "linux"})
"""Most people's, and one with sixteen colours."""


def load_screens() -> None:
    """Import every screen, its rules, and the drawing of documents. Not on the loop."""
    import screens

    for file in Path(screens.__path__[0]).rglob("*.tcss"):
        written(str(file))
    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        import_module(module.name)
    import_module("gateways.documents.local")


async def warm_up(services: Services) -> None:
    """Draw the front door for nobody, in each language: rules are parsed, catalogues read, colours remembered."""
    live_together()
    for language in NAMES:
        for terminal in _TERMINALS:
            driver = partial(ChannelDriver, send=_nowhere, hold=_nowhere, true_colour=True)
            app = Ventanilla(
                services, Language(language), fitting(terminal), away=True, driver_class=cast("Any", driver)
            )  # fmt: skip
            app.ready = app.exit
            await app.run_async(size=(80, 24), mouse=False)
            app.take_apart()


def _nowhere(given: object) -> None:
    del given

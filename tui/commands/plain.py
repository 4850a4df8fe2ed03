"""`plain`: the counter line by line, for screen readers, braille lines, teletypes and expect scripts."""

from __future__ import annotations

import os
import sys
from datetime import date
from typing import TYPE_CHECKING

from billing.errors import N_, Refusal
from tui.commands.call import Call
from tui.commands.exits import INTERRUPTED, REFUSED
from tui.commands.words import LateParser, day, place

if TYPE_CHECKING:
    from screens.session import Services
    from tui.wiring import OpenOnce


class NotByAnother(Refusal):
    """A conversation that somebody else's process would have to lead."""

    message = N_("The counter line by line reads this terminal itself. Nothing was done. Run it by itself.")


def words(topic: str, parser: LateParser) -> None:
    """The words after `plain`."""
    del topic
    parser.does(_plain, place)
    parser.add_argument("--demo", action="store_true", help="on the demonstration's data; nothing is kept")
    parser.add_argument("--as-of", type=day, metavar="DAY", help="with --demo: the day it takes place on")
    parser.add_argument("--desk", action="store_true", help="with the door for the vendor's representatives")


def _plain(call: Call) -> int:
    import asyncio

    from screens.session import Session
    from tui.crash import log_folder, record_crash
    from tui.look import fitting
    from tui.plain.local_line import LocalLine
    from tui.plain.talk import converse
    from tui.wiring import OpenOnce, default_store_url, own_store, sandbox_journal, services

    if not call.streams.own:
        raise NotByAnother
    o = call.options
    if o.demo:
        store, provided = _demonstration(o.as_of)
    else:
        store = OpenOnce(own_store(o.store or default_store_url()))
        provided = services(store, clock=call.clock, sandbox_journal=sandbox_journal(), desk_door=o.desk)
    session = Session(provided, call.language, fitting(os.environ, "none", "ascii"))
    try:
        return asyncio.run(converse(LocalLine(), session))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return INTERRUPTED
    except (Refusal, BrokenPipeError):
        raise
    except Exception as fault:
        sys.stderr.write(f"{record_crash(fault, session.language, log_folder())}\n")
        return REFUSED
    finally:
        store.close()


def _demonstration(as_of: date | None) -> tuple[OpenOnce, Services]:
    from tui.demo.stage import DEMO_PEOPLE, demo_clock, demo_store, present_clock
    from tui.wiring import OpenOnce, services, system_clock

    clock = demo_clock(as_of) if as_of else present_clock(system_clock)
    store = OpenOnce(lambda: demo_store(clock().date()))
    return store, services(store, clock=clock, demo_people=DEMO_PEOPLE)

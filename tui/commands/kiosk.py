"""`kiosk`: the counter on a terminal that anybody walks up to, which only its operator closes."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from billing.errors import N_, Refusal
from tui.commands.call import Call
from tui.commands.exits import DONE
from tui.commands.words import LateParser, pace, place, positive

if TYPE_CHECKING:
    from tui.kiosk.operator import OperatorCode

CODE, AGAIN = N_("Operator's code ({least} characters or more): "), N_("Once more: ")
KEPT = N_(
    "The operator's code is in {file}. At the kiosk, while nobody is signed in, press F12 three times and type it."
)


class NotByAnother(Refusal):
    """Somebody else's process cannot keep this terminal."""

    message = N_("A kiosk needs a terminal of its own. Nothing was started. Run it in one, without redirecting input "
                 "or output.")  # fmt: skip


def words(topic: str, parser: LateParser) -> None:
    """The words after `kiosk`."""
    del topic
    parser.does(_kiosk, place)
    parser.add_argument("--set-code", action="store_true", help="make the operator's code, which closes the kiosk")
    parser.add_argument("--code-file", metavar="FILE", help="where the code's hash is (default: in your data folder)")
    parser.add_argument("--idle", type=positive, default=120, metavar="SECONDS", help="without a key (default: 120)")
    parser.add_argument(
        "--notice", type=positive, default=30, metavar="SECONDS", help="then, before the visit ends (default: 30)"
    )
    parser.add_argument("--longest", type=positive, default=30, metavar="MINUTES", help="of one visit (default: 30)")
    parser.add_argument(
        "--page", type=positive, default=8, metavar="SECONDS", help="each page while nobody is there (default: 8)"
    )
    parser.add_argument("--no-tour", action="store_true", help="pages only: nothing that moves while nobody is there")
    parser.add_argument("--pace", type=pace, default=1.0, metavar="N", help="of the tour: 2 is twice as slow")
    parser.add_argument("--no-printer", action="store_true", help="offer no printing")
    parser.add_argument("--demo", action="store_true", help="on the demonstration's data; nothing is kept")


def _code(call: Call) -> OperatorCode:
    from gateways.passwords import Argon2Passwords
    from tui.kiosk.operator import OperatorCode
    from tui.wiring import data_folder

    named = call.options.code_file
    return OperatorCode(Path(named).expanduser() if named else data_folder() / "kiosk_code", Argon2Passwords())


def _kiosk(call: Call) -> int:
    if not (call.streams.own and sys.stdin.isatty() and sys.stderr.isatty()):
        raise NotByAnother
    code = _code(call)
    if call.options.set_code:
        return _set(call, code)
    code.require()
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    os.environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")
    os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"  # the console would print its words
    import gc

    # Loaded here, where each counter that is started anew finds it.
    import tui.kiosk.app
    import tui.kiosk.driver
    import tui.kiosk.rounds
    import tui.wiring  # noqa: F401
    from tui.kiosk.supervisor import Supervisor

    gc.freeze()
    return Supervisor(partial(_counter, call, code), call.language).run()


def _set(call: Call, code: OperatorCode) -> int:
    from tui.kiosk.operator import SHORTEST

    typed = call.streams.secret(call.say(CODE, least=SHORTEST))
    code.make(typed, call.streams.secret(call.say(AGAIN)))
    file = code.file
    call.streams.stdout.write(f"{call.say(KEPT, file=str(file))}\n")
    return DONE


def _counter(call: Call, code: OperatorCode) -> int:
    """One counter, in a process of its own, until it ends; its exit code."""
    from dataclasses import replace

    from tui.crash import log_folder, record_crash
    from tui.kiosk.app import Kiosk, Timing
    from tui.kiosk.driver import KioskDriver
    from tui.kiosk.rounds import Rounds, Showing
    from tui.look import fitting
    from tui.wiring import OpenOnce, default_store_url, own_store, sandbox_journal, services

    o = call.options
    look = fitting(os.environ, o.colours or "", o.lines or "")
    os.environ.pop("NO_COLOR", None)
    if o.demo:
        from tui.demo.stage import DEMO_PEOPLE, demo_store, present_clock

        clock = present_clock(call.clock)
        store = OpenOnce(lambda: demo_store(clock().date()))
        provided = services(store, clock=clock, demo_people=DEMO_PEOPLE)
    else:
        store = OpenOnce(own_store(o.store or default_store_url()))
        provided = services(store, clock=call.clock, sandbox_journal=sandbox_journal())
    printer = None if o.no_printer else provided.printer
    provided = replace(provided, exports=None, printer=printer, desk_door=False, source="kiosk")
    timing = Timing(o.idle, o.notice, 60.0 * o.longest, o.page)
    driver = partial(KioskDriver, console=os.environ.get("TERM") == "linux")
    try:
        rounds = None if o.no_tour else Rounds(Showing(o.page, o.pace))
        app = Kiosk(provided, call.language, look, code, timing, rounds, driver_class=cast("type", driver))
        app.run(mouse=False)
        return app.return_code or 0
    except Exception as fault:
        record_crash(fault, call.language, log_folder())
        return 1
    finally:
        store.close()

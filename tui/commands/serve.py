"""`serve`: the counter for many people at once, over SSH."""

from __future__ import annotations

import argparse
import ipaddress
import socket
from contextlib import ExitStack
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING

from billing.errors import N_, Refusal
from tui.commands.call import Call
from tui.commands.exits import NotUnderstood
from tui.commands.words import LateParser, day, natural, place, positive
from tui.ssh.limits import Limits

if TYPE_CHECKING:
    from billing.desk import Clock


class PortTaken(Refusal):
    """Nothing can listen there."""

    message = N_("Nobody can be let in at {address} port {port}: {reason}. Nothing was started.")


class BannerUnreadable(Refusal):
    """The text to be said first cannot be read."""

    message = N_("The text {file} cannot be read: {reason}. Nothing was started.")


class OwnDataStays(NotUnderstood):
    """A person's own data is to begin anew, or on another day."""

    message = N_(
        "--reset-after and --as-of go with --demo: your own data does not begin anew, nor on another day. "
        "Nothing was started."
    )


class NotForSeveral(Refusal):
    """Several processes cannot serve that store."""

    message = N_(
        "The data at {place} belongs to one process at a time. Nothing was started. Leave out --workers, or move the "
        "data to a store several processes can open, such as sqlite:PATH."
    )


def words(topic: str, parser: LateParser) -> None:
    """The words after `serve`."""
    del topic
    parser.does(_serve, place)
    limits = Limits()
    parser.add_argument(
        "--address",
        default="127.0.0.1",
        help="where to listen; :: for everybody (default: 127.0.0.1, or what the service manager hands over)",
    )
    parser.add_argument("--port", type=_port, default=2222, metavar="N", help="the port; 0 for any (default: 2222)")
    parser.add_argument("--host-key", metavar="FILE", help="the server's own key, made where it is missing")
    parser.add_argument("--banner", metavar="FILE", help="a text said before anybody signs in")
    parser.add_argument("--no-desk", action="store_true", help="no door for the vendor's representatives")
    parser.add_argument(
        "--workers", type=positive, default=1, metavar="N", help="processes that people are shared over (default: 1)"
    )
    for name, most, what in (
        ("--people", limits.people, "connections at a time"),
        ("--from-one", limits.from_one, "of one address"),
        ("--burst", limits.burst, "new ones of one address at once"),
    ):
        parser.add_argument(name, type=positive, default=most, metavar="N", help=f"{what} (default: {most})")
    parser.add_argument("--idle", type=positive, default=30, metavar="MINUTES", help="without a key (default: 30)")
    parser.add_argument("--notice", type=natural, default=30, metavar="SECONDS", help="before closing (default: 30)")
    parser.add_argument(
        "--jobs", type=_hour, metavar="HH:MM", help="do the daily work from that hour on, and send mail every minute"
    )
    parser.add_argument("--health", type=_port, metavar="PORT", help="answer /health and /metrics on 127.0.0.1")
    parser.add_argument(
        "--balancer", type=_network, action="append", default=[], metavar="NET",
        help="an address or network that begins each connection with a PROXY header; once for each",
    )  # fmt: skip
    levels = ("warning", "info", "debug")
    parser.add_argument("--log", choices=levels, default="warning", help="what is logged (default: from warning on)")
    parser.add_argument("--demo", action="store_true", help="on the demonstration's data; nothing is kept")
    parser.add_argument("--as-of", type=day, metavar="DAY", help="with --demo: the day it begins on (default: today)")
    parser.add_argument("--reset-after", type=positive, metavar="MINUTES", help="with --demo: begin it anew")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > 65535:
        raise argparse.ArgumentTypeError("must be a port, 0 to 65535")
    return int(text)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be an address or a network such as 10.0.0.0/24") from None


def _hour(text: str) -> time:
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise argparse.ArgumentTypeError("must be an hour of the day such as 04:30") from None


def _banner(name: str) -> str:
    try:
        return Path(name).expanduser().read_text(encoding="utf-8")
    except (OSError, ValueError) as fault:
        raise BannerUnreadable(file=name, reason=getattr(fault, "strerror", None) or fault) from fault


def _serve(call: Call) -> int:
    import asyncio
    import os

    from storage.registry import for_several
    from tui.serving.log import logged
    from tui.serving.server import Server, Settings
    from tui.serving.service_manager import handed_socket
    from tui.ssh.host_key import host_key
    from tui.wiring import default_store_url, host_key_file

    os.environ.pop("NO_COLOR", None)  # this machine's wish, nobody else's: Textual looks at it for every app
    o = call.options
    limits = Limits(
        people=o.people,
        from_one=min(o.from_one, o.people),
        waiting=max(100, o.burst),
        waiting_from_one=max(20, o.burst),
        burst=o.burst,
        per_second=max(2.0, o.burst / 30),
    )
    if (o.reset_after or o.as_of) and not o.demo:
        raise OwnDataStays
    url = "" if o.demo else o.store or default_store_url()
    if o.workers > 1 and not for_several(url):
        raise NotForSeveral(place=url or "--demo")
    key_file = Path(o.host_key).expanduser() if o.host_key else host_key_file()
    settings = Settings(
        store_url=url,
        limits=limits,
        workers=o.workers,
        host_key=str(key_file),
        log=o.log,
        banner=_banner(o.banner) if o.banner else "",
        desk=not o.no_desk,
        idle=60.0 * o.idle,
        notice=float(o.notice),
        reset_after=60.0 * (o.reset_after or 0),
        jobs=o.jobs,
        balancers=tuple(o.balancer),
    )
    key = host_key(key_file)
    with ExitStack() as sockets, logged(o.log):
        listening = sockets.enter_context(handed_socket() or _listening(o.address, o.port))
        answering = None if o.health is None else sockets.enter_context(_listening("127.0.0.1", o.health))
        return asyncio.run(Server(settings, listening, [key], _clock(call), call.say, answering).run())


def _clock(call: Call) -> Clock:
    if call.options.as_of is None:
        return call.clock
    from tui.demo.stage import clock_from

    return clock_from(call.options.as_of, call.clock)


def _listening(address: str, port: int) -> socket.socket:
    from tui.ssh.door import listening_socket

    try:
        return listening_socket(address, port)
    except OSError as fault:
        raise PortTaken(address=address, port=port, reason=fault.strerror or str(fault)) from fault

"""The server's life: open the data, let people in, close with notice."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import time
from functools import partial
from typing import TYPE_CHECKING

from billing.errors import N_
from tui.owner.place import socket_file
from tui.owner.server import OwnerSocket
from tui.serving.channel import Figures, Orders
from tui.serving.garbage import collect_in_turns, collect_little, collect_when_quiet
from tui.serving.health import Health, measure_delays
from tui.serving.jobs import DailyJobs, results_file
from tui.serving.service_manager import ServiceManager
from tui.serving.shards import Shards
from tui.ssh.door import Door, Network
from tui.ssh.front import Front
from tui.ssh.house import House
from tui.ssh.limits import Crowd, Limits
from tui.ssh.meters import Meters
from tui.ssh.visit import END_WITHIN
from tui.ssh.warm import load_screens, warm_up
from tui.wiring import OpenOnce, own_store, sandbox_journal, services

if TYPE_CHECKING:
    import asyncssh

    from billing.desk import Clock
    from screens.session import Services

OPEN = N_("Open at {address} port {port}. Host key {fingerprint}. Stop with Ctrl+C.")
WATCHED = N_("Health and figures for programs of this machine at http://127.0.0.1:{port}/health and /metrics.")
CLOSED = N_("Closed.")
ANEW = N_("The demonstration begins anew. Come back in.")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decided. Times are in seconds."""

    store_url: str
    """Empty for the demonstration's data."""
    limits: Limits
    workers: int = 1
    """Processes that people are shared over."""
    host_key: str = ""
    """The key's file, for processes that are told to use it."""
    log: str = "warning"
    banner: str = ""
    desk: bool = True
    idle: float = 1800.0
    notice: float = 30.0
    reset_after: float = 0.0
    balancers: tuple[Network, ...] = ()
    """Whose connections begin with a PROXY header."""
    jobs: time | None = None
    """When the daily work is done, in the vendor's time zone; None where the server does none of it."""


class Server:
    """One `ventanilla serve`."""

    def __init__(
        self,
        settings: Settings,
        listening: socket.socket,
        host_keys: Sequence[asyncssh.SSHKey],
        clock: Clock,
        say: Callable[..., str],
        answering: socket.socket | None = None,
    ) -> None:
        """`answering` is where programs ask how the server is, if anywhere; it must be a loopback address."""
        self._settings, self._listening, self._keys, self._answering = settings, listening, host_keys, answering
        self._clock, self._say = clock, say
        self._stop = asyncio.Event()

    async def run(self) -> int:
        """Serve until SIGTERM or SIGINT; 0."""
        loop, settings = asyncio.get_running_loop(), self._settings
        provided, store = self._provide()
        beside: list[asyncio.Task[None]] = []
        health: Health | None = None
        owning, manager = ExitStack(), ServiceManager()
        try:
            await loop.run_in_executor(provided.executor, store)  # where it cannot be opened, it says so now
            for sign in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(sign, self._stop.set)
            crowd = Crowd(settings.limits)
            house = House(provided, crowd, banner=settings.banner, idle=settings.idle)
            counted = partial(deepcopy, house.meters)
            inside: Front | Shards
            ready: Callable[[], bool] = partial(bool, True)
            if settings.workers > 1:
                inside = shards = Shards(self._orders(), settings.workers, crowd)
                ready = partial(getattr, shards, "ready")
                counted = partial(_together, house.meters, shards)
            else:
                await loop.run_in_executor(provided.executor, load_screens)
                await warm_up(provided)
                await loop.run_in_executor(provided.executor, collect_little)
                inside = Front(house, None, self._keys)
                beside += [loop.create_task(task) for task in (collect_in_turns(), collect_when_quiet(house))]
            await inside.open()
            beside.append(loop.create_task(measure_delays(house.meters)))
            door = Door(self._listening, crowd, house.meters, settings.balancers, inside.let_in)
            door.open()
            if file := socket_file(settings.store_url):
                owning.enter_context(OwnerSocket(file, store, provided.clock, provided.payments).open())
            if settings.reset_after:
                beside.append(loop.create_task(self._begin_anew(house, store)))
            address = self._listening.getsockname()[0]
            jobs = self._jobs(provided, store)
            if self._answering is not None:
                health = Health(crowd, counted, store, jobs.results if jobs else dict, ready)
                await health.open(self._answering)
            self._tell(OPEN, address=address, port=str(door.port), fingerprint=self._fingerprint())
            if self._answering is not None:
                self._tell(WATCHED, port=str(self._answering.getsockname()[1]))
            if jobs is not None:
                owning.callback(jobs.stop)
                jobs.start()
            manager.tell("READY=1")
            beside.append(loop.create_task(manager.reassure()))
            await self._stop.wait()
            manager.tell("STOPPING=1")
            if health is not None:
                health.draining = True
            door.close()
            await inside.close(settings.notice)
        finally:
            for task in beside:
                task.cancel()
            if health is not None:
                await health.close()
            await loop.run_in_executor(None, owning.close)
            await loop.run_in_executor(None, store.close)
            provided.end_threads()
        self._tell(CLOSED)
        return 0

    def _provide(self) -> tuple[Services, OpenOnce]:
        """The services of all visits. Nothing is saved on this machine for somebody at another."""
        settings = self._settings
        if settings.store_url:
            store = OpenOnce(own_store(settings.store_url))
            provided = services(store, clock=self._clock, sandbox_journal=sandbox_journal(), desk_door=settings.desk)
        else:
            from tui.demo.stage import DEMO_PEOPLE, demo_store, present_clock

            clock = present_clock(self._clock)
            store = OpenOnce(lambda: demo_store(clock().date()))
            provided = services(store, clock=clock, demo_people=DEMO_PEOPLE, desk_door=settings.desk)
        return replace(provided, exports=None, printer=None, desk_door=settings.desk), store

    def _orders(self) -> Orders:
        """What each of several processes is told."""
        own = self._settings
        return Orders(own.store_url, own.host_key, own.limits, own.banner, own.desk, own.idle, own.log)

    def _jobs(self, provided: Services, store: OpenOnce) -> DailyJobs | None:
        at, url = self._settings.jobs, self._settings.store_url
        if at is None:
            return None
        if not url:
            return DailyJobs(store, provided.clock, provided.payments, at, mail=False)
        return DailyJobs(store, provided.clock, provided.payments, at, file=results_file(url))

    async def _begin_anew(self, house: House, store: OpenOnce) -> None:
        """Begin the demonstration anew from time to time, when nobody is left in it."""
        while True:
            await asyncio.sleep(self._settings.reset_after)
            while house.visits:  # and whoever comes in meanwhile
                for visit in tuple(house.visits):
                    visit.leave(ANEW)
                await house.emptied(END_WITHIN)
            store.close()

    def _fingerprint(self) -> str:
        return ", ".join(key.get_fingerprint() for key in self._keys)

    def _tell(self, message: str, **values: object) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{self._say(message, **values)}\n")
            sys.stderr.flush()


def _together(meters: Meters, shards: Shards) -> Meters:
    """What the door and the processes behind it have counted."""
    counted = shards.counted()
    Figures.of(meters).add_to(counted)
    return counted

"""What a program of the machine learns of a server: whether to send people there, and its figures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import cast

import pytest
from prometheus_client.parser import text_string_to_metric_families

from billing.store import Store, StoreUnavailable
from screens.session import Services
from tests.billing.shop import Shop
from tui.serving import health as module
from tui.serving.health import LONGEST_QUESTION, Health, measure_delays
from tui.serving.jobs import Result
from tui.ssh.door import listening_socket
from tui.ssh.house import House
from tui.ssh.limits import Crowd, Limits
from tui.ssh.meters import Meters

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RESULTS = {
    "renew": Result(date(2026, 3, 1), NOON, NOON + timedelta(seconds=3), failed=False, message="x", values={}),
    "collect": Result(date(2026, 3, 1), NOON, NOON, failed=True, message="x", values={}),
}


@dataclass
class Asked:
    """A server's health, and how to ask it."""

    health: Health
    house: House
    port: int
    store: Store | StoreUnavailable
    ready: bool = True

    async def raw(self, question: bytes) -> bytes:
        """The whole answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(question)
        try:
            return await asyncio.wait_for(reader.read(), 20)
        except ConnectionResetError:
            return b""
        finally:
            writer.close()

    async def get(self, path: str, method: str = "GET") -> tuple[int, str]:
        """Status and content."""
        answer = await self.raw(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), body.decode()

    async def figures(self) -> dict[tuple[str, ...], float]:
        """Every figure, by its name and the values of its labels."""
        _, text = await self.get("/metrics")
        found = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
        return {(s.name, *(s.labels[name] for name in sorted(s.labels))): s.value for s in found}


@asynccontextmanager
async def asked() -> AsyncIterator[Asked]:
    """A server's health that is open."""
    house = House(cast("Services", None), Crowd(Limits()))

    def store() -> Store:
        if isinstance(made.store, StoreUnavailable):
            raise made.store
        return made.store

    health = Health(house.crowd, partial(deepcopy, house.meters), store, lambda: RESULTS, lambda: made.ready)
    listening = listening_socket("127.0.0.1", 0)
    made = Asked(health, house, listening.getsockname()[1], Shop().store)
    await health.open(listening)
    try:
        yield made
    finally:
        await health.close()


async def test_a_server_is_well_until_it_closes_or_its_store_is_away() -> None:
    async with asked() as it:
        assert await it.get("/health") == (200, "well\n")
        there, it.store = it.store, StoreUnavailable(place="x", reason="y")
        assert (await it.get("/health"))[0] == 503
        it.store = there
        assert (await it.get("/health"))[0] == 200
        it.ready = False
        assert await it.get("/health") == (503, "no process takes people\n")
        it.ready = True
        it.health.draining = True
        assert await it.get("/health") == (503, "draining\n")


async def test_figures_say_who_is_here_who_was_refused_and_what_became_of_visits() -> None:
    async with asked() as it:
        meters, crowd = it.house.meters, it.house.crowd
        for source in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
            crowd.enter(source)
            meters.connection("taken")
        crowd.proven("192.0.2.1")
        meters.connection("rate")
        meters.login("password", False)
        meters.login("key", True)
        for kind in ("terminal", "terminal", "files"):
            meters.opened(kind)
        meters.closed("terminal")
        meters.crashed()
        meters.sent(4096)
        meters.late(0.03)
        meters.late(99.0)
        found = await it.figures()
        assert found["ventanilla_connections_here",] == 3
        assert found["ventanilla_connections_waiting",] == 2
        assert found["ventanilla_connections_total", "taken"] == 3
        assert found["ventanilla_connections_total", "rate"] == 1
        assert found["ventanilla_logins_total", "refused", "password"] == 1
        assert found["ventanilla_logins_total", "proven", "key"] == 1
        assert (found["ventanilla_visits_total", "terminal"], found["ventanilla_visits_open", "terminal"]) == (2, 1)
        assert (found["ventanilla_visits_open", "files"], found["ventanilla_visits_crashed_total",]) == (1, 1)
        assert found["ventanilla_sent_bytes_total",] == 4096
        delays = {key[1]: value for key, value in found.items() if key[0] == "ventanilla_loop_delay_seconds_bucket"}
        assert (delays["0.025"], delays["0.05"], delays["10.0"], delays["+Inf"]) == (0, 1, 1, 2)
        assert (found["ventanilla_job_failed", "renew"], found["ventanilla_job_failed", "collect"]) == (0, 1)
        assert found["ventanilla_job_ended_timestamp_seconds", "renew"] == NOON.timestamp() + 3
        assert found["process_resident_memory_bytes",] > 0


async def test_the_loop_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WATCH_EVERY", 0.01)
    meters = Meters()
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(measure_delays(meters))
        while sum(meters.delays) < 3:
            await asyncio.sleep(0.01)
        watching.cancel()


async def test_nothing_else_is_answered_and_whoever_asks_too_much_or_too_slowly_is_let_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "ASKED_WITHIN", 0.2)
    async with asked() as it:
        assert (await it.get("/etc/passwd"))[0] == 404
        assert (await it.get("/metrics", "POST"))[0] == 405
        assert b" 405 " in (await it.raw(b"\r\n\r\n")).split(b"\r\n")[0]
        assert await it.raw(b"GET /" + b"a" * 4 * LONGEST_QUESTION) == b""
        assert await it.raw(b"GET /health HTTP/1.1\r\n") == b""
        assert (await it.get("/health"))[0] == 200

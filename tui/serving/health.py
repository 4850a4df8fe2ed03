"""Whether the server is well, and its figures: `/health` and `/metrics`, for programs of this machine alone."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING

from billing.errors import Refusal
from billing.vendor import Vendor
from tui.ssh.meters import DELAYS, Meters

if TYPE_CHECKING:
    from prometheus_client import Metric

    from billing.store import Store
    from tui.serving.jobs import Result
    from tui.ssh.limits import Crowd

_LOG = logging.getLogger(__name__)

ASKED_WITHIN = 5.0
"""Seconds in which whoever connects must have asked, and taken the answer."""

STORE_WITHIN = 5.0
"""Seconds in which the store must answer for the server to be well."""

LONGEST_QUESTION = 8 * 1024

WATCH_EVERY = 1.0
"""Seconds between two looks at how late the loop is."""


class Health:
    """Answers on a port of the loopback address. `draining` says that nobody new should be sent here."""

    def __init__(
        self,
        crowd: Crowd,
        counted: Callable[[], Meters],
        store: Callable[[], Store],
        results: Callable[[], Mapping[str, Result]],
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        """`counted` gives a copy of what was counted, which nobody changes any more; `ready`: can people come in."""
        self._crowd, self._counted, self._store, self._results = crowd, counted, store, results
        self._ready = ready
        self._server: asyncio.Server | None = None
        self.draining = False

    async def open(self, listening: socket.socket) -> None:
        """Begin to answer."""
        self._server = await asyncio.start_server(self._answer, sock=listening, limit=LONGEST_QUESTION)

    async def close(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(ASKED_WITHIN + STORE_WITHIN):
                head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), ASKED_WITHIN)
                writer.write(await self._response(head))
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as fault:
            _LOG.debug("health: %s", type(fault).__name__)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _response(self, head: bytes) -> bytes:
        method, path = (*head.split(b"\r\n", 1)[0].split(b" "), b"", b"")[:2]
        if method != b"GET":
            return _http("405 Method Not Allowed", b"GET only\n", "Allow: GET\r\n")
        match path:
            case b"/health":
                why = await self._unwell()
                return _http("503 Service Unavailable", f"{why}\n".encode()) if why else _http("200 OK", b"well\n")
            case b"/metrics":
                from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

                text = await asyncio.get_running_loop().run_in_executor(None, self._written())
                return _http("200 OK", text, content_type=CONTENT_TYPE_PLAIN_0_0_4)
            case _:
                return _http("404 Not Found", b"/health or /metrics\n")

    async def _unwell(self) -> str:
        """Why nobody should be sent here; empty where all is well. The loop is: it asks."""
        if self.draining:
            return "draining"
        if not self._ready():
            return "no process takes people"
        try:
            await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(None, self._look), STORE_WITHIN)
        except TimeoutError:
            return "the store does not answer"
        except Refusal as refusal:
            return f"the store: {type(refusal).__name__}"
        return ""

    def _look(self) -> None:
        with self._store().read() as books:
            books.get(Vendor, Vendor.ID)

    def _written(self) -> Callable[[], bytes]:
        """The figures of this moment, still to be written out elsewhere than on the loop."""
        gauges = {"here": self._crowd.here, "waiting": self._crowd.waiting, "draining": int(self.draining)}
        return partial(_exposition, self._counted(), gauges, dict(self._results()))


async def measure_delays(meters: Meters) -> None:
    """Watch how late the loop is, for as long as it turns."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + WATCH_EVERY
        await asyncio.sleep(WATCH_EVERY)
        meters.late(max(0.0, loop.time() - due))


def _http(status: str, body: bytes, more: str = "", content_type: str = "text/plain; charset=utf-8") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}"
    return f"{head}Cache-Control: no-store\r\nConnection: close\r\n\r\n".encode() + body


def _exposition(meters: Meters, gauges: Mapping[str, int], results: Mapping[str, Result]) -> bytes:
    """Everything in Prometheus' text format."""
    from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
    from prometheus_client.registry import Collector

    class Figures(Collector):
        def collect(self) -> Iterator[Metric]:
            yield from _server(meters, gauges)
            yield from _jobs(results)

    registry = CollectorRegistry()
    registry.register(Figures())
    ProcessCollector(registry=registry)
    return bytes(generate_latest(registry))


def _server(meters: Meters, gauges: Mapping[str, int]) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

    yield GaugeMetricFamily("ventanilla_connections_here", "Connections at this moment", gauges["here"])
    yield GaugeMetricFamily("ventanilla_connections_waiting", "Those that have proven nothing yet", gauges["waiting"])
    yield GaugeMetricFamily("ventanilla_draining", "1 while the server closes", gauges["draining"])
    answered = CounterMetricFamily("ventanilla_connections", "Connections by how they were answered", labels=["answer"])
    for answer, count in meters.connections.items():
        answered.add_metric([answer], count)
    tried = CounterMetricFamily("ventanilla_logins", "Log-ins by way and result", labels=["way", "result"])
    for (way, proven), count in meters.logins.items():
        tried.add_metric([way, "proven" if proven else "refused"], count)
    visits = CounterMetricFamily("ventanilla_visits", "Visits by kind", labels=["kind"])
    inside = GaugeMetricFamily("ventanilla_visits_open", "Visits at this moment, by kind", labels=["kind"])
    for kind, count in meters.began.items():
        visits.add_metric([kind], count)
        inside.add_metric([kind], count - meters.ended[kind])
    yield from (answered, tried, visits, inside)
    yield CounterMetricFamily("ventanilla_visits_crashed", "Visits that a fault of the program ended", meters.crashes)
    yield CounterMetricFamily("ventanilla_sent_bytes", "Bytes of screens that left", meters.bytes_sent)
    bounds = (*(str(bound) for bound in DELAYS), "+Inf")
    yield HistogramMetricFamily(
        "ventanilla_loop_delay_seconds",
        "How late the event loop came to a look each second",
        buckets=list(zip(bounds, accumulate(meters.delays), strict=True)),
        sum_value=meters.delayed,
    )


def _jobs(results: Mapping[str, Result]) -> Iterator[Metric]:
    from prometheus_client.core import GaugeMetricFamily

    failed = GaugeMetricFamily("ventanilla_job_failed", "1 where a job last failed", labels=["job"])
    ended = GaugeMetricFamily("ventanilla_job_ended_timestamp_seconds", "When a job last ended", labels=["job"])
    took = GaugeMetricFamily("ventanilla_job_duration_seconds", "How long a job last took", labels=["job"])
    for name, last in results.items():
        failed.add_metric([name], int(last.failed))
        ended.add_metric([name], last.ended.timestamp())
        took.add_metric([name], (last.ended - last.began).total_seconds())
    yield from (failed, ended, took)

"""What is asked before the log-in: how much of it, how often, and which key it was; with asyncssh's client."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import asyncssh
import pytest
from asyncssh.packet import Boolean, String

from billing.credentials import Credential
from billing.sign_in import standings
from billing.store import Span, Store
from screens.session import Services
from tests.journeys.terminal import PATIENCE
from tests.ssh.conftest import IBERIA_DOOR
from tests.ssh.test_connection import come
from tui.commands.exits import NOT_UNDERSTOOD
from tui.demo.stage import DEMO_PASSWORD
from tui.ssh.connection import Connection
from tui.ssh.door import listening_socket
from tui.ssh.front import Front
from tui.ssh.house import House
from tui.ssh.limits import Crowd, Limits
from tui.wiring import WORKERS

TRIES = 2


@pytest.fixture
async def front(provided: Services) -> AsyncIterator[Front]:
    """A server with time for whoever asks."""
    house = House(replace(provided, exports=None, printer=None), Crowd(Limits(burst=1000, tries=TRIES)))
    running = Front(house, listening_socket("127.0.0.1", 0), [asyncssh.generate_private_key("ssh-ed25519")])
    await running.open()
    yield running
    await running.close()


class Asking(asyncssh.SSHClient):
    """A client that says nothing of its own accord once it may say a password."""

    def __init__(self) -> None:
        self.may, self.lost = asyncio.Event(), asyncio.Event()

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        self.line = conn

    async def password_auth_requested(self) -> str:
        self.may.set()
        await self.lost.wait()
        return ""

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()

    def say(self, password: str) -> None:
        door, service = String(IBERIA_DOOR), String("ssh-connection")
        self.line.send_packet(50, door, service, String("password"), Boolean(False), String(password))


@asynccontextmanager
async def asking(port: int) -> AsyncIterator[Asking]:
    client = Asking()
    coming = asyncio.ensure_future(come(port, IBERIA_DOOR, client_factory=lambda: client, preferred_auth="password"))
    await client.may.wait()
    yield client
    client.line.abort()
    with suppress(asyncssh.Error, OSError):
        await coming


async def test_whoever_asks_at_great_length_is_let_go_before_it_is_looked_at(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared: list[int] = []

    def preparing(text: str) -> str:
        prepared.append(len(text))
        return text

    monkeypatch.setattr("asyncssh.auth.saslprep", preparing)
    async with asking(front.port) as client:
        client.say("a" * 30_000)
        await asyncio.wait_for(client.lost.wait(), PATIENCE)
    assert 30_000 not in prepared


async def test_whoever_asks_without_end_is_let_go(front: Front) -> None:
    async with asking(front.port) as client:
        for _ in range(200):
            client.say("wrong")
        await asyncio.wait_for(client.lost.wait(), 5.0)


async def test_tries_that_wait_for_no_answer_are_counted_all_the_same(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    async def slow(self: Any, pool: Any, prove: Callable[[], Any]) -> None:
        asked.append(self)
        await asyncio.sleep(0.1)

    monkeypatch.setattr("tui.ssh.connection.Gatekeeper._ask", slow)
    async with asking(front.port) as client:
        for _ in range(10):
            client.say("wrong")
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
    assert len(asked) == TRIES


async def test_whoever_guesses_keeps_nobody_else_waiting(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    services, answered = front.house.services, threading.Event()
    monkeypatch.setattr(type(services.passwords), "verify", lambda *_: answered.wait(PATIENCE) and False)
    guessing = [asyncio.ensure_future(_guess(front.port, number)) for number in range(WORKERS + 2)]
    try:
        async with asyncio.timeout(PATIENCE / 2):
            while services.proving._work_queue.qsize() or len(services.proving._threads) < WORKERS:  # type: ignore[attr-defined]
                await asyncio.sleep(0.01)
            await asyncio.get_running_loop().run_in_executor(services.executor, services.store)
    finally:
        answered.set()
        await asyncio.gather(*guessing)


async def _guess(port: int, number: int) -> None:
    with suppress(asyncssh.Error, OSError):
        await come(port, f"center+nobody-{number}", password="wrong", preferred_auth="password")


def needless_zeros(key: asyncssh.SSHKey) -> bytes:
    """The public half of an RSA key, its number written longer than it is."""
    own: Any = key.pyca_key
    numbers = own.public_key().public_numbers()
    exponent, modulus = (n.to_bytes(n.bit_length() // 8 + 1, "big") for n in (numbers.e, numbers.n))
    return String("ssh-rsa") + String(exponent) + String(b"\0\0" + modulus)


async def test_a_key_that_is_written_longer_than_it_is_is_still_the_one_that_was_enrolled(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = asyncssh.generate_private_key("ssh-rsa", key_size=3072)
    store = front.house.services.store()
    iberia = standings(store, _credential_of("iberia-facturacion", store))
    monkeypatch.setattr("tui.ssh.connection.sign_in_by_key", lambda store, fingerprint: iberia)
    monkeypatch.setattr("tui.ssh.connection.key_used", lambda *_: None)
    pair: Any = asyncssh.load_keypairs([key])[0]
    pair.public_data = needless_zeros(key)
    connection = await come(front.port, client_keys=[pair], preferred_auth="publickey")
    (server,) = front._connections
    assert isinstance(server, Connection)
    assert server.identity is iberia
    connection.abort()


def _credential_of(user_id: str, store: Store) -> Credential:
    with store.read() as books:
        return books.find(Credential, Span("user_id", ("enterprise", user_id)), limit=1).rows[0]


async def test_input_that_does_not_end_is_no_fault_of_the_program(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.ssh.command.INPUT_WITHIN", 0.2)
    connection = await come(front.port, IBERIA_DOOR, password=DEMO_PASSWORD)
    async with connection.create_process("keys add - --yes", env={"LANG": "en_US.UTF-8"}) as process:
        said = await asyncio.wait_for(process.stderr.read(), PATIENCE)
        await asyncio.wait_for(process.wait_closed(), PATIENCE)
    assert process.exit_status == NOT_UNDERSTOOD
    assert "Standard input did not end within" in said
    assert not front.house.meters.crashes
    connection.abort()

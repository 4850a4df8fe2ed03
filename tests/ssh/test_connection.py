"""What one connection may hold of ours, and that all of it is given back; with asyncssh's client, in one process."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import asyncssh
import pytest
from asyncssh.constants import MSG_GLOBAL_REQUEST
from asyncssh.packet import Boolean, String, UInt32

from screens.session import Services
from tests.journeys.terminal import PATIENCE
from tests.ssh.conftest import IBERIA_DOOR
from tests.waiting import until
from tui.demo.stage import DEMO_PASSWORD
from tui.ssh.connection import MOST_OUTGOING, SLICE, Connection
from tui.ssh.door import listening_socket
from tui.ssh.front import Front
from tui.ssh.house import House
from tui.ssh.limits import Crowd, Limits

LIMITS = Limits(burst=1000, tries=2)


@pytest.fixture
async def front(provided: Services, request: pytest.FixtureRequest) -> AsyncIterator[Front]:
    """A server whose lines hold little, in this process, with these limits or those a test asks for."""
    listening = listening_socket("127.0.0.1", 0)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    house = House(replace(provided, exports=None, printer=None), Crowd(getattr(request, "param", LIMITS)))
    running = Front(house, listening, [asyncssh.generate_private_key("ssh-ed25519")])
    await running.open()
    yield running
    await running.close()
    assert house.crowd.here == 0
    assert not house.crowd._waiting
    assert not house.visits


async def come(port: int, user: str = "somebody", **more: Any) -> asyncssh.SSHClientConnection:
    """Connect as OpenSSH does without keys; a bare name is let in unasked."""
    given: dict[str, Any] = {"preferred_auth": "keyboard-interactive", "password": "", "login_timeout": PATIENCE}
    own = {"known_hosts": None, "client_keys": None, "agent_path": None, "config": None}
    return await asyncssh.connect("127.0.0.1", port, username=user, **{**own, **given, **more})


class Reader(asyncssh.SSHClientSession[bytes]):
    """A client's terminal, as bytes."""

    def __init__(self) -> None:
        self.seen = b""

    def data_received(self, data: bytes, datatype: Any) -> None:
        self.seen += data


async def terminal(connection: asyncssh.SSHClientConnection, **more: Any) -> tuple[Any, Reader]:
    given = {"term_type": "xterm-256color", "term_size": (80, 24), "encoding": None, "env": {"LANG": "en_US.UTF-8"}}
    reader = Reader()
    channel, _ = await connection.create_session(lambda: reader, **{**given, **more})
    return channel, reader


async def test_a_client_that_reads_nothing_is_held_to_a_bound_whatever_window_it_announces(front: Front) -> None:
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    slow.connect(("127.0.0.1", front.port))
    stalled = await come(front.port, sock=slow)
    _, reader = await terminal(stalled, window=2**31 - 1)
    await until(lambda: b"GoToAssist" in reader.seen)
    (server,) = front._connections
    (visit,) = front.house.visits
    line: Any = server._transport
    client: Any = stalled._transport
    client.pause_reading()
    most = 0
    async with asyncio.timeout(PATIENCE):
        while not visit._line_full:
            visit._send(b"\x1b[0m" * 4096)
            most = max(most, line.get_write_buffer_size())
            await asyncio.sleep(0)
    for _ in range(200):
        assert visit._driver
        visit._driver.write("x" * 10_000)
        await asyncio.sleep(0)
    assert line.get_write_buffer_size() <= most + 16_384 + 10_000
    assert most <= MOST_OUTGOING + 16_384 + 10_000
    other = await come(front.port)
    _, reads = await terminal(other)
    await until(lambda: b"GoToAssist" in reads.seen)
    client.resume_reading()
    await until(lambda: not visit._line_full)
    stalled.abort()
    other.abort()


async def test_whoever_sends_much_is_looked_at_in_slices_and_nothing_is_lost(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    slices: list[int] = []
    look = asyncssh.SSHServerConnection.data_received

    def counted(self: Any, data: bytes, datatype: Any = None) -> None:
        slices.append(len(data))
        look(self, data, datatype)

    monkeypatch.setattr(asyncssh.SSHServerConnection, "data_received", counted)
    connection = await come(front.port)
    line: Any = connection
    slices.clear()
    for _ in range(3000):
        line.send_packet(MSG_GLOBAL_REQUEST, String(b"keepalive@openssh.com"), Boolean(False))
    _, reader = await terminal(connection)
    await until(lambda: b"GoToAssist" in reader.seen)
    assert max(slices) == SLICE
    assert sum(slices) > 3000 * 32
    connection.abort()


async def test_nothing_is_kept_of_an_environment_that_is_not_looked_at(front: Front) -> None:
    before = dict(os.environ)
    sent = {**{f"NAME_{number}": "x" * 200 for number in range(500)}, "TEXTUAL_DRIVER": "os:system", "PYTHONPATH": "/"}
    connection = await come(front.port)
    _, reader = await terminal(connection, env={**sent, "LANG": "es_ES.UTF-8", "LC_ALL": "\x1b[2J"})
    await until(lambda: b"Elija" in reader.seen)
    (server,) = front._connections
    (visit,) = server.visits
    assert set(visit._chan.get_environment_bytes()) == {b"LANG", b"LC_ALL"}
    assert dict(os.environ) == before
    connection.abort()


async def test_a_terminal_name_with_orders_in_it_is_a_plain_terminal(front: Front) -> None:
    connection = await come(front.port)
    _, reader = await terminal(connection, term_type="\x1b]0;x\x07", term_size=(2**32 - 1, 0))
    await until(lambda: b"GoToAssist" in reader.seen)
    assert b"\x1b]0;" not in reader.seen
    connection.abort()


async def test_agents_and_displays_are_not_forwarded(front: Front) -> None:
    connection = await come(front.port)
    channel, _ = await terminal(connection)
    assert not await channel._make_request(b"auth-agent-req@openssh.com")
    display = (Boolean(False), String("MIT-MAGIC-COOKIE-1"), String("00" * 16), UInt32(0))
    assert not await channel._make_request(b"x11-req", *display)
    (server,) = front._connections
    assert server.get_agent_path() is None
    connection.abort()


async def test_no_more_visits_than_a_connection_may_have(front: Front) -> None:
    stranger = await come(front.port)
    await terminal(stranger)
    with pytest.raises(asyncssh.ChannelOpenError):
        await terminal(stranger)
    stranger.abort()
    connection = await come(front.port, IBERIA_DOOR, password=DEMO_PASSWORD)
    for _ in range(LIMITS.channels):
        await terminal(connection)
    with pytest.raises(asyncssh.ChannelOpenError):
        await terminal(connection)
    connection.abort()
    await until(lambda: not front.house.visits)


async def test_whoever_has_nothing_open_or_says_nothing_is_let_go(front: Front) -> None:
    front.house.idle = 0.5
    idle = await come(front.port)
    await asyncio.wait_for(idle.wait_closed(), PATIENCE)
    reads = await come(front.port, IBERIA_DOOR, password=DEMO_PASSWORD)
    sftp = await reads.start_sftp_client()
    for _ in range(4):
        await sftp.listdir(".")
        await asyncio.sleep(0.2)
    await asyncio.wait_for(sftp.wait_closed(), PATIENCE)
    await asyncio.wait_for(reads.wait_closed(), PATIENCE)
    await until(lambda: front.house.crowd.here == 0)


@pytest.mark.parametrize("front", [replace(LIMITS, prove_within=1)], indirect=True)
async def test_whoever_proves_nothing_in_time_is_let_go(front: Front) -> None:
    with socket.create_connection(("127.0.0.1", front.port)):
        await until(lambda: front.house.crowd.here == 1)
        await until(lambda: front.house.crowd.here == 0)


async def test_what_is_no_ssh_is_let_go_and_others_come_in(front: Front) -> None:
    for number in range(100):
        reader, writer = await asyncio.open_connection("127.0.0.1", front.port)
        writer.write((b"GET / HTTP/1.0\r\n\r\n", b"\0" * 5000, b"SSH-2.0-x\r\n" + b"\xff" * 5000, b"")[number % 4])
        writer.close()
        del reader
    connection = await come(front.port)
    _, seen = await terminal(connection)
    await until(lambda: b"GoToAssist" in seen.seen)
    connection.abort()


async def test_tries_beyond_the_limit_are_not_even_looked_at(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def counting(self: Any, pool: Any, prove: Callable[[], Any]) -> None:
        asked.append(type(self).__name__)

    monkeypatch.setattr("tui.ssh.connection.Gatekeeper._ask", counting)
    tries = iter([*["wrong"] * 5, None])

    class Guesser(asyncssh.SSHClient):
        def password_auth_requested(self) -> str | None:
            return next(tries)

    with pytest.raises(asyncssh.PermissionDenied):
        await come(front.port, IBERIA_DOOR, client_factory=Guesser, preferred_auth="password")
    assert len(asked) == LIMITS.tries


async def test_a_door_opened_by_its_password_is_that_persons(front: Front) -> None:
    connection = await come(front.port, IBERIA_DOOR, password=DEMO_PASSWORD, preferred_auth="password")
    (server,) = front._connections
    assert isinstance(server, Connection)
    assert server.identity is not None
    assert server.identity.credential is not None
    assert server.identity.credential.user_id == "iberia-facturacion"
    connection.abort()


async def test_a_visit_that_closes_slowly_is_left_whole_until_it_is_down(
    front: Front, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("tui.ssh.visit.END_WITHIN", 0.05)
    answered = asyncio.Event()
    connection = await come(front.port)
    _, reader = await terminal(connection)
    await until(lambda: b"GoToAssist" in reader.seen)
    (visit,) = front.house.visits
    app = visit._app
    assert app is not None
    app.screen.call_later(answered.wait)
    connection.abort()
    await until(lambda: not front.house.visits)
    await asyncio.sleep(0.2)
    answered.set()
    await until(app._down.is_set)
    del app, visit
    gc.collect()
    assert not caplog.records


async def test_the_operators_banner_is_said_before_anybody_proves_who_they_are(front: Front) -> None:
    front.house.banner = "Only for customers.\nTodo queda registrado: ñ."
    said: list[str] = []

    class Client(asyncssh.SSHClient):
        def auth_banner_received(self, msg: str, lang: str) -> None:
            said.append(msg)

    for user, more in (("somebody", {}), (IBERIA_DOOR, {"password": DEMO_PASSWORD})):
        (await come(front.port, user, client_factory=Client, **more)).abort()
    assert said == [front.house.banner] * 2

"""The server's life beyond one visit: a demonstration that begins anew, and faults that are told at the start."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncssh
import pytest

from billing.language import Language
from tests.ssh.test_connection import Reader, come, terminal
from tests.waiting import until
from tui.cli import main
from tui.serving.server import ANEW, Server, Settings
from tui.ssh.door import listening_socket
from tui.ssh.limits import Limits
from tui.wiring import system_clock


async def test_a_demonstration_that_begins_anew_says_so_and_lets_people_in_again() -> None:
    listening = listening_socket("127.0.0.1", 0)
    settings = Settings(store_url="", limits=Limits(), notice=0, reset_after=1)
    key = asyncssh.generate_private_key("ssh-ed25519")
    server = Server(settings, listening, [key], system_clock, Language("en").say)
    port = listening.getsockname()[1]
    life = asyncio.get_running_loop().create_task(server.run())

    async def enter() -> tuple[asyncssh.SSHClientConnection, Reader]:
        while True:
            try:
                connection = await come(port)
            except ConnectionRefusedError:  # it is still making the demonstration
                await asyncio.sleep(0.05)
            else:
                return connection, (await terminal(connection))[1]

    first, told = await enter()
    await until(lambda: Language("en").say(ANEW).encode() in told.seen)
    again, seen = await enter()
    await until(lambda: b"Choose a counter" in seen.seen)
    first.abort()
    again.abort()
    server._stop.set()
    assert await life == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--banner", "/nowhere"], "cannot be read"),
        (["--host-key", "/proc/none/key"], "cannot be used"),
        (["--address", "not an address"], "Nobody can be let in"),
        (["--store", "tinydb:/nowhere/store.json"], "There is no data"),
        (["--store", "sqlite:/nowhere/store.db", "--workers", "2"], "There is no data"),
        (["--store", "tinydb:/nowhere/store.json", "--workers", "2"], "belongs to one process"),
        (["--demo", "--workers", "2"], "belongs to one process"),
        (["--store", "tinydb:/nowhere/store.json", "--reset-after", "5"], "go with --demo"),
        (["--store", "tinydb:/nowhere/store.json", "--as-of", "2026-01-01"], "go with --demo"),
    ],
)
def test_what_cannot_be_started_says_why(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if "--host-key" not in arguments:
        arguments = [*arguments, "--host-key", str(tmp_path / "key")]
    assert main(["serve", "--port", "0", "--lang", "en", *arguments]) != 0
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err


def test_a_host_key_that_others_can_read_is_not_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "key"
    key.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    key.chmod(0o644)
    assert main(["serve", "--demo", "--port", "0", "--lang", "en", "--host-key", str(key)]) == 1
    assert "chmod 600" in capsys.readouterr().err

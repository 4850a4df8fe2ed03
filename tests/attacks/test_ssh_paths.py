"""Hundreds of ways to ask for what is not one's own, by SFTP and by both forms of SCP, with the raw words of each."""

from __future__ import annotations

import asyncio
import re
import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncssh
import pytest

from screens.session import Services
from tests.attacks.siege import Siege, besieged, come
from tests.journeys.terminal import PATIENCE
from tests.ssh.conftest import IBERIA_DOOR
from tui.demo.stage import DEMO_PASSWORD

ATTACKER = "127.66.6.7"

BEFORE = ("", "/", "./", "//", "2026/", "2026/../", "README.txt/", "~/", "~root/", "file://", "\\", "..\\", "\x00", " ")
WANTED = (
    "../" * 9 + "etc/passwd", "/etc/passwd", "..", "../../proc/self/environ", ".ssh/authorized_keys",
    "%2e%2e/%2e%2e/etc/passwd", "%252e%252e%252fetc%252fpasswd", "..%c0%afetc/passwd", "..%00/etc/passwd",
    "etc/passwd\x00.pdf", "....//....//etc/passwd", "..;/etc/passwd", "../iberia/../acme", "acme",
    "proc/self/root/etc/passwd", "proc/self/cwd/pyproject.toml", "proc/self/fd/0", "dev/stdin", "var/run/docker.sock",
    "．．／．．／etc／passwd", "‥/etc/passwd", "․․∕etc∕passwd", "README.txt\u202e", "\u202e", "ＲＥＡＤＭＥ.txt",
    "$HOME", "$(id)", "`id`", "'", '"', "';id;'", "|id", "*", "?", "[a-z]*", "{etc,root}", "**", "!", "\n/etc/passwd",
    "é" * 600, "a/" * 600, "../" * 340, "a" * 5000, "C:\\windows", "\udcff", "\udcc0\udcae\udcc0\udcae/etc/passwd",
)  # fmt: skip
"""Absolute, climbing, encoded, cut by NUL, by way of links, overlong, look-alikes, for a shell, no text at all."""

TRAVERSALS = [before + wanted for before in BEFORE for wanted in WANTED]

OWN = re.compile(rb"README\.txt|[FR]-\d{4}-\d{6}\.(?:pdf|txt|json)|invoices\.csv|statement\.(?:txt|csv)|audit\.csv")
"""The files a customer may be sent."""

SENT = re.compile(rb"^C\d+ \d+ (.+)$", re.MULTILINE)
"""A file that SCP begins to send."""

soak = pytest.mark.soak


@asynccontextmanager
async def inside(provided: Services) -> AsyncIterator[tuple[Siege, asyncssh.SSHClientConnection]]:
    """An attacker who is a customer."""
    async with besieged(provided) as siege:
        connection = await come(siege.port, ATTACKER, IBERIA_DOOR, password=DEMO_PASSWORD)
        yield siege, connection
        connection.abort()


def raw(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=soak)])
async def test_no_path_of_sftp_leads_out_of_the_tree(provided: Services, every: int) -> None:
    async with inside(provided) as (_, connection), connection.start_sftp_client() as files:
        own = {tuple(await files.listdir(folder)) for folder in (b"/", b"/2026")}
        for path in map(raw, TRAVERSALS[::every]):
            with suppress(asyncssh.SFTPError):  # above the root there is the root, as in a chroot
                assert (await files.stat(path)).type == asyncssh.FILEXFER_TYPE_DIRECTORY, path
                assert tuple(await files.listdir(path)) in own, path
            with pytest.raises(asyncssh.SFTPError):
                await files.open(path)


async def said(connection: asyncssh.SSHClientConnection, command: bytes, typed: bytes) -> tuple[bytes, int | None]:
    """What a channel answers to a command and what is typed at once after it, and its exit code."""
    given: Any = command
    try:
        process = await connection.create_process(given, encoding=None)
    except asyncssh.ChannelOpenError:  # no text at all
        return b"", 1
    with suppress(BrokenPipeError):  # it was answered before this was typed
        process.stdin.write(typed)
        process.stdin.write_eof()
    async with asyncio.timeout(PATIENCE):
        done = await process.wait()
    out: Any = done.stdout
    err: Any = done.stderr
    return out + err, done.exit_status


FLAGS = (b"-f", b"-p -r -f", b"-d -f --")


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=soak)])
async def test_no_path_of_scp_is_sent_from_outside_the_tree(provided: Services, every: int) -> None:
    async with inside(provided) as (_, connection):
        for number, path in enumerate(TRAVERSALS[::every]):
            quoted, bare = (b"scp %b %b" % (FLAGS[number % 3], raw(word)) for word in (shlex.quote(path), path))
            for command in (quoted, bare) if every == 1 else (quoted,):
                answer, code = await said(connection, command, b"\0" * 6)
                sent = SENT.findall(answer)
                assert all(OWN.fullmatch(name) for name in sent), (command, sent)
                assert b"root:" not in answer, command
                assert sent or code or b"\x01" in answer or b"-r" in command, (command, answer)


WORDS = (
    b"", b"--help", b"-h", b"-f", b"-t", b"-f -t .", b"-x .", b"'", b"-f 'a", b"-f . ; id", b"-S /bin/sh -f .",
    b"-f" * 4000, b"-o ProxyCommand=id -f .", b"-v -v -f README.txt README.txt ../..", b"-3 a:b c:d", b"-f -- -r",
    b"-f \xff\xfe",
)  # fmt: skip
"""What may come after `scp`."""


async def test_scp_takes_nothing_under_any_name_and_no_words_do_more(provided: Services) -> None:
    names = ("x", "..", "../x", "/tmp/x", "a/b", "..\\x", "README.txt", "\x00", "x\x1b]0;t\x07", "a" * 5000, "", "~/x")
    orders = [
        order % raw(name)
        for name in names
        for order in (b"C0644 5 %b\nhello\0", b"D0755 0 %b\nC0644 1 x\nx\0E\n", b"C-1 99999999999999999999 %b\n")
    ]
    orders += [b"T0 0 0 0\nC0644 1 x\nx\0", b"\x01", b"\x02", b"E\n" * 50, b"C" * 100_000, b"\n", b"C0644 1\n", b"T\n"]
    async with inside(provided) as (siege, connection):
        for words in WORDS:
            answer, _ = await said(connection, b"scp " + words, b"\0" * 6)
            assert b"uid=" not in answer, words
            assert {*SENT.findall(answer)} <= {b"README.txt"}, words
        for order in orders:
            for flags in (b"-t", b"-p -r -d -t"):
                answer, _ = await said(connection, b"scp %b 2026" % flags, order)
                assert b"\x01" in answer or order[:1] not in b"CD", (order, answer)
        async with connection.start_sftp_client() as files:
            assert {*await files.listdir("/")} >= {".", "..", "README.txt", "2026"}
            assert not [name for name in await files.listdir("/2026") if name.startswith("x")]
        assert not siege.front.house.meters.crashes

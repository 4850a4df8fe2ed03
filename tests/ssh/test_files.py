"""One's documents by SFTP and SCP, with the real clients: true bytes, sizes, days; and nothing else is there."""

from __future__ import annotations

import asyncio
import csv
import inspect
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from billing.access_keys import enrol_key
from billing.invoices import Invoice
from billing.record import changed
from billing.sign_in import open_desk, standings
from billing.store import Store
from screens.session import Services
from tests.conftest import standing_of
from tests.ssh.conftest import IBERIA_DOOR
from tests.ssh.test_command import Caller, ask
from tests.ssh.test_connection import come
from tui.demo.stage import DEMO_PASSWORD, demo_store
from tui.ssh.door import listening_socket
from tui.ssh.files import MOST_OPEN, InvoiceFiles
from tui.ssh.front import Front
from tui.ssh.house import House
from tui.ssh.limits import Crowd, Limits

__all__ = ["ask"]

NEWEST = "F-2026-000270"


@pytest.mark.parametrize("way", ["sftp", "scp -s", "scp -O"])
def test_a_document_is_fetched_byte_for_byte_as_the_command_writes_it(ask: Caller, tmp_path: Path, way: str) -> None:
    program, *flags = way.split()
    here = tmp_path / "got.pdf"
    if program == "sftp":
        done = ask.client("sftp", "-b", "-", "127.0.0.1", typed=f"get -p 2026/{NEWEST}.pdf {here}\n".encode())
    else:
        done = ask.client("scp", *flags, "-p", f"127.0.0.1:2026/{NEWEST}.pdf", str(here))
    assert done.returncode == 0, done.stderr
    assert here.read_bytes() == ask("invoices", "save", NEWEST).stdout
    issued = json.loads(ask("invoices", "show", NEWEST, "--json").stdout)["issued_on"]
    assert datetime.fromtimestamp(here.stat().st_mtime, UTC).date().isoformat() == issued
    assert here.stat().st_mode & 0o777 == 0o444


@pytest.mark.parametrize("way", ["sftp", "scp -s", "scp -O"])
def test_a_whole_year_is_fetched_at_once(ask: Caller, tmp_path: Path, way: str) -> None:
    program, *flags = way.split()
    if program == "sftp":
        done = ask.client("sftp", "-r", "-b", "-", "127.0.0.1", typed=f"get -r 2026 {tmp_path}\n".encode())
    else:
        done = ask.client("scp", *flags, "-r", "127.0.0.1:2026", str(tmp_path))
    assert done.returncode == 0, done.stderr
    got = {file.name: file.read_bytes() for file in (tmp_path / "2026").iterdir()}
    rows = json.loads(ask("invoices", "list", "--year", "2026", "--all", "--json").stdout)["invoices"]
    assert {row["number"] for row in rows} == {name[:-4] for name in got if name.endswith(".pdf")}
    assert all(got[f"{row['number']}.pdf"].startswith(b"%PDF-") for row in rows)
    assert json.loads(got[f"{NEWEST}.json"]) == json.loads(ask("invoices", "show", NEWEST, "--json").stdout)
    listed = list(csv.DictReader(got["invoices.csv"].decode("utf-8-sig").splitlines()))
    assert [(r["number"], int(r["gross"])) for r in listed] == [(r["number"], r["gross"]["minor"]) for r in rows]
    assert {"statement.txt", "statement.csv", "audit.csv"} <= set(got)


@pytest.mark.parametrize(
    "order",
    [
        "put {here} x.pdf", "rm README.txt", "mkdir x", "rmdir 2026", "rename README.txt x", "chmod 777 README.txt",
        "ln -s /etc/passwd x", "ln README.txt x", "get /etc/passwd {here}.got", "get ../../../etc/passwd {here}.got",
        "cd /etc", "ls /proc", "df", "put {here} README.txt",
    ],
)  # fmt: skip
def test_nothing_is_changed_and_nothing_of_the_disk_is_there(ask: Caller, tmp_path: Path, order: str) -> None:
    here = tmp_path / "mine"
    here.write_text("mine")
    before = ask.client("sftp", "-b", "-", "127.0.0.1", typed=b"ls -l\nls -l 2026\n").stdout
    done = ask.client("sftp", "-b", "-", "127.0.0.1", typed=order.format(here=here).encode() + b"\n")
    assert done.returncode == 1, done.stdout
    assert b"root:" not in done.stdout + done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]
    assert ask.client("sftp", "-b", "-", "127.0.0.1", typed=b"ls -l\nls -l 2026\n").stdout == before


@pytest.mark.parametrize("path", ["/etc/passwd", "../../etc/passwd", "2026/../../../etc/shadow", "'$(id)'", "nothing*"])
def test_scp_of_old_sees_no_more(ask: Caller, tmp_path: Path, path: str) -> None:
    done = ask.client("scp", "-O", f"127.0.0.1:{path}", str(tmp_path / "got"))
    assert done.returncode == 1
    assert not list(tmp_path.iterdir())
    sent = ask.client("scp", "-O", __file__, "127.0.0.1:2026/x.pdf")
    assert sent.returncode == 1


@pytest.fixture
async def front(provided: Services) -> AsyncIterator[Front]:
    """A server of this process, on a demonstration that a test may change."""
    own = demo_store()
    services = replace(provided, store=lambda: own, exports=None, printer=None)
    house = House(services, Crowd(Limits(burst=1000)))
    running = Front(house, listening_socket("127.0.0.1", 0), [asyncssh.generate_private_key("ssh-ed25519")])
    await running.open()
    yield running
    await running.close()
    assert not house.visits
    own.close()


@pytest.fixture
async def files(front: Front) -> AsyncIterator[asyncssh.SFTPClient]:
    """Somebody's files, with asyncssh's client."""
    connection = await come(front.port, IBERIA_DOOR, password=DEMO_PASSWORD)
    async with connection.start_sftp_client() as client:
        yield client
    connection.abort()


async def walked(files: asyncssh.SFTPClient, folder: str = "/") -> dict[str, Any]:
    """Every file below a folder, with what its listing says of it."""
    found: dict[str, Any] = {}
    async for entry in files.scandir(folder):
        name = str(entry.filename)
        path = f"{folder.rstrip('/')}/{name}"
        if name in (".", ".."):
            continue
        if entry.attrs.type == asyncssh.FILEXFER_TYPE_DIRECTORY:
            found |= await walked(files, path)
        else:
            found[path] = entry.attrs
    return found


async def test_every_size_and_day_is_true(files: asyncssh.SFTPClient) -> None:
    found = await walked(files)
    assert len(found) > 100
    for path, listed in list(found.items())[::3]:
        asked = await files.stat(path)
        async with files.open(path, "rb") as file:
            held, data = await file.stat(), await file.read()
        assert {len(data), listed.size, asked.size, held.size} == {len(data)}, path
        assert {listed.mtime, asked.mtime, held.mtime} == {listed.mtime}, path
        assert await files.realpath(path) == path


async def test_every_request_that_changes_something_is_refused(files: asyncssh.SFTPClient) -> None:
    paths = ("/README.txt", f"/2026/{NEWEST}.pdf", "/new", "/2026")
    for path in paths:
        attempts: list[Any] = [
            files.open(path, mode) for mode in ("w", "a", "r+", "x", "w+")
        ] + [
            files.remove(path), files.mkdir(path), files.rmdir(path), files.rename(path, "/x"),
            files.symlink("/x", path), files.posix_rename(path, "/x"), files.link(path, "/x"),
            files.chmod(path, 0o777), files.utime(path, (0, 0)),
            files.setstat(path, asyncssh.SFTPAttrs(size=0)), files.truncate(path, 0), files.chown(path, 1, 1),
        ]  # fmt: skip
        for attempt in attempts:
            with pytest.raises((asyncssh.SFTPError, OSError)):
                await attempt


async def test_no_method_of_the_server_is_left_as_asyncssh_made_it() -> None:
    reach_nothing = {"_to_sftpname", "convert_attrs", "format_longname", "map_path", "reverse_map_path"}
    for name, method in inspect.getmembers(asyncssh.SFTPServer, inspect.isfunction):
        if not name.startswith("__") and name not in reach_nothing:
            assert getattr(InvoiceFiles, name) is not method, name


async def test_numbers_that_are_paths_become_names(front: Front, files: asyncssh.SFTPClient) -> None:
    store: Store = front.house.services.store()
    with store.write() as books:
        rows = [i for i in books.every(Invoice, limit=1000) if i.account_id == "iberia" and i.issued_on.year == 2026]
        hostile = ("../../evil", "a/b", "a b", "\x1b[2J\u202egnp", "..", "con", "A/B")
        for row, number in zip(rows, hostile, strict=False):
            books.put(changed(row, number=number))
    names = [str(name) for name in await files.listdir("/2026")]
    assert len(set(map(str.casefold, names))) == len(names)
    assert all("/" not in n and n.isprintable() for n in names)
    for name in names:
        if name.endswith(".txt"):
            async with files.open(f"/2026/{name}") as file:
                assert await file.read()


async def test_whoever_opens_everything_is_stopped_and_others_go_on(front: Front, files: asyncssh.SFTPClient) -> None:
    held: list[Any] = []
    with pytest.raises(asyncssh.SFTPFailure):
        for _ in range(1000):
            held += [await files.open("/README.txt")]
    other = await come(front.port, IBERIA_DOOR, password=DEMO_PASSWORD)
    async with other.start_sftp_client() as client:
        assert await client.exists("/README.txt")
        await asyncio.gather(*(client.stat("/2026") for _ in range(200)))
    other.abort()
    for file in held:
        await file.close()
    assert await files.open("/README.txt")


async def test_folders_that_are_opened_and_never_closed_have_an_end(files: asyncssh.SFTPClient) -> None:
    handler: Any = files._handler
    held = [await handler.opendir(b"/") for _ in range(MOST_OPEN)]
    with pytest.raises(asyncssh.SFTPFailure):
        await handler.opendir(b"/")
    for folder in held:
        await handler.close(folder)
    assert "README.txt" in await files.listdir("/")


async def test_a_person_with_several_accounts_has_a_folder_for_each(front: Front) -> None:
    connection = await come(front.port, "desk+desk.elena", password=DEMO_PASSWORD)
    async with connection.start_sftp_client() as client:
        names = [str(name) for name in await client.listdir("/") if str(name)[0] != "."]
        assert "README.txt" in names
        assert len(names) > 2
        years = await client.listdir("/" + next(name for name in names if name != "README.txt"))
        assert any(str(year).isdigit() for year in years)
    connection.abort()


async def test_without_a_door_for_representatives_they_do_not_come_in_by_password_or_key(front: Front) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    services = front.house.services
    credential, standing = standing_of(services.store(), "desk.elena")
    desk = open_desk(services.store(), services.clock, standings(services.store(), credential), standing)
    enrol_key(desk, key.export_public_key().decode())
    ways: list[tuple[str, dict[str, Any]]] = [
        ("desk+desk.elena", {"password": DEMO_PASSWORD}),
        ("desk+desk.elena", {"client_keys": [key], "preferred_auth": "publickey"}),
        ("anybody", {"client_keys": [key], "preferred_auth": "publickey"}),
    ]
    for user, way in ways:
        (await come(front.port, user, **way)).abort()
    front.house.services = replace(services, desk_door=False)
    for user, way in ways:
        with pytest.raises(asyncssh.PermissionDenied):
            await come(front.port, user, **way)


async def test_visits_and_log_ins_are_counted_by_their_kind(front: Front, files: asyncssh.SFTPClient) -> None:
    meters = front.house.meters
    assert await files.exists("/README.txt")
    proven = await come(front.port, IBERIA_DOOR, password=DEMO_PASSWORD)
    assert (await proven.run("overview")).exit_status == 0
    plain = await come(front.port)
    assert (await plain.run(input="q\n")).exit_status == 0
    with pytest.raises(asyncssh.PermissionDenied):
        await come(front.port, IBERIA_DOOR, password="not the password")
    assert dict(meters.began) == {"files": 1, "command": 1, "plain": 1}
    assert dict(meters.logins) == {("password", True): 2, ("door", True): 1, ("password", False): 1}
    assert meters.connections["taken"] == 4
    proven.abort()
    plain.abort()

"""Bringing a copy of one's documents up to date: what is the same is neither fetched nor drawn again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from billing.history import InvoiceFile
from billing.invoices import Invoice
from billing.record import changed
from billing.vendor import Vendor
from gateways.documents.local import LocalDocuments
from tests.ssh.conftest import IBERIA_DOOR
from tests.ssh.test_command import Caller, ask
from tests.ssh.test_connection import come
from tests.ssh.test_files import NEWEST, files, front, walked
from tui.demo.stage import DEMO_PASSWORD
from tui.ssh.front import Front
from tui.ssh.sizes import Sizes

__all__ = ["ask", "files", "front"]


def test_fetching_again_leaves_what_is_the_same(ask: Caller, tmp_path: Path) -> None:
    here = tmp_path / "2026"

    def fetch() -> tuple[dict[str, tuple[int, int]], int]:
        done = ask.client("sftp", "-b", "-", "127.0.0.1", typed=f"get -a -r -p 2026 {tmp_path}\n".encode())
        assert done.returncode == 0, done.stderr
        found = {file.name: file.stat() for file in here.iterdir()}
        left = (done.stdout + done.stderr).count(b"was not modified")
        return {name: (about.st_size, int(about.st_mtime)) for name, about in found.items()}, left

    got, left = fetch()
    assert not left
    rows = ask.client("sftp", "-b", "-", "127.0.0.1", typed=b"ls -ln 2026\n").stdout.decode().splitlines()[1:]
    listed = {row.split()[-1].removeprefix("2026/"): int(row.split()[4]) for row in rows}
    assert listed == {name: size for name, (size, _) in got.items()}
    assert fetch() == (got, len(got))
    (here / f"{NEWEST}.pdf").unlink()
    assert fetch() == (got, len(got) - 1)


def test_rsync_is_told_what_to_do_instead(ask: Caller) -> None:
    done = ask("rsync", "--server", "--sender", "-logDtpre.iLsfxCIvu", ".", "2026")
    assert done.returncode == 2
    assert b"sshfs" in done.stderr
    assert not done.stdout


async def test_what_was_drawn_once_is_listed_again_without_drawing_it(
    front: Front, files: asyncssh.SFTPClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await walked(files, "/2026")
    drawn: list[Any] = []
    draw = LocalDocuments.pdf

    def counted(self: LocalDocuments, file: InvoiceFile, vendor: Vendor) -> bytes:
        drawn.append(file.invoice.number)
        return draw(self, file, vendor)

    monkeypatch.setattr(LocalDocuments, "pdf", counted)
    other = await come(front.port, IBERIA_DOOR, password=DEMO_PASSWORD)
    async with other.start_sftp_client() as client:
        assert {p: (a.size, a.mtime) for p, a in (await walked(client, "/2026")).items()} == {
            p: (a.size, a.mtime) for p, a in first.items()
        }
        async with client.open(f"/2026/{NEWEST}.pdf", "rb") as file:
            assert not await file.read(100, first[f"/2026/{NEWEST}.pdf"].size)
            assert not drawn
            await asyncio.gather(*(file.read(100, at * 100) for at in range(20)))
        assert drawn == [NEWEST]
    other.abort()


async def test_a_size_is_that_of_the_document_as_it_is_now(front: Front, files: asyncssh.SFTPClient) -> None:
    path = f"/2026/{NEWEST}.json"
    before = (await files.stat(path)).size
    with front.house.services.store().write() as books:
        (row,) = (i for i in books.every(Invoice, limit=1000) if i.account_id == "iberia" and i.number == NEWEST)
        books.put(changed(row, notes="Something that the vendor adds."))
    async with files.open(path, "rb") as file:
        data = await file.read()
        assert {len(data)} == {(await files.stat(path)).size, (await file.stat()).size} - {before}


def test_sizes_that_are_kept_in_mind_are_bounded() -> None:
    sizes = Sizes(most=2)
    for number, mark in enumerate((b"a", b"b", b"a", b"c")):
        sizes.keep(mark, number)
    assert [sizes.known(mark) for mark in (b"a", b"b", b"c")] == [2, None, 3]

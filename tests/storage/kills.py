"""Kill writers at random moments, and see what is left."""

from __future__ import annotations

import os
import select
import signal
import time
from pathlib import Path
from random import Random

from storage.tinydb_store import TinyDBStore
from tests.contract.kinds import KINDS, Note, Tally
from tests.storage.writer import write


def prepared(path: Path) -> Path:
    """A store with its counter at zero."""
    store = TinyDBStore(str(path), KINDS, create=True)
    with store.write() as books:
        books.put(Tally(id="count"))
    store.close()
    return path


def kill_one(path: Path, chance: Random, roll_bytes: int) -> int:
    """Let a forked writer commit, kill it at a random moment; how many commits it acknowledged in all."""
    reading, acknowledge = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            write(str(path), 100_000, roll_bytes, acknowledge)
        finally:
            os._exit(0)
    os.close(acknowledge)
    said = b""
    if chance.random() < 0.8:
        said = os.read(reading, 4096)
    deadline = time.monotonic() + chance.random() * 0.02
    while (left := deadline - time.monotonic()) > 0:
        if select.select([reading], [], [], left)[0]:
            said += os.read(reading, 65536)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while block := os.read(reading, 65536):
        said += block
    os.close(reading)
    whole = said[: said.rfind(b"\n") + 1].split()
    return int(whole[-1]) if whole else 0


def check(path: Path, acknowledged: int) -> int:
    """Open what a killed writer left: all that was acknowledged is there, and nothing is there by half."""
    store = TinyDBStore(str(path), KINDS)
    with store.read() as books:
        count = books.get(Tally, "count").value
        names = [n.id for n in books.every(Note, limit=1_000_000)]
    assert count >= acknowledged, f"{acknowledged} acknowledged, {count} found"
    assert names == [f"n{number:06d}" for number in range(1, count + 1)]
    assert not list(path.parent.glob("*.new"))
    store.close()
    return count


def survive(path: Path, kills: int, seed: int) -> int:
    """Kill `kills` writers of one store, rolling its journal often in some rounds; how many commits it holds."""
    chance, most = Random(seed), 0
    prepared(path)
    for _ in range(kills):
        acknowledged = kill_one(path, chance, roll_bytes=chance.choice((400, 4_000, 10_000_000)))
        most = max(most, acknowledged)
        most = check(path, most)
    return most

"""Every backend there is, the three of the house and one that a third party registers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from billing.record import Id, Record
from billing.store import Reading, Store, Writing
from storage.memory import MemoryStore
from storage.registry import open_store, register
from tests.contract.kinds import KINDS


class ThirdParty:
    """Somebody else's backend: it only knows the contract."""

    durable = False

    def __init__(self, kinds: Sequence[type[Record]]) -> None:
        self._inner = MemoryStore(kinds)

    @contextmanager
    def read(self) -> Iterator[Reading]:
        with self._inner.read() as reading:
            yield reading

    @contextmanager
    def write(self) -> Iterator[Writing]:
        with self._inner.write() as writing:
            yield writing

    def listen(self, account_id: Id, heard: Callable[[], None]) -> Callable[[], None]:
        return self._inner.listen(account_id, heard)

    def close(self) -> None:
        self._inner.close()


def _open_third_party(path: str, kinds: Sequence[type[Record]], *, create: bool, owner: str) -> Store:
    assert path == "anywhere"
    return ThirdParty(kinds)


register("third", _open_third_party)

BACKENDS = ("memory", "tinydb", "sqlite", "third")

Reopen = Callable[[], AbstractContextManager[Store]]


def address(backend: str, folder: Path) -> str:
    """Where a backend's store is, for a test that has `folder` to itself."""
    places = {"tinydb": folder / "store.json", "sqlite": folder / "store.db", "third": "anywhere"}
    return f"{backend}:{places.get(backend, '')}"


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(backend: str, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(address(backend, tmp_path), KINDS, create=True)
    yield opened
    opened.close()

"""Opening a store by its address: `memory:`, `tinydb:PATH`, `sqlite:PATH`, or a scheme somebody registered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from billing.errors import N_
from billing.record import Record
from billing.store import Store, StoreUnavailable


class UnknownStore(StoreUnavailable):
    """No backend has this scheme."""

    message = N_("There is no kind of store called {place}. Use tinydb:PATH or sqlite:PATH. Nothing was changed.")


class Opener(Protocol):
    """Opens a store. `path` is the address without its scheme; `create` makes one where there is none."""

    def __call__(self, path: str, kinds: Sequence[type[Record]], *, create: bool, owner: str) -> Store:
        """Open, or raise a `StoreUnavailable`."""
        ...


def _memory(path: str, kinds: Sequence[type[Record]], *, create: bool, owner: str) -> Store:
    from storage.memory import MemoryStore

    del path, create, owner
    return MemoryStore(kinds)


def _tinydb(path: str, kinds: Sequence[type[Record]], *, create: bool, owner: str) -> Store:
    from storage.tinydb_store import TinyDBStore

    return TinyDBStore(path, kinds, create=create, owner=owner)


def _sqlite(path: str, kinds: Sequence[type[Record]], *, create: bool, owner: str) -> Store:
    from storage.sqlite_store import SQLiteStore

    del owner  # many may have it open
    return SQLiteStore(path, kinds, create=create)


_OPENERS: dict[str, Opener] = {"memory": _memory, "tinydb": _tinydb, "sqlite": _sqlite}
_FOR_SEVERAL = {"sqlite"}


def register(scheme: str, opener: Opener, *, for_several: bool = False) -> None:
    """Offer another backend under `scheme:`, `for_several` processes at a time. It is held to `tests/contract`."""
    _OPENERS[scheme] = opener
    if for_several:
        _FOR_SEVERAL.add(scheme)


def for_several(url: str) -> bool:
    """Whether several processes can have the store at `url` open at a time."""
    return url.partition(":")[0] in _FOR_SEVERAL


def open_store(url: str, kinds: Sequence[type[Record]], *, create: bool = False, owner: str = "ventanilla") -> Store:
    """Open the store at `url` for records of `kinds`. `create` makes a new, empty one; it must not exist yet.

    `owner` names this program to others that find the store in use. Raises a `StoreUnavailable`.
    """
    scheme, _, path = url.partition(":")
    if scheme not in _OPENERS:
        raise UnknownStore(place=scheme)
    return _OPENERS[scheme](path, kinds, create=create, owner=owner)

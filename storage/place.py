"""What can be wrong with the place of a store, said the same way by every backend that keeps a file."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from billing.errors import N_
from billing.store import DiskFull, StoreUnavailable


class NoStore(StoreUnavailable):
    """There is nothing at the path."""

    message = N_(
        "There is no data at {place} yet. Make it with `ventanilla init`, or look around with `ventanilla demo`."
    )


class StoreExists(StoreUnavailable):
    """A new store was asked for where there is one."""

    message = N_("There is already data at {place}. Nothing was changed. Choose another place, or use it as it is.")


@contextmanager
def opening(place: str) -> Iterator[None]:
    """Raise what the system says against a path as a `StoreUnavailable`."""
    try:
        yield
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DiskFull(place=place) from fault
        raise StoreUnavailable(place=place, reason=fault.strerror or str(fault)) from fault
    except (RuntimeError, ValueError) as fault:  # a path that cannot be one: no such home, a link to itself, a NUL
        raise StoreUnavailable(place=place, reason=str(fault)) from fault

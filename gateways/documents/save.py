"""Keeping a document in a folder: whole or not at all, readable by its owner only, never over another file."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from itertools import count
from pathlib import Path

from billing.document_content import REPLACEMENT, plain
from billing.documents import DiskFull, FolderForbidden, FolderReadOnly, NoFolder, NotAFolder, SaveFailed
from billing.errors import Refusal

_REFUSALS: dict[int | None, type[Refusal]] = {
    errno.ENOENT: NoFolder,
    errno.ENOTDIR: NotAFolder,
    errno.EACCES: FolderForbidden,
    errno.EPERM: FolderForbidden,
    errno.EROFS: FolderReadOnly,
    errno.ENOSPC: DiskFull,
    errno.EDQUOT: DiskFull,
    errno.EFBIG: DiskFull,
}

_RESERVED = frozenset("/\\:*?\"<>|%$`'{}[]()&;!#~") | {REPLACEMENT}
_LONGEST = 100


def save(folder: str, name: str, data: bytes) -> str:
    """Keep `data` in `folder` as `name`, else as the next free `name (2)`; returns the path. Never overwrites.

    `~` is the person's home. `name` is cut down to `file_name(name)`: nothing in it chooses the folder.
    The file appears under its name only once it is complete and on disk.
    """
    place = Path(os.path.expanduser(folder.strip() or "."))  # noqa: PTH111 - Path.expanduser raises without a home
    shown = plain(str(place))
    draft: Path | None = None
    try:
        if not stat.S_ISDIR(place.stat().st_mode):
            raise NotAFolder(folder=shown)
        draft = place / f".{secrets.token_hex(8)}.part"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return str(_name(draft, place, file_name(name)))
    except OSError as fault:
        refusal = _REFUSALS.get(fault.errno)
        if refusal is not None:
            raise refusal(folder=shown) from fault
        raise SaveFailed(folder=shown, why=plain(fault.strerror or str(fault))) from fault
    except ValueError as fault:  # a NUL in the folder's name
        raise NoFolder(folder=shown) from fault
    finally:
        if draft is not None:
            with suppress(OSError):
                draft.unlink()


def file_name(name: str) -> str:
    """`name` as a file's name anywhere: letters, figures, points and dashes, no leading point, at most 100 long.

    Endings survive: `F-2026-00042.pdf` stays what it is, and `../../x.pdf` becomes `x.pdf`.
    """
    stem, point, ending = plain(name).rpartition(".")
    if not point or not ending.isalnum() or len(ending) > 5:
        stem, ending = plain(name), ""
    kept = "".join("-" if c in _RESERVED or c.isspace() else c for c in stem).strip(".-") or "document"
    while len(kept.encode()) > _LONGEST:
        kept = kept[:-1].rstrip(".-")
    return f"{kept}.{ending}" if ending else kept


def _name(draft: Path, place: Path, name: str) -> Path:
    """Give the draft the first free name. A link refuses a taken name, where a rename would replace the file."""
    stem, ending = Path(name).stem, Path(name).suffix
    for number in count(1):
        path = place / (name if number == 1 else f"{stem} ({number}){ending}")
        try:
            os.link(draft, path)
        except FileExistsError:
            continue
        except OSError as fault:
            if fault.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS):
                raise
            # A disk without hard links (FAT): reserve the name, then put the whole file in its place.
            try:
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            except FileExistsError:
                continue
            draft.replace(path)
        with suppress(OSError):
            _settle(place)
        return path
    raise AssertionError


def _settle(place: Path) -> None:
    """Put the folder's entry itself on disk."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

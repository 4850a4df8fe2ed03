"""One's documents by SFTP and SCP: a tree to read from, and not one method that reaches a disk."""

from __future__ import annotations

import asyncio
import posixpath
import stat
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from weakref import WeakSet

import asyncssh
from asyncssh import SFTPAttrs, SFTPName

from billing.errors import NotAllowed, NotFound, Refusal
from tui.ssh.tree import Folder, Node, Sheet, Tree

if TYPE_CHECKING:
    from tui.ssh.sizes import Sizes
    from tui.ssh.visitor import Visitor

T = TypeVar("T")

LONGEST_PATH = 1024
MOST_OPEN = 64
"""Files of one visit at a time, and folders."""
MOST_HELD = 64 * 1024 * 1024
"""Bytes of them."""
LOOK_AGAIN = 5.0
"""Seconds after which a folder is looked into anew."""
MOST_LOOKED = 8


@dataclass(slots=True)
class Opened:
    """A file that is being read, whole: its size is that of its bytes, however long the reading takes."""

    sheet: Sheet
    attributes: SFTPAttrs
    data: bytes | None
    """None as long as nobody has read it: whoever only looks whether theirs is the same does not have it drawn."""


class InvoiceFiles(asyncssh.SFTPServer):
    """A visit to the files. Each request draws at most one document, off the loop, one at a time."""

    def __init__(self, chan: Any, visitor: Visitor, sizes: Sizes) -> None:
        super().__init__(chan)
        identity = visitor.identity
        assert identity is not None  # noqa: S101 - nobody unproven is let as far as the files
        self._visitor = visitor
        services = visitor.services
        self._root = Tree(services.store, services.clock, identity, visitor.language).root
        self._looked = _Looked()
        self._turn = asyncio.Lock()
        self._sizes = sizes
        self._open: set[int] = set()
        self._held = 0
        self._listings: WeakSet[AsyncGenerator[SFTPName, None]] = WeakSet()

    async def _ask(self, draw: Callable[[], T]) -> T:
        """Off the loop; a refusal is the client's error, in the person's words."""
        async with self._turn:
            try:
                return await asyncio.get_running_loop().run_in_executor(self._visitor.services.executor, draw)
            except NotFound:
                raise asyncssh.SFTPNoSuchFile("no such file") from None
            except NotAllowed as refusal:
                raise asyncssh.SFTPPermissionDenied(self._visitor.language.refusal(refusal)) from None
            except Refusal as refusal:
                raise asyncssh.SFTPFailure(self._visitor.language.refusal(refusal)) from None

    def _node(self, path: bytes) -> Node:
        """What is at a path. Blocks."""
        node: Node = self._root
        for name in _parts(path):
            below = self._looked.into(node) if isinstance(node, Folder) else {}
            if name not in below:
                raise NotFound(kind="files", id=name[:60])
            node = below[name]
        return node

    def _drawn(self, sheet: Sheet) -> bytes:
        data = sheet.draw()
        self._sizes.keep(sheet.mark, len(data))
        return data

    def _attributes(self, node: Node) -> SFTPAttrs:
        """A file is drawn where its size is not known: it is never a guess. Blocks."""
        if isinstance(node, Folder):
            return _attributes(stat.S_IFDIR | 0o555, 0, node.day)
        sheet = node.look()
        size = self._sizes.known(sheet.mark)
        return _attributes(stat.S_IFREG | 0o444, len(self._drawn(sheet)) if size is None else size, node.day)

    def realpath(self, path: bytes) -> bytes:
        """A path without its `.` and `..`; above the root there is the root."""
        return ("/" + "/".join(_parts(path))).encode()

    async def stat(self, path: bytes) -> SFTPAttrs:
        """What is there."""
        return await self._ask(lambda: self._attributes(self._node(path)))

    async def lstat(self, path: bytes) -> SFTPAttrs:
        """What is there; there are no links."""
        return await self.stat(path)

    def scandir(self, path: bytes) -> AsyncIterator[SFTPName]:
        """What is in a folder; asyncssh holds it for as long as the client has the folder open."""
        if len(self._listings) >= MOST_OPEN or len(path) > LONGEST_PATH:
            raise asyncssh.SFTPFailure("too many open folders")
        listing = self._listed(path)
        self._listings.add(listing)
        return listing

    async def _listed(self, path: bytes) -> AsyncGenerator[SFTPName, None]:
        """One after another as it is drawn."""
        node = await self._ask(lambda: self._node(path))
        if not isinstance(node, Folder):
            raise asyncssh.SFTPNotADirectory("not a directory")
        for own in (b".", b".."):
            yield SFTPName(own, attrs=_attributes(stat.S_IFDIR | 0o555, 0, node.day))
        for name, below in (await self._ask(partial(self._looked.into, node))).items():
            yield SFTPName(name.encode(), attrs=await self._ask(partial(self._attributes, below)))

    async def open(self, path: bytes, pflags: int, attrs: SFTPAttrs) -> object:
        """Open a file to read."""
        del attrs
        if pflags != asyncssh.FXF_READ:
            _no()
        return await self._opened(path)

    async def open56(self, path: bytes, desired_access: int, flags: int, attrs: SFTPAttrs) -> object:
        """As `open`, in versions 5 and 6 of the protocol."""
        del attrs
        only = asyncssh.ACE4_READ_DATA | asyncssh.ACE4_READ_ATTRIBUTES
        if desired_access & ~only or flags & 7 != asyncssh.FXF_OPEN_EXISTING:
            _no()
        return await self._opened(path)

    async def _opened(self, path: bytes) -> Opened:
        if len(self._open) >= MOST_OPEN or self._held >= MOST_HELD:
            raise asyncssh.SFTPFailure("too many open files")

        def looked() -> Opened:
            node = self._node(path)
            if isinstance(node, Folder):
                raise NotAllowed
            sheet = node.look()
            size = self._sizes.known(sheet.mark) if sheet.settled else None
            data = self._drawn(sheet) if size is None else None
            length = len(data) if data is not None else size
            return Opened(sheet, _attributes(stat.S_IFREG | 0o444, length or 0, node.day), data)

        opened = await self._ask(looked)
        self._open.add(id(opened))
        self._held += opened.attributes.size or 0
        return opened

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        """Bytes of an open file."""
        assert isinstance(file_obj, Opened)  # noqa: S101 - asyncssh hands back what `open` gave

        def drawn() -> bytes:
            if file_obj.data is None:  # of the many reads that a client sends at once, the first
                file_obj.data = self._drawn(file_obj.sheet)
            return file_obj.data

        if offset >= (file_obj.attributes.size or 0):
            return b""
        data = await self._ask(drawn) if file_obj.data is None else file_obj.data
        return data[offset : offset + size]

    def fstat(self, file_obj: object) -> SFTPAttrs:
        """What an open file is."""
        assert isinstance(file_obj, Opened)  # noqa: S101 - as above
        return file_obj.attributes

    def close(self, file_obj: object) -> None:
        """Let go of an open file."""
        if isinstance(file_obj, Opened) and id(file_obj) in self._open:
            self._open.remove(id(file_obj))
            self._held -= file_obj.attributes.size or 0

    def exit(self) -> None:
        """The client is done: say that it went well, which OpenSSH's scp waits for."""
        self.channel.exit(0)

    def format_user(self, uid: int | None) -> str:
        """Whose a file is, in a long listing: nobody's of this machine."""
        del uid
        return "-"

    def format_group(self, gid: int | None) -> str:
        """As `format_user`."""
        del gid
        return "-"

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        """Nothing can be changed here."""
        _no()

    write = setstat = lsetstat = fsetstat = remove = mkdir = rmdir = rename = posix_rename = _refuse
    symlink = link = readlink = fsync = lock = unlock = _refuse

    def statvfs(self, path: bytes) -> NoReturn:
        """There is no disk."""
        del path
        raise asyncssh.SFTPOpUnsupported("there is no disk here")

    def fstatvfs(self, file_obj: object) -> NoReturn:
        """There is no disk."""
        del file_obj
        raise asyncssh.SFTPOpUnsupported("there is no disk here")


class _Looked:
    """What was in the folders that were looked into a moment ago: fetching a whole year asks for each by its path."""

    def __init__(self) -> None:
        self._seen: dict[Folder, tuple[float, Mapping[str, Node]]] = {}

    def into(self, folder: Folder) -> Mapping[str, Node]:
        """What is in a folder."""
        now = time.monotonic()
        seen = self._seen.get(folder)
        if seen is None or now - seen[0] > LOOK_AGAIN:
            if len(self._seen) >= MOST_LOOKED:
                self._seen.clear()
            self._seen[folder] = seen = (now, folder.look())
        return seen[1]


def _no() -> NoReturn:
    raise asyncssh.SFTPPermissionDenied("nothing can be changed here")


def _parts(path: bytes) -> list[str]:
    """The names of a path from the root down."""
    try:
        text = path.decode()
    except UnicodeDecodeError:
        raise asyncssh.SFTPNoSuchFile("no such file") from None
    if len(path) > LONGEST_PATH or "\0" in text:
        raise asyncssh.SFTPNoSuchFile("no such file")
    return [name for name in posixpath.normpath("/" + text).split("/") if name]


def _attributes(mode: int, size: int, day: datetime) -> SFTPAttrs:
    seconds = int(day.timestamp())
    kind = asyncssh.FILEXFER_TYPE_DIRECTORY if stat.S_ISDIR(mode) else asyncssh.FILEXFER_TYPE_REGULAR
    return SFTPAttrs(type=kind, size=size, uid=0, gid=0, permissions=mode, nlink=1, atime=seconds, mtime=seconds)

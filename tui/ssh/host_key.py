"""The server's own key, by which people know that this is the counter: made on first start, then kept."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import asyncssh

from billing.errors import N_, Refusal


class HostKeyOpen(Refusal):
    """Others can read or change the private key."""

    message = N_("The host key {file} can be read or written by others. Nothing was started. Make it yours alone: "
                 "chmod 600 {file}")  # fmt: skip


class HostKeyUnusable(Refusal):
    """The file is no private key, or cannot be read or made."""

    message = N_("The host key {file} cannot be used: {reason}. Nothing was started.")


def host_key(path: Path) -> asyncssh.SSHKey:
    """The private key in the file, or a new Ed25519 one (RFC 8709) where there is no file."""
    try:
        if not path.exists():
            _make(path)
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise HostKeyOpen(file=path)
            return asyncssh.import_private_key(file.read())
    except (OSError, asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as fault:
        raise HostKeyUnusable(file=path, reason=getattr(fault, "strerror", None) or fault) from fault


def _make(path: Path) -> None:
    """Write a new key beside its place first: an interrupted start leaves no half of one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = asyncssh.generate_private_key("ssh-ed25519", comment="ventanilla")
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key.export_private_key())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # whoever was first keeps theirs
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    path.with_name(f"{path.name}.pub").write_bytes(key.export_public_key())

"""The programs that tests run for real: found, installed where that may be done, or asked for in one sentence.

`make test` runs this first, so that no test of the SSH front is left out because a client is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

CLIENTS = {
    "ssh": "openssh-client",
    "sftp": "openssh-client",
    "scp": "openssh-client",
    "ssh-keygen": "openssh-client",
    "tmux": "tmux",
}
"""Programs that people come with, and Debian's package of each. Without them nothing is proven of the front."""

SYSTEM = {
    "systemd-analyze": "systemd",
    "/usr/share/consolefonts/Lat15-Terminus16.psf.gz": "console-setup-linux",
}
"""What only some systems have. Installed where that works; elsewhere those two tests are skipped, and it is said."""

INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends", "--no-remove")
QUICK = ("-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20", "-o", "Acquire::https::Timeout=20")


def missing(wanted: Mapping[str, str]) -> list[str]:
    """What of it is not on this machine."""
    return [name for name in wanted if not (Path(name).exists() if "/" in name else shutil.which(name))]


def what_to_install(names: Iterable[str]) -> str:
    """The sentence for whoever has to do it."""
    packages = " ".join(sorted({(CLIENTS | SYSTEM)[name] for name in names}))
    return (
        f"The tests need {', '.join(names)}: install Debian's {packages} (apt-get install {packages}), and try again."
    )


def client(name: str) -> str:
    """Where a client is. Without it a test fails, with what to install: it is not skipped."""
    found = shutil.which(name)
    if found is None:
        pytest.fail(what_to_install([name]), pytrace=False)
    return found


def may_install() -> bool:
    """Whether this is a machine, and somebody, for Debian's packages."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(names: Iterable[str], wanted: Mapping[str, str], run: Callable[[Iterable[str]], bool]) -> None:
    """Install the packages of these; look for newer lists only where the ones that are here do not do."""
    packages = sorted({wanted[name] for name in names})
    if packages and not run([*INSTALL, *QUICK, *packages]) and run(["apt-get", "update", *QUICK]):
        run([*INSTALL, *QUICK, *packages])


def _run(command: Iterable[str]) -> bool:
    about = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run([*command], env=about, stdout=subprocess.DEVNULL, check=False).returncode == 0


def main() -> int:
    """Have everything here, or say what is missing."""
    if may_install():
        for wanted in (CLIENTS, SYSTEM):
            install(missing(wanted), wanted, _run)
    if lacking := missing(CLIENTS):
        print(what_to_install(lacking), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Paper: the printers of this machine, through CUPS' own commands `lpstat` and `lp`.

Commands are argument lists, never a shell's line; what comes from data (title, queue) is an argument of an option or
follows `--`. The document goes in through standard input, so no copy of it stays on disk.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess

from billing.document_content import REPLACEMENT, plain
from billing.documents import NoPrinter, PrinterSilent, PrintFailed

_SECONDS = 15
_QUEUE = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.@+-]{0,126}")
_JOB = re.compile(r"request id is (\S+-\d+)")
_NONE = ("no default destination", "no destinations", "scheduler is not running", "unable to connect")
"""What CUPS says where there is nothing to print on."""


class CupsPrinter:
    """The `Printer` port over CUPS. `seconds` bounds each command."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds

    def queues(self) -> tuple[str, ...]:
        """The printers there are, the default one first. Raises `NoPrinter` where there is none."""
        names = [name for name in self._run("lpstat", "-e").splitlines() if _QUEUE.fullmatch(name)]
        if not names:
            raise NoPrinter
        try:
            default = self._run("lpstat", "-d").rpartition(":")[2].strip()
        except PrintFailed:
            default = ""
        return tuple(sorted(names, key=lambda name: name != default))

    def submit(self, pdf: bytes, title: str, queue: str) -> str:
        """Print on `queue` (empty: the default one); returns the job's reference, such as `Office-12`."""
        if queue and not _QUEUE.fullmatch(queue):
            raise PrintFailed(why=plain(queue))
        options = ["-d", queue] if queue else []
        answer = self._run("lp", *options, "-t", _title(title), "--", "-", data=pdf)
        found = _JOB.search(answer)
        return found[1] if found else plain(answer.strip())

    def _run(self, command: str, *arguments: str, data: bytes = b"") -> str:
        path = shutil.which(command)
        if path is None:
            raise NoPrinter
        # In English and UTF-8, whatever the person's locale: the answers are read, and `LC_ALL` rules them.
        surroundings = {**os.environ, "LC_ALL": "C.UTF-8"}
        try:
            done = subprocess.run(  # noqa: S603 - an argument list made here
                [path, *arguments],
                input=data,
                capture_output=True,
                timeout=self._seconds,
                check=False,
                env=surroundings,
            )
        except subprocess.TimeoutExpired as silence:
            raise PrinterSilent(seconds=int(self._seconds)) from silence
        except OSError as fault:
            raise PrintFailed(why=plain(fault.strerror or str(fault))) from fault
        if done.returncode:
            why = plain(done.stderr.decode(errors="replace").strip()).removeprefix(f"{command}: ")
            if any(word in why.lower() for word in _NONE):
                raise NoPrinter
            raise PrintFailed(why=why.rstrip(".") or f"{command} {done.returncode}")
        return done.stdout.decode(errors="replace")


def _title(title: str) -> str:
    """A job's title: one short line that is no option."""
    return plain(title).replace(REPLACEMENT, "").strip(" -")[:80] or "document"

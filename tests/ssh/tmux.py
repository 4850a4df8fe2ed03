"""A real tmux for tests: a server of its own, one window with a plain shell, keys sent and the pane read."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.clients import client
from tests.journeys.terminal import INHERITED_NOT, PATIENCE, Terminal

PROMPT = "shell>"
NAMED = {"enter": "Enter", "escape": "Escape", "up": "Up", "down": "Down", "end": "End"}


class Tmux:
    """Somebody's tmux, 80 by 24, with the shell's prompt in it."""

    def __init__(self, folder: Path, term: str = "tmux-256color") -> None:
        """`folder` has a short path: tmux's socket is in it. `term` is what programs in the window are told."""
        clean = {name: value for name, value in os.environ.items() if name not in (*INHERITED_NOT, "TMUX")}
        (folder / "shrc").write_text(f"PS1='{PROMPT} '\n")
        own = {"TMUX_TMPDIR": str(folder), "ENV": str(folder / "shrc"), "LANG": "C.UTF-8", "TERM": "xterm-256color"}
        self._about = {**clean, **own}
        self._tmux = [client("tmux"), "-u", "-L", f"ventanilla-{os.getpid()}", "-f", "/dev/null"]
        self._folder = folder
        self._does("start-server", ";", "set", "-g", "default-terminal", term, ";",
                   "new-session", "-d", "-x", "80", "-y", "24", "-s", "office", "/bin/sh")  # fmt: skip

    def _does(self, *words: str) -> str:
        done = subprocess.run(
            [*self._tmux, *words], env=self._about, capture_output=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout.decode()

    def run(self, command: Sequence[str], **about: str) -> None:
        """Start a program from the shell."""
        script = self._folder / "come"
        said = " ".join(f"'{word}'" for word in command)
        script.write_text("".join(f"export {name}='{value}'\n" for name, value in about.items()) + f"exec {said}\n")
        self.press(f"sh {script}", "enter")

    def press(self, *keys: str) -> None:
        """Press named keys, or type text."""
        for key in keys:
            if key in NAMED or re.fullmatch(r"f\d+", key):
                self._does("send-keys", NAMED.get(key, key.upper()))
            else:
                self._does("send-keys", "-l", key)

    @property
    def text(self) -> str:
        """What the window shows."""
        return self._does("capture-pane", "-p")

    @property
    def coloured(self) -> str:
        """The same, with the sequences that make its colours."""
        return self._does("capture-pane", "-p", "-e")

    def full_screen(self) -> bool:
        """Whether a program has the whole screen, which the shell will have back."""
        return self._does("display-message", "-p", "#{alternate_on}").strip() == "1"

    def wait_for(self, *texts: str) -> str:
        """Wait until all of them show; the window's text."""
        deadline = time.monotonic() + PATIENCE
        while not all(text in (shown := self.text) for text in texts):
            assert time.monotonic() < deadline, f"{texts} did not appear in:\n{shown}"
            time.sleep(0.02)
        return shown

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size."""
        self._does("resize-window", "-x", str(columns), "-y", str(rows))

    def attach(self) -> Terminal:
        """Somebody's terminal that shows this tmux."""
        return Terminal(["attach-session", "-t", "office"], program=self._tmux, env=self._about)

    def detach(self) -> None:
        """Let everybody's terminal go; what runs goes on."""
        self._does("detach-client", "-s", "office")

    def kill(self) -> None:
        """End tmux and all in it."""
        subprocess.run(
            [*self._tmux, "kill-server"], env=self._about, capture_output=True, timeout=PATIENCE, check=False
        )

    def __enter__(self) -> Self:
        self.wait_for(PROMPT)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.kill()

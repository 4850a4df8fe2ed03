"""What a key costs on a history of 100,000 invoices, and how soon the first screen stands.

`python -m tests.bench.bench_screen`. First paint is measured in a pseudo-terminal from the program's start to its
first words, in turn with a Textual program that shows one line. Keys are pressed in a session of the real program, and
timed to the end of what they draw.
"""

from __future__ import annotations

import os
import select
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.journeys.terminal import Terminal
from tui.cli import main as ventanilla
from tui.demo.stage import DEMO_PASSWORD

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self): yield Static("HELLO")
Bare().run(mouse=False)
"""

STARTS = 9
KEYS = 60
INVOICES = 100_000


def first_words(arguments: list[str], words: str) -> float:
    """Seconds from start to `words` on the screen."""
    started = time.perf_counter()
    with Terminal(arguments) as terminal:
        while words not in terminal.text:
            if not terminal._read(10):
                raise AssertionError(terminal.text)
        return time.perf_counter() - started


def paint() -> None:
    """The first painted frame against a bare Textual program."""
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        times: dict[str, list[float]] = {"bare": [], "demo": []}
        for run in range(STARTS + 1):
            plain = _bare_start(bare)
            own = first_words(["demo", "--lang", "en"], "Choose a counter")
            if run:
                times["bare"].append(plain)
                times["demo"].append(own)
    bare_ms, own_ms = (statistics.median(times[name]) * 1000 for name in ("bare", "demo"))
    ratio = statistics.median(o / b for o, b in zip(times["demo"], times["bare"], strict=True))
    print(f"PAINT     first words: {own_ms:.0f} ms, a bare Textual program {bare_ms:.0f} ms   x{ratio:.2f} (aim 1.15)")


def _bare_start(script: Path) -> float:
    import pty

    started = time.perf_counter()
    pid, handle = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS="80", LINES="24")
        os.execv(sys.executable, [sys.executable, str(script)])
    seen = b""
    while b"HELLO" not in seen:
        seen += os.read(handle, 65536)
    taken = time.perf_counter() - started
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    os.close(handle)
    return taken


def keys() -> None:
    """One arrow key in a very long history: the time until its drawing has arrived, and the bytes it took."""
    with tempfile.TemporaryDirectory() as folder:
        data, url = f"{folder}/data.json", f"tinydb:{folder}/store.json"
        size = ("--accounts", "2", "--years", "3", "--busiest", str(INVOICES), "--as-of", "2026-11-23")
        ventanilla(["sample", *size, "--output", data, "--lang", "en"])
        ventanilla(["init", "--from", data, "--store", url, "--lang", "en"])
        with Terminal(["--store", url, "--lang", "en"]) as terminal:
            terminal.wait_for("GoToAssist")
            terminal.press("enter")
            terminal.wait_for("User ID")
            terminal.press("billing@c00000.example", "enter", DEMO_PASSWORD, "enter")
            terminal.wait_for("History", "Issued")
            started = time.perf_counter()
            terminal.press("f3")
            terminal.wait_for("documents")
            opened = time.perf_counter() - started
            count = terminal.text.split(" documents")[0].split("\n")[-1].strip()
            terminal.read_for(1)
            measured = [_one_key(terminal) for _ in range(KEYS)]
            searches = []
            for text in ("f-2025", "support", "2024-02"):
                started = time.perf_counter()
                terminal.press(text)
                terminal.read_for(0.05)
                while terminal._read(0.5):
                    pass
                searches.append(time.perf_counter() - started - 0.5)
                terminal.press(*("backspace",) * len(text))
                terminal.read_for(1)
    times, sizes = [t for t, _ in measured], [b for _, b in measured]
    print(f"KEYS      {count} invoices of one account, 80x24; the history opens in {opened * 1000:.0f} ms")
    print(
        f"KEYS      an arrow key: {statistics.median(times) * 1000:.1f} ms median (aim 8), "
        f"{statistics.quantiles(times, n=20)[-1] * 1000:.1f} ms p95; {statistics.median(sizes):.0f} bytes median, "
        f"{statistics.mean(sizes):.0f} mean with page turns (aim 320)"
    )
    print(f"KEYS      a search of the whole history, typed at once: {max(searches) * 1000:.0f} ms at worst")


def _one_key(terminal: Terminal) -> tuple[float, int]:
    before = len(terminal.raw)
    started = time.perf_counter()
    os.write(terminal._handle, b"\x1b[B")
    last = started
    while select.select([terminal._handle], [], [], 0.08)[0]:
        terminal._read(0)
        last = time.perf_counter()
    return last - started, len(terminal.raw) - before


def main() -> None:
    """Measure and print."""
    paint()
    keys()


if __name__ == "__main__":
    main()

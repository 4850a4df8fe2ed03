"""Catches what would have everybody wait: files, the store, documents and hashing on the thread of the event loop."""

from __future__ import annotations

import asyncio
import io
import os
import sys
import sysconfig
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

ROOT = Path(__file__).parents[1]
_PACKAGES = Path(sysconfig.get_path("purelib"))
_SLOW_PLACES = tuple(
    f"{place}{os.sep}"
    for place in (
        *(ROOT / room for room in ("storage", "gateways")),
        *(_PACKAGES / name for name in ("argon2", "fpdf", "fontTools", "tinydb", "stripe")),
    )
)
_SLOW_CALLS = {io.open, io.open_code, os.open, os.fsync, os.fdatasync, os.replace, os.scandir, time.sleep}


@dataclass
class Watch:
    """What was called on this thread that may take long."""

    found: dict[str, list[str]] = field(default_factory=dict)
    _codes: dict[CodeType, bool] = field(default_factory=dict)

    def seen(self, frame: FrameType, event: str, argument: Any) -> None:
        """A call, as `sys.setprofile` tells it."""
        if event == "call":
            code = frame.f_code
            slow = self._codes.get(code)
            if slow is None:
                slow = self._codes[code] = code.co_filename.startswith(_SLOW_PLACES)
            if slow:
                self._note(f"{Path(code.co_filename).name}:{code.co_qualname}", frame)
        elif event == "c_call" and argument in _SLOW_CALLS:
            self._note(argument.__qualname__, frame)

    def _note(self, what: str, frame: FrameType) -> None:
        if what not in self.found:
            frames = traceback.extract_stack(frame, limit=12)
            self.found[what] = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames]


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch this thread, which is the event loop's."""
    watch = Watch()
    sys.setprofile(watch.seen)
    try:
        yield watch
    finally:
        sys.setprofile(None)


@dataclass
class Blocked:
    """Turns of the loop that took long and used the processor all the while, and where they were in the middle."""

    longer_than: float = 0.05
    found: list[tuple[float, list[str]]] = field(default_factory=list)
    _began: float = 0.0
    _stack: list[str] = field(default_factory=list)

    @contextmanager
    def counted(self) -> Iterator[Blocked]:
        """Count on this thread's loop."""
        run = asyncio.events.Handle._run
        loop_thread, over = threading.get_ident(), threading.Event()

        def timed(handle: asyncio.Handle) -> None:
            if threading.get_ident() != loop_thread:
                return run(handle)
            self._stack, self._began = [], time.perf_counter()
            used = time.thread_time()
            try:
                return run(handle)
            finally:
                used = time.thread_time() - used
                self._began = 0.0
                if used > self.longer_than:
                    self.found.append((used, self._stack))

        def samples() -> None:
            while not over.wait(self.longer_than / 3):
                if self._began and not self._stack and time.perf_counter() - self._began > self.longer_than / 2:
                    stack = traceback.extract_stack(sys._current_frames()[loop_thread])[-14:]
                    self._stack = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in stack]

        sampler = threading.Thread(target=samples, daemon=True)
        asyncio.events.Handle._run = timed  # type: ignore[method-assign, assignment]
        sampler.start()
        try:
            yield self
        finally:
            over.set()
            sampler.join()
            asyncio.events.Handle._run = run  # type: ignore[method-assign]

"""`ventanilla serve` with a watch on its loop: turns of more than 50 ms of processor are told at the end, on stderr."""

from __future__ import annotations

import gc
import sys
import time

from tests.watch import Blocked
from tui.cli import main

collections: list[float] = []
_began = 0.0


def _collected(phase: str, about: dict[str, int]) -> None:
    global _began
    del about
    if phase == "start":
        _began = time.perf_counter()
    else:
        collections.append(time.perf_counter() - _began)


def blocked_and_told(argv: list[str]) -> int:
    """Serve, and tell."""
    gc.callbacks.append(_collected)
    blocked = Blocked()
    with blocked.counted():
        code = main(argv)
    for seconds, stack in blocked.found:
        sys.stderr.write(f"BLOCKED {seconds * 1000:.0f} ms: {' < '.join(reversed(stack[-8:]))}\n")
    longest = max(collections, default=0.0)
    sys.stderr.write(f"COLLECTED {len(collections)} times, at most {longest * 1000:.0f} ms\n")
    return code


if __name__ == "__main__":
    raise SystemExit(blocked_and_told(sys.argv[1:]))

"""`ventanilla serve` with a watch on its loop: turns of more than 50 ms of processor are told at the end, on stderr."""

from __future__ import annotations

import gc
import sys
import time

from tests.watch import Blocked
from tui.cli import main

collections: list[tuple[float, int]] = []
_began = 0.0


def _collected(phase: str, about: dict[str, int]) -> None:
    global _began
    if phase == "start":
        _began = time.thread_time()
    else:
        collections.append((time.thread_time() - _began, about["generation"]))


def blocked_and_told(argv: list[str]) -> int:
    """Serve, and tell."""
    gc.callbacks.append(_collected)
    blocked = Blocked()
    with blocked.counted():
        code = main(argv)
    for seconds, stack in blocked.found:
        sys.stderr.write(f"BLOCKED {seconds * 1000:.0f} ms: {' < '.join(reversed(stack[-8:]))}\n")
    longest = ", ".join(f"{seconds * 1000:.0f} ms ({generation})" for seconds, generation in sorted(collections)[-6:])
    sys.stderr.write(f"COLLECTED {len(collections)} times; the longest, of generation: {longest}\n")
    return code


if __name__ == "__main__":
    raise SystemExit(blocked_and_told(sys.argv[1:]))

"""Tells after a soak run how long somebody honest waited for each key during each attack. Nothing asserts on it."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import quantiles

import pytest

from tests.attacks.siege import ANSWERED

FIGURES = pytest.StashKey[dict[str, list[float]]]()


@pytest.fixture(autouse=True)
def _measured(request: pytest.FixtureRequest) -> Iterator[None]:
    ANSWERED.clear()
    yield
    if ANSWERED:
        request.config.stash.setdefault(FIGURES, {})[request.node.name] = [*ANSWERED]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line for each attack."""
    figures = config.stash.get(FIGURES, {})
    if not figures or config.getoption("markexpr") != "soak":
        return
    terminalreporter.section("keys answered meanwhile")
    for name, took in figures.items():
        of_hundred = [
            each * 1000 for each in (quantiles(took, n=100, method="inclusive") if len(took) > 1 else took * 99)
        ]
        terminalreporter.write_line(
            f"{name.removeprefix('test_')}: {len(took)} keys,"
            f" p50 {of_hundred[49]:.1f} p99 {of_hundred[98]:.1f} max {max(took) * 1000:.1f} ms"
        )

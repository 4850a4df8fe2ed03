"""No test of the front is left out for want of a client: it is installed, or asked for in one sentence."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests import clients

HERE = {"sh": "dash"}
NOWHERE = {"no-such-program": "nothing", "/no/such/file": "files"}


class AptGet:
    """Says for each command whether it worked."""

    def __init__(self, *answers: bool) -> None:
        self.answers = iter(answers)
        self.asked: list[str] = []

    def __call__(self, command: Iterable[str]) -> bool:
        self.asked.append(next(word for word in command if word in ("install", "update")))
        return next(self.answers)


def test_what_is_here_is_not_missing() -> None:
    assert clients.missing(HERE | NOWHERE) == [*NOWHERE]


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ((True,), ["install"]),
        ((False, True, True), ["install", "update", "install"]),
        ((False,) * 2, ["install", "update"]),
    ],
)
def test_newer_lists_are_looked_for_only_where_those_at_hand_do_not_do(
    answers: tuple[bool, ...], asked: list[str]
) -> None:
    apt_get = AptGet(*answers)
    clients.install(NOWHERE, NOWHERE, apt_get)
    assert apt_get.asked == asked


def test_nothing_is_asked_for_where_nothing_is_missing() -> None:
    apt_get = AptGet()
    clients.install((), HERE, apt_get)
    assert apt_get.asked == []


@pytest.mark.parametrize("root", [True, False])
def test_a_client_that_cannot_be_had_stops_everything_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], root: bool
) -> None:
    apt_get = AptGet(False, False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(clients, "SYSTEM", {})
    monkeypatch.setattr(clients, "may_install", lambda: root)
    monkeypatch.setattr(clients, "_run", apt_get)
    assert clients.main() == 1
    (said,) = capsys.readouterr().err.splitlines()
    assert "install Debian's openssh-client tmux" in said
    assert apt_get.asked == (["install", "update"] if root else [])
    with pytest.raises(pytest.fail.Exception, match="install Debian's openssh-client"):
        clients.client("scp")

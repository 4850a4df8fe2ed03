"""What is typed reaches the program whole, however the line cuts it; what is hostile is bounded."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from tui.ssh.typing_gate import LONGEST_PASTE, TypingGate

PASTE, PASTED = b"\x1b[200~", b"\x1b[201~"

PIECES = st.sampled_from([b"a", "ñ€".encode(), b"\r", b"\x1b[A", b"\x1bOP", b"\x1b[20~", PASTE + b"p q\n" + PASTED])


def typed(chunks: Iterable[bytes]) -> list[tuple[str, str]]:
    """The events of what was typed."""
    gate, told = TypingGate(), []
    for chunk in chunks:
        gate.take(chunk)
        while gate.waiting:
            told += [_plain(event) for event in gate.slice()]
    return told


def _plain(event: Message) -> tuple[str, str]:
    if isinstance(event, events.Paste):
        return "paste", event.text
    assert isinstance(event, events.Key)
    return "key", event.key


@given(st.lists(PIECES, max_size=30), st.lists(st.integers(1, 7), max_size=60))
def test_it_does_not_matter_where_the_line_cuts(pieces: list[bytes], sizes: list[int]) -> None:
    whole = b"".join(pieces)
    chunks, at = [], 0
    for size in sizes:
        chunks.append(whole[at : at + size])
        at += size
    assert typed([*chunks, whole[at:]]) == typed([whole])


def test_a_lone_escape_is_the_key_once_nothing_follows() -> None:
    gate = TypingGate()
    gate.take(b"\x1b")
    assert not gate.waiting
    assert [_plain(event) for event in gate.quiet()] == [("key", "escape")]


def test_a_paste_is_kept_to_its_bound_and_ends_when_its_mark_does_not_come() -> None:
    gate = TypingGate()
    tracemalloc.start()
    try:
        for _ in range(2000):
            gate.take(PASTE + b"x" * 50_000 if not gate.pasting else b"x" * 50_000)
            while gate.waiting:
                assert list(gate.slice()) == []
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
    (pasted,) = gate.end_paste()
    assert isinstance(pasted, events.Paste)
    assert len(pasted.text) == LONGEST_PASTE
    assert not gate.pasting
    gate.take(b"k")
    assert [_plain(event) for event in gate.slice()] == [("key", "k")]


def test_a_paste_smuggled_past_the_gate_is_given_up() -> None:
    gate = TypingGate()
    gate.take(b"\x1b" + PASTE + PASTED + b"[200~")
    gate.take(b"y" * 100_000)
    while gate.waiting:
        list(gate.slice())
    gate.take(b"k")
    assert [_plain(event) for event in gate.slice()] == [("key", "k")]


@given(st.binary(max_size=400))
def test_no_bytes_break_it(data: bytes) -> None:
    gate = TypingGate()
    gate.take(data)
    for _ in range(len(data) + 2):
        list(gate.slice())
    list(gate.end_paste())
    list(gate.quiet())
    assert not gate.waiting

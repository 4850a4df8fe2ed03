"""Each backend against a plain dictionary, through any order of commits, failures and reopenings."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from billing.errors import Duplicate, NotFound, Stale
from billing.record import changed
from billing.store import Span, Store
from storage.registry import open_store
from tests.contract.conftest import BACKENDS, address
from tests.contract.kinds import KINDS, Note, note

EXAMPLES = int(os.environ.get("VENTANILLA_EXAMPLES", "40"))
"""Stories per backend; more in a long run."""
NAMES = st.sampled_from([f"n{i}" for i in range(6)])
SHELVES = st.sampled_from(["a", "b"])
TAGS = st.sampled_from(["", "", "red", "blue"])
TITLES = st.text(st.sampled_from("xy ñ\x1b\n\u202e"), max_size=4)
DAYS = st.integers(0, 4)


class Undone(Exception):
    """Raised to end a transaction badly."""


class Model(RuleBasedStateMachine):
    """The store does what the dictionary does."""

    backend: str

    @initialize()
    def make(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.store: Store = open_store(address(self.backend, self.folder), KINDS, create=True)
        self.model: dict[str, Note] = {}

    @rule(
        writes=st.lists(st.tuples(NAMES, SHELVES, DAYS, TITLES, TAGS, st.booleans()), min_size=1, max_size=4),
        fail=st.booleans(),
    )
    def write(self, writes: list[tuple[str, str, int, str, str, bool]], fail: bool) -> None:
        draft = dict(self.model)
        try:
            with self.store.write() as books:
                for name, shelf, day, title, tag, remove in writes:
                    known = draft.get(name)
                    if remove:
                        self._remove(books, draft, name, known)
                        continue
                    wanted = changed(
                        note(name, shelf=shelf, day=day, title=title, tag=tag), version=known.version if known else 0
                    )
                    clash = any(n.tag == tag for n in draft.values() if n.id != name) and bool(tag)
                    try:
                        stored = books.put(wanted)
                    except Duplicate:
                        assert clash
                        continue
                    assert not clash
                    draft[name] = stored
                    assert stored.version == wanted.version + 1
                self._agree(books, draft)
                if fail:
                    raise Undone
        except Undone:
            return
        self.model = draft

    def _remove(self, books: object, draft: dict[str, Note], name: str, known: Note | None) -> None:
        try:
            books.remove(known or note(name))  # type: ignore[attr-defined]
        except NotFound:
            assert known is None
        else:
            del draft[name]

    @rule(name=NAMES)
    def write_a_stale_version(self, name: str) -> None:
        if name in self.model:
            try:
                with self.store.write() as books:
                    books.put(changed(self.model[name], version=self.model[name].version + 1))
            except Stale:
                return
            raise AssertionError("a version from the future was taken")

    @rule()
    def reopen(self) -> None:
        if self.store.durable:
            self.store.close()
            self.store = open_store(address(self.backend, self.folder), KINDS)

    @invariant()
    def agrees(self) -> None:
        if hasattr(self, "store"):
            with self.store.read() as books:
                self._agree(books, self.model)

    def _agree(self, books: object, model: dict[str, Note]) -> None:
        assert {n.id: n for n in books.every(Note)} == model  # type: ignore[attr-defined]
        for index in Note.indexes:
            expected = sorted((key, n.id) for n in model.values() for key in index.keys(n))
            found = books.find(Note, Span(index.name)).rows  # type: ignore[attr-defined]
            assert [n.id for n in found] == [name for _, name in expected]
            assert books.count(Note, Span(index.name)) == len(expected)  # type: ignore[attr-defined]

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)


def _case(name: str) -> type:
    machine = type(f"Model_{name}", (Model,), {"backend": name})
    case: type = machine.TestCase  # type: ignore[attr-defined]
    case.settings = settings(  # type: ignore[attr-defined]
        max_examples=EXAMPLES, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    return case


TestMemory, TestTinyDB, TestSQLite, TestThirdParty = (_case(name) for name in BACKENDS)

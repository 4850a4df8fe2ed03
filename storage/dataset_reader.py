"""From the bytes of a data file to records: its JSON, its sections and its types. What they mean is checked after.

The file is walked record by record, so that a large one costs the memory of its text and its records and no more, and
a fault is told by its line. JSON is read strictly: no key twice, no fractions (amounts are whole), nothing unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NoReturn

import msgspec

from billing.kinds import KINDS
from billing.record import Record

FORMAT, VERSION = "ventanilla", 1

Records = dict[type[Record], tuple[Record, ...]]


class Unreadable(Exception):
    """Where the reading stopped: a line or a record, the field, and what is wrong with it."""

    def __init__(self, record: str, field: str, reason: str) -> None:
        super().__init__(reason)
        self.record, self.field, self.reason = record, field, reason


def records_in(data: bytes) -> tuple[date, Records]:
    """The file's day and its records, by kind. Raises `Unreadable`."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = len(data[: error.start].split(b"\n"))
        raise Unreadable(f"line {line}", "text", f"byte {error.start} is not UTF-8") from error
    return _Walk(text).file()


class _Malformed(ValueError):
    """JSON that is allowed elsewhere and not here."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Malformed(f"{twice!r} stands twice in one object")
    return found


def _refuse(why: str) -> Callable[[str], NoReturn]:
    def refuse(text: str) -> NoReturn:
        raise _Malformed(f"{text[:40]} {why}")

    return refuse


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=_refuse("has a fraction: amounts are whole minor units"),
    parse_constant=_refuse("is not a number"),
)

_SPACE = re.compile(r"[ \t\n\r]*")


class _Walk:
    """A place in the text, moving forward."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._space()

    def file(self) -> tuple[date, Records]:
        """The whole file."""
        self._take("{")
        self._header("format", FORMAT)
        self._header("version", VERSION)
        self._name("as_of")
        as_of = self._day()
        kinds, records = iter(KINDS), dict[type[Record], tuple[Record, ...]]()
        while self._next(","):
            kind = self._section(kinds)
            self._take("[")
            records[kind] = tuple(self._records(kind))
        self._take("}")
        if self.at < len(self.text):
            self._fail("JSON", "something follows the closing brace")
        return as_of, records

    def _header(self, name: str, wanted: str | int) -> None:
        self._name(name)
        value = self._value()
        if type(value) is not type(wanted) or value != wanted:
            self._fail(name, f"must be {json.dumps(wanted)}, not {json.dumps(value)[:40]}")
        self._take(",")

    def _name(self, wanted: str) -> None:
        at, found = self.at, self._value()
        if found != wanted:
            self.at = at
            self._fail(wanted, f"must stand here, not {json.dumps(found)[:40]}")
        self._take(":")

    def _day(self) -> date:
        try:
            return msgspec.convert(self._value(), date)
        except msgspec.ValidationError as error:
            self._fail("as_of", str(error))

    def _section(self, kinds: Iterator[type[Record]]) -> type[Record]:
        """The next section's kind. One without records may be left out; the order is fixed, so none comes twice."""
        at, name = self.at, self._value()
        found = next((kind for kind in kinds if kind.kind == name), None)
        if found is None:
            self.at = at
            known = [kind.kind for kind in KINDS]
            if name not in known:
                self._fail("sections", f"{json.dumps(name)[:40]} is not a section of version {VERSION}")
            self._fail(str(name), f"stands twice or out of order; the order is {', '.join(known)}")
        self._take(":")
        return found

    def _records(self, kind: type[Record]) -> Iterator[Record]:
        if self._next("]"):
            return
        while True:
            at = self.at
            value = self._value()
            try:
                yield _record(kind, value)
            except msgspec.ValidationError as error:
                named = isinstance(value, dict) and isinstance(value.get("id"), str)
                where = f"{kind.kind} {value['id'][:64]}" if named else f"{kind.kind}, {self._line(at)}"
                raise Unreadable(where, *_explained(error)) from error
            if self._next("]"):
                return
            self._take(",")

    def _line(self, at: int) -> str:
        return f"line {self.text.count(chr(10), 0, at) + 1}"

    def _space(self) -> None:
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at

    def _next(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.at):
            return False
        self.at += 1
        self._space()
        return True

    def _take(self, sign: str) -> None:
        if not self._next(sign):
            self._fail("JSON", f"expected {sign}" if self.at < len(self.text) else f"the file ends before {sign}")

    def _value(self) -> Any:
        try:
            value, self.at = _DECODER.raw_decode(self.text, self.at)
        except json.JSONDecodeError as error:
            self.at = error.pos
            self._fail("JSON", error.msg)
        except RecursionError:
            self._fail("JSON", "nested too deeply")
        except ValueError as error:
            self._fail("JSON", str(error))
        self._space()
        return value

    def _fail(self, field: str, reason: str) -> NoReturn:
        raise Unreadable(self._line(self.at), field, reason)


def _record(kind: type[Record], value: Any) -> Record:
    record = msgspec.convert(value, kind)
    if "version" in value:
        raise msgspec.ValidationError("Object contains unknown field `version`: the store gives it")
    return record


def _explained(error: msgspec.ValidationError) -> tuple[str, str]:
    """The field and the reason, of ``Expected `int`, got `str` - at `$.lines[0].net` ``."""
    reason, _, path = str(error).partition(" - at `$")
    named = re.search(r" field `([^`]*)`", reason)
    parts = [path.rstrip("`").lstrip("."), named[1] if named else ""]
    return ".".join(part for part in parts if part) or "record", reason

"""Index keys as bytes whose order is the keys' own, for stores that compare bytes.

The encoding is that of FoundationDB's tuple layer (design/tuple.md there) for text and integers; days and moments are
integers under marks of their own. The bytes of a key begin with the bytes of each of its beginnings.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from billing.record import Key

TEXT, ZERO, DAY, MOMENT = 0x02, 0x14, 0x30, 0x31
AFTER_ALL = b"\xff"
"""More than any part begins with."""

_LONGEST = 8
"""Bytes of an integer."""
_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


def encoded(key: Key) -> bytes:
    """The key's bytes. A part that is no str, int, date or aware datetime is a `TypeError`."""
    return b"".join(map(_part, key))


def decoded(data: bytes) -> Key:
    """The key of these bytes; parts of enumerations come back as their values."""
    return tuple(_parts(data))


def _part(part: Any) -> bytes:
    match part:
        case str():
            return bytes((TEXT,)) + part.encode("utf-8", "surrogatepass").replace(b"\0", b"\0\xff") + b"\0"
        case int():
            return _integer(int(part))
        case datetime():
            return bytes((MOMENT,)) + _integer((part - _BEGINNING) // timedelta(microseconds=1))
        case date():
            return bytes((DAY,)) + _integer(part.toordinal())
    raise TypeError(f"{type(part).__name__} cannot be part of a key")


def _integer(number: int) -> bytes:
    length = (abs(number).bit_length() + 7) // 8
    if length > _LONGEST:
        raise TypeError("an integer of more than 64 bits cannot be part of a key")
    if number < 0:
        return bytes((ZERO - length,)) + (number + (1 << 8 * length) - 1).to_bytes(length, "big")
    return bytes((ZERO + length,)) + number.to_bytes(length, "big")


def _parts(data: bytes) -> Iterator[Any]:
    place = 0
    while place < len(data):
        mark = data[place]
        if mark == TEXT:
            end = data.index(b"\0", place + 1)
            while data[end + 1 : end + 2] == b"\xff":
                end = data.index(b"\0", end + 2)
            yield data[place + 1 : end].replace(b"\0\xff", b"\0").decode("utf-8", "surrogatepass")
            place = end + 1
        elif mark in (DAY, MOMENT):
            number, place = _number(data, place + 1)
            yield date.fromordinal(number) if mark == DAY else _BEGINNING + timedelta(microseconds=number)
        else:
            number, place = _number(data, place)
            yield number


def _number(data: bytes, place: int) -> tuple[int, int]:
    """The integer at a place, and where it ends."""
    length = abs(data[place] - ZERO)
    end = place + 1 + length
    number = int.from_bytes(data[place + 1 : end], "big")
    return (number if data[place] >= ZERO else number - (1 << 8 * length) + 1), end

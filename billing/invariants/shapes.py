"""Texts, numbers, moments and codes that every store and every reader can hold, at any depth of a record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

Found = tuple[str, str]
"""A field, and what is wrong with it."""

LONGEST_TEXT = 2000
"""Characters in any one text."""

LONGEST_VALUE = 8000
"""Characters of what fills a sentence or a mail, such as a member's message."""

EARLIEST, LATEST = date(1900, 1, 1), date(2900, 1, 1)
"""Days of a subscription lie between: boundaries can be counted from them."""

LARGEST_NUMBER = 10**15
"""No amount or quantity is larger: it fits the integers of every database, and sums of many do too."""

MOST_DAYS, MOST_MONTHS = 3650, 1200
"""Of a trial or of time to pay; of a minimum term or a discount."""

_CURRENCY = re.compile(r"[A-Z]{3}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_CARD_NUMBER = re.compile(r"(?:\d[ -]?){12,}")


def fits(value: Any) -> bool:
    """Whether `sized` has nothing to say: asked of every value of a file, so it keeps no track of where it is."""
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT and (value.isascii() or _LONE_SURROGATE.search(value) is None)
    if isinstance(value, int):
        return -LARGEST_NUMBER <= value <= LARGEST_NUMBER
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return isinstance(exponent, int) and exponent >= -4 and 0 <= value <= 100
    if isinstance(value, datetime):
        return value.tzinfo is not None
    if isinstance(value, tuple):
        return all(map(fits, value))
    if isinstance(value, dict):
        return all(map(_written, value.values()))
    return all(map(fits, msgspec.structs.astuple(value))) if isinstance(value, msgspec.Struct) else True


def _written(value: Any) -> bool:
    """Whether a text that fills a place can be one; other values of a table have rules of their own."""
    return not isinstance(value, str) or (len(value) <= LONGEST_VALUE and _LONE_SURROGATE.search(value) is None)


def sized(path: str, value: Any) -> Iterator[Found]:
    """Texts and numbers that are too large, at any depth. Text may be hostile (the screen sees to it) but is text."""
    if isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from sized(f"{path}[{number}]", part)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from sized(f"{path}.{name}".lstrip("."), getattr(value, name))
    elif isinstance(value, dict):
        for name, text in value.items():
            if not _written(text):
                yield f"{path}.{name}"[:80], f"longer than {LONGEST_VALUE} characters, or holds half a character"
    elif not fits(value):
        match value:
            case str() if len(value) > LONGEST_TEXT:
                yield path, f"longer than {LONGEST_TEXT} characters"
            case str():
                yield path, "holds half a character (a lone surrogate)"
            case int():
                yield path, f"beyond {LARGEST_NUMBER}"
            case datetime():
                yield path, "must have a time zone, such as Z"
            case _:
                yield path, "must be from 0 to 100, with at most four decimals"


def currency(name: str, code: str) -> Iterator[Found]:
    """A currency's code."""
    if not _CURRENCY.fullmatch(code):
        yield name, "must be an ISO 4217 code, such as EUR"


def country(name: str, code: str) -> Iterator[Found]:
    """A country's code."""
    if not _COUNTRY.fullmatch(code):
        yield name, "must be an ISO 3166-1 code, such as ES"


def no_card(name: str, text: str) -> Iterator[Found]:
    """How a method reads, without the number that it stands for."""
    if _CARD_NUMBER.search(text):
        yield name, "looks like a card or account number, which is never held; keep the last four digits"

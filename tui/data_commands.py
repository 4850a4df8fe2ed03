"""Commands that make, fill, copy and invent data. Each either does all of it or nothing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from billing.errors import N_, Refusal
from billing.kinds import KINDS
from billing.language import Language
from billing.store import Store
from storage.dataset import dump, load_into, read_dataset
from storage.registry import open_store
from tui.wiring import default_store_url

MADE = N_("A new store was made at {place}.")
MADE_WITH_DEMO = N_("A new store with the demonstration's data was made at {place}.")
TAKEN = N_("{place} now holds the data of {file}.")
WRITTEN = N_("All data was written to {file}.")


class Unwritable(Refusal):
    """An output file cannot be written."""

    message = N_("{file} cannot be written: {reason}. Nothing was changed.")


def run(options: argparse.Namespace, language: Language) -> None:
    """Do one data command and say what was done."""
    url = options.store or default_store_url()
    match options.command:
        case "init":
            if not (options.if_missing and _exists(url)):
                _tell(_init(url, options, language))
        case "import":
            data = read_dataset(Path(options.file))
            with _opened(url) as store:
                load_into(store, data)
            _tell(language.say(TAKEN, place=url, file=options.file))
        case "export":
            with _opened(url) as store:
                data_file = dump(store, datetime.now(UTC).date())
            _write(options.file, data_file)
            _tell(language.say(WRITTEN, file=options.file))
        case _:
            from tui.demo.sample import demonstration, sample

            as_of = options.as_of or datetime.now(UTC).date()
            size = (options.accounts, options.years, options.seed, as_of, options.busiest)
            data = demonstration() if options.demo else sample(*size)
            _write(options.output, data.to_bytes())
            _tell(language.say(WRITTEN, file=options.output))


def _init(url: str, options: argparse.Namespace, language: Language) -> str:
    from tui.demo.stage import demo_data

    data = demo_data() if options.demo else read_dataset(Path(options.source)) if options.source else None
    with _opened(url, create=True) as store:
        if data is not None:
            load_into(store, data)
    return language.say(MADE_WITH_DEMO if options.demo else MADE, place=url)


def _exists(url: str) -> bool:
    scheme, _, path = url.partition(":")
    return scheme == "tinydb" and Path(path).expanduser().exists()


@contextmanager
def _opened(url: str, *, create: bool = False) -> Iterator[Store]:
    store = open_store(url, KINDS, create=create)
    try:
        yield store
    finally:
        store.close()


def _write(name: str, data: bytes) -> None:
    try:
        if name == "-":
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        else:
            Path(name).write_bytes(data)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise Unwritable(file=name, reason=error.strerror) from error


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)  # noqa: T201

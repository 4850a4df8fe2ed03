"""Commands that make, fill, copy and invent data. Each either does all of it or nothing."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from billing.errors import N_, Refusal
from billing.kinds import KINDS
from billing.language import Language
from billing.store import StoreUnavailable
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
            said = _init(url, options)
        case "import":
            with_data = read_dataset(Path(options.file))
            store = open_store(url, KINDS)
            try:
                load_into(store, with_data)
            finally:
                store.close()
            said = language.say(TAKEN, place=url, file=options.file)
        case "export":
            store = open_store(url, KINDS)
            try:
                _write(options.file, dump(store))
            finally:
                store.close()
            said = language.say(WRITTEN, file=options.file)
        case _:
            from tui.demo.sample import sample

            today = datetime.now(UTC).date()
            _write(
                options.output,
                sample(options.accounts, options.years, options.seed, today, options.busiest).to_bytes(),
            )
            said = language.say(WRITTEN, file=options.output)
    print(said, file=sys.stderr)  # noqa: T201

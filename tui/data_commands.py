"""Commands that make, fill, copy and invent data. Each either does all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from billing.errors import N_
from billing.kinds import KINDS
from billing.store import Store
from storage.dataset import dump, load_into, read_dataset
from storage.registry import open_store
from tui.commands.call import Call
from tui.commands.exits import DONE
from tui.commands.render import lines, write
from tui.wiring import default_store_url

MADE = N_("A new store was made at {place}.")
MADE_WITH_DEMO = N_("A new store with the demonstration's data was made at {place}.")
TAKEN = N_("{place} now holds the data of {file}.")
WRITTEN = N_("All data was written to {file}.")


def run(call: Call) -> int:
    """Do one data command and say on standard error what was done."""
    options, language = call.options, call.language
    url = options.store or default_store_url()
    match options.command:
        case "init":
            if not (options.if_missing and _exists(url)):
                _tell(call, _init(call, url))
        case "import":
            data = read_dataset(Path(options.file))
            with _opened(url) as store:
                load_into(store, data)
            _tell(call, language.say(TAKEN, place=url, file=options.file))
        case "export":
            with call.store() as store:
                data_file = dump(store, call.clock().date())
            call.streams.write(options.file, data_file)
            _tell(call, language.say(WRITTEN, file=options.file))
        case _:
            from tui.demo.sample import demonstration, sample

            as_of = options.as_of or call.clock().date()
            size = (options.accounts, options.years, options.seed, as_of, options.busiest)
            data = demonstration() if options.demo else sample(*size)
            call.streams.write(options.output, data.to_bytes())
            _tell(call, language.say(WRITTEN, file=options.output))
    return DONE


def _init(call: Call, url: str) -> str:
    from tui.demo.stage import demo_data

    options = call.options

    data = demo_data() if options.demo else read_dataset(Path(options.source)) if options.source else None
    with _opened(url, create=True) as store:
        if data is not None:
            load_into(store, data)
    return call.language.say(MADE_WITH_DEMO if options.demo else MADE, place=url)


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


def _tell(call: Call, sentence: str) -> None:
    write(lines([sentence]), call.streams.stderr)

"""The data format as JSON Schema, for people who write data files with tools of their own.

`python -m storage.dataset_schema` prints it; `docs/data-format.schema.json` holds it.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any, Literal

import msgspec

from billing.kinds import KINDS
from storage.dataset_reader import FORMAT, VERSION


def file_type() -> type[msgspec.Struct]:
    """The file's type."""
    sections: list[tuple[str, Any, Any]] = [
        (kind.kind, tuple.__class_getitem__((kind, ...)), msgspec.field(default=())) for kind in KINDS
    ]
    head: list[tuple[str, Any]] = [
        ("format", Literal.__getitem__(FORMAT)),
        ("version", Literal.__getitem__(VERSION)),
        ("as_of", date),
    ]
    return msgspec.defstruct("VentanillaData", [*head, *sections], kw_only=True, forbid_unknown_fields=True)


def schema() -> dict[str, Any]:
    """The format's JSON Schema (2020-12)."""
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(file_type())}
    for kind in KINDS:
        # A record's version is the store's business and not in the file.
        del made["$defs"][kind.__name__]["properties"]["version"]
    return made


def as_text() -> str:
    """The schema as it stands in `docs/`."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_text())

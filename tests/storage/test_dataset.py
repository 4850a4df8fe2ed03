"""A data file is taken whole or refused whole, with the record, the field and the reason."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import storage.dataset
from billing.errors import Duplicate
from billing.invoices import Invoice
from billing.kinds import KINDS
from billing.language import NAMES, Language
from billing.record import changed
from billing.store import Store
from billing.vendor import Vendor
from storage.dataset import BadData, Dataset, NotEmpty, dump, load_into, read_dataset
from storage.dataset_schema import as_text, schema
from storage.registry import open_store
from tui.demo.sample import sample

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demo_data.json"
GOOD = sample(6, 1, 11, date(2026, 11, 23)).to_bytes()

File = dict[str, Any]


def written(file: File) -> bytes:
    """A file as another program might write it."""
    return json.dumps(file, indent=1).encode()


def refused(data: bytes | Path) -> dict[str, Any]:
    """What the refusal says."""
    with pytest.raises(BadData) as caught:
        read_dataset(data)
    assert "Nothing was changed" in str(caught.value)
    return caught.value.values


def first(file: File, section: str, **wanted: Any) -> Any:
    """The first record of a section with these values."""
    return next(r for r in file[section] if all(r.get(k) == v for k, v in wanted.items()))


def note(file: File) -> Any:
    """A credit note."""
    return first(file, "invoices", type="credit_note")


def bill(file: File) -> Any:
    """An invoice that nobody credited."""
    return next(r for r in file["invoices"] if "corrects" not in r and "credited" not in r and "paid" in r)


WAYS: dict[str, tuple[Callable[[File], Any], str]] = {
    "another format": (lambda f: f.update(format="other"), "format"),
    "a later version": (lambda f: f.update(version=2), "version"),
    "a version that is true": (lambda f: f.update(version=True), "version"),
    "no such day": (lambda f: f.update(as_of="2026-02-30"), "as_of"),
    "an unknown section": (lambda f: f.update(shoes=[]), "sections"),
    "a section out of order": (lambda f: f.update(series=f.pop("series")), "series"),
    "a section that is no list": (lambda f: f.update(payments={}), "JSON"),
    "an unknown field": (lambda f: bill(f).update(colour="red"), "colour"),
    "an unknown field within": (lambda f: bill(f)["groups"][0].update(colour="red"), "groups[0].colour"),
    "a version of its own": (lambda f: bill(f).update(version=3), "version"),
    "a missing field": (lambda f: bill(f).pop("number"), "number"),
    "a missing field within": (lambda f: bill(f)["lines"][0].pop("net"), "lines[0].net"),
    "a text for an amount": (lambda f: bill(f).update(net="1"), "net"),
    "a fraction for an amount": (lambda f: bill(f).update(net=1.5), "JSON"),
    "a fraction that is whole": (lambda f: bill(f).update(net=1.0), "JSON"),
    "no number": (lambda f: bill(f).update(net=float("nan")), "JSON"),
    "an endless amount": (lambda f: bill(f).update(net=10**20), "net"),
    "nothing for a record": (lambda f: f["invoices"].append(None), "record"),
    "an unknown state": (lambda f: bill(f).update(state="lost"), "state"),
    "an id twice": (lambda f: f["people"].append(f["people"][0]), "id"),
    "an id of blanks": (lambda f: f["people"][0].update(id="a b"), "id"),
    "an id too long": (lambda f: f["people"][0].update(id="a" * 65), "id"),
    "an id that is empty": (lambda f: f["people"][0].update(id=""), "id"),
    "a number twice": (lambda f: f["invoices"][1].update(number=f["invoices"][0]["number"]), "number"),
    "a user ID twice": (
        lambda f: f["credentials"][1].update(
            user_id=f["credentials"][0]["user_id"], counter=f["credentials"][0]["counter"]
        ),
        "user_id",
    ),
    "two memberships of one person on one account": (
        lambda f: f["memberships"].append({**f["memberships"][0], "id": "again"}),
        "person",
    ),
    "an unknown account": (lambda f: bill(f).update(account_id="nobody"), "account_id"),
    "an account that is empty": (lambda f: bill(f).update(account_id=""), "account_id"),
    "an unknown person": (lambda f: f["credentials"][0].update(person_id="nobody"), "person_id"),
    "an unknown member": (lambda f: f["memberships"][0].update(person_id="nobody"), "person_id"),
    "an unknown plan": (lambda f: f["subscriptions"][0].update(plan_id="none"), "plan_id"),
    "an unknown subscription": (lambda f: bill(f).update(subscription_id="none"), "subscription_id"),
    "another account's subscription": (
        lambda f: bill(f).update(
            subscription_id=next(s["id"] for s in f["subscriptions"] if s["account_id"] != bill(f)["account_id"])
        ),
        "subscription_id",
    ),
    "an unknown invoice": (lambda f: f["payments"][0].update(invoice_id="none"), "invoice_id"),
    "another account's payment": (
        lambda f: f["payments"][0].update(
            account_id=next(a["id"] for a in f["accounts"] if a["id"] != f["payments"][0]["account_id"])
        ),
        "invoice_id",
    ),
    "a payment of a credit note": (
        lambda f: next(p for p in f["payments"] if p["account_id"] == note(f)["account_id"]).update(
            invoice_id=note(f)["id"]
        ),
        "invoice_id",
    ),
    "an unknown corrected invoice": (lambda f: note(f).update(corrects="none"), "corrects"),
    "a credit note for nothing": (lambda f: note(f).update(corrects=""), "corrects"),
    "a credit note without a reason": (lambda f: note(f).update(reason=""), "reason"),
    "a credit note that misquotes": (lambda f: note(f).update(corrects_number="F-1"), "corrects_number"),
    "a credit note that misdates": (lambda f: note(f).update(corrects_issued_on="2020-01-01"), "corrects_issued_on"),
    "a credit note that was paid": (lambda f: note(f).update(paid=1), "paid"),
    "an invoice that corrects": (lambda f: bill(f).update(corrects=note(f)["corrects"]), "corrects"),
    "no lines": (lambda f: bill(f).update(lines=[]), "lines"),
    "a line that does not multiply": (lambda f: bill(f)["lines"][0].update(unit_price=1), "lines[0].net"),
    "a line that ends before it starts": (lambda f: bill(f)["lines"][0].update(end="2000-01-01"), "lines[0].end"),
    "a line with half a period": (lambda f: bill(f)["lines"][0].pop("end"), "lines[0].end"),
    "a rate that is not": (lambda f: bill(f)["lines"][0].update(rate="NaN"), "lines[0].rate"),
    "a rate without end": (lambda f: bill(f)["lines"][0].update(rate="1e999999"), "lines[0].rate"),
    "a rate below nothing": (lambda f: bill(f)["lines"][0].update(rate="-1"), "lines[0].rate"),
    "a rate for the exempt": (
        lambda f: bill(f)["lines"][0].update(category="E", rate="21"),
        "lines[0].rate",
    ),
    "net not the lines'": (lambda f: bill(f).update(net=bill(f)["net"] + 1), "net"),
    "tax not the groups'": (lambda f: bill(f).update(tax=bill(f)["tax"] + 1), "tax"),
    "gross not the sum": (lambda f: bill(f).update(gross=bill(f)["gross"] + 1), "gross"),
    "groups not the lines'": (lambda f: bill(f)["groups"][0].update(net=1), "groups"),
    "paid not the payments'": (lambda f: bill(f).update(paid=bill(f)["paid"] - 1, state="open"), "paid"),
    "credited not the notes'": (
        lambda f: bill(f).update(credited=bill(f)["gross"] - bill(f)["paid"] + 1),
        "credited",
    ),
    "paid and still open": (lambda f: first(f, "invoices", state="paid").update(state="open"), "state"),
    "a credit note that is open": (lambda f: note(f).update(state="open"), "state"),
    "another currency than the account's": (lambda f: bill(f).update(currency="USD", tax_in_euro=1), "currency"),
    "no currency": (lambda f: f["accounts"][0].update(currency="euro"), "currency"),
    "no country": (lambda f: f["accounts"][0]["address"].update(country="Spain"), "address.country"),
    "no language": (lambda f: f["accounts"][0].update(language="fr"), "language"),
    "no time zone": (lambda f: f["accounts"][0].update(time_zone="Mars/Olympus"), "time_zone"),
    "a time zone that is a path": (lambda f: f["accounts"][0].update(time_zone="../../etc/passwd"), "time_zone"),
    "a language of documents": (lambda f: bill(f).update(language="fr"), "language"),
    "a language of a person": (lambda f: f["people"][0].update(language="fr"), "language"),
    "due before issued": (lambda f: bill(f).update(due_on="2000-01-01"), "due_on"),
    "a number without a series": (lambda f: bill(f).update(number="X-1-000001"), "number"),
    "a number that does not run": (lambda f: bill(f).update(number="F-2026-12a"), "number"),
    "a gap": (lambda f: bill(f).update(number="F-2026-900000"), "number"),
    "a date that goes back": (
        lambda f: [r for r in f["invoices"] if r["number"].startswith("F-2026")][-1].update(
            issued_on="2026-01-01", due_on="2026-12-31"
        ),
        "issued_on",
    ),
    "a series that forgot": (lambda f: f["series"][0].update(next=1), "next"),
    "a series before its start": (lambda f: f["series"][0].update(next=0), "next"),
    "an empty series that has begun": (lambda f: f["series"].append({"id": "Z", "next": 5}), "next"),
    "no vendor": (lambda f: f.pop("vendor"), "id"),
    "another vendor": (lambda f: f["vendor"][0].update(id="other"), "id"),
    "two vendors": (lambda f: f["vendor"].append({**f["vendor"][0], "id": "second"}), "id"),
    "a price twice": (lambda f: f["plans"][0]["prices"].append(f["plans"][0]["prices"][0]), "prices["),
    "a price below nothing": (lambda f: f["plans"][0]["prices"][0].update(amount=-1), "prices[0].amount"),
    "a password in the clear": (lambda f: f["credentials"][0].update(password_hash="secret"), "password_hash"),
    "a user ID nobody can type": (lambda f: f["credentials"][0].update(user_id="Marta "), "user_id"),
    "a user ID that is none": (lambda f: f["credentials"][0].update(user_id="a b"), "user_id"),
    "a card number": (lambda f: f["payments"][0].update(method="Visa 4242 4242 4242 4242"), "method"),
    "a payment of nothing": (lambda f: f["payments"][0].update(amount=0), "amount"),
    "no licences": (lambda f: f["subscriptions"][0].update(quantity=0), "quantity"),
    "an impossible anchor": (lambda f: f["subscriptions"][0].update(anchor_day=32), "anchor_day"),
    "a discount of more than all": (lambda f: f["subscriptions"][0].update(discount_percent=101), "discount_percent"),
    "an end before the start": (lambda f: f["subscriptions"][0].update(end="2000-01-01"), "end"),
    "a price that pays the customer": (lambda f: f["subscriptions"][0].update(unit_price=-1), "unit_price"),
    "days to pay beyond sense": (lambda f: f["accounts"][0].update(payment_days=9999), "payment_days"),
    "a text without end": (lambda f: f["accounts"][0].update(name="x" * 2001), "name"),
    "a text without end within": (
        lambda f: f["accounts"][0]["address"].update(lines=["x", "y" * 2001]),
        "address.lines[1]",
    ),
    "half a character": (lambda f: f["accounts"][0].update(name="\ud800"), "name"),
}
"""Ways of being bad: what is done to a good file, and (the beginning of) the field that is named."""


def test_the_good_file_is_good_in_any_layout() -> None:
    assert read_dataset(written(json.loads(GOOD))).to_bytes() == GOOD


@pytest.mark.parametrize("way", WAYS)
def test_a_bad_file_is_refused_by_the_field_that_is_wrong(way: str) -> None:
    spoil, field = WAYS[way]
    file = json.loads(GOOD)
    spoil(file)
    said = refused(written(file))
    assert said["field"].startswith(field), said


def test_a_fault_is_told_with_its_record_or_its_line(tmp_path: Path) -> None:
    file = json.loads(GOOD)
    bill(file)["net"] += 1
    path = tmp_path / "año.json"
    path.write_bytes(written(file))
    said = refused(path)
    assert said["place"] == str(path)
    assert said["record"] == f"invoices {bill(file)['id']}"
    assert "add up to" in said["reason"]
    assert refused(b'{"format": "ventanilla",\n"version": 1,\n"as_of": 7')["record"] == "line 3"


def test_a_name_twice_in_one_object_is_refused_at_any_depth() -> None:
    text = GOOD.decode()
    for once, twice in (('"format":', '"format": "ventanilla", "format":'), ('"next":', '"next":1,"next":')):
        assert refused(text.replace(once, twice, 1).encode())["record"].startswith(("line", "series"))
    assert "stands twice" in refused(text.replace('"next":', '"next":1,"next":', 1).encode())["reason"]
    section = '"plans": [],\n"plans": ['
    assert "twice or out of order" in refused(text.replace('"plans": [', section, 1).encode())["reason"]


NO_DATA_FILES = {
    "empty": b"",
    "blank": b" ",
    "an opening brace": b"{",
    "an empty object": b"{}",
    "an empty list": b"[]",
    "null": b"null",
    "UTF-16": GOOD.decode().encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "zeros": b"\x00" * 100,
    "two files": GOOD + GOOD,
    "something after the end": GOOD + b"x",
    "endless lists": b"[" * 200_000,
    "endless lists as the format": b'{"format":' + b"[" * 200_000,
    "endless objects": b'{"a":' * 50_000,
    "a number of five thousand digits": GOOD.replace(b'"version": 1', b'"version": 1' + b"0" * 5000, 1),
    "a ZIP file": b"PK\x03\x04" + bytes(range(256)),
    "Latin-1": GOOD.replace(b"ventanilla", b"ventanill\xe9", 1),
}


@pytest.mark.parametrize("data", NO_DATA_FILES.values(), ids=NO_DATA_FILES)
def test_what_is_no_data_file_is_refused(data: bytes) -> None:
    refused(data)


def test_a_file_cut_anywhere_is_refused() -> None:
    chance = random.Random(5)
    for cut in (1, len(GOOD) // 2, len(GOOD) - 2, *(chance.randrange(len(GOOD) - 1) for _ in range(40))):
        refused(GOOD[:cut])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda t: t.encode(errors="replace")))
def test_garbage_is_refused_and_nothing_else_happens(data: bytes) -> None:
    refused(data)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_file_changed_anywhere_is_either_refused_or_good(data: st.DataObject) -> None:
    """No byte of a file, whatever it becomes, brings the reader down; and what is taken can be written and read."""
    at = data.draw(st.integers(0, len(GOOD) - 1))
    spoiled = bytearray(GOOD)
    spoiled[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))
    try:
        taken = read_dataset(bytes(spoiled))
    except BadData:
        return
    assert read_dataset(taken.to_bytes()).to_bytes() == taken.to_bytes()


def test_a_file_larger_than_allowed_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.dataset, "LARGEST_FILE", 1000)
    path = tmp_path / "large.json"
    path.write_bytes(GOOD)
    assert "larger than" in refused(path)["reason"]
    assert "larger than" in refused(GOOD)["reason"]


def test_a_file_that_cannot_be_read_is_told_as_such(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.json")["reason"] == "No such file or directory"
    assert refused(tmp_path)["reason"] == "Is a directory"


def test_hostile_text_is_carried_unchanged_and_the_file_itself_is_safe_to_look_at() -> None:
    evil = "[/] \x1b]52;c;x\x07 \x9b2J \x7f \u202e \u200b \u2066 \ufeff \xad \U000e0041 \\\u202e 株 é 😀"
    file = json.loads(GOOD)
    file["accounts"][0]["name"] = evil
    taken = read_dataset(written(file))
    data = taken.to_bytes()
    assert json.loads(data)["accounts"][0]["name"] == evil
    assert read_dataset(data).to_bytes() == data
    text = data.decode()
    assert "株 é 😀" in text
    assert all(c == "\n" or c.isprintable() for c in text if c not in "\u00a0\u202f")


@pytest.fixture(params=["memory", "tinydb"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A new, empty store."""
    url = "memory:" if request.param == "memory" else f"tinydb:{tmp_path / 'store.json'}"
    store = open_store(url, KINDS, create=True)
    yield store
    store.close()


def test_what_goes_in_comes_out(empty: Store) -> None:
    data = read_dataset(DEMO)
    load_into(empty, data)
    assert dump(empty, data.as_of) == DEMO.read_bytes()


def test_a_copy_is_read_page_by_page(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.dataset, "PAGE", 7)
    data = read_dataset(GOOD)
    load_into(empty, data)
    assert dump(empty, data.as_of) == GOOD


def test_a_record_that_was_changed_since_is_written_without_its_version(empty: Store) -> None:
    load_into(empty, read_dataset(GOOD))
    with empty.write() as books:
        vendor = books.get(Vendor, Vendor.ID)
        books.put(changed(vendor, phone="1"))
    again = read_dataset(dump(empty, date(2026, 11, 23)))
    assert again.of(Vendor)[0] == changed(vendor, phone="1", version=0)


def test_a_store_that_holds_anything_takes_no_file(empty: Store) -> None:
    load_into(empty, Dataset(date(2026, 1, 1), {Vendor: read_dataset(GOOD).of(Vendor)}))
    before = dump(empty, date(2026, 1, 1))
    with pytest.raises(NotEmpty):
        load_into(empty, read_dataset(GOOD))
    assert dump(empty, date(2026, 1, 1)) == before


def test_loading_that_fails_half_way_leaves_the_store_empty(empty: Store) -> None:
    data = read_dataset(GOOD)
    last = data.of(Invoice)[-1]
    twice = dict(data.records)
    twice[Invoice] += (changed(last, id="another"),)
    with pytest.raises(Duplicate):
        load_into(empty, Dataset(data.as_of, twice))
    load_into(empty, data)
    assert dump(empty, data.as_of) == GOOD


def test_sections_without_records_may_be_left_out() -> None:
    taken = read_dataset(b'{"format": "ventanilla", "version": 1, "as_of": "2026-11-23"}')
    assert all(taken.of(kind) == () for kind in KINDS)
    assert read_dataset(taken.to_bytes()).as_of == date(2026, 11, 23)


def test_the_schema_in_the_documentation_is_todays() -> None:
    assert (ROOT / "docs" / "data-format.schema.json").read_text() == as_text()


def test_an_independent_validator_agrees_that_the_files_are_of_the_format() -> None:
    validator = jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker())
    validator.check_schema(schema())
    for data in (DEMO.read_bytes(), GOOD):
        assert list(validator.iter_errors(json.loads(data))) == []


@pytest.mark.parametrize(
    "way", ["an unknown section", "an unknown field", "a missing field", "a text for an amount", "a later version",
            "a version of its own", "an unknown state"],
)  # fmt: skip
def test_an_independent_validator_refuses_what_the_reader_refuses(way: str) -> None:
    file = json.loads(GOOD)
    WAYS[way][0](file)
    assert list(jsonschema.Draft202012Validator(schema()).iter_errors(file))


def test_the_documentation_describes_every_section() -> None:
    text = (ROOT / "docs" / "data-format.md").read_text()
    assert all(f"**{kind.kind}**" in text for kind in KINDS)


@pytest.mark.parametrize("tag", NAMES)
def test_a_refusal_can_be_shown_in_every_language(tag: str) -> None:
    with pytest.raises(BadData) as caught:
        read_dataset(b"{")
    assert "line 1" in Language(tag).refusal(caught.value)
    assert (Language(tag).refusal(NotEmpty()) == str(NotEmpty())) is (tag == "en")

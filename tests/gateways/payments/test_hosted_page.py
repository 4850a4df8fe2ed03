"""The sandbox's pages: what they send, what they refuse, and a card entered in a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import gateways.payments
from billing.language import Language
from billing.money import Money
from billing.payment_gateway import Collection, CollectionState, Declined, NeedsCustomer, Succeeded
from gateways.payments.hosted_page import SANDBOX
from gateways.payments.sandbox import TEST_CARDS, Sandbox
from tests.gateways.payments.browser import CHROMIUM, browser
from tests.gateways.payments.conftest import Clock, ask, sandbox_card

CUSTOMER = "cus_acme"
NUMBER = "4242424242424242"
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium, chromium-browser or google-chrome on PATH")


@pytest.fixture
def opened(sandbox: Sandbox) -> Collection:
    return sandbox.start_collection(CUSTOMER, key="page")


def asking(sandbox: Sandbox) -> NeedsCustomer:
    card = sandbox_card(sandbox, CUSTOMER, "confirm")
    outcome = sandbox.charge(CUSTOMER, card, Money(1210, "EUR"), "F-<7>", key="k")
    assert isinstance(outcome, NeedsCustomer)
    return outcome


def test_the_page_says_what_it_is_and_names_every_test_card(opened: Collection) -> None:
    answer, page = ask(opened.url, headers={"Accept-Language": "en"})
    assert answer.status == 200
    assert SANDBOX in page
    for card in TEST_CARDS:
        assert f'data-card="{card.name}"' in page


@pytest.mark.parametrize("tag", ["es", "en"])
def test_the_page_speaks_the_readers_language(opened: Collection, tag: str) -> None:
    _, page = ask(opened.url, headers={"Accept-Language": f"xx, {tag}-XX;q=0.9, en;q=0.1"})
    assert f'<html lang="{tag}">' in page
    assert Language(tag).say(SANDBOX) in page


def test_the_page_allows_nothing_it_does_not_need_and_is_kept_nowhere(opened: Collection) -> None:
    for path in (None, "/card.js", "/page.css", "/nothing"):
        answer, _ = ask(opened.url, path=path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_no_field_of_the_card_has_a_name_to_be_posted_under(opened: Collection) -> None:
    _, page = ask(opened.url)
    fields = re.findall(r"<input[^>]*>", page)
    assert {re.search(r'name="(\w+)"', f)[1] for f in fields if "name=" in f} == {  # type: ignore[index]
        "token", "brand", "last4", "expires",
    }  # fmt: skip


def test_no_card_number_is_in_the_program_outside_the_pages_script() -> None:
    folder = Path(gateways.payments.__file__).parent
    holding = [f.name for f in folder.iterdir() if f.is_file() and re.search(rb"\d{12,}", _without_ibans(f))]
    assert holding == ["card.js"]


def _without_ibans(file: Path) -> bytes:
    return re.sub(rb"[A-Z]{2}\d{20,}", b"", file.read_bytes())


@pytest.mark.parametrize(
    "body",
    [
        b"token=ok&number=4242424242424242",
        b"token=4242+4242+4242+4242",
        b"token=ok&expires=4242-4242-4242-4242",
        b"4242424242424242=x",
        b"token=ok&brand=424242424242",
    ],
)
def test_anything_like_a_card_number_is_refused(
    sandbox: Sandbox, opened: Collection, tmp_path: Path, body: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    answer, page = ask(opened.url, "POST", body)
    assert answer.status == 400
    assert sandbox.collection(opened.id).state is CollectionState.WAITING
    written = page + (tmp_path / "sandbox.jsonl").read_text() + "".join(capfd.readouterr())
    assert "4242" not in written.replace(" ", "")


def test_what_is_too_long_or_of_no_known_length_is_not_read(sandbox: Sandbox, opened: Collection) -> None:
    assert ask(opened.url, "POST", b"token=ok&x=" + b"y" * 2000)[0].status == 413
    assert ask(opened.url, "POST", None, headers={"Transfer-Encoding": "chunked"})[0].status == 413
    assert ask(opened.url, "POST", None, headers={"Content-Length": "-5"})[0].status == 413
    assert sandbox.collection(opened.id).state is CollectionState.WAITING


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/c/",
        "/../sandbox.py",
        "/c/../../sandbox.py",
        "/%2e%2e/sandbox.py",
        "/sandbox.py",
        "//etc/passwd",
        "/c/aaaaaaaaaaaa",
    ],
)
def test_there_is_nothing_else_to_be_had(opened: Collection, path: str) -> None:
    answer, page = ask(opened.url, path=path)
    assert answer.status == 404
    assert "import" not in page


def test_a_page_takes_one_card(sandbox: Sandbox, opened: Collection) -> None:
    body = b"token=mastercard&brand=Mastercard&last4=4444&expires=12%2F30"
    assert ask(opened.url, "POST", body)[0].status == 200
    found = sandbox.collection(opened.id)
    assert found.state is CollectionState.DONE
    assert found.method
    assert (found.method.brand, found.method.last4, str(found.method.expires)) == ("Mastercard", "4444", "2031-01-01")
    assert ask(opened.url, "POST", body)[0].status == 409
    assert ask(opened.url)[0].status == 404


def test_a_page_takes_no_card_after_half_an_hour(sandbox: Sandbox, opened: Collection, clock: Clock) -> None:
    clock.pass_(minutes=30)
    assert ask(opened.url)[0].status == 404
    assert ask(opened.url, "POST", b"token=ok&expires=12%2F30")[0].status == 409
    assert sandbox.collection(opened.id).state is CollectionState.EXPIRED


def test_a_card_whose_date_has_passed_is_not_taken(sandbox: Sandbox, opened: Collection) -> None:
    assert ask(opened.url, "POST", b"token=ok&expires=10%2F26")[0].status == 409
    assert ask(opened.url, "POST", b"token=ok&expires=11%2F26")[0].status == 200


def test_a_length_that_is_no_number_is_refused(opened: Collection) -> None:
    assert ask(opened.url, "POST", None, headers={"Content-Length": "\u00b2"})[0].status == 413


def test_a_token_nobody_gave_out_is_refused(sandbox: Sandbox, opened: Collection) -> None:
    for body in (b"", b"token=", b"token=gold", b"token=../../etc", b"token=ok'--"):
        assert ask(opened.url, "POST", body)[0].status == 409
    assert sandbox.collection(opened.id).state is CollectionState.WAITING


def test_a_bank_asks_once_and_shows_names_as_text(sandbox: Sandbox) -> None:
    asked = asking(sandbox)
    assert len(asked.url) < 60
    _, page = ask(asked.url, headers={"Accept-Language": "en"})
    assert "€12.10" in page
    assert "F-&lt;7&gt;" in page
    assert ask(asked.url, "POST", b"answer=no")[0].status == 200
    assert isinstance(sandbox.find_charge(CUSTOMER, "k"), Declined)
    assert ask(asked.url)[0].status == 404


def test_only_this_machine_can_reach_the_page(opened: Collection) -> None:
    assert urlsplit(opened.url).hostname == "127.0.0.1"
    assert len(opened.url) < 60


@needs_chromium
async def test_a_person_enters_a_card_and_its_number_never_leaves_the_browser(
    sandbox: Sandbox, opened: Collection, tmp_path: Path
) -> None:
    async with browser(tmp_path / "profile") as tab:
        await tab.open(opened.url)
        await tab.type("#number", "4111 1111 1111 1111")
        await tab.type("#expiry", "12/30")
        await tab.type("#code", "123")
        await tab.click("#add")
        assert await tab.ask("document.getElementById('unknown-card').checkVisibility()")
        assert sandbox.collection(opened.id).state is CollectionState.WAITING

        await tab.ask("document.getElementById('number').value = ''")
        await tab.type("#number", "4242 4242 4242 4242")
        await tab.click("#add", leaves=True)
        assert "Thank you" in await tab.text()
        posted = [r for r in tab.requests if r["method"] == "POST"]
        complaints = [c for c in tab.complaints if "favicon" not in c and "404" not in c]
    found = sandbox.collection(opened.id)
    assert found.state is CollectionState.DONE
    assert found.method
    assert (found.method.brand, found.method.last4, str(found.method.expires)) == ("Visa", "4242", "2031-01-01")
    (only,) = posted
    assert only["postData"] == "token=ok&brand=Visa&last4=4242&expires=12%2F30"
    assert {urlsplit(r["url"]).hostname for r in tab.requests if r["url"].startswith("http")} == {"127.0.0.1"}
    assert complaints == []
    assert NUMBER not in (tmp_path / "sandbox.jsonl").read_text()


@needs_chromium
async def test_every_number_the_page_shows_ends_as_its_card_does(opened: Collection, tmp_path: Path) -> None:
    async with browser(tmp_path / "profile") as tab:
        await tab.open(opened.url, "es")
        shown = await tab.ask(
            "Object.fromEntries([...document.querySelectorAll('tr[data-card]')]"
            ".map(r => [r.dataset.card, r.querySelector('code').textContent.slice(-4)]))"
        )
        assert await tab.ask("document.documentElement.lang") == "es"
    assert shown == {card.name: card.last4 for card in TEST_CARDS}


@needs_chromium
async def test_a_person_confirms_what_their_bank_asks(sandbox: Sandbox, tmp_path: Path) -> None:
    asked = asking(sandbox)
    async with browser(tmp_path / "profile") as tab:
        await tab.open(asked.url)
        assert "pay €12.10 for F-<7>?" in await tab.text()
        await tab.click("button[value=yes]", leaves=True)
        assert "Thank you" in await tab.text()
    assert isinstance(sandbox.find_charge(CUSTOMER, "k"), Succeeded)

"""Short links: short enough for a terminal's QR code, and leading only where the payment service asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateways.payments import short_links
from gateways.payments.short_links import ShortLinks
from tests.gateways.payments.conftest import Clock, ask

CHECKOUT = "https://checkout.stripe.com/c/pay/" + "x" * 360


@pytest.fixture
def links(clock: Clock) -> Iterator[ShortLinks]:
    made = ShortLinks(clock)
    yield made
    made.close()


def test_a_short_link_leads_to_the_long_one_and_is_kept_nowhere(links: ShortLinks) -> None:
    short = links.shorten(CHECKOUT)
    assert len(short) < 60
    answer, _ = ask(short)
    assert (answer.status, answer.headers["Location"]) == (303, CHECKOUT)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_same_address_has_one_link_and_another_has_another(links: ShortLinks) -> None:
    assert links.shorten(CHECKOUT) == links.shorten(CHECKOUT)
    assert links.shorten(CHECKOUT) != links.shorten(CHECKOUT + "y")


def test_a_link_ends_after_a_day(links: ShortLinks, clock: Clock) -> None:
    short = links.shorten(CHECKOUT)
    clock.pass_(hours=24)
    assert ask(short)[0].status == 404
    assert links.shorten(CHECKOUT) != short


def test_the_oldest_links_go_first(links: ShortLinks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(short_links, "MOST", 2)
    first, second, third = (links.shorten(f"{CHECKOUT}{n}") for n in range(3))
    assert [ask(link)[0].status for link in (first, second, third)] == [404, 303, 303]


@pytest.mark.parametrize("path", ["/", "/s/", "/s/abc", "/s/../done", "//evil.example", "/s/https://evil.example"])
def test_a_link_nobody_made_leads_nowhere(links: ShortLinks, path: str) -> None:
    answer, _ = ask(links.return_url, path=path)
    assert answer.status == 404
    assert "Location" not in answer.headers


@pytest.mark.parametrize("url", ["http://checkout.stripe.com/", "javascript:alert(1)", "//evil.example", ""])
def test_only_what_is_encrypted_is_led_to(links: ShortLinks, url: str) -> None:
    with pytest.raises(ValueError):
        links.shorten(url)


def test_a_customer_is_thanked_in_their_language(links: ShortLinks) -> None:
    assert "Thank you" in ask(links.return_url, headers={"Accept-Language": "en"})[1]
    assert '<html lang="es">' in ask(links.return_url, headers={"Accept-Language": "es"})[1]


def test_links_begin_with_the_vendors_own_address(clock: Clock) -> None:
    links = ShortLinks(clock, "https://pay.cartografa.example/")
    try:
        assert links.shorten(CHECKOUT).startswith("https://pay.cartografa.example/s/")
        assert links.return_url == "https://pay.cartografa.example/done"
        assert len(links.shorten(CHECKOUT)) < 60
    finally:
        links.close()

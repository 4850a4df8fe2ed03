"""The daily work that a server does by itself: once a day, caught up once, tried again where it failed, and visible."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import msgspec
import pytest

from billing.charges import Charge
from billing.invoices import Invoice
from billing.outbox import OutboxMessage, OutboxState
from billing.payment_gateway import GatewayUnavailable
from billing.record import changed
from tests.billing.shop import FIRST_OF_MARCH, VENDOR, Shop
from tui.cli import main
from tui.daily import MAIL, STEPS
from tui.serving.jobs import DailyJobs, due_day, last_results, results_file

AT = time(4, 30)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VENTANILLA_SMTP_URL", raising=False)
    monkeypatch.setenv("VENTANILLA_MAIL_FOLDER", str(tmp_path / "mail"))


@pytest.fixture
def shop() -> Shop:
    """A customer with a card and a plan."""
    made = Shop(vendor=changed(VENDOR, party=msgspec.structs.replace(VENDOR.party, email="billing@v.example")))
    made.give_card("acme")
    made.subscribe()
    return made


def jobs(shop: Shop, file: Path | None = None) -> DailyJobs:
    """The shop's daily work from half past four in Madrid on."""
    return DailyJobs(lambda: shop.store, shop.now, lambda: shop.gateway, AT, file=file)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-10T03:29:59", "2026-03-09"),
        ("2026-03-10T03:30:00", "2026-03-10"),
        ("2026-03-29T02:29:00", "2026-03-28"),  # summer time began at 01:00 UTC
        ("2026-03-29T02:30:00", "2026-03-29"),
        ("2026-12-31T23:30:00", "2026-12-31"),
    ],
)
def test_a_day_begins_at_its_hour_where_the_vendor_is(moment: str, day: str) -> None:
    assert due_day(datetime.fromisoformat(moment).replace(tzinfo=UTC), AT, "Europe/Madrid") == date.fromisoformat(day)


def test_an_hour_that_the_clocks_repeat_comes_once_and_one_they_skip_comes_too() -> None:
    for first, hours in ((datetime(2026, 10, 24, tzinfo=UTC), 72), (datetime(2026, 3, 28, tzinfo=UTC), 72)):
        days = [due_day(first + timedelta(minutes=m), time(2, 30), "Europe/Madrid") for m in range(hours * 60)]
        assert days == sorted(days)
        assert len(set(days)) == 4


def test_everything_is_done_once_a_day_and_what_was_missed_is_caught_up_once(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "jobs.json"
    shop.go(FIRST_OF_MARCH + 92 * DAY)  # three months in which nothing ran
    work = jobs(shop, file)
    work.look()
    assert set(work.results()) == set(STEPS)
    assert not any(result.failed for result in work.results().values())
    assert len(shop.all(Invoice)) == 4
    assert all(message.state is OutboxState.SENT for message in shop.all(OutboxMessage))
    before, again = work.results(), jobs(shop, file)
    shop.hour = 20
    for server in (work, again):  # later that day, and after the server was restarted
        server.look()
        assert server.results() == before
    assert last_results(file) == before
    shop.agree()


def test_one_that_cannot_be_done_keeps_no_other_from_it_and_is_tried_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[str] = []

    def away(work: object) -> object:
        calls.append("collect")
        raise GatewayUnavailable(reason="down") if len(calls) == 1 else RuntimeError("secret value")

    monkeypatch.setitem(STEPS, "collect", away)
    work = jobs(shop)
    work.look()
    work.look()
    failed = [name for name, result in work.results().items() if result.failed]
    assert (calls, failed) == (["collect"], ["collect"])
    assert work.results()["collect"].message == GatewayUnavailable.message
    shop.hour += 1
    work.look()
    assert calls == ["collect", "collect"]
    assert "RuntimeError" in work.results()["collect"].said
    assert "secret" not in work.results()["collect"].said
    monkeypatch.undo()
    shop.hour += 1
    work.look()
    assert not work.results()["collect"].failed
    assert "collect" in caplog.text


def test_mail_goes_with_every_look_and_says_so_where_it_is_not_set_up(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = jobs(shop)
    monkeypatch.delenv("VENTANILLA_MAIL_FOLDER")
    work.look()
    assert work.results()[MAIL].failed
    assert "VENTANILLA_SMTP_URL" in work.results()[MAIL].said
    monkeypatch.setenv("VENTANILLA_MAIL_FOLDER", str(tmp_path / "mail"))
    work.look()
    assert not work.results()[MAIL].failed
    assert list((tmp_path / "mail").glob("*.eml"))


def test_a_demonstration_sends_no_mail(shop: Shop, tmp_path: Path) -> None:
    work = DailyJobs(lambda: shop.store, shop.now, lambda: shop.gateway, AT, mail=False)
    work.look()
    assert set(work.results()) == set(STEPS) - {MAIL}
    assert not (tmp_path / "mail").exists()


def test_a_server_that_closes_ends_its_thread_and_begins_nothing_more(shop: Shop) -> None:
    work = jobs(shop)
    work.start()
    work.stop()
    before = work.results()
    shop.go(FIRST_OF_MARCH + 40 * DAY)
    work.look()
    assert work.results() == before
    assert len(shop.all(Charge)) == len(shop.all(Invoice)) == 1


def test_the_results_are_read_by_command_and_a_failed_one_fails_it(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"tinydb:{tmp_path / 'store.json'}"
    assert main(["jobs", "--store", url, "--lang", "en"]) == 0
    assert capsys.readouterr().out.count("not done yet") == len(STEPS)
    work = jobs(shop, results_file(url))
    work.look()
    assert main(["jobs", "--store", url, "--lang", "en"]) == 0
    assert "Invoices issued" in capsys.readouterr().out
    monkeypatch.delenv("VENTANILLA_MAIL_FOLDER")
    shop.subscribe("plus")
    work.look()
    assert main(["jobs", "--store", url, "--json"]) == 1
    found = {job["name"]: job for job in json.loads(capsys.readouterr().out)["jobs"]}
    assert list(found) == list(STEPS)
    assert found[MAIL]["failed"]
    assert results_file(url).stat().st_mode & 0o777 == 0o600

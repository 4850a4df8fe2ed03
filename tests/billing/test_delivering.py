"""Delivery: at least once, never lost, never by two at a time, and never at the cost of other messages."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from billing.accounts import Account, Membership, Person, Role
from billing.credentials import Counter
from billing.delivering import (
    LEASE,
    LONGEST_WAIT,
    MOST_TRIES,
    Attachment,
    MailSetUpWrong,
    NotFailed,
    RecipientRefused,
    ServerAway,
    TryAgain,
    account_mail,
    deliver,
    list_outbox,
    send_again,
    wait_after,
)
from billing.desk import Desk
from billing.history import InvoiceFile
from billing.invoices import Invoice
from billing.kinds import KINDS
from billing.mail_text import MailText
from billing.outbox import MailKind, OutboxMessage, OutboxState
from billing.store import Store
from billing.vendor import Vendor
from storage.registry import open_store
from tests.billing.conftest import NOON
from tests.gateways.samples import VENDOR

Outcome = Callable[[OutboxMessage], None]


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, time: timedelta) -> None:
        self.now += time


@dataclass
class Postman:
    """A mailer that notes what it was handed; `outcome` may refuse."""

    outcome: Outcome = lambda _: None
    handed: list[tuple[OutboxMessage, MailText, tuple[Attachment, ...]]] = field(default_factory=list)

    def send(self, message: OutboxMessage, text: MailText, attachments: tuple[Attachment, ...]) -> None:
        self.outcome(message)
        self.handed.append((message, text, attachments))

    @property
    def ids(self) -> list[str]:
        return [message.id for message, _, _ in self.handed]


class Drawn:
    """Documents whose PDF says which they are."""

    def pdf(self, file: InvoiceFile, vendor: Vendor) -> bytes:
        return f"%PDF {file.invoice.number} of {vendor.brand}".encode()

    def text(self, file: InvoiceFile, vendor: Vendor, width: int) -> str:
        raise AssertionError

    def save(self, folder: str, name: str, data: bytes) -> str:
        raise AssertionError


def refusing(fault: Exception, *ids: str) -> Outcome:
    """Raises `fault` for these messages, or for all."""

    def outcome(message: OutboxMessage) -> None:
        if not ids or message.id in ids:
            raise fault

    return outcome


def put(store: Store, *ids: str, **fields: Any) -> None:
    """Messages that wait, in this order."""
    with store.write() as books:
        for number, name in enumerate(ids):
            made: dict[str, Any] = {
                "account_id": "acme",
                "mail": MailKind.PAYMENT,
                "template": "account_suspended",
                "values": {"amount": "12,10 €"},
                "to": f"{name}@acme.example",
                "language": "en",
                "written_at": NOON + timedelta(seconds=number - 60),
                "next_at": NOON + timedelta(seconds=number - 60),
            }
            books.put(OutboxMessage(id=name, dedupe_key=name, **(made | fields)))


def of(store: Store, name: str) -> OutboxMessage:
    with store.read() as books:
        return books.get(OutboxMessage, name)


@pytest.fixture
def empty() -> Store:
    return open_store("memory:", KINDS)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def run(empty: Store, clock: Clock) -> Callable[..., Any]:
    def ran(postman: Postman, limit: int = 100) -> Any:
        return deliver(empty, postman, Drawn(), VENDOR, clock, limit)

    return ran


def test_what_waits_is_sent_once_the_longest_waiting_first(empty: Store, run: Callable[..., Any], clock: Clock) -> None:
    put(empty, "a", "b", "c")
    postman = Postman()
    done = run(postman)
    assert (postman.ids, done.sent, done.waiting) == (["a", "b", "c"], 3, 0)
    assert (of(empty, "a").state, of(empty, "a").sent_at) == (OutboxState.SENT, clock.now)
    assert run(postman).sent == 0
    assert len(postman.handed) == 3


def test_a_run_stops_at_its_limit_and_says_how_many_wait(empty: Store, run: Callable[..., Any]) -> None:
    put(empty, "a", "b", "c")
    assert (run(Postman(), 2).sent, run(Postman(), 0).waiting) == (2, 1)


def test_a_message_is_not_sent_before_its_time(empty: Store, run: Callable[..., Any], clock: Clock) -> None:
    put(empty, "a", next_at=NOON + timedelta(minutes=5))
    postman = Postman()
    for minutes, sent in ((4, 0), (1, 1)):
        clock.pass_by(timedelta(minutes=minutes))
        assert run(postman).sent == sent


def test_the_pdfs_it_names_go_with_it_and_nobody_elses(demo: Store, clock: Clock) -> None:
    with demo.read() as books:
        vendor = books.get(Vendor, Vendor.ID)
        invoice = books.every(Invoice, limit=1)[0]
        other = next(a for a in books.every(Account) if a.id != invoice.account_id)
    past = {"attach": (invoice.id,), "next_at": NOON - timedelta(days=999), "values": {"number": "1", "amount": "1"}}
    past |= {"template": "payment_failed_finally", "values": {"amount": "1", "method": "card"}}
    put(demo, "own", account_id=invoice.account_id, **past)
    put(demo, "foreign", account_id=other.id, **past)
    postman = Postman()
    done = deliver(demo, postman, Drawn(), vendor, clock, 2)
    assert (done.sent, done.failed) == (1, 1)
    [(message, _, attachments)] = postman.handed
    assert message.id == "own"
    assert attachments == (Attachment(f"{invoice.number}.pdf", f"%PDF {invoice.number} of {vendor.brand}".encode()),)
    assert of(demo, "foreign").state is OutboxState.FAILED


def test_a_worker_killed_between_sending_and_marking_sends_the_same_message_again(
    empty: Store, run: Callable[..., Any], clock: Clock
) -> None:
    class Killed(BaseException):
        pass

    put(empty, "a")
    taken: list[str] = []

    def sent_then_killed(message: OutboxMessage) -> None:
        taken.append(message.id)
        raise Killed

    with pytest.raises(Killed):
        run(Postman(sent_then_killed))
    assert of(empty, "a").state is OutboxState.SENDING
    postman = Postman()
    assert run(postman).sent == 0, "the lease still runs"
    clock.pass_by(LEASE)
    assert run(postman).sent == 1
    assert taken == postman.ids == ["a"], "the same row, so the same Message-ID"
    assert of(empty, "a").state is OutboxState.SENT


def test_a_message_that_kills_each_worker_ends_among_the_failed(
    empty: Store, run: Callable[..., Any], clock: Clock
) -> None:
    class Killed(BaseException):
        pass

    put(empty, "a")
    for _ in range(MOST_TRIES):
        with pytest.raises(Killed):
            run(Postman(refusing(Killed())))  # type: ignore[arg-type]
        clock.pass_by(LEASE)
    assert run(Postman(refusing(Killed()))).failed == 1  # type: ignore[arg-type]
    assert of(empty, "a").state is OutboxState.FAILED


def test_two_workers_at_once_never_hold_the_same_message(empty: Store, clock: Clock) -> None:
    names = [f"m{number}" for number in range(60)]
    put(empty, *names)
    holding: set[str] = set()
    both = threading.Lock()
    meeting = threading.Barrier(2, timeout=30)
    met = threading.Event()
    faults: list[str] = []
    handed: list[str] = []

    def watched(message: OutboxMessage) -> None:
        with both:
            if message.id in holding:
                faults.append(message.id)
            holding.add(message.id)
            handed.append(message.id)
        if not met.is_set():
            meeting.wait()  # both are inside a sending at the same time
            met.set()
        with both:
            holding.discard(message.id)

    def work() -> None:
        deliver(empty, Postman(watched), Drawn(), VENDOR, clock, 100)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert faults == []
    assert sorted(handed) == sorted(names)


def test_a_worker_whose_lease_ran_out_does_not_undo_what_the_next_one_did(
    empty: Store, run: Callable[..., Any], clock: Clock
) -> None:
    put(empty, "a")

    def slow(_: OutboxMessage) -> None:
        clock.pass_by(LEASE)
        assert run(Postman()).sent == 1
        raise RecipientRefused("a@acme.example", "550 gone")

    run(Postman(slow))
    assert of(empty, "a").state is OutboxState.SENT


def test_a_message_put_off_waits_longer_each_time_and_others_go_on(
    empty: Store, run: Callable[..., Any], clock: Clock
) -> None:
    put(empty, "busy", "b")
    postman = Postman(refusing(TryAgain("451 greylisted"), "busy"))
    done = run(postman)
    assert (done.sent, done.put_off, done.waiting, done.paused) == (1, 1, 1, None)
    waits = []
    for _ in range(4):
        message = of(empty, "busy")
        assert (message.state, message.last_error) == (OutboxState.WAITING, "451 greylisted")
        waits.append(message.next_at - clock.now)
        assert run(postman).put_off == 0
        clock.now = message.next_at
        assert run(postman).put_off == 1
    assert waits == sorted(waits)
    assert timedelta(minutes=1) <= waits[0] <= timedelta(minutes=2)
    postman.outcome = lambda _: None
    clock.now = of(empty, "busy").next_at
    assert run(postman).sent == 1
    assert of(empty, "busy").last_error == ""


def test_waits_grow_from_a_minute_to_a_day_and_differ_between_messages() -> None:
    for name in ("a", "b", "c"):
        waits = [wait_after(n, name) for n in range(1, 40)]
        assert waits == [wait_after(n, name) for n in range(1, 40)]
        assert timedelta(minutes=1) <= waits[0] < timedelta(seconds=90)
        assert max(waits) == waits[-1] == LONGEST_WAIT
        assert all(a < b or b == LONGEST_WAIT for a, b in pairwise(waits))
    assert len({wait_after(1, f"m{n}") for n in range(50)}) == 50


def test_what_is_put_off_too_often_ends_among_the_failed_after_days(
    empty: Store, run: Callable[..., Any], clock: Clock
) -> None:
    put(empty, "a")
    postman = Postman(refusing(TryAgain("452 mailbox full")))
    for _ in range(MOST_TRIES - 1):
        assert run(postman).put_off == 1
        clock.now = of(empty, "a").next_at
    assert clock.now - NOON > timedelta(days=4)
    assert run(postman).failed == 1
    assert (of(empty, "a").state, of(empty, "a").last_error) == (OutboxState.FAILED, "452 mailbox full")


def test_a_refused_recipient_fails_for_good_and_the_rest_is_sent(empty: Store, run: Callable[..., Any]) -> None:
    put(empty, "gone", "b")
    done = run(Postman(refusing(RecipientRefused("gone@acme.example", "550 no such user"), "gone")))
    assert (done.sent, done.failed, done.waiting) == (1, 1, 0)
    assert (of(empty, "gone").state, of(empty, "gone").last_error) == (OutboxState.FAILED, "550 no such user")


def test_a_failed_message_is_sent_again_when_somebody_asks(empty: Store, run: Callable[..., Any], clock: Clock) -> None:
    put(empty, "a")
    run(Postman(refusing(RecipientRefused("a@acme.example", "550"))))
    send_again(empty, clock, "a")
    assert run(Postman()).sent == 1
    with pytest.raises(NotFailed):
        send_again(empty, clock, "a")


def test_wrong_settings_pause_the_whole_run_and_cost_no_message_a_try(empty: Store, run: Callable[..., Any]) -> None:
    put(empty, "a", "b", "c")
    postman = Postman(refusing(MailSetUpWrong("535 wrong password")))
    for _ in range(MOST_TRIES + 1):
        done = run(postman)
        assert (done.sent, done.failed, done.waiting) == (0, 0, 3)
        assert "535 wrong password" in str(done.paused)
    assert {of(empty, name).state for name in "abc"} == {OutboxState.WAITING}
    assert {of(empty, name).attempts for name in "abc"} == {0}
    assert run(Postman()).sent == 3


def test_a_server_that_is_away_is_not_asked_again_in_the_same_run(empty: Store, run: Callable[..., Any]) -> None:
    put(empty, "a", "b", "c")
    asked: list[str] = []

    def away(message: OutboxMessage) -> None:
        asked.append(message.id)
        raise ServerAway("no answer")

    done = run(Postman(away))
    assert (asked, done.put_off, done.waiting) == (["a"], 1, 3)
    assert isinstance(done.paused, ServerAway)
    assert run(Postman()).sent == 2, "the others are tried without waiting for the first"


@pytest.mark.parametrize("fields", [{"template": "no_such_text"}, {"values": {}}, {"language": "xx"}])
def test_a_message_that_cannot_be_put_into_words_holds_nobody_up(
    empty: Store, run: Callable[..., Any], fields: dict[str, Any]
) -> None:
    put(empty, "broken", next_at=NOON - timedelta(days=1), **fields)
    put(empty, "good")
    postman = Postman()
    assert run(postman).put_off == 1
    assert postman.ids == ["good"]
    assert of(empty, "broken").last_error


def test_the_operator_sees_the_newest_messages_of_one_account_or_all(empty: Store) -> None:
    put(empty, "a", "b", "c")
    put(empty, "d", account_id="other", written_at=NOON - timedelta(days=1))
    assert [m.id for m in list_outbox(empty, None, 2)] == ["c", "b"]
    assert [m.id for m in list_outbox(empty, None, 10)] == ["c", "b", "a", "d"]
    assert [m.id for m in list_outbox(empty, "other", 10)] == ["d"]
    put(empty, "f", "g", state=OutboxState.FAILED)
    assert [m.id for m in list_outbox(empty, None, 10, OutboxState.FAILED)] == ["g", "f"]
    assert [m.id for m in list_outbox(empty, "acme", 1, OutboxState.FAILED)] == ["g"]
    assert list_outbox(empty, "other", 10, OutboxState.FAILED) == ()


def test_an_account_sees_its_mail_and_reads_what_is_its_own(demo: Store, clock: Clock) -> None:
    with demo.write() as books:
        owner = next(m for m in books.every(Membership) if m.role is Role.OWNER)
        account, contact = books.get(Account, owner.account_id), books.get(Person, owner.person_id)
        viewer = books.put(Person(id="vera", name="Vera", email="vera@one.example"))
        books.put(Membership(id="vera.m", account_id=account.id, person_id="vera", role=Role.VIEWER))
    later = {"account_id": account.id, "written_at": NOON + timedelta(days=1)}
    put(demo, "hers", **(later | {"to": viewer.email}))
    put(demo, "his", **(later | {"to": contact.email, "written_at": NOON + timedelta(days=2)}))
    put(demo, "foreign", account_id="elsewhere", written_at=NOON + timedelta(days=3))

    def read(person: Person, role: Role) -> list[tuple[str, bool]]:
        desk = Desk(demo, clock, Counter.CENTER, person, account, role, NOON)
        window = account_mail(desk, limit=2)
        assert window.total >= 2
        return [(row.id, row.text is not None) for row in window.rows]

    assert read(contact, Role.OWNER) == [("his", True), ("hers", True)]
    assert read(viewer, Role.VIEWER) == [("his", False), ("hers", True)]


def test_a_message_due_at_this_very_moment_is_sent(empty: Store, run: Callable[..., Any], clock: Clock) -> None:
    moment = NOON.replace(microsecond=500_000)
    put(empty, "a", next_at=moment)
    clock.now = moment - timedelta(microseconds=1)
    assert run(Postman()).sent == 0
    clock.now = moment
    assert run(Postman()).sent == 1
    assert of(empty, "a").sent_at == moment

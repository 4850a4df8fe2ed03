"""A forgotten password and a first one: one answer for every user ID, one use for every code."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.access import ALPHABET, AccessCode, AccessRequest, Purpose, read, written
from billing.access_mail import deliver_access
from billing.audit import AuditEvent
from billing.credentials import Counter, Credential
from billing.delivering import Attachment, ServerAway
from billing.errors import Refusal, VisitEnded
from billing.forgotten_password import (
    CodeInvalid,
    PasswordWeak,
    change_password,
    invite_access,
    request_access,
    set_password,
)
from billing.mail_text import MailText
from billing.outbox import OutboxMessage
from billing.overview import overview
from billing.sign_in import InvalidCredentials, InvalidUserId, open_desk, sign_in
from billing.store import Span
from billing.throttle import TooManyTries
from billing.vendor import Vendor
from billing.verify import verify
from gateways.passwords import Argon2Passwords
from tests.billing.table import Table

PORTAL, DESK = Counter.ENTERPRISE, Counter.DESK
NEW = "correct horse battery"


class Letters:
    """A mailer that keeps what it is given, or is away."""

    def __init__(self) -> None:
        self.sent: list[tuple[OutboxMessage, MailText]] = []
        self.away = False

    def send(self, message: OutboxMessage, text: MailText, attachments: tuple[Attachment, ...]) -> None:
        if self.away:
            raise ServerAway("nobody answers")
        self.sent.append((message, text))

    @property
    def code(self) -> str:
        return self.sent[-1][0].values["code"]


@pytest.fixture
def passwords() -> Argon2Passwords:
    return Argon2Passwords(time_cost=1, memory_kib=8)


@pytest.fixture
def table(passwords: Argon2Passwords) -> Table:
    made = Table()
    with made.store.write() as books:
        for counter, user_id, person, word in (
            (PORTAL, "corp.billing", "owner", "an old password"),
            (PORTAL, "corp.new", "viewer", ""),
            (DESK, "desk.rita", "rita", "an old password"),
        ):
            books.put(
                Credential(
                    id=f"{counter.value}.{person}", counter=counter, user_id=user_id, person_id=person,
                    password_hash=passwords.hash(word) if word else "",
                )
            )  # fmt: skip
    return made


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def post(table: Table, letters: Letters) -> Callable[[], int]:
    numbers = count(7**44)
    with table.store.read() as books:
        vendor = books.get(Vendor, Vendor.ID)
    return lambda: deliver_access(table.store, letters, vendor, table.clock, lambda: next(numbers))


def ask(table: Table, user_id: str = "corp.billing", counter: Counter = PORTAL) -> None:
    request_access(table.store, table.clock, counter, user_id)


def test_a_code_opens_the_door_once_with_a_new_password(
    table: Table, letters: Letters, post: Callable[[], int], passwords: Argon2Passwords
) -> None:
    ask(table, " Corp.Billing ")
    assert post() == 1
    assert letters.sent[0][0].to == "owner@corp.example"
    typed = letters.code.lower().replace("-", " ")
    set_password(table.store, passwords, table.clock, PORTAL, typed, NEW)
    assert sign_in(table.store, passwords, PORTAL, "corp.billing", NEW).person.id == "owner"
    with pytest.raises(InvalidCredentials):
        sign_in(table.store, passwords, PORTAL, "corp.billing", "an old password")
    with pytest.raises(CodeInvalid):
        set_password(table.store, passwords, table.clock, PORTAL, letters.code, NEW + "!")
    with table.store.read() as books:
        (told,) = [m for m in books.every(OutboxMessage) if m.template == "password_changed"]
        assert told.to == "owner@corp.example"
        assert books.count(AuditEvent, Span("account", ("corp",))) == 1
    assert not list(verify(table.store))


@pytest.mark.parametrize("user_id", ["corp.billing", "nobody.at.all", "corp.new"])
def test_asking_leaves_the_same_whether_the_user_id_exists_or_not(table: Table, user_id: str) -> None:
    ask(table, user_id)
    with table.store.read() as books:
        (request,) = books.every(AccessRequest)
        assert not books.every(OutboxMessage)
        assert not books.every(AccessCode)
    assert (request.user_id, request.purpose, request.done_at) == (user_id, Purpose.RESET, None)


def test_what_can_be_no_user_id_is_told_from_the_text_alone(table: Table) -> None:
    with pytest.raises(InvalidUserId):
        ask(table, "no good!")


def test_an_unknown_user_id_is_written_to_by_nobody(table: Table, letters: Letters, post: Callable[[], int]) -> None:
    ask(table, "nobody.at.all")
    assert (post(), letters.sent) == (0, [])


def test_the_code_stands_in_no_record(table: Table, letters: Letters, post: Callable[[], int]) -> None:
    from billing.kinds import KINDS

    ask(table)
    post()
    code = letters.code
    with table.store.read() as books:
        everything = "\n".join(str(books.every(kind)) for kind in KINDS)
    assert code not in everything
    assert code.replace("-", "") not in everything


@pytest.mark.parametrize("why", ["expired", "foreign", "guessed", "another counter", "after another", "mistyped"])
def test_a_code_that_is_not_good_is_refused_with_one_sentence(
    table: Table, letters: Letters, post: Callable[[], int], passwords: Argon2Passwords, why: str
) -> None:
    ask(table)
    post()
    code, counter = letters.code, PORTAL
    match why:
        case "expired":
            clock = table.clock() + timedelta(minutes=30)
            with pytest.raises(CodeInvalid):
                set_password(table.store, passwords, lambda: clock, PORTAL, code, NEW)
            return
        case "foreign" | "guessed":
            code = written(12345)
        case "another counter":
            counter = DESK
        case "after another":
            ask(table)
            post()
            set_password(table.store, passwords, table.clock, PORTAL, letters.code, NEW)
        case "mistyped":
            code = ("A" if code[0] != "A" else "B") + code[1:]
    with pytest.raises(CodeInvalid) as refused:
        set_password(table.store, passwords, table.clock, counter, code, NEW)
    assert str(refused.value) == str(CodeInvalid())


def test_a_code_lives_to_its_last_second(
    table: Table, letters: Letters, post: Callable[[], int], passwords: Argon2Passwords
) -> None:
    ask(table)
    post()
    just = table.clock() + timedelta(minutes=29, seconds=59)
    set_password(table.store, passwords, lambda: just, PORTAL, letters.code, NEW)


def test_of_fifty_at_once_one_uses_the_code(
    table: Table, letters: Letters, post: Callable[[], int], passwords: Argon2Passwords
) -> None:
    ask(table)
    post()

    def use(number: int) -> bool:
        try:
            set_password(table.store, passwords, table.clock, PORTAL, letters.code, f"{NEW} {number}", str(number))
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(use, range(50))) == 1


def test_nobody_is_flooded_with_mail(table: Table, letters: Letters, post: Callable[[], int]) -> None:
    for _ in range(8):
        ask(table)
    post()
    assert len(letters.sent) == 3
    for _ in range(20):
        ask(table, "desk.rita", DESK)
    post()
    assert len(letters.sent) == 5, "of one source, ten requests an hour"


def test_no_more_than_three_mails_go_to_one_person_in_an_hour_even_when_codes_expired_meanwhile(
    table: Table, letters: Letters, post: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    noon, passed = table.clock(), [timedelta()]
    monkeypatch.setattr(table, "clock", lambda: noon + passed[0])
    with table.store.read() as books:
        vendor = books.get(Vendor, Vendor.ID)
    numbers = count(5**55)
    for minute in (0, 1, 2, 31, 33, 59, 61):
        passed[0] = timedelta(minutes=minute)
        request_access(table.store, table.clock, PORTAL, "corp.billing", f"source {minute}")
        deliver_access(table.store, letters, vendor, table.clock, lambda: next(numbers))
    assert [m.written_at - noon for m, _ in letters.sent] == [timedelta(minutes=m) for m in (0, 1, 2, 61)]


def test_requests_pile_up_neither_by_a_flood_nor_over_the_years(table: Table, post: Callable[[], int]) -> None:
    for number in range(100):
        ask(table, f"user{number}")
    with table.store.read() as books:
        assert len(books.every(AccessRequest)) == 10
    table.next_day(2)
    ask(table)
    post()
    with table.store.read() as books:
        assert [r.user_id for r in books.every(AccessRequest)] == ["corp.billing"]


def test_mail_that_cannot_go_now_goes_later_with_another_code(
    table: Table, letters: Letters, post: Callable[[], int]
) -> None:
    ask(table)
    letters.away = True
    assert post() == 0
    with table.store.read() as books:
        assert not books.every(AccessCode)
    letters.away = False
    assert post() == 0, "not at once"
    table.next_day()
    assert post() == 1


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaaaa", "abababababababab", "corp.billing", "contraseña2026"])
def test_a_password_that_is_easily_guessed_is_refused_and_the_code_stays_good(
    table: Table, letters: Letters, post: Callable[[], int], passwords: Argon2Passwords, weak: str
) -> None:
    ask(table)
    post()
    with pytest.raises(PasswordWeak):
        set_password(table.store, passwords, table.clock, PORTAL, letters.code, weak)
    set_password(table.store, passwords, table.clock, PORTAL, letters.code, NEW)


def test_a_new_password_ends_that_persons_other_visits(
    table: Table, letters: Letters, post: Callable[[], int], passwords: Argon2Passwords
) -> None:
    identity = sign_in(table.store, passwords, PORTAL, "corp.billing", "an old password")
    desks = [open_desk(table.store, table.clock, identity, identity.standings[0]) for _ in range(2)]
    assert overview(desks[0])
    going_on = change_password(desks[0], passwords, "an old password", NEW)
    assert overview(going_on)
    for desk in desks:
        with pytest.raises(VisitEnded):
            overview(desk)
    ask(table)
    post()
    set_password(table.store, passwords, table.clock, PORTAL, letters.code, NEW + " again")
    with pytest.raises(VisitEnded):
        overview(going_on)


def test_a_visit_that_has_ended_changes_no_password(table: Table, passwords: Argon2Passwords) -> None:
    identity = sign_in(table.store, passwords, PORTAL, "corp.billing", "an old password")
    mine, theirs = (open_desk(table.store, table.clock, identity, identity.standings[0]) for _ in range(2))
    change_password(mine, passwords, "an old password", NEW)
    with pytest.raises(VisitEnded):
        change_password(theirs, passwords, NEW, "another one entirely")


def test_the_present_password_is_asked_for(table: Table, passwords: Argon2Passwords) -> None:
    identity = sign_in(table.store, passwords, PORTAL, "corp.billing", "an old password")
    desk = open_desk(table.store, table.clock, identity, identity.standings[0])
    with pytest.raises(InvalidCredentials):
        change_password(desk, passwords, "something else", NEW)
    assert overview(desk)


def test_first_access_is_by_invitation_and_nothing_opens_the_door_before(
    table: Table, letters: Letters, post: Callable[[], int], passwords: Argon2Passwords
) -> None:
    for guess in ("", "anything at all"):
        with pytest.raises(InvalidCredentials):
            sign_in(table.store, passwords, PORTAL, "corp.new", guess)
    with table.store.write() as books:
        invite_access(books, books.get(Credential, "enterprise.viewer"), "invitation-1", table.clock())
    assert post() == 1
    message, text = letters.sent[0]
    assert (message.template, message.to) == ("password_invitation", "viewer@corp.example")
    assert any("corp.new" in paragraph for paragraph in text.paragraphs)
    table.next_day(6)
    set_password(table.store, passwords, table.clock, PORTAL, letters.code, NEW)
    assert sign_in(table.store, passwords, PORTAL, "corp.new", NEW).person.id == "viewer"


def test_guessing_codes_is_slowed_down(table: Table, passwords: Argon2Passwords) -> None:
    for number in range(4):
        with pytest.raises(CodeInvalid):
            set_password(table.store, passwords, table.clock, PORTAL, written(number), NEW)
    with pytest.raises(TooManyTries):
        set_password(table.store, passwords, table.clock, PORTAL, written(9), NEW)


def test_guesses_of_one_source_delay_nobody_elsewhere(
    table: Table, letters: Letters, post: Callable[[], int], passwords: Argon2Passwords
) -> None:
    ask(table)
    post()
    for number in range(20):
        with pytest.raises(Refusal):
            set_password(table.store, passwords, table.clock, PORTAL, written(number), NEW, "attacker")
    set_password(table.store, passwords, table.clock, PORTAL, letters.code, NEW, "home")


@given(st.integers(0, 2**130 - 1), st.data())
def test_a_code_is_read_however_it_is_spelt_and_no_slip_goes_unseen(number: int, data: st.DataObject) -> None:
    code = written(number)
    kept = read(code)
    assert kept is not None
    assert read(code.lower().replace("0", "o").replace("1", "l")) == kept
    place = data.draw(st.integers(0, 25))
    other = data.draw(st.sampled_from([c for c in ALPHABET if (ALPHABET.index(c) - ALPHABET.index(kept[place])) % 31]))
    assert read(kept[:place] + other + kept[place + 1 :]) is None

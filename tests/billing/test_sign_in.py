"""Signing in: two answers to everything that fails, and neither tells whether an account exists (M14)."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.accounts import AccountType, Role
from billing.credentials import Counter, Credential
from billing.errors import Stale
from billing.language import Language
from billing.record import changed
from billing.sign_in import (
    LONGEST_PASSWORD,
    InvalidCredentials,
    InvalidUserId,
    canonical_user_id,
    open_desk,
    sign_in,
)
from billing.store import Span, Store, Writing
from gateways.passwords import Argon2Passwords
from tests.billing.conftest import NOON

PASSWORD = "ventanilla"
CENTER, ENTERPRISE = Counter.CENTER, Counter.ENTERPRISE


class Counted:
    """Passwords that are quick to check, and count how often they were."""

    dummy = "dummy:"

    def __init__(self, *, old: bool = False) -> None:
        self.verified: list[str] = []
        self.hashed = 0
        self.old = old

    def hash(self, password: str) -> str:
        self.hashed += 1
        return f"new:{password}"

    def verify(self, password_hash: str, password: str) -> bool:
        self.verified.append(password_hash)
        return password == PASSWORD and password_hash != self.dummy

    def needs_rehash(self, password_hash: str) -> bool:
        return self.old and not password_hash.startswith("new:")


@pytest.mark.parametrize(
    "typed",
    ["a", "ab", "marta", "marta@acme.example", "  Marta@ACME.example ", "iberia-facturacion", "x.y_z-1", "a" * 64],
)
def test_a_user_name_or_mail_address_can_be_a_user_id(typed: str) -> None:
    assert canonical_user_id(typed) == typed.strip().lower()


@pytest.mark.parametrize(
    "typed",
    ["", " ", "marta acme", "marta@", "@acme.example", "marta@acme", "-marta", "marta-", "ñandú", "a" * 65, "a/b",
     "marta@acme.example\x1b[2J", "x" * 250 + "@a.example", "marta\u202e", "\u212aelvin", "a\nb", "m\u200barta", "[/]"],
)  # fmt: skip
def test_other_text_can_be_none(typed: str) -> None:
    with pytest.raises(InvalidUserId):
        canonical_user_id(typed)


@given(st.text(max_size=300))
def test_what_is_taken_is_ascii_lower_case_and_taken_again(typed: str) -> None:
    try:
        user_id = canonical_user_id(typed)
    except InvalidUserId:
        return
    assert user_id.isascii()
    assert user_id == user_id.lower()
    assert canonical_user_id(user_id) == user_id


@pytest.mark.parametrize(
    ("counter", "user_id", "password"),
    [
        (CENTER, "marta@acme.example", "wrong"),
        (CENTER, "nobody@acme.example", PASSWORD),
        (CENTER, "iberia-facturacion", PASSWORD),
        (ENTERPRISE, "marta@acme.example", PASSWORD),
        (ENTERPRISE, "carmen@peninsular.example", PASSWORD),
        (CENTER, "marta@acme.example", ""),
        (CENTER, "marta@acme.example", PASSWORD + " "),
        (CENTER, "marta@acme.example", "x" * 100_000),
        (CENTER, "marta@acme.example", PASSWORD + "\x00" * LONGEST_PASSWORD),
    ],
    ids=["wrong password", "unknown", "enterprise id at the center", "center id at the portal", "corporate mail",
         "empty", "space", "too long", "too long with the right beginning"],
)  # fmt: skip
def test_every_other_failure_is_one_answer_after_one_verification(
    demo: Store, counter: Counter, user_id: str, password: str
) -> None:
    passwords = Counted()
    with pytest.raises(InvalidCredentials) as refused:
        sign_in(demo, passwords, counter, user_id, password)
    assert len(passwords.verified) == 1
    assert str(refused.value) == "Invalid user ID/password"
    assert refused.value.values == {}


def test_an_impossible_user_id_is_answered_without_reading_or_verifying_anything() -> None:
    passwords = Counted()

    class Untouched:
        def __getattr__(self, name: str) -> object:
            raise AssertionError(f"the store was used: {name}")

    with pytest.raises(InvalidUserId):
        sign_in(Untouched(), passwords, CENTER, "not an id", PASSWORD)  # type: ignore[arg-type]
    assert passwords.verified == []


def test_the_articles_words_are_used_in_both_languages() -> None:
    spanish = Language("es")
    assert spanish.refusal(InvalidUserId()) == "ID de usuario no válido"
    assert spanish.refusal(InvalidCredentials()) == "ID de usuario/contraseña no válidos"
    assert Language("en").refusal(InvalidUserId()) == "Invalid user ID"


def test_success_takes_one_verification_too(demo: Store) -> None:
    passwords = Counted()
    identity = sign_in(demo, passwords, CENTER, "Marta@Acme.Example", PASSWORD)
    assert len(passwords.verified) == 1
    assert passwords.hashed == 0
    assert identity.person.name == "Marta Ruiz Peña"
    assert [(s.account.id, s.role) for s in identity.standings] == [("acme", Role.OWNER)]
    assert identity.elsewhere == ()


def test_a_proven_person_at_the_wrong_counter_is_told_their_accounts_are_elsewhere(demo: Store) -> None:
    identity = sign_in(demo, Counted(), CENTER, "carmen@peninsular.example", PASSWORD)
    assert identity.standings == ()
    assert [s.account.type for s in identity.elsewhere] == [AccountType.CORPORATE]
    with pytest.raises(InvalidCredentials):
        open_desk(demo, lambda: NOON, identity, identity.elsewhere[0])


def test_the_enterprise_id_opens_the_enterprise_door(demo: Store) -> None:
    identity = sign_in(demo, Counted(), ENTERPRISE, "iberia-facturacion", PASSWORD)
    desk = open_desk(demo, lambda: NOON, identity, identity.standings[0])
    assert (desk.account.id, desk.role, desk.counter) == ("iberia", Role.OWNER, ENTERPRISE)


def test_one_person_chooses_among_several_accounts(demo: Store) -> None:
    identity = sign_in(demo, Counted(), CENTER, "nuria@gestoria.example", PASSWORD)
    assert len(identity.standings) > 1
    assert {s.role for s in identity.standings} == {Role.PAYER}


def held(store: Store, user_id: str) -> Credential:
    """The credential as stored."""
    with store.read() as books:
        return books.find(Credential, Span("user_id", (CENTER.value, user_id))).rows[0]


def test_an_old_hash_is_renewed_at_sign_in_and_only_then(demo: Store) -> None:
    passwords = Counted(old=True)
    with pytest.raises(InvalidCredentials):
        sign_in(demo, passwords, CENTER, "marta@acme.example", "wrong")
    assert passwords.hashed == 0
    sign_in(demo, passwords, CENTER, "marta@acme.example", PASSWORD)
    assert held(demo, "marta@acme.example").password_hash == "new:ventanilla"
    sign_in(demo, passwords, CENTER, "marta@acme.example", PASSWORD)
    assert passwords.hashed == 1


def test_somebody_signing_in_twice_at_once_gets_in_both_times(demo: Store) -> None:
    class Raced(Counted):
        """While this sign-in hashes, another one stores its hash first."""

        def hash(self, password: str) -> str:
            with demo.write() as books:
                books.put(changed(held(demo, "marta@acme.example"), password_hash="new:other"))
            return super().hash(password)

    identity = sign_in(demo, Raced(old=True), CENTER, "marta@acme.example", PASSWORD)
    assert identity.standings
    assert held(demo, "marta@acme.example").password_hash == "new:other"


def test_a_store_that_cannot_be_written_still_lets_people_in(demo: Store) -> None:
    class ReadOnly:
        durable = False
        read = demo.read
        listen = demo.listen
        close = demo.close

        def write(self) -> AbstractContextManager[Writing]:
            raise Stale

    identity = sign_in(ReadOnly(), Counted(old=True), CENTER, "marta@acme.example", PASSWORD)
    assert identity.standings


def test_the_demonstrations_password_is_kept_as_argon2id_with_todays_parameters(demo: Store) -> None:
    passwords, credential = Argon2Passwords(), held(demo, "marta@acme.example")
    assert credential.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert passwords.verify(credential.password_hash, PASSWORD)
    assert not passwords.verify(credential.password_hash, PASSWORD + "a")
    assert not passwords.needs_rehash(credential.password_hash)

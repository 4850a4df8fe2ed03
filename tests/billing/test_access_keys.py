"""SSH keys: read as OpenSSH writes them, enrolled by their owner alone, told by mail, and good for one credential."""

from __future__ import annotations

import base64
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.access_keys import (
    MOST_KEYS,
    AccessKey,
    KeyTaken,
    KeyUnnamed,
    TooManyKeys,
    enrol_key,
    enrol_key_by_password,
    key_used,
    list_keys,
    rename_key,
    revoke_key,
    sign_in_by_key,
)
from billing.accounts import Person
from billing.audit import AuditEvent
from billing.credentials import Counter, Credential
from billing.desk import Desk
from billing.errors import KeyRevoked, NotFound, Refusal, VisitEnded
from billing.outbox import OutboxMessage
from billing.permissions import Act
from billing.public_key import KeyRefused, PrivateHalf, parse_public_key
from billing.record import changed
from billing.sign_in import InvalidCredentials, as_now, open_desk, standings
from billing.store import Span
from gateways.passwords import Argon2Passwords
from tests.billing.office import ADA, MARTA, VERA, Office, office

__all__ = ["office"]

PASSWORDS = Argon2Passwords(time_cost=1, memory_kib=8)
RIGHT = "the right password"


def made_key(number: int) -> str:
    """A key as good as any: its point is never used."""
    blob = b"".join(len(part).to_bytes(4, "big") + part for part in (b"ssh-ed25519", number.to_bytes(32, "big")))
    return f"ssh-ed25519 {base64.b64encode(blob).decode()} key {number}"


FIRST, SECOND = made_key(1), made_key(2)


@pytest.fixture
def people(office: Office) -> Office:
    """Everybody with a password at the Billing Center."""
    with office.store.write() as books:
        for person in (MARTA, VERA, ADA):
            credential = Credential(
                id=f"c-{person.id}", counter=Counter.CENTER, user_id=person.id, person_id=person.id,
                password_hash=PASSWORDS.hash(RIGHT),
            )  # fmt: skip
            books.put(credential)
    return office


def at(office: Office, person: Person) -> Desk:
    """The desk of somebody who signed in with their password."""
    with office.store.read() as books:
        credential = books.get(Credential, f"c-{person.id}")
    return replace(office.desk(person), credential=credential)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys made by OpenSSH."""
    folder = tmp_path_factory.mktemp("keys")
    for kind, bits in (("ed25519", 256), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 3072), ("rsa", 2048)):
        made = ["ssh-keygen", "-q", "-t", kind, "-b", str(bits), "-N", "", "-C", "María @ taller", "-f"]
        subprocess.run([*made, str(folder / f"{kind}-{bits}")], check=True)
    return folder


@pytest.mark.parametrize("name", ["ed25519-256", "ecdsa-256", "ecdsa-384", "ecdsa-521", "rsa-3072"])
def test_a_key_made_by_openssh_is_read_with_its_fingerprint(keys: Path, name: str) -> None:
    file = keys / f"{name}.pub"
    listed = subprocess.run(["ssh-keygen", "-lf", file], capture_output=True, text=True, check=True).stdout.split()
    key = parse_public_key(file.read_text())
    assert [str(key.bits), key.fingerprint] == listed[:2]
    assert key.comment == "María @ taller"


@pytest.mark.parametrize("name", ["rsa-2048.pub", "ed25519-256"])
def test_a_weak_key_and_a_private_half_are_refused_in_their_own_words(keys: Path, name: str) -> None:
    with pytest.raises(PrivateHalf if name == "ed25519-256" else KeyRefused):
        parse_public_key((keys / name).read_text())


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "ssh-ed25519", "ssh-ed25519 AAAA", FIRST + "\n" + SECOND, FIRST.replace("ssh-ed25519", "ssh-rsa", 1),
        f'command="id" {FIRST}', FIRST.split()[1], FIRST[:60], "ssh-ed25519 " + "A" * 9000,
        FIRST.replace("AAAA", "ñ", 1),
        "ssh-dss " + base64.b64encode(b"\0\0\0\7ssh-dss" + b"\0\0\0\1\1" * 4).decode(),
    ],
)  # fmt: skip
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(KeyRefused):
        parse_public_key(text)


@given(st.text(max_size=300) | st.binary(max_size=200).map(lambda b: f"ssh-ed25519 {base64.b64encode(b).decode()}"))
def test_whatever_is_pasted_gives_a_key_or_a_refusal(text: str) -> None:
    try:
        key = parse_public_key(text)
    except Refusal:
        return
    assert len(key.digest) == 64


@given(st.integers(0, 50), st.integers(0, 255))
def test_a_key_with_another_byte_is_another_key_or_none(place: int, byte: int) -> None:
    blob = bytearray(base64.b64decode(FIRST.split()[1]))
    blob[place] ^= byte
    try:
        key = parse_public_key(f"ssh-ed25519 {base64.b64encode(blob).decode()}")
    except KeyRefused:
        return
    assert (key.fingerprint == parse_public_key(FIRST).fingerprint) == (byte == 0)


def test_a_key_lets_in_whoever_enrolled_it_and_nobody_once_revoked(people: Office) -> None:
    key = enrol_key(at(people, MARTA), FIRST)
    assert key.name == "key 1"
    found = sign_in_by_key(people.store, key.fingerprint)
    assert found
    assert (found.person.id, found.counter) == (MARTA.id, Counter.CENTER)
    assert open_desk(people.store, lambda: people.now, found, found.standings[0]).person.id == MARTA.id
    revoke_key(at(people, MARTA), key.fingerprint)
    assert sign_in_by_key(people.store, key.fingerprint) is None


def test_a_revoked_key_ends_the_visits_it_opened_and_no_others(people: Office) -> None:
    key, other = enrol_key(at(people, MARTA), FIRST), enrol_key(at(people, MARTA), SECOND)
    visits = {}
    for each in (key, other):
        found = sign_in_by_key(people.store, each.fingerprint)
        assert found
        visits[each.id] = found, open_desk(people.store, lambda: people.now, found, found.standings[0])
    revoke_key(at(people, MARTA), key.fingerprint)
    ended, desk = visits[key.id]
    enrol_key(at(people, VERA), FIRST)  # whoever has it now, it opens that visit no more
    with pytest.raises(KeyRevoked), desk.read(Act.SEE_ACCOUNT):
        pass
    with pytest.raises(KeyRevoked):
        enrol_key(desk, made_key(3))
    with pytest.raises(KeyRevoked):
        as_now(people.store, ended)
    goes_on, desk = visits[other.id]
    with desk.read(Act.SEE_ACCOUNT):
        assert as_now(people.store, goes_on) == goes_on
    assert list_keys(at(people, MARTA)) == list_keys(desk)


@pytest.mark.parametrize("text", ["", "SHA256:", "SHA256:ñ", "MD5:00", "SHA256:" + "A" * 43, "SHA256:" + "A" * 400])
def test_an_unknown_fingerprint_lets_nobody_in(people: Office, text: str) -> None:
    enrol_key(at(people, MARTA), FIRST)
    assert sign_in_by_key(people.store, text) is None


def test_both_changes_are_told_by_mail_and_in_the_audit_trail(people: Office) -> None:
    key = enrol_key(at(people, MARTA), FIRST, "laptop")
    revoke_key(at(people, MARTA), key.fingerprint)
    with people.store.read() as books:
        mails = [m for m in books.every(OutboxMessage) if m.template.startswith("key_")]
        acts = [e.act for e in books.every(AuditEvent)]
    assert {m.template for m in mails} == {"key_enrolled", "key_revoked"}
    assert all(m.values["fingerprint"] == key.fingerprint and m.values["name"] == "laptop" for m in mails)
    assert acts.count("enrol_key") == acts.count("revoke_key") == 1


def test_nobody_touches_the_keys_of_others_or_learns_whose_they_are(people: Office) -> None:
    key = enrol_key(at(people, MARTA), FIRST, "laptop")
    for other in (VERA, ADA):
        desk = at(people, other)
        assert list_keys(desk) == ()
        for name in ("mine", ""):
            with pytest.raises(NotFound) as unknown:
                rename_key(desk, key.fingerprint, name) if name else revoke_key(desk, key.fingerprint)
            assert str(unknown.value).replace(key.fingerprint, "") == str(_unknown(desk)).replace(_UNKNOWN, "")
        with pytest.raises(KeyTaken):
            enrol_key(desk, FIRST)
    assert [k.name for k in list_keys(at(people, MARTA))] == ["laptop"]


_UNKNOWN = parse_public_key(SECOND).fingerprint


def _unknown(desk: Desk) -> NotFound:
    with pytest.raises(NotFound) as missing:
        revoke_key(desk, _UNKNOWN)
    return missing.value


def test_a_key_is_renamed_and_no_name_is_none(people: Office) -> None:
    key = enrol_key(at(people, MARTA), FIRST)
    assert rename_key(at(people, MARTA), key.fingerprint, "  the  office ").name == "the office"
    for name in (" ", "x" * 61, "a\x1b[2J"):
        with pytest.raises(KeyUnnamed):
            rename_key(at(people, MARTA), key.fingerprint, name)


def test_there_is_an_end_to_the_keys_of_one_person(people: Office) -> None:
    for number in range(MOST_KEYS):
        enrol_key(at(people, MARTA), made_key(number))
    with pytest.raises(TooManyKeys):
        enrol_key(at(people, MARTA), made_key(MOST_KEYS))
    assert enrol_key(at(people, VERA), made_key(MOST_KEYS))


def test_on_a_screen_the_password_is_asked_for_again(people: Office) -> None:
    desk = at(people, MARTA)
    with pytest.raises(InvalidCredentials):
        enrol_key_by_password(desk, PASSWORDS, "wrong", FIRST)
    assert list_keys(desk) == ()
    assert enrol_key_by_password(desk, PASSWORDS, RIGHT, FIRST).name == "key 1"


def test_a_visit_that_has_ended_enrols_nothing(people: Office) -> None:
    desk = at(people, MARTA)
    with people.store.write() as books:
        held = books.get(Credential, f"c-{MARTA.id}")
        books.put(changed(held, generation=held.generation + 1))
    with pytest.raises(VisitEnded):
        enrol_key(desk, FIRST)
    with pytest.raises(VisitEnded):
        list_keys(desk)


def test_the_day_of_the_last_use_is_kept_once_a_day(people: Office) -> None:
    key = enrol_key(at(people, MARTA), FIRST)
    for _ in range(3):
        key_used(people.store, lambda: people.now, key.fingerprint)
    (used,) = list_keys(at(people, MARTA))
    assert (used.used_on, used.version) == (people.now.date(), key.version + 1)
    people.pass_by(timedelta(days=1))
    key_used(people.store, lambda: people.now, key.fingerprint)
    assert list_keys(at(people, MARTA))[0].used_on == people.now.date()


def test_nothing_secret_is_stored(people: Office) -> None:
    enrol_key(at(people, MARTA), FIRST)
    with people.store.read() as books:
        (key,) = books.find(AccessKey, Span("credential", (f"c-{MARTA.id}",))).rows
    assert FIRST.split()[1] not in str(key)
    assert standings(people.store, at(people, MARTA).credential or pytest.fail("none")).person.id == MARTA.id

"""What everybody tries first is no password; what a person makes up is."""

from __future__ import annotations

import pytest

from billing.common_passwords import KNOWN, common


@pytest.mark.parametrize(
    "password",
    ["1qaz2wsx3edc", "QwertyUIOP123", "password1234", "P@ssw0rd2026!", "contraseña2026", "Bienvenido12!",
     "aaaaaaaaaaaaa", "123456789012", "abcdefghijklm", "098765432109", "qwertyuiopas", "abc123abc123",
     "madridmadridmadrid", "Ventanilla-2026"],
)  # fmt: skip
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert common(password)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "an old password", "el perro come tarde", "xk2#jfh8Qw0z", "ñandú volador azul",
     "Los abcdarios de Ana", "1954 segovia 1987", "tercera planta, puerta 4"],
)  # fmt: skip
def test_what_a_person_makes_up_is_taken(password: str) -> None:
    assert not common(password)


def test_the_list_holds_long_passwords_only() -> None:
    assert len(KNOWN) > 200
    assert all(len(word) >= 12 and word == word.casefold() and common(word) for word in KNOWN)

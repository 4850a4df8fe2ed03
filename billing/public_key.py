"""Reading a public SSH key as OpenSSH writes it: `ssh-ed25519 AAAA... comment`."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from billing.errors import N_, Refusal
from billing.language import Word

LONGEST = 8 * 1024
"""Characters of a key's line; an RSA key of 16,384 bits needs 2,800."""

LONGEST_NAME = 60

RSA_BITS = 3072
"""The fewest of an RSA key (NIST SP 800-57 part 1, table 4: 128 bits of security beyond 2030)."""

_CURVES = {"ecdsa-sha2-nistp256": 65, "ecdsa-sha2-nistp384": 97, "ecdsa-sha2-nistp521": 133}
"""Bytes of an uncompressed point (RFC 5656, section 3.1)."""

_ED25519 = 32
_SECURITY = ("sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com")
"""Kinds that live in a security key (OpenSSH's PROTOCOL.u2f)."""


class KeyRefused(Refusal):
    """A text that is no key, or a key that is not taken."""

    message = N_("This is not taken as a key: {why}. Nothing was changed. Paste the whole line of the .pub file.")
    field = "key"

    def __init__(self, why: str) -> None:
        super().__init__(why=Word(why))


class PrivateHalf(Refusal):
    """Somebody pasted what they must show nobody."""

    message = N_("This is the private half of a key: keep it to yourself. It was not kept here; nothing was changed. "
                 "Paste the line of the file whose name ends in .pub.")  # fmt: skip
    field = "key"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key. `digest` is the SHA-256 of its wire form in hexadecimal."""

    algorithm: str
    bits: int
    digest: str
    comment: str

    @property
    def fingerprint(self) -> str:
        """As OpenSSH prints it: `SHA256:` and base 64 without padding."""
        return fingerprint_of(self.digest)


def fingerprint_of(digest: str) -> str:
    """The fingerprint of a digest."""
    return "SHA256:" + base64.b64encode(bytes.fromhex(digest)).rstrip(b"=").decode()


def digest_of(fingerprint: str) -> str:
    """The digest of a fingerprint; empty where the text is none."""
    kind, _, text = fingerprint.partition(":")
    try:
        digest = base64.b64decode(text + "=", validate=True) if kind == "SHA256" else b""
    except (binascii.Error, ValueError):
        return ""
    return digest.hex() if len(digest) == hashlib.sha256().digest_size else ""


def parse_public_key(line: str) -> PublicKey:
    """Read one line. Raises `KeyRefused` or `PrivateHalf`."""
    if "PRIVATE KEY" in line:
        raise PrivateHalf
    if len(line) > LONGEST:
        raise KeyRefused(N_("it is too long"))
    lines = [each.strip() for each in line.strip().splitlines() if each.strip()]
    if len(lines) != 1:
        raise KeyRefused(N_("it has to be one line"))
    algorithm, _, rest = lines[0].partition(" ")
    encoded, _, comment = rest.strip().partition(" ")
    try:
        blob = base64.b64decode(encoded.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise KeyRefused(N_("it does not begin with a kind of key, then the key")) from None
    parts = _parts(blob)
    if not parts or parts[0] != algorithm.encode("utf-8", "replace"):
        raise KeyRefused(N_("it does not begin with a kind of key, then the key"))
    return PublicKey(algorithm, _bits(algorithm, parts), hashlib.sha256(blob).hexdigest(), comment.strip())


def _parts(blob: bytes) -> list[bytes]:
    """The strings that a key's wire form is made of (RFC 4253, section 6.6); none where it is made of others."""
    parts = []
    while blob:
        length = int.from_bytes(blob[:4], "big")
        if len(blob) < 4 + length:
            return []
        parts.append(blob[4 : 4 + length])
        blob = blob[4 + length :]
    return parts


def _bits(algorithm: str, parts: list[bytes]) -> int:
    """How strong a key is, in bits of its own kind. Raises `KeyRefused` for kinds that are not taken."""
    plain = algorithm.removeprefix("sk-").removesuffix("@openssh.com") if algorithm in _SECURITY else algorithm
    given = parts[1:-1] if algorithm in _SECURITY else parts[1:]
    match plain, given:
        case "ssh-ed25519", [point] if len(point) == _ED25519:
            return 256
        case (("ecdsa-sha2-nistp256" | "ecdsa-sha2-nistp384" | "ecdsa-sha2-nistp521"), [curve, point]):
            if algorithm.partition("ecdsa-sha2-")[2].removesuffix("@openssh.com") != curve.decode("ascii", "replace"):
                raise KeyRefused(N_("it contradicts itself"))
            if len(point) == _CURVES[plain] and point[:1] == b"\x04":
                return int(curve[-3:])
        case "ssh-rsa", [_, modulus]:
            bits = int.from_bytes(modulus, "big").bit_length()
            if bits < RSA_BITS:
                raise KeyRefused(N_("it is an RSA key of fewer than 3072 bits; ssh-keygen -t ed25519 makes a better"))
            return bits
        case "ssh-dss", _:
            raise KeyRefused(N_("keys of its kind are no longer safe; ssh-keygen -t ed25519 makes a better"))
    raise KeyRefused(N_("keys of its kind are not taken here; ssh-keygen -t ed25519 makes one that is"))

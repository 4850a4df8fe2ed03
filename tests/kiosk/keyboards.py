"""What a keyboard, or a terminal that answers, can send."""

from __future__ import annotations

import random

ATTEMPTS = {
    "Ctrl+C": b"\x03",
    "Ctrl+C many times": b"\x03" * 40,
    "Ctrl+Z": b"\x1a",
    "Ctrl+backslash": b"\x1c",
    "Ctrl+S, then Ctrl+Q": b"\x13\x11",
    "Ctrl+D": b"\x04\x04\x04",
    "Ctrl+P, the palette": b"\x10quit\r",
    "Ctrl+right bracket": b"\x1d\x1dquit\r",
    "Ctrl+Alt+Delete as a sequence": b"\x1b\x1b[3~\x1b[3;7~",
    "Esc, many": b"\x1b" * 20,
    "q, :q!, exit": b"q:q!\rexit\rZZ",
    "F10 and yes": b"\x1b[21~\x1b[B\x1b[B\x1b[B\x1b[B\r",
    "Alt+F4, Ctrl+F4, Alt+F10": b"\x1b[1;3S\x1b[1;5S\x1b[21;3~",
    "a shell's escapes": b"!sh\r|sh\r$(sh)\r`sh`\r;sh\r~.\r",
    "tmux and screen prefixes": b"\x02d\x02:kill\r\x01d\x01\x1c",
    "a paste of commands": b"\x1b[200~exit\nquit\x03\n\x1b[201~",
    "a paste that does not end": b"\x1b[200~" + b"x" * 3000,
    "answers to DA1, DA2, CPR and DECRQM": b"\x1b[?6c\x1b[>0;10;1c\x1b[24;80R\x1b[?2026;1$y\x1b[?2048;1$y",
    "a size of one cell": b"\x1b[48;1;1;1;1t\x1b[8;1;1t",
    "focus lost": b"\x1b[O\x1b[I\x1b[O",
    "mouse reports of every kind": b"\x1b[M !!\x1b[<0;1;1M\x1b[<0;1;1m\x1b[<64;5;5M\x1b[32;1;1M\x1b[<0;99999;99999M",
    "kitty's Ctrl+C, Ctrl+Q, Ctrl+Z and a number too big": b"\x1b[99;5u\x1b[113;5u\x1b[122;5u\x1b[99999999999;5u",
    "strings that do not end": b"\x1b]52;c;\x1bP+q\x1b_G\x1b^x",
    "bytes that are no UTF-8": b"\xff\xfe\xc0\x80\xed\xa0\x80\x80",
    "the operator's keys and a wrong code": b"\x1b[24~\x1b[24~\x1b[24~wrong-code\r",
    "the operator's keys and no code": b"\x1b[24~\x1b[24~\x1b[24~\r",
}
"""Ways in which people have left programs that should hold them."""


def every_key() -> list[bytes]:
    """Each byte, and each function key with each modifier in every protocol's form."""
    keys = [bytes([byte]) for byte in range(256)]
    keys += [b"\x1b" + bytes([byte]) for byte in range(0x20, 0x7F) if byte not in b"[]OPX^_"]
    keys += [b"\x1bO" + bytes([final]) for final in range(0x40, 0x7F)]
    keys += [b"\x1b[[" + bytes([final]) for final in b"ABCDE"]  # F1 to F5 of the Linux console
    for modifier in range(1, 17):
        keys += [b"\x1b[%d;%d~" % (number, modifier) for number in range(35)]
        keys += [b"\x1b[1;%d%c" % (modifier, final) for final in b"ABCDEFHPQRSZ"]
        keys += [b"\x1b[%d;%du" % (code, modifier) for code in (*range(0, 128, 3), 57344, 57399, 57426, 57454)]
        keys += [b"\x1b[27;%d;%d~" % (modifier, code) for code in (9, 13, 27, 99, 113, 122)]
    keys += [b"\x1b[%c" % final for final in range(0x40, 0x7F) if final not in b"[M"]
    return [key for key in keys if key != b"\x1b[200~"]


def sweep() -> bytes:
    """Every key, one after the other."""
    return b"".join(every_key())


def noise(length: int, seed: int) -> bytes:
    """Bytes of no sense, the same for the same seed."""
    return random.Random(seed).randbytes(length)

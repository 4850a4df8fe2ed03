"""The sandbox's own pages, served on this machine only: where a card is entered, and where a bank asks to confirm.

They do what a real gateway's pages do: the browser turns a card number into a token, and only the token is sent. A body
that holds anything like a card number is refused unread.
"""

from __future__ import annotations

import html
import re
import threading
from datetime import date
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from billing.errors import N_, Refusal
from billing.language import Language, preferred
from billing.payment_gateway import CollectionState

if TYPE_CHECKING:
    from gateways.payments.sandbox import Sandbox

LONGEST_BODY = 2000
"""Bytes; what is longer is refused before it is read."""

CARD_LIKE = re.compile(rb"(?:[0-9][ +-]?){12,}")
ID = re.compile(r"/([cb])/([A-Za-z0-9_-]{8,32})")

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

SANDBOX = N_("This is a sandbox for trying things out. Nothing here is real: never enter a real card.")


class HostedPage:
    """A small server on a free port of the loopback address. It ends with `close`, or with the process."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(sandbox))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="sandbox page", daemon=True)
        self._thread.start()

    def url(self, path: str) -> str:
        """The address of a path, shorter than 60 characters."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(sandbox: Sandbox) -> type[BaseHTTPRequestHandler]:
    class Handler(_Pages):
        gateway = sandbox

    return Handler


class _Pages(BaseHTTPRequestHandler):
    gateway: Sandbox
    timeout = 10
    server_version, sys_version = "ventanilla-sandbox", ""

    def log_message(self, *_: Any) -> None:
        """Nothing is written anywhere of what is asked."""

    @property
    def language(self) -> Language:
        wishes = self.headers.get("Accept-Language", "")[:200].split(",")
        return preferred(*(wish.split(";")[0].strip() for wish in wishes))

    def do_GET(self) -> None:
        """The pages, their style and their script."""
        match self.path:
            case "/card.js":
                self._send(HTTPStatus.OK, _asset("card.js"), "text/javascript")
            case "/page.css":
                self._send(HTTPStatus.OK, _asset("page.css"), "text/css")
            case _:
                self._page(HTTPStatus.OK)

    def do_POST(self) -> None:
        """What was entered: a token, or an answer."""
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch("[0-9]{1,9}", length) or int(length) > LONGEST_BODY:
            self.close_connection = True
            self._tell(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, N_("That was too long. Nothing was taken."))
            return
        body = self.rfile.read(int(length))
        found = ID.fullmatch(self.path)
        if CARD_LIKE.search(body) or found is None:
            self._tell(HTTPStatus.BAD_REQUEST, N_("That was not taken: a card number must not be sent here."))
            return
        sent = {name: values[0] for name, values in parse_qs(body.decode("ascii", "replace")).items()}
        try:
            self._take(found[1], found[2], sent)
        except Refusal as refusal:
            self._tell(HTTPStatus.CONFLICT, refusal.message, **refusal.values)

    def _take(self, kind: str, name: str, sent: dict[str, str]) -> None:
        if kind == "b":
            self.gateway.confirm(name, sent.get("answer") == "yes")
            self._tell(HTTPStatus.OK, N_("Thank you. You can close this page; the counter goes on by itself."))
        elif sent.get("answer") == "leave":
            self.gateway.turn_down(name)
            self._tell(HTTPStatus.OK, N_("No card was entered. You can close this page."))
        else:
            self.gateway.enter(name, sent.get("token", ""), _expiry(sent.get("expires", "")))
            self._tell(HTTPStatus.OK, N_("Thank you. You can close this page; the counter goes on by itself."))

    def _page(self, status: HTTPStatus) -> None:
        found = ID.fullmatch(self.path)
        if found and found[1] == "c" and self._waiting(found[2]):
            self._send(status, _card_page(self.language, self.path))
        elif found and found[1] == "b" and (asked := self.gateway.asked_on(found[2])) is not None:
            amount = self.language.money(asked.amount)
            self._send(status, _bank_page(self.language, self.path, amount, asked.reference))
        else:
            self._tell(HTTPStatus.NOT_FOUND, N_("This page was used already, or is too old. Open a new one."))

    def _waiting(self, name: str) -> bool:
        try:
            return self.gateway.collection(name).state is CollectionState.WAITING
        except Refusal:
            return False

    def _tell(self, status: HTTPStatus, message: str, **values: Any) -> None:
        self._send(status, _frame(self.language, f"<p>{_text(self.language.say(message, **values))}</p>"))

    def _send(self, status: HTTPStatus, body: bytes, kind: str = "text/html") -> None:
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _asset(name: str) -> bytes:
    return (files("gateways.payments") / name).read_bytes()


def _text(text: str) -> str:
    return html.escape(text)


def _expiry(text: str) -> date | None:
    """`MM/YY` as the first day on which the card is no longer valid."""
    found = re.fullmatch(r"(0[1-9]|1[0-2])/(\d\d)", text)
    if found is None:
        return None
    month, year = int(found[1]), 2000 + int(found[2])
    return date(year + month // 12, month % 12 + 1, 1)


def _frame(language: Language, inside: str) -> bytes:
    title = _text(language.say(N_("Payment sandbox")))
    return (
        f'<!doctype html><html lang="{language.tag}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/page.css"></head><body>'
        f'<h1>{title}</h1><p class="sandbox">{_text(language.say(SANDBOX))}</p>{inside}</body></html>'
    ).encode()


def _card_page(language: Language, path: str) -> bytes:
    from gateways.payments.sandbox import TEST_CARDS

    def say(message: str) -> str:
        return _text(language.say(message))

    rows = "".join(
        f'<tr data-card="{card.name}" data-brand="{card.brand}"><td><code></code></td><td>{say(card.about)}</td></tr>'
        for card in TEST_CARDS
    )
    problems = (
        ("unknown-card", N_("That is not one of the test cards below.")),
        ("wrong-expiry", N_("The expiry is month and year, such as 12/30.")),
        ("wrong-code", N_("The code has three digits.")),
    )
    alerts = "".join(f'<p role="alert" id="{name}" hidden>{say(message)}</p>' for name, message in problems)
    fields = (
        ("number", N_("Card number"), ""),
        ("expiry", N_("Expiry (MM/YY)"), "short"),
        ("code", N_("Code"), "short"),
    )
    inputs = "".join(
        f'<label for="{name}">{say(label)}</label><input id="{name}" class="{size}" inputmode="numeric" '
        'autocomplete="off" maxlength="23">'
        for name, label, size in fields
    )
    hidden = "".join(f'<input type="hidden" name="{name}">' for name in ("token", "brand", "last4", "expires"))
    form = (
        f'<form class="card" method="post" action="{path}">{inputs}{hidden}'
        f'<button id="add" disabled>{say(N_("Add this card"))}</button>'
        f'<button name="answer" value="leave" formnovalidate>{say(N_("Leave without a card"))}</button></form>'
    )
    script = '<script src="/card.js" defer></script>'
    return _frame(language, f"{alerts}{form}<h2>{say(N_('Test cards'))}</h2><table>{rows}</table>{script}")


def _bank_page(language: Language, path: str, amount: str, reference: str) -> bytes:
    question = language.say(N_("Your bank asks: pay {amount} for {reference}?"), amount=amount, reference=reference)
    return _frame(
        language,
        f'<p>{_text(question)}</p><form method="post" action="{path}">'
        f'<button name="answer" value="yes">{_text(language.say(N_("Yes, pay")))}</button>'
        f'<button name="answer" value="no">{_text(language.say(N_("No")))}</button></form>',
    )

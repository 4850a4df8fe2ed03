"""Short links to a payment service's long ones, whose QR codes would not fit a terminal, and the page it returns to.

Listens on this machine only; the vendor's web server passes `public_url` on to `port`.
"""

from __future__ import annotations

import html
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from billing.errors import N_
from billing.language import preferred
from gateways.payments.hosted_page import HEADERS

LIFE = timedelta(days=1)
"""As long as Stripe Checkout keeps a page open."""
MOST = 10_000
"""Links kept; the oldest go first."""


class ShortLinks:
    """Give `shorten` to a gateway. Links live as long as the process, and a day at most.

    `public_url` begins every link and is at most 40 characters long; empty, links work on this machine alone.
    """

    def __init__(self, clock: Callable[[], datetime], public_url: str = "", port: int = 0) -> None:
        self._clock = clock
        self._links: dict[str, tuple[str, datetime]] = {}
        self._names: dict[str, str] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self._base = public_url.rstrip("/") or f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, name="short links", daemon=True)
        self._thread.start()

    @property
    def return_url(self) -> str:
        """Where a customer is thanked."""
        return f"{self._base}/done"

    def shorten(self, url: str) -> str:
        """A short link, the same for the same address. Only `https` is led to."""
        if not url.startswith("https://"):
            raise ValueError("not https")
        with self._lock:
            name = self._names.get(url)
            if name is None or self._links[name][1] <= self._clock():
                name = secrets.token_urlsafe(9)
                self._forget_until(MOST - 1)
                self._names[url] = name
                self._links[name] = url, self._clock() + LIFE
        return f"{self._base}/s/{name}"

    def _forget_until(self, most: int) -> None:
        while len(self._links) > most:
            oldest = next(iter(self._links))
            url, _ = self._links.pop(oldest)
            if self._names.get(url) == oldest:
                del self._names[url]

    def target(self, name: str) -> str | None:
        """Where a link leads; None for one that is too old or was never made."""
        with self._lock:
            url, until = self._links.get(name, ("", self._clock()))
            return url if self._clock() < until else None

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(owner: ShortLinks) -> type[BaseHTTPRequestHandler]:
    class Handler(_Redirects):
        links = owner

    return Handler


class _Redirects(BaseHTTPRequestHandler):
    links: ShortLinks
    timeout = 10
    server_version, sys_version = "ventanilla", ""

    def log_message(self, *_: Any) -> None:
        """Nothing is written: whoever reads a link could use it."""

    def do_GET(self) -> None:
        """Lead to the payment service, or thank."""
        if self.path == "/done":
            self._tell(HTTPStatus.OK, N_("Thank you. You can close this page; the counter goes on by itself."))
        elif self.path.startswith("/s/") and (url := self.links.target(self.path[3:])) is not None:
            self._answer(HTTPStatus.SEE_OTHER, b"", Location=url)
        else:
            self._tell(HTTPStatus.NOT_FOUND, N_("This page was used already, or is too old. Open a new one."))

    def _tell(self, status: HTTPStatus, message: str) -> None:
        wishes = self.headers.get("Accept-Language", "")[:200].split(",")
        language = preferred(*(wish.split(";")[0].strip() for wish in wishes))
        text = html.escape(language.say(message))
        self._answer(status, f'<!doctype html><html lang="{language.tag}"><title>{text}</title><p>{text}</p>'.encode())

    def _answer(self, status: HTTPStatus, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

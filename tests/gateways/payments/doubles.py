"""Who stands in for Stripe: `localstripe`, which we did not write, behind a gate that watches what is asked.

The gate notes every request, answers a repeated `Idempotency-Key` as Stripe does (localstripe forgets them), takes out
what localstripe refuses to know, and can lose a request or an answer on the way.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

LOCALSTRIPE = """
import socket
from aiohttp import web
from localstripe import resources
from localstripe.server import app
resources.Store.dump_to_disk = lambda self: None
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
web.run_app(app, sock=listening, print=None)
"""
"""Its own command listens on every interface and pickles card numbers to a fixed name in the shared temp folder."""

UNKNOWN_TO_IT = re.compile(r"description|statement_descriptor_suffix|mandate_data\b.*")


@contextmanager
def localstripe() -> Iterator[int]:
    """localstripe in a process of its own, on a free port of this machine."""
    with subprocess.Popen([sys.executable, "-c", LOCALSTRIPE], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield int(process.stdout.readline())
        finally:
            process.terminate()


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    key: str


@dataclass
class Gate:
    """What stands between the gateway and localstripe."""

    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    answers: dict[tuple[str, str], tuple[int, dict[str, Any]]] = field(default_factory=dict)
    """Answers of our own, by method and path: for what localstripe cannot do."""
    lose: str = ""
    """`request` or `answer`: what of the next POST of a payment or a refund is lost."""
    kept: dict[str, tuple[dict[str, str], int, bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sent(self, path: str) -> list[Asked]:
        """The POSTs to a path."""
        return [a for a in self.asked if a.method == "POST" and a.path == path]


def _handler(gate: Gate, behind: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            self.pass_on("GET")

        def do_POST(self) -> None:
            self.pass_on("POST")

        def pass_on(self, method: str) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            asked = Asked(
                method,
                parts.path,
                dict(parse_qsl(parts.query)),
                dict(parse_qsl(body, keep_blank_values=True)),
                self.headers.get("Idempotency-Key", "") if method == "POST" else "",
            )
            gate.asked.append(asked)
            losing = gate.lose if method == "POST" and re.search("(payment_intents|refunds)$", parts.path) else ""
            if losing:
                gate.lose = ""
            if losing == "request":
                return
            status, answer = self.answer(asked)
            if losing == "answer":
                return
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def answer(self, asked: Asked) -> tuple[int, bytes]:
            if (known := gate.kept.get(asked.key)) is not None:
                if known[0] != asked.form | {"": asked.path}:
                    fault = {"type": "idempotency_error", "message": "Keys can only be used with the same parameters"}
                    return 400, json.dumps({"error": fault}).encode()
                return known[1:]
            if (asked.method, asked.path) in gate.answers:
                status, scripted = gate.answers[asked.method, asked.path]
                found = status, json.dumps(scripted).encode()
            else:
                found = self.localstripe(asked)
            if asked.key and found[0] < 500:
                gate.kept[asked.key] = (asked.form | {"": asked.path}, *found)
            return found

        def localstripe(self, asked: Asked) -> tuple[int, bytes]:
            query = {k: v for k, v in asked.query.items() if (asked.path, k) != ("/v1/payment_intents", "customer")}
            form = {k: v for k, v in asked.form.items() if not UNKNOWN_TO_IT.fullmatch(k)}
            connection = HTTPConnection("127.0.0.1", behind, timeout=10)
            try:
                headers = {"Authorization": self.headers.get("Authorization", "")}
                if asked.method == "POST":
                    headers["Content-Type"] = "application/x-www-form-urlencoded"
                path = f"{asked.path}?{urlencode(query)}" if query else asked.path
                connection.request(asked.method, path, urlencode(form) if asked.method == "POST" else None, headers)
                answer = connection.getresponse()
                return answer.status, answer.read()
            finally:
                connection.close()

    return Handler


@contextmanager
def gate_before(behind: int) -> Iterator[Gate]:
    """A gate before localstripe's port."""
    gate = Gate()
    with served(_handler(gate, behind)) as gate.port:
        yield gate


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """A small server on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

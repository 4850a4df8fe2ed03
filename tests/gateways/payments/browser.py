"""A real browser without a window, told what to do over its DevTools protocol."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
)
SECONDS = 60


class Tab:
    """One page. Every request it made is noted with its body."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.requests: list[dict[str, Any]] = []
        self.complaints: list[str] = []
        self._loads = 0

    async def do(self, method: str, **params: Any) -> dict[str, Any]:
        """One command and its answer."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": params})
        while True:
            message = await self._next()
            if message.get("id") == self._number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result

    async def _next(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads((await self._socket.receive(timeout=SECONDS)).data)
        params = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(params["request"])
            case "Page.loadEventFired":
                self._loads += 1
            case "Log.entryAdded":
                self.complaints.append(params["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(params["exceptionDetails"]))
        return message

    async def open(self, url: str, language: str = "en") -> None:
        """Go to a page and wait until it is there."""
        for domain in ("Page", "Network", "Runtime", "Log"):
            await self.do(f"{domain}.enable")
        await self.do("Network.setExtraHTTPHeaders", headers={"Accept-Language": language})
        before = self._loads
        await self.do("Page.navigate", url=url)
        await self._loaded(before)

    async def _loaded(self, before: int) -> None:
        while self._loads == before:
            await self._next()

    async def ask(self, expression: str) -> Any:
        """What an expression is worth on the page."""
        answer = await self.do("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def type(self, selector: str, text: str) -> None:
        """Put the cursor into a field and press keys."""
        await self.click(selector)
        for character in text:
            await self.do("Input.dispatchKeyEvent", type="char", text=character)

    async def click(self, selector: str, *, leaves: bool = False) -> None:
        """Press the mouse on something; `leaves` where that loads another page."""
        before = self._loads
        box = json.loads(
            await self.ask(
                f"(() => {{const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView();"
                "const r = e.getBoundingClientRect(); return JSON.stringify([r.x + r.width/2, r.y + r.height/2])})()"
            )
        )
        for what in ("mousePressed", "mouseReleased"):
            await self.do("Input.dispatchMouseEvent", type=what, x=box[0], y=box[1], button="left", clickCount=1)
        if leaves:
            await self._loaded(before)

    async def text(self) -> str:
        """What a person reads."""
        return str(await self.ask("document.body.innerText"))


@asynccontextmanager
async def browser(profile: Path) -> AsyncIterator[Tab]:
    """A browser with an empty profile and one tab."""
    assert CHROMIUM
    process = await asyncio.create_subprocess_exec(
        CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stderr
        address = ""
        async with asyncio.timeout(SECONDS):
            while not address:
                line = (await process.stderr.readline()).decode()
                assert line, "the browser ended before it listened"
                if "DevTools listening on " in line:
                    address = line.split("DevTools listening on ")[1].strip()
        drain = asyncio.create_task(process.stderr.read())
        async with aiohttp.ClientSession() as session:
            origin = address.split("/devtools/")[0].replace("ws://", "http://")
            async with session.get(f"{origin}/json/list") as answer:
                pages = [page for page in await answer.json() if page["type"] == "page"]
            async with session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                yield Tab(socket)
        process.terminate()
        await drain
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()

"""A real Chromium without a window, driven over its debugging port, and what it shows of the desk.

The page draws on a canvas, so what the desk sends to it is read on its way and kept by a terminal of our own.
"""

import asyncio
import base64
import itertools
import json
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pyte

LONGEST_SECONDS = 60.0
SIZE = (1200, 800)
PROGRAM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
"""Where Chromium is; None where it is not."""

OPTIONS = (
    *("--headless=new", "--remote-debugging-port=0", "--no-first-run", "--no-default-browser-check", "--mute-audio"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"),
    *("--disable-dev-shm-usage", "--enable-unsafe-swiftshader", f"--window-size={SIZE[0]},{SIZE[1]}"),
)
_LISTENS = re.compile(rb"DevTools listening on (ws://\S+)")
# By the name of a key: its code and number in the debugging protocol, and what it types.
_KEYS = {"Enter": ("Enter", 13, "\r"), "F8": ("F8", 119, "")}


class NotShown(AssertionError):
    """What should have come on the page did not."""


class Page:
    """One page of a Chromium: keys go in, and what the desk shows, asks the network for and complains of comes out."""

    def __init__(self, line: aiohttp.ClientWebSocketResponse) -> None:
        self._line = line
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._news = asyncio.Event()
        self._session: str | None = None
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self.asked: list[str] = []
        """The addresses that the page has asked for."""
        self.complaints: list[str] = []
        """What the browser says is wrong with the page."""

    async def listen(self) -> None:
        """Take in what the browser tells, until it ends."""
        async for message in self._line:
            told = json.loads(message.data)
            if "id" in told:
                self._answers.pop(told["id"]).set_result(told)
            else:
                self._take(told["method"], told["params"])
            self._news.set()

    def _take(self, event: str, said: dict[str, Any]) -> None:
        if event in ("Network.requestWillBeSent", "Network.webSocketCreated"):
            self.asked.append(said["request"]["url"] if "request" in said else said["url"])
        if event == "Network.webSocketCreated":
            size = parse_qs(urlsplit(said["url"]).query)
            self._screen.resize(int(size["height"][0]), int(size["width"][0]))
        elif event == "Network.webSocketFrameReceived" and said["response"]["opcode"] == 2:
            self._stream.feed(base64.b64decode(said["response"]["payloadData"]))
        elif event == "Log.entryAdded" and said["entry"]["level"] == "error":
            self.complaints.append(said["entry"]["text"])
        elif event == "Runtime.exceptionThrown":
            thrown = said["exceptionDetails"]
            self.complaints.append(thrown.get("exception", {}).get("description", thrown["text"]))

    async def call(self, method: str, **given: Any) -> dict[str, Any]:
        """Ask the browser for something and return its answer."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": given} | ({"sessionId": self._session} if self._session else {})
        await self._line.send_json(message)
        told = await asyncio.wait_for(asyncio.shield(self._answers[number]), LONGEST_SECONDS)
        if "error" in told:
            raise AssertionError(f"{method}: {told['error']}")
        result: dict[str, Any] = told["result"]
        return result

    async def open(self, address: str) -> None:
        """Open an address in a page of a fixed size."""
        target = await self.call("Target.createTarget", url="about:blank")
        attached = await self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Network", "Page", "Log", "Runtime"):
            await self.call(f"{domain}.enable")
        width, height = SIZE
        await self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        await self.call("Page.navigate", url=address)

    @property
    def shown(self) -> str:
        """What the desk shows."""
        return "\n".join(self._screen.display)

    async def wait(self, *words: str, without: str = "") -> str:
        """Wait until the desk shows all words, and one not; return what it shows."""
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                while not (all(word in self.shown for word in words) and not (without and without in self.shown)):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise NotShown(f"no {words} after {LONGEST_SECONDS:.0f} s:\n{self.shown}\n{self.complaints}") from None
        return self.shown

    async def type(self, text: str) -> None:
        """Type a text, a key for each character."""
        for character in text:
            await self._press(key=character, text=character)

    async def press(self, name: str, *, control: bool = False) -> None:
        """Press a key by its name."""
        code, number, types = _KEYS.get(name) or (f"Key{name.upper()}", ord(name.upper()), "")
        more = {"text": types} if types else {}
        await self._press(key=name, code=code, windowsVirtualKeyCode=number, modifiers=2 if control else 0, **more)

    async def _press(self, **key: Any) -> None:
        await self.call("Input.dispatchKeyEvent", type="keyDown", **key)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **{name: key[name] for name in key if name != "text"})

    async def value(self, expression: str) -> Any:
        """Return what an expression of the page's language gives, once it is there."""
        told = await self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        return told["result"].get("value")

    async def picture(self) -> bytes:
        """Return what the page looks like once it has drawn all that has come, as PNG."""
        await self.value("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn(1))))")
        return base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])

    async def quit(self) -> None:
        """End the browser."""
        self._session = None
        with suppress(AssertionError, TimeoutError, ConnectionError):
            await self.call("Browser.close")


@asynccontextmanager
async def chromium(home: str) -> AsyncIterator[Page]:
    """Run Chromium with a home of its own, and take it away afterwards."""
    assert PROGRAM is not None
    # A sandbox cannot be made by root, nor in most containers.
    confined = [] if os.name == "nt" or os.geteuid() else ["--no-sandbox"]
    process = await asyncio.create_subprocess_exec(
        *(PROGRAM, *OPTIONS, *confined, f"--user-data-dir={home}"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "HOME": home},
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            while not (found := _LISTENS.search(line := await process.stderr.readline())):
                assert line, "Chromium ended before it listened"
        drain = asyncio.create_task(process.stderr.read())
        async with aiohttp.ClientSession() as session, session.ws_connect(found[1].decode(), max_msg_size=0) as line_:
            page = Page(line_)
            listening = asyncio.create_task(page.listen())
            try:
                yield page
            finally:
                await page.quit()
                listening.cancel()
                with suppress(asyncio.CancelledError):
                    await listening
        drain.cancel()
    finally:
        try:
            await asyncio.wait_for(process.wait(), LONGEST_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

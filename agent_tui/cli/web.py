"""The page that shows the desk in a browser of this computer, and a program of the desk for each page that is open.

Only `serve` imports it, for what it imports itself is not there for a plain command to wait for.
"""

import asyncio
import hmac
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import redirect_stdout, suppress
from importlib.resources import files
from pathlib import Path
from typing import Final

import textual_serve
from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from agent_tui.failures import log_file, noted
from agent_tui.program_log import program_log

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PAGE: Final = files("agent_tui.cli") / "page"
SHIPPED: Final = Path(textual_serve.__file__).parent / "static"
HERE: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""By which names a page of this computer is asked for; a name that another site leads here by is none of them."""
DRIVER: Final = "agent_tui.tui.page_driver:PageDriver"
MOST_CELLS: Final = 1000
END_SECONDS: Final = 5.0
"""How long a desk has to keep its call and end before it is ended."""

HEADERS: Final[Mapping[str, str]] = {
    # xterm.js writes the sizes of its cells into style elements of its own.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:;"
        " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Desk(AppService):
    """One desk in a program of its own, whose environment says whose it is and at which store."""

    environment: Mapping[str, str] = {}

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        # A page is always UTF-8, whatever the terminal that serves it.
        utf8 = {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
        return super()._build_environment(width, height) | utf8 | dict(self.environment) | {"TEXTUAL_DRIVER": DRIVER}

    async def start(self, width: int, height: int) -> None:
        """Start the desk, and close its page when it ends, however it ends."""
        await super().start(width, height)
        assert self._task is not None
        self._task.add_done_callback(self._ended)

    def _ended(self, _task: object) -> None:
        self._last = asyncio.ensure_future(self.remote_close())

    async def end(self) -> None:
        """Have the desk keep its call and end; one that does not is ended."""
        process = self._process
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop(), END_SECONDS)
        if process is None:
            return
        try:
            await asyncio.wait_for(process.wait(), END_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


class DeskServer:
    """Serves the page and its desks to whoever of this computer has the key.

    `command` is a line for the system's shell and holds nothing secret; `environment` is added to that of the desks.
    """

    def __init__(self, command: str, environment: Mapping[str, str], key: str) -> None:
        self._command = command
        self._environment = environment
        self._key = key
        self._cookie = f"agent-tui-{key[:6]}"
        self._pages: set[web.WebSocketResponse] = set()
        self._ending: set[asyncio.Future[None]] = set()

    def application(self) -> web.Application:
        """Return what answers: the page, the files that it names, and the line to a desk."""
        app = web.Application(middlewares=[self._only_from_here])
        app.router.add_get("/", self._page)
        app.router.add_get("/ws", self._desk)
        app.router.add_static("/page", Path(str(PAGE)))
        app.router.add_static("/static", SHIPPED)
        app.on_shutdown.append(self._close_pages)
        app.on_cleanup.append(self._wait_for_desks)
        return app

    @web.middleware
    async def _only_from_here(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse what was asked for under a foreign name, and say with each answer what a page may load."""
        try:
            if _host(request) not in HERE:
                raise web.HTTPForbidden(text="This page is for the computer that it runs on.\n")
            answer = await handler(request)
        except web.HTTPException as refused:
            refused.headers.update(HEADERS)
            raise
        if not answer.prepared:
            answer.headers.update(HEADERS)
        return answer

    def _has_key(self, given: str | None) -> bool:
        return hmac.compare_digest((given or "").encode(), self._key.encode())

    async def _page(self, request: web.Request) -> web.StreamResponse:
        given = request.query.get("key")
        if given is not None and self._has_key(given):
            opened = web.HTTPSeeOther(".")
            opened.set_cookie(self._cookie, self._key, httponly=True, samesite="Strict", path="/")
            raise opened
        name = "index.html" if self._has_key(request.cookies.get(self._cookie)) else "key.html"
        text = (PAGE / name).read_text(encoding="utf-8")
        return web.Response(text=text, content_type="text/html", charset="utf-8", headers={"Cache-Control": "no-store"})

    async def _desk(self, request: web.Request) -> web.StreamResponse:
        origin = request.headers.get("Origin", "").partition("://")[2]
        if origin != request.host or not self._has_key(request.cookies.get(self._cookie)):
            raise web.HTTPForbidden(text="Only the desk's own page may ask for this.\n")
        line = web.WebSocketResponse(heartbeat=15)
        await line.prepare(request)
        desk = Desk(
            self._command,
            write_bytes=line.send_bytes,
            write_str=line.send_str,
            close=_closing(line),
            download_manager=DownloadManager(),
        )
        desk.environment = self._environment
        self._pages.add(line)
        noted("a page was opened")
        try:
            await desk.start(_cells(request.query.get("width"), 80), _cells(request.query.get("height"), 24))
            async for message in line:
                if not await _passed_on(message, line, desk):
                    await line.close(code=WSCloseCode.UNSUPPORTED_DATA)
        finally:
            self._pages.discard(line)
            ending = asyncio.ensure_future(desk.end())
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
            noted("a page was closed")
            await asyncio.shield(ending)  # a request that is given up must not leave its desk behind
        return line

    async def _close_pages(self, _app: web.Application) -> None:
        await asyncio.gather(*(line.close(code=WSCloseCode.GOING_AWAY) for line in tuple(self._pages)))

    async def _wait_for_desks(self, _app: web.Application) -> None:
        await asyncio.gather(*self._ending)


def _host(request: web.Request) -> str | None:
    try:
        return request.url.host
    except ValueError:  # what stands there is no name
        return None


def _closing(line: web.WebSocketResponse) -> Callable[[], Awaitable[None]]:
    async def close() -> None:
        await line.close()

    return close


def _cells(given: object, usual: int) -> int:
    """Return a width or height in cells that a page has told, or the usual one for what is none."""
    try:
        return max(1, min(int(str(given)), MOST_CELLS))
    except ValueError:
        return usual


async def _passed_on(message: WSMessage, line: web.WebSocketResponse, desk: Desk) -> bool:
    """Pass on to a desk what its page has sent; False for what no page of ours sends."""
    if message.type != WSMsgType.TEXT:
        return True
    try:
        kind, *rest = message.json()
        if kind == "stdin":
            await desk.send_bytes(rest[0].encode("utf-8", errors="replace"))
        elif kind == "resize":
            await desk.set_terminal_size(_cells(rest[0]["width"], 80), _cells(rest[0]["height"], 24))
        elif kind == "ping":
            await line.send_json(["pong", rest[0]])
        elif kind in ("focus", "blur"):
            await (desk.focus() if kind == "focus" else desk.blur())
    except (ValueError, TypeError, LookupError, AttributeError):
        return False
    return True


def listen(address: str, port: int) -> socket.socket:
    """Return a socket that listens on an address of this computer; OSError where it cannot."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there it would let two programs have one port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address, port))
        listening.listen()
    except BaseException:
        listening.close()
        raise
    return listening


def run_until_ended(server: DeskServer, listening: socket.socket, announce: Callable[[], None]) -> None:
    """Serve until this program is interrupted or told to end; `announce` is called once the page can be asked for."""
    program_log(log_file()).listen()
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(server, listening, announce))


async def _serve(server: DeskServer, listening: socket.socket, announce: Callable[[], None]) -> None:
    ended = asyncio.Event()
    with suppress(NotImplementedError):  # Windows, where an interrupt is an exception
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
    runner = web.AppRunner(server.application(), access_log=None, handle_signals=False, shutdown_timeout=2 * END_SECONDS)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    announce()
    # A desk that fails says so in words, and textual-serve prints them.
    with redirect_stdout(sys.stderr):
        try:
            await ended.wait()
        finally:
            await runner.cleanup()

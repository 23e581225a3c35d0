"""What the page loads, and who may have it."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from aiohttp import ClientSession, CookieJar, WSCloseCode, WSServerHandshakeError
from aiohttp.test_utils import TestServer

from agent_tui.cli import in_page, web
from agent_tui.cli.serve import ELSEWHERE
from tests.cli.runner import Place, run

KEY = "k" * 32
# Addresses of other computers: with a scheme, or in quotes or brackets without one.
FOREIGN = re.compile(r"""(?:https?|wss?|ftp):/{2}[^\s"'`)<>]+|["'(]/{2}[\w-]+\.[^\s"'`)<>]+""", re.I)
COMMENT = re.compile(r"/\*.*?\*/", re.S)
CSS_NAMES = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s;]+)""")
ANSWERS = """
import os, sys
write = lambda kind, data: os.write(1, kind + len(data).to_bytes(4, "big") + data)
os.write(1, b"__GANGLION__\\n")
write(b"D", os.environ["AGENT_TUI_STORE"].encode() + b" " + os.environ["TEXTUAL_DRIVER"].encode())
data = os.read(0, 100000)
write(b"D", data)
"""


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    command = f"exec {sys.executable} -c '{ANSWERS}'"
    serving = TestServer(web.DeskServer(command, {"AGENT_TUI_STORE": "here.db"}, KEY).application(), host="127.0.0.1")
    await serving.start_server()
    yield serving
    await serving.close()


@pytest.fixture
async def stranger(server: TestServer) -> AsyncIterator[ClientSession]:
    """Somebody of this computer without the key."""
    async with ClientSession(base_url=server.make_url("/"), cookie_jar=CookieJar(unsafe=True)) as session:
        yield session


@pytest.fixture
async def owner(stranger: ClientSession) -> ClientSession:
    """Somebody who has opened the address that was printed."""
    async with stranger.get("/", params={"key": KEY}) as opened:
        assert (opened.status, opened.url.path, opened.url.query_string) == (200, "/", "")
    return stranger


class Named(HTMLParser):
    """The files that a page names."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names += [value for name, value in attrs if name in ("src", "href", "action", "data", "srcset") and value]


async def read_all(session: ClientSession, first: str = "/") -> dict[str, tuple[str, bytes]]:
    """Return the page and every file that it names, and those that these name, with their kinds."""
    found: dict[str, tuple[str, bytes]] = {}
    wanted = [first]
    while wanted:
        name = wanted.pop()
        if name in found or name.startswith("data:"):
            continue
        assert not urlsplit(name).netloc, f"{name} is somewhere else"
        async with session.get(name) as answer:
            assert answer.status == 200, name
            kind, data = answer.content_type, await answer.read()
        found[name] = kind, data
        if kind == "text/html":
            page = Named()
            page.feed(data.decode())
            wanted += [urljoin(name, one) for one in page.names]
        elif kind == "text/css":
            wanted += [urljoin(name, one) for one in CSS_NAMES.findall(COMMENT.sub("", data.decode()))]
    return found


@pytest.mark.parametrize("has_key", [True, False])
async def test_no_file_of_the_page_names_another_computer(server: TestServer, stranger: ClientSession, has_key: bool) -> None:
    if has_key:
        async with stranger.get("/", params={"key": KEY}):
            pass
    files = await read_all(stranger)
    assert {"/", "/page/desk.css", "/static/fonts/RobotoMono-VariableFont_wght.ttf"} <= files.keys()
    assert ("/static/js/textual.js" in files) == has_key
    texts = {name: data.decode() for name, (kind, data) in files.items() if kind.startswith("text/") or "script" in kind}
    assert {name: FOREIGN.findall(COMMENT.sub("", text)) for name, text in texts.items()} == {name: [] for name in texts}


@pytest.mark.parametrize(
    "line",
    [
        '<link href="https://fonts.example.com/x" />',
        '<script src="//cdn.example.com/x.js">',
        "@import url(//x.example.org/a.css)",
        'fetch("wss://a.b/")',
    ],
)
def test_a_foreign_address_is_found(line: str) -> None:
    assert FOREIGN.findall(line)


async def test_the_browser_is_told_to_load_nothing_else(owner: ClientSession) -> None:
    for name in await read_all(owner):
        async with owner.get(name) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "http" not in policy
            assert answer.headers["Referrer-Policy"] == "no-referrer"
    async with owner.get("/nothing-here") as missing:
        assert missing.status == 404
        assert "default-src 'none'" in missing.headers["Content-Security-Policy"]


async def test_without_the_key_there_is_no_desk(server: TestServer, stranger: ClientSession) -> None:
    origin = {"Origin": str(server.make_url("/")).rstrip("/")}
    for given in ({}, {"key": ""}, {"key": KEY[:-1]}, {"key": "é"}):
        async with stranger.get("/", params=given) as answer:
            text = await answer.text()
            assert "textual.js" not in text
            assert 'name="key"' in text
            assert KEY not in text
    with pytest.raises(WSServerHandshakeError, match="403"):
        await stranger.ws_connect("/ws", headers=origin)


async def test_a_page_of_another_site_has_no_desk(server: TestServer, owner: ClientSession) -> None:
    for origin in ("http://example.org", f"http://127.0.0.1:{(server.port or 0) + 1}", "null", ""):
        with pytest.raises(WSServerHandshakeError, match="403"):
            await owner.ws_connect("/ws", headers={"Origin": origin} if origin else {})


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", "192.168.0.7:8000", "[::2]", "a b"])
async def test_a_foreign_name_that_leads_here_is_refused(owner: ClientSession, host: str) -> None:
    async with owner.get("/", headers={"Host": host}) as answer:
        assert answer.status in (400, 403)
        assert "textual.js" not in await answer.text()


async def test_a_page_has_a_desk_of_its_own_until_it_ends(server: TestServer, owner: ClientSession) -> None:
    origin = {"Origin": str(server.make_url("/")).rstrip("/")}
    async with owner.ws_connect("/ws?width=120&height=x", headers=origin) as line:
        first = await line.receive_bytes(timeout=20)
        assert first == f"here.db {web.DRIVER}".encode()
        await line.send_json(["stdin", "typed"])
        assert b"typed" in await line.receive_bytes(timeout=20)
        # The desk has ended by itself, so its page is closed.
        assert (await line.receive(timeout=20)).data in (1000, None)


@pytest.mark.parametrize("said", ["{", "[]", '["stdin"]', '["stdin", 1]', '["resize", {}]', "7", "{}"])
async def test_what_no_page_of_ours_sends_closes_it(server: TestServer, owner: ClientSession, said: str) -> None:
    origin = {"Origin": str(server.make_url("/")).rstrip("/")}
    async with owner.ws_connect("/ws", headers=origin) as line:
        await line.receive_bytes(timeout=20)
        await line.send_str(said)
        assert (await line.receive(timeout=20)).data == WSCloseCode.UNSUPPORTED_DATA


def test_a_desk_whose_page_has_gone_without_a_word_ends(tmp_path: Path) -> None:
    # Otherwise each server that is killed would leave desks behind that nobody sees, with the store open.
    environment = {**os.environ, "TEXTUAL_DRIVER": web.DRIVER, "AGENT_TUI_STORE": str(tmp_path / "none.db")}
    command = [sys.executable, "-m", "agent_tui.cli.in_page"]
    done = subprocess.run(command, env=environment, input=b"", capture_output=True, timeout=60, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"__GANGLION__\n")


def test_a_desk_with_settings_that_cannot_be_used_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AGENT_TUI_THEME", "drak")
    assert in_page.main() == 2
    assert "did you mean dark?" in capsys.readouterr().err


REFUSED = ["0.0.0.0", "::", "192.168.1.5", "example.org", "", "127.0.0.2", "*", "0", "[::1]", "localhost.example.org"]


@pytest.mark.parametrize("host", REFUSED)
def test_any_other_address_is_refused_with_the_way_in(desk: Place, host: str) -> None:
    shown = desk.refuse("serve", f"--host={host}", "--port", "0")
    assert (shown["code"], shown["reason"], shown["open"]) == ("address", ELSEWHERE, None)
    assert "SSH" in ELSEWHERE
    assert "authenticating proxy" in ELSEWHERE


@pytest.mark.parametrize("port", ["70000", "-1", "x", "", "8000.0", "1e3", "²", "99999999999"])
def test_a_port_that_is_none_is_usage(desk: Place, port: str) -> None:
    assert "0 to 65535" in desk.ask("serve", f"--port={port}", code=2)["reason"]


def test_a_port_that_another_program_has_is_said(desk: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        shown = desk.refuse("serve", "--port", str(number))
    assert shown["code"] == "port"
    assert f"Port {number} of 127.0.0.1 cannot be had" in shown["reason"]


@pytest.mark.parametrize("url", ["postgresql://ann:secret@host/desk", "postgresql://host/desk?password=secret"])
def test_a_password_does_not_stand_in_the_arguments(desk: Place, url: str) -> None:
    answer = run("serve", "--store", url, "--json")
    assert (answer.code, answer.object["code"]) == (3, "password")
    assert "secret" not in answer.out + answer.err


def test_what_is_wrong_with_the_store_is_said_before_it_is_served(desk: Place, tmp_path: Path) -> None:
    assert run("serve", "--store", str(tmp_path / "none.db"), "--as", "agent1", "--json").code == 4
    assert desk.by("stranger").refuse("serve", "--port", "0")["code"] == "role"

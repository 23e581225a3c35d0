"""Providers on this computer's own loopback: GOV.UK Notify, a ticket system and a mail server, as the real ones answer.

Each is used in a `with`; what it was asked and what it took can be looked at, and it can be told to fail.
"""

import asyncio
import json
import re
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from agent_tui.domain.delivery import NotifySettings, SmtpSettings, TicketSettings
from agent_tui.outbox.secrets import Secret

SERVICE = "11111111-2222-4333-8444-555555555555"
SECRET = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
KEY = f"desk-{SERVICE}-{SECRET}"
TOKEN = "ticket-token-of-the-desk"
PASSWORD = "mail password of the desk"
TOLERANCE = 30
TEMPLATES = {
    "sms": "00000000-0000-4000-8000-000000000001",
    "email": "00000000-0000-4000-8000-000000000002",
    "letter": "00000000-0000-4000-8000-000000000003",
}
_ENDS = {
    "07700900003": "temporary-failure",
    "07700900002": "permanent-failure",
    "temp-fail@simulator.notify": "temporary-failure",
    "perm-fail@simulator.notify": "permanent-failure",
}
"""How a message to a test recipient ends. Source: domain/facts.md section 6."""


@dataclass(frozen=True)
class Answer:
    """What a stub says instead of its usual answer: a status and the name of an error; `drop` breaks off without a word.

    With `after` the request is carried out all the same, as by a provider whose answer gets lost.
    """

    status: int = 500
    error: str = "Exception"
    headers: tuple[tuple[str, str], ...] = ()
    drop: bool = False
    after: bool = False
    raw: bytes | None = None


@dataclass
class _Web:
    """What both web stubs have: what was asked, and what to say instead of the usual answer."""

    port: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    planned: deque[Answer] = field(default_factory=deque)
    each: Callable[[int], Answer | None] = lambda number: None
    each_get: Callable[[int], Answer | None] = lambda number: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def plan(self, *answers: Answer) -> None:
        """Give these answers to the next POSTs, one each."""
        self.planned.extend(answers)

    def instead(self, method: str) -> Answer | None:
        """Return what the next answer is instead of the usual one."""
        with self.lock:
            self.asked[method] += 1
            if method != "POST":
                return self.each_get(self.asked[method])
            return self.planned.popleft() if self.planned else self.each(self.asked[method])


@dataclass
class NotifyStub(_Web):
    """GOV.UK Notify: `sent` has the messages it took, the latest last; `templates` are texts by id."""

    key_kind: str = "live"
    page: int = 250
    sent: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[dict[str, Any]] = field(default_factory=list)
    templates: dict[str, str] = field(
        default_factory=lambda: {
            TEMPLATES["sms"]: "((body))",
            TEMPLATES["email"]: "((subject)) ((body))",
            TEMPLATES["letter"]: "((address_line_1)) ((address_line_2)) ((subject)) ((body))",
        }
    )

    @property
    def settings(self) -> NotifySettings:
        """Settings that lead here."""
        return NotifySettings(TEMPLATES, url=self.url, timeout=5)

    @property
    def key(self) -> Secret:
        """The key that it takes."""
        return Secret(KEY)

    def refuse_token(self, header: str) -> str | None:
        """Return the words with which a token is refused, or None."""
        try:
            token = jwt.decode(
                header.removeprefix("Bearer "), SECRET, algorithms=["HS256"], options={"verify_iat": False}, issuer=SERVICE
            )
        except jwt.InvalidTokenError:
            return "Invalid token: signature, api token not found"
        self.tokens.append(token)
        if abs(token.get("iat", 0) - time.time()) > TOLERANCE:
            return "Error: Your system clock must be accurate to within 30 seconds"
        return None

    def post(self, kind: str, said: dict[str, Any]) -> tuple[int, object]:
        """Take a message and return the status and the body of the answer."""
        text = self.templates.get(said.get("template_id", ""))
        given = {name.casefold(): value for name, value in said.get("personalisation", {}).items()}
        if text is None:
            return _errors(400, "BadRequestError", "Template not found")
        missing = [name for name in re.findall(r"\(\((\w+)\)\)", text) if name.casefold() not in given]
        if missing:
            return _errors(400, "BadRequestError", f"Missing personalisation: {', '.join(missing)}")
        if kind == "letter" and self.key_kind != "live":
            return _errors(400, "BadRequestError", "Cannot send letters with a team api key")
        to = said.get({"sms": "phone_number", "email": "email_address"}.get(kind, ""), "")
        if kind == "sms" and not re.fullmatch(r"\+?[0-9]{10,15}", to):
            return _errors(400, "ValidationError", "phone_number Not enough digits")
        if kind == "email" and "@" not in to:
            return _errors(400, "ValidationError", "email_address Not a valid email address")
        id = str(uuid.uuid4())
        body = re.sub(r"\(\((\w+)\)\)", lambda match: str(given[match[1].casefold()]), text)
        plain = re.sub(r"^\+44", "0", to)
        kept = {"id": id, "reference": said.get("reference"), "type": kind, "status": "created", "body": body, "to": to}
        self.sent.append(kept | {"said": said, "ends": _ENDS.get(plain, "delivered")})
        return 201, {
            **{
                "id": id,
                "reference": said.get("reference"),
                "content": {"body": body},
                "uri": f"{self.url}/v2/notifications/{id}",
            },
            "template": {"id": said["template_id"], "version": 1, "uri": f"{self.url}/v2/template/{said['template_id']}"},
        }

    def get(self, path: str, query: dict[str, list[str]]) -> tuple[int, object]:
        """Return the status and the body of what is asked for; each look takes a message to its end."""
        found = [_seen(one) for one in reversed(self.sent)]
        if path == "/v2/notifications":
            wanted, status = query.get("reference", [None])[0], query.get("status")
            fitting = [one for one in found if wanted in (None, one["reference"])]
            fitting = [one for one in fitting if status is None or one["status"] in status]
            older = [number for number, one in enumerate(fitting) if [one["id"]] == query.get("older_than")]
            first = older[0] + 1 if older else 0
            page = fitting[first : first + self.page]
            more = first + self.page < len(fitting)
            return 200, {
                "notifications": page,
                "links": {"next": f"{self.url}{path}?older_than={page[-1]['id']}"} if more else {},
            }
        for one in found:
            if path == f"/v2/notifications/{one['id']}":
                return 200, one
        kinds = {id: kind for kind, id in TEMPLATES.items()}
        told = [{"id": id, "type": kinds.get(id, "sms"), "body": text, "version": 1} for id, text in self.templates.items()]
        if path == "/v2/templates":
            return 200, {"templates": told}
        for one in told:
            if path == f"/v2/template/{one['id']}":
                return 200, one
        return _errors(404, "NoResultFound", "No result found")


def _seen(one: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in one.items() if name not in ("said", "ends", "to")}
    told |= {{"sms": "phone_number", "email": "email_address"}.get(one["type"], "line_1"): one["to"]}
    one["status"] = one["ends"]
    return told


def _errors(status: int, error: str, message: str) -> tuple[int, object]:
    return status, {"status_code": status, "errors": [{"error": error, "message": message}]}


@dataclass
class TicketStub(_Web):
    """A ticket system: `made` has the fields of each ticket; only the desk's token or the cloud's login is let in."""

    made: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def settings(self) -> TicketSettings:
        """Settings that lead here."""
        return TicketSettings(self.url, "DESK", timeout=5)

    @property
    def token(self) -> Secret:
        """The token that it takes."""
        return Secret(TOKEN)

    def make(self, fields: dict[str, Any]) -> tuple[int, object]:
        """Make a ticket and return the status and the body of the answer."""
        if len(fields.get("summary", "")) > 255 or not fields.get("project") or not fields.get("issuetype"):
            return 400, {"errorMessages": [], "errors": {"summary": "Summary must be less than 255 characters."}}
        self.made.append(fields)
        key = f"DESK-{len(self.made)}"
        return 201, {"id": str(10_000 + len(self.made)), "key": key, "self": f"{self.url}/rest/api/2/issue/{key}"}

    def search(self, query: str) -> tuple[int, object]:
        """Return the tickets with the label that a query names."""
        wanted = re.search(r'labels = "([^"]+)"', query)
        found = [
            {"id": str(10_000 + number), "key": f"DESK-{number}"}
            for number, fields in enumerate(self.made, start=1)
            if wanted is not None and wanted[1] in fields.get("labels", ())
        ]
        return 200, {"issues": found, "total": len(found), "startAt": 0, "maxResults": 1, "isLast": True}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    stub: Any

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Answer a POST."""
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer("POST", lambda: self.usual_post(said))

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer("GET", self.usual_get)

    def _answer(self, method: str, usual: Callable[[], tuple[int, object]]) -> None:
        instead = self.stub.instead(method)
        refused = self.refuse()
        if instead is not None and instead.after:
            usual()
        if instead is not None and instead.drop:
            self.close_connection = True
            return
        if instead is not None and instead.raw is not None:
            self._say(instead.status, instead.raw, instead.headers)
        elif instead is not None:
            self._say(*_body(*_errors(instead.status, instead.error, "told to fail")), instead.headers)
        else:
            with self.stub.lock:
                answer = refused or usual()
            self._say(*_body(*answer))

    def _say(self, status: int, body: bytes, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def refuse(self) -> tuple[int, object] | None:
        """Return the answer to who may not ask."""
        raise NotImplementedError

    def usual_post(self, said: dict[str, Any]) -> tuple[int, object]:
        """Return the usual answer to what is posted."""
        raise NotImplementedError

    def usual_get(self) -> tuple[int, object]:
        """Return the usual answer to what is looked for."""
        raise NotImplementedError


def _body(status: int, said: object) -> tuple[int, bytes]:
    return status, json.dumps(said).encode()


class _NotifyHandler(_Handler):
    stub: NotifyStub

    def refuse(self) -> tuple[int, object] | None:
        words = self.stub.refuse_token(self.headers.get("Authorization", ""))
        return None if words is None else _errors(403, "AuthError", words)

    def usual_post(self, said: dict[str, Any]) -> tuple[int, object]:
        return self.stub.post(self.path.rpartition("/")[2], said)

    def usual_get(self) -> tuple[int, object]:
        parts = urlsplit(self.path)
        return self.stub.get(parts.path, parse_qs(parts.query))


class _TicketHandler(_Handler):
    stub: TicketStub

    def refuse(self) -> tuple[int, object] | None:
        self.stub.paths.append(f"{self.command} {urlsplit(self.path).path}")
        login = self.headers.get("Authorization", "")
        return None if login == f"Bearer {TOKEN}" or login.startswith("Basic ") else (401, {"errorMessages": ["Who?"]})

    def usual_post(self, said: dict[str, Any]) -> tuple[int, object]:
        return self.stub.make(said["fields"])

    def usual_get(self) -> tuple[int, object]:
        parts = urlsplit(self.path)
        if parts.path.startswith("/rest/api/2/search"):
            return self.stub.search(parse_qs(parts.query)["jql"][0])
        return (200, []) if parts.path == "/rest/api/2/field" else (404, {"errorMessages": ["Nothing there"]})


@contextmanager
def _served(stub: _Web, handler: type[_Handler]) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (handler,), {"stub": stub}))
    stub.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def notify_stub() -> Iterator[NotifyStub]:
    """A stub of GOV.UK Notify while the `with` lasts."""
    stub = NotifyStub()
    with _served(stub, _NotifyHandler):
        yield stub


@contextmanager
def ticket_stub() -> Iterator[TicketStub]:
    """A stub of a ticket system while the `with` lasts."""
    stub = TicketStub()
    with _served(stub, _TicketHandler):
        yield stub


@dataclass
class MailStub:
    """A mail server (aiosmtpd): `taken` has the e-mails; `says` answers a command, such as "RCPT", instead of itself."""

    port: int = 0
    taken: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    logins: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0

    @property
    def settings(self) -> SmtpSettings:
        """Settings that lead here."""
        return SmtpSettings("127.0.0.1", "Booking desk <desk@example.org>", self.port, "none", timeout=5)

    @property
    def password(self) -> Secret:
        """The password that it takes."""
        return Secret(PASSWORD)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        """Take a recipient."""
        if "RCPT" in self.says:
            return self.says["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        """Take a sender."""
        if "MAIL" in self.says:
            return self.says["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take an e-mail."""
        if "DATA" in self.says:
            return self.says["DATA"]
        assert isinstance(envelope.content, bytes)
        self.taken.append(envelope.content)
        self.recipients += envelope.rcpt_tos
        if "BREAK" in self.says and server.transport is not None:
            server.transport.close()
        return "250 OK"

    def login(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        """Take the desk's own user and password."""
        said = (data.login.decode(), data.password.decode())
        self.logins.append(said)
        return AuthResult(success=said == ("desk", PASSWORD), handled=False)

    def protocol(self) -> SMTP:
        """Return what answers one connection."""
        self.connections += 1
        return SMTP(self, hostname="mail.example.org", authenticator=self.login, auth_require_tls=False)


@contextmanager
def mail_stub() -> Iterator[MailStub]:
    """A mail server while the `with` lasts."""
    stub, loop = MailStub(), asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(stub.protocol, "127.0.0.1", 0))
    stub.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def stop() -> None:
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    try:
        yield stub
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

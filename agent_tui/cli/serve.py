"""serve: the desk in a browser of this computer."""

import os
import secrets
import subprocess
import sys
from typing import Annotated, Final

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.empties import Object, empty_of
from agent_tui.cli.session import Session

ADDRESSES: Final = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "::1": "::1"}
"""The names of this computer for itself, each with the address that it is."""

ELSEWHERE: Final = (
    "serve listens on this computer alone (127.0.0.1, ::1 or localhost): from another one, come through SSH"
    " (ssh -L 8000:127.0.0.1:8000) or an authenticating proxy on this computer."
)
_PASSWORD: Final = (
    "A password in --store stays readable to every user of this computer while the desk is served: put the URL into"
    " AGENT_TUI_STORE, or the password into PGPASSWORD or ~/.pgpass."
)
_VARIABLE: Final = {
    "store": "AGENT_TUI_STORE",
    "login": "AGENT_TUI_AS",
    "site": "AGENT_TUI_SITE",
    "now": "AGENT_TUI_NOW",
    "heads": "AGENT_TUI_HEADS",
}
KEY_BYTES: Final = 24


def serve(
    context: typer.Context,
    port: Annotated[str, typer.Option("--port", help="Port, 1 to 65535; 0 for any that is free.")] = "8000",
    host: Annotated[str, typer.Option("--host", help="127.0.0.1, ::1 or localhost.")] = "127.0.0.1",
) -> None:
    """Show the desk in a browser of this computer, until ctrl+c: agent-tui serve --port 8000"""
    session: Session = context.obj
    wanted = _port(port)
    address = ADDRESSES.get(host.strip().lower())
    if address is None:
        _refuse(session, "address", ELSEWHERE)
        return
    if _has_password(session.overrides.get("store")):
        _refuse(session, "password", _PASSWORD)
        return
    with session.desk():
        pass  # what is wrong with the store or the login is said here, and not in a page
    from agent_tui.cli.web import DeskServer, listen, run_until_ended

    try:
        listening = listen(address, wanted)
    except OSError as error:
        words = f"Port {wanted} of {address} cannot be had ({error.strerror or 'refused'}): choose another with --port."
        _refuse(session, "port", words)
        return
    key = secrets.token_urlsafe(KEY_BYTES)
    bound = listening.getsockname()[1]
    place = f"http://{f'[{address}]' if ':' in address else host.strip().lower()}:{bound}/"
    shown: Object = empty_of("serve") | {"status": "serving", "address": place, "open": f"{place}?key={key}", "port": bound}

    def announce() -> None:
        lines = [
            f"The desk is at {shown['open']}",
            "Whoever has this address acts as you: open it on this computer and give it to nobody. ctrl+c ends it.",
        ]
        answer(session.as_json, shown, lines)
        sys.stdout.flush()

    run_until_ended(DeskServer(_command(), _environment(session), key), listening, announce)


def _port(written: str) -> int:
    text = written.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
        raise Malformed("--port needs a whole number from 0 to 65535; 0 is any port that is free.")
    return int(text)


def _has_password(store: object) -> bool:
    _scheme, url, rest = str(store or "").partition("://")
    login, at, _host = rest.partition("/")[0].rpartition("@")
    return bool(url and at and ":" in login) or (bool(url) and "password=" in rest)


def _command() -> str:
    """Return the line that starts a desk, which names no store and nobody: every user of a computer can read it."""
    words = [sys.executable, "-P", "-m", "agent_tui.cli.in_page"]
    if os.name == "nt":
        return subprocess.list2cmdline(words)
    from shlex import join

    return f"exec {join(words)}"


def _environment(session: Session) -> dict[str, str]:
    """Return what was typed for this command as a desk reads it; what its own environment says it reads by itself."""
    return {_VARIABLE[name]: str(value) for name, value in session.overrides.items() if value is not None}


def _refuse(session: Session, code: str, sentence: str) -> None:
    shown = empty_of("serve") | {"code": code, "reason": sentence}
    answer(session.as_json, shown, [], code=REFUSED, sentence=sentence)


def register(app: typer.Typer) -> None:
    """Add what shows the desk in a browser."""
    app.command("serve")(serve)

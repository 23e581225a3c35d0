"""A terminal that takes down every byte that a program writes, and what in them could steer it."""

import base64
import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

import pexpect

ROOT = Path(__file__).parents[2]
NOW = "2026-11-24T13:30"  # half an hour into appointments that begin at 13:00
# What Textual itself writes: colours, places, modes, the keyboard protocol; the shape of the pointer.
OWN = re.compile(r"\x1b\[[<>?]?[0-9;]*\$?[mHhlup]|\x1b\]22;[a-z-]+\x07")
# A reference that is copied: an id, and nothing that somebody wrote.
COPIED = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
REFERENCE = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
STEERS = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def steering(output: bytes) -> list[str]:
    """Return what in an output could steer a terminal and is not the app's own."""
    text = COPIED.sub(_copied, output.decode("utf-8"))
    return sorted({repr(found) for found in STEERS.findall(OWN.sub("", text))})


def _copied(found: re.Match[str]) -> str:
    return "" if REFERENCE.fullmatch(base64.b64decode(found[1])) else found[0]


def play(store: str, size: tuple[int, int], folder: Path, seconds: float = 300, **orders: Any) -> tuple[dict[str, Any], bytes]:
    """Run tests/hostile/play.py at a terminal of a size (columns, rows); return its report and every byte that it wrote.

    `orders` are what it is told to do. A run that takes longer than `seconds` is an AssertionError.
    """
    width, height = size
    report = folder / f"report-{width}x{height}.json"
    report.unlink(missing_ok=True)
    said = json.dumps({"store": store, "report": str(report), **orders})
    environment = {**os.environ, "TERM": "xterm-256color", "AGENT_TUI_NOW": NOW, "PYTHONPATH": str(ROOT)}
    child: Any = pexpect.spawn(
        sys.executable, ["-m", "tests.hostile.play", said], env=environment, dimensions=(height, width), cwd=str(folder)
    )
    output, deadline = [], time.monotonic() + seconds
    try:
        while True:
            try:
                output.append(child.read_nonblocking(1 << 20, 0.2))
            except pexpect.TIMEOUT:
                assert time.monotonic() < deadline, f"the app did not end: {output[-3:]}"
            except pexpect.EOF:
                break
    finally:
        child.close(force=True)
    raw = b"".join(output)
    assert report.exists(), f"the app ended with {child.exitstatus}, {child.signalstatus}: {raw[-3000:]!r}"
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found, raw

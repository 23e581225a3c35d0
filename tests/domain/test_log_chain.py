"""An exported log is read without the store: what holds, and by file and log line what does not, whatever was done to it."""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agent_tui.domain import log_chain
from agent_tui.domain.log_chain import GENESIS, LONGEST_LINE, Found, NotAnExport, chained, head_text, line_text, verify

LINES = 5


def export(lines: int = LINES, site: str = "LPP") -> list[bytes]:
    """Return the lines of an export."""
    previous, out = GENESIS, []
    for seq in range(1, lines + 1):
        fields: tuple[Any, ...] = (site, seq, 1000 * seq, 1000 * seq, "agent1", "agent", "booked", f"e{seq}", "C000001")
        fields += ("[]", None, '{"name":"Zoë"}', None, None, None)
        previous = chained(previous, fields)
        out.append((line_text(fields, previous) + "\n").encode())
    return [(head_text(site, lines, previous if lines else "") + "\n").encode(), *out]


def read(data: bytes) -> Found:
    return verify(io.BytesIO(data))


def test_an_export_as_it_was_written_holds() -> None:
    found = read(b"".join(export()))
    assert (found.checked, found.total, found.broken, found.site) == (LINES, LINES, None, "LPP")
    assert read(b"".join(export(0))).broken is None


def test_any_one_byte_that_is_changed_is_found_and_its_line_named() -> None:
    lines = export(2)
    whole = b"".join(lines)
    starts = [0, len(lines[0]), len(lines[0]) + len(lines[1]), len(whole)]
    for at in range(len(whole)):
        data = bytearray(whole)
        data[at] ^= 1
        found = read(bytes(data))
        number = next(n for n in range(1, 4) if at < starts[n])
        assert found.broken is not None, at
        assert found.line == number, (at, number, found)


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (lambda lines: lines[:4], 5, "is missing: the file ends where lines 4 to 5 of the log would follow"),
        (lambda lines: [*lines[:4], lines[4][:40]], 5, "is cut off or no line of an export"),
        (lambda lines: [*lines[:2], *lines[3:]], 3, "is not line 2 of the log"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], 2, "is not line 1 of the log"),
        (lambda lines: [*lines, lines[5]], 7, "is one more than the head says"),
        (lambda lines: [lines[0], b"9" * (LONGEST_LINE + 10), *lines[1:]], 2, "is longer than 4000000 bytes"),
        (lambda lines: [lines[0], b"[" * 100_000 + b"\n"], 2, "is cut off or no line of an export"),
        (lambda lines: [lines[0], b"\n", *lines[1:]], 2, "is cut off or no line of an export"),
        (lambda lines: [lines[0], lines[1].replace(b'"hash":', b'"hash": '), *lines[2:]], 2, "is not written as an export"),
        (lambda lines: [lines[0], b'{"hash":"\\ud800","line":[]}\n'], 2, "is cut off or no line"),
        (lambda lines: [lines[0], *export(LINES, "XYZ")[1:]], 2, "is of another site"),
        (lambda lines: [lines[0], json.dumps({"hash": "a", "line": [1, 2]}).encode()], 2, "has 2 fields"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(change: Any, line: int, words: str) -> None:
    found = read(b"".join(change(export())))
    assert found.broken is not None
    assert words in found.broken
    assert (found.line, found.broken.startswith(f"Line {line} of the file")) == (line, True)


@pytest.mark.parametrize("data", [b"", b"\n", b"\x89PNG\r\n\x1a\n\x00", b'{"format":"other"}\nx\n', b"[" * 100_000])
def test_a_file_that_is_no_export_is_refused(data: bytes) -> None:
    with pytest.raises(NotAnExport):
        read(data)


def test_a_reading_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_chain, "_EVERY", 2)
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> bool:
        told.append((done, total))
        return False

    found = verify(io.BytesIO(b"".join(export())), progress)
    assert (found.checked, found.total, found.broken, told) == (2, 5, None, [(2, 5)])


def test_the_file_runs_by_itself_with_the_standard_library_only(tmp_path: Path) -> None:
    script, good, bad = tmp_path / "reader.py", tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    shutil.copyfile(str(log_chain.__file__), script)
    lines = export()
    good.write_bytes(b"".join(lines))
    bad.write_bytes(b"".join(lines).replace(b"agent1", b"agent2", 1))

    def run(*words: str) -> tuple[int, str]:
        # -I and -S: neither this checkout nor any installed package can be found.
        done = subprocess.run([sys.executable, "-I", "-S", str(script), *words], capture_output=True, text=True, check=False)
        assert done.stderr == ""
        return done.returncode, done.stdout

    assert run(str(good))[0] == 0
    code, said = run(str(bad))
    assert (code, said) == (4, "Line 2 of the file (line 1 of the log) is not what was hashed.\n")
    assert run(str(tmp_path / "none"))[0] == 2
    assert run()[0] == 2

"""Hostile text at a real terminal in full: python -m tests.hostile --strings 100000 [--seed 9], or --walk.

Strings made by chance are pasted into fields and shown out of a store, half at 80x24, half at 160x48, some thousand of them in
each run of the app and as many runs at once as there are processors (--terminals). The walk presses every
command of every screen once and pastes every word into every field of every dialog, at both sizes.
"""

import argparse
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from tests.hostile.site import draft_file, make_hostile_site, many_rows
from tests.hostile.terminal import play, steering

SIZES = ((80, 24), (160, 48))
PART = 5_000
"""Strings of one run of the app, so that several run at once and one that fails is found soon."""

_original: bytes | None = None


def made(folder: Path, name: str) -> str:
    """Return a copy in a folder of the store full of hostile words, which is made once for a process."""
    global _original
    if _original is None:
        other = folder / "original.db"
        make_hostile_site(str(other), folder)
        _original = other.read_bytes()
    path = folder / name
    path.write_bytes(_original)
    path.chmod(0o600)
    return str(path)


def strings_at_a_terminal(count: int, seed: int, size: tuple[int, int], folder: Path, seconds: float) -> dict[str, int]:
    """Paste half of so many strings and list the others from a store; return what was counted, after every check."""
    path = made(folder, f"strings-{seed}.db")
    many_rows(path, 60)
    report, raw = play(path, size, folder, seconds, act="strings", count=count, seed=seed)
    check(report, raw)
    return {"pasted": report["typed"], "shown from the store": report["shown"], "bytes": len(raw)}


def walk(size: tuple[int, int], folder: Path, seconds: float, share: int = 1, **orders: Any) -> tuple[dict[str, Any], bytes]:
    """Open every screen on a store full of hostile words and do there what is ordered; return the report and all bytes."""
    path, file = made(folder, f"walk-{size[0]}.db"), folder / "two.toml"
    file.write_text(draft_file("two"), encoding="utf-8")
    return play(
        path, size, folder, seconds, act="screens", share=share, usual={"path": str(file), "folder": str(folder)}, **orders
    )


def check(report: dict[str, Any], raw: bytes) -> None:
    """Refuse a run in which the app failed, a field held what it must not, or a byte is not the app's own."""
    assert report["exception"] is None, report["exception"]
    assert report["wrong"] == [], report["wrong"][:5]
    assert report["code"] == 0
    assert (found := steering(raw)) == [], found


def main() -> None:
    """Run as many strings as are wanted and print what was counted."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--strings", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--walk", action="store_true", help="press every command and paste every word, in place of strings")
    parser.add_argument("--terminals", type=int, default=os.cpu_count() or 1, help="how many at once")
    wanted = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(wanted.terminals) as terminals:
        made(Path(folder), "first.db")  # what all of them copy is made once
        if wanted.walk:
            done = [terminals.submit(_walked, Path(folder), size) for size in SIZES]
        else:
            parts = -(-wanted.strings // len(SIZES) // PART)
            each = -(-wanted.strings // len(SIZES) // parts)
            todo = [(size, number) for number in range(parts) for size in SIZES]
            done = [
                terminals.submit(_shown, Path(folder), size, each, wanted.seed + size[0] + 1_000 * number)
                for size, number in todo
            ]
        for one in as_completed(done):
            print(one.result(), flush=True)
    print(f"no control byte but the app's own, no crash, in {time.monotonic() - begun:.0f} s")


def _walked(folder: Path, size: tuple[int, int]) -> str:
    report, raw = walk(size, _own(folder, f"walk-{size[0]}"), 24 * 3600, commands=True)
    check(report, raw)
    done = f"{len(report['pressed'])} commands, {report['pastes']} pastes into {len(report['filled'])} fields"
    return f"{size[0]}x{size[1]}: {done}, {len(raw)} bytes"


def _shown(folder: Path, size: tuple[int, int], count: int, seed: int) -> str:
    found = strings_at_a_terminal(count, seed, size, _own(folder, str(seed)), 24 * 3600)
    return f"{size[0]}x{size[1]}, seed {seed}: " + ", ".join(f"{number} {name}" for name, number in found.items())


def _own(folder: Path, name: str) -> Path:
    """Return a folder for one terminal, so that those that run at once have reports of their own."""
    own = folder / name
    own.mkdir()
    return own


if __name__ == "__main__":
    main()

"""The program's log: private, bounded, without a value, and never on the screen."""

import logging
import os
import stat
from pathlib import Path

import pytest

from agent_tui import program_log
from agent_tui.failures import log_file, noted, written_down
from agent_tui.program_log import ProgramLog
from tests.cli.runner import run
from tests.small_site import make_site


def fails(claimant: str) -> None:
    raise KeyError(claimant)


def error() -> KeyError:
    try:
        fails("Sana Khan")
    except KeyError as caught:
        return caught
    raise AssertionError


def test_a_failure_is_written_where_it_happened_and_nothing_of_what_it_was_about() -> None:
    sentence = written_down(error())
    text = log_file().read_text(encoding="utf-8")
    assert str(log_file()) in sentence
    assert "failed inside (KeyError)" in text
    assert "in fails" in text
    assert "Sana" not in text + sentence


@pytest.mark.skipif(os.name != "posix", reason="the mode of a file is a POSIX word")
def test_only_its_owner_may_read_it() -> None:
    assert noted("one")
    assert stat.S_IMODE(log_file().stat().st_mode) == 0o600
    assert stat.S_IMODE(log_file().parent.stat().st_mode) == 0o700


def test_a_full_one_is_kept_and_a_new_one_begun_and_all_together_stay_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program_log, "MOST_BYTES", 400)
    log, other = ProgramLog(tmp_path / "logs" / "log"), ProgramLog(tmp_path / "logs" / "log")
    assert all([one.note(f"line {number}") for number in range(100) for one in (log, other)])
    files = sorted((tmp_path / "logs").iterdir())
    assert [one.name for one in files] == ["log", *(f"log.{number}" for number in range(1, program_log.KEPT + 1))]
    assert all(one.stat().st_size <= 400 for one in files)
    assert "line 99" in files[0].read_text(encoding="utf-8")
    assert os.name != "posix" or {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}


def test_a_log_that_cannot_be_written_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert not noted("one")
    assert "no file, since the state folder cannot be written" in written_down(error())
    assert capfd.readouterr() == ("", "")


def test_what_a_library_says_is_kept_without_its_values(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = ProgramLog(tmp_path / "log")
    before = {name: (logging.getLogger(name).level, logging.getLogger(name).propagate) for name in program_log.SERVING}
    log.listen()
    try:
        logging.getLogger("aiohttp.server").error("Error handling request from %s", "Sana Khan", exc_info=error())
        logging.getLogger("textual-serve").info("deliver_file_start, %s", "Sana Khan")
        logging.getLogger("textual-serve").error(error())
    finally:
        for name, (level, propagate) in before.items():
            library = logging.getLogger(name)
            library.setLevel(level)
            library.propagate = propagate
            library.removeHandler(log)
    text = (tmp_path / "log").read_text(encoding="utf-8")
    assert "error: Error handling request from %s (KeyError)" in text
    assert "error: KeyError" in text
    assert "Sana" not in text
    assert "deliver" not in text
    assert capfd.readouterr() == ("", "")


def test_the_doctor_says_where_it_is(tmp_path: Path) -> None:
    store = str(tmp_path / "store.db")
    make_site(store)
    options = ("--store", store, "--as", "agent1", "--now", "2026-11-24T09:00")
    assert f"are written in {log_file()}\n" in run("doctor", *options).out
    assert run("doctor", *options, "--json").object["log"] == str(log_file())
    assert run("doctor", "--store", str(tmp_path / "none.db"), "--json").object["log"] is None

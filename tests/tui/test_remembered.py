"""How a person likes the screen is kept in a private file; one that is broken is told in a sentence and counts for nothing."""

import os
import stat
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from agent_tui.settings import Settings, load
from agent_tui.tui.remembered import FURTHEST, Look, Remembered

LOOK = Look("light", 30, "compact", "right", date(2026, 11, 25))


def test_what_is_written_is_read_again_by_its_login_alone(tmp_path: Path) -> None:
    kept = Remembered("agent1", tmp_path / "look")
    assert kept.read() == (Look(), "")
    assert kept.write(LOOK, kept.number()) == ""
    assert Remembered("agent1", tmp_path / "look").read() == (LOOK, "")
    assert Remembered("Agent1", tmp_path / "look").read() == (Look(), "")
    (path,) = (tmp_path / "look").iterdir()
    if os.name == "posix":
        assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)


def test_a_late_thread_does_not_write_over_a_newer_look(tmp_path: Path) -> None:
    kept = Remembered("agent1", tmp_path / "look")
    older, newer = kept.number(), kept.number()
    kept.write(LOOK, newer)
    kept.write(Look(), older)
    assert kept.read() == (LOOK, "")


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = Remembered("agent1", tmp_path / "file" / "look")
    assert kept.write(LOOK, kept.number()).startswith("How the screen looks is not remembered: ")


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"[]", b"\xff\xfe", b"3", b"[" * 9000),
        *(b'{"theme": "pink"}', b'{"theme": ["dark"]}', b'{"zoom": 7}', b'{"zoom": true}', b'{"zoom": "10"}'),
        *(b'{"density": {}}', b'{"side": "top"}', b'{"day": "soon"}', b'{"day": 3}', b" " * 20_000),
    ],
)
def test_a_broken_file_is_one_sentence_and_the_usual_look(tmp_path: Path, content: bytes) -> None:
    kept = Remembered("agent1", tmp_path / "look")
    kept.write(LOOK, kept.number())
    (path,) = (tmp_path / "look").iterdir()
    path.write_bytes(content)
    look, sentence = kept.read()
    assert look == Look()
    assert sentence == f"What was remembered of your screen cannot be read, so it looks as at first: {path.name}."


@pytest.mark.skipif(os.name != "posix", reason="pipes and links")
def test_neither_a_pipe_nor_a_link_is_followed(tmp_path: Path) -> None:
    kept = Remembered("agent1", tmp_path / "look")
    kept.write(LOOK, kept.number())
    (path,) = (tmp_path / "look").iterdir()
    for make in (partial(os.mkfifo, path), partial(path.symlink_to, "/etc/passwd")):
        path.unlink()
        make()
        assert kept.read()[0] == Look()
        assert kept.read()[1]


def test_the_command_line_and_the_environment_count_over_what_is_remembered_and_that_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('theme = "high-contrast"\ndensity = "comfortable"\nzoom = 5\n')
    usual = {"store": "x.db", "login": "agent1"}
    settings = load({**usual, "theme": "dark"}, {"AGENT_TUI_ZOOM": "15"}, path)
    shown = LOOK.over(settings)
    assert (shown.theme, shown.zoom, shown.density) == ("dark", 15, "compact")
    assert Look().over(settings) == settings
    assert (Look(density="compact").over(Settings("x.db", "agent1"))).theme == "dark"


@pytest.mark.parametrize(
    ("days", "counts"), [(-1, False), (0, True), (1, True), (FURTHEST.days, True), (FURTHEST.days + 1, False)]
)
def test_the_last_day_counts_unless_it_is_past_or_far_off(days: int, counts: bool) -> None:
    today = date(2026, 11, 24)
    day = today + timedelta(days=days)
    assert replace(LOOK, day=day).day_from(today) == (day if counts else today)

"""Hostile text on every screen and in every field at a real terminal: what was stored, what is pasted, and what chance makes."""

import base64
from pathlib import Path

import pytest

from tests.hostile import doors
from tests.hostile.__main__ import check, strings_at_a_terminal, walk
from tests.hostile.terminal import steering
from tests.hostile.words import WORDS

SECONDS = 300.0
WHOLE_ONLY = {("screens/sandbox_acts.py", "name")}
"""Fields to which only the walk in full comes: a draft has a name once it has been tried, which takes seconds."""
WITHOUT_STORE = {"screens/first_run.py"}
"""Screens that only who has no store meets; what they ask becomes the lines of `setup`, whose input test_doors makes hostile."""


def test_every_field_takes_hostile_text_at_80_columns_on_a_store_full_of_it(tmp_path: Path) -> None:
    report, raw = walk((80, 24), tmp_path, SECONDS, share=len(WORDS))
    check(report, raw)
    filled = {(file, line) for (file, line), _name in report["filled"]}
    fields = [one for one in doors.fields() if one.file not in WITHOUT_STORE]
    missed = {one for one in fields if (one.file, one.line) not in filled and (one.file, one.name) not in WHOLE_ONLY}
    assert missed == set(), "give tests/hostile/play.py a route to the dialog of each"
    assert [one for one in report["made"] if one not in report["filled"]] == []


def test_every_screen_shows_a_store_full_of_hostile_text_at_160_columns(tmp_path: Path) -> None:
    report, raw = walk((160, 48), tmp_path, SECONDS, fields=False)
    check(report, raw)
    assert len(raw) > 100_000


def test_strings_made_by_chance_are_pasted_and_shown(tmp_path: Path) -> None:
    found = strings_at_a_terminal(400, 9, (160, 48), tmp_path, SECONDS)
    assert found["pasted"] >= 200
    assert found["pasted"] + found["shown from the store"] >= 400


def test_no_field_is_textuals_own() -> None:
    assert doors.foreign_fields() == ["modals/base.py: TextField"]


@pytest.mark.parametrize("word", ["evil", "C000001\x1b", "../../etc/passwd", ""])
def test_only_a_reference_may_come_to_the_clipboard(word: str) -> None:
    def copied(text: str) -> bytes:
        return b"\x1b]52;c;" + base64.b64encode(text.encode()) + b"\x07"

    assert steering(copied("00000000-0000-4000-8000-0000000000bb")) == []
    assert steering(copied(word)) != []

"""Patterns as a file: what is written is read back, and what cannot be read is said with where."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.cleaning import clean
from agent_tui.domain.pattern_files import as_stored, from_stored, mark_of, read_patterns
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.services.pattern_text import write_patterns

CODES = ("FC-F2F", "WSR-PHONE", "EV-F2F")
WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=20).map(clean)
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    """Return a sound pattern of any level."""
    edges = sorted(draw(st.sets(st.integers(0, 288), max_size=8)))
    segments = tuple(
        Segment(
            *(start, end, frozenset(draw(st.sets(st.sampled_from(CODES))))),
            channel=draw(st.sampled_from(["all", "f2f", "phone", "video"])),
            limit=draw(st.none() | st.integers(0, 9)),
            description=draw(WORDS),
        )
        for start, end in zip(edges[::2], edges[1::2], strict=False)
    )
    level = draw(st.sampled_from(["diary", "team", "site"]))
    owner = "" if level == "site" else draw(st.sampled_from(["D01", "A", "é b"]))
    off = draw(st.booleans())
    first = draw(DAYS)
    if draw(st.booleans()):
        return Pattern("", level, owner, None, first, first, None, segments, off)
    last = draw(st.none() | st.dates(first, date(2041, 1, 1)))
    return Pattern("", level, owner, draw(st.integers(0, 6)), None, first, last, segments, off)


@given(st.lists(patterns(), min_size=1, max_size=5))
def test_what_is_written_is_read_back(made: list[Pattern]) -> None:
    read = read_patterns(write_patterns(made))
    assert read.problems == ()
    assert sorted(read.patterns, key=repr) == sorted(made, key=repr)
    assert list(read.marks) == [mark_of(one) for one in read.patterns]


@given(st.lists(patterns(), max_size=5))
def test_the_log_gives_them_back_with_their_ids(made: list[Pattern]) -> None:
    named = [replace(one, id=f"p{number}") for number, one in enumerate(made)]
    assert from_stored(as_stored(named)) == named


@given(patterns(), patterns())
def test_marks_differ_when_patterns_do(one: Pattern, other: Pattern) -> None:
    assert (mark_of(one) == mark_of(other)) == (one == other)


SOUND = '[[pattern]]\nlevel = "diary"\nowner = "D01"\nweekday = "tue"\nfrom = 2026-12-01\n'


def test_a_weekday_may_be_short_and_a_day_may_be_text() -> None:
    read = read_patterns(SOUND.replace("2026-12-01", '"2026-12-01"'))
    assert read.problems == ()
    assert (read.patterns[0].weekday, read.patterns[0].effective_from) == (1, date(2026, 12, 1))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "[[pattern]]"),
        ("pattern = 3", "[[pattern]]"),
        ("[[pattern", "no TOML"),
        ("[[pattern]]\n", "level"),
        (SOUND + "nonsense = 1", "nonsense"),
        (SOUND.replace('"diary"', '"region"'), "level"),
        (SOUND.replace('owner = "D01"\n', ""), "owner"),
        (SOUND.replace('"diary"', '"site"'), "owner"),
        (SOUND.replace('"tue"', '"t"'), "weekday"),
        (SOUND.replace('"tue"', "2"), "weekday"),
        (SOUND + "day = 2026-12-01", "either"),
        (SOUND.replace("from = 2026-12-01", "from = 2026-12-01T09:00:00"), "day such as"),
        (SOUND.replace("from = 2026-12-01", ""), "from"),
        (SOUND + "until = 2026-11-01", "before"),
        (SOUND + "day_off = 3", "day_off"),
        (SOUND + "segment = 3", "segment"),
        (SOUND + '[[pattern.segment]]\nstart = "09:00"', "start and end"),
        (SOUND + '[[pattern.segment]]\nstart = "12:00"\nend = "09:00"', "after it starts"),
        (SOUND + '[[pattern.segment]]\nstart = "09:02"\nend = "10:00"', "five-minute grid"),
        (SOUND + '[[pattern.segment]]\nstart = "23:00"\nend = "25:00"', "Pattern 1"),
        (SOUND + '[[pattern.segment]]\nstart = "09:00"\nend = "10:00"\ntypes = "FC"', "types"),
        (SOUND + '[[pattern.segment]]\nstart = "09:00"\nend = "10:00"\nlimit = true', "limit"),
        (SOUND + '[[pattern.segment]]\nstart = "09:00"\nend = "10:00"\nchannel = 1', "channel"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, word: str) -> None:
    read = read_patterns(text)
    assert read.patterns == ()
    assert len(read.problems) == 1
    assert word in read.problems[0]


def test_every_bad_pattern_of_a_file_is_named() -> None:
    read = read_patterns(SOUND.replace('"tue"', '"x"') + SOUND + SOUND.replace("D01", ""))
    assert [problem.split(":")[0] for problem in read.problems] == ["Pattern 1", "Pattern 3"]

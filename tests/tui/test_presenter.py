"""From what services return to what the grid and the title line show."""

from dataclasses import replace
from datetime import date

import pytest

from agent_tui.domain.day import DiaryOfDay
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Catalogue, Diary, Site
from agent_tui.domain.ticks import hours_words, span
from agent_tui.domain.type_files import read_types
from agent_tui.tui.presenter import block_of, column_of, day_counts, hours_of_view, short_code
from agent_tui.tui.widgets.diary_grid import Column
from tests.conftest import ROOT

DAY = date(2026, 11, 26)
TYPES = {kind.code: kind for kind in read_types((ROOT / "data/types.csv").read_text(encoding="utf-8")).types}
SITE = Catalogue(
    version=1,
    site=Site("LPP", "Leeds Park Place", "1 Park Place", "0113 496 0000", "ENG", "PAC desk"),
    types=TYPES,
    diaries={"D01": Diary("D01", "Diary 1", "Aisha Khan", None, "A", True, frozenset(TYPES))},
    rooms={},
    patterns=(),
    closures={},
)
NAMES = {"C000001": "Sana Maria Khan", "C000002": "SK"}
STAFF = {"agent1": "Ann Archer", "agent2": "Bob Brook"}
APPOINTMENT = EntryState(
    "e1",
    "appointment",
    "booked",
    "FC-F2F",
    "C000001",
    "D01",
    DAY,
    120,
    130,
    ("D01",),
    (),
    "f2f",
    "standard",
    "phone",
    1,
    "agent2",
    0,
)
HOLD = replace(APPOINTMENT, id="h1", kind="hold", status="held", client=None, start=150, end=160, expires_at=9_000)
OF_DAY = DiaryOfDay(
    diary="D01",
    coach="Aisha Khan",
    team="A",
    enabled=True,
    day=DAY,
    segments=(),
    entries=(APPOINTMENT, HOLD),
    open_mask=span(108, 204),
    busy_mask=span(120, 130) | span(150, 160),
    free_minutes=380,
    breaks=((144, 150, "lunch"), (150, 156, "")),
    dead_mask=span(130, 132),
)


@pytest.mark.parametrize(
    ("code", "minutes", "shown"),
    [
        ("FC-F2F", 50, "FC50"),
        ("WSR-10-F2F", 10, "WSR10"),
        ("ADV-PH", 20, "ADV20"),
        ("NJR-VID", 30, "NJR30"),
        (None, 10, ""),
        ("F2F", 10, "F2F10"),
    ],
)
def test_a_type_in_a_cell(code: str | None, minutes: int, shown: str) -> None:
    assert short_code(code, minutes) == shown


def test_every_type_of_the_files_is_short_and_told_apart() -> None:
    shown: dict[tuple[str, str], str] = {}
    for kind in TYPES.values():
        word = short_code(kind.code, kind.minutes_on(DAY) or 0)
        assert 0 < len(word) <= 14, word
        shown.setdefault((word, kind.channel), kind.code)
    assert len(shown) == len(TYPES)


def test_an_appointment_is_the_claimants() -> None:
    block = block_of(APPOINTMENT, SITE, NAMES, STAFF, "agent1", True)
    assert (block.kind, block.label, block.who) == ("appointment", "FC50", "S Khan")
    assert block.flagged
    assert not block.mine
    assert block.key == TYPES["FC-F2F"].key
    assert block.group == TYPES["FC-F2F"].group


def test_initials_stay_initials_and_an_unknown_claimant_is_nobody() -> None:
    assert block_of(replace(APPOINTMENT, client="C000002"), SITE, NAMES, STAFF, "agent1", False).who == "SK"
    assert block_of(replace(APPOINTMENT, client="C999999"), SITE, NAMES, STAFF, "agent1", False).who == ""


def test_a_hold_is_the_ones_who_holds_it() -> None:
    theirs = block_of(HOLD, SITE, NAMES, STAFF, "agent1", False)
    assert (theirs.label, theirs.who, theirs.mine, theirs.expires_at) == ("held", "B Brook", False, 9_000)
    assert block_of(HOLD, SITE, NAMES, STAFF, "agent2", False).mine
    assert block_of(replace(HOLD, made_by="gone7"), SITE, NAMES, STAFF, "agent2", False).who == "gone7"


def test_an_appointment_cut_short_keeps_the_minutes_of_its_type() -> None:
    assert block_of(replace(APPOINTMENT, end=124, status="dna"), SITE, NAMES, STAFF, "agent1", False).label == "FC50"


@pytest.mark.parametrize(
    ("type", "client", "reason", "shown"),
    [
        (None, None, "leave", ("leave", "")),
        ("BLK-PRISON", "C000001", None, ("PRISON", "S Khan")),
        ("BLK-PRISON", "C000002", None, ("PRISON", "SK")),
        ("BLK-NSESA", "C999999", None, ("NSESA", "")),
    ],
)
def test_a_block_says_why(type: str | None, client: str | None, reason: str | None, shown: tuple[str, str]) -> None:
    entry = replace(APPOINTMENT, kind="block", status="blocked", type=type, client=client, reason=reason)
    block = block_of(entry, SITE, NAMES, STAFF, "agent1", False)
    assert (block.kind, block.label, block.who) == ("block", *shown)


def test_an_entry_without_a_type_that_is_known() -> None:
    block = block_of(replace(APPOINTMENT, type="OLD-F2F"), SITE, NAMES, STAFF, "agent1", False)
    assert (block.label, block.group, block.key) == ("OLD50", "", False)


def column(one: DiaryOfDay = OF_DAY, *, closed: str | None = None, by_day: bool = False) -> Column:
    starts = {("D01", DAY): (span(160, 170), 10)}
    return column_of(one, SITE, NAMES, STAFF, "agent1", frozenset({"e1"}), starts, closed, by_day)


def test_a_column_of_a_day() -> None:
    made = column()
    assert (made.diary, made.day, made.heading, made.subheading) == ("D01", DAY, "A Khan", "D01")
    assert [block.entry_id for block in made.blocks] == ["e1", "h1"]
    assert [block.flagged for block in made.blocks] == [True, False]
    assert made.start_mask == span(160, 170)
    assert made.fits_mask == span(160, 179)
    assert made.stranded_mask == OF_DAY.dead_mask
    assert made.labels == ((144, "lunch"), (150, "closed"))
    assert made.closed is None


def test_a_column_of_a_week_is_headed_by_its_day() -> None:
    assert (column(by_day=True).heading, column(by_day=True).subheading) == ("Thu 26 Nov", "A Khan")


def test_a_closed_day_and_a_day_off_say_so() -> None:
    off = replace(OF_DAY, open_mask=0, entries=())
    assert column(off).closed == "day off"
    assert column(off, closed="Christmas Day").closed == "Christmas Day"


def test_what_lost_its_time_is_not_drawn() -> None:
    lost = replace(OF_DAY, entries=(replace(APPOINTMENT, status="unplaced"), HOLD))
    assert [block.entry_id for block in column(lost).blocks] == ["h1"]


@pytest.mark.parametrize(
    ("minutes", "shown"), [(0, "0 min"), (59, "59 min"), (60, "1 h 00"), (130, "2 h 10"), (6000, "100 h 00")]
)
def test_minutes_in_words(minutes: int, shown: str) -> None:
    assert hours_words(minutes) == shown


def test_the_day_in_numbers() -> None:
    assert day_counts(27, 1000, 170, 25) == ("27 diaries", "83% booked", "2 h 25 usable", "25 min stranded")
    assert day_counts(0, 0, 0, 0)[1] == "0% booked"


def test_the_hours_of_a_grid_are_whole_and_hold_all_there_is() -> None:
    assert hours_of_view([]) == (108, 204)
    assert hours_of_view([OF_DAY]) == (108, 204)
    early = replace(OF_DAY, open_mask=span(100, 209))
    assert hours_of_view([OF_DAY, early]) == (96, 216)
    assert hours_of_view([replace(OF_DAY, open_mask=0, busy_mask=span(276, 288))]) == (108, 288)

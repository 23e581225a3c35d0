"""Where imported appointments go, on a small site of values."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count

import pytest

from agent_tui.domain.availability import Now
from agent_tui.domain.flags import IMPORT_OVERLAP, NOT_ALLOWED
from agent_tui.domain.import_plan import Checker, Placed, Placer, Stamp, Stop, Taken, unfit
from agent_tui.domain.import_rows import AppointmentRow
from agent_tui.domain.site import Catalogue, Site
from agent_tui.domain.ticks import span
from agent_tui.domain.type_files import FileProblem
from tests.small_site import DAY, DIARIES, NINE, ROOMS, TEAMS, TEN, TYPES, patterns

TODAY = date(2026, 11, 24)
NOW = Now(TODAY, NINE)
CATALOGUE = Catalogue(
    version=1,
    site=Site("LPP", "Leeds", "1 Park Place", "", "ENG", "PAC"),
    types={kind.code: kind for kind in TYPES},
    diaries={one.code: one for one in DIARIES},
    rooms={one.code: one for one in ROOMS},
    patterns=tuple(patterns()),
    closures={date(2026, 12, 25): "Christmas Day"},
    teams=TEAMS,
)
ROW = AppointmentRow(2, "A1", "FC-F2F", "K1", "D01", DAY, NINE)


def ids() -> Iterator[str]:
    return (f"e{number}" for number in count(1))


def placed(*rows: AppointmentRow, taken: Taken | None = None, catalogue: Catalogue = CATALOGUE) -> list[Placed]:
    """Return rows that are all well, with what each owns."""
    problems: list[FileProblem] = []
    fresh = ids()
    arrivals = Checker(catalogue, NOW, lambda said: f"C{said}", Stamp("super1", 1, lambda: next(fresh))).arrivals(rows, problems)
    assert problems == []
    return Placer(catalogue, NOW, taken or Taken()).place(arrivals)


def refused(row: AppointmentRow) -> FileProblem:
    problems: list[FileProblem] = []
    checker = Checker(CATALOGUE, NOW, lambda said: None if said == "K9" else "C1", Stamp("super1", 1, lambda: "e1"))
    assert checker.arrivals([row], problems) == []
    return problems[0]


def test_a_free_and_allowed_time_is_owned() -> None:
    (one,) = placed(ROW)
    assert (one.flag, one.entry.status, one.entry.end) == (None, "booked", NINE + 10)
    assert one.claims == (("D01", "2026-11-25", NINE, NINE + 10),)


@pytest.mark.parametrize(
    ("row", "flag"),
    [
        (replace(ROW, start=140), NOT_ALLOWED),  # into lunch
        (replace(ROW, start=200), NOT_ALLOWED),  # past the end of the day
        (replace(ROW, day=date(2026, 11, 28)), NOT_ALLOWED),  # a Saturday
        (replace(ROW, type="EV-F2F", rooms=("R01",), start=142), NOT_ALLOWED),
    ],
)
def test_what_no_segment_allows_owns_nothing(row: AppointmentRow, flag: str) -> None:
    (one,) = placed(row)
    assert (one.flag, one.entry.status, one.claims) == (flag, "unplaced", ())


def test_on_a_closed_day_it_keeps_its_time() -> None:
    (one,) = placed(replace(ROW, day=date(2026, 12, 25)))
    assert (one.flag, one.entry.status, one.claims) == (None, "booked", (("D01", "2026-12-25", NINE, NINE + 10),))


def test_of_two_in_one_time_the_first_has_it() -> None:
    first, second, third = placed(
        ROW, replace(ROW, reference="A2", start=NINE + 9), replace(ROW, reference="A3", start=NINE + 10)
    )
    assert [one.flag for one in (first, second, third)] == [None, IMPORT_OVERLAP, None]


def test_what_stands_keeps_its_time() -> None:
    (one,) = placed(ROW, taken=Taken(masks={("D01", DAY.isoformat()): span(NINE + 9, NINE + 12)}))
    assert (one.flag, one.claims) == (IMPORT_OVERLAP, ())


def test_a_limited_segment_takes_as_many_as_its_limit() -> None:
    rows = [replace(ROW, reference=f"A{n}", type="WSR-PHONE", diary="D04", start=NINE + 2 * n) for n in range(3)]
    assert [one.flag for one in placed(*rows)] == [None, None, NOT_ALLOWED]
    assert [one.uses for one in placed(*rows)][:2] == [(("D04-2", NINE, 1),), (("D04-2", NINE, 2),)]


def test_a_room_is_found_for_a_type_that_needs_one() -> None:
    rows = [replace(ROW, reference=f"A{n}", type="EV-F2F", diary=f"D0{n}") for n in (1, 2, 3)]
    found = placed(*rows)
    assert [one.entry.resources for one in found] == [("D01", "R01"), ("D02", "R02"), ("D03",)]
    assert [one.flag for one in found] == [None, None, IMPORT_OVERLAP]


def test_history_keeps_its_status_and_is_not_held_against_segments() -> None:
    past = replace(ROW, day=date(2026, 11, 22), status="attended")
    (one,) = placed(past)
    assert (one.flag, one.entry.status, len(one.claims)) == (None, "attended", 1)


def test_what_was_missed_leaves_its_time_to_who_came() -> None:
    day = date(2026, 11, 23)
    missed, came = placed(replace(ROW, day=day, status="dna"), replace(ROW, reference="A2", day=day, start=NINE + 4, minutes=20))
    assert (came.flag, came.claims) == (None, (("D01", "2026-11-23", NINE + 4, NINE + 8),))
    assert missed.entry.status == "dna"
    assert [claim[2:] for claim in missed.claims] == [(NINE, NINE + 4), (NINE + 8, NINE + 10)]


@pytest.mark.parametrize("status", ["attended", "late"])
def test_an_outcome_stays_where_two_have_one_time(status: str) -> None:
    day = date(2026, 11, 23)
    first, second = placed(
        replace(ROW, day=day, status="attended"), replace(ROW, reference="A2", day=day, start=NINE + 6, status=status)
    )
    assert (first.flag, second.flag) == (None, IMPORT_OVERLAP)
    assert second.entry.status == status
    assert [claim[2:] for claim in second.claims] == [(NINE + 10, NINE + 16)]


def test_a_diary_that_does_not_take_the_type_leaves_it_without_a_time() -> None:
    less = replace(CATALOGUE.diaries["D01"], types=frozenset({"WSR-PHONE"}))
    catalogue = replace(CATALOGUE, diaries=CATALOGUE.diaries | {"D01": less})
    (one,) = placed(ROW, catalogue=catalogue)
    assert (one.flag, one.entry.status, one.claims) == (NOT_ALLOWED, "unplaced", ())
    assert one.stop == Stop(NOT_ALLOWED, "the diary D01 does not take FC-F2F")
    (past,) = placed(replace(ROW, day=date(2026, 11, 23)), catalogue=catalogue)
    assert past.flag is None


def test_what_had_no_time_gets_none_here() -> None:
    (one,) = placed(replace(ROW, status="unplaced"))
    assert (one.flag, one.entry.status, one.claims) == (IMPORT_OVERLAP, "unplaced", ())


@pytest.mark.parametrize(
    ("day", "start", "does"),
    [
        (date(2027, 3, 28), 12, "skip 01:00"),
        (date(2027, 3, 28), 23, "skip 01:55"),
        (date(2027, 3, 28), 6, "skip 01:00"),
        (date(2026, 10, 25), 14, "repeat 01:10"),
        (date(2027, 3, 28), 24, None),
        (date(2027, 3, 28), 2, None),
        (date(2027, 3, 29), 12, None),
    ],
)
def test_the_hour_in_which_the_clocks_change_is_no_time(day: date, start: int, does: str | None) -> None:
    (one,) = placed(replace(ROW, day=day, start=start))
    wrong = unfit(CATALOGUE, one.entry)
    assert (wrong and (wrong[0], does in wrong[1] if does else False)) == (("start", True) if does else None)


def test_a_type_of_block_time_is_no_appointment() -> None:
    (one,) = placed(ROW)
    block = replace(CATALOGUE.types["FC-F2F"], booked_by="block")
    wrong = unfit(replace(CATALOGUE, types=CATALOGUE.types | {"FC-F2F": block}), one.entry)
    assert wrong is not None
    assert wrong[0] == "type"


def test_what_was_cancelled_owns_nothing_and_needs_nobody() -> None:
    (one,) = placed(replace(ROW, status="cancelled"))
    assert (one.flag, one.claims, one.entry.status) == (None, (), "cancelled")


def test_a_claimant_in_two_places_is_told() -> None:
    first, second = placed(ROW, replace(ROW, reference="A2", diary="D02", start=NINE + 2))
    assert (first.clashes, second.clashes) == ((), (first.entry.id,))


def test_a_retired_diary_takes_nothing() -> None:
    gone = replace(CATALOGUE.diaries["D01"], enabled=False, retired=TODAY)
    (one,) = placed(ROW, catalogue=replace(CATALOGUE, diaries=CATALOGUE.diaries | {"D01": gone}))
    assert one.flag == NOT_ALLOWED


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        (replace(ROW, type="FC-F2G"), "type", "did you mean FC-F2F"),
        (replace(ROW, diary="D011"), "diary", "did you mean D01"),
        (replace(ROW, rooms=("R09",)), "rooms", "no room R09"),
        (replace(ROW, client="K9"), "client", "No claimant"),
        (replace(ROW, start=280), "start", "midnight"),
        (replace(ROW, day=date(2019, 11, 25)), "minutes", "no length"),
        (replace(ROW, status="attended"), "status", "not begun"),
        (replace(ROW, day=TODAY, start=TEN, status="dna"), "status", "not begun"),
    ],
)
def test_unknown_codes_and_impossible_times_are_refused(row: AppointmentRow, field: str, words: str) -> None:
    problem = refused(row)
    assert (problem.line, problem.field) == (2, field)
    assert words in problem.text


def test_what_is_placed_anew_may_use_its_own_time() -> None:
    taken = Taken(
        masks={("D01", DAY.isoformat()): span(NINE, NINE + 10)}, clients={("CK1", DAY.isoformat()): [(NINE, NINE + 10, "e0")]}
    )
    placer = Placer(CATALOGUE, NOW, taken)
    (before,) = placed(ROW)
    placer.free(replace(before.entry, id="e0"), before.claims, before.uses)
    (again,) = placer.place([replace(before.arrival, entry=replace(before.arrival.entry, start=NINE + 2, end=NINE + 12))])
    assert (again.flag, again.clashes) == (None, ())

"""White space of a week on both engines: figures, what still fits, past weeks, and each cause made by its own act."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.stranding import BLOCK, CANCELLATION, CHOICE, IMPORTED, NO_BETTER, SEGMENT, Cause
from agent_tui.domain.week import BadWeek, Week, WeekAsked
from agent_tui.domain.whitespace import longest_fill
from agent_tui.services import blocking, booking, changes
from agent_tui.services.day import day as day_of
from agent_tui.services.desk import DeskRefused
from agent_tui.services.importing import import_files
from agent_tui.services.whitespace import DaySpace, WhiteSpace, white_space
from agent_tui.tui.space_words import trend_shares, trend_words
from tests.services.conftest import House, done, wish
from tests.small_site import DAY, FROM, NINE, NOON, ONE, TEN

WEEK = Week.of(DAY)
ASKED = WeekAsked(WEEK, ())


def look(house: House, login: str = "leader1", asked: WeekAsked = ASKED, *, weeks: int = 1) -> WhiteSpace:
    return white_space(house.desk(login), asked, weeks=weeks, causes=True)


def space(house: House, diary: str = "D01", day: date = DAY) -> DaySpace:
    return next(one for one in look(house).spaces if (one.diary, one.day) == (diary, day))


def causes(house: House, diary: str = "D01") -> dict[tuple[int, int], Cause]:
    found = {}
    for one in space(house, diary).runs:
        assert one.cause is not None
        found[one.run.start, one.run.end] = one.cause
    return found


def kinds(house: House, diary: str = "D01") -> dict[tuple[int, int], str]:
    return {place: cause.kind for place, cause in causes(house, diary).items()}


def only(house: House, *types: str, start: int = NINE, end: int = NOON, diary: str = "D01") -> None:
    """Let a diary take some types only on DAY, in one segment."""
    house.add_patterns(
        Pattern(f"only-{diary}", "diary", diary, None, DAY, FROM, None, (Segment(start, end, frozenset(types)),), True)
    )


def book(house: House, type: str, start: int, client: int = 1, diary: str = "D01") -> str:
    entry = done(booking.book(house.desk(), wish(type, diary, start, client=f"C{client:06d}")), "booked").entry
    return entry.id


def test_free_is_usable_and_stranded_and_the_same_as_the_day_says(house: House) -> None:
    book(house, "NJR-F2F", NINE + 1)
    book(house, "FC-F2F", ONE + 3, client=2)
    found = look(house)
    assert found.days == WEEK.days[:5]
    assert len(found.spaces) == 4 * 5
    for one in found.spaces:
        (shown,) = day_of(house.desk(), one.day, diary=one.diary).diaries
        assert (one.free_minutes, one.stranded_minutes) == (shown.free_minutes, shown.stranded_minutes)
        assert one.free_minutes == one.usable_minutes + one.stranded_minutes
        assert one.stranded_minutes == 5 * sum(part.run.stranded for part in one.runs)
    here = space(house)
    assert (here.open_minutes, here.free_minutes) == (420, 420 - 30 - 50)
    lengths = (2, 4, 6, 10)
    runs = [1, 36 - 7, 3, 48 - 13]
    assert here.usable_minutes == 5 * sum(longest_fill(run, lengths) for run in runs)
    assert {one.minutes: one.appointments for one in here.fits} == {5 * n: sum(run // n for run in runs) for n in lengths}
    assert [one.types for one in here.fits] == [("FC-F2F",), ("NJR-F2F",), ("EV-F2F",), ("WSR-PHONE",)]
    assert found.total.free_minutes == sum(one.free_minutes for one in found.spaces)


def test_a_segment_whose_length_nothing_fills_is_its_own_cause(house: House) -> None:
    only(house, "FC-F2F")
    assert kinds(house) == {(NINE, NOON): SEGMENT}
    assert space(house).stranded_minutes == 30
    booked = [book(house, "FC-F2F", NINE + 10 * number, client=number + 1) for number in range(3)]
    assert kinds(house) == {(NINE + 30, NOON): SEGMENT}
    assert space(house).stranded_minutes == space(house).free_minutes == 30
    done(changes.cancel(house.desk(), booked[-1], "claimant"))
    assert kinds(house) == {(NINE + 20, NOON): SEGMENT}


def test_a_start_beside_the_recommended_ones_is_a_choice(house: House) -> None:
    entry = book(house, "NJR-F2F", NINE + 1)
    (cause,) = [one for place, one in causes(house).items() if place == (NINE, NINE + 1)]
    assert (cause.kind, cause.entry, cause.verb) == (CHOICE, entry, "booked")
    assert cause.instead is not None
    diary, tick = cause.instead
    assert (diary, tick) in {(one, at) for one in ("D01", "D02", "D03", "D04") for at in (NINE, NINE + 6)}


def test_a_hold_is_the_choice_and_its_confirmation_changes_nothing(house: House) -> None:
    held = done(booking.hold(house.desk(), wish("NJR-F2F", "D01", NINE + 1)), "held").entry
    done(booking.confirm(house.desk(), held.id))
    cause = causes(house)[NINE, NINE + 1]
    assert (cause.kind, cause.verb) == (CHOICE, "held")


def test_where_nothing_better_was_there_it_says_so(house: House) -> None:
    # In twelve ticks for 6 or 10 every start for the long meeting leaves two that nothing uses.
    only(house, "FC-F2F", "NJR-F2F", end=NINE + 12)
    for number, diary in enumerate(("D02", "D03", "D04")):
        only(house, "WSR-PHONE", diary=diary, end=NINE + 12 + number)
    entry = book(house, "FC-F2F", NINE)
    cause = causes(house)[NINE + 10, NINE + 12]
    assert (cause.kind, cause.entry) == (NO_BETTER, entry)


def test_time_that_was_let_go_is_a_cancellation_or_a_move_away(house: House) -> None:
    first = book(house, "NJR-F2F", NINE + 1)
    book(house, "NJR-F2F", NINE + 7, client=2)
    assert kinds(house)[NINE, NINE + 1] == CHOICE
    done(changes.cancel(house.desk(), first, "claimant"))
    cause = causes(house)[NINE, NINE + 7]
    assert (cause.kind, cause.verb, cause.entry) == (CANCELLATION, "cancelled", first)
    moved = book(house, "NJR-F2F", NINE + 1, client=3, diary="D02")
    book(house, "NJR-F2F", NINE + 7, client=4, diary="D02")
    done(changes.move(house.desk(), moved, DAY, ONE, "D03"))
    cause = causes(house, "D02")[NINE, NINE + 7]
    assert (cause.kind, cause.verb, cause.entry) == (CANCELLATION, "moved", moved)


def test_a_hold_that_ran_out_is_time_that_was_let_go(house: House) -> None:
    held = done(booking.hold(house.desk(), wish("NJR-F2F", "D01", NINE + 1)), "held").entry
    book(house, "NJR-F2F", NINE + 7, client=2)
    house.expire(held.id)
    cause = causes(house)[NINE, NINE + 7]
    assert (cause.kind, cause.verb) == (CANCELLATION, "lapsed")


def test_a_block_is_a_block(house: House) -> None:
    blocking.block(house.desk("leader1"), "D01", DAY, NINE + 1, TEN, "meeting")
    assert kinds(house)[NINE, NINE + 1] == BLOCK


def test_what_was_imported_has_no_history(house: House, tmp_path: Path) -> None:
    file = tmp_path / "appointments.csv"
    rows = "reference,type,client,diary,day,start,minutes,status\nA1,NJR-F2F,C000001,D01,25/11/2026,09:05,,\n"
    file.write_text(rows)
    import_files(house.desk("super1"), [file])
    assert kinds(house)[NINE, NINE + 1] == IMPORTED


def test_a_later_booking_that_cuts_off_what_was_stranded_is_not_blamed(house: House) -> None:
    first = book(house, "NJR-F2F", NINE + 1)
    # The rest of the morning is an odd run; whoever books to its end leaves it odd.
    book(house, "NJR-F2F", NOON - 6, client=2)
    by_entry = {cause.entry for cause in causes(house).values()}
    assert by_entry == {first}


def test_past_weeks_are_reckoned_from_the_patterns_of_their_days(house: House) -> None:
    book(house, "NJR-F2F", NINE + 1)
    short = (Segment(NINE, TEN, frozenset({"NJR-F2F"})),)
    before = DAY - timedelta(days=7)
    house.add_patterns(Pattern("then", "site", "", None, before, before, before, short, True))
    later = white_space(house.desk("leader1", now=house.now + timedelta(days=7)), WeekAsked(WEEK.later(1), ()), weeks=3)
    assert [one.week for one in later.trend] == [WEEK.later(-1), WEEK, WEEK.later(1)]
    assert [one.recorded for one in later.trend] == [False, True, True]
    assert [share > 0 for share in trend_shares(later)] == [False, True, False]
    assert trend_words(later).split(": ")[1].split()[0] == "-"
    first, second, third = later.trend
    assert second == look(house).total
    assert third.open_minutes == 4 * 5 * 420
    # On that one Wednesday the site was open for an hour only; D04 has its own limited hours beside it.
    assert first.open_minutes == 4 * 4 * 420 + 3 * 60 + 120
    assert later.notes == (f"Week {WEEK.later(-1)} has no record of anything that took time, so all of it counts as free.",)


def test_how_far_it_is_is_told_by_week_and_by_day_with_causes(house: House) -> None:
    book(house, "NJR-F2F", NINE + 1)
    heard: list[tuple[str, int, int]] = []
    white_space(house.desk("leader1"), ASKED, weeks=2, causes=True, told=lambda *words: heard.append(words))
    assert heard[:2] == [("weeks", 1, 2), ("weeks", 2, 2)]
    names, done, totals = zip(*heard[2:], strict=True)
    assert set(names) == {"causes by day"}
    assert list(done) == list(range(1, len(done) + 1))
    assert set(totals) == {len(done)}


def test_who_may_look(house: House) -> None:
    for login in ("leader1", "super1", "admin1"):
        assert {one.diary for one in look(house, login).spaces} == {"D01", "D02", "D03", "D04"}
    assert {one.diary for one in look(house, "coach2").spaces} == {"D02"}
    with pytest.raises(DeskRefused, match="own diary D02 only"):
        look(house, "coach2", WeekAsked(WEEK, (), diary="D01"))
    with pytest.raises(DeskRefused, match="read by team leaders"):
        look(house, "agent1")


def test_what_there_is_not_is_said(house: House) -> None:
    with pytest.raises(BadWeek, match="There is no team Z"):
        look(house, asked=WeekAsked(WEEK, (), team="Z"))
    house.sql("UPDATE resource SET enabled = 0 WHERE site = ? AND team = 'B'")
    house.change_rules(lambda unit, site: None)
    assert look(house, asked=WeekAsked(WEEK, (), team="B")).notes == ("Team B has no diary that is switched on.",)
    christmas = look(house, asked=WeekAsked(Week(2026, 52), (), team="A"))
    assert [one.free_minutes for one in christmas.spaces if one.day == date(2026, 12, 25)] == [0, 0]
    assert christmas.notes == ("Closed on Fri 25 Dec 2026: Christmas Day.",)


def test_one_read_and_no_log_without_causes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from agent_tui.store.queries import entries as entry_queries
    from agent_tui.store.queries import log as log_queries

    calls: list[str] = []
    for module, name in ((entry_queries, "busy_masks"), (log_queries, "touching")):
        real: Callable[..., object] = getattr(module, name)

        def counted(*args: object, real: Callable[..., object] = real, name: str = name) -> object:
            calls.append(name)
            return real(*args)

        monkeypatch.setattr(module, name, counted)
    book(house, "NJR-F2F", NINE + 1)
    white_space(house.desk("leader1"), ASKED, weeks=12)
    assert calls == ["busy_masks"]
    look(house)
    assert calls == ["busy_masks", "busy_masks", "touching"]

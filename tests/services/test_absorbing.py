"""An additional diary absorbed by others: nothing of it is lost, and it is retired, all in one act."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import Blocked, EntryState, Refused
from agent_tui.domain.site import Diary
from agent_tui.domain.types import AppointmentType, MinutesFrom
from agent_tui.services import absorbing, attendance, booking, changes, diaries, segmenting
from agent_tui.services.absorbing import Absorbed, absorb
from agent_tui.services.blocking import block
from agent_tui.services.diary_tickets import tickets
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.sweep import sweep_store
from agent_tui.store.unit_of_work import Unit
from tests.services.conftest import House, done, uid, wish
from tests.services.conftest import refused as refused_act
from tests.small_site import ASSIGNED, DAY, FIVE, FROM, NINE, NOON, NOW, ONE, TEN
from tests.torture.crew import GRACE_SECONDS
from tests.torture.test_moving_holds import Pausing, closing_all, wait_until_somebody_waits

TODAY = NOW.date()
COACHES = ("D01", "D02", "D03", "D04", "D05")
OLD = "D09"
FC = frozenset({"FC-F2F"})
ELEVEN = 132
WEEK = timedelta(days=7)
CARE = AppointmentType("BLK-CARE", "Care", "f2f", "block-time", True, (MinutesFrom(FROM, 60),), "", "block")


def additional(house: House, *more: Pattern, types: frozenset[str] = ASSIGNED) -> None:
    """Add the guidance's additional diary, first commitments alone, Monday to Friday 09:00 to 12:00, and a fifth coach."""

    def work(unit: Unit, site: str) -> None:
        new = [Diary(OLD, "Commitments", "Commitments", None, "A", True, types)]
        new.append(Diary("D05", "Diary 5", "Coach 5", None, "A", True, ASSIGNED - FC))
        catalogue_queries.insert_diaries(unit, site, new)
        week = [
            Pattern(f"{OLD}-{day}", "diary", OLD, day, None, FROM, None, (Segment(NINE, NOON, FC, description="FC only"),), True)
            for day in range(5)
        ]
        catalogue_queries.insert_patterns(unit, site, [*week, *more])

    house.change_rules(work)


def absorbed(answer: object, status: str = "absorbed") -> Absorbed:
    """Return what must have been done or previewed."""
    assert isinstance(answer, Absorbed), answer
    assert answer.status == status
    return answer


def refused(answer: object, code: str) -> Refused:
    """Return what must have been refused with a code."""
    assert isinstance(answer, Refused), answer
    return refused_act(answer, code)


def booked(house: House, start: int = TEN, client: str = "C000001", type: str = "FC-F2F", **more: Any) -> EntryState:
    """Book in the additional diary."""
    return done(booking.book(house.desk(), wish(type, start=start, client=client, **({"diary": OLD} | more)))).entry


def where(house: House, id: str) -> tuple[str, date, int]:
    """Return where an appointment is, which must have its time."""
    entry = done(changes.show(house.desk(), id), "booked").entry
    return entry.diary, entry.day, entry.start


def allowed(house: House, diary: str, day: date) -> dict[tuple[int, int], frozenset[str]]:
    """Return the open stretches of a diary's day and what they allow."""
    with house.store.read() as unit:
        plan = house.desk().catalogue(unit).plan(diary, day)
    return {(one.start, one.end): one.segment.types for one in plan.stretches}


@pytest.fixture(autouse=True)
def _sound(request: pytest.FixtureRequest) -> Any:
    house = request.getfixturevalue("house") if "house" in request.fixturenames else None
    yield
    if house is not None:
        found = sweep_store(house.store, house.site)
        assert {name: one.examples for name, one in found.items() if one.violations and name != "I5"} == {}


MORNING = {(NINE, NOON): FC, (ONE, FIVE): ASSIGNED}


def test_the_guidances_five_coaches_cover_it_in_a_rota(house: House) -> None:
    additional(house)
    days = [DAY + timedelta(days=number) for number in (0, 1, 2, 5, 6)]  # Wednesday to Tuesday
    made = [
        booked(house, start, f"C{number:06d}", day=day)
        for number, (day, start) in enumerate([(day, start) for day in days for start in (NINE, NINE + 13)], start=1)
    ]
    found = absorbed(absorb(house.desk("leader1"), OLD, COACHES, rota=True))
    assert [(one.owner, one.weekday) for one in found.patterns] == [(code, number) for number, code in enumerate(COACHES)]
    for day in days:
        coach = COACHES[day.weekday()]
        for other in COACHES:
            if other == "D04" and other != coach:
                continue
            assert allowed(house, other, day) == (MORNING if other == coach else {(NINE, NOON): ASSIGNED, (ONE, FIVE): ASSIGNED})
    for entry in made:
        assert where(house, entry.id) == (COACHES[entry.day.weekday()], entry.day, entry.start)
    assert [one.before for one in found.moves] == made
    assert (found.unplaced, found.lost, found.blocks, found.unblocked) == ((), (), (), ())
    assert found.assigned == (("D05", "FC-F2F"),)
    assert {one.sentence for _name, part, one in found.checks if part == "09:00-12:00"} == {
        "180 = 3 x 50 + 30; 150 or 200 would strand none"
    }


def test_without_a_rota_every_coach_has_the_segment_every_day(house: House) -> None:
    additional(house)
    made = [booked(house, NINE), booked(house, NINE + 10, "C000002"), booked(house, NINE, "C000003", day=DAY + WEEK)]
    found = absorbed(absorb(house.desk("leader1"), OLD, COACHES))
    assert len(found.patterns) == 25
    for code in ("D01", "D02", "D03", "D05"):
        assert all(allowed(house, code, DAY + timedelta(days=number)) == MORNING for number in (0, 1, 2, 5, 6))
    assert allowed(house, "D04", DAY) == MORNING
    for entry in made:
        assert where(house, entry.id) == ("D01", entry.day, entry.start)


def test_it_is_switched_off_and_retired_with_a_ticket(house: House) -> None:
    additional(house)
    found = absorbed(absorb(house.desk("leader1"), OLD, ("D01", "D02"), id=uid(1)))
    with house.store.read() as unit:
        old = house.desk().catalogue(unit).diaries[OLD]
    assert (old.enabled, old.retired) == (False, TODAY)
    written = tickets(house.desk("super1"))
    assert isinstance(written, list)
    (ticket,) = [one for one in written if one.id == found.ticket]
    assert (ticket.kind, ticket.status, ticket.resource) == ("absorb_diary", "done", OLD)
    assert (ticket.fields["into"], ticket.fields["from"], ticket.fields["rota"]) == ("D01, D02", "2026-11-24", "no")
    assert 'description = "FC only"' in ticket.patterns
    assert "D09" not in {diary for diary, _start in house.starts()}
    (line,) = [one for one in house.events() if one["verb"] == segmenting.ABSORBED]
    assert line["request"] == uid(1)
    assert "Coach" not in str(line)


def test_what_the_targets_had_in_the_segment_and_does_not_fit_is_unplaced_with_a_flag(house: House) -> None:
    additional(house)
    review = done(booking.book(house.desk(), wish("WSR-PHONE", start=TEN, client="C000002"))).entry
    mine = booked(house, TEN)
    found = absorbed(absorb(house.desk("leader1"), OLD, ("D01",)))
    assert [one.id for one in found.unplaced] == [review.id]
    assert house.open_flags() == [("not_allowed", review.id, None)]
    assert where(house, mine.id) == ("D01", DAY, TEN)


def test_those_that_cannot_keep_their_time_go_to_the_nearest_of_the_targets_then_to_any(house: House) -> None:
    additional(house)
    first, second, third = booked(house, NINE), booked(house, TEN, "C000002"), booked(house, NINE, "C000003", day=DAY + WEEK)
    done(booking.book(house.desk(), wish(start=NINE + 2, client="C000004")))  # in D01, of the type that may stay
    for number in range(1, 30):
        day = DAY + WEEK + timedelta(days=number - 1)
        if day.weekday() < 5 and day != date(2026, 12, 25):
            stands = block(house.desk("super1"), "D01", day, NINE, FIVE, "leave")
            assert isinstance(stands, Blocked), stands
    found = absorbed(absorb(house.desk("leader1"), OLD, ("D01",)))
    assert where(house, second.id) == ("D01", DAY, NINE + 12)  # 10:00 is free when 09:10 to 10:00 is taken
    assert where(house, first.id) == ("D01", DAY, NINE + 22)  # after both
    assert where(house, third.id) == ("D02", DAY + WEEK, NINE)
    assert {one.diary for one in found.blocks} == {"D01"}
    assert found.unplaced == ()


def test_one_that_finds_no_place_at_all_is_unplaced_and_flagged(house: House) -> None:
    additional(house)
    entry = booked(house)
    off = "UPDATE resource SET enabled = 0 WHERE site = ? AND resource IN ('D02', 'D03', 'D04', 'D05')"
    house.change_rules(lambda unit, site: unit.run(off, site))
    for number in range(30):
        day = DAY + timedelta(days=number)
        if day.weekday() < 5 and day != date(2026, 12, 25):
            assert isinstance(block(house.desk("super1"), "D01", day, NINE, FIVE, "leave"), Blocked)
    found = absorbed(absorb(house.desk("leader1"), OLD, ("D01",)))
    assert [one.id for one in found.unplaced] == [entry.id]
    assert house.status(entry.id) == "unplaced"
    assert house.open_flags() == [("displaced", entry.id, None)]


def test_a_preview_says_what_is_then_done_and_writes_nothing(house: House) -> None:
    additional(house)
    booked(house)
    held = done(booking.hold(house.desk(), wish(start=NINE, diary="D01", client="C000005"))).entry
    house.expire(held.id)
    before = house.dump()
    seen = absorbed(absorbing.preview(house.desk("leader1"), OLD, COACHES, rota=True), "preview")
    assert house.dump() == before
    made = absorbed(absorb(house.desk("leader1"), OLD, COACHES, rota=True))
    plain = [replace(one, id="") for one in made.patterns]
    assert [replace(one, id="") for one in seen.patterns] == plain
    assert (seen.moves, seen.assigned, seen.lost, seen.checks) == (made.moves, made.assigned, made.lost, made.checks)
    assert seen.ticket is None


def test_a_retry_answers_the_same_and_changes_nothing(house: House) -> None:
    additional(house)
    booked(house)
    done(booking.book(house.desk(), wish("WSR-PHONE", start=TEN, client="C000002")))
    assert isinstance(block(house.desk("super1"), OLD, DAY, ELEVEN, NOON, "training"), Blocked)
    assert isinstance(block(house.desk("super1"), "D01", DAY + WEEK, ELEVEN, NOON, "training"), Blocked)
    first = absorbed(absorb(house.desk("leader1"), OLD, ("D01", "D02"), id=uid(1)))
    before = house.dump()
    again = absorbed(absorb(house.desk("leader1"), OLD, ("D01", "D02"), id=uid(1)))
    assert again == replace(first, repeated=True)
    assert (len(first.moves), len(first.unplaced), len(first.unblocked), len(first.blocks)) == (1, 1, 1, 1)
    refused(absorb(house.desk("leader1"), OLD, ("D01",), id=uid(1)), "id_reused")
    refused(absorb(house.desk("leader1"), OLD, ("D01",), id=uid(2)), "not_possible")  # it is retired
    assert house.dump() == before


def test_its_blocks_end_and_those_of_the_targets_in_the_new_segments_are_named(house: House) -> None:
    additional(house)
    own = block(house.desk("super1"), OLD, DAY, NINE, TEN, "leave")
    there = block(house.desk("super1"), "D01", DAY, TEN, ELEVEN, "leave")
    beside = block(house.desk("super1"), "D01", DAY, ONE, FIVE, "leave")
    assert isinstance(own, Blocked)
    assert isinstance(there, Blocked)
    assert isinstance(beside, Blocked)
    found = absorbed(absorb(house.desk("leader1"), OLD, ("D01",)))
    assert [one.id for one in found.unblocked] == list(own.ids)
    assert [one.id for one in found.blocks] == list(there.ids)
    assert [house.status(one.ids[0]) for one in (own, there, beside)] == ["released", "blocked", "blocked"]


def test_from_a_later_day_the_segments_wait_and_nothing_stays_behind(house: House) -> None:
    additional(house)
    soon, later = booked(house), booked(house, TEN, "C000002", day=DAY + 2 * WEEK)
    found = absorbed(absorb(house.desk("leader1"), OLD, ("D01",), DAY + WEEK))
    assert {one.effective_from for one in found.patterns} == {DAY + WEEK}
    assert allowed(house, "D01", DAY)[NINE, NOON] == ASSIGNED
    assert allowed(house, "D01", DAY + WEEK)[NINE, NOON] == FC
    assert where(house, soon.id) == ("D01", DAY, TEN)
    assert where(house, later.id) == ("D01", DAY + 2 * WEEK, TEN)


def test_its_exceptions_become_those_of_the_targets(house: House) -> None:
    monday = date(2026, 11, 30)
    late = Pattern("late", "diary", OLD, None, monday, monday, None, (Segment(ONE, FIVE, FC),), True)
    shut = Pattern("shut", "diary", OLD, None, monday + timedelta(days=1), monday + timedelta(days=1), None, (), True)
    additional(house, late, shut)
    absorbed(absorb(house.desk("leader1"), OLD, ("D01",)))
    assert allowed(house, "D01", monday) == {(NINE, NOON): ASSIGNED, (ONE, FIVE): FC}
    assert allowed(house, "D01", monday + timedelta(days=1)) == {(NINE, NOON): ASSIGNED, (ONE, FIVE): ASSIGNED}
    assert allowed(house, "D01", monday + WEEK) == MORNING


def test_only_types_that_it_takes_are_put_into_the_others(house: House) -> None:
    mixed = Pattern("sat", "diary", OLD, 5, None, FROM, None, (Segment(NINE, NOON, FC | {"CC-PHONE", "WSR-PHONE"}),))
    additional(house, mixed, types=FC | {"WSR-PHONE"})
    found = absorbed(absorb(house.desk("leader1"), OLD, ("D05",)))
    assert allowed(house, "D05", date(2026, 11, 28)) == {(NINE, NOON): FC | {"WSR-PHONE"}}
    assert found.assigned == (("D05", "FC-F2F"),)


def test_a_live_hold_in_it_refuses_the_act_and_an_expired_one_is_ended(house: House) -> None:
    additional(house)
    held = done(booking.hold(house.desk(), wish(diary=OLD))).entry
    before = house.dump()
    outcome = refused(absorb(house.desk("leader1"), OLD, COACHES), "held")
    assert "Held by Ann Archer (D09, 09:00 to 09:50)" in outcome.reason
    assert outcome.held_by is not None
    assert outcome.id == held.id
    assert house.dump() == before
    house.expire(held.id)
    absorbed(absorb(house.desk("leader1"), OLD, COACHES))
    assert house.status(held.id) == "lapsed"
    assert house.callbacks()[0][-1] == held.id


def test_block_time_for_a_claimant_in_it_refuses_the_act(house: House) -> None:
    additional(house)
    house.add_type(CARE)
    made = block(house.desk(), OLD, DAY, NINE, ELEVEN, None, type="BLK-CARE", client="C000001")
    assert isinstance(made, Blocked)
    before = house.dump()
    assert (
        "BLK-CARE is block time for a claimant on Wed 25 Nov 2026 09:00"
        in refused(absorb(house.desk("leader1"), OLD, COACHES), "taken").reason
    )
    assert house.dump() == before


def test_holds_to_move_its_appointments_are_released(house: House) -> None:
    additional(house)
    entry = booked(house)
    held = done(booking.hold(house.desk(), wish(start=TEN, moving=entry.id, client=None))).entry
    absorbed(absorb(house.desk("leader1"), OLD, ("D01",)))
    assert house.status(held.id) == "released"
    assert where(house, entry.id) == ("D01", DAY, TEN)


def test_what_has_begun_or_is_over_stays_on_record(house: House) -> None:
    additional(house)
    begun = booked(house, NINE, day=TODAY)
    late = datetime(2026, 11, 24, 9, 20)
    found = absorbed(absorb(house.desk("leader1", now=late), OLD, ("D01",)))
    assert found.moves == ()
    assert where(house, begun.id) == (OLD, TODAY, NINE)
    done(attendance.attend(house.desk("leader1", now=late), begun.id, "attended"))


def test_limited_segments_stay_limited(house: House) -> None:
    additional(house)
    most = "UPDATE segment SET most = 2 WHERE site = ? AND description = 'FC only'"
    house.change_rules(lambda unit, site: unit.run(most, site))
    one, two = booked(house, NINE), booked(house, NINE + 10, "C000002")
    found = absorbed(absorb(house.desk("leader1"), OLD, ("D01", "D02")))
    assert {part.limit for pattern in found.patterns for part in pattern.segments} == {2}
    assert {where(house, entry.id) for entry in (one, two)} == {("D01", DAY, NINE), ("D01", DAY, NINE + 10)}
    assert ("D01", NINE + 20) not in house.starts()


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"old": "D99"}, "unknown_diary", "no diary D99"),
        ({"into": ("D01", "D99")}, "unknown_diary", "no diary D99"),
        ({"into": ()}, "not_possible", "Between 1 and 30"),
        ({"into": ("D01", OLD)}, "not_possible", "into itself"),
        ({"into": ("D01", "D01")}, "not_possible", "named twice"),
        ({"into": ("D03",)}, "not_possible", "switched off"),
        ({"into": ("D02",)}, "not_possible", "is retired"),
        ({"old": "D02"}, "not_possible", "is retired"),
        ({"old": "D05", "into": ("D01",)}, "not_possible", "no segments of its own"),
        ({"first": date(2026, 11, 23)}, "past", "is past"),
        ({"first": date(9999, 6, 1)}, "not_possible", "Nothing is planned"),
    ],
)
def test_what_cannot_be_absorbed_is_refused_in_a_sentence(house: House, change: dict[str, Any], code: str, words: str) -> None:
    additional(house)
    diaries.disable(house.desk("super1"), "D03")
    diaries.retire(house.desk("super1"), "D02")
    before = house.dump()
    said: dict[str, Any] = {"old": OLD, "into": ("D01",), "first": None} | change
    assert words in refused(absorb(house.desk("leader1"), **said), code).reason
    assert words in refused(absorbing.preview(house.desk("leader1"), **said), code).reason
    assert house.dump() == before


@pytest.mark.parametrize("login", ["agent1", "coach1", "admin1"])
def test_only_leaders_and_supervisors_absorb(house: House, login: str) -> None:
    additional(house)
    before = house.dump()
    refused(absorb(house.desk(login), OLD, COACHES), "role")
    refused(absorbing.preview(house.desk(login), OLD, COACHES), "role")
    assert house.dump() == before
    absorbed(absorb(house.desk("super1"), OLD, COACHES))


def test_neither_kind_of_undo_brings_half_of_it_back(house: House) -> None:
    additional(house)
    entry = booked(house)
    absorbed(absorb(house.desk("leader1"), OLD, ("D01",)))
    before = house.dump()
    refused_act(changes.undo(house.desk("leader1")), "not_possible")
    refused_act(changes.undo(house.desk("leader1"), entry.id), "not_possible")
    refused(segmenting.undo(house.desk("leader1")), "not_possible")
    assert house.dump() == before


def test_a_diary_that_is_off_already_is_absorbed_and_its_flags_close(house: House) -> None:
    additional(house)
    entry = booked(house)
    diaries.disable(house.desk("super1"), OLD)
    assert [one[0] for one in house.open_flags()] == ["diary_off"]
    absorbed(absorb(house.desk("leader1"), OLD, ("D01",)))
    assert house.open_flags() == []
    assert where(house, entry.id) == ("D01", DAY, TEN)


@pytest.mark.postgres
def test_what_is_booked_in_it_meanwhile_moves_too(on_postgres: House) -> None:
    additional(on_postgres)
    slow = Pausing(on_postgres.store.location)
    with closing_all(slow), ThreadPoolExecutor(2) as threads:
        late = replace(on_postgres.desk(), store=slow)
        booking_it = threads.submit(booking.book, late, wish(diary=OLD, start=TEN))
        assert slow.written.wait(GRACE_SECONDS)
        absorbing_it = threads.submit(absorb, on_postgres.desk("leader1"), OLD, ("D01",))
        wait_until_somebody_waits(on_postgres.store.location)
        slow.go_on.set()
        made = done(booking_it.result(GRACE_SECONDS)).entry
        found = absorbed(absorbing_it.result(GRACE_SECONDS))
    assert [one.after.id for one in found.moves] == [made.id]
    assert where(on_postgres, made.id) == ("D01", DAY, TEN)

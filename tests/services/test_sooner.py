"""The waiting list on both engines: what comes free is held for whoever fits best, and what becomes of the offer."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import MORNING, Blocked, Booked, EntryState, Refused
from agent_tui.domain.sooner import SoonerWish, Waiting
from agent_tui.domain.story import Story
from agent_tui.services import attendance, blocking, booking, calls, changes, diaries, segmenting, sooner, sooner_offers
from agent_tui.services.acts import Abandoned
from agent_tui.services.allocating import allocate
from agent_tui.services.doctor import Finding, examine
from agent_tui.services.sooner import Placed
from agent_tui.services.story import story
from agent_tui.store.engine import migration_engine
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.trouble import KeyRefused
from tests.services.conftest import House, done, refused, uid, wish
from tests.small_site import ASSIGNED, DAY, FROM, NINE, ONE, TEN

LATER = DAY + timedelta(days=1)


def book(house: House, client: str, day: date = LATER, start: int = TEN, diary: str = "D02", **more: Any) -> EntryState:
    return done(booking.book(house.desk(), wish(client=client, day=day, start=start, diary=diary, **more))).entry


def wait(house: House, entry: EntryState, wanted: SoonerWish | None = None, **more: Any) -> Placed:
    added = sooner.add(house.desk(**more), entry.id, wanted or SoonerWish())
    assert isinstance(added, Placed), added
    return added


def place(house: House, entry: EntryState) -> Waiting:
    (found,) = [one.place for one in sooner.waiting_list(house.desk(), everybody=True) if one.place.entry == entry.id]
    return found


def held(house: House) -> list[tuple[Any, ...]]:
    """Return live holds of moves as (moving, diary, day, start)."""
    return house.rows("SELECT moving, diary, day, start_tick FROM entry WHERE site = ? AND status = 'held' ORDER BY moving")


def offered(house: House) -> list[tuple[str | None, Any]]:
    """Return open offers as (appointment, start), in the order of the queue."""
    return [(one.entry, one.wanted["start"]) for one in calls.queue(house.desk()) if one.kind == "sooner"]


def cancelled(house: House, entry: EntryState, **more: Any) -> Booked:
    return done(changes.cancel(house.desk(**more), entry.id, "claimant"), "cancelled")


@pytest.fixture
def free(house: House) -> EntryState:
    """An appointment that is about to be cancelled."""
    return book(house, "C000001", DAY, NINE, "D01")


def test_nothing_is_offered_while_nothing_comes_free(house: House, free: EntryState) -> None:
    entry = book(house, "C000002")
    wait(house, entry)
    book(house, "C000003", DAY, ONE, "D03")
    assert (offered(house), place(house, entry).status) == ([], "waiting")


def test_a_cancellation_is_held_and_offered_and_taken(house: House, free: EntryState) -> None:
    entry = book(house, "C000002")
    wait(house, entry)
    cancelled(house, free, login="coach1")
    assert held(house) == [(entry.id, "D01", DAY.isoformat(), NINE)]
    (item,) = calls.queue(house.desk())
    assert (item.kind, item.status, item.who, item.entry, item.client) == ("sooner", "open", "", entry.id, "C000002")
    assert item.held_until is not None
    assert item.key
    assert place(house, entry).status == "offered"
    outcome = done(sooner.answer(house.desk("agent2"), item.id, "taken", id=uid(1)), "moved")
    assert (outcome.entry.id, outcome.entry.diary, outcome.entry.day, outcome.entry.start) == (entry.id, "D01", DAY, NINE)
    assert (place(house, entry).status, offered(house), held(house)) == ("taken", [], [])
    again = done(sooner.answer(house.desk("agent2"), item.id, "taken", id=uid(1)))
    assert again == replace(outcome, repeated=True)
    assert house.rows("SELECT status FROM call WHERE site = ? AND kind = 'sooner'") == [("booked",)]
    assert house.callbacks() == []


def test_best_fit_first(house: House, free: EntryState) -> None:
    near = book(house, "C000002", LATER, NINE, "D02")
    far = book(house, "C000003", LATER + timedelta(days=4), NINE, "D02")
    urgent = book(house, "C000004", LATER, NINE, "D03", priority="urgent", priority_reason="said")
    for entry in (near, far, urgent):
        wait(house, entry)
    cancelled(house, free)
    order = []
    for _ in range(3):
        (item,) = [one for one in calls.queue(house.desk()) if one.kind == "sooner"]
        order.append(item.entry)
        done(sooner.answer(house.desk(), item.id, "declined"), "released")
    assert order == [urgent.id, far.id, near.id]
    assert offered(house) == []
    assert {place(house, entry).status for entry in (near, far, urgent)} == {"waiting"}


def test_of_one_gain_whoever_waits_longest_comes_first(house: House, free: EntryState) -> None:
    one, two = book(house, "C000002", diary="D02"), book(house, "C000003", diary="D03")
    wait(house, two)
    wait(house, one, later=60)
    cancelled(house, free)
    assert [entry for entry, _ in offered(house)] == [two.id]


@pytest.mark.parametrize("how", ["declined", "no_answer"])
def test_the_next_gets_it_and_nobody_is_asked_twice(house: House, free: EntryState, how: str) -> None:
    one, two = book(house, "C000002", LATER + timedelta(days=1)), book(house, "C000003")
    for entry in (one, two):
        wait(house, entry)
    cancelled(house, free)
    first = calls.queue(house.desk())[0]
    assert first.entry == one.id
    done(sooner.answer(house.desk(), first.id, how), "released")
    assert offered(house) == [(two.id, "09:00")]
    done(sooner.answer(house.desk(), calls.queue(house.desk())[0].id, how))
    again = book(house, "C000004", DAY, NINE, "D01")
    cancelled(house, again)
    assert offered(house) == []
    other = book(house, "C000004", DAY, TEN, "D01")
    cancelled(house, other)
    assert offered(house) == [(one.id, "10:00")]
    refused(sooner.answer(house.desk(), first.id, how), "not_possible")


def test_an_offer_that_lapsed_goes_to_the_next_and_leaves_no_call_back(house: House, free: EntryState) -> None:
    one, two = book(house, "C000002", LATER + timedelta(days=1)), book(house, "C000003")
    for entry in (one, two):
        wait(house, entry)
    cancelled(house, free)
    first = calls.queue(house.desk())[0]
    house.expire(str(first.wanted["hold"]))
    assert offered(house) == [(two.id, "09:00")]
    assert (place(house, one).status, place(house, two).status) == ("waiting", "offered")
    assert house.callbacks() == []
    refused(sooner.answer(house.desk(), first.id, "taken"), "not_possible")


def test_a_lapsed_offer_that_is_answered_is_refused_and_goes_on(house: House, free: EntryState) -> None:
    one, two = book(house, "C000002", LATER + timedelta(days=1)), book(house, "C000003")
    for entry in (one, two):
        wait(house, entry)
    cancelled(house, free)
    first = calls.queue(house.desk())[0]
    house.expire(str(first.wanted["hold"]))
    refused(sooner.answer(house.desk(), first.id, "taken"), "hold_expired")
    assert house.status(one.id) == "booked"
    assert offered(house) == [(two.id, "09:00")]


@pytest.mark.parametrize(
    "wanted",
    [
        SoonerWish(window=MORNING),
        SoonerWish(diary="D01"),
        SoonerWish(team="A"),
        SoonerWish(until=DAY),
    ],
    ids=["time", "diary", "team", "until"],
)
def test_the_limits_of_a_wish_hold(house: House, wanted: SoonerWish) -> None:
    entry = book(house, "C000002", LATER + timedelta(days=4), NINE, "D03")
    wait(house, entry, wanted)
    wrong = {"window": (LATER, ONE, "D04"), "diary": (DAY, ONE, "D02"), "team": (DAY, ONE, "D04"), "until": (LATER, ONE, "D01")}
    name = next(name for name in wrong if getattr(wanted, name) is not None)
    cancelled(house, book(house, "C000005", *wrong[name]))
    assert offered(house) == []
    cancelled(house, book(house, "C000005", DAY, NINE, "D01"))
    assert offered(house) == [(entry.id, "09:00")]


def test_nothing_later_inside_notice_or_at_the_claimants_own_time_is_offered(house: House) -> None:
    house.change_rules(lambda unit, site: unit.run("UPDATE site SET notice_minutes = 1560 WHERE site = ?", site))
    entry = book(house, "C000002", LATER + timedelta(days=1), NINE)
    other = book(house, "C000002", LATER, ONE, "D03", type="NJR-F2F")
    wait(house, entry)
    for day, start in ((LATER + timedelta(days=1), TEN), (LATER, ONE)):
        cancelled(house, book(house, "C000005", day, start, "D01", type="NJR-F2F", allow_clash=True))
    house.now = house.now - timedelta(hours=2)
    soon = book(house, "C000006", DAY, TEN, "D01")
    house.now = house.now + timedelta(hours=2)
    cancelled(house, soon)
    assert offered(house) == []
    assert house.status(other.id) == "booked"


def test_what_a_move_leaves_and_what_an_unblock_gives_back_is_offered(house: House, free: EntryState) -> None:
    entry = book(house, "C000002")
    wait(house, entry)
    done(changes.move(house.desk(), free.id, DAY, ONE, "D04"))
    assert offered(house) == [(entry.id, "09:00")]
    sooner.answer(house.desk(), calls.queue(house.desk())[0].id, "declined")
    block = blocking.block(house.desk("leader1"), "D01", DAY, ONE, ONE + 20, "leave")
    assert isinstance(block, Blocked), block
    blocking.unblock(house.desk("leader1"), block.ids[0])
    assert offered(house) == [(entry.id, "13:00")]


def test_the_rest_of_a_missed_appointment_is_offered(house: House) -> None:
    missed = book(house, "C000001", house.now.date(), TEN, "D01")
    entry = book(house, "C000002", type="WSR-PHONE")
    wait(house, entry)
    done(attendance.attend(house.desk("leader1", now=house.now + timedelta(minutes=70)), missed.id, "dna"))
    assert [(line[2], line[3]) for line in held(house)] == [(house.now.date().isoformat(), 122)]


def test_a_released_hold_is_offered(house: House) -> None:
    entry = book(house, "C000002")
    wait(house, entry)
    hold = done(booking.hold(house.desk(), wish(start=TEN))).entry
    booking.release(house.desk(), hold.id)
    assert offered(house) == [(entry.id, "10:00")]


def test_a_segment_that_opens_time_is_offered(house: House) -> None:
    entry = book(house, "C000002")
    wait(house, entry)
    early = Pattern("", "diary", "D03", None, DAY, DAY, None, (Segment(96, NINE, ASSIGNED),))
    early = replace(early, effective_from=FROM)
    saved = segmenting.save(house.desk("leader1"), [replace(early, effective_from=house.now.date())])
    assert getattr(saved, "status", saved) == "saved", saved
    assert offered(house) == [(entry.id, "08:00")]


def test_a_diary_that_is_switched_on_is_offered(house: House) -> None:
    diaries.disable(house.desk("super1"), "D04")
    entry = book(house, "C000002")
    wait(house, entry, SoonerWish(window=MORNING))
    diaries.enable(house.desk("super1"), "D04")
    assert offered(house) == [(entry.id, "09:00")]
    assert held(house)[0][1] == "D04"


def test_an_undo_takes_an_offer_back_that_nobody_has_taken_up(house: House, free: EntryState) -> None:
    entry = book(house, "C000002")
    wait(house, entry)
    cancelled(house, free)
    done(changes.undo(house.desk()), "undone")
    assert house.status(free.id) == "booked"
    assert (offered(house), place(house, entry).status) == ([], "waiting")
    cancelled(house, free)
    assert offered(house) == [(entry.id, "09:00")]
    calls.take(house.desk("agent2"), calls.queue(house.desk())[0].id)
    refused(changes.undo(house.desk()), "held")
    assert offered(house) == [(entry.id, "09:00")]


def test_a_cancelled_appointment_leaves_the_list_and_its_offer_goes_on(house: House, free: EntryState) -> None:
    one, two = book(house, "C000002", LATER + timedelta(days=1)), book(house, "C000003")
    for entry in (one, two):
        wait(house, entry)
    cancelled(house, free)
    cancelled(house, one)
    assert place(house, one).status == "ended"
    assert (two.id, "09:00") in offered(house)


def test_end_releases_what_is_held(house: House, free: EntryState) -> None:
    entry = book(house, "C000002")
    added = wait(house, entry)
    cancelled(house, free)
    ended = sooner.end(house.desk(), entry.id, id=uid(4))
    assert isinstance(ended, Placed)
    assert (ended.status, ended.place.status, held(house), offered(house)) == ("ended", "ended", [], [])
    assert sooner.end(house.desk(), entry.id, id=uid(4)) == replace(ended, repeated=True)
    assert sooner.waiting_list(house.desk()) == []
    assert added.entry == ended.entry


def test_add_again_changes_the_limits_only(house: House) -> None:
    entry = book(house, "C000002")
    first = sooner.add(house.desk(), entry.id, SoonerWish(), id=uid(3))
    assert isinstance(first, Placed)
    assert sooner.add(house.desk(), entry.id, SoonerWish(), id=uid(3)) == replace(first, repeated=True)
    reused = sooner.add(house.desk(), entry.id, SoonerWish(window=MORNING), id=uid(3))
    assert getattr(reused, "code", None) == "id_reused"
    later = sooner.add(house.desk(later=60), entry.id, SoonerWish(window=MORNING))
    assert isinstance(later, Placed)
    assert (later.place.made_at, later.place.wish.window) == (first.place.made_at, MORNING)


@pytest.mark.parametrize(
    ("login", "wanted", "code"),
    [
        ("admin1", SoonerWish(), "role"),
        ("coach1", SoonerWish(), "role"),
        ("agent1", SoonerWish(diary="D99"), "unknown_diary"),
        ("agent1", SoonerWish(team="Z"), "unknown_diary"),
        ("agent1", SoonerWish(until=date(2026, 1, 1)), "past"),
    ],
)
def test_a_wish_that_cannot_be_is_refused(house: House, login: str, wanted: SoonerWish, code: str) -> None:
    entry = book(house, "C000002")
    before = house.dump()
    found = sooner.add(house.desk(login), entry.id, wanted)
    assert getattr(found, "code", None) == code
    assert house.dump() == before


def test_only_a_booked_appointment_that_has_not_begun_can_wait(house: House, free: EntryState) -> None:
    assert getattr(sooner.add(house.desk(), uid(77), SoonerWish()), "code", None) == "unknown_entry"
    begun = sooner.add(house.desk(now=house.now + timedelta(days=2)), free.id, SoonerWish())
    assert getattr(begun, "code", None) == "past"
    cancelled(house, free)
    assert getattr(sooner.add(house.desk(), free.id, SoonerWish()), "code", None) == "not_possible"
    assert getattr(sooner.end(house.desk(), free.id), "code", None) == "unknown_entry"


def test_somebody_elses_offer_is_answered_by_them_or_a_leader(house: House, free: EntryState) -> None:
    entry = book(house, "C000002")
    wait(house, entry)
    cancelled(house, free)
    call = calls.queue(house.desk())[0].id
    assert isinstance(calls.take(house.desk("agent1"), call), calls.Handled)
    refused(sooner.answer(house.desk("agent2"), call, "taken"), "held")
    done(sooner.answer(house.desk("leader1"), call, "taken"), "moved")


def test_an_appointment_that_is_being_moved_is_passed_over(house: House, free: EntryState) -> None:
    entry = book(house, "C000002")
    wait(house, entry)
    done(booking.hold(house.desk(), wish(client=None, day=LATER, start=ONE, diary="D03", moving=entry.id)))
    cancelled(house, free)
    assert offered(house) == []


def test_a_confirmed_or_released_hold_of_an_offer_settles_its_place(house: House, free: EntryState) -> None:
    entry = book(house, "C000002")
    wait(house, entry)
    cancelled(house, free)
    done(booking.confirm(house.desk(), str(calls.queue(house.desk())[0].wanted["hold"])), "moved")
    assert place(house, entry).status == "taken"
    assert offered(house) == []


def test_the_log_names_no_limits_in_words_and_the_sweep_holds(house: House, free: EntryState) -> None:
    entry = book(house, "C000002")
    wait(house, entry)
    cancelled(house, free)
    assert [line["verb"] for line in house.events()][-4:] == ["sooner_added", "cancelled", "held", "sooner_offered"]


@pytest.mark.parametrize("trouble", [KeyRefused("occupancy"), Abandoned(Refused("limit", "Used up."))], ids=["key", "abandoned"])
def test_an_offer_that_cannot_be_held_leaves_the_act_as_it_is(
    house: House, free: EntryState, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    entry = book(house, "C000002")
    wait(house, entry)
    real = allocate

    def written_and_refused(*arguments: Any) -> Any:
        real(*arguments)
        raise trouble

    monkeypatch.setattr(sooner_offers, "allocate", written_and_refused)
    cancelled(house, free)
    assert (offered(house), held(house), place(house, entry).status) == ([], [], "waiting")


def test_two_cancellations_at_once_make_one_offer(house: House, free: EntryState) -> None:
    other = book(house, "C000003", DAY, ONE, "D03")
    entry = book(house, "C000002")
    wait(house, entry)
    with ThreadPoolExecutor(2) as pool:
        done_by = list(pool.map(lambda one: changes.cancel(house.desk(), one.id, "claimant"), (free, other)))
    assert [one.status for one in done_by if isinstance(one, Booked)] == ["cancelled", "cancelled"]
    assert [one for one, _ in offered(house)] == [entry.id]
    assert len(held(house)) == 1


def test_of_two_who_answer_at_once_one_is_refused(house: House, free: EntryState) -> None:
    entry = book(house, "C000002")
    wait(house, entry)
    cancelled(house, free)
    call = calls.queue(house.desk())[0].id
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda login: sooner.answer(house.desk(login), call, "taken"), ("agent1", "agent2")))
    assert sorted(isinstance(one, Booked) for one in found) == [False, True]
    assert place(house, entry).status == "taken"


# Undo.


def last_verbs(house: House, count: int) -> list[str]:
    return house.verbs()[-count:]


def test_an_undone_taken_offer_puts_the_claimant_back_where_they_were(house: House, free: EntryState) -> None:
    one, two = book(house, "C000002", LATER + timedelta(days=1)), book(house, "C000003")
    wait(house, one, SoonerWish(window=MORNING))
    wait(house, two, later=60)
    since = place(house, one).made_at
    cancelled(house, free)
    call = calls.queue(house.desk())[0]
    assert call.entry == one.id
    done(sooner.answer(house.desk(), call.id, "taken"), "moved")
    assert place(house, one).status == "taken"
    done(changes.undo(house.desk()), "undone")
    back = place(house, one)
    assert (back.status, back.made_at, back.wish.window) == ("offered", since, MORNING)
    assert "sooner_returned" in house.verbs()
    assert [found.place.entry for found in sooner.waiting_list(house.desk())] == [one.id, two.id]
    assert offered(house) == [(one.id, "09:00")], "it is theirs again before anybody else's"
    assert (back.call, back.asked) == (call.id, ((DAY, NINE, NINE + 10),))
    assert (place(house, two).status, place(house, two).asked) == ("waiting", ())
    cancelled(house, book(house, "C000004", DAY, TEN, "D01"))
    assert two.id in [entry for entry, _ in offered(house)]
    done(sooner.answer(house.desk(), call.id, "taken"), "moved")
    done(changes.undo(house.desk()), "undone")
    done(sooner.answer(house.desk(), call.id, "declined"), "released")
    assert place(house, one).status == "waiting"


@pytest.mark.parametrize("overlapping", [False, True], ids=["apart", "into its own time"])
def test_the_hold_of_an_undone_taken_offer_can_be_taken_again_in_time(house: House, overlapping: bool) -> None:
    free = book(house, "C000001", DAY, NINE, "D01")
    entry = book(house, "C000002", DAY, NINE + 10, "D01") if overlapping else book(house, "C000002")
    wait(house, entry)
    cancelled(house, free)
    (call,) = calls.queue(house.desk())
    done(sooner.answer(house.desk(), call.id, "taken"), "moved")
    done(changes.undo(house.desk()), "undone")
    hold = str(call.wanted["hold"])
    assert house.status(hold) == "held"
    assert calls.queue(house.desk())[0].held_until is not None
    assert of_list(house) == []
    refused(changes.undo(house.desk()), "not_possible")
    house.expire(hold)
    assert calls.queue(house.desk()) == []
    assert place(house, entry).status == "waiting"


def test_an_undone_taken_offer_that_cannot_be_held_again_goes_to_whom_it_fits(house: House, free: EntryState) -> None:
    one, two = book(house, "C000002", LATER + timedelta(days=1)), book(house, "C000003")
    wait(house, one)
    wait(house, two, later=60)
    cancelled(house, free)
    call = calls.queue(house.desk())[0]
    done(sooner.answer(house.desk(), call.id, "taken"), "moved")
    house.change_rules(lambda unit, site: catalogue_queries.set_enabled(unit, site, "D01", enabled=False))
    done(changes.undo(house.desk()), "undone")
    assert house.status(str(call.wanted["hold"])) == "moved"
    assert (place(house, one).status, place(house, one).asked) == ("waiting", ())
    assert offered(house) == []


def test_an_undone_confirmed_offer_puts_the_claimant_back_too(house: House, free: EntryState) -> None:
    entry = book(house, "C000002")
    wait(house, entry)
    cancelled(house, free)
    done(booking.confirm(house.desk(), str(calls.queue(house.desk())[0].wanted["hold"])), "moved")
    assert place(house, entry).status == "taken"
    done(changes.undo(house.desk(), entry.id), "undone")
    assert place(house, entry).status == "offered"


@pytest.mark.parametrize("act", ["cancel", "late"])
def test_an_undone_end_of_the_appointment_puts_its_claimant_back(house: House, act: str) -> None:
    entry = book(house, "C000002", house.now.date(), ONE)
    wait(house, entry)
    other = book(house, "C000003", LATER, ONE, "D03")
    if act == "cancel":
        cancelled(house, entry)
    else:
        done(attendance.attend(house.desk(later=2 * 3600), entry.id, "late"))
        done(changes.move(house.desk("agent2"), other.id, LATER, ONE, "D04"))
    assert place(house, entry).status == "ended"
    done(changes.undo(house.desk(later=0 if act == "cancel" else 2 * 3600), entry.id), "undone")
    assert place(house, entry).status == "waiting"


def test_who_was_taken_off_by_hand_stays_off_after_an_undo(house: House) -> None:
    entry = book(house, "C000002")
    wait(house, entry)
    done(changes.move(house.desk(), entry.id, LATER, ONE, "D03"))
    sooner.end(house.desk("agent2"), entry.id)
    done(changes.undo(house.desk(), entry.id), "undone")
    assert place(house, entry).status == "ended"


@pytest.mark.parametrize("how", ["declined", "no_answer"])
def test_an_undone_answer_opens_the_offer_again(house: House, free: EntryState, how: str) -> None:
    one, two = book(house, "C000002", LATER + timedelta(days=1)), book(house, "C000003")
    for entry in (one, two):
        wait(house, entry)
    cancelled(house, free)
    call = calls.queue(house.desk())[0]
    done(sooner.answer(house.desk(), call.id, how), "released")
    assert offered(house) == [(two.id, "09:00")]
    done(changes.undo(house.desk()), "undone")
    assert offered(house) == [(one.id, "09:00")]
    assert place(house, one).call == call.id
    assert (place(house, two).status, place(house, two).asked) == ("waiting", ())
    done(sooner.answer(house.desk(), call.id, "taken"), "moved")


@pytest.mark.parametrize("client", ["C000001", "C000002"], ids=["same claimant", "another"])
@pytest.mark.parametrize("mine", [False, True], ids=["nobody has it", "I have it"])
def test_an_undone_cancellation_takes_its_offer_back(house: House, free: EntryState, client: str, mine: bool) -> None:
    entry = book(house, client)
    wait(house, entry)
    cancelled(house, free)
    (call,) = calls.queue(house.desk())
    if mine:
        calls.take(house.desk(), call.id)
    done(changes.undo(house.desk()), "undone")
    assert house.status(free.id) == "booked"
    assert (offered(house), held(house), place(house, entry).status, place(house, entry).asked) == ([], [], "waiting", ())
    refused(sooner.answer(house.desk(), call.id, "taken"), "not_possible")


def test_an_undone_cancellation_takes_an_offer_in_its_limited_segment_back(house: House) -> None:
    first, second = (book(house, f"C00000{n}", DAY, NINE + 6 * n, "D04", type="NJR-F2F") for n in (0 + 1, 2))
    entry = book(house, "C000003", type="NJR-F2F")
    wait(house, entry)
    cancelled(house, second)
    (hold,) = held(house)
    assert hold[1] == "D04"
    done(changes.undo(house.desk()), "undone")
    assert [house.status(one.id) for one in (first, second)] == ["booked", "booked"]
    assert (offered(house), place(house, entry).status) == ([], "waiting")


def test_an_undone_cancellation_whose_time_somebody_is_offering_is_refused_with_who(house: House, free: EntryState) -> None:
    entry = book(house, "C000002")
    wait(house, entry)
    cancelled(house, free)
    calls.take(house.desk("agent2"), calls.queue(house.desk())[0].id)
    before = house.dump()
    found = refused(changes.undo(house.desk()), "held")
    assert found.held_by is not None
    assert found.held_by.who == "Bob Brook"
    assert "Bob Brook" in found.reason
    assert found.alternatives
    assert house.dump() == before
    done(sooner.answer(house.desk("agent2"), calls.queue(house.desk())[0].id, "taken"), "moved")
    gone = refused(changes.undo(house.desk(), free.id), "taken")
    assert gone.alternatives
    assert house.status(entry.id) == "booked"


def test_a_time_on_offer_is_refused_to_others_as_the_waiting_lists(house: House, free: EntryState) -> None:
    wait(house, book(house, "C000002"))
    cancelled(house, free)
    found = refused(booking.book(house.desk("agent2"), wish(client="C000005", start=NINE)), "held")
    assert "Held by the waiting list for sooner (D01" in found.reason


@pytest.mark.parametrize("last", ["add", "end"])
def test_undo_takes_back_nothing_before_an_act_on_the_list(house: House, last: str) -> None:
    entry = book(house, "C000002")
    wait(house, entry)
    if last == "end":
        sooner.end(house.desk(), entry.id)
    found = refused(changes.undo(house.desk()), "not_possible")
    assert found.reason.endswith(f"agent-tui sooner {'end' if last == 'add' else 'add'} {entry.id}")
    assert house.status(entry.id) == "booked"
    done(changes.undo(house.desk(), entry.id), "undone")


# The story.


def told(house: House, entry: EntryState) -> list[str]:
    found = story(house.desk(), entry.id)
    assert isinstance(found, Story), found
    assert [one.seq for one in found.lines] == sorted({one.seq for one in found.lines})
    return [one.text for one in found.lines]


BY, BOB = "by Ann Archer on Tue 24 Nov 2026 09:00", "by Bob Brook on Tue 24 Nov 2026 09:00"
EARLIER = "Coach 1, Wed 25 Nov 09:00 to 09:50"


def test_a_story_tells_what_was_asked_for_offered_and_taken(house: House, free: EntryState) -> None:
    entry = book(house, "C000002")
    wait(house, entry, SoonerWish(until=LATER, window=MORNING, team="A"))
    cancelled(house, free, login="agent2")
    done(sooner.answer(house.desk(), calls.queue(house.desk())[0].id, "taken"))
    done(changes.undo(house.desk()))
    lines = told(house, entry)
    assert lines[1:3] == [
        f"Asked for sooner, noted {BY}: anything earlier, until Thu 26 Nov 2026, in the morning, in team A.",
        f"Offered an earlier time, held for the claimant {BOB}: {EARLIER}.",
    ]
    assert lines[3].startswith("Moved by Ann Archer")
    assert lines[4] == f"The earlier time was taken, noted {BY}; the claimant waits no more."
    assert lines[5] == f"On the waiting list for sooner again {BY}, as before."
    assert "was undone" in lines[6]
    assert lines[7] == f"Offered an earlier time, held for the claimant {BY}: {EARLIER}."
    assert len(lines) == 8
    assert told(house, free)[1:] == [f"Cancelled {BOB}: the claimant asked for it."]


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ("declined", f"The earlier time was declined, noted {BOB}: {EARLIER}."),
        ("no_answer", f"The claimant was not reached about the earlier time, noted {BOB}: {EARLIER}."),
        ("lapsed", f"The offer of {EARLIER} ended without an answer; that its hold had lapsed was met {BY}."),
        ("back", f"The offer of {EARLIER} was taken back {BY}."),
    ],
)
def test_a_story_tells_how_an_offer_ended(house: House, free: EntryState, how: str, text: str) -> None:
    entry = book(house, "C000002")
    wait(house, entry)
    cancelled(house, free)
    call = calls.queue(house.desk())[0]
    if how == "lapsed":
        house.expire(str(call.wanted["hold"]))
        sooner.waiting_list(house.desk())
    elif how == "back":
        done(changes.undo(house.desk()))
    else:
        done(sooner.answer(house.desk("agent2"), call.id, how))
    assert told(house, entry)[3:] == [text]
    sooner.end(house.desk("agent2"), entry.id)
    assert told(house, entry)[4:] == [f"Taken off the waiting list for sooner {BOB}."]


def test_a_story_tells_that_a_cancelled_appointment_left_the_list(house: House) -> None:
    entry = book(house, "C000002")
    wait(house, entry, SoonerWish(diary="D01"))
    cancelled(house, entry)
    assert told(house, entry)[1] == f"Asked for sooner, noted {BY}: anything earlier, with Coach 1."
    assert told(house, entry)[3:] == [f"Off the waiting list for sooner {BY}, since the appointment is cancelled."]


def test_the_hold_of_an_offer_left_no_call_back_and_its_own_story_says_none(house: House, free: EntryState) -> None:
    wait(house, book(house, "C000002"))
    cancelled(house, free)
    (id,) = [row[0] for row in house.rows("SELECT id FROM entry WHERE site = ? AND status = 'held'")]
    house.expire(id)
    sooner.waiting_list(house.desk())
    found = story(house.desk(), id)
    assert isinstance(found, Story)
    assert found.lines[-1].text == f"The hold lapsed; it was met {BY}, and the claimant waits on for an earlier time."


# The doctor.


def of_list(house: House) -> list[Finding]:
    return [one for one in examine(house.desk()).findings if one.check == "waiting_list"]


@pytest.fixture
def open_offer(house: House, free: EntryState) -> EntryState:
    """An appointment whose claimant is being offered an earlier time, and one whose claimant waits."""
    wait(house, book(house, "C000003", LATER, ONE, "D03"))
    entry = book(house, "C000002", LATER + timedelta(days=1))
    wait(house, entry)
    cancelled(house, free)
    assert [one for one, _ in offered(house)] == [entry.id]
    return entry


def test_the_doctor_finds_nothing_in_a_list_as_it_is_used(house: House, open_offer: EntryState) -> None:
    assert of_list(house) == []
    (hold,) = [row[0] for row in house.rows("SELECT id FROM entry WHERE site = ? AND status = 'held'")]
    house.expire(hold)
    assert of_list(house) == [], "a hold that has run out is met by the next look"
    sooner.waiting_list(house.desk())
    assert of_list(house) == []


BREAKS = {
    "no hold": ("UPDATE entry SET status = 'released', expires_at = NULL WHERE site = ? AND status = 'held'", "hold is gone"),
    "no call": ("UPDATE call SET status = 'closed' WHERE site = ? AND kind = 'sooner'", "no open call"),
    "not booked": ("UPDATE entry SET status = 'cancelled' WHERE site = ? AND client = 'C000002'", "not booked any more"),
    "lost call": ("UPDATE waiting SET call = NULL WHERE site = ? AND status = 'offered'", "nobody is being made"),
    "unreadable": ("UPDATE waiting SET wanted = '[]' WHERE site = ? AND status = 'waiting'", "cannot be read"),
}


@pytest.mark.parametrize("what", BREAKS)
def test_the_doctor_finds_what_does_not_belong_together(
    request: pytest.FixtureRequest, house: House, open_offer: EntryState, what: str
) -> None:
    statement, words = BREAKS[what]
    state = house.rows("SELECT * FROM entry WHERE site = ?"), house.rows("SELECT * FROM waiting WHERE site = ?")
    assert all(state)
    house.sql(statement)
    found = [one for one in of_list(house) if words in one.text]
    assert [one.severity for one in found] == ["error" if what == "unreadable" else "warning"]
    assert found[0].do
    assert "C00000" not in found[0].text
    _mend(house)


def _mend(house: House) -> None:
    """Bring the rows that were broken by hand back, so that the sweep after the test looks at the house's own work."""
    house.sql(
        "UPDATE entry SET status = 'held', expires_at = (SELECT MAX(expires_at) FROM claim WHERE claim.entry = entry.id)"
        " WHERE site = ? AND kind = 'hold'"
    )
    house.sql("UPDATE entry SET status = 'booked' WHERE site = ? AND kind = 'appointment' AND client <> 'C000001'")


def test_a_place_without_its_appointment_is_an_error(house: House, open_offer: EntryState) -> None:
    (old,) = house.rows("SELECT entry FROM waiting WHERE site = ? AND status = 'waiting'")
    gone = "UPDATE waiting SET entry = ? WHERE site = ? AND entry = ?"

    def change(unit: Any) -> None:
        if unit.postgres:
            unit.run("SET LOCAL session_replication_role = replica")
        unit.run(gone, uid(404), house.site, old[0])

    if house.store.engine_name == "sqlite":
        engine = migration_engine(house.store.location)  # foreign keys are off on it
        with engine.begin() as connection:
            connection.exec_driver_sql(gone, (uid(404), house.site, old[0]))
        engine.dispose()
    else:
        house.write(change)
    assert [one.severity for one in of_list(house)] == ["error"]
    assert uid(404) in of_list(house)[0].text


@pytest.mark.parametrize("what", ["no hold", "lost call"])
def test_an_offer_that_is_none_any_more_leaves_the_queue_when_it_is_answered(
    house: House, open_offer: EntryState, what: str
) -> None:
    call = calls.queue(house.desk())[0].id
    house.sql(BREAKS[what][0])
    refused(sooner.answer(house.desk(), call, "no_answer"), "hold_expired" if what == "no hold" else "not_possible")
    assert offered(house) == []
    assert place(house, open_offer).status == ("waiting" if what == "no hold" else "offered")
    _mend(house)

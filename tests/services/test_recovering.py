"""The recovery list on both engines: accepted all or nothing, undone, dismissed; nobody is asked who must not be."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_tui.domain.recovery import NoPlan, Plan
from agent_tui.domain.requests import MORNING, ClockWindow, Refused
from agent_tui.domain.sooner import SoonerWish
from agent_tui.domain.week import Week, WeekAsked
from agent_tui.services import booking, changes, demand, recovering, sooner
from agent_tui.services.desk import DeskRefused
from agent_tui.services.recovering import Accepted, Recovery, accept, dismiss, recovery
from agent_tui.services.story import story
from agent_tui.store.queries import work as work_queries
from tests.services.conftest import House, done, refused, uid, wish
from tests.small_site import DAY, NINE, NOON, ONE, TEN

WEEK = Week.of(DAY)
ASKED = WeekAsked(WEEK, ())
CODES = ("FC-F2F", "NJR-F2F", "WSR-PHONE", "EV-F2F")
BOOKED = "SELECT id FROM entry WHERE site = ? AND status = 'booked'"


def book(house: House, type: str, start: int, client: int, diary: str = "D01", day: date = DAY) -> str:
    return done(booking.book(house.desk("leader1"), wish(type, diary, start, client=f"C{client:06d}", day=day))).entry.id


def gaps(house: House, diary: str = "D01") -> tuple[str, str, str]:
    """Book so that two gaps of five minutes stand around an appointment, up to the end of the morning but for them."""
    first = book(house, "FC-F2F", NINE, 1, diary)
    middle = book(house, "FC-F2F", NINE + 11, 2, diary)
    last = book(house, "FC-F2F", NINE + 22, 3, diary)
    house_block(house, diary, NINE + 32, NOON)
    return first, middle, last


def house_block(house: House, diary: str, start: int, end: int) -> None:
    from agent_tui.services import blocking

    blocking.block(house.desk("leader1"), diary, DAY, start, end, "meeting")


def listed(house: House, login: str = "leader1", asked: WeekAsked = ASKED, *, later: float = 0) -> Recovery:
    return recovery(house.desk(login, later=later), asked)


def the_plan(house: House, login: str = "leader1") -> Plan:
    found = listed(house, login).plans
    assert len(found) == 1, found
    return found[0]


def accepted(found: Accepted | Refused) -> Accepted:
    assert isinstance(found, Accepted), found
    return found


def test_one_move_makes_two_gaps_one(house: House) -> None:
    _first, middle, _last = gaps(house)
    plan = the_plan(house)
    assert (plan.diary, plan.day, plan.part, plan.won, plan.recovered_minutes) == ("D01", DAY, "am", 1, 10)
    (move,) = plan.moves
    assert move.id == middle
    assert move.to in (NINE + 10, NINE + 12)
    assert plan.won_by_length == ((10, 1),)
    done_ = accepted(accept(house.desk("leader1"), plan.id, id=uid(900)))
    assert (done_.status, done_.won, done_.repeated) == ("accepted", 1, False)
    assert [(one.before.start, one.after.start) for one in done_.moves] == [(NINE + 11, move.to)]
    (line,) = [one for one in house.events(middle) if one["verb"] == "moved"]
    assert (line["reason"], line["request"]) == ("recovery", uid(900))
    messages = house.rows("SELECT kind, version, status FROM message WHERE site = ? AND entry = ? ORDER BY version", middle)
    assert messages == [("confirmation", 1, "asking"), ("change", 2, "asking")]
    told = story(house.desk("leader1"), middle)
    assert not isinstance(told, Refused)
    assert told.lines[-1].text.endswith("so that more can be booked.")
    again = accepted(accept(house.desk("leader1"), plan.id, id=uid(900)))
    assert (again.repeated, again.moves) == (True, done_.moves)
    other = accept(house.desk("leader1"), "D01-20261125-pm-0123456789ab", id=uid(900))
    assert isinstance(other, Refused)
    assert other.code == "id_reused"
    assert listed(house).plans == ()
    assert listed(house).note == recovering.NOTHING


def two_movers(house: House) -> tuple[str, str]:
    """Book two side by side with five free minutes before and after them, so that only both together make ten of them."""
    one = book(house, "FC-F2F", NINE + 1, 1)
    other = book(house, "FC-F2F", NINE + 11, 2)
    house_block(house, "D01", NINE + 22, NOON)
    return one, other


def test_two_moves_are_done_together_and_undone_together(house: House) -> None:
    one, other = two_movers(house)
    plan = the_plan(house)
    assert (len(plan.moves), plan.won, plan.each) == (2, 1, 0.5)
    before = {id: house.state(id) for id in (one, other)}
    answer = accepted(accept(house.desk("leader1"), plan.id, id=uid(901)))
    assert {move.after.id for move in answer.moves} == {one, other}
    assert [line["request"] for line in house.events() if line["reason"] == "recovery"] == [None, uid(901)]
    undone = done(changes.undo(house.desk("leader1", later=30)), "undone")
    assert undone.entry.id in (one, other)
    assert {id: house.state(id) for id in (one, other)} == before
    assert house.rows("SELECT entry FROM message WHERE site = ? AND kind = 'change'") == []
    assert [plan.won for plan in listed(house).plans]
    refused(changes.undo(house.desk("leader1", later=31)), "not_possible")


def test_the_undo_of_one_of_two_moves_takes_both_back_and_not_after_a_minute(house: House) -> None:
    one, other = two_movers(house)
    before = {id: house.state(id)["claims"] for id in (one, other)}
    plan = the_plan(house)
    accepted(accept(house.desk("leader1"), plan.id))
    refused(changes.undo(house.desk("leader1", later=61), one), "undo_expired")
    done(changes.undo(house.desk("leader1", later=59), one), "undone")
    assert {id: house.state(id)["claims"] for id in (one, other)} == before


def test_a_plan_that_has_changed_is_refused(house: House) -> None:
    _first, middle, last = gaps(house)
    plan = the_plan(house)
    done(changes.cancel(house.desk(), last, "claimant"))
    found = accept(house.desk("leader1"), plan.id)
    assert isinstance(found, Refused)
    assert found.code == "stale_version"
    assert "nothing was changed" in found.reason
    assert house.claims(middle) == [("D01", DAY.isoformat(), NINE + 11, NINE + 21)]
    assert plan.id not in {one.id for one in listed(house).plans}
    gone = dismiss(house.desk("leader1"), plan.id)
    assert isinstance(gone, Refused)


def test_two_who_accept_a_plan_at_once_move_it_once(house: House) -> None:
    one, other = two_movers(house)
    plan, gate = the_plan(house), Barrier(2)

    def both(login: str) -> Accepted | Refused:
        desk = house.desk(login)
        gate.wait()
        return accept(desk, plan.id)

    with ThreadPoolExecutor(2) as people:
        answers = list(people.map(both, ("leader1", "super1")))
    assert sorted(type(answer).__name__ for answer in answers) == ["Accepted", "Refused"]
    assert [answer.code for answer in answers if isinstance(answer, Refused)] == ["stale_version"]
    assert sorted(str(line["entry"]) for line in house.events() if line["verb"] == "moved") == sorted((one, other))
    assert len(house.rows("SELECT entry FROM message WHERE site = ? AND kind = 'change'")) == 2


def test_a_target_that_was_taken_meanwhile_leaves_all_as_it_was(house: House) -> None:
    one, other = two_movers(house)
    plan = the_plan(house)
    before = {id: house.state(id) for id in (one, other)}
    house_block(house, "D01", NINE, NINE + 1)
    found = accept(house.desk("leader1"), plan.id)
    assert isinstance(found, Refused)
    assert {id: house.state(id) for id in (one, other)} == before


def test_a_dismissed_plan_comes_back_when_something_of_it_has_changed(house: House) -> None:
    _first, middle, _last = gaps(house)
    plan = the_plan(house)
    assert accepted(dismiss(house.desk("admin1"), plan.id, id=uid(7))).status == "dismissed"
    assert accepted(dismiss(house.desk("admin1"), plan.id, id=uid(7))).repeated
    assert middle not in {move.id for one in listed(house).plans for move in one.moves if len(one.moves) == 1}
    assert [line["after_state"]["plan"] for line in house.events() if line["verb"] == "recovery_dismissed"] == [plan.id]
    done(changes.move(house.desk("leader1"), middle, DAY, NINE + 10))
    done(changes.move(house.desk("leader1"), middle, DAY, NINE + 11))
    again = next(one for one in listed(house).plans if [move.id for move in one.moves] == [middle])
    assert again.id != plan.id


def test_who_may_decide(house: House) -> None:
    gaps(house)
    plan = the_plan(house)
    assert the_plan(house, "coach1").id == plan.id
    for login, act in (("coach1", accept), ("agent1", accept), ("admin1", accept), ("coach1", dismiss), ("agent1", dismiss)):
        found = act(house.desk(login), plan.id)
        assert isinstance(found, Refused)
        assert found.code == "role"
    with pytest.raises(DeskRefused):
        listed(house, "agent1")
    assert listed(house, "coach2").plans == ()
    with pytest.raises(NoPlan, match="is no plan"):
        accept(house.desk("leader1"), "D01")
    accepted(accept(house.desk("super1"), plan.id))


def test_nobody_is_asked_inside_the_notice_or_about_the_past(house: House) -> None:
    gaps(house)
    day = timedelta(days=1)
    assert not listed(house, later=day.total_seconds() - 3600).plans
    demand.change_setting(house.desk("leader1"), "move-notice", "0")
    assert listed(house, later=day.total_seconds() - 3600).plans
    house.sql("UPDATE site SET notice_minutes = 120 WHERE site = ?")
    house.change_rules(lambda unit, site: None)
    # At 08:00 of the day the middle one at 09:55 is inside the notice of two hours.
    assert not [one for one in listed(house, later=day.total_seconds() - 3600).plans if len(one.moves) == 1]
    assert listed(house, later=7 * day.total_seconds()).note == f"Week {WEEK} is past: nothing in it can be moved."


def test_a_strict_wish_is_kept(house: House) -> None:
    _first, middle, _last = gaps(house)
    (move,) = the_plan(house).moves
    window = ClockWindow(NINE + 12, NOON, whole=True)
    sooner.add(house.desk(), middle, SoonerWish(window=window))
    assert {one.to for plan in listed(house).plans for one in plan.moves if one.id == middle} <= {NINE + 12}
    sooner.add(house.desk(), middle, SoonerWish(window=ClockWindow(NINE, NINE + 6, whole=True)))
    assert middle not in {one.id for plan in listed(house).plans for one in plan.moves}
    sooner.end(house.desk(), middle)
    assert move.id in {one.id for plan in listed(house).plans for one in plan.moves}
    row = {"id": uid(55), "kind": "request", "status": "booked", "who": "agent1", "type": "FC-F2F", "client": "C000002"}
    row |= {"entry": middle, "wanted": {"time": "pm"}, "opened_at": 1}  # type: ignore[dict-item]
    house.write(lambda unit: work_queries.insert_call(unit, house.site, row))
    assert middle not in {one.id for plan in listed(house).plans for one in plan.moves}


def test_whoever_is_elsewhere_flagged_being_moved_or_half_of_a_pair_stays(house: House) -> None:
    _first, middle, _last = gaps(house)
    free = {one.to for plan in listed(house).plans for one in plan.moves if one.id == middle}
    assert free == {NINE + 10}
    busy = book(house, "NJR-F2F", NINE + 5, 2, "D02")  # the claimant of the middle one, right before it
    found = {one.to for plan in listed(house).plans for one in plan.moves if one.id == middle}
    assert found == {NINE + 12}
    done(changes.cancel(house.desk(), busy, "claimant"))
    held = done(booking.hold(house.desk(), wish("FC-F2F", "D03", ONE, client="C000002", moving=middle))).entry
    assert middle not in {one.id for plan in listed(house).plans for one in plan.moves}
    done(booking.release(house.desk(), held.id))
    done(booking.book(house.desk(), wish("NJR-F2F", "D02", NINE + 12, client="C000002", allow_clash=True)))
    assert middle not in {one.id for plan in listed(house).plans for one in plan.moves}


def test_a_room_is_kept_and_must_be_free(house: House) -> None:
    book(house, "NJR-F2F", NINE, 1)
    roomed = book(house, "EV-F2F", NINE + 7, 2)
    book(house, "NJR-F2F", NINE + 12, 3)
    house_block(house, "D01", NINE + 18, NOON)
    assert roomed in {one.id for plan in listed(house).plans for one in plan.moves}
    # The other room is taken all the while, and its own right before and after it.
    for number, (diary, start) in enumerate((("D02", NINE + 3), ("D03", NINE + 3), ("D02", NINE + 11), ("D03", NINE + 11))):
        if number % 2 == 0 or number == 1:
            book(house, "EV-F2F", start, 4 + number, diary)
    found = {one.to for plan in listed(house).plans for one in plan.moves if one.id == roomed}
    assert NINE + 6 not in found
    for plan in listed(house).plans:
        accepted(accept(house.desk("leader1"), plan.id))
        break


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    booked=st.lists(
        st.tuples(st.sampled_from(CODES), st.integers(NINE, ONE + 30), st.sampled_from(("D01", "D04"))),
        min_size=4,
        max_size=12,
    )
)
def test_whatever_is_listed_can_be_accepted(on_sqlite: House, booked: list[tuple[str, int, str]]) -> None:
    house = on_sqlite
    for row in house.rows(BOOKED):
        done(changes.cancel(house.desk("leader1"), row[0], "office"))
    for number, (type, start, diary) in enumerate(booked):
        booking.book(house.desk("leader1"), wish(type, diary, start, client=f"C{number % 10 + 1:06d}"))
    for _turn in range(3):
        found = listed(house)
        if not found.plans:
            break
        plan = found.plans[-1]
        answer = accepted(accept(house.desk("leader1"), plan.id))
        for move in answer.moves:
            assert (move.after.diary, move.after.day) == (move.before.diary, move.before.day)
            assert (move.before.start in range(MORNING.end)) == (move.after.start in range(MORNING.end))
    house.sweep()


def test_a_list_of_two_hundred_coaches_tells_how_far_it_is(house: House) -> None:
    told: list[tuple[str, int, int]] = []
    recovery(house.desk("leader1"), replace(ASKED, team="A"), told=lambda *said: told.append(said))
    # Two diaries from Tuesday, which is today, to Sunday.
    assert told[-1] == ("diary days", 12, 12)
    assert TEN in range(NINE, NOON)

"""A hold handed to a colleague with the draft: taken, declined, taken back, lapsed, and refused in a sentence."""

from dataclasses import replace

import pytest

from agent_tui.domain.handovers import TakenOver
from agent_tui.domain.pairs import Paired
from agent_tui.domain.requests import EntryState
from agent_tui.services import booking, calls, changes, handovers, lists, pairing, presence, staffing
from agent_tui.services.handovers import decline, hand_over, mine, take_over
from tests.services.conftest import House, done, refused, uid, wish
from tests.small_site import DAY, NINE, TEN

DRAFT = {
    "type": "First commitment - F2F",
    "picked:type": "FC-F2F",
    "from": "2026-11-25",
    "client": "Sana Khan 1",
    "picked:client": "C000001",
    "note": "rings from a shelter\nspeaks slowly",
    "access": "hearing loop",
    "taken:entry": "x",
    "nonsense": "y",
}


def held(house: House, login: str = "agent1", **more: object) -> EntryState:
    return done(booking.hold(house.desk(login), wish(**more))).entry  # type: ignore[arg-type]


def taken(answer: TakenOver) -> EntryState:
    return done(answer.outcome, "taken").entry


def call_of(house: House, login: str = "agent1") -> str:
    id = calls.new_call_id()
    calls.open_call(house.desk(login), id, "FC-F2F", {})
    return id


def who_has(house: House, call: str) -> str:
    return str(house.rows("SELECT who FROM call WHERE site = ? AND id = ?", call)[0][0])


def row(house: House, hold: str) -> tuple[object, ...]:
    return house.rows("SELECT status, given_by, given_to, draft FROM handover WHERE site = ? AND entry = ?", hold)[0]


def test_what_went_along_goes_on_with_the_hold_to_the_next(house: House) -> None:
    hold, call = held(house), call_of(house)
    ann, bob = house.desk("agent1"), house.desk("agent2")
    hand_over(ann, hold.id, "agent2", draft=DRAFT, call=call)
    taken(take_over(bob, hold.id))
    done(hand_over(bob, hold.id, "leader1", said={"note": "rings at noon"}), "handed_over")
    answer = take_over(house.desk("leader1"), hold.id)
    assert (answer.call, who_has(house, call)) == (call, "leader1")
    assert (answer.draft["access"], answer.draft["note"]) == ("hearing loop", "rings at noon")


def test_a_hold_goes_to_a_colleague_with_draft_call_and_expiry(house: House) -> None:
    hold, call = held(house), call_of(house)
    ann, bob = house.desk("agent1"), house.desk("agent2")
    given = done(hand_over(ann, hold.id, "agent2", draft=DRAFT, call=call), "handed_over")
    assert (given.entry.made_by, given.entry.expires_at) == ("agent1", hold.expires_at)
    assert [(one.entry.id, one.stands_for("agent2")) for one in mine(bob)] == [(hold.id, "waiting")]
    assert [one.stands_for("agent1") for one in mine(ann)] == ["offered"]
    assert mine(house.desk("leader1")) == []
    assert call not in {one.id for one in calls.unfinished(ann)}
    answer = take_over(bob, hold.id)
    assert taken(answer).made_by == "agent2"
    assert taken(answer).expires_at == hold.expires_at
    assert answer.call == call
    assert answer.draft == {key: DRAFT[key] for key in DRAFT if key not in ("client", "taken:entry", "nonsense")}
    assert who_has(house, call) == "agent2"
    assert mine(ann) == mine(bob) == []
    assert [one.id for one in calls.unfinished(bob)] == [call]
    refused(booking.extend(ann, hold.id), "role")
    done(booking.extend(bob, hold.id), "extended")
    done(booking.confirm(bob, hold.id, client="C000001"), "confirmed")
    assert row(house, hold.id) == ("ended", "agent1", "agent2", None)


def test_the_log_names_who_and_to_whom_and_nothing_that_was_typed(house: House) -> None:
    hold = held(house)
    hand_over(house.desk(), hold.id, "agent2", draft=DRAFT)
    take_over(house.desk("agent2"), hold.id)
    lines = [(one["verb"], one["who"], one["reason"]) for one in house.events(hold.id)]
    assert lines == [
        ("held", "agent1", None),
        ("handed_over", "agent1", "to:agent2"),
        ("handover_taken", "agent2", "to:agent2"),
    ]
    assert "shelter" not in repr(house.rows("SELECT * FROM event WHERE site = ?"))
    looked = house.rows("SELECT who, client FROM access WHERE site = ? AND why = 'handover'")
    assert looked == [("agent2", "C000001")]


def test_a_colleague_declines_and_it_goes_back_with_the_draft(house: House) -> None:
    hold, call = held(house), call_of(house)
    ann, bob = house.desk("agent1"), house.desk("agent2")
    hand_over(ann, hold.id, "agent2", draft=DRAFT, call=call)
    done(decline(bob, hold.id), "declined")
    assert mine(bob) == []
    assert [one.stands_for("agent1") for one in mine(ann)] == ["returned"]
    refused(take_over(bob, hold.id).outcome, "role")
    answer = take_over(ann, hold.id)
    assert taken(answer).made_by == "agent1"
    assert (answer.call, answer.draft["note"]) == (call, DRAFT["note"])
    assert who_has(house, call) == "agent1"


def test_it_is_taken_back_by_an_undo_or_later_by_the_holder(house: House) -> None:
    ann, bob = house.desk("agent1"), house.desk("agent2")
    hold = held(house)
    hand_over(ann, hold.id, "agent2", draft=DRAFT)
    done(changes.undo(ann), "undone")
    assert [one.stands_for("agent1") for one in mine(ann)] == ["returned"]
    assert mine(bob) == []
    refused(take_over(bob, hold.id).outcome, "role")
    assert taken(take_over(ann, hold.id)).made_by == "agent1"
    hand_over(ann, hold.id, "leader1", draft=DRAFT)
    late = house.desk("agent1", later=61)
    refused(changes.undo(late), "undo_expired")
    assert take_over(late, hold.id).draft["access"] == "hearing loop"


def test_taking_over_is_undone_by_whoever_took_it(house: House) -> None:
    ann, bob = house.desk("agent1"), house.desk("agent2")
    hold, call = held(house), call_of(house)
    hand_over(ann, hold.id, "agent2", draft=DRAFT, call=call)
    take_over(bob, hold.id)
    refused(changes.undo(ann, hold.id), "stale_version")
    done(changes.undo(bob), "undone")
    assert house.rows("SELECT made_by FROM entry WHERE site = ? AND id = ?", hold.id) == [("agent1",)]
    assert who_has(house, call) == "agent1"
    assert [one.stands_for("agent2") for one in mine(bob)] == ["waiting"]
    done(decline(bob, hold.id))
    done(changes.undo(bob), "undone")
    assert [one.stands_for("agent2") for one in mine(bob)] == ["waiting"]


def test_a_retry_changes_nothing_and_another_request_with_its_id_is_refused(house: House) -> None:
    hold = held(house)
    ann, bob = house.desk("agent1"), house.desk("agent2")
    first = done(hand_over(ann, hold.id, "agent2", draft=DRAFT, id=uid(1)))
    again = done(hand_over(ann, hold.id, "agent2", draft={}, id=uid(1)))
    assert again == replace(first, repeated=True)
    refused(hand_over(ann, hold.id, "leader1", id=uid(1)), "id_reused")
    assert row(house, hold.id)[:3] == ("waiting", "agent1", "agent2")
    taken(take_over(bob, hold.id, id=uid(2)))
    repeated = take_over(bob, hold.id, id=uid(2))
    assert done(repeated.outcome).repeated
    assert repeated.draft["note"] == DRAFT["note"]


def test_a_hold_that_lapses_on_the_way_is_a_call_back_with_what_was_said(house: House) -> None:
    hold, call = held(house), call_of(house)
    hand_over(house.desk(), hold.id, "agent2", draft=DRAFT, call=call)
    house.expire(hold.id)
    assert mine(house.desk("agent2")) == []
    assert call in {one.id for one in calls.unfinished(house.desk())}  # before anybody has met it, too
    assert "has lapsed" in refused(take_over(house.desk("agent2"), hold.id).outcome, "hold_expired").reason
    assert row(house, hold.id) == ("ended", "agent1", "agent2", None)
    back = next(one for one in calls.queue(house.desk("agent2")) if one.kind == "callback")
    looked = calls.look(house.desk("agent2"), back.id)
    assert looked.said == {"note": DRAFT["note"], "access": "hearing loop"}  # type: ignore[union-attr]
    assert call in {one.id for one in calls.unfinished(house.desk())}


def test_after_it_was_taken_over_its_lapse_is_the_colleagues(house: House) -> None:
    hold, call = held(house), call_of(house)
    hand_over(house.desk(), hold.id, "agent2", draft=DRAFT, call=call)
    take_over(house.desk("agent2"), hold.id)
    house.expire(hold.id)
    assert lists.end_lapsed_holds(house.desk("leader1")) == 1
    assert house.callbacks() == [("open", "agent2", "FC-F2F", "C000001", hold.id)]
    assert house.rows("SELECT call FROM flag WHERE site = ? AND kind = 'hold_lapsed'") == [(call,)]


@pytest.mark.parametrize("ending", ["release", "confirm"])
def test_the_draft_is_erased_when_the_hold_ends_by_its_holder(house: House, ending: str) -> None:
    hold = held(house)
    hand_over(house.desk(), hold.id, "agent2", draft=DRAFT)
    done(booking.release(house.desk(), hold.id) if ending == "release" else booking.confirm(house.desk(), hold.id))
    assert row(house, hold.id)[3] is None
    assert mine(house.desk("agent2")) == []
    refused(take_over(house.desk("agent2"), hold.id).outcome, "not_possible")


def test_without_a_form_the_draft_is_that_of_the_hold_and_its_notes(house: House) -> None:
    hold = held(house, note="asked for a quiet room", access_needs="large print", priority="high", priority_reason="eviction")
    hand_over(house.desk(), hold.id, "agent2")
    draft = take_over(house.desk("agent2"), hold.id).draft
    assert draft["picked:type"] == "FC-F2F"
    assert draft["picked:client"] == "C000001"
    assert (draft["from"], draft["note"]) == (DAY.isoformat(), "asked for a quiet room")
    assert (draft["access"], draft["reason"]) == ("large print", "eviction")


REFUSALS = {
    "nobody": ("role", "No member of staff has the login nobody; a hold is handed to agent2, leader1, super1."),
    "coach1": ("role", "Coach 1 is a work coach; a hold is handed to an agent, team leader or supervisor."),
    "admin1": ("role", "Ada Marsh is an administrator; a hold is handed to an agent, team leader or supervisor."),
    "agent1": ("not_possible", "This hold is yours already."),
}


@pytest.mark.parametrize("to", REFUSALS)
def test_who_cannot_take_it_is_said(house: House, to: str) -> None:
    hold = held(house)
    code, sentence = REFUSALS[to]
    assert refused(hand_over(house.desk(), hold.id, to), code).reason == sentence
    assert house.rows("SELECT COUNT(*) FROM handover WHERE site = ?") == [(0,)]


def test_refusals_of_the_hold_and_of_a_login_that_is_switched_off(house: House) -> None:
    hold = held(house)
    refused(hand_over(house.desk("agent2"), hold.id, "leader1"), "role")
    refused(hand_over(house.desk(), uid(9), "agent2"), "unknown_entry")
    refused(take_over(house.desk("agent2"), hold.id).outcome, "unknown_entry")
    staffing.switch_login(house.desk("super1"), "agent2", enabled=False)
    assert "agent2 is switched off" in refused(hand_over(house.desk(), hold.id, "agent2"), "role").reason
    staffing.switch_login(house.desk("super1"), "agent2", enabled=True)
    house.expire(hold.id)
    refused(hand_over(house.desk(), hold.id, "agent2"), "hold_expired")


def test_a_pair_stays_where_it_is(house: House) -> None:
    wanted = pairing.PairWish(pairing.PairSearch("NJR-F2F", "FC-F2F", DAY, DAY), DAY, NINE, "D01", NINE + 6, "D02")
    pair = pairing.hold(house.desk(), wanted)
    assert isinstance(pair, Paired)
    assert "held together" in refused(hand_over(house.desk(), pair.second.entry.id, "agent2"), "not_possible").reason


def test_a_leader_may_hand_on_what_an_agent_holds_and_it_comes_back_to_the_agent(house: House) -> None:
    hold = held(house)
    done(hand_over(house.desk("leader1"), hold.id, "agent2"))
    done(decline(house.desk("agent2"), hold.id))
    assert [one.stands_for("agent1") for one in mine(house.desk())] == ["returned"]
    done(hand_over(house.desk("leader1"), hold.id, "leader1"))
    assert taken(take_over(house.desk("leader1"), hold.id)).made_by == "leader1"


def test_the_hold_of_a_move_goes_too_and_moves_the_appointment(house: House) -> None:
    booked = done(booking.book(house.desk(), wish(diary="D02"))).entry
    hold = done(booking.hold(house.desk(), replace(wish(start=TEN), moving=booked.id))).entry
    hand_over(house.desk(), hold.id, "agent2", draft=DRAFT)
    take_over(house.desk("agent2"), hold.id)
    moved = done(booking.confirm(house.desk("agent2"), hold.id))
    assert (moved.entry.id, moved.entry.diary, moved.entry.start) == (booked.id, "D01", TEN)
    assert row(house, hold.id)[3] is None


def test_who_is_there_comes_first_among_colleagues(house: House) -> None:
    assert [one.login for one in handovers.colleagues(house.desk())] == ["agent2", "leader1", "super1"]
    presence.show(house.desk("super1"), "t1", DAY, DAY)
    found = handovers.colleagues(house.desk())
    assert [(one.login, one.day) for one in found] == [("super1", DAY), ("agent2", None), ("leader1", None)]


def test_a_hold_that_was_never_handed_over_costs_nothing_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("agent_tui.services.acts.handover_queries.get", lambda *_: asked.append("asked"))
    done(booking.confirm(house.desk(), held(house, start=NINE).id))
    assert asked == []

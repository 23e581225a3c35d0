"""Overrides: urgent requests displace lower priorities in one act or none; who may, who waits, what is told and taken back."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest

from agent_tui.domain.override import Chain
from agent_tui.domain.override_requests import Overridden, Previewed, RefusedOverride
from agent_tui.domain.patterns import Pattern
from agent_tui.domain.requests import Blocked, EntryState, Refused, Request, Wish
from agent_tui.services import blocking, booking, changes, demand, messages
from agent_tui.services.override_requests import Waits, decide, overrides, prepare
from agent_tui.services.overriding import commit, preview
from agent_tui.services.overriding import undo as undo_override
from agent_tui.services.story import story
from agent_tui.store.sweep import sweep_store
from tests.services.conftest import House, done, refused, uid, wish
from tests.services.test_sending import Provider, deliver
from tests.small_site import DAY, FIVE, FROM, NINE, ONE, TEN

WHY = "safeguarding"
OTHERS = ("D02", "D03", "D04")


def shut(house: House, diary: str, start: int = NINE, end: int = FIVE, day: date = DAY) -> None:
    assert isinstance(blocking.block(house.desk("super1"), diary, day, start, end, "training"), Blocked)


def booked(house: House, type: str, start: int, client: int, diary: str = "D01", **more: Any) -> EntryState:
    return done(booking.book(house.desk("leader1"), wish(type, diary, start, client=f"C{client:06d}", **more))).entry


def asked(type: str = "NJR-F2F", priority: str = "urgent", client: int | None = 9, **more: Any) -> Wish:
    """Return an urgent request for DAY, with free text about it."""
    who = None if client is None else f"C{client:06d}"
    search = Request(type, DAY, DAY, client=who, **more)
    said = "she sleeps rough"
    return Wish(type, search=search, client=who, priority=priority, needs=search.needs, priority_reason=said, note="ring first")


def crowd(house: House) -> tuple[EntryState, EntryState]:
    """Fill DAY but for ten minutes in D02: in D01 a review of thirty minutes, in D02 one of ten that could go there.

    Whoever needs thirty minutes displaces the review, which finds its next place on the day after.
    """
    for diary in ("D03", "D04"):
        shut(house, diary)
    shut(house, "D01", NINE, ONE)
    shut(house, "D01", ONE + 6, FIVE)
    review = booked(house, "NJR-F2F", ONE, 1)
    shut(house, "D02", NINE, ONE)
    shut(house, "D02", ONE + 4, FIVE)
    call = booked(house, "WSR-PHONE", ONE, 2, "D02")
    return review, call


def seen(house: House, login: str = "super1", wanted: Wish | None = None, **more: Any) -> Previewed:
    found = preview(house.desk(login, **more), wanted or asked())
    assert isinstance(found, Previewed), found
    return found


def best(house: House, login: str = "super1", wanted: Wish | None = None, **more: Any) -> Chain:
    return seen(house, login, wanted, **more).chains[0]


def overridden(found: Overridden | Refused) -> Overridden:
    assert isinstance(found, Overridden), found
    return found


def waits(found: Waits | Refused, status: str) -> Waits:
    assert isinstance(found, Waits), found
    assert found.status == status
    return found


def no(found: Any, code: str) -> Refused:
    assert not isinstance(found, Previewed | Overridden | Waits), found
    return refused(found, code)


def where(house: House, id: str) -> tuple[str, date, int]:
    entry = done(changes.show(house.desk(), id), "booked").entry
    return entry.diary, entry.day, entry.start


def sound(house: House) -> None:
    found = sweep_store(house.store, house.site)
    assert {name: one.examples for name, one in found.items() if one.violations} == {}


def late_notice(house: House, minutes: int = 0) -> None:
    """Let claimants be moved up to some minutes before their appointment."""
    demand.change_setting(house.desk("super1"), "move-notice", str(minutes))


def test_a_preview_shows_the_chain_and_writes_nothing(house: House) -> None:
    review, _call = crowd(house)
    before = house.dump()
    found = seen(house)
    assert house.dump() == before
    chain = found.chains[0]
    (step,) = chain.steps
    assert (chain.offer.diary, chain.offer.day, chain.offer.start) == ("D01", DAY, ONE)
    assert (step.entry.id, step.offer.day > DAY, step.days_lost, step.depth) == (review.id, True, 1, 1)
    assert (chain.told, chain.approval) == (1, ())
    assert chain.diaries == {"D01", step.offer.diary}
    assert found.free is not None
    assert found.free.day > DAY


def test_a_chain_is_carried_out_in_one_act_and_all_of_it_is_undone(house: House) -> None:
    review, _call = crowd(house)
    chain = best(house)
    before = house.state(review.id)
    made = overridden(commit(house.desk("super1"), asked(), chain.token, WHY, id=uid(7)))
    assert where(house, made.entry.id) == ("D01", DAY, ONE)
    assert where(house, review.id) == (chain.steps[0].offer.diary, chain.steps[0].offer.day, chain.steps[0].offer.start)
    assert (made.reason, made.told, made.entry.priority, made.repeated) == (WHY, 1, "urgent", False)
    assert [one.before.id for one in made.moves] == [review.id]
    lines = [line for line in house.events() if line["reason"] == "override:safeguarding"]
    assert [(line["verb"], line["entry"]) for line in lines] == [("moved", review.id), ("booked", made.entry.id)]
    assert "rough" not in json.dumps(house.events())
    assert ("priority", "she sleeps rough") in house.rows("SELECT kind, body FROM note WHERE site = ?")
    at = house.desk("super1").at("Europe/London")
    messages = house.rows("SELECT entry, kind, not_before FROM message WHERE site = ? AND kind = 'change'")
    assert messages == [(review.id, "change", at + 60_000)]
    assert house.rows("SELECT kind FROM message WHERE site = ? AND entry = ?", made.entry.id) == [("confirmation",)]
    told = story(house.desk("super1"), review.id)
    assert "for an urgent request" in json.dumps(told, default=str)
    again = overridden(commit(house.desk("super1"), asked(), chain.token, WHY, id=uid(7)))
    assert (again.repeated, again.moves, again.entry) == (True, made.moves, made.entry)
    no(commit(house.desk("super1"), asked(), chain.token, "other", id=uid(7)), "id_reused")
    done(changes.undo(house.desk("super1", later=30)), "undone")
    assert house.status(made.entry.id) == "undone"
    assert house.state(review.id) == before
    assert house.rows("SELECT entry FROM message WHERE site = ? AND kind = 'change'") == []
    sound(house)


@pytest.mark.parametrize("told", [False, True])
def test_an_undo_takes_the_messages_back_and_tells_anew_who_has_heard_of_the_move(house: House, told: bool) -> None:
    """The displaced claimant, whose confirmation has not gone out yet, hears of the time that holds in the end, and once."""
    review, _call = crowd(house)
    house.sql("UPDATE client SET phone = '07700 900001', preferred_channel = 'sms' WHERE site = ? AND client = 'C000001'")
    house.sql("UPDATE message SET status = 'queued', channel = 'sms' WHERE site = ? AND entry = ?", review.id)
    made = overridden(commit(house.desk("super1"), asked(), best(house).token, WHY))
    provider = Provider()
    assert deliver(house, provider, later=30).sent == 0
    if told:
        assert isinstance(messages.tell(house.desk("agent2", later=35), review.id), messages.Settled)
    done(changes.undo(house.desk("super1", later=40), made.entry.id), "undone")
    owed = house.rows(
        "SELECT kind, status FROM message WHERE site = ? AND entry IN (?, ?) ORDER BY kind, version", review.id, made.entry.id
    )
    assert owed == (
        [("change", "told"), ("change", "queued"), ("confirmation", "told")] if told else [("confirmation", "queued")]
    )
    assert deliver(house, provider, later=200).sent == 1
    (message,) = provider.kept.values()
    assert message.kind == ("change" if told else "confirmation")
    assert ("1pm" in message.body, message.fields["start"]) == (True, "1pm")
    sound(house)


def test_an_override_is_taken_back_by_name_whatever_its_maker_has_done_since(house: House) -> None:
    review, _call = crowd(house)
    desk = house.desk("super1")
    no(undo_override(desk), "not_possible")
    made = overridden(commit(desk, asked(), best(house).token, WHY))
    later = done(booking.book(desk, wish("NJR-F2F", "D02", NINE, client="C000003", day=DAY + timedelta(1)))).entry
    no(undo_override(desk, later.id), "not_possible")
    assert done(undo_override(desk, id=uid(5)), "undone").entry.id == made.entry.id
    assert done(undo_override(desk, id=uid(5)), "undone").repeated
    assert (where(house, review.id), house.status(later.id)) == (("D01", DAY, ONE), "booked")
    sound(house)


def test_a_second_lower_one_makes_room_where_the_site_lets_chains_be_that_deep(house: House) -> None:
    for diary in ("D03", "D04"):
        shut(house, diary)
    review = booked(house, "NJR-F2F", ONE, 1, priority="high", priority_reason="x")
    call = booked(house, "WSR-PHONE", TEN, 2, "D02")
    shut(house, "D01", NINE, ONE)
    shut(house, "D01", ONE + 6, FIVE)
    shut(house, "D02", NINE, TEN)
    shut(house, "D02", TEN + 6, TEN + 12)
    shut(house, "D02", TEN + 14, FIVE)
    days = [(diary, number) for diary in ("D01", *OTHERS) for number in range(1, 45)]
    off = [Pattern(f"off-{one}-{n}", "diary", one, None, DAY + timedelta(n), FROM, None, (), True) for one, n in days]
    house.add_patterns(*off)
    wanted = asked(diary="D01")
    chain = best(house, wanted=wanted)
    assert [(one.entry.id, one.depth) for one in chain.steps] == [(call.id, 2), (review.id, 1)]
    overridden(commit(house.desk("super1"), wanted, chain.token, WHY))
    assert where(house, review.id)[:2] == ("D02", DAY)
    assert where(house, call.id) == ("D02", DAY, TEN + 12)
    done(changes.undo(house.desk("super1")), "undone")
    assert (where(house, review.id), where(house, call.id)) == (("D01", DAY, ONE), ("D02", DAY, TEN))
    demand.change_setting(house.desk("super1"), "override-depth", "1")
    no(preview(house.desk("super1"), wanted), "nothing_found")
    sound(house)


def test_a_time_that_somebody_took_meanwhile_changes_the_chain_and_nothing_else(house: House) -> None:
    review, _call = crowd(house)
    chain = best(house)
    to = chain.steps[0].offer
    taker = booked(house, "NJR-F2F", to.start, 5, to.diary, day=to.day)
    before = house.dump()
    shown = commit(house.desk("super1"), asked(), chain.token, WHY, chain=chain)
    assert isinstance(shown, RefusedOverride)
    assert (shown.code, shown.held_by is not None) == ("stale_version", True)
    assert "Nothing was changed; look at the new chain." in shown.reason
    assert house.dump() == before
    assert shown.instead[0].token != chain.token
    # Without the chain in hand it is worked out again, with the same answer.
    assert isinstance(commit(house.desk("super1"), asked(), chain.token, WHY), RefusedOverride)
    assert house.dump() == before
    overridden(commit(house.desk("super1"), asked(), shown.instead[0].token, WHY))
    assert where(house, taker.id) == (to.diary, to.day, to.start)
    assert where(house, review.id)[1] > DAY
    sound(house)


def test_one_that_was_moved_or_cancelled_meanwhile_is_not_displaced(house: House) -> None:
    review, _call = crowd(house)
    chain = best(house)
    done(changes.cancel(house.desk(), review.id, "claimant"))
    shown = commit(house.desk("super1"), asked(), chain.token, WHY, chain=chain)
    assert isinstance(shown, RefusedOverride)
    assert (shown.code, shown.instead) == ("stale_version", ())
    assert shown.reason.startswith("There are free starts: book one.")
    assert shown.alternatives[0].start == ONE
    sound(house)


def test_rules_that_changed_meanwhile_refuse_it(house: House) -> None:
    crowd(house)
    chain = best(house)
    house.change_rules(lambda unit, site: None)
    shown = commit(house.desk("super1"), asked(), chain.token, WHY, chain=chain)
    assert isinstance(shown, RefusedOverride)
    assert shown.instead[0].token != chain.token


def test_two_supervisors_at_once_carry_out_one(house: House) -> None:
    review, _call = crowd(house)
    wishes = (asked(client=9), asked(client=8))
    chains = [best(house, wanted=one) for one in wishes]
    start = Barrier(2)

    def go(number: int) -> Overridden | Refused:
        start.wait()
        return commit(house.desk("super1"), wishes[number], chains[number].token, WHY, chain=chains[number], id=uid(number + 1))

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(go, range(2)))
    assert sorted(type(one).__name__ for one in answers) == ["Overridden", "RefusedOverride"], answers
    assert house.verbs(review.id) == ["booked", "moved"]
    sound(house)


@pytest.mark.parametrize(
    ("login", "more", "code"),
    [
        ("super1", {"priority": "standard"}, "not_possible"),
        ("admin1", {}, "role"),
        ("super1", {"type": "CC-PHONE"}, "not_assigned"),
        ("super1", {"type": "NO-SUCH"}, "unknown_type"),
        ("super1", {"diary": "D99"}, "unknown_diary"),
        ("super1", {"client": 99}, "unknown_client"),
        ("super1", {"needs": ("piano",)}, "unknown_need"),
        ("coach2", {"diary": "D01"}, "role"),
    ],
)
def test_who_and_what_is_refused(house: House, login: str, more: dict[str, Any], code: str) -> None:
    crowd(house)
    no(preview(house.desk(login), asked(**more)), code)


def test_where_a_start_is_free_it_is_booked_and_nobody_displaced(house: House) -> None:
    booked(house, "NJR-F2F", ONE, 1)
    found = no(preview(house.desk("super1"), asked()), "not_possible")
    assert found.reason.startswith("There are free starts: book one. The first is Wed 25 Nov 2026 ")
    assert found.alternatives


def test_equal_priority_is_never_displaced(house: House) -> None:
    for diary in OTHERS:
        shut(house, diary)
    shut(house, "D01", NINE, ONE)
    shut(house, "D01", ONE + 6, FIVE)
    booked(house, "NJR-F2F", ONE, 1, priority="high", priority_reason="x")
    no(preview(house.desk("super1"), asked(priority="high")), "nothing_found")
    assert best(house).steps


def test_a_claimant_is_needed_to_carry_it_out(house: House) -> None:
    crowd(house)
    wanted = asked(client=None)
    chain = best(house, wanted=wanted)
    no(commit(house.desk("super1"), wanted, chain.token, WHY), "stale_version")
    no(prepare(house.desk(), wanted, chain.token, WHY), "unknown_client")


@pytest.mark.parametrize("login", ["agent1", "coach1"])
def test_agents_and_coaches_prepare_and_do_not_carry_out(house: House, login: str) -> None:
    review, _call = crowd(house)
    wanted = asked(diary="D01")
    chain = best(house, login, wanted)
    no(commit(house.desk(login), wanted, chain.token, WHY, chain=chain), "role")
    assert where(house, review.id) == ("D01", DAY, ONE)
    waiting = waits(prepare(house.desk(login), wanted, chain.token, WHY, id=uid(3)), "prepared")
    assert waits(prepare(house.desk(login), wanted, chain.token, WHY, id=uid(3)), "prepared").repeated
    assert where(house, review.id) == ("D01", DAY, ONE)
    assert [one.id for one in overrides(house.desk("super1"))] == [waiting.request.id]
    no(decide(house.desk(login), waiting.request.id, "approve"), "role")
    no(decide(house.desk(login), waiting.request.id, "decline"), "role")
    assert "rough" not in json.dumps(house.events())
    assert "rough" not in house.rows("SELECT wanted FROM override_request WHERE site = ?")[0][0]


def payment(house: House) -> tuple[EntryState, Wish]:
    """Let a key appointment alone stand where a review that is urgent could go."""
    for diary in OTHERS:
        shut(house, diary)
    key = booked(house, "FC-F2F", ONE, 1)
    shut(house, "D01", NINE, ONE)
    shut(house, "D01", ONE + 10, FIVE)
    return key, asked()


def test_a_payment_type_gives_way_to_another_only_by_a_supervisor(house: House) -> None:
    key, wanted = payment(house)
    chain = best(house, "leader1", wanted)
    assert chain.approval == ("payment",)
    found = no(commit(house.desk("leader1"), wanted, chain.token, WHY, chain=chain), "role")
    assert "supervisor" in found.reason
    assert where(house, key.id) == ("D01", DAY, ONE)
    overridden(commit(house.desk("super1"), wanted, chain.token, WHY, chain=chain))
    assert where(house, key.id)[1] > DAY


def test_a_leader_carries_out_what_nothing_asks_approval_for_until_the_notice_begins(house: House) -> None:
    crowd(house)
    chain = best(house, "leader1")
    assert chain.approval == ()
    # The chain in hand was looked at before the notice of a day began.
    late = house.desk("leader1", later=5 * 3600)
    no(commit(late, asked(), chain.token, WHY, chain=chain), "role")
    assert best(house, "leader1", later=5 * 3600).approval == ("notice",)
    late_notice(house, 60)
    chain = best(house, "leader1", later=5 * 3600)
    assert chain.approval == ()
    overridden(commit(house.desk("leader1", later=5 * 3600), asked(), chain.token, WHY, chain=chain))


def test_a_supervisor_approves_what_an_agent_prepared(house: House) -> None:
    review, _call = crowd(house)
    chain = best(house, "agent1")
    one = waits(prepare(house.desk(), asked(), chain.token, WHY), "prepared").request
    made = waits(decide(house.desk("super1"), one.id, "approve", id=uid(8)), "approved")
    assert made.done is not None
    entry = made.done.entry
    assert (made.request.entry, made.request.decided_by, made.request.status) == (entry.id, "super1", "approved")
    assert where(house, entry.id) == ("D01", DAY, ONE)
    assert ("priority", "she sleeps rough") in house.rows("SELECT kind, body FROM note WHERE site = ?")
    line = next(one for one in house.events() if one["verb"] == "override_decided")
    assert (line["after_state"]["entry"], line["after_state"]["prepared_by"]) == (entry.id, "agent1")
    again = waits(decide(house.desk("super1"), one.id, "approve", id=uid(8)), "approved")
    assert (again.repeated, again.done is not None and again.done.moves) == (True, made.done.moves)
    assert overrides(house.desk("super1")) == []
    assert [kept.status for kept in overrides(house.desk("super1"), every=True)] == ["approved"]
    twice = no(decide(house.desk("super1"), one.id, "decline"), "stale_version")
    assert twice.reason == "This override is approved by Sue Stone at 09:00 already."
    done(changes.undo(house.desk("super1")), "undone")
    assert where(house, review.id) == ("D01", DAY, ONE)
    assert [kept.status for kept in overrides(house.desk("super1"))] == ["open"]
    waits(decide(house.desk("super1"), one.id, "decline", id=uid(9)), "declined")
    assert waits(decide(house.desk("super1"), one.id, "decline", id=uid(9)), "declined").repeated
    no(decide(house.desk("super1"), one.id, "approve"), "stale_version")
    sound(house)


def test_an_approval_of_a_chain_that_changed_shows_the_new_one_to_approve(house: House) -> None:
    crowd(house)
    chain = best(house, "agent1")
    one = waits(prepare(house.desk(), asked(), chain.token, WHY), "prepared").request
    to = chain.steps[0].offer
    booked(house, "NJR-F2F", to.start, 5, to.diary, day=to.day)
    before = house.dump()
    shown = decide(house.desk("super1"), one.id, "approve")
    assert isinstance(shown, RefusedOverride)
    assert (shown.code, house.dump() == before) == ("stale_version", True)
    made = waits(decide(house.desk("super1"), one.id, "approve", token=shown.instead[0].token), "approved")
    assert made.done is not None
    assert where(house, made.done.entry.id) == ("D01", DAY, ONE)


def test_one_that_is_not_needed_any_more_is_closed_as_outdated(house: House) -> None:
    review, _call = crowd(house)
    one = waits(prepare(house.desk(), asked(), best(house, "agent1").token, WHY), "prepared").request
    done(changes.cancel(house.desk(), review.id, "claimant"))
    found = no(decide(house.desk("super1"), one.id, "approve"), "stale_version")
    assert found.reason.endswith("It is closed as outdated.")
    assert [kept.status for kept in overrides(house.desk("super1"), every=True)] == ["outdated"]


def test_who_prepared_it_withdraws_it_and_a_leader_decides_what_needs_no_supervisor(house: House) -> None:
    _key, wanted = payment(house)
    one = waits(prepare(house.desk(), wanted, best(house, "agent1", wanted).token, WHY), "prepared").request
    no(decide(house.desk("leader1"), one.id, "approve"), "role")
    no(decide(house.desk("leader1"), one.id, "decline"), "role")
    no(decide(house.desk("agent2"), one.id, "withdraw"), "role")
    waits(decide(house.desk(), one.id, "withdraw"), "withdrawn")
    no(decide(house.desk("super1"), uid(77), "approve"), "unknown_entry")


def test_for_a_claimant_one_override_of_a_type_waits_at_a_time(house: House) -> None:
    crowd(house)
    token = best(house, "agent1").token
    one = waits(prepare(house.desk(), asked(), token, WHY, id=uid(5)), "prepared").request
    before = house.dump()
    again = no(prepare(house.desk("agent2"), asked(), token, WHY), "not_possible")
    assert again.reason.startswith("Ann Archer has prepared an override of NJR-F2F for this claimant at ")
    assert house.dump() == before
    assert waits(prepare(house.desk(), asked(), token, WHY, id=uid(5)), "prepared").repeated
    other = asked(client=8)
    waits(prepare(house.desk(), other, best(house, "agent1", other).token, WHY), "prepared")
    waits(decide(house.desk(), one.id, "withdraw"), "withdrawn")
    waits(prepare(house.desk(), asked(), token, WHY), "prepared")


def test_a_leader_approves_a_chain_that_needs_no_supervisor_instead_of_one_that_does(house: House) -> None:
    key, wanted = payment(house)
    one = waits(prepare(house.desk(), wanted, best(house, "agent1", wanted).token, WHY), "prepared").request
    assert one.chain.approval
    shut_again = [entry for (entry,) in house.rows("SELECT id FROM entry WHERE site = ? AND kind = 'block' AND diary = 'D02'")]
    for block in shut_again:
        assert isinstance(blocking.unblock(house.desk("super1"), block), Blocked)
    shut(house, "D02", NINE, ONE)
    shut(house, "D02", ONE + 6, FIVE)
    booked(house, "NJR-F2F", ONE, 7, "D02")
    other = next(chain for chain in seen(house, "leader1", wanted).chains if not chain.approval)
    no(decide(house.desk("leader1"), one.id, "approve"), "role")
    made = waits(decide(house.desk("leader1"), one.id, "approve", token=other.token), "approved")
    assert made.done is not None
    assert where(house, key.id) == ("D01", DAY, ONE)


def test_one_that_has_begun_since_the_preview_is_not_displaced(house: House) -> None:
    review, _call = crowd(house)
    chain = best(house)
    begun = house.now.replace(year=DAY.year, month=DAY.month, day=DAY.day, hour=13, minute=5)
    before = house.dump()
    found = commit(house.desk("super1", now=begun), asked(), chain.token, WHY, chain=chain)
    assert no(found, "stale_version")
    assert house.dump() == before
    assert where(house, review.id) == ("D01", DAY, ONE)


def test_the_most_urgent_waits_first(house: House) -> None:
    crowd(house)
    high = asked(priority="high", client=8)
    first = waits(prepare(house.desk(), high, best(house, "agent1", high).token, "other"), "prepared").request
    later = house.desk(later=60)
    second = waits(prepare(later, asked(), best(house, "agent1").token, WHY), "prepared").request
    assert [one.id for one in overrides(house.desk("super1"))] == [second.id, first.id]


def test_rooms_and_the_claimants_own_time_are_kept(house: House) -> None:
    for diary in ("D02", "D03", "D04"):
        shut(house, diary)
    shut(house, "D01", NINE, ONE)
    shut(house, "D01", ONE + 4, FIVE)
    standing = booked(house, "EV-F2F", ONE, 1)
    chain = best(house, wanted=asked("EV-F2F"))
    made = overridden(commit(house.desk("super1"), asked("EV-F2F"), chain.token, WHY))
    assert (made.entry.resources[0], len(made.entry.resources)) == ("D01", 2)
    assert len(done(changes.show(house.desk(), standing.id)).entry.resources) == 2
    sound(house)


def test_an_undo_takes_back_all_or_nothing_within_a_minute(house: House) -> None:
    for diary in OTHERS:
        shut(house, diary)
    shut(house, "D01", NINE, ONE)
    shut(house, "D01", ONE + 6, FIVE)
    review = booked(house, "NJR-F2F", ONE, 1)
    wanted = asked("WSR-PHONE")
    made = overridden(commit(house.desk("super1"), wanted, best(house, wanted=wanted).token, WHY))
    refused(changes.undo(house.desk("agent1"), made.entry.id), "stale_version")
    refused(changes.undo(house.desk("super1", later=61)), "undo_expired")
    # The urgent one is shorter than what it displaced, and somebody takes the rest of that.
    rest = next(tick for tick in (ONE, ONE + 2, ONE + 4) if tick != made.entry.start)
    booked(house, "WSR-PHONE", rest, 5)
    before = house.dump()
    refused(changes.undo(house.desk("super1")), "taken")
    refused(changes.undo(house.desk("super1"), review.id), "taken")
    assert house.dump() == before
    sound(house)


def test_by_the_displaced_as_well_all_of_it_is_undone(house: House) -> None:
    review, _call = crowd(house)
    made = overridden(commit(house.desk("super1"), asked(), best(house).token, WHY))
    done(changes.undo(house.desk("super1"), review.id), "undone")
    assert (house.status(made.entry.id), where(house, review.id)) == ("undone", ("D01", DAY, ONE))
    sound(house)


def test_a_move_that_somebody_has_in_hand_ends_with_it(house: House) -> None:
    review, _call = crowd(house)
    later = DAY + timedelta(days=2)
    held = done(booking.hold(house.desk(), Wish("NJR-F2F", later, NINE, "D02", client="C000001", moving=review.id)))
    overridden(commit(house.desk("super1"), asked(), best(house).token, WHY))
    assert house.status(held.entry.id) == "released"
    sound(house)


def test_the_channel_that_was_asked_for_is_booked(house: House) -> None:
    crowd(house)
    wanted = asked(channel="video")
    made = overridden(commit(house.desk("super1"), wanted, best(house, wanted=wanted).token, WHY))
    assert made.entry.channel == "video"
    sound(house)


def test_a_start_that_is_free_by_now_is_booked_instead(house: House) -> None:
    review, _call = crowd(house)
    chain = best(house)
    blocks = house.rows("SELECT id FROM entry WHERE site = ? AND kind = 'block' AND diary = 'D03'")
    assert isinstance(blocking.unblock(house.desk("super1"), blocks[0][0]), Blocked)
    before = house.dump()
    shown = commit(house.desk("super1"), asked(), chain.token, WHY, chain=chain)
    assert isinstance(shown, RefusedOverride)
    assert shown.reason.startswith("There are free starts: book one.")
    assert where(house, review.id) == ("D01", DAY, ONE)
    assert house.dump() == before


def test_one_that_has_moved_meanwhile_is_not_moved_again(house: House) -> None:
    review, _call = crowd(house)
    chain = best(house)
    away = DAY + timedelta(days=2)
    done(changes.move(house.desk(), review.id, away, NINE, "D01"))
    booked(house, "NJR-F2F", ONE, 5)  # somebody else stands there now
    shown = commit(house.desk("super1"), asked(), chain.token, WHY, chain=chain)
    assert isinstance(shown, RefusedOverride)
    assert where(house, review.id) == ("D01", away, NINE)
    assert [one.entry.client for one in shown.instead[0].steps] == ["C000005"]
    sound(house)


def test_one_that_was_changed_and_stands_there_again_is_looked_at_anew(house: House) -> None:
    review, _call = crowd(house)
    chain = best(house)
    done(changes.move(house.desk(), review.id, DAY + timedelta(days=2), NINE, "D01"))
    done(changes.move(house.desk(), review.id, DAY, ONE, "D01"))
    shown = commit(house.desk("super1"), asked(), chain.token, WHY, chain=chain)
    assert isinstance(shown, RefusedOverride)
    assert shown.instead[0].token != chain.token
    assert where(house, review.id) == ("D01", DAY, ONE)


def test_an_administrator_neither_prepares_nor_decides(house: House) -> None:
    crowd(house)
    chain = best(house)
    no(commit(house.desk("admin1"), asked(), chain.token, WHY, chain=chain), "role")
    no(prepare(house.desk("admin1"), asked(), chain.token, WHY), "role")
    one = waits(prepare(house.desk(), asked(), best(house, "agent1").token, WHY), "prepared").request
    for decision in ("approve", "decline", "withdraw"):
        no(decide(house.desk("admin1"), one.id, decision), "role")


def test_two_decisions_at_once_leave_one(house: House) -> None:
    crowd(house)
    one = waits(prepare(house.desk(), asked(), best(house, "agent1").token, WHY), "prepared").request
    start = Barrier(2)

    def go(decision: str) -> Waits | Refused:
        start.wait()
        return decide(house.desk("super1"), one.id, decision)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(go, ("approve", "decline")))
    assert sorted(type(answer).__name__ for answer in answers) == ["Refused", "Waits"], answers
    sound(house)

"""Why a start is not offered: every rule, and changes that do what they say."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from agent_tui.domain.availability import Now, Occupied, Search, offers
from agent_tui.domain.openings import Change
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import AFTERNOON, MORNING, EntryState, Request
from agent_tui.domain.site import Catalogue, Room
from agent_tui.domain.standing import RULES, Standing, mover_of, once_moved, rules_against
from agent_tui.domain.ticks import span
from agent_tui.domain.types import MinutesFrom
from agent_tui.domain.why_not import Hindrance, in_order, instead_of, off_grid, unknown_type, why_not
from tests.domain.naive import Taken
from tests.domain.worlds import (
    ALL,
    FIRST_DAYS,
    FIVE,
    MONDAY,
    NINE,
    NOON,
    ONE,
    TEN,
    diary,
    every_day,
    kind,
    moments,
    requests,
    searches,
    site,
    sites,
    weekly,
)

BEFORE = Now(MONDAY - timedelta(days=1), 0)
NOTHING = Occupied({})


def ask(type: str = "AAA", **more: object) -> Request:
    """Return a search of the Monday for every start."""
    said: dict[str, object] = {"first_day": MONDAY, "last_day": MONDAY, "limit": None, "every": True}
    return Request(type, **(said | more))  # type: ignore[arg-type]


def entry(id: str = "e1", start: int = TEN, end: int = TEN + 6, **more: object) -> EntryState:
    """Return an appointment in D01 on the Monday."""
    said: dict[str, object] = {
        **{"id": id, "kind": "appointment", "status": "booked", "type": "AAA", "client": None, "diary": "D01", "day": MONDAY},
        **{"start": start, "end": end, "resources": ("D01",), "needs": (), "channel": "f2f", "priority": "standard"},
        **{"contact": "phone", "version": 1, "made_by": "agent1", "made_at": 0},
    }
    return EntryState(**(said | more))  # type: ignore[arg-type]


def occupied_by(catalogue: Catalogue, entries: list[EntryState], client: str | None = None) -> Occupied:
    """Return the time that some entries take, by the plainest reckoning."""
    masks: dict[tuple[str, str], int] = {}
    mine: dict[str, int] = {}
    uses: dict[tuple[str, str, str, int], int] = {}
    for one in entries:
        iso = one.day.isoformat()
        for code in one.resources:
            masks[code, iso] = masks.get((code, iso), 0) | span(one.start, one.end)
        if client is not None and one.client == client:
            mine[iso] = mine.get(iso, 0) | span(one.start, one.end)
        for stretch in catalogue.plan(one.diary, one.day).limited(one.start, one.end):
            key = (one.diary, iso, *stretch.limit_key)
            uses[key] = uses.get(key, 0) + 1
    return Occupied(masks, mine, uses)


def standing_of(entries: list[EntryState]) -> Standing:
    """Return entries as what stands near a start."""
    return Standing(tuple((code, one) for one in entries for code in one.resources), tuple(entries))


Drawn = tuple[Catalogue, Request, list[EntryState], Now]


@st.composite
def entry_lists(draw: st.DrawFn, catalogue: Catalogue, first: date, starts: st.SearchStrategy[int]) -> list[EntryState]:
    """Draw appointments, holds and blocks that stand in diaries and rooms without meeting."""
    taken: dict[tuple[str, date], int] = {}
    entries: list[EntryState] = []
    for number in range(draw(st.integers(1, 8))):
        day = first + timedelta(days=draw(st.sampled_from((0, 0, 1))))
        code, type = draw(st.sampled_from(("D01", "D01", "D02"))), draw(st.sampled_from(("AAA", "BBB", "CCC")))
        length, start = catalogue.types[type].ticks_on(day), draw(starts)
        if length is None or start + length > 288:
            continue
        needs = catalogue.types[type].needs
        rooms = [one.code for one in catalogue.rooms.values() if not one.meets.isdisjoint(needs) and draw(st.booleans())]
        resources, wanted = (code, *rooms), span(start, start + length)
        if any(taken.get((one, day), 0) & wanted for one in resources):
            continue
        taken |= {(one, day): taken.get((one, day), 0) | wanted for one in resources}
        what = draw(st.sampled_from(("appointment", "appointment", "appointment", "hold", "block")))
        status = {"appointment": "booked", "hold": "held", "block": "blocked"}[what]
        more = {"diary": code, "day": day, "type": type, "resources": resources, "kind": what, "status": status}
        client, channel = draw(st.sampled_from((None, "C1", "C2", "C2"))), catalogue.types[type].channel
        entries.append(entry(f"e{number}", start, start + length, client=client, channel=channel, **more))
    return entries


@st.composite
def booked_worlds(draw: st.DrawFn) -> Drawn:
    """Draw any search in any site, with entries."""
    first = draw(st.sampled_from(FIRST_DAYS))
    catalogue = draw(sites(first))
    request = replace(draw(requests(first)), client=draw(st.sampled_from((None, "C1"))))
    starts = st.one_of(st.integers(96, 150), st.integers(0, 287))
    return catalogue, request, draw(entry_lists(catalogue, first, starts)), draw(moments(first))


@st.composite
def tight_worlds(draw: st.DrawFn) -> Drawn:
    """Draw a search for one day of a site whose morning is open, and entries that stand close together in it."""
    types = (kind("AAA", 30), kind("BBB", 10), kind("CCC", 20, needs=("room",)))
    rooms = (Room("R01", "room", "Room 1", frozenset({"room"}), True), Room("R02", "room", "Room 2", frozenset({"room"}), True))
    limits = st.sampled_from((None, None, 1, 2, 4))
    middle = draw(st.integers(NINE + 6, NOON - 6))
    codes = draw(st.sampled_from((ALL, ALL, frozenset({"AAA", "CCC"}))))
    parts = (Segment(NINE, middle, ALL, limit=draw(limits)), Segment(middle, NOON, codes, limit=draw(limits)))
    catalogue = site(types, (diary("D01"), diary("D02")), every_day(parts), rooms)
    request = ask(draw(st.sampled_from(("AAA", "BBB", "CCC"))), client=draw(st.sampled_from((None, "C1", "C2"))))
    entries = draw(entry_lists(catalogue, MONDAY, st.integers(NINE, NOON - 2)))
    return catalogue, request, entries, Now(MONDAY, draw(st.sampled_from((0, 0, NINE + 3))))


@settings(max_examples=50)
@given(searches())
def test_a_start_is_offered_exactly_when_nothing_is_against_it(drawn: tuple[Catalogue, Request, Taken, Now]) -> None:
    catalogue, request, taken, now = drawn
    occupied = taken.as_masks()
    offered = {(one.day, one.start, one.diary) for one in offers(catalogue, request, occupied, now).offers}
    search = Search(catalogue, request, occupied, now)
    for code in (*catalogue.diaries, "D99"):
        for day in (request.first_day - timedelta(days=1), request.first_day, request.last_day + timedelta(days=1)):
            for start in range(288):
                against = rules_against(search, code, day, start)
                assert (not against) == ((day, start, code) in offered), (code, day, start, against)


@settings(max_examples=50)
@given(booked_worlds(), st.integers(0, 6))
def test_whatever_is_named_as_open_is_open(drawn: Drawn, shift: int) -> None:
    check_changes(drawn, range(shift, 288, 7))


@settings(max_examples=50)
@given(tight_worlds())
def test_every_move_that_is_named_opens_the_start_and_breaks_no_rule(drawn: Drawn) -> None:
    check_changes(drawn, range(NINE - 2, NOON + 2))


def check_changes(drawn: Drawn, starts: range) -> None:
    """Check every answer and every change of some starts of a search's first day."""
    catalogue, request, entries, now = drawn
    occupied = occupied_by(catalogue, entries, request.client)
    search = Search(catalogue, request, occupied, now)
    wide = Search(catalogue, replace(request, diary=None), occupied, now)
    offered = {(one.day, one.start, one.diary) for one in offers(catalogue, request, occupied, now).offers}
    for code in catalogue.diaries:
        day = request.first_day
        for start in starts:
            reasons = why_not(search, code, day, start, standing_of(entries))
            assert (reasons == ()) == ((day, start, code) in offered)
            order = [RULES.index(one.rule) for one in reasons]
            assert order == sorted(order)
            for change in [*(one.change for one in reasons), *instead_of(search, code, day, start)]:
                check_change(search, wide, change, (code, day, start), entries)


def check_change(
    search: Search, wide: Search, change: Change | None, place: tuple[str, date, int], entries: list[EntryState]
) -> None:
    """Check that a change does what it says: another start is free, a move opens the start, a segment allows the type."""
    if change is None:
        return
    event(change.kind)
    code, day, start = place
    if change.kind in ("start", "coach"):
        assert change.diary is not None
        assert change.start is not None
        other = search if change.kind == "start" else wide
        assert why_not(other, change.diary, day, change.start) == ()
        assert (change.diary == code) == (change.kind == "start")
    elif change.kind == "move":
        check_move(search, change, place, entries)
    elif change.kind == "allow":
        allowing = with_parts(search.catalogue, change, allow=search.kind.code)
        after = Search(allowing, search.request, search.occupied, search.now)
        assert "no_segment" not in [one.rule for one in why_not(after, code, day, start)]
    elif change.kind == "limit":
        after = Search(with_parts(search.catalogue, change, limit=change.limit), search.request, search.occupied, search.now)
        assert "limit" not in [one.rule for one in why_not(after, code, day, start)]
    elif change.kind == "drop_need":
        fewer = replace(search.request, needs=tuple(one for one in search.request.needs if one not in change.needs))
        after = Search(search.catalogue, fewer, search.occupied, search.now)
        assert "resource_busy" not in [one.rule for one in why_not(after, code, day, start)]
    elif change.kind == "notice":
        assert change.day is not None
        assert change.start is not None
        assert "notice" not in [one.rule for one in why_not(search, code, change.day, change.start)]
        before = (change.day, change.start - 1) if change.start else (change.day - timedelta(days=1), 287)
        assert {"notice", "past"} & {one.rule for one in why_not(search, code, *before)}


def check_move(search: Search, change: Change, place: tuple[str, date, int], entries: list[EntryState]) -> None:
    """Book the world anew with the appointment at its other start: what was asked for is an offer, and the move was one."""
    code, day, start = place
    moved = next(one for one in entries if one.id == change.entry)
    others = [one for one in entries if one.id != change.entry]
    assert change.start is not None
    assert moved.status == "booked"
    # The move by itself, as `find` would have it in a world without the appointment.
    own = ask(
        moved.type or "", first_day=day, last_day=day, diary=code, channel=moved.channel, needs=moved.needs, client=moved.client
    )
    own = replace(own, booker=search.request.booker)
    free = occupied_by(search.catalogue, others, moved.client)
    found = offers(search.catalogue, own, free, search.now).offers
    there = next(one for one in found if one.start == change.start)
    # And then the start that was asked about.
    after = replace(moved, start=there.start, end=there.end, resources=there.resources)
    occupied = occupied_by(search.catalogue, [*others, after], search.request.client)
    again = offers(search.catalogue, search.request, occupied, search.now).offers
    assert (code, day, start) in {(one.diary, one.day, one.start) for one in again}
    # No shorter move of the same appointment would do.
    mover = mover_of(search, moved, standing_of(entries))
    length = moved.end - moved.start
    for one in found:
        if abs(one.start - moved.start) < abs(change.start - moved.start) and one.end - one.start == length:
            assert rules_against(once_moved(search, mover, moved, one.start), code, day, start)


def with_parts(catalogue: Catalogue, change: Change, *, allow: str = "", limit: int | None = None) -> Catalogue:
    """Return the rules in which the segments of a change allow one type more by any channel, or have another limit."""
    named = {(one.level, one.owner, one.start, one.end) for one in change.parts}

    def changed(pattern: Pattern, part: Segment) -> Segment:
        if (pattern.level, pattern.owner, part.start, part.end) not in named:
            return part
        return replace(part, types=part.types | {allow}, channel="all") if allow else replace(part, limit=limit)

    patterns = (replace(one, segments=tuple(changed(one, part) for part in one.segments)) for one in catalogue.patterns)
    return replace(catalogue, patterns=tuple(patterns))


# Each rule in words.


def said(
    catalogue: Catalogue,
    start: int = TEN,
    request: Request | None = None,
    entries: tuple[EntryState, ...] = (),
    *,
    code: str = "D01",
    now: Now = BEFORE,
    day: date = MONDAY,
    fixed: frozenset[str] = frozenset(),
) -> list[tuple[str, str | None, str | None]]:
    """Return the rules against a start, each with the kind and the words of its change."""
    wanted = request or ask()
    occupied = occupied_by(catalogue, list(entries), wanted.client)
    standing = replace(standing_of(list(entries)), fixed=fixed)
    found = why_not(Search(catalogue, wanted, occupied, now), code, day, start, standing)
    assert all(one.text.endswith(".") for one in found)
    assert not any(one.change.text.endswith(".") for one in found if one.change)
    return [(one.rule, one.change.kind if one.change else None, one.change.text if one.change else None) for one in found]


def texts(catalogue: Catalogue, start: int, entries: tuple[EntryState, ...], request: Request | None = None) -> list[str]:
    """Return the sentences of the rules against a start."""
    wanted = request or ask()
    search = Search(catalogue, wanted, occupied_by(catalogue, list(entries), wanted.client), BEFORE)
    return [one.text for one in why_not(search, "D01", MONDAY, start, standing_of(list(entries)))]


def test_nothing_stands_in_the_way_of_an_offer() -> None:
    assert said(site()) == []


def test_the_one_appointment_in_the_way_moves_by_the_fewest_minutes() -> None:
    blocked = (entry("e1", TEN - 6, TEN + 1),)
    assert said(site((kind("AAA", 35),)), entries=blocked) == [("full", "move", "Move 09:30 AAA by 5 minutes to 09:25")]
    assert texts(site(), TEN, (entry(),)) == ["10:00-10:30 is taken: 10:00-10:30 AAA."]


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "hold", "status": "held"},
        {"kind": "block", "status": "blocked", "type": None},
        {"status": "attended"},
        {"pair": "p1"},
        {"type": "GONE"},
    ],
)
def test_what_may_not_be_moved_is_not_named(more: dict[str, Any]) -> None:
    assert said(site(), entries=(entry(**more),)) == [("full", "start", "09:30 is free: 30 minutes earlier")]


def test_an_appointment_that_must_stay_or_has_begun_is_not_moved() -> None:
    assert said(site(), entries=(entry(),), fixed=frozenset({"e1"}))[0][1] == "start"
    begun = Now(MONDAY, TEN + 2)
    answer = said(site(), TEN + 3, entries=(entry(),), now=begun)
    assert answer == [("full", "start", "10:30 is free: 15 minutes later")]
    only = (kind(may_book=frozenset({"site staff"})), kind("BBB"))
    assert said(site(only), request=ask("BBB", booker="case manager"), entries=(entry(),))[0][1] == "start"


def test_an_appointment_is_not_moved_onto_its_claimants_other_one() -> None:
    short = site((kind(),), (diary("D01"), diary("D02")), every_day((Segment(TEN, TEN + 12, ALL),)))
    mine = entry("e1", TEN, TEN + 6, client="C1")
    elsewhere = entry("e2", TEN + 6, TEN + 12, client="C1", diary="D02", resources=("D02",))
    assert said(short, entries=(mine,)) == [("full", "move", "Move 10:00 AAA by 30 minutes to 10:30")]
    assert said(short, entries=(mine, elsewhere)) == [("full", "start", "10:30 is free: 30 minutes later")]


def test_several_in_the_way_are_named_and_a_day_without_room_needs_a_supervisor() -> None:
    short = site(diaries=(diary("D01"),), patterns=every_day((Segment(TEN, TEN + 6, ALL),)))
    two = (entry("e1", TEN, TEN + 2), entry("e2", TEN + 2, TEN + 6))
    assert said(short, entries=two) == [("full", "supervisor", "For an urgent case a supervisor can decide whose time it is")]
    assert texts(short, TEN, two) == ["10:00-10:30 is taken: 10:00-10:10 AAA; 10:10-10:30 AAA."]
    assert said(short, entries=(entry(kind="block", status="blocked"),)) == [("full", None, None)]
    also = replace(short, diaries=short.diaries | {"D02": diary("D02")})
    assert said(also, entries=two) == [("full", "coach", "Another coach then: D02 Coach D02")]


def test_segments_that_do_not_allow_it_are_named_with_their_level() -> None:
    closed = every_day((Segment(NINE, NOON, frozenset({"BBB"})), Segment(ONE, FIVE, ALL)))
    team = weekly("t", (Segment(ONE, FIVE, frozenset({"BBB"})),), level="team", owner="A")
    catalogue = site((kind("AAA", 30), kind("BBB")), patterns=(*closed, team))
    allow = "Allow Type AAA in the segment 09:00-12:00 of the site"
    assert said(catalogue) == [("no_segment", "allow", allow)]
    assert said(catalogue, ONE)[0][2] == "Allow Type AAA in the segment 13:00-17:00 of team A"
    crossing = site(
        (kind("AAA", 120), kind("BBB")), patterns=every_day((Segment(NINE, TEN, ALL), Segment(TEN, NOON, ALL - {"AAA"})))
    )
    assert texts(crossing, NINE, ()) == ["The segment 10:00-12:00 of the site does not allow Type AAA."]
    phone = site(patterns=every_day((Segment(NINE, FIVE, ALL, "phone"),)))
    assert texts(phone, TEN, ()) == ["The segment 09:00-17:00 of the site does not allow Type AAA by f2f."]


def test_rules_that_concern_the_whole_diary() -> None:
    both = (kind("AAA"), kind("BBB"))
    other = site(both, (diary("D01", types=frozenset({"BBB"}), enabled=False), diary("D02")))
    assert said(other) == [
        ("not_assigned", "assign", "Assign Type AAA to diary D01"),
        ("diary_off", "switch_on", "Switch the diary D01 on"),
    ]
    retired = site(diaries=(replace(diary("D01", enabled=False), retired=MONDAY), diary("D02")))
    assert said(retired) == [("diary_off", "coach", "Another coach then: D02 Coach D02")]
    assert said(site(), code="D1") == [("not_assigned", "diary", "Did you mean D01?")]
    assert said(site(), code="zzz") == [("not_assigned", None, None)]


def test_rules_that_concern_who_asks() -> None:
    only = site((kind(may_book=frozenset({"site staff", "case manager"})),))
    asked = ask(booker="provider agent")
    assert said(only, request=asked) == [("booker", "ask", "Ask one of: case manager, site staff")]
    block = site((kind(booked_by="block"),))
    assert said(block) == [("booker", "block", "Book it straight into the diary as block time")]


def test_rules_that_concern_the_day() -> None:
    closed = site(closures={MONDAY: "A holiday"})
    assert said(closed) == [("closure", "day", "The next working day is Tue 24 Nov 2026")]
    assert said(site(patterns=()))[0][:2] == ("day_off", "open")
    later = kind(minutes=(MinutesFrom(MONDAY + timedelta(days=1), 30),))
    assert said(site((later,))) == [("unknown_type", "day", "It can be booked from Tue 24 Nov 2026 on")]
    changing = site(patterns=every_day((Segment(0, 288, ALL),)))
    spring = date(2027, 3, 28)
    found = said(changing, 14, ask(first_day=spring, last_day=spring), day=spring)
    assert found == [("closed", "start", "00:30 is free: 40 minutes earlier")]


def test_rules_that_concern_the_time() -> None:
    assert said(site(), now=Now(MONDAY, TEN + 1)) == [("past", "start", "10:05 is free: 5 minutes later")]
    assert said(site(), now=Now(MONDAY + timedelta(days=1), 0)) == [("past", None, None)]
    notice = said(site(), request=ask(notice=60), now=Now(MONDAY, TEN))
    assert notice == [("notice", "notice", "Starts keep the notice from 11:00 on")]
    long = said(site(), request=ask(notice=1440), now=Now(MONDAY, TEN))
    assert long == [("notice", "notice", "Starts keep the notice from Tue 24 Nov 2026 10:00 on")]
    assert said(site(), FIVE - 1) == [
        ("closed", "open", "Open 16:55-17:25 in a segment of diary D01 on Mon 23 Nov 2026"),
    ]
    assert said(site(), 287) == [("closed", "start", "16:30 is free: 7 hours 25 minutes earlier")]
    assert texts(site(), 287, ()) == ["30 minutes from 23:55 run over midnight; no appointment does."]


def test_the_level_that_shuts_a_time_is_named() -> None:
    lunch = weekly("lunch", (Segment(NOON, ONE, frozenset()),), level="team", owner="A")
    catalogue = site(patterns=(*every_day((Segment(NINE, FIVE, ALL),)), lunch))
    assert texts(catalogue, NOON, ()) == [
        "Coach D01's diary is not open for all of 12:00-12:30: closed by 12:00-13:00 of team A.",
    ]


def test_a_limit_says_how_many_and_what_would_do() -> None:
    limited = site(patterns=every_day((Segment(NINE, NOON, ALL, limit=1), Segment(ONE, FIVE, ALL))))
    early = (entry("e1", NINE, NINE + 6),)
    assert said(limited, entries=early) == [("limit", "limit", "Raise the limit of 09:00-12:00 of the site to 2")]
    assert texts(limited, TEN, early) == ["The limit is used up in 09:00-12:00 of the site: 1 of 1."]


def test_what_else_is_asked_for() -> None:
    two = site(diaries=(diary("D01"), diary("D02", "B")))
    assert said(two, request=ask(window=AFTERNOON)) == [("window", "any_time", "Ask for any time of day")]
    assert said(two, ONE, ask(window=MORNING))[0][0] == "window"
    assert said(two, request=ask(diary="D02")) == [("not_asked", "ask_wider", "Ask for any coach")]
    tomorrow = MONDAY + timedelta(days=1)
    found = said(two, request=ask(team="B", first_day=tomorrow, last_day=tomorrow))
    assert found == [("not_asked", "ask_wider", "Ask for any team and this day too")]


TWO = (diary("D01"), diary("D02"))
ROOM_1 = Room("R01", "room", "Room 1", frozenset({"room"}), True)
ROOM_2 = Room("R02", "room", "Room 2", frozenset({"room", "loop"}), False)


def test_rooms_are_named_with_what_has_them() -> None:
    busy = (entry("e1", diary="D02", resources=("D02", "R01"), type="BBB"),)
    mine = site((kind(needs=("room",)),), TWO, rooms=(ROOM_1, ROOM_2))
    assert texts(mine, TEN, busy) == [
        "No room or equipment is open and free for room: Room 1 (R01) has 10:00-10:30 BBB; Room 2 (R02) is switched off."
    ]
    assert said(mine, entries=busy) == [("resource_busy", "switch_on", "Switch Room 2 (R02) on")]
    alone = site((kind(needs=("room",)),), TWO, rooms=(ROOM_1,))
    assert said(alone, entries=busy) == [("resource_busy", "start", "09:30 is free: 30 minutes earlier")]
    asked = site(diaries=TWO, rooms=(ROOM_1, ROOM_2))
    assert said(asked, request=ask(needs=("room",)), entries=busy) == [("resource_busy", "drop_need", "Drop the need: room")]
    assert texts(asked, TEN, (), ask(needs=("loop",))) == [
        "No room or equipment is open and free for loop: Room 2 (R02) is switched off."
    ]
    assert texts(asked, TEN, (), ask(needs=("x",)))[0].endswith("x: nothing at the site meets it.")


def test_a_clash_says_where_the_claimant_is() -> None:
    elsewhere = (entry("e1", client="C1", diary="D02", resources=("D02",)),)
    assert said(site(diaries=TWO), request=ask(client="C1"), entries=elsewhere) == [
        ("client_clash", "allow_clash", "Allow the clash when it is booked")
    ]
    assert texts(site(diaries=TWO), TEN, elsewhere, ask(client="C1")) == ["The claimant already has 10:00-10:30 in diary D02."]


def test_several_rules_come_in_order() -> None:
    catalogue = site((kind("AAA"), kind("BBB")), (diary("D01", types=frozenset({"BBB"})),))
    found = said(catalogue, request=ask(window=AFTERNOON), entries=(entry(),), now=Now(MONDAY, TEN + 1))
    assert [rule for rule, _kind, _text in found] == ["not_assigned", "past", "full", "window"]


def test_what_is_in_the_way_is_named_as_the_caller_names_it() -> None:
    search = Search(site(), ask(), occupied_by(site(), [entry()]), BEFORE)
    (found,) = why_not(search, "D01", MONDAY, TEN, standing_of([entry()]), lambda one: f"X{one.id}")
    assert found.text == "10:00-10:30 is taken: 10:00-10:30 Xe1."
    assert found.change is not None
    assert found.change.text == "Move 10:00 Xe1 by 30 minutes to 09:30"
    assert (found.change.entry, found.change.start, found.change.minutes) == ("e1", TEN - 6, -30)
    (blind,) = why_not(search, "D01", MONDAY, TEN)
    assert blind.text == "10:00 is taken in diary D01."


def test_other_starts_are_the_nearest_and_another_coach() -> None:
    catalogue = site(diaries=(diary("D01", "A"), diary("D02", "B"), diary("D03", "A")))
    search = Search(catalogue, ask(), occupied_by(catalogue, [entry()]), BEFORE)
    assert [one.text for one in instead_of(search, "D01", MONDAY, TEN)] == [
        "09:30 is free: 30 minutes earlier",
        "Another coach then: D03 Coach D03",
    ]


def test_a_time_off_the_grid_names_the_two_nearest() -> None:
    found = off_grid(603, "D01", MONDAY)
    assert found.text == "10:03 is not on the five-minute grid; the nearest are 10:00 and 10:05."
    assert (found.rule, found.change and found.change.start) == ("off_grid", 121)
    late = off_grid(1439, "D01", MONDAY)
    assert late.text == "23:59 is not on the five-minute grid; the nearest are 23:55."
    assert late.change is not None
    assert late.change.start == 287


def test_an_unknown_type_names_the_nearest_code() -> None:
    catalogue = site((kind("FC-F2F"),))
    found = unknown_type(catalogue, "fc-f2")
    assert (found.rule, found.text) == ("unknown_type", "There is no type fc-f2.")
    assert found.change is not None
    assert found.change.text == "Did you mean FC-F2F (Type FC-F2F)?"
    assert unknown_type(catalogue, "???").change is None
    assert in_order((Hindrance("full", ""), found)) == (found, Hindrance("full", ""))

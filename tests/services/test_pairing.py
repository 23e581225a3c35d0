"""Pairs: two meetings in two diaries on one day are held, booked, confirmed, released and taken back together, or neither."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest

from agent_tui.domain.pairs import Paired, second_id
from agent_tui.domain.requests import HandedOff, Refused, Request
from agent_tui.services import booking, changes, pairing
from agent_tui.services.finding import UnknownClient, search
from agent_tui.services.pairing import Answer, PairSearch, PairWish
from agent_tui.store.queries import catalogue as catalogue_queries
from tests.services.conftest import House, done, refused, uid, wish
from tests.small_site import DAY, NINE, NOON, NOW, TEN

TODAY = NOW.date()
FIRST, SECOND = "NJR-F2F", "FC-F2F"  # 30 and 50 minutes
ENDS = NINE + 6


def asked(first: str = FIRST, second: str = SECOND, first_day: date = DAY, last_day: date = DAY, **more: Any) -> PairSearch:
    """Return a search on DAY."""
    return PairSearch(first, second, first_day, last_day, **more)


def named(start: int = NINE, second_start: int = ENDS, diary: str = "D01", second_diary: str = "D02", **more: Any) -> PairWish:
    """Return a wish for two starts of DAY."""
    said = {name: more.pop(name) for name in ("first", "second", "client") if name in more}
    return PairWish(asked(**said), more.pop("day", DAY), start, diary, second_start, second_diary, **more)


def pair(outcome: Answer, status: str) -> Paired:
    """Return a pair to which something must have been done."""
    assert isinstance(outcome, Paired), outcome
    assert outcome.status == status
    return outcome


def stopped(outcome: Answer, code: str) -> Refused:
    """Return a pair that must have been refused."""
    assert isinstance(outcome, Refused), outcome
    assert outcome.code == code, outcome
    assert outcome.reason
    return outcome


def ids(made: Paired) -> tuple[str, str]:
    """Return the ids of both halves."""
    return made.first.entry.id, made.second.entry.id


def statuses(house: House, made: Paired) -> list[str]:
    """Return how both halves stand."""
    return [house.status(id) for id in ids(made)]


def held(house: House, login: str = "agent1", **more: Any) -> Paired:
    """Hold a pair, which must be possible."""
    return pair(pairing.hold(house.desk(login), named(**more)), "held")


def test_pairs_are_found_by_the_wait_and_each_can_be_booked(house: House) -> None:
    done(booking.book(house.desk(), wish("WSR-PHONE", "D02", NINE + 4)))
    before = house.dump()
    found = pairing.find(house.desk(), asked(most_wait_minutes=30))
    assert house.dump() == before
    assert (found.status, len(found.pairs)) == ("pairs", 20)
    assert found.total > 20
    assert [one.wait for one in found.pairs] == sorted(one.wait for one in found.pairs)
    firsts = {(one.diary, one.start) for one in search(house.desk(), Request(FIRST, DAY, DAY, limit=None, every=True)).offers}
    seconds = {(one.diary, one.start) for one in search(house.desk(), Request(SECOND, DAY, DAY, limit=None, every=True)).offers}
    every = pairing.find(house.desk(), asked(most_wait_minutes=30, limit=None))
    assert len(every.pairs) == every.total == found.total
    for one in every.pairs:
        assert one.first.diary != one.second.diary
        assert one.first.end <= one.second.start <= one.first.end + 6
        assert (one.first.diary, one.first.start) in firsts
        assert (one.second.diary, one.second.start) in seconds
    best = pair(pairing.hold(house.desk(), PairWish(asked(most_wait_minutes=30))), "held")
    assert (best.first.entry.diary, best.first.entry.start) == (found.pairs[0].first.diary, found.pairs[0].first.start)
    assert (best.second.entry.diary, best.second.entry.start) == (found.pairs[0].second.diary, found.pairs[0].second.start)
    assert best.wait_minutes == found.pairs[0].wait_minutes


def test_nothing_found_says_why(house: House) -> None:
    def why(login: str = "agent1", **more: Any) -> tuple[str, str | None]:
        found = pairing.find(house.desk(login), asked(**more))
        assert found.pairs == ()
        assert found.reason
        return found.status, found.code

    assert why(first="NOPE") == ("none", "unknown_type")
    assert why(second="NOPE") == ("none", "unknown_type")
    assert why(second="CC-PHONE") == ("handoff", "not_assigned")
    assert why(first_day=date(2026, 12, 25), last_day=date(2026, 12, 25)) == ("none", "closed")
    assert why("coach1") == ("none", "role")
    house.change_rules(
        lambda unit, site: [catalogue_queries.unassign(unit, site, f"D0{n}", code) for n in (2, 3, 4) for code in (FIRST, SECOND)]
    )
    assert why() == ("none", "nothing_found")
    with pytest.raises(UnknownClient):
        pairing.find(house.desk(), asked(client="C999999"))


def test_the_claimants_own_time_is_left_out(house: House) -> None:
    done(booking.book(house.desk(), wish("WSR-PHONE", "D03", TEN)))
    for one in pairing.find(house.desk(), asked(client="C000001", limit=None)).pairs:
        assert one.first.end <= TEN or one.first.start >= TEN + 2
        assert one.second.end <= TEN or one.second.start >= TEN + 2


def test_both_are_held_confirmed_and_stand_in_the_log_as_one_act(house: House) -> None:
    made = pair(pairing.hold(house.desk(), named(), id=uid(1)), "held")
    assert ids(made) == (uid(1), second_id(house.site, uid(1)))
    assert made.pair == uid(1)
    assert [one.entry.pair for one in (made.first, made.second)] == [uid(1), uid(1)]
    assert made.first.entry.expires_at == made.second.entry.expires_at
    stopped(pairing.confirm(house.desk(), ids(made)[1]), "unknown_client")
    assert statuses(house, made) == ["held", "held"]
    both = pair(pairing.confirm(house.desk(), ids(made)[1], client="C000002", id=uid(2)), "confirmed")
    assert ids(both) == ids(made)
    assert statuses(house, made) == ["booked", "booked"]
    assert [one.entry.client for one in (both.first, both.second)] == ["C000002", "C000002"]
    assert both.first.say
    assert both.second.say
    lines = [(one["verb"], one["entry"], one["request"]) for one in house.events()]
    assert lines == [
        ("held", ids(made)[1], None),
        ("held", ids(made)[0], uid(1)),
        ("confirmed", ids(made)[1], None),
        ("confirmed", ids(made)[0], uid(2)),
    ]
    assert len(house.rows("SELECT entry FROM message WHERE site = ?")) == 2


def test_both_are_booked_at_once(house: House) -> None:
    stopped(pairing.book(house.desk(), named()), "unknown_client")
    made = pair(pairing.book(house.desk(), named(client="C000001")), "booked")
    assert statuses(house, made) == ["booked", "booked"]
    assert made.wait_minutes == 0
    stopped(pairing.confirm(house.desk(), made.pair), "not_possible")
    stopped(pairing.release(house.desk(), made.pair), "not_possible")


def test_either_id_releases_both(house: House) -> None:
    for number in (0, 1):
        made = held(house)
        gone = pair(pairing.release(house.desk(), ids(made)[number]), "released")
        assert [one.entry.status for one in (gone.first, gone.second)] == ["released", "released"]
        assert house.rows("SELECT entry FROM claim WHERE site = ?") == []


@pytest.mark.parametrize("half", [0, 1])
def test_half_of_a_pair_is_not_confirmed_alone(house: House, half: int) -> None:
    made = held(house, client="C000001")
    before = house.dump()
    told = refused(booking.confirm(house.desk(), ids(made)[half]), "not_possible")
    assert "pair confirm" in told.reason
    assert house.dump() == before


@pytest.mark.parametrize("taken", [0, 1])
@pytest.mark.parametrize("kind", ["hold", "book"])
def test_where_one_is_taken_the_other_does_not_remain(house: House, taken: int, kind: str) -> None:
    where = [("D01", NINE), ("D02", ENDS)][taken]
    done(booking.book(house.desk("agent2"), wish("WSR-PHONE", *where, client="C000009")))
    before = house.dump()
    act = pairing.hold if kind == "hold" else pairing.book
    told = stopped(act(house.desk(), named(client="C000001")), "taken")
    assert "Neither was taken" in told.reason
    assert ("second" if taken else "first") in told.reason
    assert told.held_by is not None
    assert told.alternatives
    assert house.dump() == before


@pytest.mark.parametrize("taken", [0, 1])
def test_where_one_has_no_place_in_a_limited_segment_the_other_does_not_remain(house: House, taken: int) -> None:
    for start in (120, 126):
        done(booking.book(house.desk(), wish("NJR-F2F", "D04", start, client=f"C00000{start % 7 + 2}")))
    before = house.dump()
    cases: list[dict[str, Any]] = [{"diary": "D04", "second_start": NOON - 10}, {"second_diary": "D04"}]
    stopped(pairing.hold(house.desk(), named(**cases[taken])), "limit")
    assert house.dump() == before


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"second_start": ENDS - 1}, "not_possible"),
        ({"second_start": NINE}, "not_possible"),
        ({"second_diary": "D01"}, "not_possible"),
        ({"diary": "D99"}, "unknown_diary"),
        ({"second_diary": "D99"}, "unknown_diary"),
        ({"first": "NOPE"}, "unknown_type"),
        ({"second": "NOPE"}, "unknown_type"),
        ({"client": "C999999"}, "unknown_client"),
        ({"day": TODAY - timedelta(days=1)}, "past"),
        ({"day": date(2026, 12, 25)}, "closed"),
        ({"start": NOON - 3, "second_start": 156}, "closed"),
        ({"start": 280, "second_start": 287}, "closed"),
        ({"second_start": NOON}, "closed"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(house: House, said: dict[str, Any], code: str) -> None:
    before = house.dump()
    stopped(pairing.hold(house.desk(), named(**said)), code)
    assert house.dump() == before


def test_a_coach_and_an_administrator_take_no_pairs(house: House) -> None:
    before = house.dump()
    for login in ("coach1", "admin1"):
        stopped(pairing.hold(house.desk(login), named()), "role")
        stopped(pairing.hold(house.desk(login), PairWish(asked())), "role")
    assert house.dump() == before


@pytest.mark.parametrize("types", [("CC-PHONE", SECOND), (FIRST, "CC-PHONE")])
def test_a_type_that_no_diary_takes_is_handed_off_and_the_other_not_booked(house: House, types: tuple[str, str]) -> None:
    wanted = PairWish(asked(*types, client="C000001"))
    told = pairing.book(house.desk(), wanted, id=uid(3))
    assert isinstance(told, HandedOff)
    assert told.type == "CC-PHONE"
    again = pairing.book(house.desk(), wanted, id=uid(3))
    assert isinstance(again, HandedOff)
    assert again.repeated
    assert house.rows("SELECT id FROM entry WHERE site = ?") == []
    assert len(house.rows("SELECT id FROM handoff WHERE site = ?")) == 1


def test_the_claimants_clash_stops_both_unless_it_is_allowed(house: House) -> None:
    done(booking.book(house.desk(), wish("WSR-PHONE", "D03", NINE)))
    before = house.dump()
    stopped(pairing.book(house.desk(), named(client="C000001")), "client_clash")
    assert house.dump() == before
    free = held(house)
    stopped(pairing.confirm(house.desk(), free.pair, client="C000001"), "client_clash")
    assert statuses(house, free) == ["held", "held"]
    pair(pairing.confirm(house.desk(), free.pair, client="C000001", allow_clash=True), "confirmed")
    assert [kind for kind, _one, _two in house.open_flags()] == ["client_clash"]


def test_a_retry_takes_once_and_another_request_is_refused(house: House) -> None:
    first = pair(pairing.hold(house.desk(), named(), id=uid(1)), "held")
    confirmed = pair(pairing.confirm(house.desk(), first.pair, client="C000001", id=uid(2)), "confirmed")
    before = house.dump()
    again = pair(pairing.hold(house.desk(), named(), id=uid(1)), "held")
    assert again.repeated
    assert ids(again) == ids(first)
    assert [one.status for one in (again.first, again.second)] == ["held", "held"]
    told = pair(pairing.confirm(house.desk(), first.pair, client="C000001", id=uid(2)), "confirmed")
    assert told.repeated
    assert (told.first.say, told.second.say) == (confirmed.first.say, confirmed.second.say)
    for other in (
        pairing.hold(house.desk(), named(start=NINE + 1, second_start=ENDS + 1), id=uid(1)),
        pairing.book(house.desk(), named(client="C000001"), id=uid(1)),
        pairing.release(house.desk(), first.pair, id=uid(2)),
    ):
        stopped(other, "id_reused")
    refused(booking.hold(house.desk(), wish("WSR-PHONE", "D03"), id=uid(1)), "id_reused")
    assert house.dump() == before


@pytest.mark.parametrize("lapsed", [0, 1])
def test_where_one_has_lapsed_neither_is_confirmed_and_the_other_stays_held(house: House, lapsed: int) -> None:
    made = held(house, client="C000001")
    house.expire(ids(made)[lapsed])
    told = stopped(pairing.confirm(house.desk(), made.pair), "hold_expired")
    assert "stays held" in told.reason
    wanted = ["held", "held"]
    wanted[lapsed] = "lapsed"
    assert statuses(house, made) == wanted
    assert len(house.callbacks()) == 1
    gone = pair(pairing.release(house.desk(), made.pair), "released")
    assert sorted(one.status for one in (gone.first, gone.second)) == ["lapsed", "released"]
    stopped(pairing.release(house.desk(), made.pair), "hold_expired" if not lapsed else "not_possible")


def test_where_both_have_lapsed_nothing_is_said_of_another(house: House) -> None:
    made = held(house, client="C000001")
    house.expire(*ids(made))
    told = stopped(pairing.confirm(house.desk(), made.pair), "hold_expired")
    assert "stays held" not in told.reason
    assert statuses(house, made) == ["lapsed", "lapsed"]


def test_somebody_elses_pair_is_theirs(house: House) -> None:
    made = held(house, client="C000001")
    before = house.dump()
    stopped(pairing.confirm(house.desk("agent2"), made.pair), "role")
    stopped(pairing.release(house.desk("agent2"), made.pair), "role")
    assert house.dump() == before
    pair(pairing.confirm(house.desk("leader1"), made.pair), "confirmed")


def test_what_is_no_pair_is_refused(house: House) -> None:
    alone = done(booking.hold(house.desk(), wish()))
    for act in (pairing.confirm, pairing.release):
        stopped(act(house.desk(), alone.entry.id), "not_possible")
        stopped(act(house.desk(), uid(99)), "unknown_entry")


def test_a_half_that_was_moved_before_the_other_is_not_confirmed(house: House) -> None:
    made = held(house, client="C000001")
    done(changes.move(house.desk(), ids(made)[1], DAY + timedelta(days=1), NINE))
    stopped(pairing.confirm(house.desk(), made.pair), "not_possible")
    assert statuses(house, made) == ["held", "held"]


@pytest.mark.parametrize("half", [None, 0, 1])
@pytest.mark.parametrize("act", ["hold", "book", "confirm", "release"])
def test_undo_takes_both_back(house: House, act: str, half: int | None) -> None:
    made = pair(pairing.book(house.desk(), named(client="C000001")), "booked") if act == "book" else held(house, client="C000001")
    if act in ("confirm", "release"):
        getattr(pairing, act)(house.desk(), made.pair)
    done(changes.undo(house.desk(), None if half is None else ids(made)[half]), "undone")
    assert statuses(house, made) == (["held", "held"] if act in ("confirm", "release") else ["undone", "undone"])
    if act == "confirm":
        assert house.rows("SELECT entry FROM message WHERE site = ?") == []
        pair(pairing.confirm(house.desk(), made.pair), "confirmed")


@pytest.mark.parametrize("half", [0, 1])
def test_undo_takes_neither_back_when_one_was_changed_since(house: House, half: int) -> None:
    made = held(house, client="C000001")
    pair(pairing.confirm(house.desk(), made.pair), "confirmed")
    done(changes.move(house.desk("leader1"), ids(made)[half], DAY + timedelta(days=1), NINE))
    before = house.dump()
    for id in ids(made):
        refused(changes.undo(house.desk(), id), "stale_version")
    assert house.dump() == before


def test_undo_takes_neither_back_when_the_time_of_one_is_taken(house: House) -> None:
    made = held(house, client="C000001")
    pair(pairing.release(house.desk(), made.pair), "released")
    done(booking.book(house.desk("agent2"), wish("WSR-PHONE", "D02", ENDS, client="C000003")))
    before = house.dump()
    refused(changes.undo(house.desk()), "taken")
    assert house.dump() == before


def test_undo_has_sixty_seconds(house: House) -> None:
    made = held(house)
    refused(changes.undo(house.desk(later=61)), "undo_expired")
    assert statuses(house, made) == ["held", "held"]


@pytest.mark.parametrize("half", [0, 1])
def test_who_cancels_one_is_told_that_the_other_stays(house: House, half: int) -> None:
    made = pair(pairing.book(house.desk(), named(client="C000001")), "booked")
    told = done(changes.cancel(house.desk(), ids(made)[half], "claimant", id=uid(4)), "cancelled")
    other = (made.second, made.first)[half].entry
    assert told.say is not None
    assert "Your other appointment on Wednesday 25 November" in told.say
    assert house.status(other.id) == "booked"
    again = done(changes.cancel(house.desk(), ids(made)[half], "claimant", id=uid(4)), "cancelled")
    assert (again.repeated, again.say) == (True, told.say)
    rest = done(changes.cancel(house.desk(), other.id, "claimant"), "cancelled")
    assert rest.say is not None
    assert "other appointment" not in rest.say
    done(changes.undo(house.desk()), "undone")
    assert statuses(house, made)[half] == "cancelled"


def test_two_who_want_one_second_start_get_a_whole_pair_and_nothing(house: House) -> None:
    barrier = Barrier(2)
    days = [DAY + timedelta(days=number) for number in (0, 1, 2, 5, 6, 7, 8, 9)]

    def work(me: int) -> list[Answer]:
        out = []
        for number, day in enumerate(days):
            # Each has a first start of its own; the second start is one.
            wanted = named(diary=("D01", "D03")[me], day=day, client=f"C00000{me + 1}", start=NINE + number % 3)
            wanted = PairWish(wanted.search, day, wanted.start, wanted.diary, ENDS + 4, "D02")
            barrier.wait(30)
            act = pairing.book if number % 2 else pairing.hold
            out.append(act(house.desk(f"agent{me + 1}"), wanted, id=uid(1000 * me + number + 1)))
        return out

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(work, range(2)))
    for number, both in enumerate(zip(*answers, strict=True)):
        won = [one for one in both if isinstance(one, Paired)]
        lost = [one for one in both if isinstance(one, Refused)]
        assert (len(won), len(lost)) == (1, 1), both
        assert lost[0].code in ("held", "taken")
        assert statuses(house, won[0]) == (["booked"] * 2 if number % 2 else ["held"] * 2)
    assert len(house.rows("SELECT id FROM entry WHERE site = ?")) == 2 * len(days)
    assert len(house.rows("SELECT DISTINCT entry FROM claim WHERE site = ?")) == 2 * len(days)


def test_one_request_asked_twice_at_once_is_done_once(house: House) -> None:
    barrier = Barrier(2)
    days = [DAY + timedelta(days=number) for number in (0, 1, 2, 5, 6, 7)]

    def work(_me: int) -> list[Answer]:
        out = []
        for number, day in enumerate(days):
            client = None if number % 2 else "C000001"
            wanted = PairWish(asked(first_day=day, last_day=day, client=client))
            barrier.wait(30)
            out.append(pairing.hold(house.desk(), wanted, id=uid(number + 1)))
        return out

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(work, range(2)))
    for one, two in zip(*answers, strict=True):
        assert isinstance(one, Paired), one
        assert isinstance(two, Paired), two
        assert {one.repeated, two.repeated} == {False, True}
        assert ids(one) == ids(two)
    assert len(house.rows("SELECT id FROM entry WHERE site = ?")) == 2 * len(days)


@pytest.mark.parametrize("undone", [0, 1])
@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("act", [booking.extend, booking.release])
def test_what_is_done_to_one_hold_is_done_and_undone_to_both(house: House, act: Any, half: int, undone: int) -> None:
    made = held(house)
    word = "extended" if act is booking.extend else "released"
    done(act(house.desk(hold_seconds=900), ids(made)[half]), word)
    lines = house.rows("SELECT status, expires_at, version FROM entry WHERE site = ?")
    assert lines[0] == lines[1]
    assert (lines[0][0], lines[0][2]) == ("held" if word == "extended" else "released", 2)
    done(changes.undo(house.desk(), ids(made)[undone]), "undone")
    assert statuses(house, made) == ["held", "held"]
    assert [house.version(id) for id in ids(made)] == [3, 3]
    pair(pairing.confirm(house.desk(), made.pair, client="C000001"), "confirmed")

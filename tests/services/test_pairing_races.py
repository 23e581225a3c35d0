"""Pairs and others who want the same at one moment, the best pair, and what becomes of both halves by the id of one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from agent_tui.domain.pairs import Paired
from agent_tui.domain.requests import Found, HandedOff, Offer, Refused, Request, TypeInHand
from agent_tui.services import booking, changes, pairing
from agent_tui.services.pairing import PairSearch, PairWish
from tests.services.conftest import House, done, uid, wish
from tests.services.conftest import refused as refused_act
from tests.small_site import DAY, NINE, TEN
from tests.torture.crew import GRACE_SECONDS
from tests.torture.test_moving_holds import Pausing, closing_all, wait_until_somebody_waits

WEEKDAYS = [DAY + timedelta(days=ahead) for ahead in (0, 1, 2, 5, 6, 7, 8, 9)]


def pair_wish(
    diary: str = "D01",
    start: int = NINE,
    second_diary: str = "D03",
    second_start: int = NINE + 6,
    *,
    types: tuple[str, str] = ("NJR-F2F", "FC-F2F"),
    day: date = DAY,
    client: str | None = "C000001",
) -> PairWish:
    """Return the wish for half an hour and then a commitment at two named starts, for the first claimant."""
    return PairWish(PairSearch(*types, day, day, client=client), day, start, diary, second_start, second_diary)


def best(**more: Any) -> PairWish:
    """Return the wish for the best pair of DAY."""
    return PairWish(PairSearch("NJR-F2F", "FC-F2F", DAY, DAY, **{"client": "C000001", **more}))


def paired(answer: object, status: str) -> Paired:
    """Return a pair to which something must have been done, to both of it."""
    assert isinstance(answer, Paired), answer
    assert answer.status == answer.first.status == answer.second.status == status
    first, second = answer.first.entry, answer.second.entry
    assert first.pair == second.pair == answer.pair == first.id
    assert first.diary != second.diary
    assert first.day == second.day
    assert first.end <= second.start
    return answer


def refused(answer: Paired | Refused | HandedOff, code: str) -> Refused:
    """Return a pair that must have been refused with a code."""
    assert not isinstance(answer, Paired), answer
    return refused_act(answer, code)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Return what several threads answer that are let go at one moment."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        barrier.wait(GRACE_SECONDS)
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return [one.result(GRACE_SECONDS) for one in [threads.submit(run, work) for work in works]]


def test_the_second_of_one_that_is_the_first_of_another_goes_to_one_pair(house: House) -> None:
    desks = (house.desk("agent1"), house.desk("agent2"))
    for day in WEEKDAYS:
        one = pair_wish("D01", NINE, "D02", NINE + 6, types=("NJR-F2F", "NJR-F2F"), day=day)
        other = pair_wish("D02", NINE + 3, "D03", NINE + 9, types=("NJR-F2F", "NJR-F2F"), day=day, client="C000002")
        before = len(house.events())
        answers = at_once(partial(pairing.book, desks[0], one), partial(pairing.book, desks[1], other))
        assert sorted(isinstance(answer, Paired) for answer in answers) == [False, True], answers
        assert len(house.events()) == before + 2


def test_the_best_pair_asked_for_by_many_gives_each_another(house: House) -> None:
    desk = house.desk()
    answers = at_once(*[partial(pairing.hold, desk, best(client=f"C00000{one}")) for one in range(1, 5)])
    starts = set()
    for answer in answers:
        made = paired(answer, "held")
        assert made.wait_minutes == 0
        starts |= {(one.entry.diary, one.entry.start) for one in (made.first, made.second)}
    assert len(starts) == 8


@pytest.mark.postgres
def test_a_pair_whose_second_is_booked_at_the_last_moment_leaves_nothing(on_postgres: House) -> None:
    slow = Pausing(on_postgres.store.location)
    with closing_all(slow), ThreadPoolExecutor(2) as threads:
        single = replace(on_postgres.desk("agent2"), store=slow)
        booking_it = threads.submit(booking.book, single, wish(diary="D01", type="NJR-F2F", client="C000002"))
        assert slow.written.wait(GRACE_SECONDS)
        # The second in D03 is written by now; the first waits for the booking that has its time.
        pairing_it = threads.submit(pairing.book, on_postgres.desk(), pair_wish())
        wait_until_somebody_waits(on_postgres.store.location)
        slow.go_on.set()
        made = done(booking_it.result(GRACE_SECONDS)).entry
        found = refused(pairing_it.result(GRACE_SECONDS), "taken")
    assert "first" in found.reason
    assert [line["entry"] for line in on_postgres.events()] == [made.id]
    assert on_postgres.rows("SELECT id FROM entry WHERE site = ?") == [(made.id,)]


def test_two_lapsed_halves_in_the_way_are_ended_and_the_pair_is_taken(house: House) -> None:
    old = paired(pairing.hold(house.desk("agent2"), pair_wish(client=None)), "held")
    house.expire(old.first.entry.id, old.second.entry.id)
    paired(pairing.book(house.desk(), pair_wish()), "booked")
    assert {house.status(one.entry.id) for one in (old.first, old.second)} == {"lapsed"}
    assert len(house.callbacks()) == 2


def test_confirming_both_at_once_with_releasing_them_does_one_of_the_two(house: House) -> None:
    for day in WEEKDAYS:
        held = paired(pairing.hold(house.desk(), pair_wish(day=day)), "held")
        ids, desk = (held.first.entry.id, held.second.entry.id), house.desk()
        answers = at_once(partial(pairing.confirm, desk, ids[0]), partial(pairing.release, desk, ids[1]))
        assert sorted(isinstance(one, Paired) for one in answers) == [False, True], answers
        assert len({house.status(id) for id in ids}) == 1


@pytest.mark.parametrize("half", [0, 1])
def test_what_is_held_together_is_kept_and_given_back_together_by_either_id(house: House, half: int) -> None:
    held = paired(pairing.hold(house.desk(), pair_wish()), "held")
    ids, before = (held.pair, held.second.entry.id), house.dump()
    # The two ends of one hold are the same, and stay so.
    desk = house.desk(hold_seconds=3000)
    kept = done(booking.extend(desk, ids[half], id=uid(3)), "extended").entry
    assert kept.id == ids[half]
    ends = house.rows("SELECT DISTINCT expires_at FROM entry WHERE site = ?")
    assert ends == [(kept.expires_at,)] != [(held.first.entry.expires_at,)]
    assert done(booking.extend(desk, ids[half], id=uid(3))).repeated
    done(booking.release(house.desk(), ids[half]), "released")
    assert house.dump()["occupancy"] == []
    for named in (None, *ids):
        done(changes.undo(house.desk(), named), "undone")
        assert house.dump()["occupancy"] == before["occupancy"]
        done(booking.release(house.desk(), ids[1 - half]), "released")
    assert [house.version(id) for id in ids] == [9, 9]


@pytest.mark.parametrize("half", [0, 1])
def test_a_lapsed_half_is_not_kept_or_given_back_by_the_other(house: House, half: int) -> None:
    held = paired(pairing.hold(house.desk(), pair_wish()), "held")
    ids = (held.pair, held.second.entry.id)
    house.expire(ids[half])
    done(booking.extend(house.desk(), ids[1 - half]), "extended")
    done(booking.release(house.desk(), ids[1 - half]), "released")
    refused_act(booking.extend(house.desk(), ids[half]), "hold_expired")
    assert [house.verbs(id) for id in (ids[half], ids[1 - half])] == [["held", "lapsed"], ["held", "extended", "released"]]


def test_cancelling_one_says_what_stays_and_a_retry_says_the_same(house: House) -> None:
    made = paired(pairing.book(house.desk(), pair_wish()), "booked")
    first = done(changes.cancel(house.desk(), made.pair, "claimant", id=uid(1)), "cancelled")
    assert first.say is not None
    assert "9:30" in first.say
    assert house.status(made.second.entry.id) == "booked"
    second = done(changes.cancel(house.desk(), made.second.entry.id, "claimant"), "cancelled")
    assert second.say is not None
    assert "stays" not in second.say
    assert done(changes.cancel(house.desk(), made.pair, "claimant", id=uid(1))) == replace(first, repeated=True)


def offer(diary: str, day: date, start: int) -> Offer:
    """Return a start of half an hour."""
    return Offer(diary, f"Coach {diary}", "A", day, start, start + 6, "f2f", (diary,), False)


@pytest.mark.parametrize(
    "waits",
    [
        {0: 0, 1: 0},
        {2: 3, 3: 1, 8: 0, 9: 0},
        {0: 3, 6: 2, 7: 2, 20: 1, 40: 2},
        {1: 1, 13: 1, 14: 0},
        {41: 5},
        {},
    ],
)
def test_the_best_pair_is_the_first_line_of_find(
    on_sqlite: House, monkeypatch: pytest.MonkeyPatch, waits: dict[int, int]
) -> None:
    house, asked = on_sqlite, PairSearch("NJR-F2F", "NJR-F2F", DAY, DAY + timedelta(days=41), limit=1)
    days = {DAY + timedelta(days=number): wait for number, wait in waits.items()}

    def found_by(_desk: object, _unit: object, _catalogue: object, request: Request) -> Found:
        on = [day for day in days if request.first_day <= day <= request.last_day]
        both = [(offer("D01", day, TEN), offer("D02", day, TEN + 6 + days[day])) for day in on]
        offers = tuple(one for pair in both for one in pair)
        kind = TypeInHand(request.type, None, 30, "f2f", False)
        return Found("offers" if offers else "none", kind, request.first_day, request.last_day, len(offers), offers)

    monkeypatch.setattr(pairing, "found_by", found_by)
    first = pairing.find(house.desk(), asked).pairs
    answer = pairing.hold(house.desk(), PairWish(asked))
    if not waits:
        refused(answer, "nothing_found")
        return
    made = paired(answer, "held")
    assert [(one.first.day, one.wait_minutes) for one in first] == [(made.first.entry.day, made.wait_minutes)]

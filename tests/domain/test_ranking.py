"""Which starts are recommended, and what each of them costs."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from agent_tui.domain.availability import Now, Occupied, offers
from agent_tui.domain.patterns import Segment
from agent_tui.domain.requests import Found, Offer, Request
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import runs_in, span
from agent_tui.domain.value_table import stage
from tests.domain.naive import Taken
from tests.domain.worlds import MONDAY, NINE, NOON, TEN, diary, every_day, kind, searches, site

BEFORE = Now(MONDAY - timedelta(days=10), 0)
NOTHING = Occupied({})


def listed(catalogue: Catalogue, request: Request, occupied: Occupied, now: Now) -> tuple[Found, Found]:
    """Return the recommended starts and every start."""
    return offers(catalogue, replace(request, every=False), occupied, now), offers(catalogue, request, occupied, now)


def place(offer: Offer) -> tuple[date, str, int]:
    """Return where an offer is."""
    return offer.day, offer.diary, offer.start


def filled(run: int, lengths: tuple[int, ...]) -> int:
    """Return how much of a run some lengths can fill, by trying every combination."""
    best = [0] * (run + 1)
    for total in range(1, run + 1):
        best[total] = max([best[total - 1], *(best[total - one] + one for one in lengths if one <= total)])
    return best[run]


@settings(max_examples=80, deadline=None)
@given(searches())
def test_the_list_is_what_costs_hardly_more_than_the_days_best(drawn: tuple[Catalogue, Request, Taken, Now]) -> None:
    catalogue, request, taken, now = drawn
    some, every = listed(catalogue, request, taken.as_masks(), now)
    assert {place(one) for one in some.offers} <= {place(one) for one in every.offers}
    assert some.starts == every.starts == every.total == len(every.offers)
    assert some.total == len(some.offers)
    assert (some.status, some.reasons) == (every.status, every.reasons)
    choice = catalogue.site.choice
    for day in {one.day for one in every.offers}:
        losses = {place(one): one.loss for one in every.offers if one.day == day}
        best = min(losses.values())
        shown = {place(one) for one in some.offers if one.day == day}
        assert shown >= {where for where, loss in losses.items() if loss <= best + choice - 1e-5}
        assert shown <= {where for where, loss in losses.items() if loss <= best + choice + 1e-5}


@settings(max_examples=60, deadline=None)
@given(searches())
def test_stranded_minutes_are_exact_where_a_start_lies_in_one_segment(drawn: tuple[Catalogue, Request, Taken, Now]) -> None:
    catalogue, request, taken, now = drawn
    occupied = taken.as_masks()
    for one in offers(catalogue, request, occupied, now).offers[:40]:
        busy = occupied.masks.get((one.diary, one.day.isoformat()), 0)
        past = span(0, now.tick) if one.day == now.day else 0
        for area in catalogue.areas(one.diary, one.day):
            if area.start <= one.start and one.end <= area.end:
                lengths = tuple(catalogue.offered_lengths(area.codes, area.channel, one.day).values())
                free = span(area.start, area.end) & ~busy & ~past

                def lost(mask: int, lengths: tuple[int, ...] = lengths) -> int:
                    return sum(end - start - filled(end - start, lengths) for start, end in runs_in(mask))

                assert one.stranded_minutes == max(0, 5 * (lost(free & ~span(one.start, one.end)) - lost(free)))
        assert one.stranded_minutes >= 0


def ask(**more: object) -> Request:
    """Return a search for AAA on the Monday, every recommended start of it."""
    said: dict[str, object] = {"type": "AAA", "first_day": MONDAY, "last_day": MONDAY, "limit": None}
    return Request(**(said | more))  # type: ignore[arg-type]


def mornings(*codes: str) -> Catalogue:
    """Return a site with meetings of 20 and 50 minutes in the morning, and some diaries."""
    short, long = kind("AAA", minutes=20), kind("BBB", minutes=50)
    segments = (Segment(NINE, NOON, frozenset({"AAA", "BBB"})),)
    return site((short, long), tuple(diary(code) for code in codes), every_day(segments))


def demanding(choice: float = 0.25, **weights: float) -> Catalogue:
    """Return a site with meetings of 20 and 50 minutes, mornings only, and what is asked for."""
    found = mornings("D01")
    return replace(found, demand=weights, site=replace(found.site, choice=choice))


def test_a_short_meeting_is_recommended_where_long_ones_still_fit() -> None:
    # 180 minutes: at either edge, so that three long ones, or two and short ones, still fit.
    found = offers(demanding(AAA=1, BBB=1), ask(), NOTHING, BEFORE)
    assert [one.start for one in found.offers][:1] == [NINE]
    assert NOON - 4 in [one.start for one in found.offers]
    middle = offers(demanding(AAA=1, BBB=1), ask(every=True), NOTHING, BEFORE)
    losses = {one.start: one.loss for one in middle.offers}
    assert losses[NINE] == losses[NOON - 4] == min(losses.values())
    assert max(losses.values()) > losses[NINE] + 0.25


@pytest.mark.parametrize("choice", [0.0, 0.25, 1.0, 1000.0])
def test_more_choice_lists_more_starts(choice: float) -> None:
    found = offers(demanding(choice, AAA=1, BBB=1), ask(), NOTHING, BEFORE)
    wider = offers(demanding(choice + 0.5, AAA=1, BBB=1), ask(), NOTHING, BEFORE)
    assert {place(one) for one in found.offers} <= {place(one) for one in wider.offers}
    assert (found.total == found.starts) == (choice == 1000.0)


def test_the_days_best_counts_over_all_diaries() -> None:
    # D02 has a run of exactly the length, which nothing else fits; a start that leaves an odd rest costs more anywhere.
    found = mornings("D01", "D02")
    occupied = Occupied({("D02", MONDAY.isoformat()): span(NINE, TEN) | span(TEN + 4, NOON)})
    shown = {(one.diary, one.start) for one in offers(found, ask(), occupied, BEFORE).offers}
    assert ("D02", TEN) in shown
    assert ("D01", NINE + 1) not in shown


def test_nearest_to_what_was_asked_and_then_what_costs_least() -> None:
    found = offers(demanding(AAA=1, BBB=1), ask(near=NOON), NOTHING, BEFORE)
    starts = [one.start for one in found.offers]
    assert starts == sorted(starts, key=lambda start: (abs(start - NOON), start))
    assert starts[0] == NOON - 4


def test_a_type_that_nobody_asks_for_leaves_the_choice_to_the_claimant() -> None:
    found = offers(demanding(AAA=0, BBB=0), ask(), NOTHING, BEFORE)
    assert found.total


def test_the_value_of_time_falls_as_the_day_comes_near() -> None:
    now = Now(MONDAY, 0)
    today = offers(demanding(AAA=1, BBB=1), ask(every=True), NOTHING, now).offers[0]
    later = offers(demanding(AAA=1, BBB=1), ask(every=True), NOTHING, BEFORE).offers[0]
    assert stage(0) != stage(10)
    assert today.loss < later.loss


def test_stored_rows_are_used_where_the_mix_is_theirs() -> None:
    rules = demanding(AAA=1, BBB=1)
    (area,) = rules.areas("D01", MONDAY)
    mix = rules.value_table(area, MONDAY).mix
    flat = tuple(tuple(float(length) for length in range(289)) for _ in range(6))
    stored = replace(rules, learnt={mix: flat})
    assert stored.value_table(area, MONDAY).rows is flat
    assert offers(stored, ask(), NOTHING, BEFORE).total == offers(stored, ask(every=True), NOTHING, BEFORE).total
    other = replace(rules, learnt={((7, 1.0),): flat})
    assert other.value_table(area, MONDAY).rows == rules.value_table(area, MONDAY).rows

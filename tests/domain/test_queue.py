"""Which call of the queue comes first, how old it is, and who fits a start that came free."""

from dataclasses import replace
from datetime import date

import pytest

from agent_tui.domain.queue import QueueItem, age_words, in_order
from agent_tui.domain.requests import AFTERNOON, EntryState, Offer
from agent_tui.domain.sooner import SoonerWish, Waiting, fit, parse_part, part_text, waiting_from, wish_from
from tests.small_site import DAY, NINE, TEN

ITEM = QueueItem("a", "request", "open", "", "FC-F2F", "C1", None, {}, 1_000, "standard", "online")


def test_the_most_urgent_comes_first() -> None:
    items = [
        replace(ITEM, id="old"),
        replace(ITEM, id="new", opened_at=2_000),
        replace(ITEM, id="key", opened_at=3_000, key=True),
        replace(ITEM, id="sooner", kind="sooner", opened_at=4_000),
        replace(ITEM, id="high", priority="high", opened_at=5_000),
        replace(ITEM, id="urgent", priority="urgent", opened_at=6_000),
    ]
    assert [one.id for one in in_order(items)] == ["urgent", "high", "sooner", "key", "old", "new"]


@pytest.mark.parametrize(
    ("minutes", "words"), [(-5, "0 min"), (59, "59 min"), (60, "1 h"), (47 * 60 + 59, "47 h"), (48 * 60, "2 d")]
)
def test_ages(minutes: int, words: str) -> None:
    assert age_words(0, minutes * 60_000) == words


def test_a_call_back_is_taken_when_it_says_so() -> None:
    back = replace(ITEM, kind="callback", who="agent1")
    assert not back.taken
    assert replace(back, wanted={"taken": True}).taken
    assert replace(ITEM, who="agent1").taken


@pytest.mark.parametrize("text", ["am", "pm", "09:00-11:30", "00:00-24:00"])
def test_a_part_of_the_day_is_read_as_it_is_written(text: str) -> None:
    assert part_text(parse_part(text)) == text


@pytest.mark.parametrize("text", ["", "AM", "9-11", "11:00-11:00", "11:00-10:00", "10:02-11:00", "24:00-24:00", "-"])
def test_no_part_of_the_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_part(text)


def test_a_place_is_kept_as_it_is() -> None:
    wish = SoonerWish(DAY, AFTERNOON, "D01", "A")
    place = Waiting("e", "offered", wish, "agent1", 5, ((DAY, NINE, TEN),), "h", "c")
    assert waiting_from("e", "offered", place.as_kept(), "c", "agent1", 5) == place
    assert wish_from(SoonerWish().as_kept()) == SoonerWish()


def entry(priority: str = "standard", day: date = DAY, start: int = TEN) -> EntryState:
    base = ("e", "appointment", "booked", "FC-F2F", "C1", "D01")
    return EntryState(*base, day, start, start + 10, ("D01",), (), "f2f", priority, None, 1, "agent1", 0)


def test_fit_is_priority_then_gain_then_waiting_then_id() -> None:
    offer = Offer("D01", "Coach", "A", DAY, NINE, TEN, "f2f", ("D01",), True)
    place = Waiting("e", "waiting", SoonerWish(), "agent1", 5)
    order = [
        (replace(place, entry="urgent"), entry("urgent")),
        (replace(place, entry="high"), entry("high")),
        (replace(place, entry="far"), entry(day=date(2026, 12, 4))),
        (replace(place, entry="long", made_at=1), entry()),
        (replace(place, entry="a"), entry()),
        (replace(place, entry="b"), entry()),
    ]
    ranked = sorted(order, key=lambda one: fit(one[0], one[1], offer))
    assert [one.entry for one, _ in ranked] == [one.entry for one, _ in order]

"""The week's heat map on both engines: what find lists, who sees what, one range query, the same from memory."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import Request
from agent_tui.domain.types import CHANNELS
from agent_tui.domain.week import AGENT, BadWeek, HeatMap, Week, WeekAsked
from agent_tui.services import booking
from agent_tui.services.desk import DeskRefused
from agent_tui.services.finding import search
from agent_tui.services.live import Live
from agent_tui.services.week import picture, week
from agent_tui.store.queries import entries as entry_queries
from tests.services.conftest import House, done, uid, wish
from tests.small_site import ASSIGNED, DAY, FROM, NINE, NOW, ONE, TEN
from tests.small_site import TYPES as SITE_TYPES

WEEK = Week.of(DAY)
TYPE_KINDS = {kind.code: kind for kind in SITE_TYPES}
TYPES = ("FC-F2F", "WSR-PHONE", "EV-F2F")


def fill(house: House) -> None:
    """Book some of the week: two in D04's limited start, and every room for a while."""
    desk = house.desk("leader1")
    for number, (type, diary, start) in enumerate(
        [
            ("FC-F2F", "D01", NINE),
            ("NJR-F2F", "D04", NINE),
            ("NJR-F2F", "D04", TEN),
            ("EV-F2F", "D02", ONE),
            ("EV-F2F", "D03", ONE),
        ]
    ):
        done(booking.book(desk, wish(type, diary, start, client=f"C{number + 1:06d}"), id=uid(number)))


def listed(house: House, login: str, asked: WeekAsked) -> dict[tuple[Any, ...], int]:
    """Count what find lists by diary, day and half hour."""
    found: dict[tuple[Any, ...], int] = {}
    for code in asked.types:
        request = Request(
            code, WEEK.monday, WEEK.sunday, None, None, asked.diary, asked.team, asked.channel, limit=None, every=True
        )
        for one in search(house.desk(login), replace(request, booker=asked.booker)).offers:
            place = (one.diary, one.day, one.start // 6 * 6)
            found[place] = found.get(place, 0) + 1
    return found


def counted(found: HeatMap) -> dict[tuple[Any, ...], int]:
    return {
        (diary, day, start): count
        for diary, table in found.by_diary.items()
        for start, row in zip(found.starts, table, strict=True)
        for day, count in zip(found.days, row, strict=True)
        if count
    }


@pytest.mark.parametrize("login", ["agent1", "leader1", "coach2"])
def test_the_counts_are_what_find_lists(house: House, login: str) -> None:
    fill(house)
    asked = WeekAsked(WEEK, TYPES)
    for one in (
        asked,
        replace(asked, types=("FC-F2F",), team="B"),
        replace(asked, diary="D02"),
        *(replace(asked, channel=channel) for channel in CHANNELS),
    ):
        found = week(house.desk(login), one)
        assert counted(found) == listed(house, login, one)
        assert sum(map(sum, found.counts)) == sum(listed(house, login, one).values())
        assert any(found.totals) == (login != "coach2" or one.team is None)


def test_a_terminal_has_the_same_in_memory_and_asks_no_disk(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(house)
    live = Live(house.desk(), WEEK.monday, WEEK.sunday + timedelta(days=7), lambda: NOW)
    try:
        live.load()
        asked = [WeekAsked(one, types) for one in (WEEK, WEEK.later(1)) for types in (TYPES, ("FC-F2F",))]
        expected = [week(house.desk(), one) for one in asked]
        with monkeypatch.context() as patched:
            patched.setattr(type(house.store), "read", None)
            assert live.heat_maps(asked) == expected
        done(booking.book(house.desk("agent2"), wish("FC-F2F", "D01", ONE + 12, client="C000009")))
        live.poll()
        assert live.heat_maps(asked) == [week(house.desk(), one) for one in asked] != expected
        far = WeekAsked(WEEK.later(9), TYPES)
        assert live.heat_maps([far]) == [week(house.desk(), far)]
        assert live.covers(far.week.later(1).monday, far.week.later(2).sunday)
        with pytest.raises(BadWeek):
            live.heat_maps([WeekAsked(WEEK, ("NOPE",))])
    finally:
        live.close()


def test_the_claims_of_the_week_are_read_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []

    def spy(*arguments: Any) -> Any:
        asked.append(arguments[2:])
        return busy_masks(*arguments)

    busy_masks = entry_queries.busy_masks
    monkeypatch.setattr(entry_queries, "busy_masks", spy)
    week(house.desk(), WeekAsked(WEEK, TYPES))
    assert [one[:3] for one in asked] == [(["D01", "D02", "D03", "D04", "R01", "R02"], "2026-11-24", "2026-11-29")]
    week(house.desk(), WeekAsked(WEEK, ("FC-F2F",), team="B"))
    assert asked[-1][0] == ["D03", "D04"]


def test_as_a_provider_agent_sees_it(house: House) -> None:
    house.add_type(replace(TYPE_KINDS["NJR-F2F"], code="SS-F2F", may_book=frozenset({"site staff"})), "D01", "D02")
    house.add_patterns(
        Pattern("own", "diary", "D01", DAY.weekday(), None, FROM, None, (Segment(NINE, TEN, ASSIGNED | {"SS-F2F"}),))
    )
    asked = WeekAsked(WEEK, ("SS-F2F", "WSR-PHONE"))
    leader = week(house.desk("leader1"), asked)
    agent = week(house.desk("leader1"), replace(asked, booker=AGENT))
    assert sum(leader.totals) > sum(agent.totals) > 0
    assert [one.rule for one in agent.notes] == ["booker"]
    assert agent == week(house.desk("agent1"), asked)
    coach = week(house.desk("coach1"), replace(asked, booker=AGENT))
    assert coach == agent
    assert set(week(house.desk("coach1"), asked).by_diary) == {"D01"}
    with pytest.raises(DeskRefused, match="own diary D01"):
        week(house.desk("coach1"), replace(asked, diary="D02"))


def test_a_group_without_types_and_names_that_there_are_not(house: House) -> None:
    with pytest.raises(BadWeek, match="No type at Leeds Park Place belongs to the group initial"):
        week(house.desk(), WeekAsked(WEEK, ()), group="initial")
    with pytest.raises(BadWeek, match="There is no team C"):
        week(house.desk(), WeekAsked(WEEK, TYPES, team="C"))
    empty = week(house.desk(), WeekAsked(WEEK, ("CC-PHONE",)))
    assert sum(empty.totals) == 0
    assert empty.notes[0].text == "Childcare call - phone is assigned to no diary: requests are handed off."


def test_the_page_has_the_maps_and_the_weeks_ahead_from_one_read_of_the_claims(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(house)
    read: list[tuple[Any, ...]] = []

    def spy(*arguments: Any) -> Any:
        read.append(arguments[3:5])
        return busy_masks(*arguments)

    busy_masks = entry_queries.busy_masks
    asked = WeekAsked(WEEK, TYPES, team="A")
    with monkeypatch.context() as patched:
        patched.setattr(entry_queries, "busy_masks", spy)
        found = picture(house.desk("leader1"), asked)
    assert read == [("2026-11-24", "2027-01-03")]
    (one,) = found.parts
    assert one.found == week(house.desk("leader1"), asked)
    assert one.ahead is not None
    totals = [sum(week(house.desk("leader1"), replace(asked, week=WEEK.later(number))).totals) for number in range(6)]
    assert [ahead.total for ahead in one.ahead.weeks] == totals
    assert (found.place, found.whose, found.booker) == ("Leeds Park Place", "the diaries of Team A", "site staff")
    assert (found.made, found.week, one.name) == (
        NOW,
        WEEK,
        "First commitment - F2F, Work search review - phone, Evidence interview - F2F",
    )


def test_a_terminal_has_the_same_weeks_ahead_in_memory(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(house)
    asked = WeekAsked(WEEK, TYPES)
    live = Live(house.desk("leader1"), WEEK.monday, WEEK.later(5).sunday, lambda: NOW)
    try:
        live.load()
        before = picture(house.desk("leader1"), asked).parts[0].ahead
        with monkeypatch.context() as patched:
            patched.setattr(type(house.store), "read", None)
            assert live.ahead(asked) == before
        done(booking.book(house.desk("agent2"), wish("FC-F2F", "D01", ONE + 12, client="C000009")))
        live.poll()
        assert live.ahead(asked) == picture(house.desk("leader1"), asked).parts[0].ahead != before
    finally:
        live.close()


def test_all_four_groups_are_pictured_where_none_is_named(house: House) -> None:
    found = picture(house.desk("leader1"), WeekAsked(WEEK, ()))
    assert [one.group for one in found.parts] == ["initial", "first-commitment", "habitual-residency", "gateway"]
    assert {(one.found, one.ahead) for one in found.parts} == {(None, None)}
    assert found.parts[0].reason == "No type at Leeds Park Place belongs to the group initial."
    with pytest.raises(BadWeek, match="belongs to the group gateway"):
        picture(house.desk("leader1"), WeekAsked(WEEK, ()), group="gateway")
    with pytest.raises(DeskRefused, match="own diary D01"):
        picture(house.desk("coach1"), WeekAsked(WEEK, TYPES, diary="D02"))
    assert picture(house.desk("coach1"), WeekAsked(WEEK, TYPES)).whose == "the diary of Coach 1 (D01)"

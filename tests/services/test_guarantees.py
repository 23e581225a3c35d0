"""Guarantees on both engines: set by those who may, told to every terminal, as find lists it, in one range read and in memory."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from agent_tui.domain.guarantee import FAILS, LOW, OK, GuaranteeNow
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import Refused, Request
from agent_tui.domain.types import Guarantee
from agent_tui.services import booking, key_types, segmenting
from agent_tui.services.finding import search
from agent_tui.services.guarantees import GuaranteeSet, drop_guarantee, guarantees, set_guarantee
from agent_tui.services.live import Live
from agent_tui.services.types_admin import put_types
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import guarantees as guarantee_queries
from tests.services.conftest import House, done, uid, wish
from tests.small_site import DAY, FIVE, FROM, NINE, NOW, ONE, TYPES


def put(house: House, code: str = "FC-F2F", starts: int = 3, days: int = 5, **more: Any) -> GuaranteeSet:
    made = set_guarantee(house.desk("leader1"), code, starts, days, **more)
    assert isinstance(made, GuaranteeSet), made
    return made


def stands(house: House, login: str = "agent1") -> dict[str, GuaranteeNow]:
    return {one.rule.type: one for one in guarantees(house.desk(login))}


def test_a_guarantee_is_set_changed_and_dropped_with_a_line_each(house: House) -> None:
    assert guarantees(house.desk()) == []
    made = put(house, id=uid(1))
    assert (made.status, made.rule, made.repeated) == ("saved", Guarantee("FC-F2F", 3, 5), False)
    assert made.stands == stands(house)["FC-F2F"]
    again = put(house, id=uid(1))
    assert (again.status, again.repeated) == ("saved", True)
    assert put(house).status == "unchanged"
    assert put(house, starts=7, days=2).status == "saved"
    dropped = drop_guarantee(house.desk("super1"), "FC-F2F", id=uid(2))
    assert isinstance(dropped, GuaranteeSet)
    assert (dropped.status, dropped.rule) == ("dropped", Guarantee("FC-F2F", 7, 2))
    assert isinstance(drop_guarantee(house.desk("super1"), "FC-F2F", id=uid(2)), GuaranteeSet)
    assert guarantees(house.desk()) == []
    lines = house.events()
    assert [line["verb"] for line in lines] == ["guarantee_set", "guarantee_set", "guarantee_dropped"]
    assert lines[1]["after_state"] == {"claims": [], "type": "FC-F2F", "starts": 7, "days": 2}
    reused = set_guarantee(house.desk("leader1"), "EV-F2F", 3, 5, id=uid(1))
    assert isinstance(reused, Refused)
    assert reused.code == "id_reused"


@pytest.mark.parametrize(
    ("login", "code", "starts", "days", "refusal"),
    [
        ("agent1", "FC-F2F", 3, 5, "role"),
        ("coach1", "FC-F2F", 3, 5, "role"),
        ("admin1", "NOPE", 3, 5, "unknown_type"),
        ("super1", "FC-F2F", 0, 5, "not_possible"),
        ("super1", "FC-F2F", 3, 99, "not_possible"),
    ],
)
def test_what_is_refused_changes_nothing(house: House, login: str, code: str, starts: int, days: int, refusal: str) -> None:
    before = house.dump()
    answer = set_guarantee(house.desk(login), code, starts, days)
    assert isinstance(answer, Refused)
    assert answer.code == refusal
    assert house.dump() == before


def test_dropping_what_is_not_guaranteed_is_refused(house: House) -> None:
    for code, refusal in (("FC-F2F", "not_possible"), ("NOPE", "unknown_type")):
        answer = drop_guarantee(house.desk("leader1"), code)
        assert isinstance(answer, Refused)
        assert answer.code == refusal


def test_it_stands_as_find_lists_it(house: House) -> None:
    house.change_rules(lambda unit, site: [catalogue_queries.unassign(unit, site, f"D0{n}", "EV-F2F") for n in (1, 3, 4)])
    put(house, "FC-F2F", 3, 5)
    put(house, "EV-F2F", 200, 2)
    put(house, "CC-PHONE", 1, 3)
    done(booking.book(house.desk("agent2"), wish(diary="D04", start=NINE)))
    done(booking.hold(house.desk("agent2"), wish("EV-F2F", "D02", ONE, client=None)))
    for code, one in stands(house).items():
        request = Request(code, one.first, one.last, limit=None, every=True)
        assert one.found == len(search(house.desk("leader1"), request).offers), code
    assert {code: one.status for code, one in stands(house).items()} == {"FC-F2F": OK, "EV-F2F": FAILS, "CC-PHONE": FAILS}
    assert stands(house)["CC-PHONE"].brief == "not assigned"


def test_all_of_them_are_counted_by_one_range_read(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in TYPES:
        put(house, kind.code)
    asked: list[Any] = []
    busy_masks = entry_queries.busy_masks

    def spy(*arguments: Any) -> Any:
        asked.append(arguments[3:5])
        return busy_masks(*arguments)

    monkeypatch.setattr(entry_queries, "busy_masks", spy)
    assert len(guarantees(house.desk())) == len(TYPES)
    assert asked == [("2026-11-24", "2026-11-30")]


def test_a_terminal_knows_it_from_memory_as_the_feed_brings_changes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    live = Live(house.desk(), NOW.date(), NOW.date() + timedelta(days=30), lambda: NOW)
    try:
        live.load()
        assert live.guarantees() == []
        put(house, "FC-F2F", 200, 1)
        put(house, "EV-F2F", 1, 5)
        live.poll()
        before = live.guarantees()
        assert before == guarantees(house.desk())
        lacking = {one.code for one in key_types.key_types(house.desk()) if one.wrong is not None}
        assert live.key_types_without_start() == lacking
        done(booking.book(house.desk("agent2"), wish(day=NOW.date(), start=ONE)))
        live.poll()
        with monkeypatch.context() as patched:
            patched.setattr(type(house.store), "read", None)
            after = live.guarantees()
        assert after == guarantees(house.desk()) != before
    finally:
        live.close()


def test_a_type_that_is_booked_fast_runs_low_before_it_fails(house: House) -> None:
    hour = (Segment(NINE, NINE + 12, frozenset({"FC-F2F"})), Segment(NINE + 12, FIVE, frozenset()))
    for day in (NOW.date(), DAY):
        house.add_patterns(
            *(
                Pattern(f"D0{n}-{day}", "diary", f"D0{n}", None, day, FROM, None, hour if n == 1 else (), n > 1)
                for n in range(1, 5)
            )
        )
    put(house, "FC-F2F", 3, 2)
    assert (stands(house)["FC-F2F"].found, stands(house)["FC-F2F"].status) == (6, OK)
    yesterday, starts = NOW - timedelta(days=1), (NINE, NINE + 10, ONE, ONE + 10, ONE + 20)
    desk = house.desk(now=yesterday)
    for number, (diary, start) in enumerate((diary, start) for diary in ("D01", "D02") for start in starts):
        done(
            booking.book(
                desk, wish(diary=diary, day=yesterday.date(), start=start, client=f"C{number + 1:06d}", allow_clash=True)
            )
        )
    done(booking.book(desk, wish(day=DAY + timedelta(days=7), client="C000009")))
    one = stands(house)["FC-F2F"]
    assert one.per_day == 2.0, "what is booked for later days takes none of these"
    assert (one.room, one.status, one.found) == (2, LOW, 6)


def test_the_pace_is_read_from_the_first_line_of_its_time_on(house: House) -> None:
    starts = [(NINE, 3), (NINE + 10, 2), (ONE, 1), (ONE + 10, 0)]
    for start, ago in starts:
        done(booking.book(house.desk(now=NOW - timedelta(days=ago)), wish(start=start, client=f"C{start % 10 + 1:06d}")))
    desk = house.desk()
    with house.store.read() as unit:
        times = [line[0] for line in house.rows("SELECT at FROM event WHERE site = ? ORDER BY seq")]
        for first, end in ((times[0], times[3]), (times[1], times[2]), (times[3] + 1, times[3] + 9), (0, times[3] + 1)):
            found = guarantee_queries.booked_between(unit, desk.site, first, end)
            assert sorted(row[1] for row in found) == [at for at in times if first <= at < end]


def test_a_proposal_is_for_what_is_guaranteed(house: House) -> None:
    house.change_rules(lambda unit, site: [catalogue_queries.unassign(unit, site, f"D0{n}", "FC-F2F") for n in range(1, 4)])
    put(house, "FC-F2F", 150, 2)
    assert stands(house)["FC-F2F"].only == "Coach 4"
    seen = key_types.proposal(house.desk("leader1"), "FC-F2F")
    assert seen.proposal is not None, seen
    assert seen.proposal.starts >= 150
    made = key_types.apply(house.desk("leader1"), "FC-F2F", seen.proposal)
    assert isinstance(made.effect, segmenting.Effect)
    now = stands(house)["FC-F2F"]
    assert (now.status, now.found) == (OK, seen.proposal.starts)
    nothing = key_types.proposal(house.desk("leader1"), "FC-F2F").effect
    assert isinstance(nothing, Refused)
    assert "there is nothing to propose" in nothing.reason


def test_a_new_site_begins_with_the_usual_guarantees_and_an_old_one_has_none(house: House) -> None:
    assert guarantees(house.desk()) == []
    known = {one.type for one in guarantee_queries.usual()}
    assert "FC-F2F" in known

    def forget(unit: Any) -> None:
        for table in ("diary_type", "type_minutes", "appointment_type"):
            unit.run(f"DELETE FROM {table} WHERE site = ?", house.site)
        put_types(unit, house.site, TYPES)

    house.write(forget)
    assert set(stands(house)) == known & {kind.code for kind in TYPES}
    drop_guarantee(house.desk("leader1"), "FC-F2F")
    house.write(lambda unit: put_types(unit, house.site, TYPES))
    assert stands(house) == {}


def test_two_who_set_one_at_once_leave_one(house: House) -> None:
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda n: set_guarantee(house.desk("leader1"), "FC-F2F", n, 5), (3, 4)))
    assert all(isinstance(one, GuaranteeSet) for one in answers)
    assert len(house.rows("SELECT starts FROM guarantee WHERE site = ?")) == 1

"""Key types and drop-ins: changed from a day on by those who may, told by find, and helped by a proposal that is saved whole."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest

from agent_tui.domain.drop_in import MOST_WORDS, Hours
from agent_tui.domain.key_types import KeyType, Proposal
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import Refused, Request
from agent_tui.domain.types import KeyFrom
from agent_tui.services import booking, changes, key_types, segmenting
from agent_tui.services.doctor import examine
from agent_tui.services.finding import search
from agent_tui.services.key_types import Proposed, TypeChanged
from agent_tui.services.live import Live
from agent_tui.services.segmenting import Effect
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.unit_of_work import Unit
from tests.services.conftest import House, done, handed_off, refused, uid, wish
from tests.small_site import DAY, FIVE, FROM, NINE, NOW, TYPES

TODAY = NOW.date()
NEXT = date(2026, 12, 1)
MORNINGS: Hours = tuple((weekday, 120, 144) for weekday in range(5))
WORDS = "Bring your papers to desk 2."


def changed(outcome: TypeChanged | Refused, status: str = "saved") -> TypeChanged:
    """Return a change that must have been made."""
    assert isinstance(outcome, TypeChanged), outcome
    assert outcome.status == status
    return outcome


def stopped(outcome: TypeChanged | Refused, code: str) -> Refused:
    """Return a change that must have been refused."""
    assert isinstance(outcome, Refused), outcome
    assert outcome.code == code
    assert outcome.reason
    return outcome


def listed(house: House, code: str = "FC-F2F") -> KeyType | None:
    """Return how a key type stands, None where it is not listed."""
    return next((one for one in key_types.key_types(house.desk()) if one.code == code), None)


def assign_nowhere(house: House, *codes: str) -> None:
    """Take types from every diary."""
    house.change_rules(
        lambda unit, site: [catalogue_queries.unassign(unit, site, f"D0{n}", code) for n in range(1, 5) for code in codes]
    )


def test_key_types_are_listed_with_their_starts_as_find_counts_them(house: House) -> None:
    done(booking.book(house.desk(), wish()))
    done(booking.hold(house.desk(), wish(diary="D04", start=NINE, client=None)))
    one = listed(house)
    assert one is not None
    first, last = key_types.days_ahead(house.desk())
    assert (first, last) == (TODAY, date(2026, 11, 30))
    assert one.starts == search(house.desk(), Request("FC-F2F", first, last)).starts
    assert (one.diaries, one.wrong, one.reasons) == (("D01", "D02", "D03", "D04"), None, ())
    by_coach = key_types.key_types(house.desk("coach1"))
    assert [(known.code, known.starts) for known in by_coach] == [("FC-F2F", one.starts)], "a coach sees all diaries here"


def test_a_key_type_that_only_others_may_book_is_counted_all_the_same(house: House) -> None:
    house.sql("UPDATE appointment_type SET may_book = '[\"case manager\"]' WHERE site = ? AND code = 'FC-F2F'")
    house.sql("UPDATE pattern_head SET version = version + 1 WHERE site = ?")
    one = listed(house)
    assert one is not None
    assert one.starts


def fill_up(house: House) -> None:
    """Leave one segment of 50 minutes to each day of a diary, with a hold in it."""
    first = FROM + timedelta(days=1)
    part = Segment(NINE, NINE + 10, frozenset({"FC-F2F", "WSR-PHONE"}))
    closed = Segment(NINE + 10, FIVE, frozenset())
    codes = [f"D0{number}" for number in range(1, 5)]
    house.add_patterns(
        *(
            Pattern(f"{code}-{day}-full", "diary", code, day, None, first, None, (part, closed))
            for code in codes
            for day in range(5)
        )
    )
    for day in (TODAY, DAY, *(date(2026, 11, number) for number in (26, 27, 30))):
        for code in codes:
            done(booking.hold(house.desk(), wish("WSR-PHONE", code, NINE + 4, day=day, client=None)))


@pytest.mark.parametrize(("wrong", "rule"), [("not_assigned", "not_assigned"), ("diary_off", "diary_off"), ("no_start", "full")])
def test_what_is_wrong_is_said_with_its_reasons(house: House, wrong: str, rule: str) -> None:
    if wrong == "not_assigned":
        assign_nowhere(house, "FC-F2F")
    elif wrong == "diary_off":
        house.change_rules(
            lambda unit, site: [catalogue_queries.set_enabled(unit, site, f"D0{n}", enabled=False) for n in range(1, 5)]
        )
    else:
        fill_up(house)
    one = listed(house)
    assert one is not None
    assert (one.wrong, one.starts) == (wrong, 0)
    assert rule in [reason.rule for reason in one.reasons]


def test_the_flag_is_changed_from_a_day_on_and_told_to_all(house: House) -> None:
    seen = house.desk("agent2")
    with seen.store.read() as unit:
        before = seen.catalogue(unit).version
    done_ = changed(key_types.set_key(house.desk("leader1"), "NJR-F2F", True, NEXT))
    assert (done_.kind.key_on(TODAY), done_.kind.key_on(NEXT)) == (False, True)
    with seen.store.read() as unit:
        catalogue = seen.catalogue(unit)
    assert catalogue.version > before
    assert not catalogue.types["NJR-F2F"].key_on(NEXT - timedelta(days=1))
    assert catalogue.types["NJR-F2F"].key_on(NEXT)
    one = listed(house, "NJR-F2F")
    assert one is not None
    assert not one.key
    assert [(step.effective_from, step.key) for step in one.changes] == [(NEXT, True)]
    later = key_types.key_types(house.desk(now=NOW + timedelta(days=7)))
    assert [known.key for known in later if known.code == "NJR-F2F"] == [True]
    (line,) = house.events()
    assert (line["verb"], line["entry"], line["client"]) == ("type_key_set", None, None)
    assert line["after_state"] == {"claims": [], "type": "NJR-F2F", "from": NEXT.isoformat(), "key": True, "was": False}


def test_off_from_today_leaves_what_comes_later(house: House) -> None:
    changed(key_types.set_key(house.desk("super1"), "FC-F2F", False))
    assert listed(house) is None
    changed(key_types.set_key(house.desk("super1"), "FC-F2F", True, NEXT))
    changed(key_types.set_key(house.desk("super1"), "FC-F2F", True), "saved")
    changed(key_types.set_key(house.desk("super1"), "FC-F2F", True), "unchanged")
    one = listed(house)
    assert one is not None
    assert one.key


def test_a_hand_off_and_the_doctor_go_by_the_flag_of_today(house: House) -> None:
    def found() -> list[str]:
        findings = examine(house.desk(), house.site).findings
        return [one.text for one in findings if one.check == "key_types"]

    assert found() == []
    assert handed_off(booking.hold(house.desk(), wish("CC-PHONE"))).due == TODAY + timedelta(days=7)
    changed(key_types.set_key(house.desk("leader1"), "CC-PHONE", True, NEXT))
    assert found() == []
    changed(key_types.set_key(house.desk("leader1"), "CC-PHONE", True))
    assert found() == ["No diary that is switched on takes these key types: CC-PHONE."]
    assert handed_off(booking.hold(house.desk(), wish("CC-PHONE"))).due < TODAY + timedelta(days=7)
    changed(key_types.set_key(house.desk("leader1"), "CC-PHONE", False))
    assert found() == []


def flag(house: House, login: str = "leader1", code: str = "NJR-F2F", first: date | None = None) -> TypeChanged | Refused:
    """Make a type a key type."""
    return key_types.set_key(house.desk(login), code, True, first)


def drop(house: House, login: str = "leader1", code: str = "EV-F2F", first: date | None = None) -> TypeChanged | Refused:
    """Make a type a drop-in."""
    return key_types.set_drop_in(house.desk(login), code, MORNINGS, WORDS, first)


@pytest.mark.parametrize("change", [flag, drop])
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"login": "agent1"}, "role"),
        ({"login": "coach1"}, "role"),
        ({"login": "admin1"}, "role"),
        ({"code": "NOPE"}, "unknown_type"),
        ({"code": "fc-f2f\x1b"}, "unknown_type"),
        ({"first": TODAY - timedelta(days=1)}, "past"),
        ({"first": date.max}, "not_possible"),
    ],
)
def test_who_may_not_and_what_cannot_be_is_refused(
    house: House, change: Callable[..., TypeChanged | Refused], said: dict[str, object], code: str
) -> None:
    before = house.dump()
    stopped(change(house, **said), code)
    assert house.dump() == before


def test_a_retry_changes_once_and_another_request_is_refused(house: House) -> None:
    lea = house.desk("leader1")
    changed(key_types.set_key(lea, "NJR-F2F", True, id=uid(1)))
    changed(key_types.set_drop_in(lea, "EV-F2F", MORNINGS, WORDS, id=uid(2)))
    before = house.dump()
    assert changed(key_types.set_key(lea, "NJR-F2F", True, id=uid(1))).repeated
    assert changed(key_types.set_drop_in(lea, "EV-F2F", MORNINGS, WORDS, id=uid(2))).repeated
    for other in (
        key_types.set_key(lea, "NJR-F2F", False, id=uid(1)),
        key_types.set_key(lea, "EV-F2F", True, id=uid(2)),
        key_types.set_drop_in(lea, "EV-F2F", MORNINGS, "Other words.", id=uid(2)),
        key_types.set_drop_in(lea, "EV-F2F", (), "", id=uid(1)),
    ):
        stopped(other, "id_reused")
    refused(booking.hold(lea, wish("WSR-PHONE"), id=uid(1)), "id_reused")
    assert house.dump() == before


def test_a_retry_after_midnight_and_after_other_changes_answers_as_before(house: House) -> None:
    first = changed(key_types.set_key(house.desk("leader1"), "NJR-F2F", True, id=uid(1)))
    changed(key_types.set_key(house.desk("leader1"), "NJR-F2F", False, id=uid(2)))
    tomorrow = house.desk("leader1", now=NOW + timedelta(days=1))
    again = changed(key_types.set_key(tomorrow, "NJR-F2F", True, id=uid(1)))
    assert (again.repeated, again.first, again.key) == (True, first.first, True)
    assert house.verbs() == ["type_key_set"] * 2
    changed(key_types.set_drop_in(house.desk("leader1"), "EV-F2F", MORNINGS, WORDS, id=uid(3)))
    later = changed(key_types.set_drop_in(tomorrow, "EV-F2F", MORNINGS, WORDS, id=uid(3)))
    assert (later.repeated, later.first) == (True, TODAY)


def test_a_change_tells_of_the_drop_in_as_find_does(house: House) -> None:
    house.change_rules(lambda unit, site: catalogue_queries.insert_closures(unit, site, {DAY: "Snow"}, "test"))
    told = changed(drop(house)).drop_in
    assert told is not None
    assert told.next == "today 10:00-12:00, Thu 10:00-12:00, Fri 10:00-12:00"
    assert search(house.desk(), Request("EV-F2F", TODAY, DAY)).drop_in == told


def test_one_change_asked_twice_at_once_is_made_once(house: House) -> None:
    barrier = Barrier(2)

    def work(_me: int) -> list[TypeChanged | Refused]:
        out = []
        for number in range(8):
            barrier.wait(30)
            out.append(key_types.set_key(house.desk("leader1"), "NJR-F2F", number % 2 == 0, id=uid(number + 1)))
        return out

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(work, range(2)))
    for one, two in zip(*answers, strict=True):
        assert {changed(one).repeated, changed(two).repeated} == {False, True}
    assert house.verbs() == ["type_key_set"] * 8


def test_a_change_under_way_is_waited_for(house: House) -> None:
    answers: list[TypeChanged | Refused] = []
    second = Thread(target=lambda: answers.append(flag(house)))

    def change_slowly(unit: Unit) -> None:
        catalogue_queries.lock_rules(unit, house.site)
        second.start()
        second.join(0.5)  # long enough to be done, if it does not wait
        catalogue_queries.set_key(unit, house.site, "NJR-F2F", KeyFrom(TODAY, True))
        catalogue_queries.bump_version(unit, house.site)

    house.write(change_slowly)
    second.join(20)
    changed(answers[0], "unchanged")
    assert house.verbs() == []


def test_a_change_is_no_act_that_an_agents_undo_takes_back(house: House) -> None:
    made = done(booking.book(house.desk("leader1"), wish()))
    changed(flag(house))
    changed(drop(house))
    assert done(changes.undo(house.desk("leader1"))).entry.id == made.entry.id


def test_find_tells_of_a_drop_in_first_and_still_offers_starts(house: House) -> None:
    request = Request("EV-F2F", TODAY, DAY)
    before = search(house.desk(), request)
    assert before.drop_in is None
    told = changed(drop(house)).kind.drop_in_on(TODAY)
    assert told is not None
    found = search(house.desk(), request)
    assert found.drop_in is not None
    assert (found.drop_in.hours, found.drop_in.words) == (MORNINGS, WORDS)
    assert found.drop_in.next == "today 10:00-12:00, Wed 10:00-12:00, Thu 10:00-12:00"
    assert replace(found, drop_in=None) == before
    assert search(house.desk(), Request("FC-F2F", TODAY, DAY)).drop_in is None
    live = Live(house.desk(), TODAY, DAY, lambda: house.now)
    live.load()
    assert live.search(request).drop_in == found.drop_in
    live.close()
    (line,) = house.events()
    assert line["verb"] == "drop_in_set"
    assert WORDS not in str(line)
    changed(key_types.set_drop_in(house.desk("leader1"), "EV-F2F", (), "", NEXT))
    assert search(house.desk(), request).drop_in is not None
    assert search(house.desk(), Request("EV-F2F", NEXT, NEXT)).drop_in is None
    changed(key_types.set_drop_in(house.desk("leader1"), "WSR-PHONE", (), ""), "unchanged")
    changed(drop(house), "unchanged")


def test_a_type_without_any_diary_tells_of_its_drop_in_too(house: House) -> None:
    changed(drop(house, code="CC-PHONE"))
    found = search(house.desk(), Request("CC-PHONE", TODAY, DAY))
    assert found.status == "handoff"
    assert found.drop_in is not None


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (((0, 144, 120),), WORDS),
        (((0, 120, 144), (0, 143, 150)), WORDS),
        (((9, 120, 144),), WORDS),
        (MORNINGS, "x"),
        (MORNINGS, " \x1b\n "),
        (MORNINGS, "x" * (MOST_WORDS + 1)),
        (MORNINGS, "x" * 1_000_000),
    ],
)
def test_a_drop_in_that_cannot_be_is_refused(house: House, hours: Hours, words: str) -> None:
    before = house.dump()
    stopped(key_types.set_drop_in(house.desk("leader1"), "EV-F2F", hours, words), "not_possible")
    assert house.dump() == before


def test_the_words_are_cleaned(house: House) -> None:
    kind = changed(key_types.set_drop_in(house.desk("leader1"), "EV-F2F", MORNINGS, "Come\tto \x1b[31mdesk\u202e 2")).kind
    assert kind.drop_ins[0].words == "Come to \N{REPLACEMENT CHARACTER}[31mdesk\N{REPLACEMENT CHARACTER} 2"


def proposed(found: Proposed, status: str) -> Proposal:
    """Return a proposal that must have been made."""
    assert isinstance(found.effect, Effect), found
    assert found.effect.status == status
    assert found.proposal is not None
    return found.proposal


def test_a_proposal_is_looked_at_saved_and_taken_back(house: House) -> None:
    changed(flag(house, code="CC-PHONE"))
    one = listed(house, "CC-PHONE")
    assert one is not None
    assert one.wrong == "not_assigned"
    before = house.dump()
    rules = house.rows("SELECT * FROM pattern WHERE site = ?"), house.rows("SELECT * FROM diary_type WHERE site = ?")
    seen = proposed(key_types.proposal(house.desk("leader1"), "CC-PHONE"), "preview")
    assert house.dump() == before
    assert (seen.assign, len(seen.patterns)) == (True, 1)
    saved = proposed(key_types.apply(house.desk("leader1"), "CC-PHONE", seen), "saved")
    assert saved == seen
    one = listed(house, "CC-PHONE")
    assert one is not None
    assert (one.wrong, one.starts, one.diaries) == (None, seen.starts, (seen.diary,))
    made = done(booking.book(house.desk(), wish(seen.type, seen.diary, seen.end - 6, day=seen.day)))
    assert made.entry.diary == seen.diary
    done(changes.cancel(house.desk(), made.entry.id, "claimant"))
    back = segmenting.undo(house.desk("leader1"))
    assert isinstance(back, Effect)
    assert (house.rows("SELECT * FROM pattern WHERE site = ?"), house.rows("SELECT * FROM diary_type WHERE site = ?")) == rules


def test_a_proposal_for_a_type_that_is_assigned_changes_segments_alone(house: House) -> None:
    assign_nowhere(house, "FC-F2F")
    house.change_rules(lambda unit, site: catalogue_queries.assign(unit, site, "D03", "CC-PHONE"))
    saved = proposed(key_types.apply(house.desk("leader1"), "CC-PHONE"), "saved")
    assert (saved.diary, saved.assign, [one.owner for one in saved.patterns]) == ("D03", False, ["D03"])
    only = proposed(key_types.apply(house.desk("leader1"), "FC-F2F"), "saved")
    assert (only.assign, only.patterns) == (True, ())
    assert listed(house) is not None
    verbs = house.verbs()
    assert verbs == ["segments_saved", "segments_saved"]


def test_what_was_seen_and_is_not_so_any_more_is_not_saved(house: House) -> None:
    seen = proposed(key_types.proposal(house.desk("leader1"), "CC-PHONE"), "preview")
    house.change_rules(lambda unit, site: catalogue_queries.set_enabled(unit, site, seen.diary, enabled=False))
    before = house.dump()
    found = key_types.apply(house.desk("leader1"), "CC-PHONE", seen).effect
    assert isinstance(found, Refused)
    assert found.code == "stale_version"
    assert house.dump() == before


def test_a_proposal_is_saved_once(house: House) -> None:
    first = proposed(key_types.apply(house.desk("leader1"), "CC-PHONE", id=uid(7)), "saved")
    before = house.dump()
    again = key_types.apply(house.desk("leader1"), "CC-PHONE", id=uid(7))
    assert isinstance(again.effect, Effect)
    assert again.effect.repeated
    assert again.effect.assigned == first.assignments
    other = key_types.apply(house.desk("leader1"), "FC-F2F", id=uid(7)).effect
    assert isinstance(other, Refused)
    assert other.code == "id_reused"
    assert house.dump() == before


@pytest.mark.parametrize(
    ("login", "type", "code"),
    [
        ("agent1", "CC-PHONE", "role"),
        ("coach1", "CC-PHONE", "role"),
        ("leader1", "FC-F2F", "not_possible"),
        ("leader1", "?", "unknown_type"),
    ],
)
def test_a_proposal_is_refused(house: House, login: str, type: str, code: str) -> None:
    before = house.dump()
    found = key_types.apply(house.desk(login), type)
    assert isinstance(found.effect, Refused)
    assert found.effect.code == code
    assert found.proposal is None
    assert house.dump() == before


def test_where_nobody_has_time_nothing_is_proposed(house: House) -> None:
    fill_up(house)
    found = key_types.proposal(house.desk("leader1"), "FC-F2F").effect
    assert isinstance(found, Refused)
    assert found.code == "nothing_found"


def test_block_time_has_no_segment_to_propose(house: House) -> None:
    house.add_type(replace(TYPES[0], code="BLK", booked_by="block"))
    found = key_types.proposal(house.desk("leader1"), "BLK").effect
    assert isinstance(found, Refused)
    assert found.code == "not_allowed"

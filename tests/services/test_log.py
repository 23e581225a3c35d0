"""The log: a line for every act, chained, without gaps, and nothing about anybody in it."""

from datetime import date, timedelta

import pytest

from agent_tui.services import attendance, booking, changes, lists
from agent_tui.services.record import LogQuery, read_log
from agent_tui.store.trouble import KeyRefused
from tests.services.conftest import House, done, refused, wish
from tests.small_site import DAY, NINE, NOW, ONE, TEN


def long_story(house: House) -> list[str]:
    """Do one of everything and return the verbs that must stand in the log."""
    desk, other = house.desk(), house.desk("agent2")
    made = done(booking.book(desk, wish())).entry
    held = done(booking.hold(other, wish("EV-F2F", "D02", TEN, client="C000002"))).entry
    done(booking.extend(other, held.id))
    done(booking.confirm(other, held.id))
    done(changes.move(desk, made.id, DAY + timedelta(days=1), ONE, "D03"))
    done(changes.undo(desk))
    done(changes.cancel(other, held.id, "claimant"))
    gone = done(booking.hold(desk, wish("WSR-PHONE", start=TEN + 20, client="C000003"))).entry
    done(booking.release(desk, gone.id))
    lost = done(booking.hold(desk, wish("WSR-PHONE", start=TEN, client="C000004"))).entry
    house.expire(lost.id)
    done(booking.book(other, wish("WSR-PHONE", start=TEN, client="C000005")))
    refused(booking.book(other, wish("WSR-PHONE", start=TEN, client="C000006")), "taken")
    booking.book(desk, wish("CC-PHONE"))
    done(attendance.attend(house.desk("super1", now=NOW + timedelta(days=1, minutes=20)), made.id, "dna"))
    first = ["booked", "held", "extended", "confirmed", "moved", "undone", "cancelled", "held", "released"]
    return [*first, "held", "lapsed", "booked", "handed_off", "recorded"]


def test_every_act_is_one_line_and_a_refusal_is_none(house: House) -> None:
    verbs = long_story(house)
    found = read_log(house.desk(), LogQuery())
    assert [line.verb for line in found.events] == verbs
    assert [line.seq for line in found.events] == list(range(1, len(verbs) + 1))
    assert (found.seq, found.hash) == (len(verbs), found.events[-1].hash)
    for before, after in zip(found.events, found.events[1:], strict=False):
        assert after.previous == before.hash


def test_a_line_says_who_in_which_role_when_and_about_whom(house: House) -> None:
    long_story(house)
    line = read_log(house.desk(), LogQuery(verb="recorded")).events[0]
    assert (line.who, line.role, line.client) == ("super1", "supervisor", "C000001")
    assert line.at - read_log(house.desk(), LogQuery(limit=1)).events[0].at == (24 * 60 + 20) * 60_000


def test_a_moved_line_touches_the_old_and_the_new_place(house: House) -> None:
    long_story(house)
    line = read_log(house.desk(), LogQuery(verb="moved")).events[0]
    assert line.touched == (("D01", DAY.isoformat()), ("D03", (DAY + timedelta(days=1)).isoformat()))
    assert line.before is not None
    assert line.after is not None
    assert (line.before["day"], line.before["start"]) == (DAY.isoformat(), NINE)
    assert (line.after["diary"], line.after["start"]) == ("D03", ONE)


def test_the_log_can_be_read_by_entry_claimant_person_verb_and_day(house: House) -> None:
    verbs = long_story(house)
    desk = house.desk()
    every = read_log(desk, LogQuery()).events
    made = every[0].entry
    assert [line.verb for line in read_log(desk, LogQuery(entry=made)).events] == ["booked", "moved", "undone", "recorded"]
    for query, keep in (
        (LogQuery(client="C000002"), [line.seq for line in every if line.client == "C000002"]),
        (LogQuery(who="agent2"), [line.seq for line in every if line.who == "agent2"]),
        (LogQuery(verb="held"), [line.seq for line in every if line.verb == "held"]),
        (LogQuery(after=3), [line.seq for line in every if line.seq > 3]),
        (LogQuery(after=3, limit=2), [4, 5]),
        (LogQuery(first_day=DAY), [len(verbs)]),
        (LogQuery(last_day=NOW.date()), list(range(1, len(verbs)))),
        (LogQuery(first_day=date(2027, 1, 1)), []),
        (LogQuery(who="agent2", verb="held", client="C000002"), [2]),
    ):
        found = read_log(desk, query)
        assert [line.seq for line in found.events] == keep, query
        assert found.seq == len(verbs)


def test_nothing_about_a_claimant_but_the_opaque_id_is_in_the_log(house: House) -> None:
    long_story(house)
    text = repr(house.rows("SELECT * FROM event WHERE site = ?"))
    for word in ("Sana", "Khan", "0113 496"):
        assert word not in text
    assert "C000001" in text


def test_the_log_can_be_neither_changed_nor_shortened(house: House) -> None:
    long_story(house)
    before = house.dump()["event"]
    for statement in ("UPDATE event SET who = 'x' WHERE site = ?", "DELETE FROM event WHERE site = ?"):
        with pytest.raises(KeyRefused):
            house.sql(statement)
    assert house.dump()["event"] == before


def test_each_site_has_a_chain_of_its_own(house: House) -> None:
    long_story(house)
    house.sweep()
    lists.end_lapsed_holds(house.desk())
    house.sweep()

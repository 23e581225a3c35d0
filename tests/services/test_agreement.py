"""Find and book agree on every start, and hundreds of random acts leave a store that equals a dictionary."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from agent_tui.domain.log import State
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import Booked, EntryState, Outcome, Refused, Request
from agent_tui.services import attendance, booking, changes
from agent_tui.services.acts import Act
from agent_tui.services.day import day as day_of
from agent_tui.services.finding import search
from agent_tui.store.queries import catalogue, entries
from agent_tui.store.queries.entries import Range
from agent_tui.store.trouble import KeyRefused
from agent_tui.store.unit_of_work import Unit
from tests.services.conftest import House, done, uid, wish
from tests.small_site import DAY, FROM, NINE, NOW

TYPES = {"FC-F2F": 10, "WSR-PHONE": 2, "NJR-F2F": 6, "EV-F2F": 4}
DIARIES = ("D01", "D02", "D03", "D04")
CLIENTS = tuple(f"C{number:06d}" for number in range(1, 11))
# Each example costs dozens of transactions: to make a failing one smaller would take minutes.
NO_SHRINKING = (Phase.generate,)


def fill(house: House, seed: int, count: int) -> None:
    """Book, hold and let lapse at random."""
    chance = random.Random(seed)
    for _ in range(count):
        wanted = wish(
            chance.choice(tuple(TYPES)),
            chance.choice(DIARIES),
            chance.randrange(NINE, 204),
            day=NOW.date() + timedelta(days=chance.randrange(2)),
            client=chance.choice(CLIENTS),
        )
        made = chance.choice((booking.book, booking.hold))(house.desk(chance.choice(("agent1", "agent2"))), wanted)
        if isinstance(made, Booked) and made.status == "held" and chance.random() < 0.4:
            house.expire(made.entry.id)


def crowded(house: House) -> None:
    """Give the site gaps, a closed hour, a channel, notice and many entries."""
    parts = (
        Segment(NINE, 120, frozenset({"FC-F2F", "EV-F2F"})),
        Segment(120, 126, frozenset()),
        Segment(150, 156, frozenset({"WSR-PHONE", "NJR-F2F"}), "phone"),
    )
    house.add_patterns(Pattern("x", "team", "A", None, DAY, FROM, None, parts))
    house.sql("UPDATE site SET notice_minutes = 30 WHERE site = ?")
    house.change_rules(lambda unit, site: catalogue.unassign(unit, site, "D02", "EV-F2F"))
    fill(house, 11, 60)


def agree(house: House, data: st.DataObject) -> None:
    """Check some starts of a day: offered exactly when a rehearsed booking accepts them."""
    type, days = data.draw(st.sampled_from((*TYPES, "CC-PHONE"))), data.draw(st.integers(-1, 2))
    client, minutes = data.draw(st.sampled_from(CLIENTS)), data.draw(st.sampled_from((0, 61, 300)))
    needs = data.draw(st.sampled_from(((), (), ("room",), ("hearing loop",))))
    day = NOW.date() + timedelta(days=days)
    desk = house.desk(now=NOW + timedelta(minutes=minutes))
    found = search(desk, Request(type, day, day, client=client, needs=needs, limit=None, every=True))
    offered = {(one.diary, one.start): one for one in found.offers}
    some = data.draw(st.lists(st.tuples(st.sampled_from(DIARIES), st.integers(100, 210)), min_size=4, max_size=4))
    tried = {*some, *data.draw(st.lists(st.sampled_from(sorted(offered)), max_size=3) if offered else st.just([]))}
    tried |= {(code, start + step) for code, start in tried for step in (-1, 1)}
    for code, start in sorted(tried):
        wanted = wish(type, code, start, day=day, client=client, needs=needs)
        outcome = booking.try_out(desk, wanted, confirm=True)
        assert isinstance(outcome, Booked) == ((code, start) in offered), (code, start, outcome)
        if isinstance(outcome, Booked):
            assert outcome.entry.resources == offered[code, start].resources
            assert outcome.entry.end == offered[code, start].end
    anywhere = booking.try_out(desk, wish(type, None, some[0][1], day=day, client=client, needs=needs), confirm=True)
    assert isinstance(anywhere, Booked) == any(start == some[0][1] for _, start in offered)
    first = wish(type, None, None, day=None, first=True, client=client, needs=needs, search=Request(type, day, day))
    assert isinstance(booking.try_out(desk, first, confirm=True), Booked) == bool(offered)


def test_find_offers_a_start_exactly_when_book_accepts_it(on_sqlite: House) -> None:
    crowded(on_sqlite)
    before = on_sqlite.dump()
    settings(max_examples=60, phases=NO_SHRINKING)(given(st.data())(lambda data: agree(on_sqlite, data)))()
    assert on_sqlite.dump() == before


@pytest.mark.postgres
def test_find_offers_a_start_exactly_when_book_accepts_it_on_postgresql_too(on_postgres: House) -> None:
    crowded(on_postgres)
    before = on_postgres.dump()
    settings(max_examples=20, phases=NO_SHRINKING)(given(st.data())(lambda data: agree(on_postgres, data)))()
    assert on_postgres.dump() == before


@pytest.mark.parametrize("login", ["agent1", "leader1", "super1", "coach2"])
def test_whatever_find_offers_somebody_they_can_book(house: House, login: str) -> None:
    desk = house.desk(login)
    for one in search(desk, Request("EV-F2F", DAY, DAY, near=NINE, limit=4)).offers:
        done(booking.try_out(desk, wish("EV-F2F", one.diary, one.start), confirm=True))


def test_find_and_book_agree_on_the_last_days_of_the_calendar(house: House) -> None:
    for day in (date(9998, 12, 30), date(9998, 12, 31), date(9999, 1, 1), date(9999, 12, 31)):
        offered = search(house.desk(), Request("FC-F2F", day, day, diary="D01", limit=1)).total > 0
        outcome = booking.try_out(house.desk(), wish(day=day), confirm=True)
        assert isinstance(outcome, Booked) == offered, day


# The walk.


@dataclass
class Known:
    """An entry as the dictionary has it."""

    status: str
    type: str
    client: str | None
    diary: str
    day: date
    start: int
    end: int
    owns: int
    rooms: tuple[str, ...]
    maker: str
    version: int = 1
    live: bool = True

    def ticks(self) -> set[tuple[str, date, int]]:
        """Return what the entry owns."""
        if not self.live:
            return set()
        return {(one, self.day, tick) for one in (self.diary, *self.rooms) for tick in range(self.start, self.owns)}


@dataclass
class Model:
    """A site as a dictionary: which entry owns which tick."""

    house: House
    seed: int
    entries: dict[str, Known] = field(default_factory=dict)
    done: int = 0
    refused: int = 0
    verbs: set[str] = field(default_factory=set)
    last: tuple[str, Known | None] | None = None

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.number = self.seed * 100_000

    def taken(self, ignoring: str | None = None) -> set[tuple[str, date, int]]:
        """Return every owned tick; a hold whose time ran out owns none."""
        live = (one for id, one in self.entries.items() if id != ignoring and one.status != "expired")
        return set().union(*(one.ticks() for one in live))

    def lapse(self, wanted: set[tuple[str, date, int]], entry: Known | None = None) -> None:
        """End the expired holds that an act has met."""
        for one in self.entries.values():
            if one.status == "expired" and (one.ticks() & wanted or one is entry):
                one.status, one.live, one.version = "lapsed", False, one.version + 1

    def free_room(self, day: date, start: int, end: int, ignoring: str | None) -> str | None:
        """Return the first room that is free."""
        taken = self.taken(ignoring)
        for room in ("R01", "R02"):
            if not any((room, day, tick) in taken for tick in range(start, end)):
                return room
        return None

    def why_not(
        self, type: str, client: str | None, diary: str, day: date, start: int, ignoring: str | None = None
    ) -> str | None:
        """Return the code that must refuse a start, or None."""
        end = start + TYPES[type]
        plan = [*range(108, 144), *range(156, 204)]
        if day == NOW.date() and start < 108:
            return "past"
        if any(tick not in plan for tick in range(start, end)):
            return "closed"
        full = False
        if diary == "D04" and start < 132:
            uses = sum(
                one.diary == "D04" and one.day == day and one.start < 132
                for id, one in self.entries.items()
                if id != ignoring and one.live and one.status in ("held", "booked", "attended", "late")
            )
            full = uses >= 2
        if full:
            return "limit"
        for id, one in self.entries.items():
            mine = client is not None and one.client == client and id != ignoring and one.day == day
            if mine and one.status in ("held", "booked", "attended", "late") and one.start < end and start < one.end:
                return "client_clash"
        if type == "EV-F2F" and self.free_room(day, start, end, ignoring) is None:
            return "taken"
        if any((diary, day, tick) in self.taken(ignoring) for tick in range(start, end)):
            return "busy"
        return None

    def expect(self, outcome: Outcome, code: str | None) -> Booked | None:
        """Check that an outcome is what the dictionary says and count it."""
        if code is None:
            assert isinstance(outcome, Booked), outcome
            self.done += 1
            self.verbs.add(outcome.status)
            return outcome
        assert isinstance(outcome, Refused), (code, outcome)
        assert outcome.code in (("taken", "held") if code == "busy" else (code,)), (code, outcome)
        self.refused += 1
        return None

    def step(self) -> None:
        """Do one random act to both."""
        chance = self.chance
        live = [id for id, one in self.entries.items() if one.status in ("held", "booked", "late", "expired")]
        act = chance.choice(("make", "make", "make", "move", "move", "cancel", "hold", "attend", "undo", "expire", "retry"))
        if act == "make" or not live:
            self.make()
        elif act == "undo":
            self.undo()
        elif act == "retry":
            self.retry()
        else:
            id = chance.choice(live)
            getattr(self, act)(id, self.entries[id])

    def make(self) -> None:
        """Book or hold."""
        chance = self.chance
        self.number += 1
        id, login = uid(self.number), chance.choice(("agent1", "agent2"))
        type, diary = chance.choice(tuple(TYPES)), chance.choice((*DIARIES, "D04"))
        start = chance.choice((chance.randrange(106, 132), chance.randrange(106, 200)))
        day, client = NOW.date() + timedelta(days=chance.randrange(2)), chance.choice(CLIENTS)
        keep = chance.random() < 0.6
        self.wanted = (login, keep, wish(type, diary, start, day=day, client=client), id)
        code = self.why_not(type, client, diary, day, start)
        outcome = self.again()
        found = self.expect(outcome, code)
        if found is not None:
            entry = found.entry
            rooms = entry.resources[1:]
            assert rooms == (() if type != "EV-F2F" else (self.free_room(day, start, entry.end, None),))
            made = Known("booked" if keep else "held", type, client, diary, day, start, entry.end, entry.end, rooms, login)
            self.lapse(made.ticks())  # what stood in its time gives its place in the segment up too
            self.lapse_limit(made)
            self.entries[id] = made
            self.last = (id, None)
        elif code == "busy":
            self.lapse_met(type, diary, day, start, None)

    def lapse_met(self, type: str, diary: str, day: date, start: int, ignoring: str | None) -> None:
        """Follow the store: who is refused a time by a live entry ends the expired holds that stand there too."""
        end = start + TYPES[type]
        room = self.free_room(day, start, end, ignoring) if type == "EV-F2F" else None
        self.lapse({(one, day, tick) for one in (diary, room) if one for tick in range(start, end)})

    def again(self) -> Outcome:
        """Send the last wish (again)."""
        login, keep, wanted, id = self.wanted
        return (booking.book if keep else booking.hold)(self.house.desk(login), wanted, id=id)

    def retry(self) -> None:
        """Send the last wish again: the same answer if it was done, and nothing changes."""
        _, _, _, id = self.wanted
        if id in self.entries:
            before = self.house.dump()
            assert done(self.again()).repeated
            assert self.house.dump() == before

    def lapse_limit(self, made: Known) -> None:
        """Follow the store: expired holds are ended by who needs their place in D04's limited segment."""
        if made.diary == "D04" and made.start < 132:
            same = [one for one in self.entries.values() if one.diary == "D04" and one.day == made.day and one.start < 132]
            uses = [one for one in same if one.live and one is not made and one.status != "dna"]
            if len(uses) >= 2:
                self.lapse({tick for one in uses for tick in one.ticks()})

    def move(self, id: str, one: Known) -> None:
        """Move an entry, often into its own time."""
        chance = self.chance
        near = chance.random() < 0.5
        diary = one.diary if near else chance.choice(DIARIES)
        day = one.day if near else NOW.date() + timedelta(days=chance.randrange(2))
        start = max(0, one.start + chance.randrange(-6, 7)) if near else chance.randrange(106, 200)
        outcome = changes.move(self.house.desk(one.maker), id, day, start, diary)
        if one.status == "expired":
            self.lapse(set(), one)
            self.expect(outcome, "hold_expired")
        elif one.status == "late":
            self.expect(outcome, "not_possible")
        else:
            code = self.why_not(one.type, one.client, diary, day, start, id)
            found = self.expect(outcome, code)
            if code == "busy":
                self.lapse_met(one.type, diary, day, start, id)
            if found is not None:
                entry = found.entry
                before = replace(one)
                one.diary, one.day, one.start, one.end, one.owns = diary, day, start, entry.end, entry.end
                one.rooms, one.version = entry.resources[1:], one.version + 1
                self.lapse(one.ticks())
                self.lapse_limit(one)
                self.last = (id, before)

    def cancel(self, id: str, one: Known) -> None:
        """Cancel an appointment."""
        outcome = changes.cancel(self.house.desk("agent2"), id, "office")
        if one.status == "expired":
            self.lapse(set(), one)
            self.expect(outcome, "hold_expired")
        elif self.expect(outcome, "not_possible" if one.status == "held" else None) is not None:
            self.last = (id, replace(one)) if one.maker == "agent2" else None
            one.status, one.live, one.version = "cancelled", False, one.version + 1

    def hold(self, id: str, one: Known) -> None:
        """Confirm, extend or release a hold."""
        act = self.chance.choice((booking.confirm, booking.extend, booking.release))
        outcome = act(self.house.desk(one.maker), id)
        if one.status == "expired":
            self.lapse(set(), one)
            self.expect(outcome, "hold_expired")
        elif one.status != "held":
            self.expect(outcome, "not_possible")
        else:
            self.expect(outcome, None)
            self.last = (id, replace(one))
            one.version += 1
            if act is booking.confirm:
                one.status = "booked"
            elif act is booking.release:
                one.status, one.live = "released", False

    def attend(self, id: str, one: Known) -> None:
        """Record attendance twenty minutes into the day."""
        how = self.chance.choice(("attended", "dna", "late"))
        outcome = attendance.attend(self.house.desk(one.maker, later=1200), id, how)
        if one.status == "expired":
            self.lapse(set(), one)
            self.expect(outcome, "hold_expired")
        elif one.status == "held" or one.day > NOW.date():
            self.expect(outcome, "not_possible")
        elif one.day == NOW.date() and one.start > (112 if how == "dna" else 136):  # 09:20, and two hours later
            self.expect(outcome, "not_allowed")
        else:
            self.expect(outcome, None)
            self.last = (id, replace(one))
            one.status, one.version = how, one.version + 1
            if how == "dna":
                one.owns = min(max(112, one.start), one.end)

    def expire(self, id: str, one: Known) -> None:
        """Let a hold's time run out."""
        if one.status == "held":
            self.house.expire(id)
            one.status = "expired"
            self.last = None

    def undo(self) -> None:
        """Take the last act back where the dictionary knows what it was."""
        if self.last is None:
            return
        id, before = self.last
        one = self.entries[id]
        if before is not None and before.ticks() & self.taken(id):
            return
        login = one.maker
        outcome = changes.undo(self.house.desk(login, later=1200 if one.status in ("attended", "dna", "late") else 0), id)
        if before is None:
            self.expect(outcome, None)
            one.status, one.live, one.version = "undone", False, one.version + 1
        else:
            self.expect(outcome, None)
            version = one.version + 1
            self.entries[id] = replace(before, version=version)
            self.lapse_limit(self.entries[id])
            self.lapse(self.entries[id].ticks() - one.ticks())
        self.last = None

    def compare(self) -> None:
        """Check that the store holds exactly what the dictionary holds."""
        rows = self.house.rows(
            "SELECT id, status, type, client, diary, day, start_tick, end_tick, version FROM entry WHERE site = ?"
        )
        stored = {row[0]: row[1:] for row in rows}
        assert stored == {
            id: (
                *("held" if one.status == "expired" else one.status, one.type, one.client),
                *(one.diary, one.day.isoformat(), one.start, one.end, one.version),
            )
            for id, one in self.entries.items()
        }
        ticks = {(row[0], date.fromisoformat(row[1]), row[2]): row[3] for row in self.house.rows(_OCCUPANCY)}
        assert ticks == {tick: id for id, one in self.entries.items() for tick in one.ticks()}
        for offset in range(2):
            for shown in day_of(self.house.desk(), NOW.date() + timedelta(days=offset)).diaries:
                last = 0
                for entry in shown.entries:
                    assert last <= entry.start < entry.end
                    last = entry.end


_OCCUPANCY = "SELECT resource, day, tick, entry FROM occupancy WHERE site = ?"


def walk(house: House, seed: int, acts: int) -> Model:
    """Walk at random, comparing now and then."""
    model = Model(house, seed)
    for number in range(acts):
        model.step()
        if number % 25 == 0:
            model.compare()
    model.compare()
    house.sweep()
    return model


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_eight_hundred_random_acts_leave_a_store_that_equals_a_dictionary(on_sqlite: House, seed: int) -> None:
    model = walk(on_sqlite, seed, 800)
    assert model.done > 100
    assert model.refused > 100
    wanted = {"booked", "held", "moved", "cancelled", "confirmed", "extended", "released", "recorded", "undone"}
    assert model.verbs == wanted


@pytest.mark.postgres
def test_random_acts_leave_a_postgresql_store_that_equals_a_dictionary(on_postgres: House) -> None:
    model = walk(on_postgres, 7, 300)
    assert model.done > 40


# What these tests are worth: with a guard taken out they fail.


def take_without_ticks(unit: Unit, site: str, entry: str, ranges: Iterable[Range], expires_at: int | None) -> None:
    """Write claims and leave the guard's ticks out."""
    statement = "INSERT INTO claim (site, resource, day, start_tick, entry, end_tick, expires_at) VALUES (?,?,?,?,?,?,?)"
    for resource, day, start, end in sorted(ranges):
        unit.run(statement, site, resource, day, start, entry, end, expires_at)


def let_go_of_claims_only(unit: Unit, site: str, entry: str) -> list[Range]:
    """Take claims away and leave the guard's ticks."""
    ranges = entries.owned(unit, site, entry)
    unit.run("DELETE FROM claim WHERE site = ? AND entry = ?", site, entry)
    unit.run("DELETE FROM segment_use WHERE site = ? AND entry = ?", site, entry)
    return ranges


def no_limit(*_: object, **__: object) -> None:
    """Give a place in a limited segment to anybody."""


def no_lapse(self: Act, hold: EntryState) -> None:
    """Forget an expired hold without ending it as a whole."""
    entries.let_go(self.unit, self.site, hold.id)


def touch_the_new_only(claims: Callable[[State | None], list[Range]]) -> Callable[[State | None], list[Range]]:
    """Return what an entry owned, but not of what it was before it was moved."""
    return lambda state: [] if state is not None and state["version"] == 1 else claims(state)


@pytest.mark.parametrize(
    ("place", "name", "instead"),
    [
        (entries, "take", take_without_ticks),
        (entries, "let_go", let_go_of_claims_only),
        (entries, "use_segment", no_limit),
        (Act, "lapse", no_lapse),
        (entries, "claims_in", touch_the_new_only(entries.claims_in)),
        (Act, "is_lapsed", lambda self, entry: False),
    ],
)
def test_the_walk_fails_when_a_guard_is_taken_out(
    on_sqlite: House, monkeypatch: pytest.MonkeyPatch, place: object, name: str, instead: object
) -> None:
    on_sqlite.swept_at_the_end = False
    monkeypatch.setattr(place, name, instead)
    with pytest.raises((AssertionError, KeyRefused)):
        walk(on_sqlite, 1, 800)


def test_the_sweep_finds_two_owners_of_one_tick(on_sqlite: House, monkeypatch: pytest.MonkeyPatch) -> None:
    on_sqlite.swept_at_the_end = False
    monkeypatch.setattr(entries, "take", take_without_ticks)
    for client in CLIENTS[:2]:
        done(booking.book(on_sqlite.desk(), wish(client=client)))
    with pytest.raises(AssertionError, match="has two owners"):
        on_sqlite.sweep()

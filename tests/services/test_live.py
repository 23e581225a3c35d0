"""The masks that a terminal keeps in memory are those of the store, whatever others do, and a search in them answers the same."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent_tui.domain.availability import offers
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import AFTERNOON, Booked, ClockWindow, Offer, Request
from agent_tui.services import attendance, booking, changes, finding, live
from agent_tui.services.day import day as day_of
from agent_tui.services.live import Changes, Live
from agent_tui.store.feed import Feed
from agent_tui.store.opening import open_store
from agent_tui.store.trouble import StoreTrouble
from agent_tui.store.unit_of_work import Unit
from tests.services.conftest import House, done, uid, wish
from tests.small_site import ASSIGNED, DAY, FROM, NINE, NOON, NOW, TEN

FIRST, LAST = date(2026, 11, 17), date(2026, 12, 15)
TYPES = ("FC-F2F", "WSR-PHONE", "NJR-F2F", "EV-F2F")


@contextmanager
def watching(house: House, first: date = FIRST, last: date = LAST) -> Iterator[Live]:
    """A terminal's window of days over the house's store."""
    window = Live(house.desk(), first, last, lambda: house.now)
    try:
        window.load()
        yield window
    finally:
        window.close()


def masks(window: Live) -> dict[tuple[str, str], int]:
    """What a window has of each place, empty ones left out."""
    found = {place: window._mask(place) for place in window._claims}
    return {place: mask for place, mask in found.items() if mask}


def fresh(house: House, window: Live) -> dict[tuple[str, str], int]:
    """What a window loaded this moment has."""
    with watching(house, window.first_day, window.last_day) as other:
        return masks(other)


def acts(house: House, dice: random.Random, numbers: Iterator[int]) -> Callable[[], Any]:
    """One random act of a random person."""
    entries = [row[0] for row in house.rows("SELECT id FROM entry WHERE site = ? ORDER BY id")]
    entry = dice.choice(entries) if entries else uid(0)
    desk = house.desk(dice.choice(("agent1", "agent2", "leader1")))
    day = DAY + timedelta(days=dice.choice((0, 1, 2, 5)))
    diary, start = dice.choice(("D01", "D02", "D03", "D04")), dice.randrange(NINE, 200)
    client = f"C{dice.randrange(1, 11):06d}"
    made = wish(dice.choice(TYPES), diary, start, day=day, client=client, allow_clash=True)
    id = uid(next(numbers))
    choices: list[Callable[[], Any]] = [
        lambda: booking.hold(desk, made, id=id),
        lambda: booking.book(desk, made, id=id),
        lambda: booking.confirm(desk, entry, client=client, allow_clash=True, id=id),
        lambda: booking.extend(desk, entry, id=id),
        lambda: booking.release(desk, entry, id=id),
        lambda: changes.move(desk, entry, day, start, diary, id=id),
        lambda: changes.cancel(desk, entry, "office", id=id),
        lambda: changes.undo(desk, entry, id=id),
        lambda: attendance.attend(replace(desk, now=datetime(2026, 12, 1, 9, 0)), entry, dice.choice(("attended", "dna")), id=id),
        lambda: booking.hold(desk, replace(made, moving=entry), id=id),
    ]
    return dice.choices(choices, weights=(6, 8, 5, 1, 2, 4, 2, 2, 1, 2))[0]


def requests(dice: random.Random) -> Iterator[Request]:
    """Searches of many kinds."""
    base = Request("FC-F2F", NOW.date(), DAY + timedelta(days=5))
    yield base
    yield replace(base, type="EV-F2F", needs=("hearing loop",))
    yield replace(base, type="NJR-F2F", window=AFTERNOON, near=180, client=f"C{dice.randrange(1, 11):06d}")
    yield replace(base, type="WSR-PHONE", diary="D04", limit=None)
    yield replace(base, team="B", window=ClockWindow(NINE, NOON, True), limit=None)
    yield replace(base, type="CC-PHONE")
    yield replace(base, type="NO-SUCH")


@pytest.mark.parametrize("seed", [0, 1, 109])
def test_a_window_that_follows_the_feed_is_one_that_is_loaded_anew(house: House, seed: int) -> None:
    dice, numbers = random.Random(seed), iter(range(1, 10_000))
    with watching(house) as window:
        for step in range(60):
            for _ in range(dice.randrange(1, 4)):
                acts(house, dice, numbers)()
            if dice.random() < 0.1:
                held = [row[0] for row in house.rows("SELECT id FROM entry WHERE site = ? AND status = 'held' ORDER BY id")]
                booking.extend(house.desk("leader1"), held[0]) if held else None
            window.poll()
            assert masks(window) == fresh(house, window), step
            if step % 5 == 0:
                for request in requests(dice):
                    assert window.search(request) == finding.search(house.desk(), request), (step, request)


def test_a_search_in_memory_is_that_of_the_domain_over_a_cold_load(house: House) -> None:
    done(booking.book(house.desk(), wish(diary="D02", start=TEN)))
    with watching(house) as window:
        request = Request("FC-F2F", DAY, DAY, limit=None)
        with house.store.read() as unit:
            catalogue = house.desk().catalogue(unit)
            cold = finding.occupied(house.desk(), unit, catalogue, request)
        booker = replace(request, booker=house.desk().staff.booker)
        assert window.search(request) == offers(catalogue, booker, cold, house.desk().site_now())


def test_an_unknown_need_is_told(house: House) -> None:
    with watching(house) as window, pytest.raises(finding.UnknownNeed):
        window.search(Request("FC-F2F", DAY, DAY, needs=("a dragon",)))


def test_a_coach_searches_the_own_diary(house: House) -> None:
    request = Request("FC-F2F", DAY, DAY)
    window = Live(house.desk("coach2"), FIRST, LAST, lambda: NOW)
    window.load()
    try:
        assert {offer.diary for offer in window.search(request).offers} == {"D02"}
        assert window.search(replace(request, diary="D01")) == finding.search(house.desk("coach2"), replace(request, diary="D01"))
    finally:
        window.close()


def test_a_search_beyond_the_window_widens_it_and_loses_no_event(house: House) -> None:
    far = Request("FC-F2F", date(2027, 2, 1), date(2027, 2, 1), limit=None)
    with watching(house) as window:
        done(booking.book(house.desk("agent2"), wish(diary="D01", day=date(2027, 2, 1))))
        done(booking.book(house.desk("agent2"), wish(diary="D01", client="C000002")))
        assert window.search(far) == finding.search(house.desk(), far)
        assert window.covers(FIRST, date(2027, 2, 1))
        found = window.poll()
        assert found is not None
        assert found.places == {("D01", "2027-02-01"), ("D01", DAY.isoformat())}
        assert masks(window) == fresh(house, window)


def test_events_outside_the_window_are_told_without_places(house: House) -> None:
    with watching(house) as window:
        done(booking.book(house.desk("agent2"), wish(day=date(2027, 2, 1))))
        found = window.poll()
        assert found is not None
        assert len(found.events) == 1
        assert found.places == frozenset()
        assert window.poll() is None


class Counting:
    """The statements that units of work run meanwhile."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.statements: list[str] = []
        real = Unit._execute

        def counted(unit: Unit, statement: str, values: tuple[Any, ...]) -> None:
            self.statements.append(statement)
            real(unit, statement, values)

        monkeypatch.setattr(Unit, "_execute", counted)

    def ranges(self) -> int:
        """How many of them read claims."""
        return sum("claim" in statement for statement in self.statements)


def test_one_poll_is_one_range_query(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with watching(house) as window:
        for number in range(5):
            done(booking.book(house.desk("agent2"), wish("NJR-F2F", "D01", NINE + 6 * number, client=f"C{number + 1:06d}")))
        counting = Counting(monkeypatch)
        found = window.poll()
        assert found is not None
        assert len(found.events) == 5
        assert counting.ranges() == 1
        # The clock with the version of the rules, the claims, and the places of limited segments, which this site has.
        assert len(counting.statements) == 3
        assert window.poll() is None
        assert counting.ranges() == 1


def test_a_terminal_that_slept_catches_up_in_one_step(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with watching(house) as window:
        window.poll()
        told: list[Changes] = []
        for number in range(40):  # as much as an office does in a while, in places near and far
            day = DAY + timedelta(days=7 * (number % 2))
            made = wish("WSR-PHONE", f"D0{1 + number % 3}", NINE + 2 * (number // 3), day=day, client=f"C{1 + number % 10:06d}")
            done(booking.book(house.desk("agent2"), replace(made, allow_clash=True)))
        counting = Counting(monkeypatch)
        window.step(told.append, lambda trouble: None)
        window.step(told.append, lambda trouble: None)
        assert [len(one.events) for one in told] == [40]
        assert counting.ranges() == 1
        monkeypatch.undo()
        assert masks(window) == fresh(house, window)


def test_a_search_in_memory_reads_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with watching(house) as window:
        counting = Counting(monkeypatch)
        assert window.search(Request("FC-F2F", DAY, DAY)).offers
        window.starts(Request("FC-F2F", DAY, DAY), [DAY])
        window.totals(DAY)
        assert counting.statements == []


def test_starts_are_those_of_a_search_of_one_day(house: House) -> None:
    done(booking.book(house.desk(), wish(diary="D02", start=TEN)))
    with watching(house) as window:
        request = Request("FC-F2F", DAY, DAY, window=AFTERNOON, diary="D01", limit=None, every=True)
        starts = window.starts(request, [DAY])
        everywhere = window.search(replace(request, window=None, diary=None)).offers
        for diary in ("D01", "D02", "D03", "D04"):
            mask, length = starts.get((diary, DAY), (0, 10))
            assert length == 10
            assert mask == sum(1 << offer.start for offer in everywhere if offer.diary == diary)
        assert window.starts(replace(request, type="NO-SUCH"), [DAY]) == {}


def test_taken_offers_are_those_whose_time_somebody_has(house: House) -> None:
    with watching(house) as window:
        listed = window.search(Request("FC-F2F", DAY, DAY, limit=None)).offers
        done(booking.book(house.desk("agent2"), wish(diary="D02", start=TEN)))
        window.poll()

        def hit(offer: Offer) -> bool:
            return offer.diary == "D02" and offer.start < TEN + 10 and offer.end > TEN

        assert window.taken(listed) == tuple(offer for offer in listed if hit(offer))


def test_the_totals_of_a_day_are_those_of_the_day_service(house: House) -> None:
    done(booking.book(house.desk(), wish(diary="D02", start=TEN)))
    done(booking.book(house.desk(), wish("NJR-F2F", "D03", NINE + 1, client="C000002")))
    with watching(house) as window:
        for day in (DAY, date(2026, 12, 25), date(2026, 11, 28)):
            totals, shown = window.totals(day), day_of(house.desk(), day).diaries
            assert totals.diaries == len(shown)
            assert totals.free == sum(one.free_minutes for one in shown)
            assert totals.stranded == sum(one.stranded_minutes for one in shown)
            assert totals.available == sum(one.open_mask.bit_count() for one in shown) * 5


def test_a_hold_that_lapses_gives_its_time_back_without_an_event(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with watching(house) as window:
        held = done(booking.hold(house.desk("agent2"), wish(diary="D02", start=TEN)))
        window.poll()
        assert window.next_expiry() == held.entry.expires_at
        assert masks(window)
        real = window.clock_ms
        monkeypatch.setattr(window, "clock_ms", lambda: real() + 3_600_000)
        assert masks(window) == {}
        assert window.next_expiry() is None


def test_a_change_of_the_rules_is_told_once(house: House) -> None:
    with watching(house) as window:
        old = window.catalogue
        house.add_patterns(Pattern("off", "diary", "D01", None, DAY, FROM, None, (Segment(NINE, NOON, ASSIGNED),)))
        assert window.catalogue is old
        done(booking.book(house.desk("agent2"), wish(diary="D02")))
        found = window.poll()
        assert found is not None
        assert found.rules
        assert window.catalogue is not old
        done(booking.book(house.desk("agent2"), wish(diary="D03", client="C000002")))
        found = window.poll()
        assert found is not None
        assert not found.rules


def test_trouble_is_told_when_it_begins_and_when_it_is_over_and_loses_no_event(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str | None] = []
    seen: list[Changes] = []
    with watching(house) as window:
        done(booking.book(house.desk("agent2"), wish(diary="D02", start=TEN)))

        def fails(_feed: Feed, _work: object) -> Any:
            raise StoreTrouble("The store is busy.")

        with monkeypatch.context() as patched:
            patched.setattr(Feed, "read", fails)
            for _ in range(3):
                window.step(seen.append, said.append)
        assert said == ["The store is busy."]
        assert seen == []
        window.step(seen.append, said.append)
        assert said == ["The store is busy.", None]
        assert [len(one.events) for one in seen] == [1]
        assert masks(window) == fresh(house, window)


def test_the_thread_polls_until_it_is_told_to_stop(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "POLL_SECONDS", dict.fromkeys(live.POLL_SECONDS, 0.0))
    from threading import Event, Thread

    stop, met = Event(), Event()
    with watching(house) as window:
        thread = Thread(target=window.run, args=(stop, lambda _changes: met.set(), lambda _trouble: None))
        thread.start()
        try:
            done(booking.book(house.desk("agent2"), wish()))
            assert met.wait(30)
        finally:
            stop.set()
            thread.join(30)
        assert not thread.is_alive()


def test_a_store_whose_file_has_gone_writes_nothing_into_nowhere(on_sqlite: House, tmp_path: Path) -> None:
    path = Path(on_sqlite.store.location)
    with watching(on_sqlite) as window:
        assert window.desk.site == "LPP"
        away = path.rename(tmp_path / "away.db")
        with pytest.raises(StoreTrouble, match="not there"):
            _ = window.desk
        with pytest.raises(StoreTrouble, match="not there"):
            window.poll()
        away.rename(path)
        assert window.poll() is None
        assert isinstance(booking.book(window.desk, wish()), Booked)


def test_a_copy_in_its_place_is_connected_to_anew(on_sqlite: House, tmp_path: Path) -> None:
    path = Path(on_sqlite.store.location)
    on_sqlite.swept_at_the_end = False
    with watching(on_sqlite) as window:
        copy = tmp_path / "copy.db"
        copy.write_bytes(path.read_bytes())
        copy.chmod(0o600)
        for name in ("", "-wal", "-shm"):
            Path(f"{path}{name}").unlink(missing_ok=True)
        copy.rename(path)
        assert window.poll() is None
        assert isinstance(booking.book(window.desk, wish(start=TEN)), Booked)
        window.poll()
        assert masks(window)
    other = open_store(str(path))
    try:
        with other.read() as unit:
            assert unit.rows("SELECT status FROM entry WHERE site = ?", "LPP") == [("booked",)]
    finally:
        other.close()

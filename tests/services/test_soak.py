"""A soak on a store of its own: real processes for a moment, the sweep at the end, and no store that is worked in."""

from datetime import date
from itertools import islice
from math import gcd
from pathlib import Path

import pytest

from agent_tui.domain.soak import Plan, Tally, knee_of, step_of
from agent_tui.services import soak_site
from agent_tui.services.desk import open_desk
from agent_tui.services.doctor import examine
from agent_tui.services.soak_site import SITE, SLOTS, Slots, SoakRefused, login_of, make, site_time
from agent_tui.services.soak_terminal import Job, Stretch, Terminal
from agent_tui.services.soaking import _Crew, soak
from agent_tui.store.opening import open_store
from agent_tui.store.sweep import sweep_store
from agent_tui.store.trouble import StoreTrouble
from tests.small_site import make_site

DAY = date(2026, 11, 24)


def test_terminals_take_slots_of_their_own_and_each_slot_once() -> None:
    slots, each = Slots(DAY), 400
    taken = [(one.diary, one.day, one.start) for number in range(3) for one in islice(slots.wishes(number, 3), each)]
    assert len(set(taken)) == 3 * each
    assert all(day is not None and day > DAY and day.weekday() < 5 for _diary, day, _start in taken)
    assert gcd(soak_site._STRIDE, SLOTS) == 1


class Simulated:
    """A clock that an act moves by a hundredth of a second, and a pipe whose waiting moves it to the moment waited for."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        self.now += 0.002
        return self.now

    def poll(self, timeout: float) -> bool:
        self.now += timeout
        return False


def test_a_terminal_acts_at_its_share_of_the_rate_and_keeps_what_it_may(tmp_path: Path) -> None:
    location, plan, simulated = str(tmp_path / "soak.db"), Plan(terminals=2, rate=20), Simulated()
    make(location, 2)
    desk = open_desk(location, login_of(1), site_time(DAY), site=SITE)
    try:
        terminal = Terminal(Job(location, 1, plan, DAY), desk, simulated.clock)
        tally = terminal.run(simulated, Stretch(20, 15, 0.0))
        assert 120 <= tally.answered <= 180  # ten a second for fifteen seconds, in random gaps
        assert tally.acts["book"] > tally.acts["move"] > 10
        assert tally.acts["cancel"] > 10
        assert len(terminal.own) == tally.acts["book"] - tally.acts["cancel"]
        assert sum(tally.latencies.counts.values()) == tally.answered
        p50 = tally.latencies.quantile(0.5)
        assert p50 is not None
        assert 1 <= p50 <= 20
        assert all(one.violations == 0 for one in sweep_store(desk.store, SITE).values())
        with desk.store.read() as unit:
            rows = unit.rows("SELECT id FROM entry WHERE site = ? AND status = 'booked'", SITE)
        assert {row[0] for row in rows} == set(terminal.own)
    finally:
        desk.store.close()


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_processes_soak_until_ctrl_c_and_what_there_is_is_told(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    # Two processes for a moment: nothing smaller shows that they are started, heard, stopped and leave a sound store.
    location = str(tmp_path / "soak.db") if engine == "sqlite" else request.getfixturevalue("postgres_url")
    told: list[str] = []

    def tell(what: str, done: int, _whole: int) -> None:
        if not told:
            with pytest.raises(SoakRefused, match="Another soak is under way"):
                soak(location, Plan(terminals=1, rate=1, seconds=1), DAY)
        told.append(what)
        if done >= 3 and "ctrl+c" not in told:
            told.append("ctrl+c")
            raise KeyboardInterrupt

    report = soak(location, Plan(terminals=2, rate=100, seconds=600), DAY, tell)
    assert report.interrupted
    assert report.seconds < 600
    assert set(told) == {"steady", "ctrl+c"}
    assert report.tally.acts["book"] > 0
    assert report.tally.acts["trouble"] == 0
    assert report.broken == {}
    assert report.checked > report.tally.answered
    assert report.steps == (report.steady,)
    assert report.tally.memory_last > 0
    assert (report.wal_most is None, report.wal_written is None) == (engine != "sqlite", engine == "sqlite")
    assert not Path(f"{location}.soaking").exists()
    store = open_store(location)
    try:
        assert not examine(store, SITE).has_errors
    finally:
        store.close()


def test_a_store_that_no_soak_made_is_refused_and_stays(tmp_path: Path) -> None:
    location = tmp_path / "site.db"
    make_site(str(location))
    before = location.read_bytes()
    with pytest.raises(SoakRefused, match="that no soak made"):
        soak(str(location), Plan(terminals=1, rate=1, seconds=1), DAY)
    assert location.read_bytes() == before
    other = tmp_path / "other.db"
    other.write_text("not a store")
    with pytest.raises(StoreTrouble):
        soak(str(other), Plan(terminals=1, rate=1, seconds=1), DAY)
    assert other.read_text() == "not a store"


def test_one_of_an_earlier_soak_is_made_anew(tmp_path: Path) -> None:
    location = str(tmp_path / "soak.db")
    for terminals in (1, 3):
        make(location, terminals)
        store = open_store(location)
        with store.read() as unit:
            assert len(unit.rows("SELECT login FROM staff WHERE site = ?", SITE)) == terminals
        store.close()


@pytest.mark.parametrize(("bears", "knee"), [(30.0, 22.5), (10.0, 10.0), (7.0, 10 / 1.5), (0.5, None)])
def test_the_knee_is_looked_for_upwards_or_downwards_from_the_steady_rate(bears: float, knee: float | None) -> None:
    class Crew(_Crew):
        interrupted = False

        def __init__(self) -> None:
            pass

        def run(self, what: str, rate: float, seconds: float) -> tuple[float, Tally]:
            tally = Tally()
            tally.acts["book"] = round(min(rate, bears) * seconds)
            tally.latencies.add(0.01 if rate <= bears else 1.0)
            return seconds, tally

    plan, crew = Plan(terminals=1, rate=10, seconds=100, step_seconds=100), Crew()
    steps = crew.find_knee(plan, step_of(10, *crew.run("steady", 10, 100)))
    assert [one.rate for one in steps] == sorted(one.rate for one in steps)
    assert knee_of(steps, plan.bound_ms) == knee

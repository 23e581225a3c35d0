"""A full disk, a lock that another has too long, clocks an hour off, a newer version: nothing is given twice or lost."""

import sys
from pathlib import Path

import pytest

from agent_tui.domain.requests import Booked, Refused, Wish
from agent_tui.services import booking
from agent_tui.services.desk import Desk
from agent_tui.store import unit_of_work
from agent_tui.store.unit_of_work import Store
from tests.small_site import NINE
from tests.torture import faults, site
from tests.torture.client import set_database_clock
from tests.torture.hammer import Blow

pytestmark = pytest.mark.slow

BLOW = Blow(processes=4, diaries=2, days=4, attempts=80, seed=1)
# Enough acts for the limit to come while all are at it.
LONG = Blow(processes=4, diaries=2, days=4, attempts=240, seed=1)
PATIENT = Blow(processes=3, diaries=2, days=4, attempts=300, seed=1, patience=1)


def troubles(answers: dict[str, int]) -> str:
    """Return every sentence of trouble that a client met."""
    return " ".join(word for word in answers if word.startswith("trouble"))


@pytest.mark.skipif(sys.platform != "linux", reason="needs prlimit")
def test_a_disk_that_is_full_for_a_while_loses_nothing(tmp_path: Path) -> None:
    result = faults.full_disk(tmp_path, LONG)
    assert result.all_problems == []
    # To SQLite the kernel's limit is no full disk but a failed write, after which nobody knows until the id is looked up.
    met = troubles(result.answers)
    assert "full" in met or "not known" in met, result.answers


def test_a_small_disk_that_is_full_for_a_while_loses_nothing(tmp_path: Path) -> None:
    result = faults.full_small_disk(tmp_path, BLOW)
    if result is None:
        pytest.skip("no disk can be mounted here")
    assert result.all_problems == []
    assert "full" in troubles(result.answers), result.answers


def test_a_lock_that_another_has_too_long_is_a_sentence_and_loses_nothing(location: str, tmp_path: Path) -> None:
    result = faults.locked(location, tmp_path / "journals", PATIENT)
    assert result.all_problems == []
    assert "nothing was written" in troubles(result.answers), result.answers


def test_clocks_an_hour_off_steal_no_hold_and_make_none_eternal(location: str, tmp_path: Path) -> None:
    result = faults.wrong_clocks(location, tmp_path / "journals", BLOW)
    assert result.all_problems == []
    assert result.report.counts["lines lapsed"] > 0
    assert result.report.counts["entries held"] == 0


def test_a_store_that_is_migrated_under_it_is_not_written_to_any_more(location: str, tmp_path: Path) -> None:
    result, then, now = faults.migrated(location, tmp_path / "journals", Blow(processes=3, diaries=2, days=4, attempts=3000))
    assert result.all_problems == []
    stopped = [number for word, number in result.answers.items() if word.startswith("stopped: A newer version")]
    assert sum(stopped) == 3, result.answers
    assert now == then


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, Desk]:
    """Two agents at one store whose clock may be set."""
    for name in ("_SQLITE_CLOCK", "_POSTGRES_CLOCK"):
        monkeypatch.setattr(unit_of_work, name, getattr(unit_of_work, name))
    location = str(tmp_path / "store.db")
    site.make_site(location, diaries=1, agents=2)
    store = Store(location)
    return tuple(Desk(store, site.SITE, site.agent(one), site.now(), 60) for one in range(2))  # type: ignore[return-value]


WISH = Wish("FC-F2F", site.FIRST_DAY, NINE, "D01")


def test_while_the_clock_is_an_hour_back_a_hold_stays_its_makers(desks: tuple[Desk, Desk]) -> None:
    mine, other = desks
    held = booking.hold(mine, WISH)
    assert isinstance(held, Booked)
    set_database_clock(-3600)
    refused = booking.hold(other, WISH)
    assert isinstance(refused, Refused)
    assert refused.code == "held"
    assert isinstance(booking.confirm(mine, held.entry.id, client=site.client(1)), Booked)
    mine.store.close()


def test_a_hold_made_an_hour_ahead_ends_an_hour_after_its_time_at_the_latest(desks: tuple[Desk, Desk]) -> None:
    mine, other = desks
    set_database_clock(3600)
    assert isinstance(booking.hold(mine, WISH), Booked)
    set_database_clock(0)
    refused = booking.hold(other, WISH)
    assert isinstance(refused, Refused)
    set_database_clock(3600 + 61)
    assert isinstance(booking.hold(other, WISH), Booked)
    mine.store.close()


def test_a_clock_that_jumps_ahead_ends_a_hold_for_all_or_for_nobody(desks: tuple[Desk, Desk]) -> None:
    mine, other = desks
    held = booking.hold(mine, WISH)
    assert isinstance(held, Booked)
    set_database_clock(3600)
    late = booking.confirm(mine, held.entry.id, client=site.client(1))
    assert isinstance(late, Refused)
    assert late.code == "hold_expired"
    assert isinstance(booking.hold(other, WISH), Booked)
    set_database_clock(0)
    # What has ended does not come back with the clock.
    again = booking.confirm(mine, held.entry.id, client=site.client(1))
    assert isinstance(again, Refused)
    assert again.code == "hold_expired"
    mine.store.close()

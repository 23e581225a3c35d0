"""The use screen: coaches with shares as numbers and bars, outliers by sign and word, entries, families, teams and days."""

from pathlib import Path

import pytest

from agent_tui.services.demo import load
from agent_tui.store.opening import open_store
from agent_tui.tui.modals import EffectModal, FieldsModal
from agent_tui.tui.modals.pick import PickModal
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.screens.type_use import UseScreen
from agent_tui.tui.widgets.lines import KeyFooter
from tests.small_site import NOW
from tests.tui.booking_desk import SMALL, WIDE, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]

HUGE = (160, 48)


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo of nine coaches on eight days."""
    path = tmp_path_factory.mktemp("use") / "demo.db"
    load(str(path), coaches=9, days=8, start=NOW.date())
    return path


@pytest.fixture
def demo(demo_store: Path, seats: Seats) -> Seats:
    """Terminals at a demo of this test's own."""
    seats.store.write_bytes(demo_store.read_bytes())
    return seats


async def open_use(seat: Seat) -> UseScreen:
    """Go to the use screen by keys."""
    seat.screen.grid.focus()
    screen = await seat.go_to("use")
    assert isinstance(screen, UseScreen)
    return screen


def drawn(screen: UseScreen) -> list[str]:
    return ["".join(segment.text for segment in row) for row in screen._compositor.render_strips()]


@pytest.mark.parametrize("size", [SMALL, WIDE, HUGE], ids=["80x24", "120x36", "160x48"])
async def test_coaches_with_their_shares(demo: Seats, size: tuple[int, int]) -> None:
    async with demo.seat("leader1", size) as seat:
        screen = await open_use(seat)
        found = screen.use
        assert found is not None
        assert found.family.id == "work-search-review"
        one = screen.coach
        assert one is not None
        share = one.shares[0]
        text = drawn(screen)
        line = next(row for row in text if one.coach in row and "\N{FULL BLOCK}" in row)
        assert f"{one.count} {share.share:>4.0%} {chr(0x2588) * round(share.share * 10)}" in line
        assert any("length" in row and "rest" in row for row in text)
        assert f"{share.share:.0%} of {one.count} are of 10 minutes, team {share.team:.0%}" in screen.status.text
        assert [key.id for key in screen.query_one(KeyFooter).keys] == [
            "show_entries",
            "pick_family",
            "pick_use_team",
            "use_days",
            "help",
        ]
        await seat.press("m")
        assert screen.minutes == 20
        await seat.press("escape")
        assert isinstance(seat.top, BookingScreen)


async def test_an_outlier_has_a_sign_and_a_word(demo: Seats) -> None:
    async with demo.seat("leader1") as seat:
        screen = await open_use(seat)
        await seat.press("t")
        assert isinstance(seat.top, PickModal)
        await seat.press(*"first", "enter")
        assert screen.use is not None
        assert screen.use.family.id == "first-commitment"
        first = screen.use.coaches[0]
        assert first.outlier  # D02 of the demo is closed to all but first commitments face to face
        line = next(row for row in drawn(screen) if first.coach in row and "outlier" in row)
        assert "! " in line
        assert "outlier" in screen.title_line.title.counts[-1]
        assert "an outlier" in screen.status.text
        assert "! outlier" in str(screen.query_one("#known").render())


async def test_down_to_the_entries(demo: Seats) -> None:
    async with demo.seat("leader1") as seat:
        screen = await open_use(seat)
        await seat.press("down")
        one = screen.coach
        assert one is not None
        assert screen.use is not None
        assert one is screen.use.coaches[1]
        await seat.press("enter")
        assert isinstance(seat.top, EffectModal)
        listed = [line for line in seat.top._lines if "WSR-" in line and "booked" in line]
        assert len(listed) == one.count
        assert all(" C0" in line for line in listed)
        await seat.press("escape")
        assert screen.is_current


async def test_a_team_and_other_days(demo: Seats) -> None:
    async with demo.seat("leader1") as seat:
        screen = await open_use(seat)
        assert screen.use is not None
        whole = screen.use.counts
        await seat.press("w", *"team", "space", "b", "enter")
        assert screen.team == "B"
        assert {one.team for one in screen.use.coaches} == {"B"}
        assert screen.use.counts == whole
        await seat.press("d")
        assert isinstance(seat.top, FieldsModal)
        await seat.fill("2026-12-02", "2026-12-01")
        assert isinstance(seat.top, FieldsModal)
        assert "Tue 1 Dec 2026 is before Wed 2 Dec 2026." in str([one.render() for one in seat.top.query(".dialog--problem")])
        await seat.press("escape", "d")
        await seat.fill("2026-06-01", "2026-06-02")
        assert screen.is_current
        assert "Nobody is booked for Work Search Review" in screen.status.text


async def test_what_is_booked_meanwhile_counts_on_the_way_back(demo: Seats) -> None:
    async with demo.seat("leader1") as seat:
        screen = await open_use(seat)
        assert screen.use is not None
        before = screen.use.counts
        await seat.press("escape")
        store = open_store(str(seat.store))
        try:
            store.write(
                lambda unit: unit.run("UPDATE entry SET status = 'cancelled' WHERE type = 'WSR-20-F2F' AND diary = 'D01'")
            )
        finally:
            store.close()
        await open_use(seat)
        assert screen.use.counts[20] < before[20]


async def test_an_agent_and_a_site_without_families_are_told(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        screen = await open_use(seat)
        assert "is looked at by a team leader" in screen.status.text
        assert "is looked at by a team leader" in str(screen.query_one("#known").render())
    async with seats.seat("leader1") as seat:
        screen = await open_use(seat)
        assert "no two types of one name with different minutes" in screen.status.text
        await seat.press("enter", "m", "t", "escape")
        assert screen.is_current

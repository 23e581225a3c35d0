"""A server that goes away between COMMIT and its answer: nobody claims to know, and the id tells when it is back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from agent_tui.domain.requests import Blocked, Booked, Outcome, Refused, Wish
from agent_tui.services import attendance, blocking, booking, changes
from agent_tui.services.desk import Desk, open_desk
from agent_tui.services.outcomes import look_up
from agent_tui.services.trouble import OutcomeUnknown, StoreTrouble
from agent_tui.store import limits
from agent_tui.store.trouble import leaves_unknown
from tests.cli.runner import run
from tests.postgres_line import Cut, Line, line_to
from tests.postgres_server import Server
from tests.small_site import DAY, NINE, NOW, TEN, make_site

pytestmark = pytest.mark.postgres

WISH = Wish(type="FC-F2F", day=DAY, start=NINE, diary="D01", client="C000001")
CODE = {"hold": "held", "book": "booked", "confirm": "confirmed", "move": "moved", "cancel": "cancelled", "block": "blocked"}
SAID = {**CODE, "confirm": "booked"}
Act = Callable[[Desk, str], Outcome | Blocked | Refused]


def _acts(entry: str) -> dict[str, Act]:
    return {
        "hold": lambda desk, id: booking.hold(desk, WISH, id=id),
        "book": lambda desk, id: booking.book(desk, WISH, id=id),
        "confirm": lambda desk, id: booking.confirm(desk, entry, client="C000002", id=id),
        "move": lambda desk, id: changes.move(desk, entry, DAY, TEN, "D02", id=id),
        "cancel": lambda desk, id: changes.cancel(desk, entry, "claimant", id=id),
        "block": lambda desk, id: blocking.block(desk, "D01", DAY, NINE, TEN, "training", id=id),
    }


@pytest.fixture(scope="module")
def module_url(postgres_server: Server) -> Iterator[str]:
    """One site for the acts of this file; each test has a claimant's time of its own to begin with."""
    url = postgres_server.create_database("unknown_outcomes")
    make_site(url)
    yield url
    postgres_server.drop_database("unknown_outcomes")


@contextmanager
def _desk(location: str, login: str = "leader1") -> Iterator[Desk]:
    desk = open_desk(location, login, NOW)
    try:
        yield desk
    finally:
        desk.store.close()


def _free(desk: Desk) -> None:
    """Leave nothing booked, held or blocked in the site, so that each act finds its time free."""
    with desk.store.read() as unit:
        rows = unit.rows("SELECT id, status FROM entry WHERE site = ? AND status IN ('held', 'booked', 'blocked')", desk.site)
    for id, status in rows:
        if status == "booked":
            assert isinstance(changes.cancel(desk, id, "office"), Booked)
        elif status == "held":
            assert isinstance(booking.release(desk, id), Booked)
        else:
            assert isinstance(blocking.unblock(desk, id), Blocked)


@pytest.fixture
def line(postgres_server: Server) -> Iterator[Line]:
    with line_to(postgres_server.port) as line:
        yield line


@pytest.mark.parametrize("cut", ["before", "after"])
@pytest.mark.parametrize("act", CODE)
def test_the_id_tells_whether_it_was_done(module_url: str, line: Line, act: str, cut: Cut) -> None:
    with _desk(line.url(module_url)) as desk:
        _free(desk)
        first = booking.hold(desk, WISH) if act == "confirm" else booking.book(desk, WISH) if act in ("move", "cancel") else None
        entry = first.entry.id if isinstance(first, Booked) else ""
        work, id = _acts(entry)[act], f"{act}-{cut}"
        line.cut = cut
        with pytest.raises(OutcomeUnknown, match=f"It is not known whether it was {SAID[act]}: ") as caught:
            work(desk, id)
        assert line.cuts == 1
        assert caught.value.request == id
        with pytest.raises(StoreTrouble):  # while it is away nothing is claimed
            look_up(desk, id)
        line.heal()
        found = look_up(desk, id)
        assert (found is not None) is (cut == "after")
        assert found is None or (isinstance(found, Booked) and found.repeated and found.status == CODE[act])
        again = work(desk, id)
        assert isinstance(again, Booked | Blocked), again
        assert (again.repeated, again.status) == (cut == "after", CODE[act])
        lines = "SELECT COUNT(*) FROM event WHERE site = ? AND request = ?"
        with desk.store.read() as unit:
            assert unit.row(lines, desk.site, id) == (1,)


def test_looking_it_up_waits_for_a_commit_that_is_still_under_way(module_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody may be told that it was not done while the server has yet to do it."""
    monkeypatch.setattr(limits, "_limits", limits.Limits(lock=1))
    with _desk(module_url) as desk, psycopg.connect(module_url) as other:
        other.execute("UPDATE site_head SET seq = seq WHERE site = %s", (desk.site,))  # as an act before its commit
        with pytest.raises(StoreTrouble, match="locked by somebody else's act"):
            look_up(desk, "nobody's")
        other.rollback()
        assert look_up(desk, "nobody's") is None


def test_an_act_without_an_id_is_told_the_one_it_has(module_url: str, line: Line) -> None:
    with _desk(line.url(module_url)) as desk:
        _free(desk)
        booked = booking.book(desk, WISH)
        assert isinstance(booked, Booked)
        line.cut = "after"
        with pytest.raises(OutcomeUnknown) as caught:
            attendance.attend(desk.seen_at(NOW.replace(day=DAY.day, hour=11)), booked.entry.id, "attended")
        line.heal()
        found = look_up(desk, caught.value.request or "")
        assert isinstance(found, Booked)
        assert found.entry.status == "attended"


@pytest.mark.parametrize("cut", ["before", "after"])
def test_the_command_says_so_and_its_id_tells(module_url: str, line: Line, cut: Cut) -> None:
    with _desk(module_url) as desk:
        _free(desk)
    words = ("book", "FC-F2F", "--day", DAY.isoformat(), "--start", "11:00", "--diary", "D03", "--client", "C000003")
    options = ("--as", "leader1", "--now", "2026-11-24T09:00", "--json")
    line.cut = cut
    answer = run(*words, "--store", line.url(module_url), *options)
    assert answer.code == 4
    shown = answer.object
    assert (shown["status"], shown["code"]) == ("trouble", "outcome_unknown")
    assert "It is not known whether it was booked" in answer.err
    assert f"--id {shown['id']}" in answer.err
    assert run("show", shown["id"], "--store", line.url(module_url), *options).code == 4  # still away
    line.heal()
    again = run(*words, "--id", shown["id"], "--store", line.url(module_url), *options)
    assert again.code == 0, again
    assert again.object["repeated"] is (cut == "after")
    assert run("show", shown["id"], "--store", line.url(module_url), *options).object["status"] == "booked"


def test_a_command_without_an_answer_of_its_own_names_the_id_that_was_given(module_url: str, line: Line) -> None:
    with _desk(module_url) as desk:
        _free(desk)
    options = ("--store", line.url(module_url), "--as", "leader1", "--now", "2026-11-24T09:00")
    id = "22222222-2222-4222-8222-222222222222"
    line.cut = "after"
    block = ("block", "D04", "--day", DAY.isoformat(), "--start", "09:00", "--end", "10:00", "--reason", "leave")
    answer = run(*block, "--id", id, *options)
    assert answer.code == 4
    assert f"--id {id}" in answer.err
    line.heal()
    again = run(*block, "--id", id, *options, "--json").object
    assert again["repeated"] is True, (answer, again, line)


_LOST = (None, "57P01", "57P02", "08006", "40003")
_ANSWERED = ("40001", "23505", "57014", "53100")


@pytest.mark.parametrize(("state", "unknown"), [*((one, True) for one in _LOST), *((one, False) for one in _ANSWERED)])
def test_what_a_server_says_of_a_commit_is_believed(state: str | None, unknown: bool) -> None:
    said = type("Said", (Exception,), {"__module__": "psycopg.errors", "sqlstate": state})
    assert leaves_unknown(said()) is unknown


def test_a_disk_that_fails_at_the_commit_of_a_file_leaves_it_unknown() -> None:
    assert leaves_unknown(Exception("disk I/O error"))
    assert not leaves_unknown(Exception("database is locked"))

"""The checker sees what it is there to see: each fault, put into the tables behind the guards' back, is named."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agent_tui.domain.requests import Booked
from agent_tui.services.desk import Desk
from agent_tui.store.driver import dbapi
from agent_tui.store.unit_of_work import Store
from tests.small_site import FIVE, NINE, ONE, TEN
from tests.torture import site
from tests.torture.acts import perform, word
from tests.torture.checker import check
from tests.torture.journal import Ack, Intent, acknowledged

DAY = site.FIRST_DAY.isoformat()
FREE_TICKS = "INSERT INTO occupancy SELECT site, resource, day, 180, entry FROM occupancy WHERE entry = 'one' LIMIT 1"

# What is done to the store, and the kind of complaint that must follow.
FAULTS = {
    "two claims overlap": ("UPDATE claim SET end_tick = 175 WHERE entry = 'two'", "double"),
    "an entry's own time is another's": (f"UPDATE entry SET start_tick = {NINE} WHERE id = 'two'", "double"),
    "an acknowledged move is gone": (
        f"UPDATE entry SET version = 1, start_tick = {TEN}, end_tick = {TEN} + 10 WHERE id = 'three'",
        "lost",
    ),
    "an acknowledged entry is gone": ("DELETE FROM entry WHERE id = 'one'", "lost"),
    "the acknowledged line is gone": ("DELETE FROM event WHERE request = 'one'", "lost"),
    "a tick is gone": (f"DELETE FROM occupancy WHERE tick = {NINE}", "torn"),
    "a tick too many": (FREE_TICKS, "torn"),
    "a cancelled entry owns time": ("UPDATE entry SET status = 'cancelled' WHERE id = 'one'", "torn"),
    "a claim ends at another moment": ("UPDATE claim SET expires_at = 1 WHERE entry = 'held'", "torn"),
    "a line was changed": ("UPDATE event SET who = 'nobody' WHERE seq = 2", "log"),
    "a line is missing": ("DELETE FROM event WHERE seq = 2", "log"),
    "an act nobody was told of": ("UPDATE event SET request = 'phantom' WHERE request = 'two'", "log"),
    "the head is behind": ("UPDATE site_head SET seq = seq - 1", "log"),
}


@pytest.fixture
def told(tmp_path: Path) -> tuple[str, list[Ack]]:
    """A store in which a few acts were done, and what was acknowledged."""
    location = str(tmp_path / "store.db")
    site.make_site(location, diaries=2, agents=1)

    def wish(start: int, number: int) -> dict[str, Any]:
        return {"type": "FC-F2F", "day": DAY, "start": start, "diary": "D01", "client": site.client(number)}

    acts = [
        ("book", "one", wish(NINE, 1)),
        ("book", "two", wish(NINE + 10, 2)),
        ("book", "three", wish(ONE, 3)),
        ("move", "moved", {"entry": "three", "day": DAY, "start": ONE + 12, "diary": "D01"}),
        ("hold", "held", wish(ONE + 30, 4)),
    ]
    store = Store(location)
    acks = []
    try:
        desk = Desk(store, site.SITE, site.agent(0), site.now(), 600)
        for act, request, said in acts:
            done = perform(desk, Intent(act, request, site.login(0), said))
            assert isinstance(done, Booked), done
            acks.append(acknowledged(act, request, done))
    finally:
        store.close()
    return location, acks


def test_a_sound_store_draws_no_complaint(told: tuple[str, list[Ack]]) -> None:
    location, acks = told
    report = check(location, site.SITE, acks)
    assert report.problems == []
    assert (report.counts["acknowledged"], report.counts["unheard"]) == (5, 0)


@pytest.mark.parametrize(("statement", "kind"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named(told: tuple[str, list[Ack]], statement: str, kind: str) -> None:
    location, acks = told
    with closing(dbapi.connect(location)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(statement).rowcount > 0
        connection.commit()
    report = check(location, site.SITE, acks)
    assert any(problem.startswith(f"{kind}: ") for problem in report.problems), report.problems


def test_an_answer_that_no_line_knows_is_lost(told: tuple[str, list[Ack]]) -> None:
    location, acks = told
    dreamt = Ack("book", "dreamt", "dreamt", "booked", "D01", DAY, NINE, NINE + 10, 1, 99, False)
    assert any(problem.startswith("lost: ") for problem in check(location, site.SITE, [*acks, dreamt]).problems)


def test_an_act_that_was_done_twice_as_new_is_named(told: tuple[str, list[Ack]]) -> None:
    location, acks = told
    assert any(problem.startswith("log: ") for problem in check(location, site.SITE, [*acks, acks[0]]).problems)


# The same for the work beside the time: what is done to it, of a site where all of it is there.
WORK_FAULTS = {
    "a flag was closed by nobody": "UPDATE flag SET status = 'closed', closed_seq = 1 WHERE kind = 'not_allowed'",
    "an appointment without a time has no flag": "DELETE FROM flag WHERE kind = 'not_allowed'",
    "a hand-off is gone": "DELETE FROM handoff",
    "a hand-off was closed by nobody": "UPDATE handoff SET status = 'closed'",
    "an escalation is gone": "DELETE FROM escalation",
    "a clash has no flag": "DELETE FROM flag WHERE kind = 'client_clash'",
    "half of a pair is confirmed alone": "UPDATE entry SET status = 'booked' WHERE id = 'pair'",
    "an offer has no call": "UPDATE waiting SET status = 'offered', wanted = '{\"hold\": \"pair\"}'",
    "an act on several was cut off": "UPDATE event SET reason = 'override:other', request = NULL WHERE request = 'first'",
}


@pytest.fixture
def worked(tmp_path: Path) -> str:
    """A store with every kind of work in it, of which nothing is wrong."""
    location = str(tmp_path / "store.db")
    site.make_site(location, diaries=2, agents=4)
    day = {"day": DAY, "diary": "D01"}
    clash = {"type": "WSR-PHONE", "start": NINE, "diary": "D02", "client": site.client(1), "allow_clash": True, "day": DAY}
    store = Store(location)

    def ask(act: str, request: str, **said: Any) -> None:
        done = perform(Desk(store, site.SITE, site.agent(3), site.now(), 600), Intent(act, request, site.login(3), said))
        assert word(done) == "done", done

    try:
        ask("book", "first", type="FC-F2F", start=NINE, client=site.client(1), **day)
        ask("book", "second", **clash)
        ask("hand off", "third", type="FC-F2F", start=NINE, client=site.client(2), **day)
        ask("pair", "pair", day=DAY, first="WSR-PHONE", second="FC-F2F", client=site.client(3))
        ask("segments", "segments", first=NINE + 12, last=FIVE, limit=None, **day)
        ask("wait", "wait", entry="second")
        with store.read() as unit:
            flag = unit.row("SELECT id FROM flag WHERE kind = 'not_allowed'")
        assert flag is not None
        ask("resolve", "escalated", flag=flag[0], how="escalate", why="other")
    finally:
        store.close()
    report = check(location, site.SITE, [], all_answered=False)
    assert report.problems == []
    return location


@pytest.mark.parametrize("statement", WORK_FAULTS.values(), ids=WORK_FAULTS.keys())
def test_a_fault_of_work_is_named(worked: str, statement: str) -> None:
    with closing(dbapi.connect(worked)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(statement).rowcount > 0
        connection.commit()
    assert check(worked, site.SITE, [], all_answered=False).work != []

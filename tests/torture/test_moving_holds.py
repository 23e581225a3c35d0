"""PostgreSQL: the hold of a move is changed by one client while another changes the appointment that it would move."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import TypeVar

import psycopg
import pytest

from agent_tui.domain.requests import Booked
from agent_tui.services.desk import Desk
from agent_tui.store.unit_of_work import Store, Unit
from tests.small_site import NINE, TEN
from tests.torture import site
from tests.torture.acts import perform
from tests.torture.checker import check
from tests.torture.crew import GRACE_SECONDS
from tests.torture.journal import Ack, Intent, acknowledged

pytestmark = pytest.mark.postgres

T = TypeVar("T")
DAY = site.FIRST_DAY.isoformat()
WISH = {"type": "FC-F2F", "day": DAY, "diary": "D01", "client": None}


class Pausing(Store):
    """A store whose next commit waits until it is let go."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.written, self.go_on = Event(), Event()

    def write(self, work: Callable[[Unit], T]) -> T:
        """Do the work, say so, wait, commit."""

        def pause(unit: Unit) -> T:
            done = work(unit)
            self.written.set()
            assert self.go_on.wait(GRACE_SECONDS)
            return done

        return super().write(pause)


@contextmanager
def closing_all(*stores: Store) -> Iterator[None]:
    """Close stores at the end of the block."""
    try:
        yield
    finally:
        for store in stores:
            store.close()


def wait_until_somebody_waits(location: str) -> None:
    """Return as soon as some transaction of the database waits for a lock of another."""
    deadline = time.monotonic() + GRACE_SECONDS
    with psycopg.connect(location, autocommit=True) as connection:
        while time.monotonic() < deadline:
            if connection.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ).fetchone():
                return
    raise TimeoutError("nobody waits")


@pytest.mark.parametrize("first", ["extend", "release"])
@pytest.mark.parametrize("second", ["cancel", "move"])
def test_a_hold_of_a_move_is_never_changed_from_a_state_that_it_left(postgres_url: str, first: str, second: str) -> None:
    site.make_site(postgres_url, diaries=2, agents=2)
    quick, slow = Store(postgres_url), Pausing(postgres_url)
    acks: list[Ack] = []

    def ask(desk: Desk, act: str, request: str, **said: object) -> None:
        told = perform(desk, Intent(act, request, desk.staff.login, said))
        assert isinstance(told, Booked), told
        acks.append(acknowledged(act, request, told))

    with closing_all(quick, slow), ThreadPoolExecutor(2) as threads:
        one, other = Desk(slow, site.SITE, site.agent(0), site.now()), Desk(quick, site.SITE, site.agent(1), site.now())
        ours = Desk(quick, site.SITE, site.agent(0), site.now())
        ask(ours, "book", "entry", **(WISH | {"start": NINE, "client": site.client(1)}))
        ask(ours, "hold", "hold", **(WISH | {"start": TEN + 6, "moving": "entry"}))
        change = threads.submit(ask, one, first, "first", entry="hold")
        assert slow.written.wait(GRACE_SECONDS)
        where = {"day": DAY, "start": NINE, "diary": "D02"} if second == "move" else {}
        move = threads.submit(ask, other, second, "second", entry="entry", **where)
        wait_until_somebody_waits(postgres_url)
        slow.go_on.set()
        change.result(GRACE_SECONDS)
        move.result(GRACE_SECONDS)
    assert check(postgres_url, site.SITE, acks).problems == []

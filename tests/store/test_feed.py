"""A terminal sees what others commit, in order, once, and after any trouble."""

import time
from collections.abc import Iterator

import pytest

from agent_tui.domain.requests import Booked, Wish
from agent_tui.services import booking, changes
from agent_tui.services.desk import Desk
from agent_tui.store.engine import is_url, write_engine
from agent_tui.store.feed import Feed
from agent_tui.store.trouble import StoreTrouble
from agent_tui.store.unit_of_work import Store, Unit
from tests.small_site import DAY, NINE, SITE, desk, make_site


@pytest.fixture
def ann(location: str) -> Iterator[Desk]:
    make_site(location)
    one = desk(location)
    yield one
    one.store.close()


@pytest.fixture
def feed(ann: Desk) -> Iterator[Feed]:
    one = Feed(ann.store, SITE)
    yield one
    one.close()


def book(at: Desk, number: int) -> str:
    answer = booking.book(at, Wish("WSR-PHONE", DAY, NINE + 2 * number, "D01", client=f"C{number % 9 + 1:06d}"))
    assert isinstance(answer, Booked)
    return answer.entry.id


def break_connection(feed: Feed, location: str) -> None:
    """End the feed's connection from outside: the server drops it, or the driver closes it."""
    if not is_url(location):
        feed._connection.driver_connection.close()
        return
    engine = write_engine(location)
    with engine.begin() as connection:
        pid = feed._connection.driver_connection.info.backend_pid
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
    engine.dispose()


def test_each_line_is_given_once_and_in_order(ann: Desk, feed: Feed) -> None:
    assert feed.poll() == []
    first, second = book(ann, 0), book(ann, 1)
    events = feed.poll()
    assert [(event.seq, event.verb, event.entry) for event in events] == [(1, "booked", first), (2, "booked", second)]
    assert events[0].touched == (("D01", DAY.isoformat()),)
    assert (events[0].after or {})["start"] == NINE
    assert feed.poll() == []
    changes.cancel(ann, first, "claimant")
    assert [event.verb for event in feed.poll()] == ["cancelled"]
    assert feed.last_seq == 3


def test_others_and_ones_own_commits_are_seen_but_never_what_was_rolled_back(ann: Desk, feed: Feed, location: str) -> None:
    bob = desk(location, "agent2")
    feed.poll()
    book(bob, 0)
    book(ann, 1)
    assert [event.who for event in feed.poll()] == ["agent2", "agent1"]
    booking.try_out(bob, Wish("WSR-PHONE", DAY, NINE + 8, "D01", client="C000009"), confirm=True)
    assert feed.poll() == []
    bob.store.close()


def test_it_starts_at_the_head_where_it_is_told_to(ann: Desk, feed: Feed) -> None:
    book(ann, 0)
    assert feed.start_at_head() == 1
    assert feed.poll() == []
    book(ann, 1)
    assert [event.seq for event in feed.poll()] == [2]


def test_it_catches_up_in_one_step(ann: Desk, feed: Feed) -> None:
    feed.poll()
    for number in range(15):
        book(ann, number)
    assert [event.seq for event in feed.poll()] == list(range(1, 16))


def test_a_poll_holds_no_transaction_open(ann: Desk, feed: Feed, location: str) -> None:
    book(ann, 0)
    feed.poll()
    connection = feed._connection.driver_connection
    if is_url(location):
        assert connection.info.transaction_status == 0
    else:
        assert not connection.in_transaction
        # With a reader in the way the log that is written ahead could not be emptied.
        engine = write_engine(location)
        with engine.connect() as other:
            raw = other.connection.driver_connection
            assert raw is not None
            assert raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        engine.dispose()


def test_trouble_is_raised_and_the_next_poll_misses_nothing(ann: Desk, feed: Feed, location: str) -> None:
    book(ann, 0)
    assert len(feed.poll()) == 1
    break_connection(feed, location)
    book(ann, 1)
    with pytest.raises(StoreTrouble):
        feed.poll()
    assert [event.seq for event in feed.poll()] == [2]
    feed.close()
    book(ann, 2)
    assert [event.seq for event in feed.poll()] == [3]


def test_a_store_that_does_not_answer_is_a_sentence() -> None:
    feed = Feed(Store("/nowhere/at/all/store.db"), SITE)
    for ask in (feed.poll, feed.start_at_head):
        with pytest.raises(StoreTrouble, match="cannot be opened"):
            ask()


def test_a_log_that_went_back_is_another_store(ann: Desk, feed: Feed) -> None:
    book(ann, 0)
    feed.poll()
    feed.last_seq = 5
    book(ann, 1)
    with pytest.raises(StoreTrouble, match="replaced by an older"):
        feed.poll()


def test_an_idle_poll_is_cheap(tmp_path_factory: pytest.TempPathFactory) -> None:
    location = str(tmp_path_factory.mktemp("feed") / "store.db")
    make_site(location)
    store = Store(location)
    feed = Feed(store, SITE)
    feed.poll()
    started = time.process_time()
    for _ in range(2_000):
        feed.poll()
    each = (time.process_time() - started) / 2_000
    feed.close()
    store.close()
    # 40 terminals at 10 polls a second may take a tenth of one core: 250 microseconds a poll. Measured here: 3.
    assert each < 100e-6


def test_a_line_that_is_lost_while_what_it_touched_is_read_is_let_go_of_once(ann: Desk, feed: Feed, location: str) -> None:
    assert feed.poll() == []
    book(ann, 0)

    def cut(unit: Unit) -> object:
        break_connection(feed, location)
        return unit.row("SELECT code FROM site")

    with pytest.raises(StoreTrouble):
        feed.read(cut)
    assert len(feed.poll()) == 1

"""What an act answers is read in the transaction in which it is done: trouble after that would hide that it was done."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from agent_tui.services.desk import Desk
from agent_tui.store.unit_of_work import Store, Unit
from tests.torture import client as torture_client
from tests.torture import site
from tests.torture.acts import Answer, perform, repeated, word
from tests.torture.client import Client, Job, desk_of
from tests.torture.journal import Intent, Journal

T = TypeVar("T")
SUPERVISOR, STEPS = 3, 500
# What is rare in a crew of many is frequent here, with what it needs first.
WEIGHTS = dict.fromkeys(
    (
        *("hold", "confirm", "book", "book", "move", "cancel", "undo", "release", "extend", "pair", "confirm pair", "wait"),
        *("hand off", "take", "close", "prepare", "decide", "block", "unblock", "resolve", "override", "rehome", "segments"),
    ),
    10,
)


def test_an_act_asks_the_store_for_nothing_after_it_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    location = str(tmp_path / "store.db")
    site.make_site(location, diaries=4, agents=4)
    asked: list[str] = []
    after: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    write, read = Store.write, Store.read

    def counted_write(store: Store, work: Callable[[Unit], T]) -> T:
        done = write(store, work)
        if store._open_unit("writing") is None:
            asked.append("committed")
        return done

    @contextmanager
    def counted_read(store: Store) -> Iterator[Unit]:
        if store._open_unit("writing") is None:
            asked.append("read")
        with read(store) as unit:
            yield unit

    def watched(desk: Desk, intent: Intent) -> Answer:
        asked.clear()
        answer = perform(desk, intent)
        if word(answer) == "done" and not repeated(answer):
            after[intent.act][tuple(asked[asked.index("committed") + 1 :])] += 1
        return answer

    for name, instead in ((Store.write.__name__, counted_write), (Store.read.__name__, counted_read)):
        monkeypatch.setattr(Store, name, instead)
    replaced: dict[str, Any] = {perform.__name__: watched, "WEIGHTS_ABOVE": WEIGHTS}
    for name, instead in replaced.items():
        monkeypatch.setattr(torture_client, name, instead)
    job = Job(location, str(tmp_path), SUPERVISOR, 3, 2, 3, hold_seconds=60)
    desk = desk_of(job)
    assert desk.staff.role == "supervisor"
    try:
        with Journal(job.journal) as journal:
            client = Client(job, desk, journal)
            for _ in range(STEPS):
                client.step()
    finally:
        desk.store.close()
    assert WEIGHTS.keys() <= after.keys(), "some act was never done"
    assert {act: found for act, found in after.items() if found.keys() != {()}} == {}

"""A read or a write inside a write of its thread is part of that one."""

import pytest

from agent_tui.store.opening import open_store
from agent_tui.store.unit_of_work import Store, Unit
from tests.small_site import make_site

NAMED = "SELECT name FROM site WHERE site = 'LPP'"


def renamed(store: Store, name: str) -> None:
    store.write(lambda unit: unit.run("UPDATE site SET name = ? WHERE site = 'LPP'", name))


def name_of(store: Store) -> str:
    with store.read() as unit:
        row = unit.row(NAMED)
    assert row is not None
    return str(row[0])


def test_what_is_inside_a_write_is_seen_there_and_ends_with_it(location: str) -> None:
    make_site(location)
    store = open_store(location)
    before = name_of(store)

    def work(_unit: Unit) -> None:
        renamed(store, "Elsewhere")
        assert name_of(store) == "Elsewhere"
        raise LookupError

    with pytest.raises(LookupError):
        store.write(work)
    assert name_of(store) == before
    renamed(store, "Somewhere")
    assert name_of(store) == "Somewhere"
    store.close()

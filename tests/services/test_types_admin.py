"""Loading a file of types into a site: all of it or nothing."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from agent_tui.domain.site import Catalogue
from agent_tui.resources import data_file
from agent_tui.services.demo import load
from agent_tui.services.types_admin import load_types
from agent_tui.store.opening import open_store
from agent_tui.store.queries import catalogue
from agent_tui.store.trouble import StoreTrouble
from agent_tui.store.unit_of_work import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    path = str(tmp_path / "demo.db")
    load(path, coaches=1, days=1, fill=0, start=date(2026, 11, 23))
    opened = open_store(path, accept_old_sqlite=True)
    yield opened
    opened.close()


def rules(store: Store) -> Catalogue:
    with store.read() as unit:
        found = catalogue.load(unit, "LPP")
    assert found is not None
    return found


def test_a_shorter_length_from_a_later_day(store: Store) -> None:
    before = rules(store)
    answer = load_types(store, "LPP", data_file("types-fc30.csv"))
    assert (answer.status, answer.loaded, answer.problems) == ("loaded", 1, ())
    after = rules(store)
    kind = after.types["FC-F2F"]
    assert (kind.minutes_on(date(2027, 3, 31)), kind.minutes_on(date(2027, 4, 1))) == (50, 30)
    assert after.version > before.version
    assert {code: one for code, one in after.types.items() if code != "FC-F2F"} == {
        code: one for code, one in before.types.items() if code != "FC-F2F"
    }


def test_the_same_file_again_changes_nothing(store: Store) -> None:
    before = rules(store).types
    assert load_types(store, "LPP", data_file("types.csv")).loaded == 0
    assert rules(store).types == before


def test_new_types_are_added_and_words_replaced(store: Store, tmp_path: Path) -> None:
    lines = data_file("types.csv").read_text(encoding="utf-8").splitlines()
    old = next(line for line in lines if line.startswith("GWI-F2F,"))
    path = tmp_path / "types.csv"
    new = old.replace("GWI-F2F", "GWI-NEW")
    path.write_text("\n".join((lines[0], old.replace("Gateway Intervention", "Gateway"), new)), encoding="utf-8")
    assert load_types(store, "LPP", path).loaded == 2
    after = rules(store).types
    assert after["GWI-F2F"].name == "Gateway"
    assert after["GWI-NEW"].name == "Gateway Intervention"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"code\nX\n", b"\x00\x00", None])
def test_a_bad_file_changes_nothing(store: Store, tmp_path: Path, content: bytes | None) -> None:
    before = rules(store)
    path = tmp_path / "bad.csv"
    if content is not None:
        path.write_bytes(content)
    answer = load_types(store, "LPP", path)
    assert (answer.status, answer.loaded) == ("refused", 0)
    assert answer.problems
    after = rules(store)
    assert (after.version, after.types) == (before.version, before.types)


def test_an_unknown_site_is_refused(store: Store) -> None:
    with pytest.raises(StoreTrouble, match="no site NOWHERE"):
        load_types(store, "NOWHERE", data_file("types-fc30.csv"))

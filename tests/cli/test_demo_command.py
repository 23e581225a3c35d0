"""demo: what it makes, where, twice the same, and what it leaves alone."""

import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.cli.runner import DAY_KEYS, DEMO_KEYS, NOW, Place, dump, run, spawn

SMALL = ("--coaches", "4", "--days", "3", "--start", "2026-11-23", "--load-only", "--json")


def test_the_answer_and_the_logins(tmp_path: Path) -> None:
    store = str(tmp_path / "new" / "demo.db")
    answer = run("demo", *SMALL, "--store", store, "--seed", "7")
    shown = answer.object
    assert answer.code == 0
    assert shown.keys() >= DEMO_KEYS
    assert (shown["status"], shown["store"], shown["seed"], shown["diaries"]) == ("loaded", store, 7, 4)
    assert (shown["first_day"], shown["last_day"]) == ("2026-11-23", "2026-11-25")
    assert 0.75 <= shown["minutes_booked"] / shown["minutes_available"] <= 0.87
    for login in ("agent1", "leader1", "super1", "admin1", "coach01", "coach04"):
        place = Place(store, login)
        assert place.ask("types")["total"] == shown["types"]
    place = Place(store)
    assert place.ask("diaries")["total"] == 4
    assert place.ask("clients")["total"] == shown["clients"]
    assert place.ask("log")["head"]["seq"] == shown["appointments"]
    place.sound()
    assert {event["verb"] for event in place.ask("log")["events"]} == {"booked"}


def test_the_folder_and_file_are_private(tmp_path: Path) -> None:
    store = tmp_path / "new" / "demo.db"
    run("demo", *SMALL, "--store", str(store))
    assert store.stat().st_mode & 0o777 == 0o600
    assert store.parent.stat().st_mode & 0o777 == 0o700


def test_the_same_arguments_make_the_same_store(tmp_path: Path) -> None:
    one, two, other = (str(tmp_path / name) for name in ("1.db", "2.db", "3.db"))
    first = run("demo", *SMALL, "--store", one).object
    second = run("demo", *SMALL, "--store", two, "--now", "2027-03-01T12:00").object
    assert {**second, "store": one} == first
    assert dump(one) == dump(two)
    run("demo", *SMALL, "--store", other, "--seed", "2")
    assert dump(other)["entry"] != dump(one)["entry"]


def test_it_starts_today_by_default(tmp_path: Path) -> None:
    words = ("demo", "--coaches", "1", "--days", "1", "--load-only", "--json", "--store", str(tmp_path / "d.db"))
    assert run(*words, "--now", "2026-12-25T09:00").object["first_day"] == "2026-12-29"  # after the holidays of England


def test_the_default_place_is_beside_the_normal_store() -> None:
    folder = Path(os.environ["XDG_DATA_HOME"]) / "agent-tui"
    answer = run("demo", *SMALL)
    assert answer.code == 0
    assert answer.object["store"] == str(folder / "demo.db")
    assert (folder / "demo.db").exists()
    assert not (folder / "store.db").exists()


def test_a_store_that_is_named_is_taken_even_if_it_is_the_normal_one() -> None:
    normal = Path(os.environ["XDG_DATA_HOME"]) / "agent-tui" / "store.db"
    answer = run("demo", *SMALL, "--store", str(normal))
    assert answer.code == 0
    assert answer.object["store"] == str(normal)


def test_the_environment_names_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_TUI_STORE", str(tmp_path / "x.db"))
    assert run("demo", *SMALL).object["store"] == str(tmp_path / "x.db")


def test_an_existing_demo_is_refused_without_force(tmp_path: Path) -> None:
    store = str(tmp_path / "d.db")
    run("demo", *SMALL, "--store", store)
    Place(store).ask("book", "FC-F2F", "--client", "C000001", "--first", "--allow-clash")
    before = dump(store)
    assert run("demo", *SMALL, "--store", store).code == 3
    assert dump(store) == before
    assert run("demo", *SMALL, "--store", store, "--force").code == 0
    assert dump(store) != before


def test_an_existing_demo_is_refused_also_when_the_app_would_open(tmp_path: Path) -> None:
    """contract.md: "an existing store is refused (3) unless demo made it and --force is given"."""
    store = str(tmp_path / "d.db")
    run("demo", *SMALL, "--store", store)
    assert run("demo", *[word for word in SMALL if word != "--load-only"], "--store", store, "--now", NOW).code == 3


def test_one_object_also_when_the_app_would_open(tmp_path: Path) -> None:
    words = [word for word in SMALL if word != "--load-only"]
    answer = run("demo", *words, "--store", str(tmp_path / "d.db"), "--now", NOW, check=False)
    assert answer.code == 0
    assert answer.object.keys() >= DEMO_KEYS or answer.object.keys() >= DAY_KEYS


def test_a_store_that_no_demo_made_is_refused_even_with_force(desk: Place) -> None:
    before, seen = desk.dump(), Path(desk.store).read_bytes()
    for words in ((), ("--force",)):
        assert run("demo", *SMALL, "--store", desk.store, *words).code == 3
    assert desk.dump() == before
    assert Path(desk.store).read_bytes() == seen


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n" + b"\0" * 200, b"SQLite format 3\0" + b"\0" * 100])
def test_another_file_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.db"
    path.write_bytes(content)
    for words in ((), ("--force",)):
        assert run("demo", *SMALL, "--store", str(path), *words).code in (3, 4)
    assert path.read_bytes() == content
    assert sorted(one.name for one in tmp_path.iterdir() if one.name != "home") == ["mine.db"]


@pytest.mark.parametrize(
    "words",
    [
        *(("--coaches", "0"), ("--coaches", "-1"), ("--coaches", "201"), ("--coaches", "x"), ("--days", "0"), ("--days", "9999")),
        *(("--fill", "1.1"), ("--fill", "-0.1"), ("--fill", "nan"), ("--fill", "inf"), ("--fill", "1e309"), ("--fill", "x")),
        *(("--start", "0001-01-01"), ("--start", "9999-12-31"), ("--start", "2027-02-29"), ("--start", "x"), ("--seed", "x")),
    ],
    ids=" ".join,
)
def test_arguments_that_make_no_demo(tmp_path: Path, words: tuple[str, ...]) -> None:
    store = tmp_path / "sub" / "d.db"
    answer = run("demo", *SMALL, *words, "--store", str(store))
    assert answer.code in (2, 3)
    assert not store.exists()


@pytest.mark.parametrize(
    "words", [("--seed", "-1"), ("--seed", "99999999999999999999999"), ("--fill", "0"), ("--fill", "1")], ids=" ".join
)
def test_arguments_at_the_edge(tmp_path: Path, words: tuple[str, ...]) -> None:
    store = str(tmp_path / "d.db")
    assert run("demo", *SMALL, *words, "--store", store).code == 0
    Place(store).sound()


def test_the_default_site_and_how_long_it_takes(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    before = time.perf_counter()
    answer = spawn("demo", "--start", "2026-11-23", "--load-only", "--json", "--store", str(tmp_path / "d.db"))
    seconds = time.perf_counter() - before
    record_property("demo_seconds", round(seconds, 2))
    print(f"demo of the default site: {seconds:.2f} s (5 s are promised)")
    shown = answer.object
    assert (shown["seed"], shown["diaries"], shown["teams"]) == (1, 27, 3)
    assert (shown["first_day"], shown["last_day"]) == ("2026-11-23", "2026-12-18")
    assert date.fromisoformat(shown["last_day"]) > date.fromisoformat(shown["first_day"])
    assert abs(shown["minutes_booked"] / shown["minutes_available"] - 0.85) < 0.02

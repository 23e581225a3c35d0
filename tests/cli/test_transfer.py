"""Importing, exporting and making a site by command."""

import json
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent_tui.cli import transfer
from agent_tui.domain.import_rows import COLUMNS
from agent_tui.domain.request_files import NEEDED, OPTIONAL
from agent_tui.domain.type_files import COLUMNS as TYPE_COLUMNS
from agent_tui.services import exporting
from agent_tui.store.trouble import StoreTrouble
from agent_tui.store.unit_of_work import Store, Unit
from tests.cli.runner import Place, booked, run
from tests.hostile.words import WORDS

KEYS = {"status", "loaded", "flags", "rejected", "dry_run", "counts", "files", "flagged", "outside", "unnamed"}
KEYS |= {"repeated", "code", "reason"}
APPOINTMENTS = (
    "reference,type,client,diary,day,start\nA1,FC-F2F,C000001,D01,25/11/2026,09:00\nA2,FC-F2F,C000002,D02,25/11/2026,09:00\n"
)
BAD = "A3,FC-F2G,C000003,D01,31/02/2026,09:03\n"
ID = "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f"


def super1(desk: Place) -> Place:
    return desk.by("super1")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "appointments.csv"
    path.write_text(APPOINTMENTS, encoding="utf-8")
    return path


def test_a_trial_then_the_import_then_nothing_new(desk: Place, file: Path) -> None:
    before = desk.dump()
    tried = super1(desk).ask("import", str(file), "--dry-run")
    assert set(tried) == KEYS
    assert (tried["status"], tried["loaded"], tried["dry_run"]) == ("loaded", 2, True)
    assert desk.dump() == before
    done = super1(desk).ask("import", str(file), "--id", ID)
    assert done == tried | {"dry_run": False}
    assert super1(desk).ask("import", str(file), "--id", ID) == done | {"repeated": True}
    again = super1(desk).ask("import", str(file))
    assert again["counts"] == {"appointments": {"new": 0, "changed": 0, "same": 2, "rejected": 0}}
    assert [one["start"] for one in desk.ask("day", "2026-11-25", "--diary", "D01")["diaries"][0]["entries"]] == ["09:00"]
    desk.sound()


def test_bad_rows_are_told_by_file_line_field_and_reason(desk: Place, file: Path) -> None:
    file.write_text(APPOINTMENTS + BAD, encoding="utf-8")
    before = desk.dump()
    shown = super1(desk).refuse("import", str(file))
    assert set(shown) == KEYS
    assert (shown["status"], shown["loaded"], shown["code"]) == ("refused", 0, "rejected")
    assert [(one["file"], one["line"], one["field"]) for one in shown["rejected"]] == [
        ("appointments.csv", 4, "day"),
        ("appointments.csv", 4, "start"),
    ]
    assert all(set(one) == {"file", "line", "field", "reason"} for one in shown["rejected"])
    assert desk.dump() == before
    assert super1(desk).ask("import", str(file), "--partial")["status"] == "partial"


def test_plain_lines_say_what_happens(desk: Place, file: Path) -> None:
    file.write_text(APPOINTMENTS + BAD, encoding="utf-8")
    answer = run("import", str(file), *super1(desk).options[:-1])
    assert answer.code == 3
    assert "refused: appointments.csv, line 4, day: 31/02/2026 is not a day of the calendar." in answer.out
    assert "--partial" in answer.err
    assert "2 loaded" in super1(desk).text("import", str(file), "--partial")


def test_stopping_says_what_became_of_the_file(desk: Place, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_words: object) -> None:
        raise KeyboardInterrupt

    before = desk.dump()
    monkeypatch.setattr("agent_tui.store.queries.log.append_many", stop)
    shown = super1(desk).refuse("import", str(file))
    assert (set(shown), shown["code"], shown["status"], shown["loaded"]) == (KEYS, "interrupted", "refused", 0)
    assert shown["reason"] == "Stopped: nothing was loaded."
    plain = run("import", str(file), *super1(desk).options[:-1])
    assert (plain.code, plain.out, plain.err) == (3, "", "Stopped: nothing was loaded.\n")
    assert desk.dump() == before


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_export_that_is_stopped_leaves_no_file(
    desk: Place, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_name: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    @contextmanager
    def seen(**_how: object) -> Iterator[object]:
        yield stop

    monkeypatch.setattr(exporting, "TOLD_EACH", 3)
    monkeypatch.setattr(transfer, "progress_bar", seen)
    before = desk.dump()
    answer = run("export", form, "--out", str(tmp_path / "out"), *super1(desk).options[:-1])
    assert (answer.code, answer.out, answer.err.count("\n")) == (4, "", 1)
    assert answer.err.startswith("Interrupted")
    assert list((tmp_path / "out").iterdir()) == []
    assert desk.dump() == before


def test_stopping_while_the_files_are_read_loads_nothing(desk: Place, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_words: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("agent_tui.services.importing.read_source", stop)
    shown = super1(desk).refuse("import", str(file), "--dry-run")
    assert (set(shown), shown["code"], shown["status"], shown["dry_run"]) == (KEYS, "interrupted", "refused", True)
    assert shown["reason"] == "Stopped: nothing was loaded."


@pytest.mark.parametrize("error", [KeyboardInterrupt(), StoreTrouble("The disk of the store is full; nothing was written.")])
def test_ending_in_the_second_of_two_files_says_what_is_in(
    desk: Place, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def stop(*_words: object) -> None:
        raise error

    (tmp_path / "clients.csv").write_text("reference,name\nK1,Ann Archer\nK2,Bob Brook\n", encoding="utf-8")
    (tmp_path / "teams.csv").write_text("code,name\nC,Calder\n", encoding="utf-8")
    monkeypatch.setattr("agent_tui.services.import_loading.write_appointments", stop)
    stopped = isinstance(error, KeyboardInterrupt)
    shown = super1(desk).ask("import", str(tmp_path), code=0 if stopped else 4)
    assert set(shown) == KEYS
    assert shown["code"] == ("interrupted" if stopped else "store_trouble")
    assert (shown["status"], shown["loaded"]) == ("partial", 3)
    assert [(one["file"], one["status"], one["new"]) for one in shown["files"]] == [
        ("teams.csv", "loaded", 1),
        ("clients.csv", "loaded", 2),
        ("appointments.csv", "not_loaded", 0),
    ]
    assert shown["counts"]["clients"]["new"] == 2
    assert "Not loaded: appointments.csv." in shown["reason"]
    monkeypatch.undo()
    again = super1(desk).ask("import", str(tmp_path))
    assert [(one["status"], one["new"], one["same"]) for one in again["files"]] == [
        ("loaded", 0, 1),
        ("loaded", 0, 2),
        ("loaded", 2, 0),
    ]


def test_stopping_after_the_commit_says_that_the_file_is_in(desk: Place, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = Store.write

    def late(store: Store, work: Callable[[Unit], object]) -> object:
        done = written(store, work)
        if isinstance(done, tuple):
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(Store, "write", late)
    shown = super1(desk).ask("import", str(file))
    assert (shown["code"], shown["status"], shown["loaded"]) == ("interrupted", "loaded", 2)
    assert shown["reason"].startswith("Stopped. Loaded: appointments.csv (2 new, 0 changed, 0 the same). Run")
    monkeypatch.undo()
    assert super1(desk).ask("import", str(file))["loaded"] == 0


def test_what_will_be_flagged_is_named_by_row(desk: Place, file: Path) -> None:
    booked(desk, start="09:30")
    file.write_text(APPOINTMENTS + "A3,CC-PHONE,C000004,D03,25/11/2026,09:00\n", encoding="utf-8")
    tried = super1(desk).ask("import", str(file), "--dry-run")
    assert tried["flags"] == len(tried["flagged"]) == 2
    assert [(one["line"], one["field"]) for one in tried["flagged"]] == [(2, "start"), (4, "type")]
    assert "the diary D03 does not take CC-PHONE" in tried["flagged"][1]["reason"]
    assert "flagged: appointments.csv, line 4, type" in super1(desk).text("import", str(file), "--dry-run")
    done = super1(desk).ask("import", str(file), "--id", ID)
    assert done["flagged"] == tried["flagged"]
    assert super1(desk).ask("import", str(file), "--id", ID) == done | {"repeated": True}
    assert len(super1(desk).ask("flags", "list")["items"]) == 2


def test_what_a_calendar_has_outside_the_horizon_is_told(desk: Place, tmp_path: Path) -> None:
    path = tmp_path / "D01.ics"
    event = (
        "BEGIN:VEVENT\nUID:u1\nDTSTART:20200101T090000\nDURATION:PT50M\nRRULE:FREQ=DAILY;COUNT=3\nCATEGORIES:FC-F2F\nEND:VEVENT\n"
    )
    path.write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{event}END:VCALENDAR\n", encoding="utf-8")
    shown = super1(desk).ask("import", str(path))
    assert (shown["loaded"], shown["outside"]) == (0, [{"file": "D01.ics", "events": 1, "repeats": 0, "endless": 0}])
    assert "D01.ics: 1 event wholly outside the days that are read, left out" in super1(desk).text("import", str(path))


def test_an_overlap_is_listed_as_a_flag(desk: Place, file: Path) -> None:
    booked(desk, start="09:30")
    assert super1(desk).ask("import", str(file))["flags"] == 1
    (flag,) = super1(desk).ask("flags", "list")["items"]
    assert flag["kind"] == "import_overlap"
    assert flag["text"].startswith("The time of an imported appointment was taken: FC-F2F Wed 25 Nov 2026 09:00 in D01")


@pytest.mark.parametrize(
    "words",
    [
        ("import",),
        ("import", "nowhere.csv"),
        ("import", "a\0b"),
        ("import", "."),
        ("import", "x.csv", "--kind", "coach"),
        ("import", "x.csv", "--encoding", "utf-16"),
        ("import", "x.csv", "--id", "x"),
        ("export",),
        ("export", "xlsx"),
        ("export", "csv", "--from", "2026-11-26", "--to", "2026-11-25"),
        ("export", "csv", "--from", "soon"),
        ("export", "csv", "--out", "-"),
        ("export", "ics", "--out", "-"),
        ("export", "jsonl", "--out", "-"),
        ("export", "jsonl", "--diary", "D01"),
        ("export", "csv", "--id", "x"),
        ("site",),
        ("site", "create", "ABC"),
    ],
)
def test_what_cannot_be_read_is_malformed(
    desk: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small").mkdir(exist_ok=True)
    shown = super1(desk).ask(*words, code=2)
    assert shown["reason"]
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_file()) == []


@pytest.mark.parametrize("login", ["agent1", "leader1", "coach1"])
def test_roles(desk: Place, file: Path, tmp_path: Path, login: str) -> None:
    assert desk.by(login).refuse("import", str(file))["code"] == "role"
    assert desk.by(login).refuse("export", "csv", "--out", str(tmp_path / "out"))["code"] == "role"


def test_files_are_written_privately_and_not_over_others(desk: Place, tmp_path: Path) -> None:
    booked(desk)
    out = tmp_path / "out"
    shown = super1(desk).ask("export", "csv", "--out", str(out))
    closed = len((out / "closures.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert set(shown) == {"status", "repeated", "folder", "files", "code", "reason"}
    assert {one["file"]: one["rows"] for one in shown["files"]} == {
        **{"teams.csv": 2, "types.csv": 5, "rooms.csv": 2, "coaches.csv": 4},
        **{"clients.csv": 10, "appointments.csv": 1, "patterns.toml": 10},
        **{"closures.csv": closed, "blocks.csv": 0},
    }
    assert {stat.S_IMODE(one.stat().st_mode) for one in out.iterdir()} == {0o600}
    (out / "teams.csv").unlink()
    (out / "rooms.csv").write_text("mine", encoding="utf-8")
    assert super1(desk).refuse("export", "csv", "--out", str(out))["code"] == "exists"
    assert not (out / "teams.csv").exists()
    assert (out / "rooms.csv").read_text(encoding="utf-8") == "mine"
    assert super1(desk).ask("export", "csv", "--out", str(out), "--force")["status"] == "exported"
    assert super1(desk).ask("import", str(out))["loaded"] == 0


def test_one_file_goes_to_standard_output(desk: Place) -> None:
    booked(desk)
    text = super1(desk).text("export", "jsonl", "--out", "-")
    assert json.loads(text.splitlines()[0])["site"] == "LPP"
    answer = run("export", "ics", "--diary", "D01", "--out", "-", *super1(desk).options[:-1], check=False)
    assert (answer.code, answer.out.count("BEGIN:VEVENT")) == (0, 1)


def test_a_site_is_made_and_filled_from_another(desk: Place, tmp_path: Path) -> None:
    booked(desk)
    super1(desk).ask("export", "jsonl", "--out", str(tmp_path / "out"))
    other = Place(str(tmp_path / "new" / "site.db"), "admin1")
    made = other.ask("site", "create", "LPP", "--name", "Leeds Park Place", "--place", "1 Park Place", "--nation", "ENG")
    assert made["status"] == "created"
    assert made["logins"] == ["admin1"]
    assert other.refuse("site", "create", "LPP", "--name", "x", "--place", "y")["code"] == "not_possible"
    assert other.ask("import", str(tmp_path / "out"))["status"] == "loaded"
    for day in ("2026-11-24", "2026-11-25", "2026-11-26"):
        assert other.ask("day", day) == desk.ask("day", day)
    other.sound()


@pytest.mark.parametrize("name", sorted(WORDS))
def test_hostile_words_are_kept_as_words(desk: Place, tmp_path: Path, name: str) -> None:
    word = WORDS[name][:2000]
    path = tmp_path / "clients.csv"
    cell = '"' + word.replace('"', '""') + '"'
    path.write_bytes(f"reference,name,access_needs\nK1,{cell},{cell}\n".encode("utf-8", "replace"))
    run("import", str(path), *super1(desk).options, "--partial")
    run("import", str(path), *super1(desk).options[:-1], "--dry-run")
    run("import", word.replace("\0", "") or "x", *super1(desk).options)
    desk.sound()


def test_a_folder_that_cannot_be_written_is_told(desk: Place, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    shown = super1(desk).refuse("export", "csv", "--out", str(tmp_path / "file" / "below"))
    assert shown["code"] == "exists"


def test_an_empty_file_is_said_to_be_empty(desk: Place, tmp_path: Path) -> None:
    for name in ("clients.csv", "types.csv", "anything.csv", "D01.ics", "patterns.toml", "LPP.jsonl"):
        path = tmp_path / name
        for content in (b"", b"\xef\xbb\xbf\n\n"):
            path.write_bytes(content)
            (told,) = super1(desk).refuse("import", str(path))["rejected"]
            assert (told["line"], told["field"], told["reason"]) == (1, None, "The file is empty."), name
        path.unlink()
    for name in ("requests.csv", "requests.jsonl", "requests.ics"):
        (tmp_path / name).write_bytes(b"")
        (told,) = desk.refuse("requests", "load", str(tmp_path / name))["rejected"]
        assert told["reason"] == "The file is empty.", name
    (tmp_path / "types.csv").write_bytes(b"")
    assert "The file is empty." in str(super1(desk).refuse("types", "load", str(tmp_path / "types.csv")))


def page(name: str) -> str:
    return (Path(__file__).parents[2] / "data" / "help" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "name", "example"),
    [
        (("import",), "import.md", "agent-tui import teams.csv"),
        (("requests", "load"), "requests.md", "agent-tui requests load online.csv"),
    ],
)
def test_help_shows_an_example_and_names_the_page_of_the_formats(words: tuple[str, ...], name: str, example: str) -> None:
    told = " ".join(run(*words, "--help").out.split())
    assert example in told
    assert f"data/help/{name}" in told
    assert f"(data/help/{name})" in (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", [*COLUMNS, "types"])
def test_every_column_of_an_import_stands_in_its_page(kind: str) -> None:
    told = page("import.md").partition(f"**{kind}.csv**:")[2].partition("\n**")[0]
    columns = TYPE_COLUMNS if kind == "types" else sum(COLUMNS[kind], ())
    assert [one for one in columns if not re.search(rf"\b{one}\b", told)] == []


def test_every_column_and_property_of_a_request_stands_in_its_page() -> None:
    told = page("requests.md").partition("**.csv**:")[2]
    properties = ("UID", "DTSTAMP", "CATEGORIES", "ORGANIZER", "SUMMARY", "DTSTART", "DTEND", "PRIORITY", "DESCRIPTION")
    assert [one for one in (*NEEDED, *OPTIONAL, *properties) if not re.search(rf"\b{one}\b", told)] == []

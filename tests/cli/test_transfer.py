"""Importing, exporting and making a site by command."""

import json
import stat
from pathlib import Path

import pytest

from tests.cli.runner import Place, booked, run
from tests.hostile.words import WORDS

KEYS = {"status", "loaded", "flags", "rejected", "dry_run", "counts", "repeated", "code", "reason"}
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
    assert "line 4, day: 31/02/2026 is not a day of the calendar." in answer.out
    assert "--partial" in answer.err
    assert "2 loaded" in super1(desk).text("import", str(file), "--partial")


def test_stopping_says_what_became_of_the_file(desk: Place, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_words: object) -> None:
        raise KeyboardInterrupt

    before = desk.dump()
    monkeypatch.setattr("agent_tui.store.queries.log.append_many", stop)
    shown = super1(desk).ask("import", str(file), code=4)
    assert (set(shown), shown["code"]) == (KEYS, "interrupted")
    assert "the file that was being loaded was not" in shown["reason"]
    assert desk.dump() == before


def test_an_overlap_is_listed_as_a_flag(desk: Place, file: Path) -> None:
    booked(desk, start="09:30")
    assert super1(desk).ask("import", str(file))["flags"] == 1
    (flag,) = super1(desk).ask("flags", "list")["items"]
    assert flag["kind"] == "import_overlap"
    assert flag["text"].startswith("The time of an imported appointment was taken: FC-F2F 2026-11-25 09:00 in D01")


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
    assert set(shown) == {"status", "repeated", "folder", "files", "code", "reason"}
    assert {one["file"]: one["rows"] for one in shown["files"]} == {
        **{"teams.csv": 2, "types.csv": 5, "rooms.csv": 2, "coaches.csv": 4},
        **{"clients.csv": 10, "appointments.csv": 1, "patterns.toml": 10},
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

"""report: every key on every answer, files, schedules, and what nobody should type."""

from pathlib import Path

import pytest

from agent_tui.cli.running import REFUSED, USAGE
from agent_tui.domain.reports.catalogue import REPORTS
from tests.cli.runner import Place, run
from tests.hostile.words import WORDS

KEYS = {
    *("status", "name", "title", "from", "to", "by", "team", "diary", "compared_from", "compared_to", "tables", "notes"),
    *("files", "code", "reason"),
}
DAYS = ("--from", "2026-11-24", "--to", "2026-12-07")


@pytest.fixture
def leader(demo: Place) -> Place:
    return demo.by("leader1")


@pytest.mark.parametrize("name", [name for name, _title, _what in REPORTS])
def test_every_key_on_every_report(leader: Place, name: str) -> None:
    result = run("report", name, *DAYS, *leader.options)
    assert result.code in (0, REFUSED)
    found = result.object
    assert set(found) == KEYS
    assert found["name"] == name
    assert found["status"] == ("report" if result.code == 0 else "none")
    for table in found["tables"]:
        keys = [column["key"] for column in table["columns"]]
        assert all(list(row) == keys for row in table["rows"])


def test_lines_and_a_comparison(leader: Place) -> None:
    text = leader.text("report", "utilisation", *DAYS, "--by", "week", "--compare", "previous")
    assert "By diary" in text
    assert "Compared with Tue 10 Nov 2026 to Mon 23 Nov 2026." in text
    assert leader.ask("report", "utilisation", *DAYS, "--compare", "2026-11-01")["compared_to"] == "2026-11-14"


def test_files(leader: Place, tmp_path: Path) -> None:
    files = [tmp_path / f"x.{form}" for form in ("csv", "xlsx", "html")]
    asked = ("report", "utilisation", *DAYS, *(word for file in files for word in (f"--{file.suffix[1:]}", str(file))))
    assert leader.ask(*asked)["files"] == [str(file) for file in files]
    assert files[1].read_bytes().startswith(b"PK")
    assert b"<table>" in files[2].read_bytes()
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)
    again = run(*asked, *leader.options)
    assert again.code == USAGE
    assert "is there already" in again.object["reason"]
    assert run(*asked, "--force", *leader.options).code == 0


def test_a_schedule_by_command(leader: Place, tmp_path: Path) -> None:
    made = leader.ask("report", "schedule", "utilisation", "--every", "week", "--format", "csv")
    assert (made["status"], made["schedule"]) == ("scheduled", "utilisation-week-csv")
    assert run("report", "schedule", "utilisation", "--format", "csv", *leader.options).object["code"] == "scheduled"
    (listed,) = leader.ask("report", "schedules")["items"]
    assert (listed["due"], listed["late"]) == (["2026-W47"], 0)
    done = leader.ask("report", "due", "--folder", str(tmp_path))
    assert [one["period"] for one in done["items"]] == ["2026-W47"]
    assert (tmp_path / done["items"][0]["file"]).exists()
    assert leader.text("report", "due", "--folder", str(tmp_path)).strip() == "Nothing was due."
    assert leader.ask("report", "unschedule", "utilisation-week-csv")["status"] == "unscheduled"
    assert run("report", "unschedule", "utilisation-week-csv", *leader.options).code == REFUSED


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("nope",), USAGE, "No such command"),
        (("utilisation", "--from", "2026-12-01", "--to", "2026-11-01"), USAGE, "before"),
        (("utilisation", "--from", "2016-12-01", "--to", "2026-11-01"), USAGE, "at most 1100 days"),
        (("utilisation", "--month", "2026-13"), USAGE, "no month"),
        (("utilisation", "--week", "2026-W54"), USAGE, "no week 54"),
        (("utilisation", "--week", "next", "--month", "2026-11"), USAGE, "not both"),
        (("utilisation", "--by", "yeer"), USAGE, "--by"),
        (("utilisation", "--team", "Z"), USAGE, "no team Z"),
        (("activity", "--diary", "D01"), USAGE, "whole site"),
        (("utilisation", "--compare", "never"), USAGE, "not a day"),
        (("utilisation", "--html", "/nowhere/at/all.html"), USAGE, "cannot be written"),
        (("cancellations", "--from", "2026-11-01", "--to", "2026-11-02"), REFUSED, "nothing is on record"),
        (("due", "--folder", "/nowhere"), USAGE, "no folder"),
        (("schedule", "nope"), USAGE, "no report nope"),
        (("schedule", "utilisation", "--every", "year"), USAGE, "--every"),
    ],
)
def test_what_nobody_should_type(leader: Place, arguments: tuple[str, ...], code: int, sentence: str) -> None:
    result = run("report", *arguments, *leader.options)
    assert result.code == code
    assert sentence in result.object["reason"]
    assert sentence in result.err


def test_an_agent_is_told_who_could(demo: Place) -> None:
    result = run("report", "utilisation", *demo.options)
    assert result.code == REFUSED
    assert result.object["code"] == "role"
    assert "team leaders" in result.object["reason"]


@pytest.mark.parametrize("word", WORDS)
def test_hostile_words(leader: Place, word: str) -> None:
    for option in ("--team", "--month", "--compare"):
        assert run("report", "leadtime", option, word, *leader.options).code in (USAGE, REFUSED)

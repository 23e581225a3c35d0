"""What a store full of hostile text gives away as files: no control byte, no formula, no markup; and what comes back in."""

import csv
import json
import re
from pathlib import Path

import pytest

from agent_tui.domain.import_rows import COLUMNS
from agent_tui.domain.import_text import formula_safe, plain_cell
from agent_tui.domain.request_files import NEEDED, OPTIONAL
from agent_tui.domain.type_files import COLUMNS as TYPE_COLUMNS
from tests.cli.runner import Place, control_bytes, run
from tests.hostile.site import make_hostile_site
from tests.hostile.words import WORDS

FORMULA = re.compile(r"\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
# A file of each kind that is well, a row for each word, and one of its columns hostile.
SOUND: dict[str, dict[str, str]] = {
    "teams": {"code": "T{n}", "name": "Team"},
    "coaches": {"code": "E{n}", "coach": "Kim", "team": "A", "types": "FC-F2F"},
    "rooms": {"code": "R{n}", "kind": "room", "name": "Room", "meets": "room"},
    "clients": {"reference": "K{n}", "name": "Kim Lee"},
    "appointments": {
        "reference": "A{n}",
        "type": "FC-F2F",
        "client": "C000001",
        "diary": "D01",
        "day": "2026-12-01",
        "start": "09:00",
    },
    "blocks": {"reference": "B{n}", "diary": "D01", "day": "2026-12-01", "start": "09:00", "end": "09:30", "reason": "training"},
    "closures": {"day": "2027-02-01", "name": "Closed"},
    "staff": {"login": "x{n}", "name": "Kim", "role": "agent"},
    "types": {
        **dict.fromkeys(TYPE_COLUMNS, ""),
        **{"code": "T{n}", "name": "Type", "channel": "f2f", "minutes": "30", "effective_from": "2026-01-01", "group": "review"},
        **{"key": "no", "booked_by": "offer", "source": "x"},
    },
    "requests": {"reference": "Q{n}", "type": "NJR-F2F", "name": "Kim Lee"},
}
IMPORTS = {
    **{kind: (*needed, *optional) for kind, (needed, optional) in COLUMNS.items()},
    "types": TYPE_COLUMNS,
    "requests": (*NEEDED, *OPTIONAL),
}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("full")
    make_hostile_site(str(folder / "full.db"), folder)
    return Place(str(folder / "full.db"), "super1")


@pytest.mark.parametrize("form", ["csv", "ics", "jsonl"])
def test_an_export_holds_no_control_byte(full: Place, form: str, tmp_path: Path) -> None:
    assert run("export", form, "--out", str(tmp_path / "out"), *full.options).code == 0
    files = sorted((tmp_path / "out").iterdir())
    assert files
    # A diary's code is part of a name, and must not lead out of the folder.
    assert sorted(one.name for one in tmp_path.iterdir()) == ["home", "out"]
    for path in files:
        data = path.read_bytes().replace(b"\r\n", b"\n") if form == "ics" else path.read_bytes()
        assert control_bytes(data) == [], path.name
        if path.suffix == ".jsonl":
            assert all(json.loads(line) for line in data.decode().split("\n") if line)
        if path.suffix == ".csv":
            rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines(keepends=True), strict=True))
            assert [cell for row in rows for cell in row if FORMULA.match(cell)] == [], path.name
            assert {len(row) for row in rows} == {len(rows[0])}


@pytest.mark.parametrize(
    "words", [("week", "--type", "FC-F2F", "--html"), ("today", "list", "--format", "html", "--out")], ids=lambda one: one[0]
)
def test_a_page_holds_no_control_byte_and_no_markup_of_others(full: Place, words: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    assert run(*words, str(path), *full.options).code == 0
    text = path.read_text(encoding="utf-8")
    assert control_bytes(text.encode()) == []
    assert "<script" not in text


@pytest.mark.parametrize(
    "words",
    [("segments", "show"), ("day", "2026-11-24"), ("log",), ("today",), ("staff", "list"), ("flags", "list")],
    ids=" ".join,
)
def test_what_a_command_prints_of_it_is_clean(full: Place, words: tuple[str, ...]) -> None:
    for options in (full.options, full.options[:-1]):
        assert run(*words, *options).code in (0, 2, 3)


@pytest.mark.parametrize("cell", ["=1+1", "\uff1d1", " =1", "\u3000@x", "\n=1", "'=1", "''\uff0b1", "-1", "Kim"])
def test_a_formula_is_guarded_and_comes_back(cell: str) -> None:
    assert not FORMULA.match(formula_safe(cell))
    assert plain_cell(formula_safe(cell)) == cell


@pytest.mark.parametrize("kind", IMPORTS)
def test_every_column_of_an_import_takes_hostile_text_or_refuses_it(desk: Place, tmp_path: Path, kind: str) -> None:
    assert set(SOUND[kind]) <= set(IMPORTS[kind])
    boss = desk.by("super1")
    words = [word.encode("utf-8", "replace").decode().replace("\0", "") for word in WORDS.values() if len(word) < 4_000]
    for column in IMPORTS[kind]:
        path = tmp_path / f"{kind}.csv"
        header = list(dict.fromkeys((*SOUND[kind], column)))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header)
            writer.writeheader()
            for number, word in enumerate(words):
                writer.writerow({name: value.format(n=number) for name, value in SOUND[kind].items()} | {column: word})
        command: tuple[str, ...] = ("types", "load", str(path)) if kind == "types" else ("import", str(path), "--partial")
        command = ("requests", "load", str(path), "--partial") if kind == "requests" else command
        assert run(*command, *boss.options[: 6 + len(column) % 2]).code in (0, 2, 3), column
    boss.sound()
    assert run("clients", *boss.options).code == 0

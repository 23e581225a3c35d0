"""Bytes, cells, days and codes of files: what is read, and in which sentence the rest is refused."""

from datetime import date

import pytest

from agent_tui.domain.import_text import LONGEST_CELL, cell_of, decoded, formula_safe, plain_cell, read_date, rows_of, unknown
from agent_tui.domain.type_files import FileProblem


@pytest.mark.parametrize("data", ["Zoë,1\n".encode(), "\ufeffZoë,1\n".encode()], ids=["plain", "with a mark"])
def test_utf8_is_read_with_and_without_its_mark(data: bytes) -> None:
    assert decoded(data) == "Zoë,1\n"


@pytest.mark.parametrize(
    ("data", "line", "word"),
    [
        (b"PK\x03\x04rest", 1, "zip"),
        ("a,b\n".encode("utf-16"), 1, "UTF-16"),
        (b"a,b\n1,\x002\n", 2, "NUL"),
        ("a\n" * 6 + "Zoë\n", 7, "--encoding windows-1252"),
    ],
    ids=["zip", "utf-16", "nul", "windows"],
)
def test_what_is_no_utf8_text_is_refused_by_line(data: bytes | str, line: int, word: str) -> None:
    found = decoded(data if isinstance(data, bytes) else data.encode("cp1252"))
    assert isinstance(found, FileProblem)
    assert found.line == line
    assert word in found.text


def test_windows_1252_is_read_where_it_is_named() -> None:
    assert decoded("Zoë’s\n".encode("cp1252"), "windows-1252") == "Zoë’s\n"
    assert isinstance(decoded(b"\x81\n", "windows-1252"), FileProblem)


@pytest.mark.parametrize("text", ["=1+1", "+44 113", "-2", "@x", "'=1", "''=1", "plain", "O'Hara", "'quoted'", "", "\tx", "\rx"])
def test_a_cell_that_a_spreadsheet_could_run_comes_back_as_it_was(text: str) -> None:
    written = formula_safe(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert plain_cell(written) == text


def test_a_cell_is_cleaned() -> None:
    assert cell_of(" a\x1b[31mb ") == "a\ufffd[31mb"
    assert len(cell_of("x" * 100_000)) == LONGEST_CELL


@pytest.mark.parametrize("text", ["2026-11-25", "25/11/2026"])
def test_a_day_is_read_in_both_forms(text: str) -> None:
    assert read_date(text) == date(2026, 11, 25)


def test_the_day_stands_before_the_month() -> None:
    assert read_date("03/04/2026") == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("31/02/2026", "not a day of the calendar"),
        ("2026-02-31", "not a day of the calendar"),
        ("11/25/2026", "the day stands first"),
        ("13/25/2026", "not a day of the calendar"),
        ("12/13/2026", "the day stands first"),
        ("25/11/26", "two digits"),
        ("25-11-26", "two digits"),
        ("1926-11-25", "between 2000 and 2100"),
        ("soon", "no day"),
        ("", "no day"),
        ("2026-11-25T09:00", "no day"),
        ("٢٠٢٦-11-25", "no day"),
    ],
)
def test_a_day_that_is_none_says_why(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_date(text)


def rows(text: str) -> tuple[list[dict[str, str]], list[FileProblem]]:
    problems: list[FileProblem] = []
    found = [row.cells for row in rows_of(text, ("code", "name"), ("more",), problems)]
    return found, problems


def test_columns_stand_in_any_order_and_optional_ones_may_be_missing() -> None:
    found, problems = rows('Name,CODE\n"Aire, and more",A\n\n,\n')
    assert found == [{"code": "A", "name": "Aire, and more", "more": ""}]
    assert problems == []


@pytest.mark.parametrize(
    ("text", "line", "field", "words"),
    [
        ("code\nA\n", 1, "name", "missing"),
        ("code,nam\nA,b\n", 1, "nam", "did you mean name"),
        ("code,name,code\nA,b,A\n", 1, "code", "twice"),
        ("code;name\nA;b\n", 1, None, "commas"),
        ("code\tname\nA\tb\n", 1, None, "commas"),
        ("code,name\nA\n", 2, None, "1 cells where the header has 2"),
        ("code,name\nA,b,c\n", 2, None, "3 cells"),
        ('code,name\nA,"b\n', 2, None, "not CSV"),
        ("", 1, "code", "missing"),
    ],
    ids=["missing", "misspelt", "twice", "semicolons", "tabs", "short", "shifted", "open quote", "empty"],
)
def test_a_file_of_another_shape_is_refused(text: str, line: int, field: str | None, words: str) -> None:
    found, problems = rows(text)
    assert found == []
    assert problems[0].line == line
    assert any(one.field == field and words in one.text for one in problems)


def test_a_row_over_several_lines_has_the_number_of_its_first() -> None:
    problems: list[FileProblem] = []
    text = 'code,name\nA,"b\nc"\nB,d\n'
    assert [row.line for row in rows_of(text, ("code", "name"), (), problems)] == [2, 4]


def test_the_nearest_code_is_offered() -> None:
    assert unknown("type", "FC-F2G", ["FC-F2F", "WSR-PHONE"]) == "There is no type FC-F2G; did you mean FC-F2F?"
    assert unknown("type", "zzz", ["FC-F2F"]) == "There is no type zzz."


def test_a_cell_that_is_too_long_is_a_problem_and_is_not_cut() -> None:
    problems: list[FileProblem] = []
    rows = list(rows_of(f"a,b\n1,{'x' * (LONGEST_CELL + 1)}\n2,y\n", ["a", "b"], [], problems))
    assert [row.cells["a"] for row in rows] == ["2"]
    assert [(one.line, one.field) for one in problems] == [(2, "b")]

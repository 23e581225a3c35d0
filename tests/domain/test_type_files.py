"""Files of appointment types: what is read, and which line is blamed for what."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.type_files import COLUMNS, TypesRead, merged, read_types
from agent_tui.domain.types import BOOKERS, GROUPS, MinutesFrom
from agent_tui.resources import data_file

HEADER = ",".join(COLUMNS)
GOOD = (
    "FC-F2F,First commitment - F2F,f2f,50,2020-01-01,commitments,first-commitment,yes,offer,"
    "site staff;case manager,room,papers,seed"
)


def read(*lines: str, header: str = HEADER) -> TypesRead:
    return read_types("\n".join((header, *lines)) + "\n")


def changed(**cells: str) -> str:
    named = dict(zip(COLUMNS, GOOD.split(","), strict=True)) | cells
    return ",".join(named[column] for column in COLUMNS)


def test_a_line_becomes_a_type() -> None:
    (kind,) = read(GOOD).types
    assert (kind.code, kind.name, kind.channel, kind.group) == ("FC-F2F", "First commitment - F2F", "f2f", "commitments")
    assert kind.minutes == (MinutesFrom(date(2020, 1, 1), 50),)
    assert kind.may_book == {"site staff", "case manager"}
    assert (kind.key, kind.needs, kind.bring, kind.booked_by) == (True, ("room",), "papers", "offer")


def test_columns_may_stand_in_any_order_and_blank_lines_are_passed_over() -> None:
    cells = GOOD.split(",")
    read_backwards = read_types("\ufeff" + ",".join(reversed(COLUMNS)) + "\r\n\r\n" + ",".join(reversed(cells)) + "\r\n,,\r\n")
    assert read_backwards == TypesRead(read(GOOD).types, ())


def test_a_later_line_of_the_same_code_adds_a_length() -> None:
    result = read(changed(minutes="30", effective_from="2027-04-01", source="elsewhere"), GOOD)
    assert result.problems == ()
    (kind,) = result.types
    assert kind.minutes == (MinutesFrom(date(2020, 1, 1), 50), MinutesFrom(date(2027, 4, 1), 30))
    assert kind.minutes_on(date(2027, 3, 31)) == 50
    assert kind.minutes_on(date(2027, 4, 1)) == 30


@pytest.mark.parametrize(
    ("lines", "line", "field", "words"),
    [
        ((changed(minutes="49"),), 2, "minutes", "multiple of 5"),
        ((changed(minutes="0"),), 2, "minutes", "multiple of 5"),
        ((changed(minutes="-5"),), 2, "minutes", "not a number"),
        ((changed(minutes="9" * 5000),), 2, "minutes", "not a number"),
        ((changed(minutes="\N{FULLWIDTH DIGIT FIVE}"),), 2, "minutes", "not a number"),
        ((GOOD, changed(code="X", minutes="soon")), 3, "minutes", "'soon' is not a number"),
        ((GOOD, GOOD), 3, "code", "twice"),
        ((GOOD, changed(effective_from="2027-04-01", name="Other")), 3, "name", "another name than in line 2"),
        ((changed(effective_from="2027-02-29"),), 2, "effective_from", "not a day"),
        ((changed(effective_from="20270401"),), 2, "effective_from", "not a day"),
        ((changed(key="maybe"),), 2, "key", "neither yes nor no"),
        ((changed(channel="fax"),), 2, "channel", "none of"),
        ((changed(group="odd"),), 2, "group", "none of"),
        ((changed(weekly_check="odd"),), 2, "weekly_check", "none of"),
        ((changed(booked_by="odd"),), 2, "booked_by", "none of"),
        ((changed(may_book="the queen"),), 2, "may_book", "the queen"),
        ((changed(may_book=""),), 2, "may_book", "Nobody"),
        ((changed(code="fc"),), 2, "code", "upper case"),
        ((changed(name=""),), 2, "name", "no name"),
        (("one,two",), 2, None, "2 cells where the header has 13"),
        (('"open',), 2, None, "not CSV"),
        ((), 1, None, "no types"),
    ],
)
def test_a_bad_line_is_named(lines: tuple[str, ...], line: int, field: str | None, words: str) -> None:
    problems = read(*lines).problems
    assert [(one.line, one.field) for one in problems] == [(line, field)]
    assert words in problems[0].text
    assert str(problems[0]).startswith(f"Line {line}")


def test_unknown_missing_and_double_columns_are_named_in_the_header() -> None:
    result = read(header=HEADER.replace("minutes", "Minutes").replace("source", "code"))
    assert result.types == ()
    assert [(one.line, one.field) for one in result.problems] == [(1, "Minutes"), (1, "code"), (1, "minutes"), (1, "source")]


def test_no_control_byte_of_a_file_reaches_a_type_or_a_sentence() -> None:
    kept = read(changed(name="First \x1b[2Jcommitment")).types
    assert "\x1b" not in kept[0].name
    blamed = read(changed(channel="\x1b]0;x\x07"), header=HEADER).problems
    assert "\x1b" not in str(blamed[0])


@given(st.text(max_size=300))
def test_any_text_is_answered(text: str) -> None:
    for content in (text, f"{HEADER}\n{text}", f"{HEADER}\n{GOOD}\n{text}"):
        result = read_types(content)
        assert result.types or result.problems


def test_a_length_of_a_file_joins_the_stored_ones_by_its_first_day() -> None:
    (stored,), (later,) = read(GOOD).types, read(changed(minutes="30", effective_from="2027-04-01")).types
    assert [step.minutes for step in merged(stored, later).minutes] == [50, 30]
    (shorter,) = read(changed(minutes="45")).types
    assert [step.minutes for step in merged(stored, shorter).minutes] == [45]


def test_the_types_that_come_with_the_program() -> None:
    result = read_types(data_file("types.csv").read_text(encoding="utf-8"))
    assert result.problems == ()
    kinds = {kind.code: kind for kind in result.types}
    assert len(kinds) == 44
    assert {kind.group for kind in kinds.values()} == set(GROUPS)
    assert {code for code, kind in kinds.items() if kind.booked_by == "block"} == {"BLK-NSESA", "BLK-PRISON", "BLK-CARE"}
    for code in ("IEI-FULL-F2F", "FC-F2F", "FC-RPT-F2F", "FEI-F2F", "BANK-F2F"):
        assert kinds[code].key
        assert kinds[code].may_book == set(BOOKERS)
    seed = {"FC-F2F": 50, "BIOID-F2F": 35, "ADV-F2F": 20, "ADV-PH": 20, "APA-F2F": 20, "APA-PH": 20}
    assert {code: kinds[code].minutes_on(date(2026, 11, 23)) for code in seed} == seed


def test_the_second_sample_makes_the_same_code_shorter_later() -> None:
    first = read_types(data_file("types.csv").read_text(encoding="utf-8"))
    (later,) = read_types(data_file("types-fc30.csv").read_text(encoding="utf-8")).types
    (stored,) = (kind for kind in first.types if kind.code == later.code)
    both = merged(stored, later)
    assert (both.minutes_on(date(2027, 3, 31)), both.minutes_on(date(2027, 4, 1))) == (50, 30)


@pytest.mark.parametrize("name", ["../pyproject.toml", "nothing.csv", "demo", "/etc/passwd"])
def test_only_files_of_the_data_folder_are_found(name: str) -> None:
    with pytest.raises(FileNotFoundError):
        data_file(name)

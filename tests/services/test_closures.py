"""Closed days: each nation's bank holidays and the site's own list."""

from datetime import date
from pathlib import Path

import pytest

from agent_tui.services.closures import ClosuresRefused, closures_of


def own(tmp_path: Path, *lines: str, header: str = "day,name,nation") -> Path:
    path = tmp_path / "closures.csv"
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("nation", ["ENG", "WLS", "SCT"])
def test_days_that_every_nation_has(nation: str) -> None:
    found = closures_of(nation, [2026])
    assert {date(2026, 1, 1), date(2026, 4, 3), date(2026, 12, 25), date(2026, 12, 28)} <= set(found)
    assert all(type(day) is date and name for day, name in found.items())
    assert list(found) == sorted(found)


def test_nations_differ() -> None:
    england, scotland = closures_of("ENG", [2026]), closures_of("SCT", [2026])
    assert date(2026, 4, 6) in england  # Easter Monday
    assert date(2026, 4, 6) not in scotland
    assert date(2026, 1, 2) in scotland
    assert date(2026, 1, 2) not in england


def test_the_list_that_comes_with_the_program_closes_days_that_are_no_bank_holiday() -> None:
    assert date(2024, 12, 27) in closures_of("ENG", [2024])
    assert date(2024, 12, 27) in closures_of("WLS", [2024])
    assert date(2024, 12, 27) not in closures_of("SCT", [2024])


def test_only_the_wanted_years_are_given() -> None:
    assert {day.year for day in closures_of("ENG", range(2026, 2028))} == {2026, 2027}


def test_the_own_list_holds_for_its_nation_or_for_all_and_names_the_day(tmp_path: Path) -> None:
    lines = own(tmp_path, "2026-03-10,Flood,ENG", "2026-03-11,Flood,SCT", "2026-03-12,Training,", "2026-12-25,Our Christmas,ENG")
    found = closures_of("ENG", [2026], lines)
    assert found[date(2026, 3, 10)] == "Flood"
    assert date(2026, 3, 11) not in found
    assert found[date(2026, 3, 12)] == "Training"
    assert found[date(2026, 12, 25)] == "Our Christmas"


@pytest.mark.parametrize("line", ["2026-02-30,No day,ENG", "2026-03-10,Two cells", "2026-03-10,Elsewhere,NIR", "2026-03-10,,ENG"])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(ClosuresRefused, match=r"Line 2 of closures\.csv"):
        closures_of("ENG", [2026], own(tmp_path, line))


def test_a_list_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClosuresRefused, match="first line"):
        closures_of("ENG", [2026], own(tmp_path, header="date,what"))
    with pytest.raises(ClosuresRefused, match="cannot be read"):
        closures_of("ENG", [2026], tmp_path / "absent.csv")
    with pytest.raises(ClosuresRefused, match="none of"):
        closures_of("NIR", [2026])

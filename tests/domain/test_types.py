"""Types: minutes that change from a date, and what makes a type unsound."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from agent_tui.domain.types import MinutesFrom, type_problems
from tests.domain.worlds import kind

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
STEPPED = kind(minutes=(MinutesFrom(JUNE, 50), MinutesFrom(JULY, 30)))


@pytest.mark.parametrize(
    ("day", "minutes"),
    [
        (JUNE - timedelta(days=1), None),
        (JUNE, 50),
        (JULY - timedelta(days=1), 50),
        (JULY, 30),
        (date.max, 30),
        (date.min, None),
    ],
)
def test_minutes_are_those_in_force_on_the_day_of_the_appointment(day: date, minutes: int | None) -> None:
    assert STEPPED.minutes_on(day) == minutes
    assert STEPPED.ticks_on(day) == (None if minutes is None else minutes // 5)


def test_a_sound_type_has_no_problems() -> None:
    assert type_problems(STEPPED) == []
    assert type_problems(kind(minutes=480)) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": ""}, "upper case"),
        ({"code": "fc-f2f"}, "upper case"),
        ({"code": "X" * 21}, "at most 20"),
        ({"name": ""}, "no name"),
        ({"channel": "fax"}, "channel 'fax'"),
        ({"group": "other"}, "group 'other'"),
        ({"weekly_check": "daily"}, "weekly_check"),
        ({"booked_by": "nobody"}, "booked_by"),
        ({"may_book": frozenset({"anybody"})}, "names anybody"),
        ({"minutes": ()}, "no minutes"),
        ({"minutes": (MinutesFrom(JUNE, 0),)}, "multiple of 5"),
        ({"minutes": (MinutesFrom(JUNE, 7),)}, "multiple of 5"),
        ({"minutes": (MinutesFrom(JUNE, 485),)}, "up to 480"),
        ({"minutes": (MinutesFrom(JUNE, 30), MinutesFrom(JUNE, 50))}, "two lengths from the same day"),
    ],
)
def test_each_mistake_in_a_type_is_told_in_a_sentence(changes: dict[str, object], words: str) -> None:
    problems = type_problems(replace(STEPPED, **changes))  # type: ignore[arg-type]
    assert any(words in problem for problem in problems)
    assert all(problem.endswith(".") for problem in problems)

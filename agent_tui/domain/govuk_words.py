"""Days, times and lengths as claimants read them, in English and in Welsh (GOV.UK style, domain/facts.md section 8)."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from agent_tui.domain.wall_time import MONTHS, WEEKDAYS, spoken_day, spoken_time

ENGLISH: Final = "en"
WELSH: Final = "cy"
LANGUAGES: Final[Mapping[str, str]] = MappingProxyType({ENGLISH: "English", WELSH: "Welsh"})
"""The languages that messages can be written in, by code."""

_WELSH_DAYS: Final = ("Llun", "Mawrth", "Mercher", "Iau", "Gwener", "Sadwrn", "Sul")
_WELSH_MONTHS: Final = (
    *("Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin"),
    *("Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"),
)


def day_words(day: date, language: str = ENGLISH) -> str:
    """Return a day as it stands in a sentence: "Tuesday 14 June", in Welsh with the mutation of "on a day" (ddydd Mawrth)."""
    if language == WELSH:
        return f"ddydd {_WELSH_DAYS[day.weekday()]} {day.day} {_WELSH_MONTHS[day.month - 1]}"
    return spoken_day(day)


def date_words(day: date, language: str = ENGLISH) -> str:
    """Return a day as it stands by itself: "Tuesday 14 June 2026"."""
    if language == WELSH:
        return f"dydd {_WELSH_DAYS[day.weekday()]} {day.day} {_WELSH_MONTHS[day.month - 1]} {day.year}"
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def letter_date(day: date, language: str = ENGLISH) -> str:
    """Return the day on which a letter is written: "14 June 2026"."""
    return f"{day.day} {(_WELSH_MONTHS if language == WELSH else MONTHS)[day.month - 1]} {day.year}"


def time_words(tick: int, language: str = ENGLISH) -> str:
    """Return a tick as it is said: "2:30pm", "9am", "midday" (in Welsh "hanner dydd")."""
    said = spoken_time(tick)
    return "hanner dydd" if said == "midday" and language == WELSH else said


def length_words(minutes: int, language: str = ENGLISH) -> str:
    """Return a length: "50 minutes", "1 hour", "1 hour 30 minutes" (in Welsh "50 munud", "1 awr 30 munud")."""
    hours, rest = divmod(minutes, 60)
    if language == WELSH:
        parts = ([f"{hours} awr"] if hours else []) + ([f"{rest} munud"] if rest or not hours else [])
    else:
        parts = [f"{hours} hour{'' if hours == 1 else 's'}"] if hours else []
        parts += [f"{rest} minute{'' if rest == 1 else 's'}"] if rest or not hours else []
    return " ".join(parts)


def when_words(day: date, today: date, language: str = ENGLISH) -> str:
    """Return when a day is, seen from today: "today", "tomorrow", or "on Tuesday 14 June"."""
    away = (day - today).days
    if language == WELSH:
        return {0: "heddiw", 1: "yfory"}.get(away, day_words(day, WELSH))
    return {0: "today", 1: "tomorrow"}.get(away, f"on {day_words(day)}")

"""Days on which a site is closed: its nation's bank holidays and the site's own list, as plain dates."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from agent_tui.domain.cleaning import clean
from agent_tui.domain.set_up import NATIONS
from agent_tui.resources import data_file

OWN_COLUMNS = ["day", "name", "nation"]
SOURCE = "bank holidays and own list"


class ClosuresRefused(Exception):
    """A list of closures that cannot be used; the message is a sentence with the line."""


def closures_of(nation: str, years: Iterable[int], own: Path | None = None) -> dict[date, str]:
    """Return the closed days of some years by date, the site's own list (day,name,nation) over the bank holidays.

    Jobcentres close on other days than bank holidays too, which differ per nation (domain/facts.md section 5), hence the
    list; a line without a nation holds for each. Bank holidays that fall on a weekend are in the answer twice, on the day
    itself and on the weekday that stands for it: nobody works on the first, so it does no harm.
    """
    if nation not in NATIONS:
        raise ClosuresRefused(f"The nation {nation[:20]!r} is none of: {', '.join(NATIONS)}.")
    wanted = sorted(set(years))
    found = _bank_holidays(nation, wanted)
    for day, name in _own(data_file("demo/closures.csv") if own is None else own, nation):
        if day.year in wanted:
            found[day] = name
    return dict(sorted(found.items()))


def _bank_holidays(nation: str, years: list[int]) -> dict[date, str]:
    from holidays import country_holidays

    return {day: clean(name) for day, name in country_holidays("GB", subdiv=nation, years=years).items()}


def _own(path: Path, nation: str) -> list[tuple[date, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            rows = [(reader.line_num, row) for row in reader if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ClosuresRefused(f"The closures in {clean(path.name)} cannot be read ({type(error).__name__}).") from error
    if not rows or rows[0][1] != OWN_COLUMNS:
        raise ClosuresRefused(f"The first line of {clean(path.name)} must be {','.join(OWN_COLUMNS)}.")
    found = []
    for line, row in rows[1:]:
        try:
            day, name, where = row
            closed = date.fromisoformat(day)
        except ValueError:
            raise ClosuresRefused(f"Line {line} of {clean(path.name)} is not a day (2026-11-23), a name and a nation.") from None
        if where not in ("", *NATIONS) or not clean(name):
            raise ClosuresRefused(f"Line {line} of {clean(path.name)} needs a name, and a nation of: {', '.join(NATIONS)}.")
        if where in ("", nation):
            found.append((closed, clean(name)))
    return found

"""Parts of the week's page beside its maps: how the guarantees stand, the white space day by day, and the week's check."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from agent_tui.domain.guarantee import OK, GuaranteeNow, short_words
from agent_tui.domain.html_page import Section, html
from agent_tui.domain.wall_time import spoken_day
from agent_tui.domain.weekly_check import WeeklyCheck


@dataclass(frozen=True, slots=True)
class SpaceOfDay:
    """The white space of all diaries that were asked for on a day, in minutes: free is usable and stranded together."""

    day: date
    free: int
    stranded: int

    @property
    def usable(self) -> int:
        """Return the free minutes that appointments can fill."""
        return self.free - self.stranded


@dataclass(frozen=True, slots=True)
class CheckShown:
    """The check of the week: None while nobody has signed, else with the signer's name and site time."""

    check: WeeklyCheck | None
    name: str = ""
    made: datetime | None = None


def guarantees_section(found: Sequence[GuaranteeNow]) -> Section:
    """Return those that fail or run low in a table, and those that hold in a sentence."""
    heading = f"<h2>Guarantees <span>{short_words(found)}</span></h2>" if found else "<h2>Guarantees</h2>"
    rows = "\n".join(_guarantee_row(one) for one in found if one.status != OK)
    columns = "".join(f'<th scope="col">{name}</th>' for name in ("Type", "Found", "Guaranteed"))
    columns += "".join(f'<th scope="col" class="said">{name}</th>' for name in ("State", "What helps"))
    caption = "<caption>Starts that must always be there, as they stand now</caption>"
    table = f"<table>\n{caption}\n<thead><tr>{columns}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n" if rows else ""
    holding = ", ".join(one.name for one in found if one.status == OK)
    said = f"Kept: {holding}." if holding else "None is kept." if found else "Nothing is guaranteed."
    return Section(f"{heading}\n{table}<p>{html(said)}</p>", _STYLE, "words")


def _guarantee_row(one: GuaranteeNow) -> str:
    rule = f"{one.rule.starts} in {one.rule.days} working day{'' if one.rule.days == 1 else 's'}"
    said = "".join(f'<td class="said">{html(text)}</td>' for text in (one.brief, one.fix or ""))
    cells = f"<td>{one.found}</td><td>{html(rule)}</td>{said}"
    return f'<tr><th scope="row">{html(one.name)}</th>{cells}</tr>'


def space_section(days: Sequence[SpaceOfDay]) -> Section:
    """Return free, usable and stranded minutes by day and of the week; no table where no diary was asked for."""
    if not days:
        return Section("<h2>White space</h2>\n<p>None of the diaries is open in this week.</p>", _STYLE, "words")
    head = "".join(f'<th scope="col">{one.day:%a} <span>{one.day.day}</span></th>' for one in days)
    rows = "\n".join(
        _space_row(name, minutes)
        for name, minutes in (
            ("Free", [one.free for one in days]),
            ("Usable", [one.usable for one in days]),
            ("Stranded", [one.stranded for one in days]),
        )
    )
    caption = "<caption>Minutes that nothing takes, by day</caption>"
    columns = f'<tr><th scope="col">Minutes</th>{head}<th scope="col">Week</th></tr>'
    table = f"<table>\n{caption}\n<thead>{columns}</thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    return Section(f"<h2>White space</h2>\n{table}", _STYLE, "words")


def _space_row(name: str, minutes: Iterable[int]) -> str:
    numbers = list(minutes)
    cells = "".join(f"<td>{number}</td>" for number in numbers)
    return f'<tr><th scope="row">{name}</th>{cells}<td class="total">{sum(numbers)}</td></tr>'


def check_section(shown: CheckShown) -> Section:
    """Return who signed the week, what was red then and what was done, or that nobody has signed it."""
    one, made = shown.check, shown.made
    if one is None or made is None:
        said = ["Nobody has signed this week."]
    else:
        red = ", ".join(red.type for red in one.red)
        said = [f"Signed by {shown.name} on {spoken_day(made.date())} at {made:%H:%M}."]
        said += [f"Red then: {red}." if red else "Nothing was red.", f"Done: {one.done}"]
    return Section("<h2>Check of the week</h2>\n" + "\n".join(f"<p>{html(line)}</p>" for line in said), _STYLE, "words")


_STYLE = (
    ".words{margin:1em 0}.words table{width:auto;table-layout:auto}.words .said{text-align:left;white-space:normal}"
    "@media print{.words{margin:2mm 0;break-inside:avoid}}"
)

"""Overrides: how often urgent requests displaced others, why, and what that cost those who were displaced."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from agent_tui.domain.override import is_override
from agent_tui.domain.reports.changes import undone_lines
from agent_tui.domain.reports.facts import Line
from agent_tui.domain.reports.shape import COUNT, DAYS, TEXT, Column, Report, Row, Table, mean
from agent_tui.domain.reports.span import Span
from agent_tui.domain.site import Catalogue

NAME, TITLE = "overrides", "Overrides"
VERBS = ("booked", "confirmed", "moved", "undone")


def overrides(catalogue: Catalogue, span: Span, lines: Sequence[Line], decided: Iterable[tuple[str, str]]) -> Report:
    """Return the overrides that were carried out on the days of the span and not undone, and those that agents prepared.

    `decided` are prepared overrides as (ISO day, status). Days lost are calendar days to the later day of each one displaced.
    Source: SOP section 5.
    """
    undone = undone_lines(lines)
    done = [line for line in lines if is_override(line.reason) and line.verb != "undone" and line.seq not in undone]
    done = [line for line in done if line.day in span.row_of]
    urgent = [line for line in done if line.verb != "moved"]
    moved = [line for line in done if line.verb == "moved"]
    columns = (Column("period", span.step.capitalize(), TEXT), *_FIGURES)
    here: list[tuple[list[Line], list[Line]]] = [([], []) for _ in span.periods]
    for line in done:
        here[span.row_of[line.day]][line.verb == "moved"].append(line)
    rows: list[Row] = [(period.name, *_cells(*parts)) for period, parts in zip(span.periods, here, strict=True)]
    total = ("All", *_cells(urgent, moved))
    tables = (
        Table("periods", "Over time", columns, tuple(rows), total, chart="overrides", by_time=True),
        _by_reason(urgent, moved),
        _by_type(catalogue, "urgent", "Types that displaced", [(line.after or {}).get("type") for line in urgent]),
        _by_type(catalogue, "displaced", "Types that were displaced", [(line.before or {}).get("type") for line in moved]),
        _prepared(decided),
    )
    return Report(NAME, TITLE, span.first, span.last, span.step, tables)


_FIGURES = (
    Column("overrides", "Overrides", COUNT),
    Column("displaced", "Displaced", COUNT),
    Column("days_lost", "Days lost", DAYS),
    Column("mean_days", "Mean days each", DAYS),
)


def _days_lost(line: Line) -> int:
    before, after = line.before or {}, line.after or {}
    return max(0, (date.fromisoformat(after["day"]) - date.fromisoformat(before["day"])).days)


def _cells(urgent: Sequence[Line], moved: Sequence[Line]) -> Row:
    lost = sum(_days_lost(line) for line in moved)
    return (len(urgent), len(moved), lost, mean(lost, len(moved)))


def _reason(line: Line) -> str:
    return (line.reason or "").partition(":")[2].split(";")[0].replace("_", " ") or "none given"


def _by_reason(urgent: Sequence[Line], moved: Sequence[Line]) -> Table:
    names = sorted({_reason(line) for line in (*urgent, *moved)})
    rows = tuple(
        (name, *_cells([line for line in urgent if _reason(line) == name], [line for line in moved if _reason(line) == name]))
        for name in names
    )
    return Table("reasons", "By reason", (Column("reason", "Reason", TEXT), *_FIGURES), rows, chart="overrides")


def _by_type(catalogue: Catalogue, key: str, title: str, codes: Iterable[str | None]) -> Table:
    counts = Counter(code or "-" for code in codes)
    rows = []
    for code, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        kind = catalogue.types.get(code)
        rows.append((code, kind.name if kind else code, count))
    columns = (Column("type", "Type", TEXT), Column("name", "Name", TEXT), Column("number", "Number", COUNT))
    return Table(key, title, columns, tuple(rows), ("All", "", sum(counts.values())), chart="number")


def _prepared(decided: Iterable[tuple[str, str]]) -> Table:
    counts = Counter(status for _day, status in decided)
    rows = tuple((status, count) for status, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])))
    columns = (Column("status", "Prepared by agents", TEXT), Column("number", "Number", COUNT))
    return Table("prepared", "Prepared by agents", columns, rows, ("All", sum(counts.values())))

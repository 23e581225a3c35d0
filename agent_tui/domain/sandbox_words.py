"""A trial of segments as rows and sentences, for a screen and for plain lines."""

from dataclasses import dataclass

from agent_tui.domain.plurals import counted
from agent_tui.domain.sandbox import RECORDED, Column, Trial
from agent_tui.domain.wall_time import short_date_of


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of both sets of segments, and what the draft makes of it; `better` is None where neither is."""

    name: str
    today: str
    draft: str
    difference: str
    better: bool | None


def source_words(trial: Trial) -> str:
    """Return which requests were replayed, and how much the draft changes."""
    counts = trial.counts
    if trial.source == RECORDED:
        parts = [
            f"{counted(counts.bookings, 'booking')} ({counts.cancelled} cancelled)",
            f"{counted(counts.refusals, 'call')} without one",
        ]
        parts.append(f"{counts.written} in writing")
        what = f"{counted(counts.total, 'request')} on record in {counted(trial.weeks, 'week')}: {', '.join(parts)}"
    else:
        what = f"{counted(counts.total, 'generated request')} for {counted(trial.weeks, 'week')}; their demand is assumed"
    changed = (
        "nothing" if not trial.changes else "1 pattern or type" if trial.changes == 1 else f"{trial.changes} patterns or types"
    )
    return f"{what}. The draft changes {changed}."


def _figures(column: Column) -> tuple[tuple[str, float | None, bool | None], ...]:
    """Return name, value and whether more is better, None where neither is."""
    return (
        ("requests booked", column.booked, True),
        ("requests refused", column.refused, False),
        ("days waited, mean", column.wait_days, False),
        ("minutes open", column.open_minutes, None),
        ("minutes booked", column.booked_minutes, True),
        ("minutes stranded", column.stranded_minutes, False),
        ("types that run dry", len(column.dry), False),
    )


def figure_rows(trial: Trial) -> list[Row]:
    """Return the figures of a trial side by side."""
    pairs = zip(_figures(trial.today), _figures(trial.draft), strict=True)
    return [_row(name, now, then, more) for (name, now, more), (_name, then, _more) in pairs]


def type_rows(trial: Trial) -> list[Row]:
    """Return refusals and waits of each type that is refused, or waits otherwise, in either; most refusals first."""
    rows: list[tuple[int, str, Row]] = []
    for code, now in trial.today.types.items():
        then = trial.draft.types.get(code, now)
        most = max(now.refused, then.refused)
        if most:
            rows.append((-most, code, _row(f"{code} refused", now.refused, then.refused, False)))
        days = _row(f"{code} days", now.wait_days, then.wait_days, False)
        if days.today != days.draft:
            rows.append((-most, code, days))
    return [row for _most, _code, row in sorted(rows, key=lambda one: one[:2])]


def dry_lines(trial: Trial) -> list[str]:
    """Return which types run dry, in which segments, and since when."""
    lines = []
    for code in sorted({*trial.today.dry, *trial.draft.dry}):
        now, then = (_day_of(side.dry.get(code)) for side in (trial.today, trial.draft))
        if now == then:
            lines.append(f"{code} runs dry in both, first asked for in vain on {now}.")
        elif then is None:
            lines.append(f"{code} runs dry today (first on {now}), not in the draft.")
        elif now is None:
            lines.append(f"! {code} runs dry in the draft (first on {then}), not today.")
        else:
            lines.append(f"{code} runs dry in both: today first on {now}, in the draft on {then}.")
    return lines


def _row(name: str, now: float | None, then: float | None, more: bool | None) -> Row:
    if now is None or then is None:
        return Row(name, _number(now), _number(then), "", None)
    # Waits are shown with one decimal, so what is not seen to differ does not.
    by = then - now if isinstance(now, int) and isinstance(then, int) else round(round(then, 1) - round(now, 1), 1)
    better = None if not by or more is None else (by > 0) == more
    word = "" if better is None else " better" if better else " worse"
    return Row(name, _number(now), _number(then), f"{_number(by, sign=True)}{word}" if by else "same", better)


def _number(value: float | None, *, sign: bool = False) -> str:
    if value is None:
        return "-"
    plus = "+" if sign else ""
    return f"{value:{plus},}" if isinstance(value, int) else f"{value:{plus}.1f}"


def _day_of(iso: str | None) -> str | None:
    return None if iso is None else short_date_of(iso)

"""Looks at claimants, counted: what the rule of unusual looks is asked about."""

from collections.abc import Iterable, Sequence

from agent_tui.store.unit_of_work import Unit


def on_purpose(unit: Unit, site: str, passing: Iterable[str], span: tuple[int, int]) -> Sequence[Sequence[object]]:
    """Return (login, claimant, instant in ms UTC) of each look that no screen named in passing; the end of `span` is outside."""
    words = sorted(passing)
    marks = ",".join("?" * len(words))
    statement = f"SELECT who, client, at FROM access WHERE site = ? AND at >= ? AND at < ? AND why NOT IN ({marks})"
    return unit.rows(statement, site, *span, *words)


def concerned(unit: Unit, site: str, before: int) -> list[tuple[str, str]]:
    """Return (claimant, login) of who wrote a line of the log about a claimant or took a call of theirs before an instant."""
    statement = (
        "SELECT DISTINCT client, who FROM event WHERE site = ? AND client IS NOT NULL AND at < ?"
        " UNION SELECT DISTINCT client, who FROM call WHERE site = ? AND client IS NOT NULL AND opened_at < ?"
    )
    return [(str(row[0]), str(row[1])) for row in unit.rows(statement, site, before, site, before)]

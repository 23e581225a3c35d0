"""Who shows which days now: rows of terminals, outside the log, which nothing but the header reads."""

from datetime import date

from agent_tui.domain.handovers import Here
from agent_tui.store.unit_of_work import Unit

GONE_MS = 120_000
"""After so long without a word from it a terminal is gone."""


def write(unit: Unit, site: str, terminal: str, login: str, first_day: str, last_day: str) -> None:
    """Write which days a terminal shows now, and forget terminals of the same login that are gone."""
    now = unit.clock_ms()
    unit.run(
        "INSERT INTO presence (site, terminal, login, first_day, last_day, seen_at) VALUES (?,?,?,?,?,?)"
        " ON CONFLICT (site, terminal) DO UPDATE SET login = excluded.login, first_day = excluded.first_day,"
        " last_day = excluded.last_day, seen_at = excluded.seen_at",
        *(site, terminal, login, first_day, last_day, now),
    )
    unit.run("DELETE FROM presence WHERE site = ? AND login = ? AND seen_at <= ?", site, login, now - GONE_MS)


def leave(unit: Unit, site: str, terminal: str) -> None:
    """Forget a terminal."""
    unit.run("DELETE FROM presence WHERE site = ? AND terminal = ?", site, terminal)


def here(unit: Unit, site: str, *, but: str = "") -> list[Here]:
    """Return who is there now by name, the latest day first, each terminal once; `but` leaves a login out."""
    rows = unit.rows(
        "SELECT p.login, COALESCE(s.name, p.login), p.first_day, p.last_day FROM presence p"
        " LEFT JOIN staff s ON s.site = p.site AND s.login = p.login"
        f" WHERE p.site = ? AND p.login <> ? AND p.seen_at > {unit.clock} - ? ORDER BY 2, p.seen_at DESC, p.terminal",
        *(site, but, GONE_MS),
    )
    return [Here(row[0], row[1], date.fromisoformat(row[2]), date.fromisoformat(row[3])) for row in rows]

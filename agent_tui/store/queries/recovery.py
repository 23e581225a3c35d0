"""Plans of the recovery list that were dismissed."""

from agent_tui.store.unit_of_work import Unit


def dismissed(unit: Unit, site: str, first_day: str, last_day: str) -> set[str]:
    """Return the names of the plans of some days (ISO) that were dismissed."""
    statement = "SELECT plan FROM recovery_dismissal WHERE site = ? AND day BETWEEN ? AND ?"
    return {str(row[0]) for row in unit.rows(statement, site, first_day, last_day)}


def dismiss(unit: Unit, site: str, plan: str, day: str, who: str, at: int) -> None:
    """Write down that a plan was dismissed; one that was already raises KeyRefused."""
    unit.run(
        "INSERT INTO recovery_dismissal (site, plan, day, dismissed_by, dismissed_at) VALUES (?,?,?,?,?)",
        *(site, plan, day, who, at),
    )

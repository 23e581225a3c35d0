"""Who is on which day: what terminals say of the days that they show, outside the log."""

from datetime import date

from agent_tui.domain.handovers import Here, on_days
from agent_tui.services.desk import Desk
from agent_tui.store.queries import presence as presence_queries
from agent_tui.store.unit_of_work import Unit


def show(desk: Desk, terminal: str, first: date, last: date) -> tuple[Here, ...]:
    """Write which days a terminal shows now and return who else shows one of them: one short transaction.

    A terminal says so when its days change and once a minute; two minutes without a word and it is gone.
    """

    def work(unit: Unit) -> tuple[Here, ...]:
        days = first.isoformat(), last.isoformat()
        presence_queries.write(unit, desk.site, terminal, desk.staff.login, *days)
        return on_days(presence_queries.here(unit, desk.site, but=desk.staff.login), first, last)

    return desk.store.write(work)


def leave(desk: Desk, terminal: str) -> None:
    """Write that a terminal is closed."""
    desk.store.write(lambda unit: presence_queries.leave(unit, desk.site, terminal))


def here(desk: Desk, day: date | None = None) -> tuple[Here, ...]:
    """Return who is there now by name, or who shows a day."""
    with desk.store.read() as unit:
        found = presence_queries.here(unit, desk.site)
    return tuple(found) if day is None else on_days(found, day, day)

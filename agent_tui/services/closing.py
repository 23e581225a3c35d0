"""Days on which the whole site is closed: added and taken back, with the appointments that stand on them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from agent_tui.domain.cleaning import clean
from agent_tui.domain.flags import CLOSED_DAY
from agent_tui.domain.log import Event
from agent_tui.domain.requests import EntryState, Refused
from agent_tui.domain.site import LAST_DAY
from agent_tui.domain.wall_time import short_date
from agent_tui.services.acts import Act, RequestId, in_one_act, request_id
from agent_tui.services.clashes import settle_off
from agent_tui.services.desk import Desk
from agent_tui.services.one_line import write_line
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import flags as flag_queries

CLOSED_VERB, OPENED_VERB = "day_closed", "day_opened"
MAY_CLOSE = ("leader", "supervisor", "admin")
SOURCE = "closed by the site"


@dataclass(frozen=True, slots=True)
class DayClosed:
    """A day that was "closed" or "opened", and the appointments on it that are kept and flagged while it is closed."""

    status: str
    day: date
    name: str
    flagged: tuple[EntryState, ...] = ()
    repeated: bool = False


def closures(desk: Desk) -> dict[date, str]:
    """Return the closed days of a site by date, with what each is called."""
    with desk.store.read() as unit:
        return dict(sorted(desk.catalogue(unit).closures.items()))


def close_day(desk: Desk, day: date, name: str, *, id: str | None = None) -> DayClosed | Refused:
    """Close the site on a day and return DayClosed ("closed") or Refused.

    Appointments on it are kept and flagged until they have moved, are cancelled, or the day is open again.
    """
    called = clean(name, limit=60)

    def work(act: Act) -> DayClosed | Refused:
        refused = _refuse(act, day)
        if refused is not None:
            return refused
        if not called:
            return Refused("not_possible", "A closed day needs a name, such as Staff training.", day=day)
        if day in act.catalogue.closures:
            return Refused("not_possible", f"{short_date(day)} is closed already: {act.catalogue.closures[day]}.", day=day)
        catalogue_queries.insert_closures(act.unit, act.site, {day: called}, SOURCE)
        standing = settle_closures(act, {**act.catalogue.closures, day: called}, [day])
        hit = tuple(one for one in standing if (one.day, one.start) >= (act.desk.site_now().day, act.desk.site_now().tick))
        write_line(act, CLOSED_VERB, {"day": day.isoformat(), "flagged": [one.id for one in hit]})
        act.finish(rules=True)
        return DayClosed("closed", day, called, hit)

    return _change(desk, request_id(id, CLOSED_VERB, day), work, called)


def open_day(desk: Desk, day: date, *, id: str | None = None) -> DayClosed | Refused:
    """Open the site again on a day and return DayClosed ("opened") or Refused; the flags of its appointments close."""

    def work(act: Act) -> DayClosed | Refused:
        refused = _refuse(act, day)
        if refused is not None:
            return refused
        name = act.catalogue.closures.get(day)
        if name is None:
            return Refused("not_possible", f"{short_date(day)} is not closed.", day=day)
        catalogue_queries.delete_closure(act.unit, act.site, day)
        settle_closures(act, {on: called for on, called in act.catalogue.closures.items() if on != day}, [day])
        write_line(act, OPENED_VERB, {"day": day.isoformat(), "flagged": []})
        act.finish(rules=True)
        return DayClosed("opened", day, name)

    return _change(desk, request_id(id, OPENED_VERB, day), work, "")


def _change(desk: Desk, request: RequestId, work: Callable[[Act], DayClosed | Refused], name: str) -> DayClosed | Refused:
    def again(act: Act, event: Event) -> DayClosed | Refused:
        kept = event.after or {}
        day = date.fromisoformat(kept["day"])
        found = entry_queries.some(act.unit, act.site, kept["flagged"])
        flagged = tuple(found[one] for one in kept["flagged"])
        return DayClosed("closed" if event.verb == CLOSED_VERB else "opened", day, name, flagged, repeated=True)

    if desk.staff.role not in MAY_CLOSE:
        return Refused("role", "Days are closed and opened by a team leader, a supervisor or an administrator.")
    return in_one_act(desk, request, work, again, rules=True)


def _refuse(act: Act, day: date) -> Refused | None:
    today = act.desk.now.date()
    if day < today:
        return Refused("past", f"{short_date(day)} is past; what was so stays so.", day=day)
    if day > LAST_DAY:
        return Refused("not_possible", f"Nothing is planned after {short_date(LAST_DAY)}.", day=day)
    return None


def settle_closures(act: Act, closures: dict[date, str], days: Sequence[date]) -> list[EntryState]:
    """Let everybody read anew which days are closed, bring the flags of the appointments on some days up to date, and return
    those appointments."""
    catalogue_queries.bump_version(act.unit, act.site)
    act.catalogue = replace(act.catalogue, closures=closures)
    standing = [one for day in days for one in entry_queries.standing_on(act.unit, act.site, day.isoformat())]
    flagged = {one.entry for one in flag_queries.lasting_about(act.unit, act.site, CLOSED_DAY) if one.entry is not None}
    for id in sorted(flagged | {one.id for one in standing}):
        settle_off(act, id)
    return standing

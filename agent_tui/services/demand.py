"""What the site is asked for: learnt value tables, calls that ended without a booking, and the settings of ranking."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from agent_tui.domain.availability import offers
from agent_tui.domain.demand import LearntFrom, Unmet, days_learnt_from, is_stale
from agent_tui.domain.log import Event
from agent_tui.domain.requests import Refused, Request
from agent_tui.domain.site import Catalogue
from agent_tui.domain.site_settings import SETTINGS, SiteSetting, read_setting
from agent_tui.domain.value_table import Mix, bucket, learn, mix_of
from agent_tui.domain.wall_time import instant_ms
from agent_tui.services.acts import Act, RequestId, in_one_act, request_id
from agent_tui.services.desk import Desk
from agent_tui.services.finding import occupied
from agent_tui.services.one_line import write_line
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import offers as offer_queries
from agent_tui.store.unit_of_work import Unit

LEARNT, SET, REFUSED = "demand_learnt", "setting_changed", "demand_refused"
DAYS_AHEAD = 42
"""The tables of all segments in so many days are learnt beforehand; any other is learnt when it is met."""

MAY_CHANGE = ("leader", "supervisor", "admin")


@dataclass(frozen=True, slots=True)
class Demand:
    """What the tables rest on: None where the usual mix holds; how many calls since; whether it is to be learnt anew.

    `weights` are shares of calls by type, of the types that the site has.
    """

    learnt: LearntFrom | None
    weights: dict[str, float]
    tables: int
    stale: bool
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class SettingShown:
    """A setting, its value, and whether it is the default."""

    setting: SiteSetting
    value: str
    is_default: bool
    repeated: bool = False


def standing(desk: Desk) -> Demand:
    """Return what the site's tables rest on; never writes."""
    with desk.store.read() as unit:
        return _standing(desk, unit, desk.catalogue(unit))


def _standing(desk: Desk, unit: Unit, catalogue: Catalogue) -> Demand:
    learnt = offer_queries.learnt(unit, desk.site)
    known = {code: catalogue.weight(code) for code, kind in sorted(catalogue.types.items()) if kind.booked_by == "offer"}
    whole = sum(known.values()) or 1.0
    return Demand(
        learnt,
        {code: weight / whole for code, weight in known.items()},
        len(catalogue.learnt),
        _is_stale(desk, unit, catalogue, learnt),
    )


def _is_stale(desk: Desk, unit: Unit, catalogue: Catalogue, learnt: LearntFrom | None) -> bool:
    today = desk.now.date()
    calls = 0
    if learnt is None:
        first, last = days_learnt_from(today)
        made = offer_queries.bookings_made(unit, desk.site, _midnight_ms(catalogue, first))
        calls = sum(made.values()) + sum(offer_queries.refusals_of(unit, desk.site, first, last).values())
    return is_stale(learnt, today, calls)


def _midnight_ms(catalogue: Catalogue, day: date) -> int:
    return instant_ms(datetime.combine(day, time()), catalogue.site.zone)


def learn_demand(desk: Desk, *, id: str | None = None) -> Demand | Refused:
    """Learn what the site is asked for from its bookings and refusals of twelve weeks, and the value tables from that.

    Returns Demand; other roles than team leader, supervisor and administrator are refused.
    """
    if desk.staff.role not in MAY_CHANGE:
        return Refused("role", "A team leader, a supervisor or an administrator can have the demand learnt.")
    return _learn(desk, request_id(id, LEARNT), only_if_stale=False) or standing(desk)


def learn_if_stale(desk: Desk) -> bool:
    """Learn the demand anew where a week has gone by since it was, or it never was, and say whether that was done.

    Any terminal may do it: nothing is decided by it that a person could decide otherwise.
    """
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        if not _is_stale(desk, unit, catalogue, offer_queries.learnt(unit, desk.site)):
            return False
    return isinstance(_learn(desk, request_id(None, LEARNT), only_if_stale=True), Demand)


def _learn(desk: Desk, request: RequestId, *, only_if_stale: bool) -> Demand | Refused | None:
    today = desk.now.date()
    first, last = days_learnt_from(today)
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        bookings = offer_queries.bookings_made(unit, desk.site, _midnight_ms(catalogue, first))
        refusals = offer_queries.refusals_of(unit, desk.site, first, last)
    found = LearntFrom(first, last, bookings, refusals, desk.at(catalogue.site.zone))
    # Learning takes longer than others should wait for the write lock, so it comes before it.
    tables = tables_for(catalogue_queries.with_demand(catalogue, found), today)

    def work(act: Act) -> str:
        known = offer_queries.learnt(act.unit, act.site)
        if only_if_stale and not is_stale(known, today, found.calls):
            return _FRESH
        offer_queries.write_learnt(act.unit, act.site, found, tables)
        catalogue_queries.bump_version(act.unit, act.site)
        said = {
            **{"first": first.isoformat(), "last": last.isoformat(), "tables": len(tables)},
            **{"bookings": sum(bookings.values()), "refusals": sum(refusals.values())},
        }
        write_line(act, LEARNT, said)
        return _DONE

    done = in_one_act(desk, request, work, _again, rules=True)
    if isinstance(done, Refused):
        return done
    if done == _FRESH:
        return None
    with desk.store.read() as unit:
        now = _standing(desk, unit, desk.catalogue(unit))
    return Demand(now.learnt, now.weights, now.tables, now.stale, repeated=done == _REPEATED)


_DONE, _REPEATED, _FRESH = "done", "repeated", "fresh"


def _again(_act: Act, _earlier: Event) -> str:
    return _REPEATED


def tables_for(catalogue: Catalogue, today: date) -> dict[Mix, offer_queries.Rows]:
    """Return the value tables of every kind of segment in the days ahead, by its mix."""
    longest: dict[Mix, int] = {}
    for offset in range(DAYS_AHEAD):
        day = today + timedelta(days=offset)
        for diary in catalogue.diaries:
            for area in catalogue.areas(diary, day):
                lengths = catalogue.offered_lengths(area.codes, area.channel, day)
                mix = mix_of((ticks, catalogue.weight(code)) for code, ticks in lengths.items())
                longest[mix] = max(longest.get(mix, 0), bucket(area.end - area.start))
    return {mix: learn(mix, ticks) for mix, ticks in longest.items() if mix}


def record_refusal(desk: Desk, request: Request, ending: str, *, id: str | None = None) -> Unmet | Refused:
    """Write down that a caller wanted a type and got no time for it, with the rules that a search meets now.

    Returns Unmet, or Refused for a type that the site does not have. Nothing of the caller is kept.
    """
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        if request.type not in catalogue.types:
            return Refused("unknown_type", f"There is no type {request.type[:30]}. See: agent-tui types.", type=request.type)
        found = offers(catalogue, request, occupied(desk, unit, catalogue, request), desk.site_now())
    unmet = Unmet.of(request, tuple(one.rule for one in found.reasons))
    wanted = request_id(id, REFUSED, unmet, ending)

    def work(act: Act) -> str:
        write_unmet(desk, act.unit, wanted.id, unmet, ending)
        write_line(act, REFUSED, unmet.as_state() | {"ending": ending})
        return _DONE

    done = in_one_act(desk, wanted, work, _again, rules=True)
    return done if isinstance(done, Refused) else unmet


def write_unmet(desk: Desk, unit: Unit, id: str, unmet: Unmet, ending: str) -> None:
    """Write a call that ended without a booking inside an open transaction; one that is written already stays."""
    offer_queries.insert_refusal(unit, desk.site, id, desk.now.date(), unmet, ending)


def settings_of(desk: Desk) -> list[SettingShown]:
    """Return every setting of the site with its value."""
    with desk.store.read() as unit:
        changed = offer_queries.settings(unit, desk.site)
    return [SettingShown(one, changed.get(one.name, one.default), one.name not in changed) for one in SETTINGS.values()]


def change_setting(desk: Desk, name: str, text: str, *, id: str | None = None) -> SettingShown | Refused:
    """Change a setting of the site; an unknown one or a value that it cannot have raises BadSetting.

    Other roles than team leader, supervisor and administrator are refused.
    """
    name, value = read_setting(name, text)
    if desk.staff.role not in MAY_CHANGE:
        return Refused("role", "A team leader, a supervisor or an administrator can change a setting of the site.")

    def work(act: Act) -> str:
        was = offer_queries.settings(act.unit, act.site).get(name)
        offer_queries.set_setting(act.unit, act.site, name, value, desk.staff.login, act.at)
        catalogue_queries.bump_version(act.unit, act.site)
        write_line(act, SET, {"setting": name, "value": value, "was": was})
        return _DONE

    done = in_one_act(desk, request_id(id, SET, name, value), work, _again, rules=True)
    if isinstance(done, Refused):
        return done
    return SettingShown(SETTINGS[name], value, False, repeated=done == _REPEATED)

"""What types must always have: how each guarantee stands, and setting, changing and dropping one."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from agent_tui.domain.guarantee import GuaranteeNow, guarantee_now, guarantee_problem, guarantees_now, longest
from agent_tui.domain.log import Event, State
from agent_tui.domain.requests import Refused
from agent_tui.domain.types import Guarantee
from agent_tui.services.acts import Act, RequestId, in_one_act, request_id
from agent_tui.services.desk import Desk
from agent_tui.services.key_types import pace_now, taken_until
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import guarantees as guarantee_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.unit_of_work import Unit

MAY_SET = ("leader", "supervisor", "admin")
SET, DROPPED = "guarantee_set", "guarantee_dropped"


@dataclass(frozen=True, slots=True)
class GuaranteeSet:
    """What was said of a type: `status` is "saved", "dropped", or "unchanged" where it was so already.

    `rule` is what the type must have now, or had before it was dropped; `stands` how that is kept, None once dropped.
    """

    status: str
    rule: Guarantee
    stands: GuaranteeNow | None = None
    repeated: bool = False


def guarantees(desk: Desk) -> list[GuaranteeNow]:
    """Return how each guarantee stands, as domain.guarantee.guarantees_now, in one range read; never writes."""
    with desk.store.read() as unit:
        return stand(desk, unit)


def stand(desk: Desk, unit: Unit) -> list[GuaranteeNow]:
    """Return how each guarantee stands, inside an open unit."""
    catalogue = desk.catalogue(unit)
    if not catalogue.guarantees:
        return []
    _first, last = longest(catalogue, desk.now.date())
    occupied = taken_until(desk, unit, catalogue, last)
    return guarantees_now(catalogue, occupied, desk.site_now(), pace_now(desk, unit, catalogue))


def set_guarantee(desk: Desk, code: str, starts: int, days: int, *, id: str | None = None) -> GuaranteeSet | Refused:
    """Say how many starts a type must have within how many working days, and return GuaranteeSet or Refused.

    Refused are other roles than team leader, supervisor and administrator, unknown types, block time, and numbers that
    domain.guarantee.guarantee_problem does not allow.
    """
    rule = Guarantee(code, starts, days)
    problem = guarantee_problem(starts, days)
    if problem is not None:
        return Refused("not_possible", problem, type=code)

    def write(act: Act) -> GuaranteeSet | Refused:
        kind = act.catalogue.types.get(code)
        if kind is None:
            return Refused("unknown_type", f"There is no type {code[:30]}. See: agent-tui types.", type=code)
        if kind.booked_by == "block":
            return Refused("not_allowed", f"{kind.name} is booked straight into the diary as block time.", type=code)
        if act.catalogue.guarantees.get(code) == rule:
            return GuaranteeSet("unchanged", rule)
        guarantee_queries.put(act.unit, act.site, [rule], desk.staff.login, act.at)
        _log(act, SET, {"type": code, "starts": starts, "days": days})
        return GuaranteeSet("saved", rule)

    return _shown(desk, _change(desk, request_id(id, SET, code, starts, days), write))


def drop_guarantee(desk: Desk, code: str, *, id: str | None = None) -> GuaranteeSet | Refused:
    """Guarantee a type nothing any more, and return GuaranteeSet or Refused; one without a guarantee is refused."""

    def write(act: Act) -> GuaranteeSet | Refused:
        rule = act.catalogue.guarantees.get(code)
        if rule is None:
            known = "" if code in act.catalogue.types else f"There is no type {code[:30]}. "
            text = f"{known}Nothing is guaranteed for {code[:30]}. See: agent-tui guarantee."
            return Refused("unknown_type" if known else "not_possible", text, type=code)
        guarantee_queries.drop(act.unit, act.site, code)
        _log(act, DROPPED, {"type": code, "starts": rule.starts, "days": rule.days})
        return GuaranteeSet("dropped", rule)

    return _change(desk, request_id(id, DROPPED, code), write)


def _shown(desk: Desk, done: GuaranteeSet | Refused) -> GuaranteeSet | Refused:
    """Return what was done with how the guarantee stands by it."""
    if isinstance(done, Refused):
        return done
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        _first, last = longest(replace(catalogue, guarantees={done.rule.type: done.rule}), desk.now.date())
        occupied = taken_until(desk, unit, catalogue, last)
        pace = pace_now(desk, unit, catalogue)
    return replace(done, stands=guarantee_now(catalogue, done.rule, occupied, desk.site_now(), pace))


def _log(act: Act, verb: str, said: State) -> None:
    catalogue_queries.bump_version(act.unit, act.site)
    event = NewEvent(verb, after={"claims": [], **said}, request=act.request.id, fingerprint=act.request.fingerprint)
    log_queries.append(act.unit, act.stamp, event)


def _change(desk: Desk, request: RequestId, write: Callable[[Act], GuaranteeSet | Refused]) -> GuaranteeSet | Refused:
    """Change a guarantee under the lock of the rules, so that every terminal reads them anew; a retry changes nothing."""

    def again(_act: Act, earlier: Event) -> GuaranteeSet:
        said = earlier.after or {}
        status = "saved" if earlier.verb == SET else "dropped"
        return GuaranteeSet(status, Guarantee(said["type"], said["starts"], said["days"]), repeated=True)

    if desk.staff.role not in MAY_SET:
        return Refused("role", "Guarantees are set by a team leader, a supervisor or an administrator.")
    return in_one_act(desk, request, write, again, rules=True)

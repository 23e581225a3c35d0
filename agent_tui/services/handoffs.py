"""The hand-off list: who has which, and how each ended."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from agent_tui.domain.flags import HANDOFF_OVERDUE
from agent_tui.domain.handoffs import CLOSED, OUTCOMES, TAKEN, Handoff
from agent_tui.domain.log import Event
from agent_tui.domain.requests import Refused
from agent_tui.services.acts import Act, RequestId, in_one_act, request_id
from agent_tui.services.claimants import record_looks
from agent_tui.services.desk import Desk
from agent_tui.services.one_line import write_line
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import work as work_queries


@dataclass(frozen=True, slots=True)
class HandoffChanged:
    """A hand-off as an act has left it: `status` is "taken" or "closed"."""

    status: str
    handoff: Handoff
    repeated: bool = False


def handoffs(desk: Desk) -> list[Handoff]:
    """Return hand-offs: open first, key types first, then by due day."""
    with desk.store.read() as unit:
        return work_queries.handoffs(unit, desk.site)


def take(desk: Desk, handoff_id: str, *, id: str | None = None) -> HandoffChanged | Refused:
    """Give a hand-off to the desk's person and return HandoffChanged ("taken"), or Refused: with somebody else, or closed.

    A team leader or a supervisor may take one from somebody else. The look at its claimant is recorded.
    """

    def work(act: Act) -> HandoffChanged | Refused:
        found = _open(act, handoff_id)
        if isinstance(found, Refused):
            return found
        staff = act.desk.staff
        if found.taken_by not in (None, staff.login) and staff.role not in ("leader", "supervisor"):
            who = act.staff_names.get(found.taken_by or "", found.taken_by)
            return Refused("held", f"{who} has this; they close it, or a team leader or a supervisor takes it.", id=handoff_id)
        taken = replace(found, status="taken", taken_by=staff.login)
        work_queries.update_handoff(act.unit, act.site, taken)
        write_line(act, TAKEN, {"handoff": found.id, "type": found.type, "to": staff.login}, client=found.client)
        act.finish()
        record_looks(desk, [found.client] if found.client else [], "handoff")
        return HandoffChanged("taken", taken)

    return _change(desk, request_id(id, TAKEN, handoff_id), work)


def close(desk: Desk, handoff_id: str, how: str, *, id: str | None = None) -> HandoffChanged | Refused:
    """Write how a hand-off ended, one of OUTCOMES, and return HandoffChanged ("closed"); its flag closes with it."""
    if how not in OUTCOMES:
        raise ValueError(how)

    def work(act: Act) -> HandoffChanged | Refused:
        found = _open(act, handoff_id)
        if isinstance(found, Refused):
            return found
        closed = replace(found, status="closed", closed_by=act.desk.staff.login, outcome=how, closed_at=act.at)
        work_queries.update_handoff(act.unit, act.site, closed)
        for flag in flag_queries.lasting_about(act.unit, act.site, HANDOFF_OVERDUE):
            if flag.handoff == found.id:
                act.flags.mend(flag)
        write_line(act, CLOSED, {"handoff": found.id, "type": found.type}, reason=how, client=found.client)
        act.finish()
        return HandoffChanged("closed", closed)

    return _change(desk, request_id(id, CLOSED, handoff_id, how), work)


def _change(desk: Desk, request: RequestId, work: Callable[[Act], HandoffChanged | Refused]) -> HandoffChanged | Refused:
    def again(act: Act, event: Event) -> HandoffChanged | Refused:
        found = work_queries.handoff(act.unit, act.site, (event.after or {})["handoff"])
        assert found is not None
        return HandoffChanged("taken" if event.verb == TAKEN else "closed", found, repeated=True)

    if desk.staff.role == "coach":
        return Refused("role", "Hand-offs are worked by agents, team leaders and supervisors.")
    return in_one_act(desk, request, work, again)


def _open(act: Act, handoff_id: str) -> Handoff | Refused:
    found = work_queries.handoff(act.unit, act.site, handoff_id, lock=True)
    if found is None:
        return Refused("unknown_entry", f"There is no hand-off {handoff_id[:40]}.", id=handoff_id)
    if found.status == "closed":
        who = catalogue_queries.staff_names(act.unit, act.site).get(found.closed_by or "", found.closed_by)
        text = f"This has been closed by {who}: {(found.outcome or '').replace('_', ' ')}."
        return Refused("stale_version", text, id=handoff_id, type=found.type)
    return found

"""What of a hand-over goes with the hold inside an open act: the call, and what an undo gives back."""

from agent_tui.domain.handovers import HANDED
from agent_tui.domain.log import Event
from agent_tui.domain.requests import EntryState
from agent_tui.services.acts import Act
from agent_tui.store.queries import handovers as handover_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import work as work_queries
from agent_tui.store.queries.log import NewEvent


def give_call(act: Act, call_id: str | None, to: str) -> None:
    """Let a conversation that is still in hand go along with its hold, and write its line; the line of the hold comes after."""
    row = None if call_id is None else work_queries.call(act.unit, act.site, call_id)
    if call_id is None or row is None or row[2] != "open" or row[3] == to:
        return
    work_queries.give_call(act.unit, act.site, call_id, to)
    after = {"claims": [], "call": call_id, "status": "open", "who": to, "type": row[4], "entry": row[6], "done": "taken"}
    log_queries.append(act.unit, act.stamp, NewEvent("call_taken", after=after))


def handed_back(act: Act, event: Event, now: EntryState, after: EntryState) -> None:
    """Let a hand-over be as it was before a line that is undone; one that was given stays with the giver, draft and all."""
    kept = handover_queries.get(act.unit, act.site, now.id)
    if kept is None:
        return
    handover_queries.set_status(act.unit, act.site, now.id, "withdrawn" if event.verb == HANDED else "waiting")
    if now.made_by != after.made_by:
        give_call(act, kept.call, after.made_by)

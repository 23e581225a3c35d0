"""What moved several appointments at once, taken back: all of it or nothing."""

from agent_tui.domain.flags import RESOLVED
from agent_tui.domain.log import Event
from agent_tui.domain.override import is_override
from agent_tui.domain.requests import Outcome, Refused
from agent_tui.domain.whole_acts import is_whole
from agent_tui.services.acts import Abandoned, Act
from agent_tui.services.changes import lock_client, release_moves, take_back, too_late
from agent_tui.services.override_requests import reopen
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries


def end_of_act(act: Act, event: Event) -> Event | Refused:
    """Return the line that answered the act of which a line is given, or why it cannot be found any more."""
    if event.request is not None:
        return event
    found = log_queries.answer_after(act.unit, act.site, event.seq)
    answers = found is not None and (is_whole(found.reason) or found.verb == RESOLVED)
    if found is not None and answers and (found.who, found.stamped) == (event.who, event.stamped):
        return found
    return Refused("stale_version", "This was changed since, so it cannot be undone.", id=event.entry)


def take_back_all(act: Act, event: Event, version: int | None) -> Outcome:
    """Take back every line of the act that a line has answered, and return what became of the last entry that it changed.

    All that it moved, placed or blocked lets go first, since one appointment may stand where another goes back to.
    """
    of_act = [event, *reversed(log_queries.others_of_act(act.unit, act.site, event))]
    lines = [one for one in of_act if one.entry is not None and is_whole(one.reason)]
    now = {}
    for line in lines:
        entry = entry_queries.get(act.unit, act.site, line.entry or "", lock=True)
        assert entry is not None
        refused = too_late(act, line, entry, version if line is lines[0] else None)
        if refused is not None:
            return refused
        lock_client(act, entry)
        now[line.seq] = (entry, act.state(entry))
    for entry, _state in now.values():
        release_moves(act, entry.id)
        entry_queries.let_go(act.unit, act.site, entry.id)
    outcome: Outcome | None = None
    together = frozenset(entry.id for entry, _state in now.values())
    for line in lines:
        done = take_back(act, line, *now[line.seq], primary=line is lines[0], together=together)
        if isinstance(done, Refused):
            raise Abandoned(done)
        outcome = outcome or done
    assert outcome is not None
    if is_override(event.reason):
        reopen(act, event.entry or "")
    return outcome

"""The line of the log that answers an act about no entry: contacts, hand-offs, closed days, who has a flag."""

from agent_tui.domain.log import State
from agent_tui.services.acts import Act
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import NewEvent


def write_line(act: Act, verb: str, after: State, *, reason: str | None = None, client: str | None = None) -> int:
    """Append the line that answers an act, which names codes and ids only, and return its seq."""
    event = NewEvent(
        verb,
        client=client,
        after={"claims": [], **after},
        reason=reason,
        request=act.request.id,
        fingerprint=act.request.fingerprint,
    )
    seq = log_queries.append(act.unit, act.stamp, event)
    act.flags.line_written(seq)
    return seq

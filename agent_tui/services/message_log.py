"""Lines of the log about messages: they name one by its reference, and hold codes and numbers alone."""

from agent_tui.domain.messages import Message
from agent_tui.services.desk import Desk
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.unit_of_work import Unit

SENT_VERB, FAILED_VERB, DROPPED_VERB = "message_sent", "message_failed", "message_dropped"


def log_message(desk: Desk, unit: Unit, verb: str, message: Message, *, reason: str | None = None, **more: object) -> None:
    """Append a line about a message, which names it by its reference; `more` are codes and numbers."""
    after = {"message": message.reference, "kind": message.kind, "channel": message.channel, "claims": [], **more}
    log_queries.append(unit, desk.stamp(unit), NewEvent(verb, client=message.client, after=after, reason=reason))

"""By which channel the messages go that wait, once a claimant's details or preference have changed."""

from collections.abc import Collection

from agent_tui.domain.clients import Client
from agent_tui.domain.messages import ASKING, PHONE, QUEUED, choose_channel, language_of
from agent_tui.store.queries import messages as message_queries
from agent_tui.store.unit_of_work import Unit

REACHED_BY = frozenset({"phone", "email", "address", "access_needs", "preferred_channel"})
"""The details of a claimant that decide by which channel they are told."""


def go_as_they_say(unit: Unit, site: str, client: Client, changed: Collection[str]) -> None:
    """Let the messages that wait for an answer go by the channel that is known now; all that wait, where it is preferred anew.

    `client` is the claimant as they are now, `changed` the names of the details that were changed.
    """
    channel = choose_channel(client)
    if channel is None or not REACHED_BY & set(changed):
        return
    status, language = (ASKING if channel == PHONE else QUEUED), language_of(client)
    for one in message_queries.waiting_of_client(unit, site, client.ref):
        if one.status == ASKING or "preferred_channel" in changed:
            message_queries.set_channel(unit, site, one.reference, channel, language)
            message_queries.set_status(unit, site, one.reference, status)

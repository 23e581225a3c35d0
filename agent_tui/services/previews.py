"""A message looked at before it goes out: its words as they would be now, and whether it would go out at all."""

from dataclasses import dataclass, field, replace

from agent_tui.domain.message_story import error_words
from agent_tui.domain.messages import ASKING, NOTE, PHONE, TICKET, Message, choose_channel, language_of
from agent_tui.domain.requests import Refused
from agent_tui.domain.sms import sms_length
from agent_tui.services.claimants import record_looks, sees_names
from agent_tui.services.composing import Composer, Unwritten
from agent_tui.services.desk import Desk
from agent_tui.services.message_words import load_library
from agent_tui.services.messages import LOOK, message
from agent_tui.services.sending import verdict
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import messages as message_queries


@dataclass(frozen=True, slots=True)
class Preview:
    """A message with its words as they would go out now; `why_not` says why it would not, `parts` counts a text's parts."""

    message: Message
    subject: str | None = field(default=None, repr=False)
    body: str | None = field(default=None, repr=False)
    parts: int | None = None
    why_not: str | None = None


def preview(desk: Desk, reference: str, templates: str | None) -> Preview | Refused:
    """Return a message with its words, made of what the store says now, and record the look at its claimant.

    `templates` is the folder of the site's own templates. Of one that was sent it is what would be sent today; the words that
    went out are not kept. Refused for a role that does not see claimants, and for an unknown reference.
    """
    found = message(desk, reference)
    if isinstance(found, Refused):
        return found
    if found.entry is not None and not sees_names(desk):
        return Refused("role", "The words of messages are seen by agents, coaches, team leaders and supervisors.", id=reference)
    if found.client is not None and found.kind != NOTE:
        record_looks(desk, [found.client], LOOK)
    composer = Composer(load_library(templates))
    with desk.store.read() as unit:
        entry = None if found.entry is None else entry_queries.get(unit, desk.site, found.entry)
        at = desk.at(desk.catalogue(unit).site.zone)
        judged = verdict(desk, unit, found, entry, at)
        why_not = None if judged.drop is None or not found.waits else f"It would be dropped: {error_words(judged.drop)}."
        shown = replace(found, kind=judged.kind or found.kind)
        if found.kind not in (NOTE, TICKET):
            client = None if found.client is None else message_queries.client_of(unit, desk.site, found.client)
            channel = found.channel or (None if client is None else choose_channel(client)) or PHONE
            shown = replace(shown, channel=channel, language="en" if client is None else language_of(client))
        try:
            outgoing, _template = composer.compose(desk, unit, shown, entry)
        except Unwritten as unwritten:
            return Preview(found, why_not=why_not or str(unwritten))
    parts = sms_length(outgoing.body).parts if outgoing.channel == "sms" else None
    if found.status == ASKING and why_not is None:
        why_not = "It waits for a person: told by phone, or the channel chosen."
    return Preview(found, outgoing.subject or None, outgoing.body, parts, why_not)

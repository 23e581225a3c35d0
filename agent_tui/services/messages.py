"""The outbox as people see it: what waits, what failed, what was sent; sent again, dropped, told by phone, its channel chosen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agent_tui.domain.clients import Client
from agent_tui.domain.log import State
from agent_tui.domain.messages import (
    ASKING,
    FAILED,
    PREFERENCES,
    QUEUED,
    STATUSES,
    TO_CLAIMANTS,
    Message,
    language_of,
    reachable,
    unsuited,
)
from agent_tui.domain.requests import Refused
from agent_tui.services.acts import RequestId, request_id
from agent_tui.services.claimants import record_looks, sees_names
from agent_tui.services.desk import Desk
from agent_tui.services.message_log import DROPPED_VERB, log_message
from agent_tui.services.ways import go_as_they_say
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import messages as message_queries
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.unit_of_work import Unit

RETRIED, CHANNEL_SET, TOLD = "message_retried", "message_channel", "told"
LOOK = "message"
"""Why a claimant is looked at whose message is previewed or whose channel is asked for."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """Messages as they are listed, those to be sent first, and how many there are in each status."""

    items: tuple[Message, ...]
    counts: Mapping[str, int]
    total: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What an act did to messages: `status` is retried, dropped, chosen or told, `messages` how many, which one if one."""

    status: str
    messages: int
    message: Message | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """How a claimant could be told of an appointment: the open messages, what they prefer, and what can and should be used."""

    entry: str
    client: str
    waiting: tuple[Message, ...]
    preferred: str
    can: tuple[str, ...]
    unsuited: frozenset[str] = frozenset()
    where: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def asks(self) -> bool:
        """Return whether somebody has to say how the claimant is told."""
        return any(one.status == ASKING for one in self.waiting)


def outbox(desk: Desk, statuses: Sequence[str] = STATUSES, limit: int | None = None) -> Outbox:
    """Return messages in some statuses; they name claimants by opaque id only, and hold no words."""
    with desk.store.read() as unit:
        counts = message_queries.counts(unit, desk.site)
        items = message_queries.with_statuses(unit, desk.site, statuses, limit)
    return Outbox(tuple(items), counts, sum(counts.get(one, 0) for one in statuses))


def zone_of(desk: Desk) -> str:
    """Return the site's time zone, in which instants are shown."""
    with desk.store.read() as unit:
        return desk.catalogue(unit).site.zone


def message(desk: Desk, reference: str) -> Message | Refused:
    """Return one message by its reference, or Refused."""
    with desk.store.read() as unit:
        return message_queries.get(unit, desk.site, reference) or _unknown(reference)


def _unknown(reference: str) -> Refused:
    return Refused("unknown_entry", f"There is no message {reference[:60]}. See: agent-tui outbox list", id=reference)


def retry(desk: Desk, reference: str, *, id: str | None = None) -> Settled | Refused:
    """Let a dead letter be sent again, from now on, and return Settled ("retried") or Refused."""

    def work(unit: Unit, found: Message) -> Settled | Refused:
        if found.status != FAILED:
            return Refused("not_possible", f"Only a message that failed is sent again; this one is {found.status}.", id=reference)
        message_queries.send_again(unit, desk.site, reference, desk.at(desk.catalogue(unit).site.zone))
        return Settled("retried", 1)

    return _on_one(desk, request_id(id, RETRIED, reference), RETRIED, reference, work)


def retry_all(desk: Desk) -> Settled | Refused:
    """Let every dead letter be sent again, each with its line of the log, and return Settled ("retried")."""
    if not desk.staff.known:
        return _NOBODY

    def work(unit: Unit) -> Settled:
        at = desk.at(desk.catalogue(unit).site.zone)
        found = message_queries.with_statuses(unit, desk.site, [FAILED])
        for one in found:
            message_queries.send_again(unit, desk.site, one.reference, at)
            log_message(desk, unit, RETRIED, one)
        return Settled("retried", len(found))

    return desk.store.write(work)


def drop_one(desk: Desk, reference: str, *, id: str | None = None) -> Settled | Refused:
    """Say that a message is not to be sent, and return Settled ("dropped") or Refused; what was sent cannot be taken back."""

    def work(unit: Unit, found: Message) -> Settled | Refused:
        if found.status not in (QUEUED, ASKING, FAILED):
            return Refused("not_possible", f"This message is {found.status} and cannot be dropped.", id=reference)
        if message_queries.claimed(unit, desk.site, reference):
            return Refused("held", "This message is being sent at this moment.", id=reference)
        message_queries.set_status(unit, desk.site, reference, "dropped", "person")
        return Settled("dropped", 1)

    return _on_one(desk, request_id(id, DROPPED_VERB, reference), DROPPED_VERB, reference, work)


_NOBODY = Refused("role", "Messages are dealt with by the staff: agents, coaches, team leaders, supervisors, administrators.")


def _on_one(
    desk: Desk, request: RequestId, verb: str, reference: str, work: Callable[[Unit, Message], Settled | Refused]
) -> Settled | Refused:
    """Run an act on one message with its line of the log; a retry of an answered request changes nothing."""
    if not desk.staff.known:
        return _NOBODY

    def attempt(unit: Unit) -> Settled | Refused:
        earlier = log_queries.by_request(unit, desk.site, request.id)
        found = message_queries.get(unit, desk.site, reference, lock=True)
        if earlier is not None:
            if earlier.fingerprint != request.fingerprint:
                return Refused("id_reused", "This id was used for another request; nothing was changed.", id=request.id)
            return Settled((earlier.after or {})["done"], 1, found, repeated=True)
        if found is None:
            return _unknown(reference)
        done = work(unit, found)
        if isinstance(done, Refused):
            return done
        now = message_queries.get(unit, desk.site, reference)
        after: State = {"message": reference, "kind": found.kind, "channel": found.channel, "done": done.status, "claims": []}
        event = NewEvent(verb, client=found.client, after=after, request=request.id, fingerprint=request.fingerprint)
        log_queries.append(unit, desk.stamp(unit), event)
        return replace(done, message=now)

    return desk.store.write(attempt)


def told_by_phone(desk: Desk, entry: str, *, only_asking: bool = False) -> int:
    """Write that the claimant has been told by phone; returns how many messages that settles.

    With `only_asking` messages stay that a sender delivers, since the claimant prefers to have them.
    """

    def work(unit: Unit) -> int:
        login = desk.staff.login
        told = message_queries.told_by_phone(unit, desk.site, entry, login, only_asking=only_asking)
        if told:
            event = NewEvent(TOLD, entry=None, after={"told": entry, "claims": []}, reason="phone")
            log_queries.append(unit, desk.stamp(unit), event)
        return told

    return desk.store.write(work)


def tell(desk: Desk, entry: str) -> Settled | Refused:
    """Write that the claimant of an appointment has been told by phone, and return Settled ("told") or Refused."""
    if not desk.staff.known:
        return _NOBODY
    with desk.store.read() as unit:
        found = entry_queries.get(unit, desk.site, entry)
    if found is None:
        return Refused("unknown_entry", f"There is no appointment {entry[:40]}.", id=entry)
    told = told_by_phone(desk, entry)
    return Settled("told", told) if told else Refused("nothing_found", "No message about it waits to be told or sent.", id=entry)


def choice_for(desk: Desk, entry: str, *, record: bool = True) -> Choice | Refused:
    """Return how the claimant of an appointment could be told of it, and record the look at them; Refused where nobody can be.

    Numbers and addresses are there only for a role that sees them.
    """
    with desk.store.read() as unit:
        found = entry_queries.get(unit, desk.site, entry)
        if found is None or found.client is None:
            return Refused("unknown_entry", f"There is no appointment {entry[:40]} of a claimant.", id=entry)
        client = client_queries.get(unit, desk.site, found.client)
        messages = message_queries.of_entry(unit, desk.site, entry)
    if client is None:
        return Refused("unknown_client", f"There is no claimant {found.client}.", id=entry)
    sees = sees_names(desk)
    if record and sees:
        record_looks(desk, [client.ref], LOOK)
    waiting = tuple(one for one in messages if one.waits and one.kind in TO_CLAIMANTS)
    where = _where(client) if sees else {}
    return Choice(entry, client.ref, waiting, client.preferred_channel, reachable(client), unsuited(client), where)


def _where(client: Client) -> dict[str, str]:
    lines = ", ".join(client.address.split("\n"))
    return {"sms": client.phone, "email": client.email, "letter": lines, "phone": client.phone}


def choose(desk: Desk, entry: str, channel: str, *, remember: bool = True, id: str | None = None) -> Settled | Refused:
    """Say by which channel the claimant of an appointment is told, and return Settled ("chosen") or Refused.

    The open messages about it go that way; with `remember` it is what the claimant prefers from now on. Refused for a
    channel for which the claimant has no number or address.
    """
    if not desk.staff.known:
        return _NOBODY
    if channel not in PREFERENCES:
        return Refused("not_possible", f"A claimant is told by one of {', '.join(PREFERENCES)}.", id=entry)
    request = request_id(id, CHANNEL_SET, entry, channel, remember)

    def work(unit: Unit) -> Settled | Refused:
        earlier = log_queries.by_request(unit, desk.site, request.id)
        if earlier is not None:
            if earlier.fingerprint != request.fingerprint:
                return Refused("id_reused", "This id was used for another request; nothing was changed.", id=request.id)
            return Settled("chosen", (earlier.after or {})["count"], repeated=True)
        found = entry_queries.get(unit, desk.site, entry, lock=True)
        if found is None or found.client is None:
            return Refused("unknown_entry", f"There is no appointment {entry[:40]} of a claimant.", id=entry)
        client = client_queries.get(unit, desk.site, found.client, lock=True)
        assert client is not None
        if channel not in reachable(client):
            return Refused("not_possible", NO_ADDRESS[channel], id=entry)
        count = message_queries.choose(unit, desk.site, entry, channel, language_of(client))
        changed = remember and client.preferred_channel != channel
        if changed:
            client_queries.set_preferred_channel(unit, desk.site, client.ref, channel)
            go_as_they_say(unit, desk.site, replace(client, preferred_channel=channel), ("preferred_channel",))
        after = {"of": entry, "channel": channel, "count": count, "remembered": remember, "claims": []}
        event = NewEvent(CHANNEL_SET, client=client.ref, after=after, request=request.id, fingerprint=request.fingerprint)
        log_queries.append(unit, desk.stamp(unit), event)
        return Settled("chosen", count)

    return desk.store.write(work)


NO_ADDRESS: Mapping[str, str] = {
    "sms": "The claimant has no number that takes texts; add one, or choose another channel.",
    "email": "The claimant has no e-mail address; add one, or choose another channel.",
    "letter": "The claimant has no address; add one, or choose another channel.",
    "phone": "The claimant has no phone number; add one, or choose another channel.",
}

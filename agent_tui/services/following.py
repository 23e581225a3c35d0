"""What was sent and did not arrive: asked of the provider after a run, tried again, or given up where somebody sees it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from agent_tui.domain.messages import FAILED, SENT, Follower, Sender, Undelivered
from agent_tui.domain.sending import MOST_NOT_ARRIVED, wait_seconds
from agent_tui.services.desk import Desk
from agent_tui.services.message_log import FAILED_VERB, log_message
from agent_tui.store.queries import messages as message_queries
from agent_tui.store.unit_of_work import Unit

AGAIN, GIVEN_UP = "again", "failed"


def follow(desk: Desk, senders: Mapping[str, Sender], draw: Callable[[], float]) -> list[tuple[str, Undelivered]]:
    """Ask each provider that knows what did not arrive, write it, and return as what each message counts, with why.

    A message whose recipient takes none is a dead letter; one that may arrive later is tried again, a few times. What a
    provider says of an earlier attempt, or of what is no message of this site, is passed over.
    """
    found: list[tuple[str, Undelivered]] = []
    for sender in {id(one): one for one in senders.values()}.values():
        if isinstance(sender, Follower):
            found += _written(desk, sender.undelivered(), draw)
    return found


def _written(
    desk: Desk, said: Sequence[tuple[str, str, Undelivered]], draw: Callable[[], float]
) -> list[tuple[str, Undelivered]]:
    why = {(reference, provider_id): undelivered for reference, provider_id, undelivered in said}
    if not why:
        return []
    with desk.store.read() as unit:
        lost = message_queries.sent_as(unit, desk.site, list(why))
    return [
        (desk.store.write(partial(_write, desk, reference=one[0], provider_id=one[1], why=why[one], draw=draw)), why[one])
        for one in lost
    ]


def _write(desk: Desk, unit: Unit, *, reference: str, provider_id: str, why: Undelivered, draw: Callable[[], float]) -> str:
    message = message_queries.get(unit, desk.site, reference, lock=True)
    if message is None or (message.status, message.provider_id) != (SENT, provider_id):
        return "gone"  # another run was first
    if why.again and message.attempts < MOST_NOT_ARRIVED:
        at = desk.at(desk.catalogue(unit).site.zone) + 1000 * wait_seconds(message.attempts + 4, draw(), why.after)
        message_queries.not_arrived(unit, desk.site, reference, at, why.code)
        return AGAIN
    message_queries.set_status(unit, desk.site, reference, FAILED, why.code)
    log_message(desk, unit, FAILED_VERB, message, reason=why.code, attempt=message.attempts)
    return GIVEN_UP

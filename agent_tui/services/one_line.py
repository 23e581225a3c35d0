"""Acts that write one line of the log and are about no entry: contacts, hand-offs, closed days, who has a flag."""

from collections.abc import Callable
from typing import TypeVar

from agent_tui.domain.log import Event, State
from agent_tui.domain.requests import Refused
from agent_tui.services.acts import Act, RequestId, known_as
from agent_tui.services.desk import Desk
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.trouble import KeyRefused
from agent_tui.store.unit_of_work import Unit

T = TypeVar("T")


def in_one_line(
    desk: Desk,
    request: RequestId,
    work: Callable[[Act], T | Refused],
    again: Callable[[Act, Event], T | Refused],
    *,
    rules: bool = False,
) -> T | Refused:
    """Run an act in one transaction and return its answer; `again` answers a retry from the line that the first try wrote.

    With `rules` it takes the lock of the site's rules first.
    """

    def attempt(unit: Unit) -> T | Refused:
        if rules:
            catalogue_queries.lock_rules(unit, desk.site)
        act = Act(desk, unit, request, look=True)
        earlier = log_queries.by_request(unit, desk.site, request.id)
        if earlier is None:
            return work(act)
        if earlier.fingerprint != request.fingerprint or earlier.after is None:
            return Refused("id_reused", "This id was used for another request; nothing was changed.", id=request.id)
        return again(act, earlier)

    with known_as(request):
        try:
            return desk.store.write(attempt)
        except KeyRefused:  # the request's own first try, which committed while this one waited
            return desk.store.write(attempt)


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

"""What the acts of support and review share: their answer, who may, and the id of what they make."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from agent_tui.domain.contacts import Contact
from agent_tui.domain.log import Event
from agent_tui.domain.requests import Refused
from agent_tui.domain.roles import reaches, who_can
from agent_tui.domain.site_settings import LEAD, LOWEST
from agent_tui.services.acts import Act, RequestId
from agent_tui.services.desk import Desk
from agent_tui.services.escalating import contacts_in
from agent_tui.services.one_line import in_one_line
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import offers as offer_queries
from agent_tui.store.unit_of_work import Unit

LEAST = "leader"
"""The least role that publishes answers, closes what was raised, owns improvements and reviews procedures."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was done: a word such as "raised", the id, a sentence for the status line, and the item as it is now."""

    status: str
    id: str
    sentence: str
    item: object
    repeated: bool = False


def made_id(act: Act) -> str:
    """Return the id of what an act makes: that of a retry is the same."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{act.site}:{act.request.id}:made"))


def refuse_role(desk: Desk, what: str) -> Refused | None:
    """Return the refusal of an act that is a team leader's or above, naming who could; or None."""
    return None if reaches(desk.staff.role, LEAST) else Refused("role", f"{what} {who_can(LEAST)}")


def record(
    desk: Desk,
    request: RequestId,
    work: Callable[[Act], Recorded | Refused],
    again: Callable[[Act, str], Recorded | None],
) -> Recorded | Refused:
    """Run an act in one transaction; `again` answers a retry from the id in its line, with None for other words than before."""

    def repeat(act: Act, event: Event) -> Recorded | Refused:
        found = again(act, str((event.after or {})["id"]))
        if found is None:
            return Refused("id_reused", "This id was used for another request; nothing was changed.", id=request.id)
        return replace(found, repeated=True)

    return in_one_line(desk, request, work, repeat)


def lead_in(unit: Unit, site: str) -> Contact:
    """Return the contact to whom questions and incidents go first: the one that the site names, else that of the lowest level."""
    known = contacts_in(unit, site)
    wanted = offer_queries.settings(unit, site).get(LEAD, LOWEST)
    return next((one for one in known if one.code == wanted), known[0])


def lead(desk: Desk) -> Contact:
    """Return the contact to whom questions and incidents go first."""
    with desk.store.read() as unit:
        return lead_in(unit, desk.site)


def to_lead(unit: Unit, site: str) -> str:
    """Return where something goes, in words: "Duty team leader, extension 100"."""
    one = lead_in(unit, site)
    return f"{one.name}, {one.reach}"


def staff_names(desk: Desk) -> dict[str, str]:
    """Return the names of the site's staff by login, to say who raised or closed something."""
    with desk.store.read() as unit:
        return catalogue_queries.staff_names(unit, desk.site)

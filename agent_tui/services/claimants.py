"""Finding and making claimants; each look at one is recorded."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from agent_tui.domain.cleaning import clean
from agent_tui.domain.clients import Client, client_problems, initials
from agent_tui.domain.requests import Refused
from agent_tui.services.acts import id_reused, request_id
from agent_tui.services.desk import Desk
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.unit_of_work import Unit

MOST_COUNTED = 10_000

# An administrator runs the system without claimant data (domain/facts.md section 9, least privilege).
_SEES_NAMES = {"agent", "coach", "leader", "supervisor"}


@dataclass(frozen=True, slots=True)
class Added:
    """A claimant who was made, or had been made by this request before."""

    client: Client
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Clients:
    """Claimants that were found, and how many there are in all."""

    total: int
    items: tuple[Client, ...]


def sees_names(desk: Desk) -> bool:
    """Return whether the desk's person may see claimants' details: a known login whose role needs them."""
    return desk.staff.known and desk.staff.role in _SEES_NAMES


def shown(desk: Desk, client: Client) -> Client:
    """Return a claimant as the desk's person may see them: initials only where the role does not need more."""
    return client if sees_names(desk) else Client(client.ref, initials(client.name))


def list_clients(desk: Desk, limit: int | None) -> Clients:
    """Return claimants by opaque id, as the desk's person may see them."""
    with desk.store.read() as unit:
        found = client_queries.all_of(unit, desk.site, limit)
        total = client_queries.count(unit, desk.site)
    _record(desk, found if sees_names(desk) else [], "list")
    return Clients(total, tuple(shown(desk, one) for one in found))


def find_clients(desk: Desk, wanted: str, limit: int = 20, *, record: bool = True) -> Clients:
    """Return claimants by the beginning of their reference, phone, opaque id or a word of their name.

    With `record` each is a look of its own; without it, while somebody types, at most one a day (services.looks).
    """
    text = clean(wanted)
    if not text:
        return Clients(0, ())
    with desk.store.read() as unit:
        fitting = client_queries.find(unit, desk.site, text, MOST_COUNTED if record else limit)
    found = fitting[:limit]
    if record:
        _record(desk, found if sees_names(desk) else [], "find")
    elif sees_names(desk):
        desk.looks.note([one.ref for one in found], "typing", desk.now)
    return Clients(len(fitting), tuple(shown(desk, one) for one in found))


def get_client(desk: Desk, ref: str, why: str = "booking") -> Client | None:
    """Return one claimant as the desk's person may see them, or None."""
    with desk.store.read() as unit:
        found = client_queries.get(unit, desk.site, ref)
    if found is None:
        return None
    _record(desk, [found] if sees_names(desk) else [], why)
    return shown(desk, found)


def names_of(desk: Desk, refs: list[str], why: str) -> dict[str, str]:
    """Return names (or initials) of claimants by opaque id; one look at each is recorded for a reason and day."""
    with desk.store.read() as unit:
        names = client_queries.names(unit, desk.site, refs)
    if not sees_names(desk):
        return {ref: initials(name) for ref, name in names.items()}
    desk.looks.note(names, why, desk.now)
    return names


def add_client(desk: Desk, wanted: Client, *, id: str | None = None) -> Added | Refused | list[str]:
    """Store a new claimant and return them with their opaque id, what is wrong as sentences, or the refusal of a used id."""
    cleaned = Client(
        ref="",
        name=clean(wanted.name, limit=100),
        phone=clean(wanted.phone, limit=30),
        reference=clean(wanted.reference, limit=20).upper(),
        email=clean(wanted.email, limit=200),
        language=clean(wanted.language, limit=30),
        access_needs=clean(wanted.access_needs, limit=500),
    )
    problems = client_problems(cleaned)
    if problems:
        return problems
    request = request_id(id, "client_add")  # who it is stays out of the log, a hash of it too: the stored row is compared

    def work(unit: Unit) -> Added | Refused:
        earlier = log_queries.by_request(unit, desk.site, request.id)
        if earlier is not None and (earlier.client is None or earlier.fingerprint != request.fingerprint):
            return id_reused(request)
        if earlier is not None and earlier.client is not None:
            kept = client_queries.get(unit, desk.site, earlier.client)
            wanted_again = replace(cleaned, ref=earlier.client)
            if kept is not None and kept != wanted_again:
                return id_reused(request)
            return Added(wanted_again, repeated=True)
        made = replace(cleaned, ref=client_queries.next_ref(unit, desk.site))
        client_queries.insert_many(unit, desk.site, [made])
        stamp = desk.stamp(unit)
        log_queries.append(
            unit,
            stamp,
            NewEvent(
                "client_added",
                client=made.ref,
                request=request.id,
                fingerprint=request.fingerprint,
                after={"changed": ["all"], "claims": []},
            ),
        )
        return Added(made)

    return desk.store.write(work)


def record_looks(desk: Desk, refs: Iterable[str], why: str) -> None:
    """Append to the record of access who looked at whom, when and why, in one transaction; nothing for nobody."""
    looked_at = sorted(set(refs))
    if not looked_at:
        return

    def work(unit: Unit) -> None:
        at = desk.at(desk.catalogue(unit).site.zone)
        rows = [(desk.site, str(uuid.uuid4()), at, desk.staff.login, ref, why) for ref in looked_at]
        client_queries.record_access(unit, rows)

    desk.store.write(work)


def _record(desk: Desk, clients: list[Client], why: str) -> None:
    record_looks(desk, [one.ref for one in clients], why)

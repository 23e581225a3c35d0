"""Finding and making claimants; each look at one is recorded."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from agent_tui.domain.cleaning import clean, clean_lines
from agent_tui.domain.client_details import DETAILS, read_address, read_preference
from agent_tui.domain.clients import Client, client_problem, initials
from agent_tui.domain.import_client import LONGEST_OF_CLIENT
from agent_tui.domain.requests import Refused
from agent_tui.services.acts import id_reused, known_as, request_id
from agent_tui.services.contact_details import problems_of
from agent_tui.services.desk import Desk
from agent_tui.services.ways import go_as_they_say
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.unit_of_work import Unit

MOST_COUNTED = 10_000

# An administrator runs the system without claimant data (domain/facts.md section 9, least privilege).
_SEES_NAMES = {"agent", "coach", "leader", "supervisor"}
_WHO_EDITS = "A claimant's details are changed under a known login. An agent, work coach, team leader or supervisor can do this."


@dataclass(frozen=True, slots=True)
class Added:
    """A claimant who was made, or had been made by this request before."""

    client: Client
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Edited:
    """A claimant whose details were changed, and the names of those details; none where all was so already."""

    client: Client
    changed: tuple[str, ...]
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


def tidy(wanted: Client) -> Client:
    """Return a claimant's details as the store keeps them: clean, of at most their length, the address line by line."""
    return Client(
        ref=wanted.ref,
        name=clean(wanted.name, limit=LONGEST_OF_CLIENT["name"]),
        phone=clean(wanted.phone, limit=LONGEST_OF_CLIENT["phone"]),
        reference=clean(wanted.reference, limit=LONGEST_OF_CLIENT["national_reference"]).upper(),
        email=clean(wanted.email, limit=LONGEST_OF_CLIENT["email"]),
        language=clean(wanted.language, limit=LONGEST_OF_CLIENT["language"]),
        access_needs=clean(wanted.access_needs, limit=LONGEST_OF_CLIENT["access_needs"]),
        preferred_channel=read_preference(clean(wanted.preferred_channel, limit=LONGEST_OF_CLIENT["preferred_channel"])),
        address=read_address(clean_lines(wanted.address, limit=LONGEST_OF_CLIENT["address"])),
    )


def add_client(desk: Desk, wanted: Client, *, id: str | None = None) -> Added | Refused | list[str]:
    """Store a new claimant and return them with their opaque id, what is wrong as sentences, or the refusal of a used id."""
    cleaned = tidy(replace(wanted, ref=""))
    problems = problems_of(cleaned)
    if problems:
        return [one.text for one in problems]
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


def client_to_edit(desk: Desk, *, ref: str | None = None, entry: str | None = None) -> Client | Refused:
    """Return a claimant, by opaque id or as that of an appointment, with all details, to be changed; the look is recorded."""
    if not sees_names(desk):
        return Refused("role", _WHO_EDITS)
    with desk.store.read() as unit:
        about = None if entry is None else entry_queries.get(unit, desk.site, entry)
        meant = ref if about is None else about.client
        found = None if meant is None else client_queries.get(unit, desk.site, meant)
    if found is None:
        return _unknown(meant or "")
    _record(desk, [found], "edit")
    return found


def _unknown(ref: str) -> Refused:
    return Refused("unknown_client", client_problem(None, ref) or "")


def edit_client(
    desk: Desk, ref: str, wanted: Mapping[str, str], *, seen: Client | None = None, id: str | None = None
) -> Edited | Refused | list[str]:
    """Change details of a claimant by their fields' names and return Edited, what is wrong as sentences, or Refused.

    With `seen`, the details as the person had them before them, nothing is written over what somebody else changed since. The
    log says which details were changed, never what they are. What was wrong before and is not touched stays as it is.
    """
    if not sees_names(desk):
        return Refused("role", _WHO_EDITS)
    request = request_id(id, "client_edit", ref, sorted(wanted))

    def work(unit: Unit) -> Edited | Refused | list[str]:
        kept = client_queries.get(unit, desk.site, ref, lock=True)
        if kept is None:
            return _unknown(ref)
        if kept.anonymised:
            return Refused("unknown_client", client_problem(kept, ref) or "")
        made = tidy(replace(kept, **wanted))
        changed = tuple(name for name in DETAILS if getattr(made, name) != getattr(kept, name))
        earlier = log_queries.by_request(unit, desk.site, request.id)
        if earlier is not None:
            if earlier.fingerprint != request.fingerprint or changed:
                return id_reused(request)
            return Edited(kept, tuple((earlier.after or {})["changed"]), repeated=True)
        if seen is not None and any(getattr(seen, name) != getattr(kept, name) for name in changed):
            text = "Somebody else changed these details meanwhile; look at them again."
            return Refused("stale_version", text)
        before = problems_of(kept)
        problems = [one.text for one in problems_of(made) if one not in before or one.field in changed]
        if problems or not changed:
            return problems or Edited(kept, ())
        client_queries.update_many(unit, desk.site, [made])
        go_as_they_say(unit, desk.site, made, changed)
        event = NewEvent(
            "client_changed",
            client=ref,
            request=request.id,
            fingerprint=request.fingerprint,
            after={"changed": list(changed), "claims": []},
        )
        log_queries.append(unit, desk.stamp(unit), event)
        return Edited(made, changed)

    with known_as(request):
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

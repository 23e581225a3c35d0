"""Requests that came online or by e-mail, loaded from files into the queue of calls."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent_tui.domain.cleaning import clean
from agent_tui.domain.clients import Client
from agent_tui.domain.import_text import LARGEST_FILE, decoded
from agent_tui.domain.log import Event, State, fingerprint
from agent_tui.domain.queue import REQUEST, more_urgent
from agent_tui.domain.request_files import Reading, RequestRow, keys_of, read_csv, read_lines, read_rows, same_person, wanted_of
from agent_tui.domain.requests import Refused
from agent_tui.domain.type_files import FileProblem
from agent_tui.domain.wall_time import instant_ms
from agent_tui.outbox.request_calendar import calendar_rows
from agent_tui.services.acts import RequestId, id_reused
from agent_tui.services.contact_details import problems_of
from agent_tui.services.desk import Desk
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import importing as import_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import waiting as waiting_queries
from agent_tui.store.queries import work as work_queries
from agent_tui.store.queries.log import NewEvent, Stamp
from agent_tui.store.unit_of_work import Unit

LOADED_VERB, RAISED_VERB = "requests_loaded", "request_raised"
SUFFIXES = (".csv", ".jsonl", ".ics")
_MAY_LOAD = ("agent", "leader", "supervisor", "admin")


@dataclass(frozen=True, slots=True)
class Row:
    """What became of a line: "open" in the queue, "duplicate" of another open request, or the "same" as loaded before."""

    line: int
    status: str
    call: str
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a file did, or in a trial would do: status "loaded", "partial" or "refused".

    `made` is how many claimants were new, `raised` how many open requests a duplicate has made more urgent, `rejected` what is
    wrong with the lines that are no request.
    """

    status: str
    file: str
    rows: tuple[Row, ...] = ()
    made: int = 0
    rejected: tuple[FileProblem, ...] = ()
    dry_run: bool = False
    repeated: bool = False
    raised: int = 0

    def counted(self, status: str) -> int:
        """Return how many lines ended so."""
        return sum(one.status == status for one in self.rows)


class Unreadable(Exception):
    """A path that names no file of requests; the message is a sentence."""


class _Tried(Exception):
    def __init__(self, loaded: Loaded) -> None:
        super().__init__(loaded.file)
        self.loaded = loaded


@dataclass
class _Work:
    """One file on its way into the store; `clients` are those that were made on the way, `raised` the open requests by id
    whose priority a more urgent duplicate has raised, as it was and as it is."""

    desk: Desk
    unit: Unit
    at: int
    zone: str
    clients: list[Client] = field(default_factory=list)
    raised: dict[str, tuple[str, str]] = field(default_factory=dict)


def load(
    desk: Desk,
    path: Path,
    *,
    encoding: str = "utf-8",
    dry_run: bool = False,
    partial: bool = False,
    id: str | None = None,
) -> Loaded | Refused:
    """Load a file of requests (CSV, JSON lines or ICS) into the queue in one transaction, and return what became of it.

    Nothing is loaded unless every line is well; with `partial` the lines that are well. A line's reference is loaded once,
    whatever it says later. A request of a claimant who has an open one for the same type is kept as its duplicate and does
    not wait; where it is more urgent, the open one gets its priority, whoever has it. A claimant is recognised
    (domain.request_files.same_person) or made; what is known of them already stays as it is, and the request keeps what they
    wrote. A path that names no such file raises Unreadable.
    """
    if desk.staff.role not in _MAY_LOAD:
        return Refused("role", "Requests are loaded by an agent, a team leader, a supervisor or an administrator.")
    data, name = _bytes_of(path)
    said = fingerprint(["requests_load", hashlib.sha256(data).hexdigest(), path.suffix.lower(), encoding, partial])
    request = RequestId(id or str(uuid.uuid4()), said)

    def work(unit: Unit) -> Loaded | Refused:
        catalogue_queries.lock_rules(unit, desk.site)  # two loads at once would make one claimant twice
        earlier = log_queries.by_request(unit, desk.site, request.id)
        if earlier is not None and earlier.fingerprint != request.fingerprint:
            return id_reused(request)
        catalogue = desk.catalogue(unit)
        problems: list[FileProblem] = []
        how = Reading(catalogue.types, catalogue.site.zone, desk.now, problems_of)
        rows = _read(data, path, encoding, how, problems)
        rejected = tuple(sorted(problems, key=lambda one: (one.line, one.field or "")))
        if earlier is not None:
            return _again(earlier, name, rejected)
        if rejected and not partial:
            return Loaded("refused", name, rejected=rejected, dry_run=dry_run)
        going = _Work(desk, unit, desk.at(catalogue.site.zone), catalogue.site.zone)
        status, done = "partial" if rejected else "loaded", _load_rows(going, rows)
        found = Loaded(status, name, done, len(going.clients), rejected, dry_run, raised=len(going.raised))
        if dry_run:
            raise _Tried(found)
        if found.counted("same") < len(found.rows) or id is not None:
            _write_line(going, request, found)
        return found

    try:
        return desk.store.write(work)
    except _Tried as tried:
        return tried.loaded


def _bytes_of(path: Path) -> tuple[bytes, str]:
    name = clean(path.name, limit=100)
    if path.suffix.lower() not in SUFFIXES:
        raise Unreadable(f"{name or 'That'} is none of {', '.join(SUFFIXES)}.")
    try:
        if not path.is_file():
            raise Unreadable(f"There is no file {name}.")
        if path.stat().st_size > LARGEST_FILE:
            raise Unreadable(f"{name} is larger than {LARGEST_FILE // 1_000_000} MB. Split it.")
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1), name
    except (OSError, ValueError) as error:
        raise Unreadable(f"{name} cannot be read: {getattr(error, 'strerror', None) or 'its name cannot be used'}.") from None


def _read(data: bytes, path: Path, encoding: str, how: Reading, problems: list[FileProblem]) -> list[RequestRow]:
    text = decoded(data, encoding)
    if isinstance(text, FileProblem):
        problems.append(text)
        return []
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return read_csv(text, how, problems)
    if suffix == ".jsonl":
        return read_lines(text, how, problems)
    return read_rows(calendar_rows(text, how.zone, problems), how, problems)


def _load_rows(going: _Work, rows: Sequence[RequestRow]) -> tuple[Row, ...]:
    known = import_queries.targets(going.unit, going.desk.site, "request")
    out: list[Row] = []
    for row in rows:
        if row.reference in known:
            out.append(Row(row.line, "same", known[row.reference]))
            continue
        client = _claimant(going, row.client)
        out.append(_insert(going, row, client))
    return tuple(out)


def _claimant(going: _Work, client: Client) -> str:
    """Return the opaque id of the claimant that a request is from, who is made where nobody fits."""

    def fitting(key: str) -> Iterable[Client]:
        value = keys_of(client).get(key)
        return waiting_queries.fitting_clients(going.unit, going.desk.site, key, value) if value else ()

    ref = same_person(client, tuple(fitting("reference")), tuple(fitting("phone")), tuple(fitting("name")))
    if ref:
        return ref
    made = replace(client, ref=client_queries.next_ref(going.unit, going.desk.site))
    client_queries.insert_many(going.unit, going.desk.site, [made])
    going.clients.append(made)
    return made.ref


def _insert(going: _Work, row: RequestRow, client: str) -> Row:
    unit, site = going.unit, going.desk.site
    other = waiting_queries.open_request(unit, site, client, row.type)
    call = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{site}:request:{row.reference}"))
    original = None if other is None else other[0]
    if other is not None and more_urgent(row.priority, other[1]):
        waiting_queries.raise_priority(unit, site, other[0], row.priority)
        going.raised[other[0]] = (going.raised.get(other[0], (other[1], ""))[0], row.priority)
    work_queries.insert_call(
        unit,
        site,
        {
            "id": call,
            "kind": REQUEST,
            "status": "open" if original is None else "duplicate",
            "who": "",
            "type": row.type,
            "client": client,
            "entry": None,
            "wanted": wanted_of(row) | ({} if original is None else {"duplicate_of": original}),
            "opened_at": going.at if row.received is None else instant_ms(row.received, going.zone),
            "closed_at": None if original is None else going.at,
            "priority": row.priority,
            "contact": row.contact,
            "said": dict(row.said),
        },
    )
    import_queries.insert_references(unit, site, "request", [(row.reference, call)])
    return Row(row.line, "open" if original is None else "duplicate", call, original)


def _write_line(going: _Work, request: RequestId, found: Loaded) -> None:
    """Append the line of a load, and one for each request that it raised: calls and new claimants by their ids, no words."""
    stamp = Stamp(going.desk.site, going.desk.staff.login, going.desk.staff.role, going.at, going.unit.clock_ms())
    for call, (was, priority) in going.raised.items():
        before: State = {"claims": [], "call": call, "priority": was}
        raised: State = {"claims": [], "call": call, "priority": priority}
        log_queries.append(going.unit, stamp, NewEvent(RAISED_VERB, before=before, after=raised, reason="duplicate"))
    after: State = {
        "claims": [],
        "status": found.status,
        "rows": [[one.line, one.status, one.call, one.duplicate_of] for one in found.rows],
        "clients": [one.ref for one in going.clients],
        "raised": len(going.raised),
    }
    event = NewEvent(LOADED_VERB, after=after, request=request.id, fingerprint=request.fingerprint)
    log_queries.append(going.unit, stamp, event)


def _again(earlier: Event, name: str, rejected: tuple[FileProblem, ...]) -> Loaded:
    kept = earlier.after or {}
    rows = tuple(Row(line, status, call, other) for line, status, call, other in kept["rows"])
    raised = int(kept.get("raised", 0))  # a line of an earlier release does not say
    return Loaded(kept["status"], name, rows, len(kept["clients"]), rejected, repeated=True, raised=raised)

"""Exporting a site: CSV that import reads again, a calendar for each diary, or every row as JSON lines."""

import csv
import io
import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from agent_tui.domain.cleaning import clean_for_display
from agent_tui.domain.client_details import address_text
from agent_tui.domain.import_plan import OUTCOMES
from agent_tui.domain.import_rows import COLUMNS, NOBODY, NOTHING
from agent_tui.domain.import_site import Head, head_line, row_line
from agent_tui.domain.import_text import formula_safe
from agent_tui.domain.log import fingerprint
from agent_tui.domain.requests import EntryState, Refused
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import clock, minutes_of_ticks
from agent_tui.domain.type_files import COLUMNS as TYPE_COLUMNS
from agent_tui.domain.types import AppointmentType
from agent_tui.outbox.calendar_file import write_calendar
from agent_tui.services.closures import closures_of
from agent_tui.services.desk import Desk
from agent_tui.services.import_world import BLOCK_MARK, Progress
from agent_tui.services.pattern_text import write_patterns
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import importing as import_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.schema import HEAD
from agent_tui.store.unit_of_work import Unit

FORMS = ("csv", "ics", "jsonl")
MAY_EXPORT = ("supervisor", "admin")
VERB = "exported"
_MADE = ("booked", "attended", "late", "dna", "cancelled", "unplaced", "blocked")
_IN_CALENDARS = ("booked", "attended", "late", "dna")
TOLD_EACH = 500
"""After how many rows it is told how far an export is."""

Sink = Callable[[str, Iterable[bytes]], None]
"""Takes the name of a file and what it holds."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is exported: the form, and of appointments one diary's or some days' only (None for all)."""

    form: str
    diary: str | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass
class Exported:
    """The files that were written, and how many rows each has."""

    files: dict[str, int]
    repeated: bool = False


class FilesRefused(Exception):
    """Files that cannot be written; the message is a sentence, and nothing was overwritten."""


def export(
    desk: Desk, wanted: Wanted, sink: Sink, *, id: str | None = None, progress: Progress | None = None
) -> Exported | Refused:
    """Give a site's data to a sink, file by file, and return which; the log keeps counts, and nothing of what they hold.

    Personal data leaves the store, so a supervisor or an administrator does it, and each claimant who is in the files is a look
    that is recorded, one for each export. A calendar names no claimant. `progress` hears which file it is at and how many rows
    of it are given; what it raises ends the export.
    """
    if desk.staff.role not in MAY_EXPORT:
        return Refused("role", "Data is exported by a supervisor or an administrator.")
    said = fingerprint(["export", wanted.form, wanted.diary, str(wanted.first_day), str(wanted.last_day)])
    with desk.store.read() as unit:
        earlier = None if id is None else log_queries.by_request(unit, desk.site, id)
        if earlier is not None and earlier.fingerprint != said:
            return Refused("id_reused", "This id was used for another request; nothing was written.", id=id)
        catalogue = desk.catalogue(unit)
        if wanted.diary is not None and wanted.diary not in catalogue.diaries:
            return Refused("unknown_diary", f"There is no diary {wanted.diary[:30]}. See: agent-tui diaries.", id=id)
        given: list[str] = []
        counts = _give(desk, unit, catalogue, wanted, sink, given, progress)
    if earlier is None:
        request = id or str(uuid.uuid4())

        def work(unit: Unit) -> None:
            _note(desk, unit, catalogue, wanted, counts, request, said)
            at = desk.at(catalogue.site.zone)
            rows = [(desk.site, _look_id(desk.site, request, ref), at, desk.staff.login, ref, "export") for ref in given]
            client_queries.record_access(unit, rows)

        desk.store.write(work)
    return Exported(counts, earlier is not None)


def _look_id(site: str, request: str, ref: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{site}:export:{request}:{ref}"))


def _note(desk: Desk, unit: Unit, catalogue: Catalogue, wanted: Wanted, counts: dict[str, int], id: str, said: str) -> None:
    stamp = desk.stamp(unit)
    after: dict[str, Any] = {"claims": [], "form": wanted.form, "diary": wanted.diary, "files": counts}
    log_queries.append(unit, stamp, NewEvent(VERB, after=after, request=id, fingerprint=said))


def _give(
    desk: Desk, unit: Unit, catalogue: Catalogue, wanted: Wanted, sink: Sink, given: list[str], progress: Progress | None
) -> dict[str, int]:
    """Give the files to a sink and return how many rows each has; `given` gets the claimants whose details are in them."""
    counts: dict[str, int] = {}

    def give(name: str, lines: Iterable[str]) -> None:
        counts[name] = 0

        def counted() -> Iterator[bytes]:
            for line in lines:
                counts[name] += 1
                yield line.encode()
                if progress is not None and counts[name] % TOLD_EACH == 0:
                    progress(name, counts[name], 0)

        sink(name, counted())

    if wanted.form == "jsonl":
        name = file_name(desk.site, "jsonl")
        give(name, _site_lines(unit, desk.site))
        counts[name] -= 1
        given += client_queries.all_refs(unit, desk.site)
        return counts
    entries = _entries(unit, desk.site, wanted, "appointment")
    if wanted.form == "ics":
        at = datetime.fromtimestamp(desk.at(catalogue.site.zone) / 1000, UTC)
        for diary in sorted(catalogue.diaries) if wanted.diary is None else [wanted.diary]:
            own = [one for one in entries if one.diary == diary and one.status in _IN_CALENDARS]
            name = file_name(diary, "ics")
            counts[name] = len(own)
            sink(name, [write_calendar(diary, own, catalogue.site.zone, at)])
        return counts
    for name, columns, rows in _tables(desk, unit, catalogue, wanted, entries, given):
        give(name, _csv_lines(columns, rows))
        counts[name] -= 1
    if catalogue.patterns:
        sink("patterns.toml", [write_patterns(catalogue.patterns).encode()])
        counts["patterns.toml"] = len(catalogue.patterns)
    return counts


def file_name(code: str, ending: str) -> str:
    """Return the name of the file of a diary or a site; what could lead out of the folder is written as %2F."""
    return f"{quote(code, safe='', errors='replace')}.{ending}"


def _site_lines(unit: Unit, site: str) -> Iterator[str]:
    seq, digest = log_queries.head(unit, site)
    yield head_line(Head(site, HEAD, seq, digest)) + "\n"
    for table, columns in import_queries.site_tables().items():
        for values in import_queries.all_rows(unit, site, table, [one.name for one in columns]):
            yield row_line(table, columns, values) + "\n"


def _entries(unit: Unit, site: str, wanted: Wanted, kind: str) -> list[EntryState]:
    first = (wanted.first_day or date.min).isoformat()
    last = (wanted.last_day or date.max).isoformat()
    found = import_queries.entries_between(unit, site, kind, first, last)
    return [one for one in found if one.status in _MADE and wanted.diary in (None, one.diary)]


def _csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    for row in (columns, *rows):
        writer.writerow([formula_safe(clean_for_display("" if cell is None else str(cell))) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _tables(
    desk: Desk, unit: Unit, catalogue: Catalogue, wanted: Wanted, entries: Sequence[EntryState], given: list[str]
) -> Iterator[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]:
    """Yield the name, the columns and the rows of each CSV file, as import reads them."""

    def columns(kind: str) -> list[str]:
        return [*COLUMNS[kind][0], *(one for one in COLUMNS[kind][1] if (kind, one) != ("coaches", "reference"))]

    site = desk.site
    yield "teams.csv", columns("teams"), sorted(catalogue.teams.items())
    yield "types.csv", TYPE_COLUMNS, [row for kind in catalogue.types.values() for row in _type_rows(kind)]
    rooms = [(one.code, one.kind, one.name, _listed(one.meets), _yes(one.enabled)) for one in catalogue.rooms.values()]
    yield "rooms.csv", columns("rooms"), rooms
    diaries = [
        (one.code, one.coach, one.team, one.login, _listed(one.types), _yes(one.enabled)) for one in catalogue.diaries.values()
    ]
    yield "coaches.csv", columns("coaches"), diaries
    yield "closures.csv", columns("closures"), _closure_rows(catalogue)
    references = import_queries.references(unit, site, "client")
    narrow = wanted.diary is not None or wanted.first_day is not None or wanted.last_day is not None
    # The block of a room that is shut for a day is in no diary, and import knows of none such.
    blocks = [one for one in _entries(unit, site, wanted, "block") if one.diary in catalogue.diaries]
    meant = {one.client for one in (*entries, *blocks)}
    clients = [one for one in client_queries.all_of(unit, site, None) if not narrow or one.ref in meant]
    given += [one.ref for one in clients]
    people = [
        (
            *(references.get(one.ref, f"{site}:{one.ref}"), one.name, one.phone, one.reference, one.email),
            *(one.language, one.access_needs, one.preferred_channel, address_text(one.address)),
        )
        for one in clients
    ]
    yield "clients.csv", columns("clients"), people
    named = import_queries.references(unit, site, "entry")
    owned = _owned(unit, site, entries)
    yield "appointments.csv", columns("appointments"), [_row(one, site, named, references, owned) for one in entries]
    yield "blocks.csv", columns("blocks"), [_block_row(one, site, named, references) for one in blocks]


def _owned(unit: Unit, site: str, entries: Sequence[EntryState]) -> dict[str, list[tuple[str, int, int]]]:
    """Return what appointments own by id."""
    days = [one.day.isoformat() for one in entries]
    return import_queries.owned_between(unit, site, min(days), max(days)) if days else {}


def _row(
    one: EntryState,
    site: str,
    named: dict[str, str],
    clients: dict[str, str],
    owned: dict[str, list[tuple[str, int, int]]],
) -> Sequence[Any]:
    client = NOBODY if one.client is None else clients.get(one.client, f"{site}:{one.client}")
    return (
        *(named.get(one.id, one.id), one.type, client, one.diary, one.day.isoformat()),
        *(clock(one.start), minutes_of_ticks(one.end - one.start), one.status),
        *(one.channel, one.contact, one.priority, ";".join(code for code in one.resources if code != one.diary)),
        _kept(one, owned.get(one.id, [])) if one.status in OUTCOMES else "",
    )


def _kept(one: EntryState, owned: Sequence[tuple[str, int, int]]) -> str:
    """Return what an appointment with an outcome has of its time, as import reads it; nothing where that is the whole."""
    runs = {place: [(start, end) for resource, start, end in owned if resource == place] for place in one.resources}
    if all(found == [(one.start, one.end)] for found in runs.values()):
        return ""
    if not owned:
        return NOTHING
    first = runs[one.diary]
    if all(found == first for found in runs.values()):
        return ";".join(f"{clock(start)}-{clock(end)}" for start, end in first)
    return ";".join(f"{place} {clock(start)}-{clock(end)}" for place, found in sorted(runs.items()) for start, end in found)


def _block_row(one: EntryState, site: str, named: dict[str, str], clients: dict[str, str]) -> Sequence[Any]:
    return (
        *(named.get(one.id, one.id).removeprefix(BLOCK_MARK), one.diary, one.day.isoformat()),
        *(clock(one.start), clock(one.end), one.reason, one.type),
        "" if one.client is None else clients.get(one.client, f"{site}:{one.client}"),
    )


def _closure_rows(catalogue: Catalogue) -> Sequence[Sequence[Any]]:
    """Return a site's closed days, and the bank holidays of their years on which it is open, by day."""
    kept = catalogue.closures
    usual = closures_of(catalogue.site.nation, {day.year for day in kept})
    rows = [(day.isoformat(), name, "yes") for day, name in kept.items()]
    rows += [(day.isoformat(), name, "no") for day, name in usual.items() if day not in kept]
    return sorted(rows)


def _type_rows(kind: AppointmentType) -> Iterator[Sequence[Any]]:
    for step in kind.minutes:
        yield (
            *(kind.code, kind.name, kind.channel, step.minutes, step.effective_from.isoformat(), kind.group, kind.weekly_check),
            *(_yes(kind.key), kind.booked_by, _listed(kind.may_book), ";".join(kind.needs), kind.bring, kind.source),
        )


def _listed(words: Iterable[str]) -> str:
    return ";".join(sorted(words))


def _yes(said: bool) -> str:
    return "yes" if said else "no"


class Folder:
    """A folder into which files are written, each with mode 0600; one that exists is overwritten only with `force`.

    Whatever cannot be written raises FilesRefused.
    """

    def __init__(self, path: Path, *, force: bool = False) -> None:
        self.path = path
        self.force = force
        self.written: list[Path] = []

    def __call__(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write a file as a whole or not at all."""
        target = self.path / name
        half = self.path / f".{name}.{uuid.uuid4().hex}.part"
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self.force and os.path.lexists(target):
                raise FilesRefused(f"There is a file {name} already; it stays as it is without --force.")
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for chunk in chunks:
                    file.write(chunk)
            if self.force:
                os.replace(half, target)
            else:
                os.link(half, target)
        except FileExistsError:
            raise FilesRefused(f"There is a file {name} already; it stays as it is without --force.") from None
        except OSError as error:
            raise FilesRefused(f"{name} cannot be written: {error.strerror}.") from None
        finally:
            with suppress(OSError):
                half.unlink(missing_ok=True)
        self.written.append(target)

"""The doctor: is the store sound, are its promises kept, and what should somebody do about it?"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, exc

from agent_tui.domain.plurals import counted
from agent_tui.domain.wall_time import wall_of
from agent_tui.services import doctor_heads, doctor_messages
from agent_tui.services.desk import Desk
from agent_tui.services.doctor_waiting import mismatches
from agent_tui.services.findings import Finding, restore_words
from agent_tui.services.message_words import load_library
from agent_tui.store import backup, client_index, guards, health
from agent_tui.store.migrations.facts import table_names
from agent_tui.store.migrations.runner import differences_from_fresh
from agent_tui.store.opening import schema_version
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.sweep import INVARIANTS, Checked, Progress, sweep_store
from agent_tui.store.tables import tables_by_name
from agent_tui.store.trouble import NOT_TEXT, StoreTrouble, shown, trouble
from agent_tui.store.unit_of_work import Row, Store, Unit

LARGE_WAL_BYTES = 64 * 1024 * 1024
CLOCK_SKEW_SECONDS = 5
DIFFERENCES_SHOWN = 3
OLD_BACKUP_DAYS = 7
NOT_ASKED = ""

__all__ = ["Diagnosis", "Finding", "examine"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What contract.md's `doctor` answers: status "sound", or "findings" when there is a warning or an error."""

    status: str
    store: str
    engine: str
    engine_version: str
    schema: str
    findings: tuple[Finding, ...]
    invariants: dict[str, Checked]
    seq: int
    hash: str

    @property
    def has_errors(self) -> bool:
        """Return whether some finding is an error, for which the command's exit code is 4."""
        return any(finding.severity == "error" for finding in self.findings)


def examine(
    subject: Desk | Store,
    site: str | None = None,
    *,
    heads: str | None = NOT_ASKED,
    sweep: bool = True,
    templates: str | None = NOT_ASKED,
    told: Progress | None = None,
) -> Diagnosis:
    """Examine a store at a desk, or a store and a site, and return what was found; nothing is changed.

    `heads` is the folder in which heads of the log are on record, None for nowhere; without it they are not looked at. The
    day from which hand-offs are overdue is the desk's, or the database's where there is no desk. Without
    `sweep` neither the invariants nor the index of claimants are looked at, which is what takes long; `told` hears how far the
    invariants are. `templates` is the folder of the site's own templates, None for none; without it they are not looked at. A
    store that cannot be read at all raises StoreTrouble.
    """
    store = subject.store if isinstance(subject, Desk) else subject
    code = site or (subject.site if isinstance(subject, Desk) else "")
    findings: list[Finding] = []
    try:
        with store.read_engine.connect() as connection:
            version = health.engine_version(connection)
            findings += _engine(connection, version)
            findings += _schema(connection)
            findings += _index(connection) if sweep else ()
    except (exc.DBAPIError, NOT_TEXT) as error:
        raise trouble(error) from error
    with store.read() as unit:
        zone = _zone(unit, code)
        now, postgres = unit.clock_ms(), unit.postgres
    restore = restore_words(postgres=postgres)
    today = subject.now.date() if isinstance(subject, Desk) else _day(now, zone)
    at = subject.at(zone) if isinstance(subject, Desk) else now
    if postgres:
        findings += _clock(now)
    else:
        findings += _files(Path(store.location))
        findings += _backups(Path(store.location), doctor_heads.last_backup(store.location, heads, code) if heads else None)
    if heads != NOT_ASKED:
        look = partial(doctor_heads.compare, site=code, location=store.location, folder=heads, today=today, zone=zone)
        findings += _looked(store, "heads of the log", look, restore)
    findings += _looked(store, "rules and the work that waits", lambda unit: _waiting(unit, code, today), restore)
    findings += _looked(store, "waiting list for sooner", lambda unit: _sooner(unit, code), restore)
    findings += _looked(store, "outbox", lambda unit: doctor_messages.look(unit, code, at), restore)
    if templates != NOT_ASKED:
        findings += doctor_messages.templates(load_library(templates).problems)
    invariants, head, broken = _swept(store, code, restore, sweep=sweep, told=told)
    findings += broken
    status = "sound" if all(finding.severity == "info" for finding in findings) else "findings"
    return Diagnosis(
        status=status,
        store=store.name,
        engine=store.engine_name,
        engine_version=version,
        schema=schema_version(store.read_engine) or "",
        findings=tuple(findings),
        invariants=invariants,
        seq=int(head[0]),
        hash=str(head[1]),
    )


def _swept(
    store: Store, site: str, restore: str, *, sweep: bool, told: Progress | None
) -> tuple[dict[str, Checked], Row, list[Finding]]:
    """Return what the independent sweep counts and the head of the log, with what of it is a finding."""
    try:
        invariants = sweep_store(store, site, told) if sweep else {}
        with store.read() as unit:
            head = unit.row("SELECT seq, hash FROM site_head WHERE site = ?", site) or (0, "")
    except StoreTrouble as met:
        return {}, (0, ""), [Finding("unreadable", "error", f"The invariants could not be checked: {met}", restore)]
    return invariants, head, list(_broken(invariants, restore))


def _looked(store: Store, what: str, look: Callable[[Unit], Iterable[Finding]], restore: str) -> list[Finding]:
    """Return what a look of its own transaction finds, or the finding that it could not be taken: the others still are."""
    try:
        with store.read() as unit:
            return list(look(unit))
    except StoreTrouble as met:
        return [Finding("unreadable", "error", f"The {what} could not be looked at: {met}", restore)]
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        # A row that no code of ours writes; its words may be somebody's data.
        return [Finding("unreadable", "error", f"The {what} cannot be read ({type(error).__name__}).", restore)]


def _day(now: int, zone: str) -> date:
    try:
        return wall_of(now, zone).date()
    except (ValueError, LookupError):  # a zone that does not exist, which the look at the rules tells
        return wall_of(now, "UTC").date()


def _sooner(unit: Unit, site: str) -> Iterator[Finding]:
    return (Finding("waiting_list", one.severity, one.text, one.do) for one in mismatches(unit, site))


def _engine(connection: Connection, version: str) -> Iterator[Finding]:
    sqlite = connection.dialect.name == "sqlite"
    if not health.engine_is_current(connection):
        if sqlite:
            text = f"SQLite {version} is older than {health.SAFE_SQLITE}: two terminals that write at once can damage the store."
            yield Finding("engine_version", "warning", text, "Install pysqlite3, or let one terminal at a time use the store.")
        else:
            text = f"PostgreSQL {version} is older than {health.OLDEST_POSTGRES}, the oldest that is tested."
            yield Finding("engine_version", "warning", text, "Plan an upgrade of the server.")
    for name, (value, wanted) in health.settings(connection).items():
        if value.lower() != wanted:
            text = f"{name} is {shown(value)} and not {wanted}: an acknowledged booking can be lost."
            do = "Ask who set it; agent-tui sets it by itself." if sqlite else f"Set {name} = {wanted} on the server."
            yield Finding(name, "warning", text, do)
    for text in health.file_errors(connection):
        yield Finding("integrity", "error", f"The store is damaged: {shown(text)}.", restore_words(postgres=False))


def _schema(connection: Connection) -> Iterator[Finding]:
    missing = guards.missing_guards(connection)
    if missing:
        text = f"Guards are missing that refuse a stolen time or a changed log: {', '.join(missing)}."
        yield Finding("guards", "error", text, "Run agent-tui migrate, which puts them back, and find out who took them away.")
    # On PostgreSQL a fresh schema is made to compare with, which takes rights that an agent's login need not have.
    if connection.dialect.name == "sqlite":
        others = [fact for fact in differences_from_fresh(connection) if not any(name in fact for name in missing)]
        if others:
            text = f"The schema is not this version's: {shown('; '.join(others[:DIFFERENCES_SHOWN]))}."
            yield Finding("schema", "error", text, restore_words(postgres=False))
    else:
        lost = set(tables_by_name()) - set(table_names(connection))
        if lost:
            yield Finding("schema", "error", f"Tables are missing: {', '.join(sorted(lost))}.", restore_words(postgres=True))


def _index(connection: Connection) -> Iterator[Finding]:
    """Hold the index by which claimants are found against their rows, where the schema has it."""
    if "client_word" not in table_names(connection):
        return
    missing, surplus = client_index.wrong_entries(connection)
    clients = {(site, client) for site, _kind, _word, client in (*missing, *surplus)}
    if clients:
        text = f"What {counted(len(clients), 'claimant is', 'claimants are')} found by is not what their details say."
        yield Finding("client_index", "warning", text, "Run agent-tui migrate, which puts the index right.")


def _files(path: Path) -> Iterator[Finding]:
    text = health.network_trouble(path)
    if text is not None:
        yield Finding("file_system", "error", text, "Move the store to a local disk, or use PostgreSQL.")
    for one in health.store_files(path):
        if one.path == path.parent:
            yield from _folder(one)
            continue
        yield from _mode_of_file(one)
        if one.path.name.endswith("-wal") and one.size > LARGE_WAL_BYTES:
            megabytes = one.size // 1024 // 1024
            text = f"The file {shown(one.path)} has {megabytes} MB: some program keeps an old state of the store open."
            yield Finding("wal_size", "warning", text, "Close programs that have the store open, one by one, until it shrinks.")


def _mode_of_file(one: health.StoreFile) -> Iterator[Finding]:
    if os.name == "nt":
        return  # Access there is by lists, of which the mode bits say nothing.
    if one.mode & 0o007:
        text = (
            f"Everybody on this computer may {'change' if one.mode & 0o002 else 'read'} {shown(one.path)} (mode {one.mode:04o})."
        )
        yield Finding("permissions", "warning", text, f"chmod o= '{shown(one.path)}'")
    if one.mode & 0o060:
        folder = one.path.parent.stat().st_mode
        # The documented way to share: a folder of mode 2770, whose group every file in it gets.
        if folder & 0o2070 != 0o2070 or folder & 0o007:
            text = f"Its group may {'change' if one.mode & 0o020 else 'read'} {shown(one.path)} (mode {one.mode:04o})."
            yield Finding(
                "permissions", "warning", text, "chmod 600 it, or share it in a folder of mode 2770 whose group is the office."
            )


def _folder(one: health.StoreFile) -> Iterator[Finding]:
    if os.name == "nt":
        return
    if one.mode & 0o002 and not one.mode & 0o1000:
        text = f"Everybody on this computer may replace files in {shown(one.path)} (mode {one.mode:04o})."
        yield Finding("permissions", "warning", text, f"chmod 700 '{shown(one.path)}'")
    elif one.mode & 0o007:
        text = f"Everybody on this computer may look into {shown(one.path)} (mode {one.mode:04o})."
        yield Finding("permissions", "info", text, f"chmod 700 '{shown(one.path)}'")


def _backups(path: Path, on_record: tuple[int, str] | None) -> Iterator[Finding]:
    """Look at the backups beside a store, and at the last one that is on record, in days and by file."""
    found = backup.backups_of(path)
    for one in found:
        mode = one.stat().st_mode & 0o777
        if mode & 0o077 and os.name != "nt":
            text = f"The backup {shown(one)} may be read by others (mode {mode:04o})."
            yield Finding("permissions", "warning", text, f"chmod 600 '{shown(one)}'")
    known = [(backup.age_in_days(found[0]), str(found[0]))] if found else []
    days, newest = min([*known, *([on_record] if on_record else [])], default=(None, ""))
    do = "Have one made daily, agent-tui backup FOLDER, and kept on another disk."
    if days is None:
        yield Finding("backups", "info", "No backup lies beside the store, and none is on record.", do)
    elif days > OLD_BACKUP_DAYS:
        yield Finding("backups", "info", f"The newest backup that is known is {counted(days, 'day')} old: {shown(newest)}.", do)


def _clock(database_ms: int) -> Iterator[Finding]:
    skew = health.clock_skew_ms(database_ms)
    if abs(skew) > CLOCK_SKEW_SECONDS * 1000:
        text = f"The server's clock is {abs(skew) // 1000} seconds {'ahead of' if skew > 0 else 'behind'} this computer's."
        yield Finding("clock", "warning", text, "Let both take their time from a time server; holds end by the server's clock.")


def _zone(unit: Unit, site: str) -> str:
    row = unit.row("SELECT zone FROM site WHERE site = ?", site)
    if row is None:
        raise StoreTrouble(f"The store has no site {shown(site)}.")
    return str(row[0])


def _waiting(unit: Unit, site: str, today: date) -> Iterator[Finding]:
    """Find work that waits: lapsed holds that nobody has met, overdue hand-offs, tickets, key types that no diary takes."""
    expired = _count(
        unit, "SELECT COUNT(*) FROM entry WHERE site = ? AND status = 'held' AND expires_at <= ?", site, unit.clock_ms()
    )
    if expired:
        text = f"{counted(expired, 'hold has', 'holds have')} lapsed and still to be met; the time is offered again already."
        yield Finding("expired_holds", "info", text, "Nothing: the next booking of that time ends them.")
    overdue = _count(
        unit, "SELECT COUNT(*) FROM handoff WHERE site = ? AND status <> 'closed' AND due < ?", site, today.isoformat()
    )
    if overdue:
        text = f"{counted(overdue, 'hand-off is', 'hand-offs are')} overdue."
        yield Finding("handoffs", "info", text, "See agent-tui handoffs, and call those claimants.")
    waiting = _count(unit, "SELECT COUNT(*) FROM ticket WHERE site = ? AND status = 'waiting'", site)
    if waiting:
        text = f"{counted(waiting, 'ticket waits', 'tickets wait')} for a supervisor's word."
        yield Finding("tickets", "info", text, "See agent-tui diary tickets --status waiting, and approve or decline each.")
    yield from _flags(unit, site)
    catalogue = catalogue_queries.load(unit, site)
    if catalogue is None:
        return
    taken = {code for one in catalogue.diaries.values() if one.enabled for code in one.types}
    types = catalogue.types
    codes = [code for code, kind in types.items() if kind.booked_by == "offer" and kind.key_on(today) and code not in taken]
    if codes:
        text = f"No diary that is switched on takes these key types: {', '.join(codes)}."
        yield Finding("key_types", "info", text, "Assign them to a diary; until then each request is handed off.")


def _flags(unit: Unit, site: str) -> Iterator[Finding]:
    """Find appointments without a time that no open flag names: nobody would ever settle them."""
    rows = unit.rows(
        "SELECT e.id FROM entry e WHERE e.site = ? AND e.status = 'unplaced' AND NOT EXISTS (SELECT 1 FROM flag f"
        " WHERE f.site = e.site AND f.entry = e.id AND f.status = 'open'"
        " AND f.kind IN ('not_allowed', 'import_overlap', 'displaced')) ORDER BY e.day, e.id",
        site,
    )
    if rows:
        text = f"{counted(len(rows), 'appointment has', 'appointments have')} no time and no open flag: "
        text += ", ".join(shown(str(row[0])) for row in rows[:DIFFERENCES_SHOWN])
        yield Finding("flags", "warning", f"{text}.", "Move or cancel each of them; agent-tui show ID tells what it is.")


def _count(unit: Unit, statement: str, *values: object) -> int:
    row = unit.row(statement, *values)
    return 0 if row is None else int(row[0])


def _broken(invariants: dict[str, Checked], restore: str) -> Iterator[Finding]:
    for name, result in invariants.items():
        if result.violations:
            examples = "; ".join(result.examples)
            text = f"{name} ({INVARIANTS[name]}) is broken {counted(result.violations, 'time', 'times')}: {shown(examples)}."
            yield Finding(name, "error", text, f"{restore} Enter what came after it from the agents' own notes.")

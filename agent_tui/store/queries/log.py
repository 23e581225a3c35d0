"""The log: drawing the next seq, appending, reading."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from agent_tui.domain.flags import REOPENED, RESOLVED
from agent_tui.domain.log import Event, State, canonical, chained
from agent_tui.domain.sooner import ADDED_VERB, LEFT_VERB, WAITING_VERBS
from agent_tui.store.trouble import StoreTrouble
from agent_tui.store.unit_of_work import Unit

_HEAD = "UPDATE site_head SET seq = ?, hash = ? WHERE site = ?"
_COLUMNS = (
    "site, seq, at, stamped, who, role, verb, entry, client, touched, before_state, after_state, reason, request, fingerprint,"
    " previous, hash"
)
INSERT_STATEMENT = f"INSERT INTO event ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A line to be appended; see domain.log.Event for the fields."""

    verb: str
    entry: str | None = None
    client: str | None = None
    touched: tuple[tuple[str, str], ...] = ()
    before: State | None = None
    after: State | None = None
    reason: str | None = None
    request: str | None = None
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A line to be appended with its states as the text that is stored, made before the write lock is taken."""

    verb: str
    entry: str | None
    client: str | None
    touched: str
    before: str | None
    after: str | None
    reason: str | None
    request: str | None
    fingerprint: str | None


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who writes, in which role, and when: site time and the database's clock, both in ms UTC."""

    site: str
    who: str
    role: str
    at: int
    stamped: int


def set_head(unit: Unit, site: str, seq: int, digest: str) -> None:
    """Write which line is a site's last, after a bulk load."""
    unit.run(_HEAD, seq, digest, site)


def append(unit: Unit, stamp: Stamp, new: NewEvent) -> int:
    """Append a line as the last act of a transaction and return its seq.

    The seq is drawn here, under a lock that lasts until the commit, so that the order of seq is the order of commit.
    """
    if unit.is_member:
        return _append_as_member(unit, stamp, [told(new)])
    last, previous = _drawn(unit, stamp.site)
    values, digest = line(stamp, last + 1, previous, new)
    unit.later(_HEAD, last + 1, digest, stamp.site)
    unit.later(INSERT_STATEMENT, *values)
    return last + 1


def _drawn(unit: Unit, site: str) -> tuple[int, str]:
    """Return the head of a site's log, which nobody else draws from until the transaction ends."""
    head = unit.row(f"SELECT seq, hash FROM site_head WHERE site = ?{unit.for_update}", site)
    if head is None:
        raise LookupError(f"no site {site}")
    return int(head[0]), str(head[1])


def append_many(unit: Unit, stamp: Stamp, lines: Sequence[NewEvent | Told]) -> None:
    """Append many lines in their order as the last act of a transaction: `append`, with one draw for all of them."""
    if unit.is_member:
        _append_as_member(unit, stamp, [told(one) if isinstance(one, NewEvent) else one for one in lines])
        return
    (last, previous), rows = _drawn(unit, stamp.site), []
    for seq, new in enumerate(lines, start=last + 1):
        values, previous = line(stamp, seq, previous, new)
        rows.append(values)
    unit.many(INSERT_STATEMENT, rows)
    unit.later(_HEAD, last + len(rows), previous, stamp.site)


def _append_as_member(unit: Unit, stamp: Stamp, lines: Sequence[Told]) -> int:
    """Have the database append lines: it draws the seq, makes the hash, and refuses another login or role than the member's."""
    rows = [[stamp.at, stamp.stamped, stamp.who, stamp.role, *astuple(one)] for one in lines]
    row = unit.row("SELECT desk_append(?, CAST(? AS json))", stamp.site, canonical(rows))
    assert row is not None
    return int(row[0])


def told(new: NewEvent) -> Told:
    """Return a line with its states as text."""
    return Told(
        new.verb,
        new.entry,
        new.client,
        canonical([list(pair) for pair in new.touched]),
        None if new.before is None else canonical(new.before),
        None if new.after is None else canonical(new.after),
        new.reason,
        new.request,
        new.fingerprint,
    )


def line(stamp: Stamp, seq: int, previous: str, new: NewEvent | Told) -> tuple[tuple[Any, ...], str]:
    """Return the row of a line and its hash."""
    new = told(new) if isinstance(new, NewEvent) else new
    fields = (
        stamp.site,
        seq,
        stamp.at,
        stamp.stamped,
        stamp.who,
        stamp.role,
        new.verb,
        new.entry,
        new.client,
        new.touched,
        new.before,
        new.after,
        new.reason,
        new.request,
        new.fingerprint,
    )
    digest = chained(previous, fields)
    return (*fields, previous, digest), digest


def event_of(row: Sequence[Any]) -> Event:
    """Return a stored line as a value; StoreTrouble for one whose JSON was edited by hand."""
    try:
        return _event_of(row)
    except (ValueError, TypeError, LookupError):
        raise StoreTrouble(f"Line {row[1]} of the log cannot be read, so it was edited by hand: run agent-tui verify.") from None


def _event_of(row: Sequence[Any]) -> Event:
    site, seq, at, stamped, who, role, verb, entry, client, touched, before, after, reason, request, said, previous, hash = row
    return Event(
        site=site,
        seq=seq,
        at=at,
        stamped=stamped,
        who=who,
        role=role,
        verb=verb,
        entry=entry,
        client=client,
        touched=tuple((pair[0], pair[1]) for pair in json.loads(touched)),
        before=None if before is None else json.loads(before),
        after=None if after is None else json.loads(after),
        reason=reason,
        request=request,
        fingerprint=said,
        previous=previous,
        hash=hash,
    )


def hashed_fields(row: Sequence[Any]) -> tuple[Any, ...]:
    """Return the part of a stored line that its hash covers."""
    return tuple(row[:15])


def head(unit: Unit, site: str) -> tuple[int, str]:
    """Return the seq and hash of a site's last line."""
    row = unit.row("SELECT seq, hash FROM site_head WHERE site = ?", site)
    return (0, "") if row is None else (int(row[0]), str(row[1]))


def rows_after(unit: Unit, site: str, seq: int, limit: int) -> Sequence[Sequence[Any]]:
    """Return up to `limit` stored lines with a greater seq, in order."""
    return unit.rows(f"SELECT {_COLUMNS} FROM event WHERE site = ? AND seq > ? ORDER BY seq LIMIT ?", site, seq, limit)


def by_request(unit: Unit, site: str, request: str) -> Event | None:
    """Return the line that answered a request id, or None."""
    row = unit.row(f"SELECT {_COLUMNS} FROM event WHERE site = ? AND request = ?", site, request)
    return None if row is None else event_of(row)


def wait_for_commits(unit: Unit, site: str) -> None:
    """Wait until each act of a site that has drawn its seq has ended: what the next statement does not find never comes.

    A unit that writes has done so on SQLite when it begins. A member of the database may not lock the head, but appends.
    """
    if unit.is_member:
        unit.row("SELECT desk_append(?, CAST('[]' AS json))", site)
    else:
        unit.row(f"SELECT seq FROM site_head WHERE site = ?{unit.for_update}", site)


def at_of(unit: Unit, site: str, seq: int) -> int | None:
    """Return the site time of a line in ms UTC, or None."""
    row = unit.row("SELECT at FROM event WHERE site = ? AND seq = ?", site, seq)
    return None if row is None else int(row[0])


def of_entry(unit: Unit, site: str, entry: str) -> list[Event]:
    """Return an entry's lines in order."""
    return [
        event_of(row)
        for row in unit.rows(
            f"SELECT {_COLUMNS} FROM event{unit.by('ix_event_entry')} WHERE site = ? AND entry = ? ORDER BY seq", site, entry
        )
    ]


def about_waiting(unit: Unit, site: str, entry: str, after: int) -> list[Event]:
    """Return the lines with a greater seq about an appointment's place on the waiting list, in order."""
    return [one for one in with_verbs(unit, site, WAITING_VERBS, after) if (one.after or {}).get("waiting") == entry]


def with_verbs(unit: Unit, site: str, verbs: Sequence[str], after: int) -> list[Event]:
    """Return the lines of some verbs with a greater seq, in order."""
    marks = ",".join("?" * len(verbs))
    statement = f"SELECT {_COLUMNS} FROM event WHERE site = ? AND seq > ? AND verb IN ({marks}) ORDER BY seq"
    return [event_of(row) for row in unit.rows(statement, site, after, *verbs)]


def others_of_act(unit: Unit, site: str, event: Event) -> list[Event]:
    """Return the lines that the act of a line with a request id wrote before that one, in order.

    An act's lines stand side by side, since the seq is drawn under a lock; one alone carries the request's id.
    """
    earlier = unit.row(
        "SELECT seq FROM event WHERE site = ? AND seq < ? AND request IS NOT NULL ORDER BY seq DESC LIMIT 1", site, event.seq
    )
    first = 0 if earlier is None else int(earlier[0])
    statement = f"SELECT {_COLUMNS} FROM event WHERE site = ? AND seq > ? AND seq < ? AND who = ? AND stamped = ? ORDER BY seq"
    return [event_of(row) for row in unit.rows(statement, site, first, event.seq, event.who, event.stamped)]


def rest_of_act(unit: Unit, site: str, event: Event) -> list[Event]:
    """Return the lines that the act of a line with a request id wrote after that one, in order: an undo answers first."""
    later = unit.row(
        "SELECT seq FROM event WHERE site = ? AND seq > ? AND request IS NOT NULL ORDER BY seq LIMIT 1", site, event.seq
    )
    tail, last = ("", ()) if later is None else (" AND seq < ?", (int(later[0]),))
    statement = f"SELECT {_COLUMNS} FROM event WHERE site = ? AND seq > ? AND who = ? AND stamped = ?{tail} ORDER BY seq"
    return [event_of(row) for row in unit.rows(statement, site, event.seq, event.who, event.stamped, *last)]


def touching(unit: Unit, site: str, days: Sequence[str]) -> list[Event]:
    """Return the lines about entries that touched some days (ISO), in order; it reads the whole log once."""
    if not days:
        return []
    either = " OR ".join(["touched LIKE ?"] * len(days))
    statement = f"SELECT {_COLUMNS} FROM event WHERE site = ? AND entry IS NOT NULL AND ({either}) ORDER BY seq"
    return [event_of(row) for row in unit.rows(statement, site, *(f'%"{day}"%' for day in days))]


def answer_after(unit: Unit, site: str, seq: int) -> Event | None:
    """Return the first line with a greater seq that answered a request, or None."""
    statement = f"SELECT {_COLUMNS} FROM event WHERE site = ? AND seq > ? AND request IS NOT NULL ORDER BY seq LIMIT 1"
    row = unit.row(statement, site, seq)
    return None if row is None else event_of(row)


def last_of(unit: Unit, site: str, who: str) -> Event | None:
    """Return a person's last act on an entry, a flag or the waiting list in the log, or None."""
    row = unit.row(
        f"SELECT {_COLUMNS} FROM event WHERE site = ? AND who = ? AND request IS NOT NULL"
        " AND (entry IS NOT NULL OR verb IN ('handed_off', ?, ?, ?, ?))"
        " ORDER BY seq DESC LIMIT 1",
        *(site, who, ADDED_VERB, LEFT_VERB, RESOLVED, REOPENED),
    )
    return None if row is None else event_of(row)


def last_because(unit: Unit, site: str, who: str, reason: str) -> Event | None:
    """Return a person's last line that answered a request on an entry and whose reason begins with a word and a colon."""
    statement = (
        f"SELECT {_COLUMNS} FROM event WHERE site = ? AND who = ? AND request IS NOT NULL AND entry IS NOT NULL"
        " AND reason LIKE ? ORDER BY seq DESC LIMIT 1"
    )
    row = unit.row(statement, site, who, f"{reason}:%")
    return None if row is None else event_of(row)


def last_with(unit: Unit, site: str, verbs: Sequence[str], who: str | None = None) -> Event | None:
    """Return the last line with one of some verbs, of one person where that is said, or None."""
    marks = ",".join("?" * len(verbs))
    whose, values = ("", ()) if who is None else (" AND who = ?", (who,))
    statement = f"SELECT {_COLUMNS} FROM event WHERE site = ? AND verb IN ({marks}){whose} ORDER BY seq DESC LIMIT 1"
    row = unit.row(statement, site, *verbs, *values)
    return None if row is None else event_of(row)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines to read: instants in ms UTC, all None for every line; with `latest` the last `limit` of them."""

    entry: str | None = None
    client: str | None = None
    who: str | None = None
    verb: str | None = None
    from_at: int | None = None
    to_at: int | None = None
    after: int = 0
    limit: int | None = None
    latest: bool = False


def filtered(unit: Unit, site: str, wanted: Filter) -> list[Event]:
    """Return the lines that a filter admits, in order."""
    clauses, values = ["site = ?", "seq > ?"], [site, wanted.after]
    pairs: Iterable[tuple[str, Any]] = (
        ("entry = ?", wanted.entry),
        ("client = ?", wanted.client),
        ("who = ?", wanted.who),
        ("verb = ?", wanted.verb),
        ("at >= ?", wanted.from_at),
        ("at < ?", wanted.to_at),
    )
    for clause, value in pairs:
        if value is not None:
            clauses.append(clause)
            values.append(value)
    statement = f"SELECT {_COLUMNS} FROM event WHERE {' AND '.join(clauses)} ORDER BY seq{' DESC' if wanted.latest else ''}"
    if wanted.limit is not None:
        statement += " LIMIT ?"
        values.append(wanted.limit)
    found = [event_of(row) for row in unit.rows(statement, *values)]
    return found[::-1] if wanted.latest else found

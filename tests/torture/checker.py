"""What must hold of a store after any torture, read from its tables alone by plain SQL; shares no code with services.

The log is replayed tick by tick, so that two owners of one tick are found even if one of them has let go since.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from agent_tui.store.driver import dbapi
from tests.torture.journal import Ack
from tests.torture.work_checker import Lines, check_work

OWNING = {"held", "booked", "attended", "late", "dna", "blocked"}
SHOWN = 5

Tick = tuple[str, str, int]
Claim = tuple[str, str, int, int]


@dataclass
class Report:
    """What was wrong, one sentence each; all empty means that the store kept its word."""

    double: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    work: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def problems(self) -> list[str]:
        """Return everything that was wrong, the first few of each kind."""
        return [f"{kind}: {text}" for kind, texts in self.kinds.items() for text in texts[:SHOWN]]

    @property
    def kinds(self) -> dict[str, list[str]]:
        """Return what was wrong by kind."""
        own = {"double": self.double, "lost": self.lost, "torn": self.torn, "log": self.log}
        return own | {"hold": self.holds, "work": self.work}

    def line(self) -> str:
        """Return the figures in one line."""
        wrong = ", ".join(f"{len(texts)} {kind}" for kind, texts in self.kinds.items())
        return f"{wrong}; " + ", ".join(f"{number} {what}" for what, number in sorted(self.counts.items()))


class Tables:
    """The tables of one store through the bare driver."""

    def __init__(self, location: str) -> None:
        self.postgres = "://" in location
        if self.postgres:
            import psycopg

            self._connection: Any = psycopg.connect(location)
        else:
            self._connection = dbapi.connect(location, timeout=30)

    def rows(self, statement: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, a batch at a time."""
        with closing(self._connection.cursor("checker") if self.postgres else self._connection.cursor()) as cursor:
            cursor.execute(statement)
            yield from cursor

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@dataclass(slots=True)
class _Last:
    """Where the log leaves an entry, and the lines that brought it there."""

    state: tuple[Any, ...]
    claims: set[Claim]
    lapsed: bool = False


@dataclass(slots=True)
class _Line:
    """What the log says of an answered request."""

    seq: int
    entry: str | None
    place: tuple[Any, ...] | None


def check(location: str, site: str, acks: Iterable[Ack], *, all_answered: bool = True) -> Report:
    """Return what is wrong with a store whose clients were told `acks`.

    Where some client never heard the answer (it was killed), `all_answered` is False and the log may know more.
    """
    report = Report()
    tables = Tables(location)
    try:
        if not tables.postgres:
            _integrity(tables, report)
        work = Lines()
        last, lines = _replay(tables, site, work, report)
        entries = _entries(tables, site, last, report)
        _ownership(tables, site, entries, report)
        _places(tables, site, entries, report)
        report.work += check_work(tables, site, work, entries, report.counts)
    finally:
        tables.close()
    _answers(list(acks), lines, last, report, all_answered=all_answered)
    return report


def _integrity(tables: Tables, report: Report) -> None:
    found = [row[0] for row in tables.rows("PRAGMA integrity_check")]
    if found != ["ok"]:
        report.torn.append(f"integrity_check says {found[:3]}")
    strays = list(tables.rows("PRAGMA foreign_key_check"))
    if strays:
        report.torn.append(f"foreign_key_check says {strays[:3]}")


def _state(after: dict[str, Any]) -> tuple[Any, ...]:
    names = ("kind", "status", "type", "client", "diary", "day", "start", "end", "version", "made_by", "expires_at", "moving")
    return tuple(after[name] for name in names)


def _place(after: dict[str, Any]) -> tuple[Any, ...]:
    return (after["status"], after["diary"], after["day"], after["start"], after["end"], after["version"])


def _ticks(claims: Iterable[Claim]) -> Iterator[Tick]:
    for resource, day, start, end in claims:
        for tick in range(start, end):
            yield (resource, day, tick)


def _replay(tables: Tables, site: str, work: Lines, report: Report) -> tuple[dict[str, _Last], dict[str, _Line]]:
    """Follow the log line by line: gapless, chained, each line begins where the entry's last one ended, one owner a tick."""
    columns = (
        "site, seq, at, stamped, who, role, verb, entry, client, touched, before_state, after_state, reason, request, fingerprint"
    )
    last: dict[str, _Last] = {}
    lines: dict[str, _Line] = {}
    owners = _Owners(report)
    expected, previous = 1, "0" * 64
    for row in tables.rows(f"SELECT {columns}, previous, hash FROM event WHERE site = '{site}' ORDER BY seq"):
        seq, stamped, verb, entry, request = row[1], row[3], row[6], row[7], row[13]
        if seq != expected:
            report.log.append(f"line {expected} is missing before line {seq}")
        text = json.dumps(list(row[:15]), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
        if row[15] != previous or row[16] != digest:
            report.log.append(f"the chain breaks at line {seq}")
        expected, previous = seq + 1, row[16]
        before = None if row[10] is None else json.loads(row[10])
        after = None if row[11] is None else json.loads(row[11])
        report.counts[f"lines {verb}"] += 1
        work.read(seq, stamped, row[4], verb, entry, after, row[12], request is not None)
        # The approval of an override for which there is no chain any more closes it and is refused.
        outdated = verb == "override_decided" and after is not None and after["status"] == "outdated"
        if request is not None and not outdated:
            if request in lines:
                report.log.append(f"the lines {lines[request].seq} and {seq} answer one request")
            lines[request] = _Line(seq, entry, None if entry is None or after is None else _place(after))
        owners.line(seq, (row[4], stamped))
        if entry is not None and after is not None:
            _follow(seq, entry, verb, stamped, before, after, last, owners, report)
    owners.end()
    heads = list(tables.rows(f"SELECT seq, hash FROM site_head WHERE site = '{site}'"))
    if heads != [(expected - 1, previous)]:
        report.log.append(f"the head of the log is {heads}, its last line is {expected - 1}")
    return last, lines


class _Owners:
    """Who owns each tick at the end of each transaction, whose lines are of one person at one moment.

    Within it the order of the lines says nothing: a block is given the time of an appointment before the line that moves it.
    """

    def __init__(self, report: Report) -> None:
        self.report = report
        self.owners: dict[Tick, str] = {}
        self.changed: dict[str, tuple[set[Claim], set[Claim]]] = {}
        self.of: tuple[str, int] | None = None
        self.seq = 0

    def line(self, seq: int, of: tuple[str, int]) -> None:
        """Begin a line, and with it another transaction where it is of somebody else or of another moment."""
        if of != self.of:
            self.end()
        self.of, self.seq = of, seq

    def change(self, entry: str, had: set[Claim], has: set[Claim]) -> None:
        """Take down that an entry owned some claims and owns others after this line."""
        self.changed[entry] = (self.changed[entry][0] if entry in self.changed else had, has)

    def end(self) -> None:
        """Let all that a transaction changed let go, then take; whoever takes what another has is a second owner."""
        for entry, (had, _) in self.changed.items():
            for tick in _ticks(had):
                if self.owners.pop(tick, None) != entry:
                    self.report.double.append(f"line {self.seq}: entry {entry} did not own {tick} any more")
        for entry, (_, has) in self.changed.items():
            for tick in _ticks(has):
                if tick in self.owners:
                    self.report.double.append(f"line {self.seq}: entry {entry} got {tick} from entry {self.owners[tick]}")
                self.owners[tick] = entry
        self.changed.clear()


def _follow(
    seq: int,
    entry: str,
    verb: str,
    stamped: int,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    last: dict[str, _Last],
    owners: "_Owners",
    report: Report,
) -> None:
    known = last.get(entry)
    if (known is None) != (before is None):
        report.log.append(f"line {seq} makes or changes entry {entry} out of turn")
    if known is not None and before is not None and known.state != _state(before):
        report.log.append(f"line {seq} does not begin where entry {entry} was: {known.state} and {_state(before)}")
    if known is not None and after["version"] != known.state[8] + 1:
        report.log.append(f"line {seq} brings entry {entry} from version {known.state[8]} to {after['version']}")
    claims = {(one[0], one[1], one[2], one[3]) for one in after["claims"]}
    owners.change(entry, set() if known is None else known.claims, claims)
    if known is not None and known.lapsed and claims:
        report.holds.append(f"line {seq} gives the lapsed entry {entry} its time back")
    if before is not None and before["status"] == "held":
        ended = before["expires_at"]
        if verb == "lapsed" and (ended is None or ended > stamped):
            report.holds.append(f"line {seq} ends the live hold {entry}, {ended} after {stamped}")
        if verb in ("confirmed", "extended", "moved") and (ended is None or ended <= stamped):
            report.holds.append(f"line {seq}: the hold {entry} of {ended} was {verb} at {stamped}")
    last[entry] = _Last(_state(after), claims, verb == "lapsed")


def _entries(tables: Tables, site: str, last: dict[str, _Last], report: Report) -> dict[str, tuple[Any, ...]]:
    """Compare each entry's row with where the log leaves it."""
    columns = "id, kind, status, type, client, diary, day, start_tick, end_tick, version, made_by, expires_at, moving, resources"
    entries: dict[str, tuple[Any, ...]] = {}
    for id, *rest, resources in tables.rows(f"SELECT {columns} FROM entry WHERE site = '{site}'"):
        state = tuple(rest)
        entries[id] = (*state, tuple(json.loads(resources)))
        report.counts[f"entries {state[1]}"] += 1
        if id not in last:
            report.torn.append(f"entry {id} is in no line of the log")
        elif last[id].state != state:
            bad = report.lost if state[8] < last[id].state[8] else report.torn
            bad.append(f"entry {id} is {state}, the log says {last[id].state}")
    report.lost += [f"entry {id} is in the log and not in the store" for id in last.keys() - entries.keys()]
    return entries


def _ownership(tables: Tables, site: str, entries: dict[str, tuple[Any, ...]], report: Report) -> None:
    """Compare claims with ticks, and both with what each entry must own."""
    statement = (
        f"SELECT resource, day, start_tick, end_tick, entry, expires_at FROM claim WHERE site = '{site}'"
        " ORDER BY resource, day, start_tick"
    )
    owners: dict[Tick, str] = {}
    claims: dict[str, set[Claim]] = {}
    reached: tuple[str, str, int, str] = ("", "", 0, "")
    for resource, day, start, end, entry, expires_at in tables.rows(statement):
        if reached[:2] == (resource, day) and start < reached[2]:
            report.double.append(f"{resource} on {day}: the claims of {reached[3]} and {entry} overlap")
        reached = (resource, day, end, entry)
        claims.setdefault(entry, set()).add((resource, day, start, end))
        for tick in range(start, end):
            owners[resource, day, tick] = entry
        if entry not in entries:
            report.torn.append(f"a claim belongs to {entry}, which is no entry")
        elif entries[entry][10] != expires_at:
            report.torn.append(f"entry {entry} ends at {entries[entry][10]}, its claim at {expires_at}")
    ticks = {
        (resource, day, tick): entry
        for resource, day, tick, entry in tables.rows(f"SELECT resource, day, tick, entry FROM occupancy WHERE site = '{site}'")
    }
    report.counts["ticks owned"] = len(ticks)
    for key in sorted(owners.keys() | ticks.keys()):
        if owners.get(key) != ticks.get(key):
            report.torn.append(f"{key} is claimed by {owners.get(key)} and owned by {ticks.get(key)}")
    _shares(entries, claims, owners, report)
    kept = tables.rows(f"SELECT entry, other FROM flag WHERE site = '{site}' AND kind = 'under_block'")
    _overlaps(entries, {frozenset(pair) for pair in kept}, report)


def _shares(entries: dict[str, tuple[Any, ...]], claims: dict[str, set[Claim]], owners: dict[Tick, str], report: Report) -> None:
    for id, entry in entries.items():
        status, day, start, end, moving, resources = entry[1], entry[5], entry[6], entry[7], entry[11], entry[12]
        mine = set(_ticks(claims.get(id, ())))
        if status not in OWNING:
            if mine:
                report.torn.append(f"entry {id} is {status} and owns time")
            continue
        wanted = {(resource, day, tick) for resource in resources for tick in range(start, end)}
        # The hold of a move leaves out what its own appointment has.
        lent = set(_ticks(claims.get(moving, ()))) if moving is not None else set()
        # A block has what lies around the appointments that it was laid over.
        lent |= {tick for tick in wanted - mine if status == "blocked" and tick in owners}
        if status in ("held", "booked", "late", "blocked") and mine != wanted - lent:
            report.torn.append(f"entry {id} is {status} and owns {len(mine)} of {len(wanted)} ticks")


def _overlaps(entries: dict[str, tuple[Any, ...]], kept: set[frozenset[str]], report: Report) -> None:
    """Look at the entries' own times, in case claims and ticks should agree on something else."""
    on: dict[tuple[str, str], list[tuple[int, int, str, str | None]]] = {}
    for id, entry in entries.items():
        if entry[1] in ("held", "booked", "late", "attended", "blocked"):
            for resource in entry[12]:
                on.setdefault((resource, entry[5]), []).append((entry[6], entry[7], id, entry[11]))
    for (resource, day), ranges in on.items():
        ranges.sort(key=lambda one: one[:3])
        for (_, end, id, moving), (start, _, other, other_moving) in pairwise(ranges):
            of_one_move = moving is not None and moving == other_moving
            allowed = of_one_move or moving == other or other_moving == id or frozenset((id, other)) in kept
            if start < end and not allowed:
                report.double.append(f"{resource} on {day}: the entries {id} and {other} overlap")


def _places(tables: Tables, site: str, entries: dict[str, tuple[Any, ...]], report: Report) -> None:
    """Look at the limited segments: not one appointment too many, and nobody without time of their own has a place."""
    most = {
        (row[0], row[1]): (row[2], row[3])
        for row in tables.rows(f"SELECT pattern, start_tick, end_tick, most FROM segment WHERE site = '{site}'")
        if row[3] is not None
    }
    used: Counter[tuple[str, str, str, int]] = Counter()
    for resource, day, pattern, segment, entry in tables.rows(
        f"SELECT resource, day, pattern, segment, entry FROM segment_use WHERE site = '{site}'"
    ):
        used[resource, day, pattern, segment] += 1
        found = entries.get(entry)
        if found is None or found[1] not in OWNING or (found[4], found[5]) != (resource, day):
            report.torn.append(f"entry {entry} has a place on {resource} on {day} that it should not have")
        elif (pattern, segment) in most and not (found[6] < most[pattern, segment][0] and segment < found[7]):
            report.torn.append(f"entry {entry} has a place in a segment that it does not touch")
    for key, number in used.items():
        # A hold keeps its place in a segment that was changed since it was made.
        if key[2:] in most and number > most[key[2], key[3]][1]:
            report.double.append(f"{key} has {number} appointments")


def _answers(acks: list[Ack], lines: dict[str, _Line], last: dict[str, _Last], report: Report, *, all_answered: bool) -> None:
    """Look for each acknowledged answer in the log: there once, with the times that were told, and not taken back."""
    fresh: Counter[str] = Counter()
    for ack in acks:
        line = lines.get(ack.request)
        told = (ack.status, ack.diary, ack.day, ack.start, ack.end, ack.version)
        if line is None:
            report.lost.append(f"the {ack.act} {ack.request} was acknowledged and is not in the log")
        elif ack.seq and (line.seq, line.entry, line.place) != (ack.seq, ack.entry, told):
            report.lost.append(f"the {ack.act} {ack.request} was acknowledged as {told}, the log says {line.place}")
        if ack.entry in last and last[ack.entry].state[8] < ack.version:
            report.lost.append(f"entry {ack.entry} is older than its acknowledged version {ack.version}")
        fresh[ack.request] += not ack.repeated
    report.counts["acknowledged"] = sum(fresh.values())
    report.log += [f"{request} was answered {number} times as new" for request, number in fresh.items() if number > 1]
    unheard = lines.keys() - fresh.keys()
    report.counts["unheard"] = len(unheard)
    if all_answered:
        report.log += [f"line {lines[request].seq} is an act that nobody was told of" for request in sorted(unheard)]
        report.log += [f"{request} was only ever answered as repeated" for request, number in fresh.items() if number == 0]

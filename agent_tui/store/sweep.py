"""The independent sweep: do the tables keep what the product promises (guides/reliability.md section 1)?

It reads the tables and nothing else, with statements of its own, and shares no code with what wrote them: not the
services, not store/queries, not the hash of domain/log. An example names an entry, a line or a resource, never a claimant.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from sys import intern
from typing import Any

from sqlalchemy import Connection, exc, text

from agent_tui.store.engine import take_its_time
from agent_tui.store.trouble import NOT_TEXT, trouble
from agent_tui.store.unit_of_work import Store

INVARIANTS = {
    "I1": "no two entries have a resource at the same time",
    "I2": "what the log says is held or booked is there, at the logged time",
    "I3": "an entry owns all its ticks, and no tick is without its claim",
    "I4": "the log has no gap, its chain verifies, and an entry's version is the logged one",
    "I5": "replaying the log gives the entries and their claims",
    "I6": "a lapsed hold was never confirmed, and a live one never taken away",
    "I7": "a request id was answered once, and an entry made once",
    "I8": "what was cancelled, released, lapsed, undone or moved away owns nothing of it",
    "I9": "a limited segment has no more appointments than its limit, and live ones only",
}
EXAMPLES = 5
BATCH = 2_000
LIVE = frozenset({"held", "booked", "attended", "late", "dna", "blocked"})
# These own their whole time; a no-show's rest is free again, a block owns what lies around kept appointments.
WHOLE = frozenset({"held", "booked", "attended", "late"})
FIRST_LINK = "0" * 64
# What a state or a list that is no such JSON raises: a damaged row is a finding, and the rows after it are looked at.
_UNREADABLE = (ValueError, TypeError, AttributeError, LookupError)
_LISTS = frozenset({"resources", "needs"})
_COLUMN_OF = {"start": "start_tick", "end": "end_tick"}
_PLACE = ("status", "diary", "day", "start", "end", "resources")

Progress = Callable[[str, int, int], None]
Range = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True)
class Checked:
    """How many things an invariant was checked on, how many broke it, and the first few of those."""

    checked: int
    violations: int
    examples: tuple[str, ...]


@dataclass(slots=True)
class _Tally:
    checked: int = 0
    violations: int = 0
    examples: list[str] = field(default_factory=list)

    def broken(self, example: str) -> None:
        self.violations += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(example)


@dataclass(slots=True)
class _Trace:
    """What the log has said of one entry so far; `after` is the hash of its last state's text."""

    lines: int = 0
    version: int = 0
    after: int = 0
    status: str = ""
    lapsed: bool = False
    shared: bool = False
    left: list[Range] = field(default_factory=list)


def sweep_store(store: Store, site: str, told: Progress | None = None) -> dict[str, Checked]:
    """Return what `sweep` finds in one consistent state of a store; trouble with the store raises StoreTrouble."""
    try:
        with store.read_engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            take_its_time(connection)
            return sweep(connection, site, told)
    except (exc.DBAPIError, NOT_TEXT) as error:
        raise trouble(error) from error


def sweep(connection: Connection, site: str, told: Progress | None = None) -> dict[str, Checked]:
    """Return, by invariant, what a site's tables keep and break; `told` hears how many of the looks are taken."""
    work = _Sweep(connection, site)
    looks = (work.read_log, work.read_requests, work.read_claims, work.read_entries, work.read_ticks, work.read_places)
    for number, look in enumerate(looks):
        if told is not None:
            told("Checking", number, len(looks))
        look()
    return {name: Checked(tally.checked, tally.violations, tuple(tally.examples)) for name, tally in work.tally.items()}


def line_hash(previous: str, fields: Sequence[Any]) -> str:
    """Return the SHA-256 that a line with these fields must have after a line with the hash `previous`."""
    body = json.dumps(list(fields), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((previous + "\n" + body).encode("utf-8")).hexdigest()


class _Sweep:
    def __init__(self, connection: Connection, site: str) -> None:
        self.connection = connection
        self.site = site
        self.tally = {name: _Tally() for name in INVARIANTS}
        self.traces: dict[str, _Trace] = {}
        self.statuses: dict[str, str] = {}
        self.claims_of: dict[str, list[tuple[str, str, int, int, int | None]]] = {}
        self.claims_on: dict[tuple[str, str], list[tuple[int, int, str]]] = {}

    def rows(self, statement: str) -> Iterator[Any]:
        """Yield the rows of a query on the site a batch at a time, so that a large store fits in memory."""
        options = {"yield_per": BATCH}
        with self.connection.execute(text(statement), {"site": self.site}, execution_options=options) as result:
            yield from result

    def row(self, statement: str) -> Any:
        """Return the first row of a query on the site, or None."""
        return self.connection.execute(text(statement), {"site": self.site}).first()

    def read_log(self) -> None:
        """Verify the chain line by line and follow each entry through its lines."""
        check, expected, previous = self.tally["I4"], 1, FIRST_LINK
        statement = (
            "SELECT site, seq, at, stamped, who, role, verb, entry, client, touched, before_state, after_state, reason,"
            " request, fingerprint, previous, hash FROM event WHERE site = :site ORDER BY seq"
        )
        for row in self.rows(statement):
            seq, entry, digest = row[1], row[7], row[16]
            check.checked += 1
            if seq != expected:
                check.broken(f"line {expected} is missing before line {seq}")
            if row[15] != previous:
                check.broken(f"line {seq} does not follow the line before it")
            if line_hash(row[15], row[:15]) != digest:
                check.broken(f"line {seq} is not what was hashed")
            expected, previous = seq + 1, digest
            if entry is not None:
                try:
                    self._follow(seq, entry, row[3], row[6], row[10], row[11])
                except _UNREADABLE:
                    self.tally["I5"].broken(f"line {seq} cannot be read")
        head = self.row("SELECT seq, hash FROM site_head WHERE site = :site")
        if head is None or (head[0], head[1]) != (expected - 1, previous):
            check.broken("the head of the log is not its last line")

    def _follow(self, seq: int, entry: str, stamped: int, verb: str, before: str | None, after: str | None) -> None:
        trace = self.traces.get(entry)
        if trace is None:
            trace = self.traces[entry] = _Trace()
        old = None if before is None else json.loads(before)
        new = {} if after is None else json.loads(after)
        self._made_once(trace, seq, entry, before)
        if trace.lines and before is not None and hash(before) != trace.after:
            self.tally["I5"].broken(f"line {seq} of entry {entry} does not begin where the one before it ended")
        if trace.lines and new.get("version") != trace.version + 1:
            self.tally["I4"].broken(f"line {seq} leaps over a version of entry {entry}")
        self._hold_rules(trace, seq, entry, verb, stamped, old, new)
        if verb == "moved" and old is not None:
            trace.left += [_range(claim) for claim in old["claims"]]
        trace.lines += 1
        trace.version = new.get("version", 0)
        trace.after = hash(after)
        trace.status = intern(new.get("status", ""))
        history = verb == "imported" and trace.status in ("attended", "late")
        trace.shared = trace.shared or trace.status == "dna" or history

    def _made_once(self, trace: _Trace, seq: int, entry: str, before: str | None) -> None:
        check = self.tally["I7"]
        if before is None:
            check.checked += 1
            if trace.lines:
                check.broken(f"line {seq} makes entry {entry} a second time")
        elif not trace.lines:
            check.broken(f"line {seq} changes entry {entry}, which no line made")

    def _hold_rules(
        self, trace: _Trace, seq: int, entry: str, verb: str, stamped: int, old: dict[str, Any] | None, new: dict[str, Any]
    ) -> None:
        check = self.tally["I6"]
        if trace.lapsed and new.get("status") in LIVE:
            check.broken(f"line {seq} brings the lapsed entry {entry} back to life")
        if old is None or old.get("status") != "held":
            return
        check.checked += 1
        ended = old.get("expires_at")
        if verb == "lapsed":
            trace.lapsed = True
            if ended is None or ended > stamped:
                check.broken(f"line {seq} ends the hold {entry} before its time")
        elif verb in ("confirmed", "extended", "moved") and (ended is None or ended <= stamped):
            check.broken(f"line {seq} acts on the hold {entry} after its time")

    def read_requests(self) -> None:
        """Look for a request id that two lines carry."""
        check = self.tally["I7"]
        counted = self.row("SELECT COUNT(request) FROM event WHERE site = :site")
        check.checked += int(counted[0])
        statement = (
            "SELECT MIN(seq), MAX(seq) FROM event WHERE site = :site AND request IS NOT NULL GROUP BY request HAVING COUNT(*) > 1"
        )
        for first, last in self.rows(statement):
            check.broken(f"the lines {first} and {last} answer one request")

    def read_claims(self) -> None:
        """Load the claims and look for two that overlap."""
        check = self.tally["I1"]
        statement = (
            "SELECT resource, day, start_tick, end_tick, entry, expires_at FROM claim WHERE site = :site"
            " ORDER BY resource, day, start_tick"
        )
        for (resource, day), group in groupby(self.rows(statement), key=lambda row: (intern(row[0]), intern(row[1]))):
            reached, holder, ranges = -1, "", []
            for _, _, start, end, entry, expires_at in group:
                check.checked += 1
                if start < reached:
                    check.broken(f"{resource} on {day} is claimed by the entries {holder} and {entry}")
                if end > reached:
                    reached, holder = end, entry
                ranges.append((start, end, entry))
                self.claims_of.setdefault(entry, []).append((resource, day, start, end, expires_at))
            self.claims_on[resource, day] = ranges

    def read_entries(self) -> None:
        """Compare each entry with the last line about it and with what it claims."""
        statement = (
            "SELECT e.*, v.after_state AS last_after FROM entry e LEFT JOIN"
            " (SELECT entry, MAX(seq) AS seq FROM event WHERE site = :site AND entry IS NOT NULL GROUP BY entry) m"
            " ON m.entry = e.id"
            " LEFT JOIN event v ON v.site = e.site AND v.seq = m.seq WHERE e.site = :site"
        )
        for row in self.rows(statement):
            entry = row._mapping
            self.statuses[entry["id"]] = intern(entry["status"])
            try:
                self._against_log(entry)
                self._ownership(entry)
                self._expiry(entry)
            except _UNREADABLE:
                self.tally["I5"].broken(f"entry {entry['id']} or its last line cannot be read")
        for id, trace in self.traces.items():
            if id not in self.statuses:
                self.tally["I5"].broken(f"entry {id} is in the log and not in the store")
                if trace.status in LIVE:
                    self.tally["I2"].checked += 1
                    self.tally["I2"].broken(f"entry {id} was {trace.status} and is gone")
        for id in self.claims_of:
            if id not in self.statuses:
                self.tally["I3"].broken(f"a claim belongs to entry {id}, which does not exist")

    def _against_log(self, entry: Any) -> None:
        id, replay = entry["id"], self.tally["I5"]
        replay.checked += 1
        if entry["last_after"] is None:
            replay.broken(f"entry {id} is in the store and not in the log")
            return
        said = json.loads(entry["last_after"])
        wrong = [key for key, value in said.items() if key != "claims" and not _same(entry, key, value)]
        if wrong:
            replay.broken(f"entry {id} is not as logged: {', '.join(sorted(wrong))}")
        claimed = sorted(claim[:4] for claim in self.claims_of.get(id, ()))
        logged = sorted(_range(claim) for claim in said["claims"])
        if claimed != logged:
            replay.broken(f"entry {id} does not claim what the log says")
        if "version" in wrong:
            self.tally["I4"].broken(f"entry {id} has a version that the log does not know")
        if said["status"] in LIVE:
            self.tally["I2"].checked += 1
            if any(key in wrong for key in _PLACE):
                self.tally["I2"].broken(f"entry {id} was {said['status']} at another time or place")
        self._left(id, claimed, logged)

    def _left(self, id: str, claimed: list[Range], logged: list[Range]) -> None:
        """Look for time that a move gave back and its entry still has."""
        trace = self.traces.get(id)
        if trace is not None and trace.left:
            self.tally["I8"].checked += 1
            if _ticks(trace.left) & _ticks(claimed) - _ticks(logged):
                self.tally["I8"].broken(f"entry {id} still has time that it was moved from")

    def _ownership(self, entry: Any) -> None:
        id, status = entry["id"], entry["status"]
        owned = {(claim[0], claim[1], tick) for claim in self.claims_of.get(id, ()) for tick in range(claim[2], claim[3])}
        if status not in LIVE:
            self.tally["I8"].checked += 1
            if owned:
                self.tally["I8"].broken(f"entry {id} is {status} and still has time")
            return
        check = self.tally["I3"]
        check.checked += 1
        span = range(entry["start_tick"], entry["end_tick"])
        wanted = {(resource, entry["day"], tick) for resource in json.loads(entry["resources"]) for tick in span}
        if owned - wanted:
            check.broken(f"entry {id} has time that is not its own")
        # The hold of a move leaves out what its own appointment has.
        lent = _ticks(claim[:4] for claim in self.claims_of.get(entry["moving"], ())) if entry["moving"] else set()
        # Once recorded as a no-show, the rest of its time was free for others, whatever it was recorded as later. What came
        # with its outcome from another system has what others had left of its time.
        freed = id in self.traces and self.traces[id].shared
        if status in WHOLE and not freed and wanted - owned - lent:
            check.broken(f"entry {id} is {status} and lacks some of its time")
        if status == "blocked" and any(not self._has_owner(*place) for place in wanted - owned):
            check.broken(f"entry {id} is a block and lacks time that nobody has")

    def _has_owner(self, resource: str, day: str, tick: int) -> bool:
        return any(start <= tick < end for start, end, _ in self.claims_on.get((resource, day), ()))

    def _expiry(self, entry: Any) -> None:
        check, ends = self.tally["I6"], entry["expires_at"]
        check.checked += 1
        if (entry["status"] == "held") != (ends is not None):
            check.broken(f"entry {entry['id']} is {entry['status']} and {'has' if ends is not None else 'lacks'} an end of hold")
        if any(claim[4] != ends for claim in self.claims_of.get(entry["id"], ())):
            check.broken(f"entry {entry['id']} and its claims end at different moments")

    def read_ticks(self) -> None:
        """Compare the owned ticks of every resource and day with its claims."""
        check = self.tally["I3"]
        statement = "SELECT resource, day, tick, entry FROM occupancy WHERE site = :site ORDER BY resource, day, tick"
        for key, group in groupby(self.rows(statement), key=lambda row: (row[0], row[1])):
            owners = [(row[2], row[3]) for row in group]
            check.checked += len(owners)
            expected = [(tick, entry) for start, end, entry in self.claims_on.pop(key, ()) for tick in range(start, end)]
            if owners != expected:
                self._explain(key, dict(owners), expected)
        for key, ranges in self.claims_on.items():
            for _, _, entry in ranges:
                check.broken(f"entry {entry} claims {key[0]} on {key[1]} and owns no tick of it")

    def _explain(self, key: tuple[str, str], owners: dict[int, str], expected: list[tuple[int, str]]) -> None:
        check, where = self.tally["I3"], f"{key[0]} on {key[1]}"
        wanted = set(expected)
        lacking = {entry for tick, entry in wanted if owners.get(tick) != entry}
        strays = {entry for tick, entry in owners.items() if (tick, entry) not in wanted}
        for entry in sorted(lacking):
            check.broken(f"entry {entry} does not own all that it claims of {where}")
        for entry in sorted(strays):
            check.broken(f"entry {entry} owns ticks of {where} that it does not claim")
            status = self.statuses.get(entry, "gone")
            if status not in LIVE:
                self.tally["I8"].broken(f"entry {entry} is {status} and still owns ticks of {where}")
            elif self.traces.get(entry, _Trace()).left:
                self.tally["I8"].broken(f"entry {entry} was moved and still owns ticks of {where}")

    def read_places(self) -> None:
        """Compare the places taken in limited segments with the limits and with who took them."""
        check = self.tally["I9"]
        statement = (
            "SELECT u.resource, u.day, u.pattern, u.segment, u.entry, e.status, e.diary, e.day, s.most FROM segment_use u"
            " LEFT JOIN entry e ON e.site = u.site AND e.id = u.entry"
            " LEFT JOIN segment s ON s.site = u.site AND s.pattern = u.pattern AND s.start_tick = u.segment"
            " WHERE u.site = :site ORDER BY u.resource, u.day, u.pattern, u.segment"
        )
        for (resource, day, _, _), group in groupby(self.rows(statement), key=lambda row: tuple(row[:4])):
            places = list(group)
            check.checked += len(places)
            most = places[0][8]
            if most is not None and len(places) > most:
                check.broken(f"{resource} on {day} has {len(places)} appointments where {most} are allowed")
            for _, _, _, _, entry, status, diary, entry_day, _ in places:
                if status not in LIVE or (diary, entry_day) != (resource, day):
                    check.broken(f"entry {entry} has a place on {resource} on {day} that it should not have")


def _range(claim: Sequence[Any]) -> Range:
    return claim[0], claim[1], claim[2], claim[3]


def _ticks(ranges: Iterable[Sequence[Any]]) -> set[tuple[str, str, int]]:
    return {(resource, day, tick) for resource, day, start, end in ranges for tick in range(start, end)}


def _same(entry: Any, key: str, value: Any) -> bool:
    """Return whether an entry's row has what a logged state says under a key; a key without a column says nothing."""
    column = _COLUMN_OF.get(key, key)
    if column not in entry:
        return True
    stored = entry[column]
    return bool((json.loads(stored) if key in _LISTS else stored) == value)

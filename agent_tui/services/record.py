"""The record: reading the log, and verifying its chain of hashes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from agent_tui.domain.clients import Look
from agent_tui.domain.log import GENESIS, Event, chained
from agent_tui.domain.requests import Refused
from agent_tui.domain.wall_time import instant_ms
from agent_tui.services.claimants import record_looks
from agent_tui.services.desk import Desk
from agent_tui.services.looks import write_looks
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import Filter


@dataclass(frozen=True, slots=True)
class Log:
    """Lines of the log in order, and its last seq and hash."""

    seq: int
    hash: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which lines are wanted; days are site days, both inclusive."""

    entry: str | None = None
    client: str | None = None
    who: str | None = None
    verb: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    after: int = 0
    limit: int | None = None
    latest: bool = False


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of verifying a chain: how many of how many lines were checked, and in words where it breaks first.

    `line` is the seq of the line that breaks it, `seq` and `hash` are the head that the store has.
    """

    checked: int
    total: int
    broken: str | None = None
    line: int | None = None
    seq: int = 0
    hash: str = ""

    @property
    def holds(self) -> bool:
        """Return whether all of it was checked and nothing is broken."""
        return self.broken is None and self.checked == self.total


@dataclass(frozen=True, slots=True)
class LookQuery:
    """Which looks at claimants are wanted; days are site days, both inclusive."""

    client: str | None = None
    who: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class LookList:
    """Looks at claimants, the latest first, and how many there are in all."""

    total: int
    items: tuple[Look, ...]


BATCH = 2_000
MAY_SEE_LOOKS = ("supervisor", "admin")


def read_log(desk: Desk, query: LogQuery) -> Log:
    """Return the lines that a query admits; with `latest` the last `limit` of them.

    To ask for one claimant's lines, or one entry's, is a look at the claimant, which is recorded.
    """
    with desk.store.read() as unit:
        zone = desk.catalogue(unit).site.zone
        wanted = Filter(
            entry=query.entry,
            client=query.client,
            who=query.who,
            verb=query.verb,
            from_at=None if query.first_day is None else _midnight(query.first_day, zone),
            to_at=None if query.last_day is None else _midnight(query.last_day + timedelta(days=1), zone),
            after=query.after,
            limit=query.limit,
            latest=query.latest,
        )
        events = log_queries.filtered(unit, desk.site, wanted)
        seq, digest = log_queries.head(unit, desk.site)
    if query.client is not None or query.entry is not None:
        record_looks(desk, {one.client for one in events if one.client}, "log")
    return Log(seq, digest, tuple(events))


def read_looks(desk: Desk, query: LookQuery) -> LookList | Refused:
    """Return who looked at whom, when and why, the latest first; what this terminal has not written yet is written before.

    Claimants are opaque ids. Refused but for a supervisor and an administrator, who answer for it (domain/facts.md section 9).
    """
    if desk.staff.role not in MAY_SEE_LOOKS:
        return Refused("role", "Who looked at which claimant is listed by a supervisor or an administrator.")
    write_looks(desk)
    with desk.store.read() as unit:
        zone = desk.catalogue(unit).site.zone
        first = None if query.first_day is None else _midnight(query.first_day, zone)
        last = None if query.last_day is None else _midnight(query.last_day + timedelta(days=1), zone)
        total, items = client_queries.looks(
            unit, desk.site, client=query.client, who=query.who, span=(first, last), limit=query.limit
        )
    return LookList(total, tuple(items))


def _midnight(day: date, zone: str) -> int:
    return instant_ms(datetime(day.year, day.month, day.day), zone)


def verify_chain(desk: Desk, progress: Callable[[int, int], bool] | None = None) -> Verified:
    """Return whether each line of the log carries the hash of what it says and of the line before it, without a gap.

    It goes as far as the log went when it began. `progress` is told how many lines are checked and how many there are, and
    stops it by returning False. Source: architecture.md, "The store" (event).
    """
    with desk.store.read() as unit:
        last, digest = log_queries.head(unit, desk.site)
    found = _followed(desk, last, digest, progress)
    return replace(found, seq=last, hash=digest)


def _followed(desk: Desk, last: int, digest: str, progress: Callable[[int, int], bool] | None) -> Verified:
    checked, previous = 0, GENESIS
    while checked < last:
        with desk.store.read() as unit:
            rows = log_queries.rows_after(unit, desk.site, checked, min(BATCH, last - checked))
        for row in rows:
            # Not as an event: whoever edited a line by hand need not have left JSON in it.
            seq, said_before, said = row[1], row[-2], row[-1]
            if seq != checked + 1:
                return Verified(checked, last, f"line {checked + 1} is missing before line {seq}", checked + 1)
            if said_before != previous:
                return Verified(checked, last, f"line {seq} does not follow the line before it", seq)
            if chained(previous, log_queries.hashed_fields(row)) != said:
                return Verified(checked, last, f"line {seq} is not what was hashed", seq)
            checked, previous = seq, said
        if not rows:
            return Verified(checked, last, f"line {checked + 1} and all after it are missing", checked + 1)
        if progress is not None and not progress(checked, last):
            return Verified(checked, last)
    if checked and previous != digest:
        return Verified(checked, last, "the head of the log is not its last line", checked)
    return Verified(checked, last)

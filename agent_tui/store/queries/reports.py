"""What reports read: entries by day, lines of the log by verb and instant, and work that found no time."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from agent_tui.domain.log import State
from agent_tui.domain.override_requests import OPEN
from agent_tui.domain.reports.facts import KEPT, Conversation, HandedOver, Line, Taken, Unserved
from agent_tui.domain.reports.schedules import Schedule
from agent_tui.domain.wall_time import wall_of
from agent_tui.store.unit_of_work import Unit

_TAKEN = "kind, status, type, diary, day, start_tick, end_tick, resources, channel, priority, made_at"


def taken(unit: Unit, site: str, first_day: str, last_day: str) -> Iterator[Taken]:
    """Return the appointments that stand or took place and the blocks of some days (ISO, both included), in no order."""
    marks = ",".join("?" * len(KEPT))
    statement = (
        f"SELECT {_TAKEN} FROM entry{unit.by('ix_entry_day')} WHERE site = ? AND day BETWEEN ? AND ?"
        f" AND (kind = 'appointment' AND status IN ({marks}) OR kind = 'block' AND status = 'blocked')"
    )
    return map(Taken._make, unit.rows(statement, site, first_day, last_day, *KEPT))


def standing(unit: Unit, site: str, statuses: Sequence[str]) -> int:
    """Return how many appointments have one of some statuses now."""
    marks = ",".join("?" * len(statuses))
    statement = f"SELECT COUNT(*) FROM entry WHERE site = ? AND kind = 'appointment' AND status IN ({marks})"
    row = unit.row(statement, site, *statuses)
    return 0 if row is None else int(row[0])


_TEXT = r'"([^"\\]*)"'
_IN_STATE = re.compile(
    rf'"day":{_TEXT},"diary":{_TEXT},"end":.*,"kind":{_TEXT},.*,"reason":(?:null|{_TEXT}),.*,"start":([0-9]+),'
    rf'"status":{_TEXT},"type":(?:null|{_TEXT}),',
    re.ASCII,
).search


@dataclass(frozen=True, slots=True)
class Clock:
    """Wall days (ISO) and minutes after midnight of instants; a quarter of an hour holds no part of a clock change."""

    zone: str
    _known: dict[int, tuple[str, int]]

    @classmethod
    def of(cls, zone: str) -> "Clock":
        """Return the clock of a zone."""
        return cls(zone, {})

    def at(self, instant: int) -> tuple[str, int]:
        """Return the wall day and minute of an instant in ms UTC."""
        quarter, rest = divmod(instant, 900_000)
        known = self._known.get(quarter)
        if known is None:
            wall = wall_of(quarter * 900_000, self.zone)
            known = self._known[quarter] = (wall.date().isoformat(), wall.hour * 60 + wall.minute)
        return known[0], known[1] + rest // 60_000


def lines(unit: Unit, site: str, verbs: Sequence[str], from_at: int, to_at: int, clock: Clock) -> list[Line]:
    """Return the lines about entries with some verbs between two instants (ms UTC, the second left out), in order.

    Of a plain booking the states are left out, and what a cancellation with a reason has left: that they are such says
    everything that a count needs. Of the others they have what a report asks for.
    """
    return [_line(row, clock) for row in line_rows(unit, site, verbs, from_at, to_at)]


def line_rows(unit: Unit, site: str, verbs: Sequence[str], from_at: int, to_at: int) -> Sequence[Sequence[Any]]:
    """Return the rows of `lines` as they are stored."""
    marks = ",".join("?" * len(verbs))
    statement = (
        "SELECT seq, at, who, role, verb, before_state, CASE WHEN verb = 'booked' AND before_state IS NULL AND reason IS NULL"
        " OR verb = 'cancelled' AND reason IS NOT NULL"
        f" THEN NULL ELSE after_state END, reason FROM event{unit.by('ix_event_verb')}"
        f" WHERE site = ? AND verb IN ({marks}) AND at >= ? AND at < ? AND entry IS NOT NULL ORDER BY seq"
    )
    return unit.rows(statement, site, *verbs, from_at, to_at)


def _line(row: Sequence[Any], clock: Clock) -> Line:
    seq, at, who, role, verb, before, after, reason = row
    day, minute = clock.at(at)
    return Line(seq, day, minute, who, role, verb, state_in(before), state_in(after), reason)


def state_in(text: str | None) -> State | None:
    """Return of a state of an entry as the log has it what reports ask for: type, place, kind, status and reason.

    A year has some ten thousand of them. Their text is canonical (domain.log_chain.canonical): keys in their order and no
    blanks, and a quotation mark within a text has a backslash before it. What is written otherwise is read as a whole.
    """
    if text is None:
        return None
    found = _IN_STATE(text)
    if found is None:
        whole: State = json.loads(text)
        return whole
    day, diary, kind, reason, start, status, type = found.groups()
    return {
        **{"day": day, "diary": diary, "kind": kind, "reason": reason},
        **{"start": int(start), "status": status, "type": type},
    }


def refused(unit: Unit, site: str, first_day: str, last_day: str) -> list[Unserved]:
    """Return the calls that ended without a booking on some days, in the order of their days."""
    statement = (
        f"SELECT day, type, reasons, ending FROM refusal{unit.by('ix_refusal_day')} WHERE site = ? AND day BETWEEN ? AND ?"
        " ORDER BY day, id"
    )
    return [
        Unserved(day, type, tuple(json.loads(reasons)), ending)
        for day, type, reasons, ending in unit.rows(statement, site, first_day, last_day)
    ]


def handed_over(unit: Unit, site: str, from_at: int, to_at: int, clock: Clock) -> list[HandedOver]:
    """Return the hand-offs that were made between two instants (ms UTC, the second left out), oldest first."""
    statement = (
        "SELECT made_at, type, key_type, status, due, closed_at, why FROM handoff WHERE site = ? AND made_at >= ? AND made_at < ?"
        " ORDER BY made_at, id"
    )
    return [
        HandedOver(clock.at(made)[0], type, bool(key), status, due, None if closed is None else clock.at(closed)[0], why)
        for made, type, key, status, due, closed, why in unit.rows(statement, site, from_at, to_at)
    ]


def conversations(unit: Unit, site: str, from_at: int, to_at: int, clock: Clock) -> list[Conversation]:
    """Return the calls that ended between two instants (ms UTC, the second left out), those of a quarter of an hour together."""
    statement = (
        "SELECT closed_at / 900000, status, COUNT(*),"
        " CAST(SUM(CASE WHEN closed_at > opened_at THEN (closed_at - opened_at) / 1000 ELSE 0 END) AS BIGINT) FROM call"
        " WHERE site = ? AND kind = 'call' AND closed_at >= ? AND closed_at < ? AND status <> 'open' GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return [
        Conversation(clock.at(quarter * 900_000)[0], status, seconds, calls)
        for quarter, status, calls, seconds in unit.rows(statement, site, from_at, to_at)
    ]


def decided(unit: Unit, site: str, from_at: int, to_at: int, clock: Clock) -> list[tuple[str, str]]:
    """Return the overrides that were prepared between two instants as (wall day, status)."""
    statement = (
        "SELECT prepared_at, status FROM override_request WHERE site = ? AND prepared_at >= ? AND prepared_at < ?"
        " ORDER BY prepared_at, id"
    )
    rows = unit.rows(statement, site, from_at, to_at)
    return [(clock.at(at)[0], "waits" if status == OPEN else status) for at, status in rows]


_SCHEDULE = "report, every, form, team, diary, made_by, made_at"


def schedules(unit: Unit, site: str) -> list[Schedule]:
    """Return the reports that are written again and again."""
    statement = f"SELECT {_SCHEDULE} FROM report_schedule WHERE site = ? ORDER BY schedule"
    return [Schedule(*row) for row in unit.rows(statement, site)]


def insert_schedule(unit: Unit, site: str, one: Schedule) -> None:
    """Add a schedule; one that is there raises KeyRefused."""
    unit.run(
        f"INSERT INTO report_schedule (site, schedule, {_SCHEDULE}) VALUES (?,?,?,?,?,?,?,?,?)",
        *(site, one.key, one.report, one.every, one.form, one.team, one.diary, one.made_by, one.made_at),
    )


def delete_schedule(unit: Unit, site: str, key: str) -> bool:
    """Drop a schedule; False when there is none of that key."""
    return unit.run("DELETE FROM report_schedule WHERE site = ? AND schedule = ?", site, key) > 0


def runs(unit: Unit, site: str) -> dict[tuple[str, str], tuple[str, str, int]]:
    """Return what was written: (file, who, when in ms UTC) by schedule and ISO day of the period's beginning."""
    rows = unit.rows("SELECT schedule, first_day, file, written_by, written_at FROM report_run WHERE site = ?", site)
    return {(row[0], row[1]): (row[2], row[3], int(row[4])) for row in rows}


def insert_run(unit: Unit, site: str, key: str, days: tuple[str, str], file: str, who: str, at: int) -> None:
    """Write down that a period was written; one that was written already raises KeyRefused."""
    unit.run(
        "INSERT INTO report_run (site, schedule, first_day, last_day, file, written_by, written_at) VALUES (?,?,?,?,?,?,?)",
        *(site, key, *days, file, who, at),
    )

"""What the doctor finds when the log is compared with the heads that were written down outside the store."""

import os
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from agent_tui.domain.plurals import counted
from agent_tui.domain.wall_time import dated_moment, wall_of
from agent_tui.services.findings import EXAMPLES, Finding
from agent_tui.store import heads
from agent_tui.store.heads import BACKUP, RESTORED, Recorded
from agent_tui.store.trouble import shown
from agent_tui.store.unit_of_work import Unit

DAYS_LOOKED_AT = 28
_ASKED_AT_ONCE = 400
_HOUR = 3_600_000


def compare(unit: Unit, site: str, location: str, folder: str | None, today: date, zone: str) -> Iterator[Finding]:
    """Yield what is wrong between a log and the heads on record, the first head that is not there by name.

    `folder` None is the setting "off". Days are site time's; nothing is written.
    """
    if folder is None:
        text = "The log's head is written down nowhere, so that an end of the log that was cut off is not found."
        yield Finding("heads", "info", text, "Name a folder on another disk: AGENT_TUI_HEADS=FOLDER.")
        return
    try:
        kept = heads.kept(Path(folder), location, site)
    except OSError as error:
        text = f"The heads of the log in {shown(folder)} cannot be read: {error.strerror}."
        yield Finding("heads", "warning", text, "See that whoever uses the desk may read and write in that folder.")
        return
    yield from _folder(Path(folder))
    for name in kept.unreadable[:EXAMPLES]:
        text = f"A head of the log cannot be read: {shown(name)}."
        yield Finding("heads", "warning", text, "Ask who wrote there; each line is one JSON object, and none is ever changed.")
    yield from _against_log(unit, site, kept.heads, folder, zone)
    yield from _days(unit, site, kept, folder, today, zone)


def _folder(folder: Path) -> Iterator[Finding]:
    """Say that heads cannot be written there, or that anybody may change what was."""
    place = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        text = f"The heads of the log cannot be written to {shown(folder)}."
        yield Finding("heads", "warning", text, "Name a folder that whoever uses the desk may write in: AGENT_TUI_HEADS=FOLDER.")
    elif place == folder and os.name != "nt" and folder.stat().st_mode & 0o1002 == 0o002:
        text = f"Everybody on this computer may replace the heads of the log in {shown(folder)}."
        yield Finding("permissions", "warning", text, f"chmod 700 '{shown(folder)}', or 2770 with the office as its group.")


def _against_log(unit: Unit, site: str, recorded: Sequence[Recorded], folder: str, zone: str) -> Iterator[Finding]:
    last = unit.row("SELECT MAX(seq) FROM event WHERE site = ?", site)
    end = int((last[0] if last else None) or 0)
    hashes = _hashes(unit, site, sorted({one.seq for one in recorded}))
    wrong = [one for one in recorded if one.seq and hashes.get(one.seq) != one.hash]
    restored = [one for one in recorded if one.kind == RESTORED]
    lost = [one for one in wrong if any(back.at >= one.at and one.seq > back.seq for back in restored)]
    bad = sorted((one for one in wrong if one not in lost), key=lambda one: (one.seq, one.at))
    if bad:
        yield _missing(bad[0], len(bad), end, folder, zone)
    if lost:
        back = next(one for one in reversed(restored) if one.seq < max(head.seq for head in lost))
        furthest = max(head.seq for head in lost)
        text = (
            f"{shown(back.who)} restored a backup on {_when(back.at, zone)}, which ends at line {back.seq}: the log had reached"
            f" line {furthest} and what came after line {back.seq} is gone."
        )
        do = (
            "See that those bookings were entered again, from the store that was kept aside and the agents' own notes; then"
            f" rename the files of the site in {shown(folder)}, and the record begins anew."
        )
        yield Finding("heads", "warning", text, do)


def _missing(first: Recorded, number: int, end: int, folder: str, zone: str) -> Finding:
    seen = f"on {_when(first.at, zone)} {shown(first.who)} had line {first.seq} with the hash {shown(first.hash[:12])}…"
    more = f" ({counted(number - 1, 'later head is', 'later heads are')} not there either.)" if number > 1 else ""
    if first.seq > end:
        text = f"The end of the log is cut off, or an older store was put in place: it ends at line {end}, and {seen}.{more}"
    else:
        text = f"The log was rewritten up to line {first.seq} at least: {seen}, which is another now.{more}"
    do = (
        f"Stop booking, and keep a copy of the store and of {shown(folder)}. If somebody put an older store in place, enter again"
        " what came after it, from the agents' own notes; if nobody did, find out who can change the store. Once it is settled,"
        " rename the files of the site there, and the record begins anew."
    )
    return Finding("heads", "error", text, do)


def _hashes(unit: Unit, site: str, seqs: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for at in range(0, len(seqs), _ASKED_AT_ONCE):
        some = seqs[at : at + _ASKED_AT_ONCE]
        marks = ",".join("?" * len(some))
        found |= {
            int(row[0]): str(row[1])
            for row in unit.rows(f"SELECT seq, hash FROM event WHERE site = ? AND seq IN ({marks})", site, *some)
        }
    return found


def _when(at: int, zone: str) -> str:
    wall = wall_of(at, zone)
    return dated_moment(wall)


def _days(unit: Unit, site: str, kept: heads.Kept, folder: str, today: date, zone: str) -> Iterator[Finding]:
    """Say on which days the log grew and nobody wrote its head down."""
    if not kept.days:
        text = f"No head of the log is on record in {shown(folder)}."
        yield Finding("heads", "info", text, "Nothing: the first act of a day writes it. Keep the folder where the store is not.")
        return
    since = max(min(kept.days), today - timedelta(days=DAYS_LOOKED_AT))
    hours = unit.rows("SELECT DISTINCT at / ? FROM event WHERE site = ?", _HOUR, site)
    worked = {wall_of(int(row[0]) * _HOUR, zone).date() for row in hours}
    without = sorted(day for day in worked if since <= day <= today and day not in kept.days)
    if without:
        named = ", ".join(day.isoformat() for day in without[:EXAMPLES]) + (" and others" if len(without) > EXAMPLES else "")
        text = f"The log grew on {counted(len(without), 'day', 'days')} of which no head is on record: {named}."
        do = "See that each terminal names the same folder (AGENT_TUI_HEADS) and may write there."
        yield Finding("heads", "info", text, do)


def last_backup(location: str, folder: str | None, site: str) -> tuple[int, str] | None:
    """Return how many days ago, by the computer's clock, agent-tui made the last backup on record, and its file."""
    if folder is None:
        return None
    try:
        made = [one for one in heads.kept(Path(folder), location, site).heads if one.kind == BACKUP]
    except OSError:
        return None
    if not made:
        return None
    return max(0, time.time_ns() // 1_000_000 - made[-1].at) // 86_400_000, made[-1].file or ""

"""A whole site from JSON lines into a site that was just created: every row, and the log with its chain."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from agent_tui.domain.import_site import LONGEST_LINE, Head, read_head, read_row
from agent_tui.domain.log import GENESIS, chained
from agent_tui.domain.requests import Refused
from agent_tui.services.acts import RequestId
from agent_tui.services.desk import Desk
from agent_tui.services.import_world import CHECKING, WRITING, Meter, Progress
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import importing as import_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import NewEvent, Stamp
from agent_tui.store.schema import HEAD
from agent_tui.store.trouble import KeyRefused
from agent_tui.store.unit_of_work import Unit

VERB = "site_imported"
BATCH = 2_000
_HASHED = 15
_USUAL_LINE = 200
"""About how many bytes a line has: how far a file is need not be exact."""
_HASH, _PREVIOUS, _SEQ = -1, -2, 1


@dataclass
class Restored:
    """How many rows of a site were (or in a trial would be) written, how many stand there already, and what is wrong."""

    rows: int = 0
    same: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)
    repeated: bool = False


def exported_code(path: Path) -> str | None:
    """Return the code of the site that a file holds as JSON lines, None where it holds none or cannot be read."""
    try:
        with path.open("rb") as file:
            return _head(file.readline(LONGEST_LINE)).site
    except (OSError, _Broken):
        return None


class _Broken(Exception):
    """A line that cannot be read; nothing of the file is kept."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


def restore(desk: Desk, path: Path, request: RequestId, *, dry_run: bool, progress: Progress | None) -> Restored | Refused:
    """Load an exported site into an empty one of the same code in one transaction; what is wrong with it loads nothing.

    The chain of the log is verified line by line, and ticks are made from the claims, so that the guard looks at each. A
    site that has this export already stays as it is.
    """
    try:
        with path.open("rb") as file:
            head = _head(file.readline(LONGEST_LINE))
        if head.site != desk.site:
            return Restored(problems=[(1, f"This is the site {head.site[:10]}; create that site and import it there.")])
        if head.schema != HEAD:
            return Restored(problems=[(1, f"The file has the schema {head.schema[:20]}, this version has {HEAD}.")])
        with desk.store.read() as unit:
            standing = import_queries.hash_of_line(unit, desk.site, head.seq)
            filled = set(import_queries.filled_tables(unit, desk.site)) - set(import_queries.CREATED_TABLES)
        if head.seq and standing == head.hash:
            return Restored(same=sum(1 for _line in _lines(path, head.site)))
        if filled:
            text = "This site has data already; a whole site is imported into an empty one: agent-tui site create CODE"
            return Refused("not_possible", text)
        if dry_run:
            return Restored(_checked(path, head, Meter(progress, CHECKING, path.name, path.stat().st_size)))
        meter = Meter(progress, WRITING, path.name, path.stat().st_size)
        return desk.store.write(lambda unit: _write(desk, unit, path, head, request, meter))
    except _Broken as broken:
        return Restored(problems=[(broken.line, broken.text)])
    except KeyRefused:
        return Restored(
            problems=[(1, "The rows of the file contradict each other: two have one key, or one names what is not there.")]
        )


def _head(data: bytes) -> Head:
    try:
        text = data.decode("utf-8-sig")
        if not text.strip():
            raise _Broken(1, "The file is empty.")
        return read_head(text)
    except UnicodeDecodeError:
        raise _Broken(1, "Line 1 is no UTF-8.") from None
    except ValueError as error:
        raise _Broken(1, str(error)) from None


def _lines(path: Path, site: str) -> Iterator[tuple[int, str, list[Any]]]:
    """Yield the number, table and values of each row of a file."""
    tables = import_queries.site_tables()
    with path.open("rb") as file:
        file.readline(LONGEST_LINE)
        number = 1
        while data := file.readline(LONGEST_LINE):
            number += 1
            if not data.strip():
                continue
            try:
                yield number, *read_row(data.decode("utf-8"), tables, site)
            except UnicodeDecodeError:
                raise _Broken(number, f"Line {number} is no UTF-8.") from None
            except ValueError as error:
                raise _Broken(number, str(error)) from None


class _Chain:
    """Follows the log of a file."""

    def __init__(self) -> None:
        self.seq, self.hash = 0, GENESIS

    def add(self, number: int, values: list[Any]) -> None:
        """Take a line of the log that must follow the one before it."""
        right = values[_SEQ] == self.seq + 1 and values[_PREVIOUS] == self.hash
        if not right or chained(self.hash, tuple(values[:_HASHED])) != values[_HASH]:
            raise _Broken(number, "This line of the log does not follow the one before it, or is not what was hashed.")
        self.seq, self.hash = values[_SEQ], values[_HASH]

    def end(self, head: Head) -> None:
        """Compare the last line with the file's head."""
        if (self.seq, self.hash) != (head.seq, head.hash):
            raise _Broken(1, "The log of the file is not complete.")


def _checked(path: Path, head: Head, meter: Meter) -> int:
    chain, count = _Chain(), 0
    for number, table, values in _lines(path, head.site):
        count += 1
        meter.add(_USUAL_LINE)
        if table == "event":
            chain.add(number, values)
    chain.end(head)
    meter.end()
    return count


def _write(desk: Desk, unit: Unit, path: Path, head: Head, request: RequestId, meter: Meter) -> Restored:
    site, chain, count = desk.site, _Chain(), 0
    catalogue_queries.lock_rules(unit, site)
    if set(import_queries.filled_tables(unit, site)) - set(import_queries.CREATED_TABLES):
        raise _Broken(1, "Somebody has begun to use this site meanwhile.")
    import_queries.clear_created(unit, site)
    people: set[str] = set()
    names = {name: [one.name for one in columns] for name, columns in import_queries.site_tables().items()}
    for table, group in groupby(_lines(path, site), key=lambda one: one[1]):
        for batch in _batches(group):
            rows = [values for _number, _table, values in batch]
            for number, _table, values in batch:
                if table == "event":
                    chain.add(number, values)
            import_queries.insert_rows(unit, table, names[table], rows)
            if table == "claim":
                _ticks(unit, names[table], rows)
            if table == "staff":
                people |= {str(values[names[table].index("login")]) for values in rows}
            count += len(rows)
            meter.reach(count * _USUAL_LINE)
    chain.end(head)
    meter.end()
    if desk.staff.login not in people:
        catalogue_queries.insert_staff(unit, site, [desk.staff])
    zone = catalogue_queries.load(unit, site)
    if zone is None:
        raise _Broken(1, "The file has no row of the table site.")
    catalogue_queries.bump_version(unit, site)
    stamp = Stamp(site, desk.staff.login, desk.staff.role, desk.at(zone.site.zone), unit.clock_ms())
    after = {"claims": [], "rows": count, "seq": head.seq}
    log_queries.append(unit, stamp, NewEvent(VERB, after=after, request=request.id, fingerprint=request.fingerprint))
    return Restored(count)


def _ticks(unit: Unit, columns: list[str], rows: list[list[Any]]) -> None:
    """Own the ticks of claims; one that two claims name is refused by the guard."""
    at = {name: columns.index(name) for name in ("site", "resource", "day", "start_tick", "end_tick", "entry")}
    ticks = [
        (row[at["site"]], row[at["resource"]], row[at["day"]], tick, row[at["entry"]])
        for row in rows
        for tick in range(row[at["start_tick"]], row[at["end_tick"]])
    ]
    unit.many(entry_queries.TICK_STATEMENT, ticks)


def _batches(rows: Iterator[tuple[int, str, list[Any]]]) -> Iterator[list[tuple[int, str, list[Any]]]]:
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch

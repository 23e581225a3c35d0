"""What an import finds in the store, file by file: the rules, who is known, and what stands in the days of its appointments."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from agent_tui.domain.clients import CLIENT_ID, Client
from agent_tui.domain.import_check import Login
from agent_tui.domain.import_plan import Taken
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Catalogue, Staff
from agent_tui.domain.type_files import FileProblem
from agent_tui.services.desk import Desk
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import importing as import_queries
from agent_tui.store.unit_of_work import Unit

Progress = Callable[[str, int, int], None]
"""Told of a phase of a file, how much of that is done, and how much there is."""

READING, CHECKING, WRITING = "reading", "checking", "writing"
"""The phases of each file; planning a file anew before the write lock counts to writing it."""
STEP = 500
BLOCK_MARK = "block:"
"""Stands before the reference of a block, since another system may number its blocks as its appointments."""

T = TypeVar("T")


class Meter:
    """Tells how far one phase of one file is, every STEP rows; `total` is in rows of whatever the phase goes over."""

    def __init__(self, progress: Progress | None, phase: str, name: str, total: int) -> None:
        self._progress = progress
        self._name = f"{phase} {name}"
        self._total = max(1, total)
        self._done = 0
        self._tell()

    def over(self, rows: Iterable[T]) -> Iterator[T]:
        """Yield rows, each counted once it is done."""
        for row in rows:
            yield row
            self.add(1)

    def add(self, count: int) -> None:
        """Count rows that are done."""
        before, self._done = self._done, self._done + count
        if self._done // STEP > before // STEP:
            self._tell()

    def reach(self, done: int) -> None:
        """Say that so much is done, and never more than there is."""
        self._done = min(done, self._total)
        self._tell()

    def end(self) -> None:
        """Say that all of it is done."""
        self.reach(self._total)

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(self._name, min(self._done, self._total), self._total)


@dataclass
class Plan:
    """What loading a file does: counts, what is wrong, how many flags are raised and for which rows, and the rows to write.

    `told` is what else the log says of it: codes, logins and roles. `left_out` is how many rows were refused when the file was
    loaded before, as the log has it, and `unnamed` how many flags of then it does not name.
    """

    kind: str
    new: int = 0
    changed: int = 0
    same: int = 0
    problems: list[FileProblem] = field(default_factory=list)
    flags: int = 0
    data: Any = None
    flagged: list[FileProblem] = field(default_factory=list)
    left_out: int | None = None
    unnamed: int = 0
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        """Return how many rows are refused."""
        return len({one.line for one in self.problems}) if self.left_out is None else self.left_out


class World:
    """The store as it is for one file, and in a trial as the files before it would have left it."""

    def __init__(
        self,
        desk: Desk,
        unit: Unit,
        catalogue: Catalogue,
        now_ms: int,
        days: tuple[date, date] | None,
        meter: Meter | None = None,
    ) -> None:
        self.desk = desk
        self.meter = meter or Meter(None, CHECKING, "", 1)
        self.unit = unit
        self.catalogue = catalogue
        self.now_ms = now_ms
        self._days = days
        self.arrived: list[EntryState] = []

    def see_days(self, days: tuple[date, date] | None) -> None:
        """Say in which days the appointments of the files lie, before the first of them is planned."""
        self._days = days

    @cached_property
    def logins(self) -> dict[str, Login]:
        """Return the site's logins."""
        return {login: Login(*told) for login, told in import_queries.logins(self.unit, self.desk.site).items()}

    @cached_property
    def staff(self) -> dict[str, Staff]:
        """Return the site's staff by login, and in a trial the coaches whom files before bring."""
        return import_queries.all_staff(self.unit, self.desk.site)

    @cached_property
    def client_refs(self) -> dict[str, str]:
        """Return opaque ids by the reference under which claimants were imported."""
        return import_queries.targets(self.unit, self.desk.site, "client")

    @cached_property
    def client_ids(self) -> set[str]:
        """Return the opaque ids of the site's claimants."""
        return import_queries.client_ids(self.unit, self.desk.site)

    @cached_property
    def clients(self) -> dict[str, Client]:
        """Return the site's claimants by opaque id."""
        return {one.ref: one for one in client_queries.all_of(self.unit, self.desk.site, None)}

    @cached_property
    def entries(self) -> dict[str, tuple[str, str | None, int]]:
        """Return imported entries by reference: id, what the row said last, and the seq of that line."""
        return import_queries.imported_entries(self.unit, self.desk.site)

    @cached_property
    def has_entries(self) -> bool:
        """Return whether the site has ever had an entry."""
        return import_queries.has_entries(self.unit, self.desk.site)

    @cached_property
    def standing(self) -> dict[tuple[str, str], list[EntryState]]:
        """Return what owns time in the days of the files by (diary, ISO day), each with the part that it owns, and in a trial
        also the appointments of the files before, which are in `arrived`."""
        found: dict[tuple[str, str], list[EntryState]] = {}
        new = {one.id for one in self.arrived}
        if self._days is not None:
            first, last = (day.isoformat() for day in self._days)
            stored = entry_queries.of_days(self.unit, self.desk.site, [*self.catalogue.diaries], first, last, self.now_ms)
            for one in (*(one for one in stored if one.id not in new), *self.arrived):
                found.setdefault((one.diary, one.day.isoformat()), []).append(one)
        return found

    @cached_property
    def taken(self) -> Taken:
        """Return what stands in the days of the files."""
        if self._days is None:
            return Taken()
        first, last = (day.isoformat() for day in self._days)
        site, resources = self.desk.site, [*self.catalogue.diaries, *self.catalogue.rooms]
        return Taken(
            entry_queries.busy_masks(self.unit, site, resources, first, last, self.now_ms),
            import_queries.places_taken(self.unit, site, first, last),
            import_queries.times_of_clients(self.unit, site, first, last, self.now_ms),
        )

    def client_of(self, said: str) -> str | None:
        """Return the opaque id that an appointment means: by the other system's reference, else as an id of this site."""
        own = said.removeprefix(f"{self.desk.site}:")
        return self.client_refs.get(said) or (own if CLIENT_ID.fullmatch(own) and own in self.client_ids else None)

    def client_named(self, reference: str) -> str | None:
        """Return the opaque id of a claimant's own row: an id of this site only as an export writes it, with the site's code.

        Another system may number its claimants as this one does.
        """
        mark = f"{self.desk.site}:"
        return self.client_of(reference) if reference.startswith(mark) else self.client_refs.get(reference)


def new_id() -> str:
    """Return an id for an entry: never one that is reckoned from a reference, which could be guessed from it."""
    return str(uuid.uuid4())

"""What became of an import: counts by kind and by file, rows refused and flagged, and what lies outside the horizon."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from agent_tui.outbox.calendar_file import Outside
from agent_tui.services.import_files import Source
from agent_tui.services.import_world import Plan
from agent_tui.store.trouble import StoreTrouble

COUNTS = ("new", "changed", "same", "rejected")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be loaded, or is flagged: its file and line, the column where there is one, and why."""

    file: str
    line: int
    field: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class FileDone:
    """What became of a file: "loaded", "partial", "refused" or, where none of it was looked at under the lock, "not_loaded".

    The counts are rows. Of a trial they are what would be.
    """

    file: str
    kind: str
    status: str
    new: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0
    flags: int = 0

    @property
    def came_in(self) -> bool:
        """Return whether what is well of it is in the store."""
        return self.status in ("loaded", "partial")


@dataclass
class Imported:
    """What became of files: status "loaded", "partial" or "refused", rows new and changed, flags raised, rows refused.

    `counts` are new, changed, same and rejected rows by kind, `flagged` the rows for which flags are raised, `outside` what
    calendars have outside the horizon, by file. Of a trial they are what would be. `unnamed` is how many flags a retry does
    not name, since the log keeps the first of many.
    """

    status: str = "loaded"
    loaded: int = 0
    flags: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    dry_run: bool = False
    repeated: bool = False
    flagged: list[Rejected] = field(default_factory=list)
    files: list[FileDone] = field(default_factory=list)
    outside: dict[str, Outside] = field(default_factory=dict)
    unnamed: int = 0

    def add(self, source: Source, plan: Plan, status: str | None = None) -> None:
        """Count a file; its status is told by its rows unless it is given."""
        kind = source.kind or "unknown"
        wrong = sorted(plan.problems, key=lambda one: one.line)
        counted = self.counts.setdefault(kind, dict.fromkeys(COUNTS, 0))
        numbers = dict(zip(COUNTS, (plan.new, plan.changed, plan.same, plan.refused), strict=True))
        for name, number in numbers.items():
            counted[name] += number
        self.loaded += plan.new + plan.changed
        self.flags += plan.flags
        self.rejected += [Rejected(source.name, one.line, one.field, one.text) for one in wrong]
        self.flagged += [Rejected(source.name, one.line, one.field, one.text) for one in plan.flagged]
        self.unnamed += plan.unnamed
        told = status or ("partial" if plan.refused else "loaded")
        self.files.append(FileDone(source.name, kind, told, **numbers, flags=plan.flags))
        if asdict(source.outside) != asdict(Outside()):
            self.outside[source.name] = source.outside

    def leave(self, sources: Sequence[Source]) -> None:
        """Say of files that they were not loaded."""
        self.files += [FileDone(one.name, one.kind or "unknown", "not_loaded") for one in sources]

    def refuse(self) -> None:
        """Say that nothing was loaded, since some rows are not well."""
        wrong = {one.file for one in self.rejected}
        self.status, self.loaded, self.flags = "refused", 0, 0
        self.files = [
            FileDone(one.file, one.kind, "refused" if one.file in wrong else "not_loaded", rejected=one.rejected)
            for one in self.files
        ]

    def in_words(self) -> str:
        """Return which files are in and which are not, as sentences."""
        done = [f"{one.file} ({one.new} new, {one.changed} changed, {one.same} the same)" for one in self.files if one.came_in]
        left = [one.file for one in self.files if not one.came_in]
        parts = [f"Loaded: {', '.join(done) if done else 'nothing'}.", f"Not loaded: {', '.join(left)}." if left else ""]
        return " ".join(part for part in parts if part)


class Stopped(KeyboardInterrupt):
    """An import that somebody has stopped; `imported` is what is in, and which files are not."""

    def __init__(self, imported: Imported) -> None:
        super().__init__()
        self.imported = imported


class Broken(StoreTrouble):
    """An import that the store's trouble has ended after some of its files; `imported` is what is in, and what is not."""

    def __init__(self, text: str, imported: Imported) -> None:
        super().__init__(text)
        self.imported = imported

"""Retention: what is kept longer than the site's periods, shown, and anonymised batch by batch."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from agent_tui.domain.requests import Refused
from agent_tui.domain.retention import CATEGORIES, REASONS, Due, OldBackup, Retained, first_day_kept, setting_of
from agent_tui.domain.wall_time import instant_ms
from agent_tui.services.desk import Desk
from agent_tui.store import backup
from agent_tui.store.engine import is_url
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import offers as offer_queries
from agent_tui.store.queries import retention as queries
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.queries.retention import Limit, Span
from agent_tui.store.unit_of_work import Unit

VERB = "anonymised"
MAY_RETAIN = ("supervisor", "admin")
BATCH = 500
"""Claimants in one transaction, which takes some tens of milliseconds of the write lock."""

TEXTS = 10_000
"""Rows of free text in one transaction."""

Progress = Callable[[str, int, int], None]
"""Told which category is worked on, how much of it is done, and how much there is."""


def due(desk: Desk, drafts: Path | None = None) -> Retained | Refused:
    """Return what is kept longer than the site's periods; nothing is changed. `drafts` is the folder of this computer's drafts.

    Refused but for a supervisor and an administrator, who answer for it. Source: domain/facts.md section 9.
    """
    if desk.staff.role not in MAY_RETAIN:
        return Refused("role", "What is kept too long is seen and anonymised by a supervisor or an administrator.")
    with desk.store.read() as unit:
        zone = desk.catalogue(unit).site.zone
        items = [replace(one, due=_counted(desk, unit, one, zone, drafts)) for one in _periods(desk, unit)]
        undated = queries.undated(unit, desk.site)
    return Retained(tuple(items), undated, _old_backups(desk, items))


def apply(desk: Desk, reason: str, drafts: Path | None = None, progress: Progress | None = None) -> Retained | Refused:
    """Anonymise what is due, a batch of claimants or a category of texts in one transaction, and return what was done.

    A claimant with an appointment to come, an open call, hand-off or flag, an override that waits or a place on the waiting
    list stays. Appointments stay for the figures, and the log and the record of looks as they are: they hold opaque ids only.
    Each transaction writes a line of the log with the reason (domain.retention.REASONS). KeyboardInterrupt from `progress`
    ends it after a whole batch; what is done stays done, and the same call again goes on.
    """
    if reason not in REASONS:
        return Refused("not_possible", f"The reason is one of {', '.join(REASONS)}.")
    found = due(desk, drafts)
    if isinstance(found, Refused):
        return found
    tell = progress or (lambda _name, _done, _total: None)
    items, stopped = list(found.items), False
    with desk.store.read() as unit:
        zone = desk.catalogue(unit).site.zone
    for at, one in enumerate(items):
        if stopped or not one.category.erased or not one.due:
            continue
        done = [0]
        try:
            _apply(desk, one, reason, _limit(one, zone), drafts, done, tell)
        except KeyboardInterrupt:
            stopped = True
        items[at] = replace(one, done=done[0])
    if any(one.done for one in items):
        desk.store.empty_the_wal()
    return replace(found, items=tuple(items), applied=True, stopped=stopped)


def _periods(desk: Desk, unit: Unit) -> list[Due]:
    changed = offer_queries.settings(unit, desk.site)
    found = []
    for one in CATEGORIES:
        period = changed.get(setting_of(one.name), one.default)
        found.append(Due(one, period, first_day_kept(period, desk.now.date()), 0))
    return found


def _limit(one: Due, zone: str) -> Limit:
    first = one.first_kept
    return Limit(first.isoformat(), instant_ms(datetime(first.year, first.month, first.day), zone))


def _counted(desk: Desk, unit: Unit, one: Due, zone: str, drafts: Path | None) -> int:
    name, limit = one.category.name, _limit(one, zone)
    if name == "bookings":
        return len(queries.due_clients(unit, desk.site, limit, desk.now.date()))
    if name == "drafts":
        return len(_old_drafts(drafts, limit))
    if name == "looks":
        return queries.old_looks(unit, desk.site, limit)
    return queries.due_texts(unit, desk.site, name, limit)


def _apply(desk: Desk, one: Due, reason: str, limit: Limit, drafts: Path | None, done: list[int], tell: Progress) -> None:
    name = one.category.name
    tell(one.category.title, 0, one.due)
    if name == "bookings":
        _erase_clients(desk, one, reason, limit, done, tell)
        return
    if name == "drafts":
        for path in _old_drafts(drafts, limit):
            path.unlink(missing_ok=True)
            done[0] += 1
        if not done[0]:
            return
        desk.store.write(lambda unit: _note(desk, unit, name, reason, done[0]))
        tell(one.category.title, done[0], one.due)
    else:
        _erase_texts(desk, one, reason, limit, done, tell)


def _erase_texts(desk: Desk, one: Due, reason: str, limit: Limit, done: list[int], tell: Progress) -> None:
    name = one.category.name

    def work(unit: Unit) -> int:
        queries.overwrite_what_is_erased(unit)
        count = queries.erase_texts(unit, desk.site, name, limit, TEXTS)
        if count:
            _note(desk, unit, name, reason, count)
        return count

    while changed := desk.store.write(work):
        done[0] += changed
        tell(one.category.title, done[0], max(done[0], one.due))


def _erase_clients(desk: Desk, one: Due, reason: str, limit: Limit, done: list[int], tell: Progress) -> None:
    today = desk.now.date()
    with desk.store.read() as unit:
        refs = queries.due_clients(unit, desk.site, limit, today)
    for first in range(0, len(refs), BATCH):
        part = refs[first : first + BATCH]
        span = Span(part[0], part[-1])

        def work(unit: Unit, part: list[str] = part, span: Span = span) -> int:
            queries.overwrite_what_is_erased(unit)
            still = set(queries.due_clients(unit, desk.site, limit, today, span, lock=True))
            erased = [ref for ref in part if ref in still]  # somebody may have booked for one meanwhile
            queries.erase_clients(unit, desk.site, erased)
            if erased:
                _note(desk, unit, one.category.name, reason, len(erased), erased)
            return len(erased)

        done[0] += desk.store.write(work)
        tell(one.category.title, done[0], len(refs))


def _note(desk: Desk, unit: Unit, category: str, reason: str, count: int, refs: list[str] | None = None) -> None:
    after: dict[str, object] = {"claims": [], "category": category, "count": count}
    if refs is not None:
        after["clients"] = refs
    log_queries.append(unit, desk.stamp(unit), NewEvent(VERB, after=after, reason=reason))


def _old_drafts(folder: Path | None, limit: Limit) -> list[Path]:
    """Return the files of drafts that were last changed too long ago, whoever's they are; those of others may not be seen."""
    if folder is None:
        return []
    found = []
    for path in sorted(folder.glob("*/*")):
        try:
            if path.is_file() and path.lstat().st_mtime * 1000 < limit.ms:
                found.append(path)
        except OSError:
            continue
    return found


def _old_backups(desk: Desk, items: list[Due]) -> tuple[OldBackup, ...] | None:
    if is_url(desk.store.location):
        return None
    found = []
    for path in backup.backups_of(Path(desk.store.location)):
        days = backup.age_in_days(path)
        outlived = tuple(
            one.category.name
            for one in items
            if one.category.erased and one.category.name != "drafts" and days > (desk.now.date() - one.first_kept).days
        )
        if outlived:
            found.append(OldBackup(path, days, outlived))
    return tuple(found)

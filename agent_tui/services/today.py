"""The board of a day: each coach's arrivals, delays and gaps; and the day lists that are printed in the morning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from agent_tui.domain.clients import initials
from agent_tui.domain.day_list import CoachList, DayList, DayRow
from agent_tui.domain.requests import EntryState, Refused
from agent_tui.domain.site import Catalogue, Diary
from agent_tui.domain.ticks import span
from agent_tui.domain.today import MINUTES_PER_DAY, CoachDay, coach_day, recorded_minutes
from agent_tui.services.claimants import record_looks, sees_names
from agent_tui.services.day import UnknownDiary, chosen_diaries
from agent_tui.services.desk import Desk
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import contacts as contact_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.unit_of_work import Unit

__all__ = ["Board", "UnknownDiary", "board", "day_lists"]

_ON_THE_LIST = ("booked", "attended", "late", "dna", "unplaced", "blocked")
_STATES = {"attended": "arrived", "late": "late", "dna": "did not attend", "unplaced": "has no time", "blocked": "block"}


@dataclass(frozen=True, slots=True)
class Board:
    """A day of some coaches as of site time `now`; `closed` names the closure, `names` those that the person may see."""

    day: date
    now: datetime
    closed: str | None
    coaches: tuple[CoachDay, ...]
    names: Mapping[str, str] = field(default_factory=dict)


def board(
    desk: Desk, day: date | None = None, *, diary: str | None = None, team: str | None = None, named: bool = False
) -> Board:
    """Return the board of a day, today by default, of all enabled diaries, a team's or one; an unknown one raises UnknownDiary.

    A diary that is off is there on the days on which it has something. Delays are reckoned as domain.today.simulate says; gaps
    are of today only. With `named` it holds claimants' names, and each is looked at, once a day (services.looks).
    """
    wanted, now = day or desk.now.date(), desk.site_now()
    today = wanted == now.day
    minute = desk.now.hour * 60 + desk.now.minute if today else 0 if wanted > now.day else MINUTES_PER_DAY
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        diaries = chosen_diaries(catalogue, diary, team, off=True)
        by_diary, busy = _of_day(desk, unit, [one.code for one in diaries], wanted)
        refs = sorted({one.client for entries in by_diary.values() for one in entries if one.client})
        names = client_queries.names(unit, desk.site, refs) if named else {}
    if sees_names(desk):
        desk.looks.note(names, "today", desk.now)
    coaches = []
    for one in diaries:
        entries = by_diary.get(one.code, [])
        if not (one.enabled or entries or diary is not None):
            continue
        free = _open(catalogue, one, wanted) & ~busy.get(one.code, 0)
        place = (one.code, one.coach, one.team, wanted)
        coaches.append(coach_day(place, entries, free, minute, now.tick if today else None))
    return Board(wanted, desk.now, catalogue.closures.get(wanted), tuple(coaches), _as_seen(desk, names))


def _as_seen(desk: Desk, names: Mapping[str, str]) -> dict[str, str]:
    return dict(names) if sees_names(desk) else {ref: initials(name) for ref, name in names.items()}


def _open(catalogue: Catalogue, diary: Diary, day: date) -> int:
    return 0 if day in catalogue.closures or not diary.enabled else catalogue.plan(diary.code, day).open_mask


def _of_day(desk: Desk, unit: Unit, codes: Sequence[str], day: date) -> tuple[dict[str, list[EntryState]], dict[str, int]]:
    """Return what stands in some diaries on a day, each entry once and whole, and their taken ticks as masks.

    Missed appointments and those that lost their time are among them; what a hold takes is taken until it lapses.
    """
    iso, wanted = day.isoformat(), set(codes)
    found: dict[str, EntryState] = {}
    busy: dict[str, int] = {}
    for entry in entry_queries.of_days(unit, desk.site, codes, iso, iso, unit.clock_ms()):
        busy[entry.diary] = busy.get(entry.diary, 0) | span(entry.start, entry.end)
        first = found.get(entry.id)
        # What is kept under a block stands between the block's parts.
        found[entry.id] = entry if first is None else _from_to(first, entry)
    for entry in (*entry_queries.missed(unit, desk.site, iso, iso), *entry_queries.unplaced(unit, desk.site, iso, iso)):
        found[entry.id] = entry
    by_diary: dict[str, list[EntryState]] = {}
    for entry in found.values():
        if entry.diary in wanted:
            by_diary.setdefault(entry.diary, []).append(entry)
    return by_diary, busy


def _from_to(first: EntryState, last: EntryState) -> EntryState:
    return replace(first, end=last.end)


def day_lists(desk: Desk, day: date | None = None, *, diaries: Sequence[str] = ()) -> DayList | Refused:
    """Return the day lists of some diaries, or of all that have something or are open that day; each claimant on them is a
    look that is recorded.

    A coach gets the own list, and another's is refused (domain/facts.md section 9, least privilege); an unknown diary raises
    UnknownDiary.
    """
    staff, wanted = desk.staff, day or desk.now.date()
    own = (staff.diary,) if staff.role == "coach" and staff.diary else ()
    codes = tuple(dict.fromkeys(diaries)) or own
    if staff.role == "coach" and set(codes) - set(own):
        text = f"A coach has the day list of the own diary {staff.diary} only; a team leader can print the others."
        return Refused("role", text)
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        chosen = [chosen_diaries(catalogue, code, None)[0] for code in codes] or chosen_diaries(catalogue, None, None, off=True)
        by_diary, _busy = _of_day(desk, unit, [one.code for one in chosen], wanted)
        entries = [one for part in by_diary.values() for one in part if one.status in _ON_THE_LIST]
        names = client_queries.names(unit, desk.site, sorted({one.client for one in entries if one.client}))
        notes = contact_queries.noted(unit, desk.site, sorted(one.id for one in entries))
    if sees_names(desk):
        record_looks(desk, names, "day list")
    seen = _as_seen(desk, names)
    lists = []
    for one in chosen:
        known = sorted(by_diary.get(one.code, []), key=lambda entry: (entry.start, entry.end, entry.id))
        rows = tuple(_row(catalogue, entry, seen, entry.id in notes) for entry in known if entry.status in _ON_THE_LIST)
        if rows or codes or _open(catalogue, one, wanted):
            lists.append(CoachList(one.code, one.coach, one.team, rows))
    return DayList(catalogue.site.name, wanted, catalogue.closures.get(wanted), desk.now, tuple(lists))


def _row(catalogue: Catalogue, entry: EntryState, names: Mapping[str, str], notes: bool) -> DayRow:
    kind = catalogue.types.get(entry.type or "")
    late = recorded_minutes(entry.reason) if entry.status == "late" else None
    state = _STATES.get(entry.status, "")
    return DayRow(
        entry=entry.id,
        start=entry.start,
        end=entry.end,
        type=entry.type,
        label=kind.name if kind is not None else (entry.reason or entry.type or ""),
        client=entry.client,
        who=names.get(entry.client or "", ""),
        rooms=tuple(code for code in entry.resources if code != entry.diary),
        needs=entry.needs,
        notes=notes,
        status=entry.status,
        state=state if late is None else f"late {late} min",
    )

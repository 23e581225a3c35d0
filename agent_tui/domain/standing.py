"""Every rule against one start, what stands in its way, and whether a move of that would open it: the masks of `find`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from agent_tui.domain.availability import DiaryDay, Obstacle, Occupied, Search, obstacles, window_mask
from agent_tui.domain.requests import EntryState, Request
from agent_tui.domain.site import LAST_DAY, Diary
from agent_tui.domain.sooner import part_text
from agent_tui.domain.ticks import TICKS_PER_DAY, clock, span, ticks_in
from agent_tui.domain.wall_time import short_date

RULES = (
    "off_grid",
    "unknown_type",
    "booker",
    "not_assigned",
    "diary_off",
    "past",
    "closure",
    "day_off",
    "closed",
    "no_segment",
    "limit",
    "full",
    "notice",
    "window",
    "not_asked",
    "resource_busy",
    "client_clash",
)
"""The rules in the order in which `find` has them, with what only one start can break (off_grid, closed, not_asked)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands near a start: claims as (resource, entry with the part that it owns there), claimants' own entries.

    The claims are those of the diary and of the rooms, the entries those that the claimants concerned have anywhere on the
    same day. `fixed` are entries that must stay where they are.
    """

    claims: tuple[tuple[str, EntryState], ...] = ()
    claimants: tuple[EntryState, ...] = ()
    fixed: frozenset[str] = frozenset()

    def on(self, resource: str, day: date, start: int, end: int) -> list[EntryState]:
        """Return what owns some of a range of a day's ticks on a resource, by its start."""
        here = [entry for code, entry in self.claims if (code, entry.day) == (resource, day)]
        met = [entry for entry in here if entry.start < end and start < entry.end]
        return sorted(met, key=lambda entry: (entry.start, entry.id))

    def of_claimant(self, client: str | None, day: date, but: str | None = None) -> list[EntryState]:
        """Return a claimant's own entries of a day without one of them and without the holds that were made to move it."""
        if client is None:
            return []
        own = [one for one in self.claimants if (one.client, one.day) == (client, day)]
        return [one for one in own if but not in (one.id, one.moving or one.id)]


def rules_against(search: Search, diary_code: str, day: date, start: int) -> list[Obstacle]:
    """Return every rule that keeps a start (a tick of a day) in a diary from being offered, in the order of RULES.

    None is returned exactly when `offers` has the start.
    """
    found = [*obstacles(search, diary_code, day, start), *_not_asked(search, diary_code, day)]
    length = search.kind.ticks_on(day)
    if length is not None and day <= LAST_DAY:
        found += _taken(search, diary_code, day, start, length)
    return sorted(found, key=lambda one: RULES.index(one.rule))


def _taken(search: Search, diary_code: str, day: date, start: int, length: int) -> Iterator[Obstacle]:
    wanted, iso = span(start, min(start + length, TICKS_PER_DAY)), day.isoformat()
    if wanted & search.occupied.masks.get((diary_code, iso), 0):
        yield Obstacle("taken", f"{clock(start)} is taken in diary {diary_code}.", "full")
    if search.request.window is not None and not window_mask(search.request, length) >> start & 1:
        part = part_text(search.request.window)
        yield Obstacle("taken", f"{clock(start)} lies outside the part of the day that is asked for: {part}.", "window")
    # What runs over midnight is open nowhere, and no room is to blame for it.
    if search.needs and start + length <= TICKS_PER_DAY and search.rooms_at(day, start, length) is None:
        stop = search.why_no_rooms(day, start, length)
        yield Obstacle(stop.code, stop.text, "resource_busy")
    if wanted & search.occupied.client.get(iso, 0):
        yield Obstacle("client_clash", f"The claimant has something else at {clock(start)}.", "client_clash")


def _not_asked(search: Search, diary_code: str, day: date) -> Iterator[Obstacle]:
    request = search.request
    diary = search.catalogue.diaries.get(diary_code)
    asked = []
    if request.diary not in (None, diary_code):
        asked.append(f"diary {request.diary}")
    if request.team is not None and diary is not None and request.team != diary.team:
        asked.append(f"team {request.team}")
    if not request.first_day <= day <= request.last_day:
        asked.append(f"{short_date(request.first_day)} to {short_date(request.last_day)}")
    if asked:
        yield Obstacle("not_allowed", f"What is asked for is another: {', '.join(asked)}.", "not_asked")


def nearest_start(search: Search, diary_code: str, day: date, start: int) -> int | None:
    """Return the start of the same diary and day, the nearest in time and of two the earlier, that nothing forbids."""
    diary = search.catalogue.diaries.get(diary_code)
    found = None if diary is None or diary not in search.diaries() else search.diary_day(diary, day)
    if not isinstance(found, DiaryDay):
        return None
    nearest = min(ticks_in(found.starts), key=lambda tick: (abs(tick - start), tick))
    # What the masks of a day do not know (who asks, which days) holds for every start of it.
    return None if rules_against(search, diary_code, day, nearest) else nearest


def other_diary(search: Search, diary_code: str, day: date, start: int) -> Diary | None:
    """Return a diary in which nothing forbids the same start whoever was asked for, of the same team first, by code."""
    wide = Search(search.catalogue, replace(search.request, diary=None), search.occupied, search.now)
    own = search.catalogue.diaries.get(diary_code)
    team = None if own is None else own.team
    for diary in sorted(wide.diaries(), key=lambda one: (one.team != team, one.code)):
        if diary.code != diary_code and not rules_against(wide, diary.code, day, start):
            return diary
    return None


@dataclass(frozen=True, slots=True)
class Step:
    """An appointment that stands in the way, and the start to which it would go in the same diary and day."""

    entry: EntryState
    start: int


def smallest_move(search: Search, diary_code: str, day: date, start: int, standing: Standing) -> Step | None:
    """Return the move by the fewest minutes of the one appointment in the way that opens a start, or None.

    The move itself breaks no rule, by the same masks, and once it is made none is left against the start.
    """
    length = search.kind.ticks_on(day) or 0
    met = standing.on(diary_code, day, start, start + length)
    diary = search.catalogue.diaries.get(diary_code)
    if len({entry.id for entry in met}) != 1 or diary is None or not _may_move(search, met[0], standing):
        return None
    entry = met[0]
    mover = mover_of(search, entry, standing)
    found = mover.diary_day(diary, day) if diary in mover.diaries() else None
    if not isinstance(found, DiaryDay):
        return None
    for tick in sorted(ticks_in(found.starts), key=lambda tick: (abs(tick - entry.start), tick)):
        if tick < start + length and start < tick + found.length:
            continue
        if not rules_against(once_moved(search, mover, entry, tick), diary_code, day, start):
            return Step(entry, tick)
    return None


def _may_move(search: Search, entry: EntryState, standing: Standing) -> bool:
    """Return whether one move may be named: of a booked appointment that has not begun and goes with no other."""
    begun = (entry.day, entry.start) < (search.now.day, search.now.tick)
    alone = entry.kind == "appointment" and entry.status == "booked" and entry.pair is None
    kind = search.catalogue.types.get(entry.type or "")
    booker = search.request.booker
    allowed = kind is not None and kind.booked_by != "block" and (booker is None or booker in kind.may_book)
    return alone and allowed and not begun and entry.id not in standing.fixed


def mover_of(search: Search, entry: EntryState, standing: Standing) -> Search:
    """Return the search by which an appointment is moved within its diary and day, with its own time free."""
    iso = entry.day.isoformat()
    request = Request(
        entry.type or "",
        entry.day,
        entry.day,
        diary=entry.diary,
        channel=entry.channel,
        needs=entry.needs,
        client=entry.client,
        booker=search.request.booker,
        limit=None,
    )
    masks = dict(search.occupied.masks)
    for code in (entry.diary, *entry.resources):
        masks[code, iso] = masks.get((code, iso), 0) & ~span(entry.start, entry.end)
    busy = 0
    for one in standing.of_claimant(entry.client, entry.day, but=entry.id):
        busy |= span(one.start, one.end)
    limits = _used(search, entry.diary, entry.day, (entry.start, entry.end), -1, search.occupied.limits)
    return Search(search.catalogue, request, Occupied(masks, {iso: busy}, limits), search.now)


def once_moved(search: Search, mover: Search, entry: EntryState, start: int) -> Search:
    """Return a search as it is once an appointment stands at another start of its diary and day."""
    iso, length = entry.day.isoformat(), mover.kind.ticks_on(entry.day) or 0
    taken = span(start, start + length)
    masks = dict(mover.occupied.masks)
    for code in (entry.diary, *(mover.rooms_at(entry.day, start, length) or ())):
        masks[code, iso] = masks.get((code, iso), 0) | taken
    client = dict(search.occupied.client)
    if entry.client is not None and entry.client == search.request.client:
        client[iso] = mover.occupied.client.get(iso, 0) | taken
    limits = _used(search, entry.diary, entry.day, (start, start + length), 1, mover.occupied.limits)
    return Search(search.catalogue, search.request, Occupied(masks, client, limits), search.now)


def _used(
    search: Search, diary: str, day: date, ticks: tuple[int, int], by: int, uses: Mapping[tuple[str, str, str, int], int]
) -> dict[tuple[str, str, str, int], int]:
    """Return the uses of limited segments with one appointment more or less in a range of ticks."""
    out = dict(uses)
    for stretch in search.catalogue.plan(diary, day).limited(*ticks):
        key = (diary, day.isoformat(), *stretch.limit_key)
        out[key] = max(0, out.get(key, 0) + by)
    return out

"""Which starts can be booked, and which rule stands in the way of one: the same masks answer both."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import combinations

from agent_tui.domain.plurals import counted
from agent_tui.domain.ranking import Startable, cost, recommended
from agent_tui.domain.requests import Found, Offer, Reason, Request, TypeInHand
from agent_tui.domain.site import LAST_DAY, Catalogue, Diary
from agent_tui.domain.ticks import (
    FULL_DAY,
    MINUTES_PER_TICK,
    TICKS_PER_DAY,
    clock,
    covered_by,
    span,
    starts_of,
    ticks_in,
)
from agent_tui.domain.types import AppointmentType
from agent_tui.domain.wall_time import short_date


@dataclass(frozen=True, slots=True)
class Occupied:
    """Time that is taken: masks by (resource code, ISO day), the client's own by ISO day, and uses of limits."""

    masks: Mapping[tuple[str, str], int]
    client: Mapping[str, int] = field(default_factory=dict)
    limits: Mapping[tuple[str, str, str, int], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Now:
    """Site time: today, and the first tick that has not begun yet (288 when the day is over)."""

    day: date
    tick: int


@dataclass(frozen=True, slots=True)
class DiaryDay:
    """What a search found in one diary's day: the ticks that are open to the type and free, and the starts."""

    diary: Diary
    day: date
    free: int
    length: int
    starts: int


@dataclass(frozen=True, slots=True)
class Stop:
    """The first rule that leaves a diary's day without a start."""

    rule: str
    detail: str = ""


def earliest(day: date, now: Now, notice_minutes: int) -> int:
    """Return the mask of starts of a day that are not past and give at least `notice_minutes` of notice."""
    lead = now.tick + -(-notice_minutes // 5)
    ahead, tick = divmod(lead, TICKS_PER_DAY) if lead > TICKS_PER_DAY else (0, lead)
    first = now.day + timedelta(days=ahead) if ahead < (LAST_DAY - now.day).days else LAST_DAY
    if day < first:
        return 0
    return FULL_DAY if day > first else FULL_DAY & ~span(0, tick)


def window_mask(request: Request, length: int) -> int:
    """Return the mask of starts that the request's part of the day admits, for a length in ticks."""
    window = request.window
    if window is None:
        return FULL_DAY
    return span(window.start, window.end - length + 1 if window.whole else window.end)


def full_segments(catalogue: Catalogue, uses: Mapping[tuple[str, str, str, int], int], diary: str, day: date) -> int:
    """Return the mask of ticks that lie in a segment of a diary's day whose limit is used up."""
    mask = 0
    iso = day.isoformat()
    for stretch in catalogue.plan(diary, day).stretches:
        limit = stretch.segment.limit
        if limit is not None and uses.get((diary, iso, *stretch.limit_key), 0) >= limit:
            mask |= span(stretch.start, stretch.end)
    return mask


class Search:
    """One request against one catalogue and the time that is taken; holds what the days share."""

    def __init__(self, catalogue: Catalogue, request: Request, occupied: Occupied, now: Now) -> None:
        self.catalogue = catalogue
        self.request = request
        self.occupied = occupied
        self.now = now
        self.kind = catalogue.types[request.type]
        self.channel = request.channel or self.kind.channel
        self.needs = tuple(dict.fromkeys((*self.kind.needs, *request.needs)))
        self._common_masks: dict[date, int] = {}
        self.notice = catalogue.site.notice_minutes if request.notice is None else request.notice

    def diaries(self) -> list[Diary]:
        """Return the enabled diaries that the type is assigned to and the request admits, by code."""
        return [diary for diary in self.catalogue.diaries_for(self.kind.code) if diary.enabled and self._wanted(diary)]

    def _wanted(self, diary: Diary) -> bool:
        request = self.request
        return request.diary in (None, diary.code) and request.team in (None, diary.team)

    def days(self) -> Iterator[date]:
        """Yield the days of the request that are not past."""
        day = max(self.request.first_day, self.now.day)
        last = min(self.request.last_day, LAST_DAY)
        while day <= last:
            yield day
            day += timedelta(days=1)

    def rooms_free(self, day: date, length: int) -> int:
        """Return the mask of starts at which every need is met by some room or piece of equipment."""
        mask = FULL_DAY
        for need in self.needs:
            met = 0
            for room in self.catalogue.rooms.values():
                if room.enabled and need in room.meets:
                    met |= starts_of(self.room_free(room.code, day), length)
            mask &= met
        return mask

    def room_free(self, room: str, day: date) -> int:
        allowed = self.catalogue.room_allowed(room, day, self.kind.code, self.channel)
        return allowed & ~self.occupied.masks.get((room, day.isoformat()), 0)

    def rooms_at(self, day: date, start: int, length: int) -> tuple[str, ...] | None:
        """Return the fewest rooms and equipment for a start, first by code, or None when a need is not met."""
        wanted = span(start, start + length)
        free = [
            room
            for _code, room in sorted(self.catalogue.rooms.items())
            if room.enabled and room.meets & set(self.needs) and self.room_free(room.code, day) & wanted == wanted
        ]
        for count in range(len(self.needs) + 1):
            for rooms in combinations(free, count):
                if all(any(need in room.meets for room in rooms) for need in self.needs):
                    return tuple(room.code for room in rooms)
        return None

    def why_no_rooms(self, day: date, start: int, length: int) -> "Obstacle":
        """Return why the needs of a start are not met: nothing that meets one of them is open then, or what is open is taken."""
        wanted = span(start, min(start + length, TICKS_PER_DAY))
        code, channel = self.kind.code, self.channel
        for need in self.needs:
            rooms = [room.code for room in self.catalogue.rooms.values() if room.enabled and need in room.meets]
            if not any(self.catalogue.room_allowed(room, day, code, channel) & wanted == wanted for room in rooms):
                when = f"{clock(start)} for {self.kind.name}"
                return Obstacle("closed", f"No room or equipment that meets {need} is switched on and open at {when}.")
        return Obstacle("taken", f"No room or equipment is free for: {', '.join(self.needs)}.")

    def limit_mask(self, diary: Diary, day: date) -> int:
        """Return the mask of ticks that lie in a segment of the diary's day whose limit is used up."""
        return full_segments(self.catalogue, self.occupied.limits, diary.code, day)

    def diary_day(self, diary: Diary, day: date) -> DiaryDay | Stop:
        """Return the starts of one diary's day, or the first rule that leaves none.

        The order of the rules is the order in which an agent can do something about them.
        """
        catalogue, iso = self.catalogue, day.isoformat()
        if day in catalogue.closures:
            return Stop("closure", catalogue.closures[day])
        length = self.kind.ticks_on(day)
        if length is None:
            return Stop("unknown_type", "not bookable yet on this day")
        allowed = catalogue.allowed(diary.code, day, self.kind.code, self.channel)
        if not starts_of(allowed, length):
            plan = catalogue.plan(diary.code, day)
            return Stop("no_segment" if plan.stretches else "day_off")
        open_now = allowed & ~self.limit_mask(diary, day) if catalogue.has_limits else allowed
        free = open_now & ~self.occupied.masks.get((diary.code, iso), 0)
        found = self._fitting(free, day, length)
        if found:
            return DiaryDay(diary, day, free, length, found)
        stop = self._why_none(open_now, free, day, iso, length)
        if stop.rule == "full" and open_now != allowed:
            unlimited = starts_of(allowed & ~self.occupied.masks.get((diary.code, iso), 0), length)
            return Stop("limit") if unlimited & self._common(day, length) else stop
        return stop

    def _fitting(self, free: int, day: date, length: int) -> int:
        """Return the starts of a day in ticks that are open to the type and free."""
        found = starts_of(free, length)
        if found:
            found &= self._common(day, length)
        if found and self.needs:
            found &= self.rooms_free(day, length)
        return found

    def taken(self, diary: Diary, day: date) -> int:
        """Return the mask of ticks that nothing can have in a diary's day, whatever its type: owned, or of a used-up limit."""
        mask = self.occupied.masks.get((diary.code, day.isoformat()), 0)
        return mask | self.limit_mask(diary, day) if self.catalogue.has_limits else mask

    def starts_beside(self, taken: int, diary: Diary, day: date) -> tuple[int, int]:
        """Return the starts of one diary's day as `diary_day` finds them, and the length; `taken` is the day's `taken`.

        For whoever asks for many types and needs no reason where there is none.
        """
        length = None if day in self.catalogue.closures else self.kind.ticks_on(day)
        if length is None:
            return 0, 0
        free = self.catalogue.allowed(diary.code, day, self.kind.code, self.channel) & ~taken
        return self._fitting(free, day, length), length

    def _common(self, day: date, length: int) -> int:
        """Return the starts that every diary may have on a day: notice, part of the day, the claimant's own time."""
        known = self._common_masks.get(day)
        if known is None:
            known = earliest(day, self.now, self.notice) & window_mask(self.request, length)
            known &= starts_of(FULL_DAY & ~self.occupied.client.get(day.isoformat(), 0), length)
            self._common_masks[day] = known
        return known

    def _why_none(self, open_now: int, free: int, day: date, iso: str, length: int) -> Stop:
        starts = starts_of(open_now, length)
        if not starts:
            return Stop("limit")
        stages: tuple[tuple[str, Callable[[], int]], ...] = (
            ("full", lambda: starts_of(free, length)),
            ("notice", lambda: earliest(day, self.now, self.notice)),
            ("window", lambda: window_mask(self.request, length)),
            ("resource_busy", lambda: self.rooms_free(day, length) if self.needs else FULL_DAY),
            ("client_clash", lambda: starts_of(FULL_DAY & ~self.occupied.client.get(iso, 0), length)),
        )
        for rule, mask in stages:
            starts &= mask()
            if not starts:
                return Stop("full" if rule == "window" else rule)
        raise AssertionError("a day without a start has a rule that leaves none")

    def startable(self, found: DiaryDay) -> Startable:
        """Return a diary's day as ranking sees it: what nobody has there, whatever may be booked into it."""
        code, day = found.diary.code, found.day
        free = self.catalogue.plan(code, day).open_mask & ~self.occupied.masks.get((code, day.isoformat()), 0)
        return Startable(code, day, free & earliest(day, self.now, 0), found.length, found.starts)

    def recommended(self, found: list[DiaryDay]) -> list[int]:
        """Return the masks of the starts to recommend of one day's diaries."""
        return recommended(self.catalogue, [self.startable(one) for one in found], self.now.day)

    def place(self, found: DiaryDay, start: int) -> Offer:
        """Return the offer that begins at a start tick of a diary's day, without what it costs."""
        end = start + found.length
        before = start > 0 and found.free >> (start - 1) & 1
        after = found.free >> end & 1
        rooms = self.rooms_at(found.day, start, found.length) or () if self.needs else ()
        diary, resources = found.diary, (found.diary.code, *rooms)
        flush = not (before and after)
        return Offer(diary.code, diary.coach, diary.team, found.day, start, end, self.channel, resources, flush)

    def offer(self, found: DiaryDay, start: int, *, recommended: bool = True) -> Offer:
        """Return the offer that begins at a start tick of a diary's day."""
        spent = cost(self.catalogue, self.startable(found), self.now.day, start)
        placed = self.place(found, start)
        return replace(placed, loss=spent.loss, stranded_minutes=spent.stranded_minutes, recommended=recommended)


def offers(catalogue: Catalogue, request: Request, occupied: Occupied, now: Now) -> Found:
    """Return the recommended starts that fit a request by day, distance from `near` (without it, start), loss and diary.

    With `every` all starts, by day, distance from `near` (without it, start) and diary. Only the offers that are shown are
    built; `total` counts those that the list would have without its limit, `starts` all that can be booked. Without any,
    the reasons say which rule closed how many diary days. Status "handoff" means that no enabled diary has the type
    (seeds/spotlight-appointment-booking.txt, "Consequences of not assigning appointments").
    """
    refused = no_search(catalogue, request)
    if refused is not None:
        return refused
    search = Search(catalogue, request, occupied, now)
    shown: list[Offer] = []
    total = starts = 0
    stops: dict[str, list[str]] = {}
    diaries = search.diaries()
    for day in search.days():
        found_today = []
        for diary in diaries:
            found = search.diary_day(diary, day)
            if isinstance(found, Stop):
                stops.setdefault(found.rule, []).append(found.detail)
            else:
                starts += found.starts.bit_count()
                found_today.append(found)
        showing = bool(found_today) and (request.limit is None or len(shown) < request.limit)
        if request.every and not showing:
            continue
        masks = search.recommended(found_today)
        total += sum(mask.bit_count() for mask in masks)
        if showing:
            left = None if request.limit is None else request.limit - len(shown)
            shown.extend(_first_of(search, found_today, masks, left))
    total = starts if request.every else total
    status = "offers" if total else "none"
    reasons = () if total else reasons_of(search, diaries, stops)
    return Found(
        status,
        in_hand(search.kind, request.first_day),
        request.first_day,
        request.last_day,
        total,
        tuple(shown),
        reasons,
        starts=starts,
    )


def _first_of(search: Search, days: list[DiaryDay], masks: list[int], limit: int | None) -> list[Offer]:
    near, every = search.request.near, search.request.every
    wanted = [found.starts for found in days] if every else masks
    starts = 0
    for mask in wanted:
        starts |= mask
    order = list(ticks_in(starts))
    if near is not None:
        order.sort(key=lambda tick: (abs(tick - near), tick))
    out: list[Offer] = []
    for tick in order:
        same = [
            search.offer(found, tick, recommended=bool(best >> tick & 1))
            for found, mask, best in zip(days, wanted, masks, strict=True)
            if mask >> tick & 1
        ]
        if not every:
            same.sort(key=lambda offer: (offer.loss, offer.diary))
        out.extend(same)
        if limit is not None and len(out) >= limit:
            return out[:limit]
    return out


def in_hand(kind: AppointmentType, day: date) -> TypeInHand:
    """Return the type with the minutes in force on a day."""
    return TypeInHand(kind.code, kind.name, kind.minutes_on(day), kind.channel, kind.key_on(day))


def no_search(catalogue: Catalogue, request: Request) -> Found | None:
    """Return the answer to a request that no day of any diary can meet, None where the diaries must be looked through."""

    def answer(status: str, kind: TypeInHand, rule: str, text: str, fix: str | None, count: int = 1) -> Found:
        return Found(status, kind, request.first_day, request.last_day, 0, (), (Reason(rule, text, count, fix),))

    kind = catalogue.types.get(request.type)
    if kind is None:
        nothing = TypeInHand(request.type, None, None, None, None)
        return answer("none", nothing, "unknown_type", f"There is no type {request.type}.", "See the list: agent-tui types.")
    hand = in_hand(kind, request.first_day)
    if kind.booked_by == "block":
        fix = "Book it straight into the work coach's diary as block time."
        return answer("none", hand, "booker", f"{kind.name} is booked as block time, not as an offer.", fix)
    if request.booker is not None and request.booker not in kind.may_book:
        who = ", ".join(sorted(kind.may_book))
        return answer("none", hand, "booker", f"{kind.name} may be booked by: {who}.", f"Ask one of: {who}.")
    assigned = catalogue.diaries_for(kind.code)
    contact = catalogue.site.handoff_contact
    if not assigned:
        text = f"{kind.name} is assigned to no diary at {catalogue.site.name}."
        return answer("handoff", hand, "not_assigned", text, f"Hand off to {contact}; a manager must assign the type.")
    if not any(diary.enabled for diary in assigned):
        text = f"Every diary that {kind.name} is assigned to is switched off."
        fix = f"Hand off to {contact}; a manager must enable a diary."
        return answer("handoff", hand, "diary_off", text, fix, len(assigned))
    return None


def reasons_of(search: Search, diaries: list[Diary], stops: Mapping[str, list[str]]) -> tuple[Reason, ...]:
    """Return why days of diaries have no start: `stops` are the details by the rule that closed each, one for each day."""
    request, kind = search.request, search.kind
    if not diaries:
        return (_nobody_wanted(search),)
    texts = {
        "closure": ("The site is closed: {detail}.", "Search later days."),
        "unknown_type": ("{name} cannot be booked yet on these days.", "Search later days."),
        "day_off": ("The diary has a day off.", "Search other days or coaches."),
        "no_segment": (
            "No segment allows {name} for its {minutes} minutes.",
            "Ask the team leader to allow the type in a segment.",
        ),
        "limit": ("The limit of the segment is used up.", "Search other days, or ask the team leader."),
        "full": ("No free run of {minutes} minutes fits what was asked.", "Search more days, another time of day or any coach."),
        "notice": ("What is free is past or inside the notice of {notice} minutes.", "Search later days."),
        "resource_busy": ("No room or equipment is open and free for: {needs}.", "Search other times, or drop the need."),
        "client_clash": ("The claimant has another appointment then.", "Search other times, or allow the clash."),
    }
    order = list(texts)
    out = []
    for rule in sorted(stops, key=order.index):
        text, fix = texts[rule]
        details = sorted({detail for detail in stops[rule] if detail})
        filled = text.format(
            name=kind.name,
            minutes=kind.minutes_on(request.first_day) or "its",
            notice=search.notice,
            needs=", ".join(search.needs) or "-",
            detail=", ".join(details[:3]) or "closure",
        )
        out.append(Reason(rule, filled, len(stops[rule]), fix))
    if not out:
        out.append(Reason("notice", "Every day asked for is past.", 1, "Search from today."))
    return tuple(out)


def _nobody_wanted(search: Search) -> Reason:
    request, kind = search.request, search.kind
    others = [diary for diary in search.catalogue.diaries_for(kind.code) if diary.enabled]
    named = search.catalogue.diaries.get(request.diary or "")
    fix = f"{counted(len(others), 'other diary takes', 'other diaries take')} it: search any coach and any team."
    if named is not None and not named.enabled:
        off = "retired" if named.retired is not None else "switched off"
        return Reason("diary_off", f"The diary {named.code} of {named.coach} is {off}.", 1, fix)
    if request.diary is not None and named is None:
        return Reason("not_assigned", f"There is no diary {request.diary}.", 1, "See the list: agent-tui diaries.")
    if request.team is not None and request.team not in search.catalogue.teams:
        return Reason(
            "not_assigned", f"There is no team {request.team}.", 1, f"Teams: {', '.join(sorted(search.catalogue.teams))}."
        )
    where = f"diary {request.diary}" if request.diary else f"team {request.team}"
    return Reason("not_assigned", f"{kind.name} is not assigned to {where}.", 1, fix)


def coverage(found: DiaryDay) -> int:
    """Return the mask of ticks that some start of the type in hand would cover."""
    return covered_by(found.starts, found.length)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A rule that forbids one start: its refusal code, a sentence, and the rule's name as `find` has it."""

    code: str
    text: str
    rule: str = ""


def obstacle(search: Search, diary_code: str, day: date, start: int) -> Obstacle | None:
    """Return the first rule that forbids a start (a tick) in a diary, or None when only taken ticks could refuse it.

    Asks the same masks as `offers`: a start without obstacle whose ticks are free is an offer, and the other way round.
    """
    return next(obstacles(search, diary_code, day, start), None)


def obstacles(search: Search, diary_code: str, day: date, start: int) -> Iterator[Obstacle]:
    """Yield every rule but taken time that forbids a start (a tick) in a diary, in the order in which one is refused."""
    catalogue, kind = search.catalogue, search.kind
    diary = catalogue.diaries.get(diary_code)
    if diary is None:
        yield Obstacle("unknown_diary", f"There is no diary {diary_code}.", "not_assigned")
    if kind.booked_by == "block":
        yield Obstacle("not_allowed", f"{kind.name} is booked as block time, not as an appointment.", "booker")
    if search.request.booker is not None and search.request.booker not in kind.may_book:
        yield Obstacle("role", f"{kind.name} may be booked by: {', '.join(sorted(kind.may_book))}.", "booker")
    if diary is not None and not diary.enabled:
        off = "is retired" if diary.retired is not None else "is switched off"
        yield Obstacle("not_assigned", f"The diary {diary.code} of {diary.coach} {off}.", "diary_off")
    if diary is not None and kind.code not in diary.types:
        text = f"The diary {diary.code} of {diary.coach} does not take {kind.name}."
        yield Obstacle("not_assigned", text, "not_assigned")
    if day > LAST_DAY:
        yield Obstacle("closed", f"No diary is open after {short_date(LAST_DAY)}.", "closed")
        return
    if day < search.now.day or (day == search.now.day and start < search.now.tick):
        yield Obstacle("past", f"{clock(start)} on {short_date(day)} is past.", "past")
    if day in catalogue.closures:
        yield Obstacle("closed", f"The site is closed on {short_date(day)}: {catalogue.closures[day]}.", "closure")
    if diary is not None:
        yield from _segment_obstacles(search, diary, day, start)


def _segment_obstacles(search: Search, diary: Diary, day: date, start: int) -> Iterator[Obstacle]:
    kind, catalogue = search.kind, search.catalogue
    length = kind.ticks_on(day)
    plan = catalogue.plan(diary.code, day)
    if length is None:
        yield Obstacle("not_allowed", f"{kind.name} cannot be booked yet on {short_date(day)}.", "unknown_type")
        return
    wanted = span(start, min(start + length, TICKS_PER_DAY))
    if not plan.stretches:
        yield Obstacle("closed", f"{diary.coach} does not work on {short_date(day)}.", "day_off")
    elif start + length > TICKS_PER_DAY or wanted & ~plan.open_mask:
        minutes = length * MINUTES_PER_TICK
        text = f"{diary.coach}'s diary is not open for all of {clock(start)} and the {minutes} minutes after it."
        yield Obstacle("closed", text, "closed")
    if wanted & plan.open_mask & ~catalogue.allowed(diary.code, day, kind.code, search.channel):
        text = f"The segment of {diary.coach}'s diary at {clock(start)} does not allow {kind.name}."
        yield Obstacle("not_allowed", text, "no_segment")
    past = earliest(day, search.now, 0)
    if past >> start & 1 and not earliest(day, search.now, search.notice) >> start & 1:
        yield Obstacle("notice", f"{clock(start)} is inside the notice of {search.notice} minutes.", "notice")
    if wanted & search.limit_mask(diary, day):
        yield Obstacle("limit", f"The limit of the segment of {diary.coach}'s diary at {clock(start)} is used up.", "limit")

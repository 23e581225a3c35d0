"""Why a start cannot be booked: every rule against it, in order, each with the smallest change that would lift it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from agent_tui.domain.availability import Obstacle, Search
from agent_tui.domain.openings import Case, Change, change_for, coach_instead, diary_meant, start_instead
from agent_tui.domain.requests import EntryState, TypeInHand
from agent_tui.domain.site import Catalogue
from agent_tui.domain.standing import RULES, Standing, rules_against
from agent_tui.domain.ticks import MINUTES_PER_TICK, TICKS_PER_DAY, clock, clock_of_minute


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One rule against a start, what it says here, and the smallest change that would lift it (None: nothing would)."""

    rule: str
    text: str
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """The answer about one start: no `reasons` where it can be booked; `instead` are other starts, the nearest first.

    `minute` is the time asked about in minutes after midnight, on the five-minute grid or off it; `end` is None where the
    type has no length that day or the time is off the grid.
    """

    type: TypeInHand
    diary: str
    coach: str | None
    day: date
    minute: int
    end: int | None
    reasons: tuple[Hindrance, ...]
    instead: tuple[Change, ...] = ()


def plain_name(entry: EntryState) -> str:
    """Return what an entry is, without saying whose."""
    return {"hold": "a hold", "block": "block time"}.get(entry.kind, entry.type or "an appointment")


def why_not(
    search: Search,
    diary_code: str,
    day: date,
    start: int,
    standing: Standing | None = None,
    named: Callable[[EntryState], str] = plain_name,
) -> tuple[Hindrance, ...]:
    """Return every rule against a start (a tick of a day) in a diary, in the order of `standing.RULES`.

    Empty exactly when `availability.offers` has the start among all starts of the request. What `standing` does not tell is
    not named. A change that is a "start", a "coach" or a "move" has no rule against it that the request's masks know.
    """
    case = Case(search, diary_code, day, start, standing or Standing(), named)
    return tuple(
        Hindrance(one.rule, _sentence(case, one), change_for(case, one.rule))
        for one in rules_against(search, diary_code, day, start)
    )


def instead_of(search: Search, diary_code: str, day: date, start: int) -> tuple[Change, ...]:
    """Return where to go instead: the nearest start of the same diary and day, and another coach who has this start."""
    case = Case(search, diary_code, day, start, Standing(), plain_name)
    return tuple(one for one in (start_instead(case), coach_instead(case)) if one is not None)


def off_grid(minute: int, diary_code: str, day: date) -> Hindrance:
    """Return the reason against a time (minutes after midnight) off the five-minute grid, with the two nearest on it."""
    before = minute // MINUTES_PER_TICK
    last = TICKS_PER_DAY - 1
    near = " and ".join(clock(tick) for tick in (before, before + 1) if tick <= last)
    text = f"{clock_of_minute(minute)} is not on the five-minute grid; the nearest are {near}."
    nearest = min(last, before + (2 * (minute % MINUTES_PER_TICK) > MINUTES_PER_TICK))
    change = Change("grid", f"Ask about {clock(nearest)}", diary=diary_code, day=day, start=nearest)
    return Hindrance("off_grid", text, change)


def unknown_type(catalogue: Catalogue, code: str) -> Hindrance:
    """Return the reason against a type that does not exist, with the nearest code that does."""
    near = get_close_matches(code.upper(), catalogue.types, n=1)
    change = Change("type", f"Did you mean {near[0]} ({catalogue.types[near[0]].name})?") if near else None
    return Hindrance("unknown_type", f"There is no type {code}.", change)


def unknown_diary(catalogue: Catalogue, code: str) -> Hindrance:
    """Return the reason against a diary that does not exist, with the nearest code that does."""
    return Hindrance("not_assigned", f"There is no diary {code}.", diary_meant(catalogue, code))


def in_order(reasons: tuple[Hindrance, ...]) -> tuple[Hindrance, ...]:
    """Return reasons in the order of `standing.RULES`."""
    return tuple(sorted(reasons, key=lambda one: RULES.index(one.rule)))


def _sentence(case: Case, found: Obstacle) -> str:
    makers = {
        "closed": _closed,
        "no_segment": _not_allowed,
        "limit": _limit,
        "full": _taken,
        "resource_busy": _rooms,
        "client_clash": _clash,
    }
    maker = makers.get(found.rule)
    return (None if maker is None else maker(case)) or found.text


def _closed(case: Case) -> str | None:
    if case.diary is None or case.length == 0:
        return None
    if case.start + case.length > TICKS_PER_DAY:
        return f"{case.length * MINUTES_PER_TICK} minutes from {clock(case.start)} run over midnight; no appointment does."
    shut = [
        case.part(one).words
        for one in case.search.catalogue.plan(case.code, case.day).shut
        if one.start < case.end and case.start < one.end
    ]
    closed = f": closed by {' and '.join(shut)}" if shut else ""
    return f"{case.diary.coach}'s diary is not open for all of {clock(case.start)}-{clock(case.end)}{closed}."


def _not_allowed(case: Case) -> str:
    parts = case.forbidding()
    names = " and ".join(part.words for part in parts)
    by = f" by {case.search.channel}" if any(_only_channel(case)) else ""
    several = len(parts) > 1
    return f"The segment{'s' if several else ''} {names} {'do' if several else 'does'} not allow {case.search.kind.name}{by}."


def _only_channel(case: Case) -> list[bool]:
    code, channel = case.search.kind.code, case.search.channel
    return [code in one.segment.types and not one.segment.allows(code, channel) for one in case.stretches()]


def _limit(case: Case) -> str:
    full = ", ".join(f"{part.words}: {used} of {limit}" for part, used, limit in case.used_up())
    return f"The limit is used up in {full}."


def _taken(case: Case) -> str | None:
    standing = case.in_the_way()
    if not standing:
        return None
    return f"{clock(case.start)}-{clock(case.end)} is taken: {_listed([_one(case, entry) for entry in standing])}."


def _one(case: Case, entry: EntryState) -> str:
    return f"{clock(entry.start)}-{clock(entry.end)} {case.named(entry)}"


def _listed(words: list[str], most: int = 3) -> str:
    more = len(words) - most
    return "; ".join(words[:most]) + (f"; {more} more" if more > 0 else "")


def _rooms(case: Case) -> str:
    words = []
    for need in case.unmet():
        rooms = case.rooms_for(need)
        told = _listed([f"{room.name} ({room.code}) {_state_of_room(case, room.code)}" for room in rooms])
        words.append(f"{need}: {told}" if rooms else f"{need}: nothing at the site meets it")
    return f"No room or equipment is open and free for {'; '.join(words)}."


def _state_of_room(case: Case, code: str) -> str:
    room = case.search.catalogue.rooms[code]
    if not room.enabled:
        return "is switched off"
    if not case.room_is_open(room):
        return "is not open then"
    met = case.standing.on(code, case.day, case.start, case.end)
    return f"has {_one(case, met[0])}" if met else "is taken"


def _clash(case: Case) -> str | None:
    own = case.standing.of_claimant(case.search.request.client, case.day)
    own = [one for one in own if one.start < case.end and case.start < one.end]
    if not own:
        return None
    had = _listed([f"{clock(one.start)}-{clock(one.end)} in diary {one.diary}" for one in own])
    return f"The claimant already has {had}."

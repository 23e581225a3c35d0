"""An alignment as segments: the meetings of each coach, as the stretches of a diary in which only their types may be booked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from agent_tui.domain.alignment import Meeting
from agent_tui.domain.alignment import Pattern as AlignmentPattern
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.site import Catalogue
from agent_tui.domain.templates import on_weekday
from agent_tui.domain.ticks import minutes_of_ticks
from agent_tui.domain.wall_time import short_date

INTERVIEW, COMMITMENT = "first interviews", "commitments"


class Unplaceable(ValueError):
    """An alignment that the site's types or the diaries named do not hold; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Where an alignment goes: diaries of first and second coaches in the order of the coaches, weekdays and days.

    `interviews` are the types that first interviews may be, all types of the group "initial" where there are none;
    `commitment` is the type of the second meeting. `last` None means for good.
    """

    firsts: tuple[str, ...]
    seconds: tuple[str, ...]
    weekdays: tuple[int, ...]
    first: date
    last: date | None = None
    interviews: tuple[str, ...] = ()
    commitment: str = "FC-F2F"


def interview_types(catalogue: Catalogue, placing: Placing, lengths: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return the types that a first interview of each length in ticks may be; a length that none has raises Unplaceable."""
    asked = placing.interviews or tuple(
        kind.code for kind in catalogue.types.values() if kind.group == "initial" and kind.booked_by == "offer"
    )
    found: dict[int, frozenset[str]] = {}
    for length in lengths:
        fitting = frozenset(code for code in asked if catalogue.types[code].ticks_on(placing.first) == length)
        if not fitting:
            raise Unplaceable(f"No first interview takes {minutes_of_ticks(length)} minutes; name types of that length.")
        found[length] = fitting
    return found


def segments_of(
    meetings: Iterable[Meeting], coach: int, types: Mapping[int, frozenset[str]], description: str
) -> tuple[Segment, ...]:
    """Return one coach's meetings as segments, in ticks; those that touch and allow the same types become one."""
    out: list[Segment] = []
    for one in sorted((one for one in meetings if one.coach == coach), key=lambda one: one.start):
        allowed = types[one.end - one.start]
        if out and out[-1].end == one.start and out[-1].types == allowed:
            out[-1] = Segment(out[-1].start, one.end, allowed, description=description)
        else:
            out.append(Segment(one.start, one.end, allowed, description=description))
    return tuple(out)


def aligned_patterns(catalogue: Catalogue, found: AlignmentPattern, placing: Placing) -> list[Pattern]:
    """Return the diaries' patterns that an alignment makes, each with what its own level says beside the meetings.

    Types or diaries that do not fit the alignment raise Unplaceable.
    Source: seeds/spotlight-appointment-booking.txt, "Diary alignment IEI/First Commitments".
    """
    _check(catalogue, found, placing)
    first_types = interview_types(catalogue, placing, sorted({one.end - one.start for one in found.firsts}))
    second_types = {one.end - one.start: frozenset({placing.commitment}) for one in found.seconds}
    sides = (
        (placing.firsts, found.firsts, first_types, INTERVIEW),
        (placing.seconds, found.seconds, second_types, COMMITMENT),
    )
    made: list[Pattern] = []
    for diaries, meetings, types, words in sides:
        for coach, diary in enumerate(diaries):
            parts = segments_of(meetings, coach, types, words)
            own = [one for one in catalogue.patterns if (one.level, one.owner) == ("diary", diary)]
            for weekday in placing.weekdays:
                made += _for_weekday(own, diary, weekday, placing, parts)
    return made


def _for_weekday(own: Sequence[Pattern], diary: str, weekday: int, placing: Placing, parts: tuple[Segment, ...]) -> list[Pattern]:
    return on_weekday(own, diary, weekday, placing.first, placing.last, lambda _day: parts)


def _check(catalogue: Catalogue, found: AlignmentPattern, placing: Placing) -> None:
    named = (*placing.firsts, *placing.seconds)
    for side, diaries, meetings in (
        ("first", placing.firsts, found.firsts),
        ("second", placing.seconds, found.seconds),
    ):
        coaches = max(one.coach for one in meetings) + 1
        if len(diaries) < coaches:
            raise Unplaceable(f"{coaches} {side} coaches need as many diaries; {len(diaries)} are named.")
    for code in named:
        diary = catalogue.diaries.get(code)
        if diary is None:
            raise Unplaceable(f"There is no diary {code[:30]}.")
        if named.count(code) > 1:
            raise Unplaceable(f"The diary {code} is named twice.")
        if not diary.enabled:
            raise Unplaceable(f"The diary {code} of {diary.coach} is switched off.")
    for code in (*placing.interviews, placing.commitment):
        if code not in catalogue.types:
            raise Unplaceable(f"There is no type {code[:30]}.")
    length = catalogue.types[placing.commitment].ticks_on(placing.first)
    wrong = next((one for one in found.seconds if one.end - one.start != length), None)
    if wrong is not None:
        takes = "is not bookable yet" if length is None else f"takes {minutes_of_ticks(length)} minutes"
        raise Unplaceable(
            f"{catalogue.types[placing.commitment].name} {takes}, the alignment reckons with"
            f" {minutes_of_ticks(wrong.end - wrong.start)}."
        )
    if not placing.weekdays:
        raise Unplaceable("Say for which weekdays.")
    if placing.last is not None and placing.last < placing.first:
        raise Unplaceable(f"{short_date(placing.last)} is before {short_date(placing.first)}.")

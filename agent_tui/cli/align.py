"""The command of a manager who aligns the diaries of first and second coaches: align."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.empties import Object
from agent_tui.cli.progress import busy
from agent_tui.cli.reading import read_day, read_id, read_range, read_whole, shown
from agent_tui.cli.segments import effect_answer
from agent_tui.cli.session import Session
from agent_tui.domain.alignment import (
    COMMITMENT_MINUTES,
    GUIDANCE_FIRST_BREAKS,
    GUIDANCE_SECOND_BREAKS,
    MOST_INTERVIEWS,
    AlignmentRequest,
    DoesNotFit,
    Figures,
    Meeting,
    Pattern,
    request_of,
)
from agent_tui.domain.alignment_segments import Placing
from agent_tui.domain.ticks import clock, minutes_of_ticks

if TYPE_CHECKING:
    from agent_tui.services.aligning import Alignment, Comparison

MOST_SECONDS = 120
NO_BREAK = "none"

Range = tuple[int, int]


def align(
    context: typer.Context,
    first: Annotated[int, typer.Option("--first", help="How many coaches hold first interviews.")],
    second: Annotated[int, typer.Option("--second", help="How many coaches hold the commitments.")],
    interviews: Annotated[str, typer.Option("--interviews", help="Minutes of all first interviews, such as 20,40,50.")],
    second_minutes: Annotated[int, typer.Option("--second-minutes", help="Minutes of a commitment.")] = COMMITMENT_MINUTES,
    opening: Annotated[str, typer.Option("--open", help="Opening hours.")] = "09:00-17:00",
    breaks: Annotated[list[str] | None, typer.Option("--break", help="A break of every coach; may be given again.")] = None,
    first_breaks: Annotated[
        list[str] | None, typer.Option("--first-break", help="A break of the first coaches, none for none (default: guidance's).")
    ] = None,
    second_breaks: Annotated[
        list[str] | None, typer.Option("--second-break", help="A break of the second coaches, none for none.")
    ] = None,
    seconds: Annotated[int, typer.Option("--seconds", help="How long to search at most.")] = 10,
    first_diaries: Annotated[
        list[str] | None, typer.Option("--first-diary", help="A first coach's diary; say what it would do to their segments.")
    ] = None,
    second_diaries: Annotated[list[str] | None, typer.Option("--second-diary", help="A second coach's diary.")] = None,
    weekdays: Annotated[list[str] | None, typer.Option("--weekday", help="A weekday that is to be so.")] = None,
    begin: Annotated[str | None, typer.Option("--from", help="First day of the segments (default: today).")] = None,
    last: Annotated[str | None, typer.Option("--until", help="Last day of the segments (default: for good).")] = None,
    types: Annotated[list[str] | None, typer.Option("--type", help="A first interview's type (default: all initial).")] = None,
    commitment: Annotated[str, typer.Option("--commitment", help="The type of the second meeting.")] = "FC-F2F",
    apply: Annotated[bool, typer.Option("--apply", help="Save the segments; without it only say what it would do.")] = False,
    id: Annotated[str | None, typer.Option("--id", help="UUID of the request; a retry does nothing twice.")] = None,
) -> None:
    """Align first interviews and commitments: agent-tui align --first 1 --second 1 --interviews 20,40,50,20,50"""
    session: Session = context.obj
    request_uuid = read_id(id)
    placing = _placing(session, (first_diaries, second_diaries), weekdays, (begin, last), types, commitment)
    if apply and placing is None:
        raise Malformed("To apply it, say which diaries with --first-diary and --second-diary.")
    read_whole("--seconds", seconds, 1, MOST_SECONDS)
    lengths = _minutes(interviews)
    hours = _range("--open", opening)
    resting = (
        _breaks("--first-break", breaks, first_breaks, GUIDANCE_FIRST_BREAKS),
        _breaks("--second-break", breaks, second_breaks, GUIDANCE_SECOND_BREAKS),
    )
    try:
        request = request_of(
            first, second, lengths, second_minutes, opening=hours, first_breaks=resting[0], second_breaks=resting[1]
        )
        from agent_tui.services import aligning

        with busy("Searching"):
            found = aligning.align(request, seconds)
    except DoesNotFit as refused:
        from agent_tui.services.trouble import DeskRefused

        raise DeskRefused("does_not_fit", str(refused)) from None
    except ValueError as error:
        raise Malformed(str(error)) from None
    day: Object = {"open": _words(hours), "first_breaks": _all(resting[0]), "second_breaks": _all(resting[1])}
    object_, lines, sentence = _object(request, found) | day | {"effect": None}, _lines(found, request), None
    if placing is not None:
        with session.desk() as desk:
            pattern = found.found.pattern
            effect = (
                aligning.apply(desk, pattern, placing, id=request_uuid) if apply else aligning.preview(desk, pattern, placing)
            )
        object_["effect"], more, sentence = effect_answer(effect)
        lines += more
        if sentence is not None:
            object_ |= {"status": "refused", "code": object_["effect"]["code"], "reason": sentence}
    answer(session.as_json, object_, lines, code=0 if sentence is None else REFUSED, sentence=sentence)


def _placing(
    session: Session,
    diaries: tuple[list[str] | None, list[str] | None],
    weekdays: list[str] | None,
    days: tuple[str | None, str | None],
    types: list[str] | None,
    commitment: str,
) -> Placing | None:
    """Return where the alignment is to go, or None where no diary is named."""
    from agent_tui.domain.pattern_files import weekday_of

    if diaries == (None, None):
        return None
    try:
        numbers = tuple(sorted({weekday_of(one.strip()) for one in weekdays or ()}))
    except ValueError as error:
        raise Malformed(f"--{error}") from None
    if not numbers:
        raise Malformed("Say on which --weekday the diaries are to be aligned.")
    begin, last = (None if day is None else read_day(day) for day in days)
    return Placing(
        firsts=tuple(one.strip().upper() for one in diaries[0] or ()),
        seconds=tuple(one.strip().upper() for one in diaries[1] or ()),
        weekdays=numbers,
        first=begin or session.now.date(),
        last=last,
        interviews=tuple(one.strip().upper() for one in types or ()),
        commitment=commitment.strip().upper(),
    )


def _minutes(text: str) -> list[int]:
    words = [word.strip() for word in text.split(",")]
    if len(words) > MOST_INTERVIEWS:
        raise Malformed(f"There must be between 1 and {MOST_INTERVIEWS} interviews.")
    for word in words:
        if not re.fullmatch(r"-?[0-9]{1,4}", word, re.ASCII):
            raise Malformed(f"--interviews takes minutes such as 20,40,50,20,50, not {shown(word)}.")
    return [int(word) for word in words]


def _range(name: str, text: str) -> Range:
    try:
        return read_range(text)
    except Malformed as malformed:
        raise Malformed(f"{name}: {malformed}") from None


def _breaks(name: str, every: list[str] | None, some: list[str] | None, default: tuple[Range, ...]) -> list[Range]:
    """Return the breaks of one kind of coach: those of every coach and their own, or else the guidance's."""
    if every is None and some is None:
        return list(default)
    named = [("--break", text) for text in every or ()] + [(name, text) for text in some or ()]
    return [_range(option, text) for option, text in named if text != NO_BREAK]


def _words(hours: Range) -> str:
    return f"{clock(hours[0])}-{clock(hours[1])}"


def _all(breaks: list[Range]) -> list[str]:
    return [_words(one) for one in breaks]


def _object(request: AlignmentRequest, alignment: "Alignment") -> Object:
    found, unaligned = alignment.found, alignment.unaligned
    return {
        "status": "aligned",
        "optimal": found.optimal,
        "gap": {"idle_minutes": found.idle_gap, "wait_minutes": found.wait_gap},
        **_figures(found.figures),
        "pattern": _meetings(found.pattern),
        "guidance": None if alignment.guidance is None else _compared(alignment.guidance),
        "unaligned": None if unaligned is None else _figures(unaligned.figures) | {"pattern": _meetings(unaligned.pattern)},
        "first": request.first,
        "second": request.second,
        "interviews": [minutes_of_ticks(length) for length in request.interviews],
        "second_minutes": minutes_of_ticks(request.second_length),
    }


def _figures(figures: Figures) -> Object:
    return {
        "idle_minutes": figures.idle_minutes,
        "idle_by_coach": list(figures.idle),
        "first_wait_by_coach": list(figures.first_wait),
        "wait_minutes": figures.wait_minutes,
        "mean_wait_minutes": round(float(figures.mean_wait), 2),
        "waits": list(figures.waits),
    }


def _compared(comparison: "Comparison") -> Object:
    least = {"least_mean_wait_minutes": round(comparison.least_mean_wait, 2)}
    return _figures(comparison.figures) | least | {"pattern": _meetings(comparison.pattern)}


def _meetings(pattern: Pattern) -> list[Object]:
    return [
        {
            "role": role,
            "coach": one.coach + 1,
            "claimant": one.claimant + 1,
            "start": clock(one.start),
            "end": clock(one.end),
            "minutes": minutes_of_ticks(one.end - one.start),
        }
        for role, side in (("first", pattern.firsts), ("second", pattern.seconds))
        for one in _by_coach(side)
    ]


def _by_coach(meetings: tuple[Meeting, ...]) -> list[Meeting]:
    return sorted(meetings, key=lambda one: (one.coach, one.start))


def _lines(alignment: "Alignment", request: AlignmentRequest) -> list[str]:
    found = alignment.found
    lines = [f"Found: {_costs(found.figures)}.", _proof(alignment)]
    guidance = alignment.guidance
    if guidance is None:
        lines.append("The guidance's own pattern: its segments do not hold these interviews.")
    else:
        least = f" ({guidance.least_mean_wait:g} in another order)"
        better = guidance.least_mean_wait < guidance.figures.mean_wait
        lines.append(f"The guidance's own pattern: {_costs(guidance.figures)}{least if better else ''}.")
    if alignment.unaligned is not None:
        longest = max(alignment.unaligned.figures.first_wait)
        lines.append(
            f"Without alignment, longest interviews first: {_costs(alignment.unaligned.figures)};"
            f" up to {longest} minutes until a second coach sees the first claimant."
        )
    sides = (("First", request.first, found.pattern.firsts), ("Second", request.second, found.pattern.seconds))
    for name, coaches, side in sides:
        for coach in range(coaches):
            held = [f"{clock(one.start)}-{clock(one.end)}" for one in _by_coach(side) if one.coach == coach]
            lines.append(f"{name} coach {coach + 1}: {', '.join(held) or 'nobody'}")
    return lines


def _costs(figures: Figures) -> str:
    mean = round(float(figures.mean_wait), 2)
    return f"second coaches idle {figures.idle_minutes} minutes, claimants wait {mean:g} minutes on average"


def _proof(alignment: "Alignment") -> str:
    found = alignment.found
    if found.optimal:
        return "Proved: no pattern has less idle time, and none with as little makes claimants wait less."
    if found.wait_gap is None:
        return f"Not proved in the time allowed: a pattern may exist with up to {found.idle_gap} minutes less idle time."
    mean = round(found.wait_gap / len(found.figures.waits), 2)
    return (
        f"The idle time is proved the least; claimants might wait up to {found.wait_gap} minutes less in all"
        f" ({mean:g} on average), which was not settled in the time allowed."
    )


def register(app: typer.Typer) -> None:
    """Add the alignment of diaries."""
    app.command("align")(align)

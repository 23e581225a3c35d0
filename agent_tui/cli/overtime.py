"""Commands of a manager who covers overtime and key appointments by segments: overtime, and absorb of the group diary."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer, show_list
from agent_tui.cli.blocks import move_line, move_object
from agent_tui.cli.empties import Object, empty_absorbed
from agent_tui.cli.reading import read_code, read_day, read_id, read_start, read_whole, read_words, shown
from agent_tui.cli.segments import check_object, show_effect
from agent_tui.cli.session import Session
from agent_tui.domain.patterns import WEEKDAYS
from agent_tui.domain.requests import EntryState
from agent_tui.domain.ticks import OffGrid, clock, parse_clock
from agent_tui.domain.wall_time import iso_instant, short_date

if TYPE_CHECKING:
    from agent_tui.domain.templates import Template
    from agent_tui.services.absorbing import Absorbed, Answer
    from agent_tui.services.overtime import Overtime

Diaries = Annotated[list[str] | None, typer.Option("--diary", help="A diary that gets the segment; may be given again.")]
Types = Annotated[list[str] | None, typer.Option("--type", help="A type that it is for; may be given again.")]
Days = Annotated[list[str] | None, typer.Option("--on", help="A single day; may be given again.")]
Weekdays = Annotated[list[str] | None, typer.Option("--weekday", help="A weekday (default: the template's).")]
Id = Annotated[str | None, typer.Option("--id", help="UUID of the request; a retry does nothing twice.")]


@dataclass(frozen=True)
class _Said:
    diaries: list[str] | None
    days: list[str] | None
    weekdays: list[str] | None
    first: str | None
    last: str | None
    start: str | None
    end: str | None
    types: list[str] | None
    limit: int | None
    description: str | None
    assign: bool


def overtime(
    context: typer.Context,
    diaries: Diaries = None,
    template: Annotated[str | None, typer.Option("--template", help="A template, see --list.")] = None,
    days: Days = None,
    weekdays: Weekdays = None,
    first: Annotated[str | None, typer.Option("--from", help="First day of weekdays.")] = None,
    last: Annotated[str | None, typer.Option("--until", help="Last day of weekdays (default: until changed).")] = None,
    start: Annotated[str | None, typer.Option("--start", help="HH:MM on the five-minute grid.")] = None,
    end: Annotated[str | None, typer.Option("--end", help="HH:MM at which it ends.")] = None,
    types: Types = None,
    limit: Annotated[int | None, typer.Option("--limit", help="Most appointments of one diary in it.")] = None,
    description: Annotated[str | None, typer.Option("--description", help="Words about it, no personal data.")] = None,
    assign: Annotated[bool, typer.Option("--assign", help="Assign types that a diary does not take yet.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Save it; without, say what it would do.")] = False,
    listing: Annotated[bool, typer.Option("--list", help="List the templates.")] = False,
    id: Id = None,
) -> None:
    """Put a segment into diaries: agent-tui overtime --diary D01 --template saturday-overtime --on 2026-11-28 --type FC-F2F

    Without --apply it says what it would do; agent-tui segments undo takes it back.
    """
    from agent_tui.services import overtime as service

    session: Session = context.obj
    known = service.templates()
    if listing:
        show_list(
            session.as_json,
            len(known),
            [_template_object(one) for one in known],
            [_template_line(one) for one in known],
            "There is no template.",
        )
        return
    request = read_id(id)
    said = _Said(diaries, days, weekdays, first, last, start, end, types, limit, description, assign)
    asked = _asked(said, _chosen(known, template))
    with session.desk() as desk:
        show_effect(session, service.apply(desk, asked, id=request) if apply else service.preview(desk, asked))


def _asked(said: _Said, chosen: "Template | None") -> "Overtime":
    """Return what was asked for; what the line leaves out is the template's."""
    from agent_tui.services import overtime as service

    read_whole("--limit", said.limit, 1, service.MOST_PLACES)
    on = tuple(read_day(day) for day in said.days or ())
    if on and (said.weekdays or said.first or said.last):
        raise Malformed("Say either single days with --on, or weekdays with --from.")
    if not on and said.first is None:
        raise Malformed("Say when: --on a day, or --from a day for weekdays.")
    words = said.description if said.description is not None else chosen.description if chosen is not None else ""
    start, end = _times(said.start, said.end, chosen)
    asked = service.Overtime(
        diaries=tuple(_codes(said.diaries)),
        types=tuple(_codes(said.types)) or tuple(sorted(chosen.types if chosen is not None else ())),
        start=start,
        end=end,
        days=on,
        weekdays=() if on else _weekdays(said.weekdays, chosen),
        first=None if said.first is None else read_day(said.first),
        last=None if said.last is None else read_day(said.last),
        limit=said.limit,
        description=read_words("--description", words, service.LONGEST_DESCRIPTION),
        assign=said.assign,
    )
    _refuse_malformed(asked.diaries, asked.types, on, chosen)
    return asked


def _codes(said: list[str] | None) -> list[str]:
    return [(read_code(one) or "").upper() for one in said or ()]


def _chosen(known: "list[Template]", name: str | None) -> "Template | None":
    from agent_tui.services.overtime import named_template

    found = None if name is None else named_template(known, name)
    if name is not None and found is None:
        raise Malformed(f"There is no template {shown(name)}; there are {', '.join(one.name for one in known)}.")
    return found


def _weekdays(said: list[str] | None, chosen: "Template | None") -> tuple[int, ...]:
    from agent_tui.domain.pattern_files import weekday_of

    if not said:
        if chosen is None:
            raise Malformed("Say on which --weekday, or give a --template.")
        return chosen.weekdays
    try:
        return tuple(sorted({weekday_of(one.strip()) for one in said}))
    except ValueError as error:
        raise Malformed(f"--{error}") from None


def _times(start: str | None, end: str | None, chosen: "Template | None") -> tuple[int, int]:
    if (start is None or end is None) and chosen is None:
        raise Malformed("Say --start and --end, or give a --template.")
    try:
        first = read_start(start) if start is not None else chosen.start if chosen is not None else 0
        last = parse_clock(end, end=True) if end is not None else chosen.end if chosen is not None else 0
    except OffGrid as off_grid:
        from agent_tui.services.trouble import DeskRefused

        raise DeskRefused("off_grid", str(off_grid)) from None
    except ValueError as error:
        raise Malformed(str(error)) from None
    return first, last


def _refuse_malformed(
    diaries: tuple[str, ...], types: tuple[str, ...], days: tuple[date, ...], chosen: "Template | None"
) -> None:
    if not diaries:
        raise Malformed("Say for which diaries with --diary.")
    if not types:
        raise Malformed("Say for which types with --type; a segment of overtime is for these alone.")
    wrong = [day for day in days if chosen is not None and day.weekday() not in chosen.weekdays]
    if wrong and chosen is not None:
        name = f"{wrong[0].isoformat()} is a {WEEKDAYS[wrong[0].weekday()]}"
        raise Malformed(f"{name}, which {chosen.name} is not for; say --start and --end without the template.")


def _template_object(one: "Template") -> Object:
    return {
        "name": one.name,
        "title": one.title,
        "weekdays": [WEEKDAYS[number] for number in one.weekdays],
        "start": clock(one.start),
        "end": clock(one.end),
        "types": sorted(one.types),
        "description": one.description,
        "source": one.source,
    }


def _template_line(one: "Template") -> str:
    days = WEEKDAYS[one.weekdays[0]] if len(one.weekdays) == 1 else f"{WEEKDAYS[one.weekdays[0]]} to {WEEKDAYS[one.weekdays[-1]]}"
    types = ", ".join(sorted(one.types)) or "types to be said"
    return f"{one.name}: {one.title}; {days} {clock(one.start)}-{clock(one.end)}, {types}"


def absorb(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="The additional diary, which is retired.")],
    into: Annotated[list[str] | None, typer.Option("--into", help="A diary that absorbs it; may be given again.")] = None,
    first: Annotated[str | None, typer.Option("--from", help="First day of the new segments (default: today).")] = None,
    rota: Annotated[bool, typer.Option("--rota", help="One of them for each weekday in turn, not all of them.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do, and change nothing.")] = False,
    id: Id = None,
) -> None:
    """Replace an additional diary by segments in others: agent-tui diary absorb D28 --into D01 --into D02 --rota --dry-run"""
    session: Session = context.obj
    request = read_id(id)
    begin = None if first is None else read_day(first)
    targets = _codes(into)
    if not targets:
        raise Malformed("Say which diaries absorb it with --into.")
    with session.desk() as desk:
        from agent_tui.services import absorbing as service

        code = _codes([old])[0]
        if dry_run:
            found = service.preview(desk, code, targets, begin, rota=rota)
        else:
            found = service.absorb(desk, code, targets, begin, rota=rota, id=request)
    _show(session, found)


def _show(session: Session, found: "Answer") -> None:
    from agent_tui.services.absorbing import Absorbed
    from agent_tui.services.segmenting import Rejected

    if isinstance(found, Rejected):
        reason = found.problems[0]
        object_ = empty_absorbed() | {"code": "malformed", "reason": reason, "problems": list(found.problems)}
        answer(session.as_json, object_, found.problems, code=REFUSED, sentence=reason)
    elif isinstance(found, Absorbed):
        answer(session.as_json, _absorbed(found), _lines(found))
    else:
        holder = found.held_by
        until = None if holder is None or holder.until is None else iso_instant(holder.until)
        object_ = empty_absorbed() | {
            "diary": found.diary,
            "code": found.code,
            "reason": found.reason,
            "held_by": None if holder is None else {"kind": holder.kind, "who": holder.who, "until": until},
        }
        answer(session.as_json, object_, [found.reason], code=REFUSED, sentence=found.reason)


def _absorbed(found: "Absorbed") -> Object:
    from agent_tui.domain.pattern_files import as_stored

    return empty_absorbed() | {
        "status": found.status,
        "repeated": found.repeated,
        "ticket": found.ticket,
        "diary": found.diary,
        "into": list(found.into),
        "from": found.first.isoformat(),
        "patterns": as_stored(found.patterns),
        "assigned": [{"diary": diary, "type": code} for diary, code in found.assigned],
        "moves": [move_object(one) for one in found.moves],
        "unplaced": [_entry(one) for one in found.unplaced],
        "unblocked": [_entry(one) for one in found.unblocked],
        "blocks": [_entry(one) for one in found.blocks],
        "key_types_lost": list(found.lost),
        "checks": [check_object(*one) for one in found.checks],
    }


def _entry(one: EntryState) -> Object:
    return {
        **{"id": one.id, "type": one.type, "diary": one.diary, "day": one.day.isoformat()},
        **{"start": clock(one.start), "end": clock(one.end), "client": one.client},
    }


def _lines(found: "Absorbed") -> list[str]:
    from agent_tui.domain.pattern_change import name_of

    def said(one: EntryState) -> str:
        return f"{one.type or 'a block'} {short_date(one.day)} {clock(one.start)}-{clock(one.end)} {one.diary}, id {one.id}"

    ahead = found.status == "preview"
    lost = "would lose its time" if ahead else "has lost its time and is flagged"
    head = f"{found.status}{' (already)' if found.repeated else ''}: {found.diary} into {', '.join(found.into)}"
    return [
        f"{head} from {short_date(found.first)}{f', ticket {found.ticket}' if found.ticket else ''}",
        *[name_of(one) for one in found.patterns],
        *[f"{name}, {part}: {one.sentence}" for name, part, one in found.checks],
        *[f"{code} is assigned to {diary} with it" for diary, code in found.assigned],
        *[move_line(one) for one in found.moves],
        *[f"! {said(one)} {lost}" for one in found.unplaced],
        *[f"{'would end' if ahead else 'ended'}: {said(one)}" for one in found.unblocked],
        *[f"! stands in a new segment; unblock it to have its time: {said(one)}" for one in found.blocks],
        *[f"! {code}: no diary takes this key type any more" for code in found.lost],
    ]


def register(app: typer.Typer) -> None:
    """Add the command of overtime."""
    app.command("overtime")(overtime)

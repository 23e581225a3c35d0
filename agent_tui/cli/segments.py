"""Commands of a manager who segments diaries: segments show, check, preview, set, copy and undo."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.empties import Object, empty_segments
from agent_tui.cli.reading import read_day, read_id, read_text, shown
from agent_tui.cli.session import Session
from agent_tui.domain.plurals import counted
from agent_tui.domain.segment_check import SegmentCheck
from agent_tui.domain.wall_time import short_date, short_date_of

if TYPE_CHECKING:
    from agent_tui.domain.pattern_files import PatternsRead
    from agent_tui.services.desk import Desk
    from agent_tui.services.segmenting import Answer

segments = typer.Typer(help="Show, check and change the segments of diaries: agent-tui segments check D02", no_args_is_help=True)

Owner = Annotated[str | None, typer.Argument(metavar="OWNER", help="A diary, a team, a room or: site (default: all).")]
File = Annotated[str, typer.Argument(metavar="FILE", help="TOML as written by segments show, - for standard input.")]
Id = Annotated[str | None, typer.Option("--id", help="UUID of the request; a retry does nothing twice.")]


@segments.command("show")
def show(
    context: typer.Context,
    owner: Owner = None,
    day: Annotated[str | None, typer.Option("--day", help="Only what is in force on this day.")] = None,
) -> None:
    """Write patterns as TOML that can be edited and set again: agent-tui segments show D02 > d02.toml"""
    from agent_tui.domain.pattern_files import as_stored

    session: Session = context.obj
    when = None if day is None else read_day(day)
    with session.desk() as desk:
        from agent_tui.services import segmenting
        from agent_tui.services.pattern_text import write_patterns

        found = segmenting.patterns_of(desk, _owner(desk, owner), when)
    text = write_patterns(found)
    object_: Object = {"status": "segments", "owner": owner, "patterns": as_stored(found), "toml": text}
    answer(session.as_json, object_, text.splitlines())


@segments.command("check")
def check(context: typer.Context, owner: Owner = None) -> None:
    """Say how each segment fills with the lengths it allows: agent-tui segments check D02"""
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services import segmenting

        found = segmenting.check(desk, _owner(desk, owner))
    items: list[Object] = [check_object(name, part, one) for name, part, one in found]
    lines = [f"{name}, {part}: {one.sentence}" for name, part, one in found]
    answer(session.as_json, {"status": "checked", "total": len(items), "items": items}, lines)


@segments.command("preview")
def preview(context: typer.Context, file: File) -> None:
    """Say what a change would do, and change nothing: agent-tui segments preview d02.toml"""
    session: Session = context.obj
    read = _read(file)
    with session.desk() as desk:
        from agent_tui.services import segmenting

        show_effect(session, segmenting.preview(desk, read.patterns, read.marks))


@segments.command("set")
def set_(
    context: typer.Context,
    file: File,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="The same as segments preview.")] = False,
    id: Id = None,
) -> None:
    """Save patterns: agent-tui segments set d02.toml"""
    session: Session = context.obj
    request = read_id(id)
    read = _read(file)
    with session.desk() as desk:
        from agent_tui.services import segmenting

        if dry_run:
            show_effect(session, segmenting.preview(desk, read.patterns, read.marks))
        else:
            show_effect(session, segmenting.save(desk, read.patterns, read.marks, id=request))


@segments.command("copy")
def copy(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="OWNER", help="The diary, room or equipment to copy.")],
    targets: Annotated[list[str], typer.Option("--to", help="Another that gets the copy; may be given again.")],
    first: Annotated[str | None, typer.Option("--from", help="First day (default: today).")] = None,
    weekday: Annotated[str | None, typer.Option("--weekday", help="Only this weekday (default: all).")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do, and change nothing.")] = False,
    id: Id = None,
) -> None:
    """Give other diaries the segments of one: agent-tui segments copy D02 --to D03 --to D04 --from 2026-12-01"""
    session: Session = context.obj
    request = read_id(id)
    begin = session.now.date() if first is None else read_day(first)
    with session.desk() as desk:
        from agent_tui.services import segmenting

        for name in (source, *targets):
            if _owner(desk, name) in ("site", None):
                raise Malformed("The site's own segments hold for every diary and need no copy.")
        if source.upper() in [name.upper() for name in targets]:
            raise Malformed(f"{shown(source)} cannot be copied to itself.")
        made = segmenting.copies(desk, source.upper(), [name.upper() for name in targets], begin, _weekday(weekday))
        if not made:
            raise Malformed(f"{shown(source)} has no segments of its own to copy.")
        show_effect(session, segmenting.preview(desk, made) if dry_run else segmenting.save(desk, made, id=request))


@segments.command("drop")
def drop(
    context: typer.Context,
    owner: Annotated[str, typer.Argument(metavar="OWNER", help="A diary, a team, a room or: site.")],
    day: Annotated[str, typer.Option("--day", help="Day of the exception, or first day of a version to come.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do, and change nothing.")] = False,
    id: Id = None,
) -> None:
    """Remove an exception or a version to come, so that what it hid holds: agent-tui segments drop D03 --day 2026-12-07"""
    session: Session = context.obj
    request, when = read_id(id), read_day(day)
    with session.desk() as desk:
        from agent_tui.services import segmenting

        found = segmenting.droppable(desk, _owner(desk, owner) or "", when)
        show_effect(session, segmenting.preview_drop(desk, found) if dry_run else segmenting.drop(desk, found, id=request))


@segments.command("undo")
def undo(context: typer.Context, id: Id = None) -> None:
    """Take back the last save of segments: agent-tui segments undo"""
    session: Session = context.obj
    request = read_id(id)
    with session.desk() as desk:
        from agent_tui.services import segmenting

        show_effect(session, segmenting.undo(desk, id=request))


def _owner(desk: "Desk", name: str | None) -> str | None:
    from agent_tui.services import segmenting

    if name is None:
        return None
    known = segmenting.owners(desk)
    found = next((one for one in known if one.casefold() == name.strip().casefold()), None)
    if found is None:
        raise Malformed(f"{shown(name)} is no diary, team or room of this site; there are {', '.join(known[:5])} and others.")
    return found


def _weekday(text: str | None) -> int | None:
    from agent_tui.domain.pattern_files import weekday_of

    if text is None:
        return None
    try:
        return weekday_of(text)
    except ValueError as error:
        raise Malformed(f"--{error}") from None


def _read(file: str) -> "PatternsRead":
    from agent_tui.domain.pattern_files import LONGEST_FILE, read_patterns

    read = read_patterns(read_text(file, LONGEST_FILE))
    if read.problems:
        raise Malformed(" ".join(read.problems[:5]))
    return read


def check_object(name: str, part: str, one: SegmentCheck) -> Object:
    """Return the segment checker's word on one segment of a pattern."""
    return {
        "pattern": name,
        "segment": part,
        "minutes": one.minutes,
        "mix": [{"minutes": length, "count": count} for length, count in one.mix],
        "stranded": one.stranded,
        "shorter": one.shorter,
        "longer": one.longer,
        "text": one.sentence,
    }


def show_effect(session: Session, found: "Answer") -> None:
    """Print what a change of segments does or did, or why not, which ends with 3."""
    object_, lines, sentence = effect_answer(found)
    answer(session.as_json, object_, lines, code=0 if sentence is None else REFUSED, sentence=sentence)


def effect_answer(found: "Answer") -> tuple[Object, list[str], str | None]:
    """Return what a change of segments does or did as an object, as lines, and the sentence of a refusal."""
    from agent_tui.domain.pattern_change import name_of
    from agent_tui.domain.pattern_files import as_stored
    from agent_tui.domain.requests import Refused
    from agent_tui.domain.ticks import clock
    from agent_tui.services.segmenting import Rejected

    empty = empty_segments()
    if isinstance(found, Rejected):
        reason = found.problems[0]
        object_ = empty | {"code": "malformed", "reason": reason, "problems": list(found.problems)}
        return object_, list(found.problems), reason
    if isinstance(found, Refused):
        sentence, _, rest = found.reason.partition("\n")
        object_ = empty | {"code": found.code, "reason": sentence, "now": rest or None}
        return object_, rest.splitlines(), sentence
    hit = [
        {
            **{"id": one.id, "type": one.type, "diary": one.diary, "day": one.day.isoformat()},
            **{"start": clock(one.start), "end": clock(one.end), "client": one.client},
        }
        for one in found.unplaced
    ]
    object_ = empty | {
        "status": found.status,
        "repeated": found.repeated,
        "patterns": as_stored(found.patterns),
        "diaries": list(found.diaries),
        "unplaced": hit,
        "placed": [one.id for one in found.placed],
        "key_types_lost": list(found.lost),
        "checks": [check_object(*one) for one in found.checks],
        "assigned": [{"diary": diary, "type": code} for diary, code in found.assigned],
    }
    word = "would lose its time" if found.status == "preview" else "has lost its time and is flagged"
    lines = [
        f"{found.status}: {counted(len(found.patterns), 'pattern')}, {counted(len(found.diaries), 'diary')}",
        *[name_of(one) for one in found.patterns],
        *[f"{name}, {part}: {one.sentence}" for name, part, one in found.checks],
        *[f"{code} is assigned to {diary} with it" for diary, code in found.assigned],
        *[f"! {one['type']} {short_date_of(one['day'] or '')} {one['start']} {one['diary']} {one['id']} {word}" for one in hit],
        *[f"{one.type} {short_date(one.day)} {clock(one.start)} {one.diary} has its time again" for one in found.placed],
        *[f"! {code}: no diary takes this key type any more" for code in found.lost],
    ]
    return object_, lines, None


def register(app: typer.Typer) -> None:
    """Add the commands of segments."""
    app.add_typer(segments, name="segments")

"""Commands that look: day, log, story, doctor."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.empties import Object, problem_object
from agent_tui.cli.log_file import export_log
from agent_tui.cli.progress import BAR_AFTER_SECONDS, progress_bar
from agent_tui.cli.reading import read_client_argument, read_code, read_day, read_id, read_whole
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.day import Day, DiaryOfDay
from agent_tui.domain.import_text import unknown
from agent_tui.domain.log import VERBS, Event
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import Refused
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import iso_instant
from agent_tui.failures import log_file

TROUBLE = 4


def day(
    context: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="DATE", help="The day, such as 2026-11-30.")],
    diary: Annotated[str | None, typer.Option("--diary", help="Diary code.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="Team code.")] = None,
) -> None:
    """Show a day: what every diary has open and what is in it: agent-tui day 2026-11-30 --team A"""
    session: Session = context.obj
    asked = read_day(wanted)
    with session.desk() as desk:
        from agent_tui.services import claimants
        from agent_tui.services import day as service
        from agent_tui.services.trouble import DeskRefused

        try:
            shown = service.day(desk, asked, diary=read_code(diary), team=read_code(team))
        except service.UnknownDiary as unknown:
            raise DeskRefused("unknown_diary", str(unknown)) from None
        refs = sorted({entry.client for one in shown.diaries for entry in one.entries if entry.client})
        names = {} if session.as_json else claimants.names_of(desk, refs, "day")
    answer(session.as_json, day_object(shown), _lines(shown, names))


def _lines(shown: Day, names: dict[str, str]) -> list[str]:
    from agent_tui.cli.day_text import day_lines

    return day_lines(shown, names)


def day_object(shown: Day) -> Object:
    """Return a day as the contract's object."""
    return {
        "status": "day",
        "day": shown.day.isoformat(),
        "closed": shown.closed,
        "diaries": [_diary(one) for one in shown.diaries],
    }


def _diary(one: DiaryOfDay) -> Object:
    return {
        "diary": one.diary,
        "coach": one.coach,
        "team": one.team,
        "segments": [
            {
                "start": clock(part.start),
                "end": clock(part.end),
                "level": part.level,
                "types": list(part.types),
                "limit": part.limit,
                "description": part.description,
            }
            for part in one.segments
        ],
        "entries": [
            {
                "id": entry.id,
                "kind": entry.kind,
                "status": entry.status,
                "type": entry.type,
                "start": clock(entry.start),
                "end": clock(entry.end),
                "client": entry.client,
                "resources": list(entry.resources),
            }
            for entry in one.entries
        ],
        "free_minutes": one.free_minutes,
    }


def log(
    context: typer.Context,
    entry: Annotated[str | None, typer.Option("--entry", help="An entry's id.")] = None,
    client: Annotated[str | None, typer.Option("--client", help="A claimant's opaque id.")] = None,
    who: Annotated[str | None, typer.Option("--who", help="A login.")] = None,
    verb: Annotated[str | None, typer.Option("--verb", help="held, booked, confirmed, moved, cancelled, ...")] = None,
    first: Annotated[str | None, typer.Option("--from", help="First day.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day.")] = None,
    after: Annotated[int, typer.Option("--after", help="Only lines with a greater seq.")] = 0,
    limit: Annotated[int | None, typer.Option("--limit", help="At most so many lines.")] = None,
    export: Annotated[Path | None, typer.Option("--export", metavar="FILE", help="Write the whole log with its chain.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file of --export.")] = False,
) -> None:
    """Show the log, oldest line first, or export it: agent-tui log --after 100 --limit 20"""
    session: Session = context.obj
    if export is not None:
        if after or any(one is not None for one in (entry, client, who, verb, first, last, limit)):
            raise Malformed("--export writes the whole log, since a chain has no gaps; it takes no filter.")
        export_log(session, export, force=force)
        return
    read_whole("--after", after, 0, 2**62)
    read_whole("--limit", limit, 1, 10_000_000)
    ref = read_client_argument(client)
    if ref == "-":
        raise Malformed("--client takes a claimant's opaque id here.")
    begin, end = (None if text is None else read_day(text) for text in (first, last))
    if begin is not None and end is not None and end < begin:
        raise Malformed(f"--to {end.isoformat()} is before --from {begin.isoformat()}.")
    if verb is not None and verb not in VERBS:
        raise Malformed(
            f"{unknown('verb', clean(verb, limit=30), VERBS)} Some are: booked, moved, cancelled, recorded, imported."
        )
    with session.desk() as desk:
        from agent_tui.services.record import LogQuery, read_log

        found = read_log(desk, LogQuery(read_id(entry, "--entry"), ref, read_code(who), verb, begin, end, after, limit))
    shown: Object = {
        "status": "log",
        "site": desk.site,
        "head": {"seq": found.seq, "hash": found.hash},
        "events": [_event(one) for one in found.events],
    }
    answer(session.as_json, shown, [*_columns(found.events), f"Head {found.seq} {found.hash}"])


def _columns(events: Sequence[Event]) -> list[str]:
    """Return the lines of the log with what they are about in one column, whatever the length of logins and verbs."""
    who = max((len(one.who) for one in events), default=0)
    verb = max((len(one.verb) for one in events), default=0)
    return [
        f"{one.seq:>6} {iso_instant(one.at)} {one.who:<{who}} {one.verb:<{verb}} {one.entry or one.client or ''}".rstrip()
        for one in events
    ]


def _event(one: Event) -> Object:
    return {
        "seq": one.seq,
        "at": iso_instant(one.at),
        "who": one.who,
        "role": one.role,
        "verb": one.verb,
        "entry": one.entry,
        "client": one.client,
        "touched": [{"resource": resource, "day": day} for resource, day in one.touched],
        "before": one.before,
        "after": one.after,
        "reason": one.reason,
        "request": one.request,
        "hash": one.hash,
        "previous": one.previous,
    }


def story(context: typer.Context, entry: Annotated[str, typer.Argument(metavar="ENTRY", help="An entry's id.")]) -> None:
    """Tell what became of an entry, in sentences: agent-tui story ENTRY"""
    session: Session = context.obj
    id = read_id(entry, "ENTRY")
    assert id is not None
    with session.desk() as desk:
        from agent_tui.services import story as service

        found = service.story(desk, id)
    if isinstance(found, Refused):
        refusal = problem_object("story", "refused", found.code, found.reason)
        answer(session.as_json, refusal, [found.reason], code=REFUSED, sentence=found.reason)
        return
    lines: list[Object] = [
        {"seq": one.seq, "at": iso_instant(one.at), "who": one.who, "verb": one.verb, "text": one.text} for one in found.lines
    ]
    shown: Object = {"status": "story", "entry": found.entry, "type": found.type, "client": found.client, "lines": lines}
    answer(session.as_json, shown, [one.text for one in found.lines])


def doctor(context: typer.Context) -> None:
    """Examine the store: agent-tui doctor"""
    session: Session = context.obj
    with session.desk() as desk, progress_bar(after=BAR_AFTER_SECONDS) as tell:
        from agent_tui.services.doctor import examine

        diagnosis = examine(desk, heads=session.settings.heads, told=tell, templates=session.settings.templates)
    findings: list[Object] = [
        {"check": one.check, "severity": one.severity, "text": one.text, "do": one.do} for one in diagnosis.findings
    ]
    shown: Object = {
        "status": diagnosis.status,
        "store": diagnosis.store,
        "engine": diagnosis.engine,
        "engine_version": diagnosis.engine_version,
        "schema": diagnosis.schema,
        "findings": findings,
        "invariants": {
            name: {"checked": one.checked, "violations": one.violations} for name, one in diagnosis.invariants.items()
        },
        "head": {"seq": diagnosis.seq, "hash": diagnosis.hash},
        "log": str(log_file()),
    }
    lines = [f"{diagnosis.status}: {diagnosis.store} ({diagnosis.engine} {diagnosis.engine_version}, schema {diagnosis.schema})"]
    lines += [f"{one['severity']:<8} {one['check']}: {one['text']} {one['do']}" for one in findings]
    lines += [
        f"{name}: {one.checked} checked, {counted(one.violations, 'violation')}" for name, one in diagnosis.invariants.items()
    ]
    lines.append(f"Head {diagnosis.seq} {diagnosis.hash}")
    lines.append(f"Failures of the program on this computer are written in {shown['log']}")
    errors = [one for one in diagnosis.findings if one.severity == "error"]
    answer(session.as_json, shown, lines, code=TROUBLE if errors else 0, sentence=errors[0].text if errors else None)


def register(app: typer.Typer) -> None:
    """Add what looks."""
    app.command("day")(day)
    app.command("log")(log)
    app.command("story")(story)
    app.command("doctor")(doctor)

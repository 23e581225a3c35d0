"""why: every rule against one start, and the smallest change that would open it."""

from typing import Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.booking import (
    LONGEST_NOTICE,
    Channel,
    ClientRef,
    Code,
    Needs,
    Notice,
    TimeOfDay,
    named_client,
)
from agent_tui.cli.empties import Object
from agent_tui.cli.reading import read_choice, read_code, read_day, read_minute, read_whole, read_window
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.openings import Change
from agent_tui.domain.requests import Request
from agent_tui.domain.ticks import clock, clock_of_minute
from agent_tui.domain.types import CHANNELS
from agent_tui.domain.wall_time import short_date
from agent_tui.domain.why_not import Hindrance, Why


def why(
    context: typer.Context,
    code: Code,
    diary: Annotated[str, typer.Option("--diary", help="Diary code.")],
    day: Annotated[str, typer.Option("--day", help="Day of the start.")],
    start: Annotated[str, typer.Option("--start", help="HH:MM.")],
    client: ClientRef = None,
    need: Needs = None,
    channel: Channel = None,
    time: TimeOfDay = None,
    notice: Notice = None,
) -> None:
    """Say why a start is no offer, and what would open it: agent-tui why FC-F2F --diary D01 --day 2026-11-30 --start 10:00"""
    session: Session = context.obj
    wanted, minute, window = read_day(day), read_minute(start), read_window(time)
    if channel is not None:
        read_choice("--channel", channel, CHANNELS)
    read_whole("--notice", notice, 0, LONGEST_NOTICE)
    with session.desk() as desk:
        from agent_tui.services.finding import UnknownClient, UnknownNeed
        from agent_tui.services.why import why as explain

        request = Request(
            type=clean(code, limit=30),
            first_day=wanted,
            last_day=wanted,
            window=window,
            channel=channel,
            needs=tuple(clean(one, limit=30) for one in need or ()),
            client=named_client(desk, client),
            notice=notice,
        )
        try:
            found = explain(desk, request, read_code(diary) or "", wanted, minute)
        except UnknownNeed as unknown:
            raise Malformed(str(unknown)) from None
        except UnknownClient:
            from agent_tui.services.trouble import DeskRefused

            raise DeskRefused("unknown_client", f"There is no claimant {request.client}.") from None
    _show(session, found)


def _show(session: Session, found: Why) -> None:
    kind, reasons = found.type, found.reasons
    shown: Object = {
        "status": "blocked" if reasons else "open",
        "type": {"code": kind.code, "name": kind.name, "minutes": kind.minutes, "channel": kind.channel, "key": kind.key},
        "diary": found.diary,
        "coach": found.coach,
        "day": found.day.isoformat(),
        "start": clock_of_minute(found.minute),
        "end": None if found.end is None else clock(found.end),
        "reasons": [_reason_object(one) for one in reasons],
        "instead": [_change_object(one) for one in found.instead],
    }
    where = f"{kind.name or kind.code} {short_date(found.day)} {clock_of_minute(found.minute)} {found.diary} {found.coach or ''}"
    lines = [f"{where.rstrip()}: {'not open' if reasons else 'nothing stands in the way'}."]
    for one in reasons:
        lines.append(f"- {one.text}")
        if one.change is not None:
            lines.append(f"    {_words(one.change)}")
    lines += [f"Instead: {one.text}." for one in found.instead]
    answer(session.as_json, shown, lines, code=REFUSED if reasons else 0, sentence=reasons[0].text if reasons else None)


def _words(change: Change) -> str:
    who = "" if change.who == "agent" else f" ({change.who})"
    return f"{change.text}{who}{'' if change.text.endswith('?') else '.'}"


def _reason_object(reason: Hindrance) -> Object:
    change = None if reason.change is None else _change_object(reason.change)
    return {"rule": reason.rule, "text": reason.text, "change": change}


def _change_object(change: Change) -> Object:
    """Return a change as an object; keys that do not concern its kind are null or empty."""
    return {
        "kind": change.kind,
        "text": change.text,
        "who": change.who,
        "diary": change.diary,
        "day": None if change.day is None else change.day.isoformat(),
        "start": None if change.start is None else clock(change.start),
        "entry": change.entry,
        "minutes": change.minutes,
        "segments": [
            {"level": one.level, "owner": one.owner or None, "start": clock(one.start), "end": clock(one.end)}
            for one in change.parts
        ],
        "needs": list(change.needs),
        "limit": change.limit,
    }


def register(app: typer.Typer) -> None:
    """Add the question."""
    app.command("why")(why)

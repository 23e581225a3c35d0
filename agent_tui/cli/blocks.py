"""Commands of block time: block, unblock."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.booking import ClientRef, EntryId, RequestUuid, Version, named_client
from agent_tui.cli.empties import Object, empty_block
from agent_tui.cli.reading import read_choice, read_code, read_day, read_id, read_standard_input, read_start, read_words
from agent_tui.cli.session import Session
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import BLOCK_REASONS, OVER_APPOINTMENTS, Blocked, EntryState, Moved, Refused, RefusedOver
from agent_tui.domain.ticks import OffGrid, clock, parse_clock
from agent_tui.domain.wall_time import iso_instant, short_date

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk


@dataclass(frozen=True)
class _Asked:
    diary: str
    day: str
    start: str
    end: str
    reason: str | None
    type: str | None
    client: str | None
    until: str | None
    over: str
    note: str
    dry_run: bool


def block(
    context: typer.Context,
    diary: Annotated[str, typer.Argument(metavar="DIARY", help="Diary code, such as D01.")],
    day: Annotated[str, typer.Option("--day", help="Day of the block.")],
    start: Annotated[str, typer.Option("--start", help="HH:MM on the five-minute grid.")],
    end: Annotated[str, typer.Option("--end", help="HH:MM at which it ends.")],
    reason: Annotated[str | None, typer.Option("--reason", help=f"One of {', '.join(BLOCK_REASONS)}.")] = None,
    type: Annotated[str | None, typer.Option("--type", help="A type booked straight into a diary, with --client.")] = None,
    client: ClientRef = None,
    until: Annotated[str | None, typer.Option("--weekly-until", help="Last day of a weekly block.")] = None,
    over: Annotated[str, typer.Option("--over", help="Appointments in that time: refuse, keep, move or cancel.")] = "refuse",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be hit and write nothing.")] = False,
    note: Annotated[str, typer.Option("--note", help="Words about it, no personal data; - reads them from stdin.")] = "",
    id: RequestUuid = None,
) -> None:
    """Take time out of a diary: agent-tui block D01 --day 2026-11-30 --start 09:00 --end 12:00 --reason leave"""
    session: Session = context.obj
    asked, request = _Asked(diary, day, start, end, reason, type, client, until, over, note, dry_run), read_id(id)
    if (reason is None) == (type is None):
        raise Malformed("Say why with --reason, or with --type and --client.")
    if client == "-" and note == "-":
        raise Malformed("Standard input can hold the claimant or the note, not both.")
    if reason is not None:
        read_choice("--reason", reason, BLOCK_REASONS)
    read_choice("--over", over, OVER_APPOINTMENTS)
    with session.desk() as desk:
        outcome = _block(desk, asked, request)
        _show(session, desk, outcome)


def _block(desk: "Desk", asked: _Asked, id: str | None) -> Blocked | Refused:
    from agent_tui.services import blocking as service

    day = read_day(asked.day)
    until = None if asked.until is None else read_day(asked.until)
    client = named_client(desk, asked.client)
    diary, type = read_code(asked.diary) or "", read_code(asked.type)
    try:
        start, end = read_start(asked.start), _read_end(asked.end)
    except OffGrid as off_grid:
        return Refused("off_grid", str(off_grid), id=id, type=type, diary=diary, day=day)
    if asked.dry_run:
        return service.preview(desk, diary, day, start, end, asked.reason, type=type, client=client, over=asked.over, until=until)
    note = read_standard_input() if asked.note == "-" else read_words("--note", asked.note, service.LONGEST_NOTE)
    return service.block(
        desk,
        diary,
        day,
        start,
        end,
        asked.reason,
        description=note,
        type=type,
        client=client,
        over=asked.over,
        until=until,
        id=id,
    )


def _read_end(text: str) -> int:
    try:
        return parse_clock(text, end=True)
    except OffGrid:
        raise
    except ValueError as error:
        raise Malformed(str(error)) from None


def unblock(
    context: typer.Context,
    entry: EntryId,
    series: Annotated[bool, typer.Option("--series", help="All days of a weekly block from today on.")] = False,
    version: Version = None,
    id: RequestUuid = None,
) -> None:
    """Give a block's time back: agent-tui unblock ID"""
    session: Session = context.obj
    block_id, request = read_id(entry, "ID"), read_id(id)
    assert block_id is not None
    with session.desk() as desk:
        from agent_tui.services import blocking as service

        outcome = service.unblock(desk, block_id, version=version, id=request, whole_series=series)
        _show(session, desk, outcome)


def _show(session: Session, desk: "Desk", outcome: Blocked | Refused) -> None:
    if isinstance(outcome, Refused):
        lines = [outcome.reason, *[_hit_line(one) for one in _hit_of(outcome)]]
        answer(session.as_json, _refusal(outcome), lines, code=REFUSED, sentence=outcome.reason)
        return
    from agent_tui.services.blocking import reasons_of

    words = reasons_of(desk, outcome.entries)
    shown = empty_block() | {
        "status": outcome.status,
        "repeated": outcome.repeated,
        "ids": list(outcome.ids),
        "diary": outcome.diary,
        "day": outcome.day.isoformat(),
        "start": clock(outcome.start),
        "end": clock(outcome.end),
        "hit": [_hit(one) for one in outcome.hit],
        "moves": [move_object(one) for one in outcome.moves],
        "code": outcome.code,
        "reason": outcome.reason,
        "skipped": [{"day": one.day.isoformat(), "code": one.code, "reason": one.reason} for one in outcome.skipped],
        "words": next(iter(words.values()), None),
    }
    answer(session.as_json, shown, _lines(outcome, words))


def _lines(outcome: Blocked, words: dict[str, str]) -> list[str]:
    when = f"{clock(outcome.start)}-{clock(outcome.end)} {outcome.diary}"
    lines = [
        f"{outcome.status}{' (already)' if outcome.repeated else ''}: {short_date(one.day)} {when}"
        f" {words.get(one.id, '')}".rstrip()
        + f", version {one.version}, id {one.id}"
        for one in outcome.entries
    ] or [f"{outcome.status}: {short_date(outcome.day)} {when}, {counted(len(outcome.hit), 'appointment')} hit"]
    lines += [_hit_line(one) for one in outcome.hit]
    lines += [move_line(one) for one in outcome.moves]
    lines += [f"  left out: {short_date(one.day)}: {one.reason}" for one in outcome.skipped]
    return [*lines, outcome.reason] if outcome.reason else lines


def _hit_line(one: EntryState) -> str:
    return f"  hit: {short_date(one.day)} {clock(one.start)}-{clock(one.end)} {one.type} {one.client or ''}, id {one.id}"


def _hit(one: EntryState) -> Object:
    times = {"start": clock(one.start), "end": clock(one.end)}
    return {"id": one.id, **times, "type": one.type, "day": one.day.isoformat(), "client": one.client}


def move_object(one: Moved) -> Object:
    """Return where an appointment that had to leave its time went."""
    before, after = one.before, one.after
    return {
        "id": after.id,
        "type": after.type,
        "client": after.client,
        "from": {"diary": before.diary, "day": before.day.isoformat(), "start": clock(before.start)},
        "to": {"diary": after.diary, "day": after.day.isoformat(), "start": clock(after.start), "coach": one.coach},
    }


def move_line(one: Moved) -> str:
    """Return the same as a line."""
    before, after = one.before, one.after
    return (
        f"  moves: {before.type} {before.client or ''} {short_date(before.day)} {clock(before.start)} {before.diary} to"
        f" {short_date(after.day)} {clock(after.start)} {after.diary} {one.coach}, id {after.id}"
    )


def _hit_of(refused: Refused) -> tuple[EntryState, ...]:
    return refused.hit if isinstance(refused, RefusedOver) else ()


def _refusal(refused: Refused) -> Object:
    holder = refused.held_by
    until = None if holder is None or holder.until is None else iso_instant(holder.until)
    return empty_block() | {
        "diary": refused.diary,
        "day": None if refused.day is None else refused.day.isoformat(),
        "start": None if refused.start is None else clock(refused.start),
        "hit": [_hit(one) for one in _hit_of(refused)],
        "code": refused.code,
        "reason": refused.reason,
        "held_by": None if holder is None else {"kind": holder.kind, "who": holder.who, "until": until},
    }


def register(app: typer.Typer) -> None:
    """Add the commands of block time."""
    app.command("block")(block)
    app.command("unblock")(unblock)

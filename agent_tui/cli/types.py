"""Commands of a manager who looks after types: type key, dropin and propose."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer, drop_in_line, drop_in_object, reason_object
from agent_tui.cli.empties import Object, empty_type
from agent_tui.cli.reading import read_code, read_day, read_id, read_standard_input
from agent_tui.cli.segments import effect_answer
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.drop_in import MOST_WORDS, parse_hours, words_problem
from agent_tui.domain.requests import Refused
from agent_tui.domain.wall_time import short_date

if TYPE_CHECKING:
    from agent_tui.domain.key_types import KeyType, Proposal
    from agent_tui.services.key_types import Proposed, TypeChanged

type_ = typer.Typer(help="Key types, drop-ins and what would give a type starts: agent-tui type key", no_args_is_help=True)

Code = Annotated[str, typer.Argument(metavar="CODE", help="Type code, such as FC-F2F.")]
From = Annotated[str | None, typer.Option("--from", help="First day (default: today).")]
Id = Annotated[str | None, typer.Option("--id", help="UUID of the request; a retry does nothing twice.")]


@type_.command("key")
def key(
    context: typer.Context,
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="Type code (default: list the key types).")] = None,
    on: Annotated[bool | None, typer.Option("--on/--off", help="Make it a key type, or no longer.")] = None,
    first: From = None,
    id: Id = None,
) -> None:
    """List key types and what is wrong with them, or change one: agent-tui type key FEI-F2F --on --from 2026-12-01"""
    session: Session = context.obj
    request, begin = read_id(id), None if first is None else read_day(first)
    if on is None:
        if begin is not None or request is not None:
            raise Malformed("Say --on or --off; --from and --id go with a change.")
        _list(session, _code(code))
        return
    if code is None:
        raise Malformed("Say which type is to be changed: agent-tui type key CODE --on")
    with session.desk() as desk:
        from agent_tui.services import key_types as service

        done = service.set_key(desk, _code(code) or "", on, begin, id=request)
    _show_change(session, done, _code(code))


@type_.command("dropin")
def dropin(
    context: typer.Context,
    code: Code,
    hours: Annotated[str | None, typer.Option("--hours", help="Such as: Mon-Fri 10:00-12:00, Sat 09:30-11:00")] = None,
    words: Annotated[str | None, typer.Option("--words", help="What to say to a caller; - reads it from stdin.")] = None,
    off: Annotated[bool, typer.Option("--off", help="No drop-in any more.")] = False,
    first: From = None,
    id: Id = None,
) -> None:
    """Say when claimants may just come: agent-tui type dropin FEI-F2F --hours "Mon-Fri 10:00-12:00" --words "At desk 2." """
    session: Session = context.obj
    request, begin = read_id(id), None if first is None else read_day(first)
    if off == (hours is not None) or off == (words is not None):
        raise Malformed("Say either --hours with --words, or --off.")
    said = "" if words is None else clean(read_standard_input() if words == "-" else words, limit=MOST_WORDS + 1)
    problem = None if off else words_problem(said)
    if problem is not None:
        raise Malformed(problem)
    try:
        times = () if hours is None else parse_hours(hours)
    except ValueError as error:
        raise Malformed(clean(str(error))) from None
    with session.desk() as desk:
        from agent_tui.services import key_types as service

        done = service.set_drop_in(desk, _code(code) or "", times, said, begin, id=request)
    _show_change(session, done, _code(code))


@type_.command("propose")
def propose(
    context: typer.Context,
    code: Code,
    apply: Annotated[bool, typer.Option("--apply", help="Save it; without it only say what it would do.")] = False,
    id: Id = None,
) -> None:
    """Propose the smallest change that gives a type starts: agent-tui type propose IEI-FULL-F2F --apply"""
    session: Session = context.obj
    request, name = read_id(id), _code(code) or ""
    with session.desk() as desk:
        from agent_tui.services import key_types as service

        found = service.apply(desk, name, id=request) if apply else service.proposal(desk, name)
    show_proposed(session, found)


def show_proposed(session: Session, found: "Proposed") -> None:
    """Print what is proposed for a type and what it does or did; a refusal ends with 3."""
    object_, lines, sentence = effect_answer(found.effect)
    object_ |= {"proposal": None if found.proposal is None else _proposal_object(found.proposal)}
    if found.proposal is not None:
        lines = [found.proposal.sentence, *lines]
    answer(session.as_json, object_, lines, code=0 if sentence is None else REFUSED, sentence=sentence)


def _code(text: str | None) -> str | None:
    code = read_code(text)
    return None if code is None else code.upper()


def _list(session: Session, code: str | None) -> None:
    with session.desk() as desk:
        from agent_tui.services import key_types as service

        first, last = service.days_ahead(desk)
        if code is None:
            found = service.key_types(desk)
        else:
            one = service.standing(desk, code)
            if isinstance(one, Refused):
                _show_change(session, one, code)
                return
            found = [one]
    items = [_key_object(one) for one in found]
    object_: Object = {"status": "list", "total": len(items), "from": first.isoformat(), "to": last.isoformat(), "items": items}
    answer(session.as_json, object_, [line for one in found for line in _key_lines(one)])


def _key_object(one: "KeyType") -> Object:
    return {
        "code": one.code,
        "name": one.name,
        "minutes": one.minutes,
        "key": one.key,
        "diaries": list(one.diaries),
        "starts": one.starts,
        "wrong": one.wrong,
        "reasons": [reason_object(reason) for reason in one.reasons],
        "changes": [{"from": step.effective_from.isoformat(), "key": step.key} for step in one.changes],
    }


def _key_lines(one: "KeyType") -> list[str]:
    mark = "!" if one.wrong else " "
    diaries = f"{len(one.diaries)} {'diary' if len(one.diaries) == 1 else 'diaries'}"
    flag = "key" if one.key else "   "
    lines = [f"{mark} {one.code:<14} {flag} {diaries:>10} {one.starts:>5} starts  {one.name}"]
    lines += [f"      {reason.text} ({reason.count}) {reason.fix or ''}".rstrip() for reason in one.reasons]
    return lines + [f"      from {short_date(step.effective_from)} {_word(step.key)}" for step in one.changes]


def _word(key: bool) -> str:
    return "a key type" if key else "no key type"


def _show_change(session: Session, done: "TypeChanged | Refused", code: str | None) -> None:
    if isinstance(done, Refused):
        object_ = empty_type() | {"type": code, "code": done.code, "reason": done.reason}
        answer(session.as_json, object_, [], code=REFUSED, sentence=done.reason)
        return
    kind, told = done.kind, done.drop_in
    flag = kind.key_on(done.first) if done.key is None else done.key
    changes = [step for step in kind.keys if step.effective_from > done.first]
    object_ = empty_type() | {
        "status": done.status,
        "repeated": done.repeated,
        "type": kind.code,
        "from": done.first.isoformat(),
        "key": flag,
        "changes": [{"from": step.effective_from.isoformat(), "key": step.key} for step in changes],
        "drop_in": drop_in_object(told),
    }
    if done.key is None:
        lines = [f"{done.status}: {kind.code} is {'no' if told is None else 'a'} drop-in from {short_date(done.first)} on"]
    else:
        lines = [f"{done.status}: {kind.code} is {_word(flag)} from {short_date(done.first)} on"]
        lines += [f"  from {short_date(step.effective_from)} {_word(step.key)}" for step in changes]
    answer(session.as_json, object_, [*lines, *([] if told is None else [drop_in_line(told)])])


def _proposal_object(one: "Proposal") -> Object:
    from agent_tui.domain.ticks import MINUTES_PER_TICK, clock

    return {
        "type": one.type,
        "diary": one.diary,
        "coach": one.coach,
        "assign": one.assign,
        "day": one.day.isoformat(),
        "start": clock(one.start),
        "end": clock(one.end),
        "free_minutes": one.free * MINUTES_PER_TICK,
        "starts": one.starts,
        "text": one.sentence,
    }


def register(app: typer.Typer) -> None:
    """Add the commands of types."""
    app.add_typer(type_, name="type")

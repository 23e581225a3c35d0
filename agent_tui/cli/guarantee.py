"""guarantee: what types must always have, listed with how it stands; set, dropped, and a segment proposed that would keep it."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer, reason_object
from agent_tui.cli.empties import Object, empty_guarantee
from agent_tui.cli.reading import read_code, read_id, read_whole
from agent_tui.cli.session import Session
from agent_tui.cli.types import show_proposed
from agent_tui.domain.guarantee import MOST_DAYS, MOST_STARTS, OK, GuaranteeNow
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import Refused
from agent_tui.domain.types import Guarantee

if TYPE_CHECKING:
    from agent_tui.services.guarantees import GuaranteeSet

guarantee = typer.Typer(help="Starts that types must always have: agent-tui guarantee", no_args_is_help=False)

Code = Annotated[str, typer.Argument(metavar="CODE", help="Type code, such as FC-F2F.")]
Id = Annotated[str | None, typer.Option("--id", help="UUID of the request; a retry does nothing twice.")]


@guarantee.callback(invoke_without_command=True)
def listed(context: typer.Context) -> None:
    """List what is guaranteed, what was found, and why it fails: agent-tui guarantee"""
    if context.invoked_subcommand is not None:
        return
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services.guarantees import guarantees

        found = guarantees(desk)
    items = [guarantee_object(one) for one in found]
    lines = [line for one in found for line in _lines(one)]
    if not found:
        lines = ["Nothing is guaranteed yet: agent-tui guarantee set CODE --starts 3 --days 5"]
    answer(session.as_json, {"status": "list", "total": len(items), "items": items}, lines)


@guarantee.command("set")
def set_(
    context: typer.Context,
    code: Code,
    starts: Annotated[int, typer.Option("--starts", help="The fewest starts that there must be.")] = 3,
    days: Annotated[int, typer.Option("--days", help="Within so many working days, today's among them.")] = 5,
    id: Id = None,
) -> None:
    """Guarantee a type starts: agent-tui guarantee set HRT-F2F --starts 3 --days 5"""
    session: Session = context.obj
    request, name = read_id(id), _code(code)
    least, within = read_whole("--starts", starts, 1, MOST_STARTS), read_whole("--days", days, 1, MOST_DAYS)
    with session.desk() as desk:
        from agent_tui.services.guarantees import set_guarantee

        done = set_guarantee(desk, name, least or 1, within or 1, id=request)
    _show(session, done, name)


@guarantee.command("drop")
def drop(context: typer.Context, code: Code, id: Id = None) -> None:
    """Guarantee a type nothing any more: agent-tui guarantee drop HRT-F2F"""
    session: Session = context.obj
    request, name = read_id(id), _code(code)
    with session.desk() as desk:
        from agent_tui.services.guarantees import drop_guarantee

        done = drop_guarantee(desk, name, id=request)
    _show(session, done, name)


@guarantee.command("propose")
def propose(
    context: typer.Context,
    code: Code,
    apply: Annotated[bool, typer.Option("--apply", help="Save it; without it only say what it would do.")] = False,
    id: Id = None,
) -> None:
    """Propose the smallest change that keeps a type's guarantee: agent-tui guarantee propose HRT-F2F --apply"""
    session: Session = context.obj
    request, name = read_id(id), _code(code)
    with session.desk() as desk:
        from agent_tui.services import key_types as service

        found = service.apply(desk, name, id=request) if apply else service.proposal(desk, name)
    show_proposed(session, found)


def _code(text: str) -> str:
    code = (read_code(text) or "").upper()
    if not code:
        raise Malformed("Say which type: its code, such as FC-F2F.")
    return code


def guarantee_object(one: GuaranteeNow) -> Object:
    """Return how a guarantee stands, every key present."""
    return {
        "type": one.rule.type,
        "name": one.name,
        "starts": one.rule.starts,
        "days": one.rule.days,
        "from": one.first.isoformat(),
        "to": one.last.isoformat(),
        "found": one.found,
        "status": one.status,
        "reason": one.reason,
        "fix": one.fix,
        "reasons": [reason_object(reason) for reason in one.reasons],
        "diaries": list(one.diaries),
        "room": one.room,
        "booked_per_day": round(one.per_day, 2),
    }


def _lines(one: GuaranteeNow) -> list[str]:
    mark = " " if one.status == OK else "!"
    rule = f"{one.rule.starts} in {one.rule.days}"
    head = f"{mark} {one.rule.type:<14} {rule:>9}  found {one.found:>5}  {one.status:<5}  {one.name}"
    return [head] if one.reason is None else [head, f"      {one.reason} {one.fix or ''}".rstrip()]


def _show(session: Session, done: "GuaranteeSet | Refused", code: str) -> None:
    if isinstance(done, Refused):
        refused = empty_guarantee() | {"type": code, "code": done.code, "reason": done.reason}
        answer(session.as_json, refused, [], code=REFUSED, sentence=done.reason)
        return
    object_ = empty_guarantee() | {
        "status": done.status,
        "repeated": done.repeated,
        "type": done.rule.type,
        "starts": done.rule.starts,
        "days": done.rule.days,
        "guarantee": None if done.stands is None else guarantee_object(done.stands),
    }
    lines = [f"{done.status}: {_rule_words(done.rule)}", *([] if done.stands is None else _lines(done.stands))]
    answer(session.as_json, object_, lines)


def _rule_words(rule: Guarantee) -> str:
    return f"{rule.type}, {counted(rule.starts, 'start')} within {counted(rule.days, 'working day')}"


def register(app: typer.Typer) -> None:
    """Add the guarantees."""
    app.add_typer(guarantee, name="guarantee")

"""access: who looked at which claimant, when and why, and which of it is unusual."""

from datetime import date
from typing import Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer, show_list
from agent_tui.cli.empties import Object, problem_object
from agent_tui.cli.reading import read_client_argument, read_code, read_day, read_whole
from agent_tui.cli.session import Session
from agent_tui.domain.looks import RULE, Unusual
from agent_tui.domain.requests import Refused
from agent_tui.domain.wall_time import iso_instant


def empty_unusual() -> Object:
    """Return the answer of `access --unusual` with nothing in it."""
    return {"status": "refused", "rule": RULE, "from": None, "to": None, "total": 0, "items": []}


def access(
    context: typer.Context,
    client: Annotated[str | None, typer.Option("--client", help="A claimant's opaque id.")] = None,
    who: Annotated[str | None, typer.Option("--who", help="A login.")] = None,
    first: Annotated[str | None, typer.Option("--from", help="First day.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", help="At most so many, the latest first.")] = None,
    unusual: Annotated[bool, typer.Option("--unusual", help="What is far beyond what colleagues do (28 days).")] = False,
) -> None:
    """List who looked at which claimant, when and why, the latest first: agent-tui access --client C000123"""
    session: Session = context.obj
    read_whole("--limit", limit, 1, 10_000_000)
    ref = read_client_argument(client)
    if ref == "-":
        raise Malformed("--client takes a claimant's opaque id here.")
    begin, end = (None if text is None else read_day(text) for text in (first, last))
    if begin is not None and end is not None and end < begin:
        raise Malformed(f"--to {end.isoformat()} is before --from {begin.isoformat()}.")
    if unusual:
        if ref is not None or who is not None or limit is not None:
            raise Malformed("--unusual compares everybody; it takes --from and --to only.")
        _unusual(session, begin, end)
        return
    with session.desk() as desk:
        from agent_tui.services.record import LookQuery, read_looks

        found = read_looks(desk, LookQuery(ref, read_code(who), begin, end, limit))
    if isinstance(found, Refused):
        refusal = problem_object("access", "refused", found.code, found.reason)
        answer(session.as_json, refusal, [found.reason], code=REFUSED, sentence=found.reason)
        return
    items: list[Object] = [
        {"at": iso_instant(one.at), "who": one.who, "client": one.client, "why": one.why} for one in found.items
    ]
    lines = [f"{one['at']} {one['who']:<10} {one['client']:<10} {one['why']}" for one in items]
    show_list(session.as_json, found.total, items, lines, "Nobody has looked, as far as it is on record for these filters.")


def _unusual(session: Session, first: date | None, last: date | None) -> None:
    with session.desk() as desk:
        from agent_tui.services.unusual import unusual_looks

        found = unusual_looks(desk, first, last)
    if isinstance(found, Refused):
        shown = empty_unusual() | {"code": found.code, "reason": found.reason}
        answer(session.as_json, shown, [], code=REFUSED, sentence=found.reason)
        return
    items = _items(found)
    shown = empty_unusual() | {
        **{"status": "unusual", "from": found.first_day.isoformat(), "to": found.last_day.isoformat()},
        **{"total": len(items), "items": items},
    }
    answer(session.as_json, shown, found.lines)


def _items(found: Unusual) -> list[Object]:
    days: list[Object] = [
        {
            **{"kind": "volume", "who": one.who, "role": one.role, "day": one.day.isoformat()},
            **{"claimants": one.claimants, "usual": one.usual},
        }
        for one in found.volumes
    ]
    return days + [{"kind": "crowd", "client": one.client, "people": list(one.people)} for one in found.crowds]


def register(app: typer.Typer) -> None:
    """Add access."""
    app.command("access")(access)

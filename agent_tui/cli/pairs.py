"""Commands for two meetings that follow each other in two diaries: pair find, hold, book, confirm and release."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer, offer_line, offer_object, outcome_lines, outcome_object
from agent_tui.cli.booking import DEFAULT_DAYS, ClientRef, EntryId, FromDay, RequestUuid, ToDay, named_client
from agent_tui.cli.empties import Object, empty_pair
from agent_tui.cli.reading import read_choice, read_code, read_day, read_days, read_id, read_start, read_whole
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.pairs import MOST_WAIT_MINUTES, Paired, PairOffer
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import HandedOff, Refused
from agent_tui.domain.ticks import OffGrid
from agent_tui.domain.types import CONTACTS
from agent_tui.domain.wall_time import short_date

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.pairing import Answer, PairSearch, PairWish

pair = typer.Typer(
    help="A first interview and a commitment on one day, both or neither: agent-tui pair find IEI-FULL-F2F FC-F2F",
    no_args_is_help=True,
)

LONGEST_WAIT = 8 * 60

First = Annotated[str, typer.Argument(metavar="FIRST", help="Type of the first meeting, such as IEI-FULL-F2F.")]
Second = Annotated[str, typer.Argument(metavar="SECOND", help="Type of the second meeting, such as FC-F2F.")]
MostWait = Annotated[int, typer.Option("--most-wait", help="Longest wait between the two in minutes.")]
Clash = Annotated[bool, typer.Option("--allow-clash", help="Over the claimant's own other appointment.")]


@pair.command("find")
def find(
    context: typer.Context,
    first: First,
    second: Second,
    from_day: FromDay = None,
    to_day: ToDay = None,
    most_wait: MostWait = MOST_WAIT_MINUTES,
    client: ClientRef = None,
    limit: Annotated[int, typer.Option("--limit", help="How many pairs to show.")] = 20,
) -> None:
    """List pairs, the shortest wait between the two first: agent-tui pair find IEI-FULL-F2F FC-F2F --most-wait 30"""
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services import pairing
        from agent_tui.services.finding import UnknownClient
        from agent_tui.services.trouble import DeskRefused

        search = _search(desk, (first, second), (from_day, to_day), most_wait, client, limit)
        try:
            found = pairing.find(desk, search)
        except UnknownClient:
            raise DeskRefused("unknown_client", f"There is no claimant {search.client}.") from None
    object_ = empty_pair() | {
        "status": found.status,
        "pairs": [_pair_object(one) for one in found.pairs],
        "total": found.total,
        "code": found.code,
        "reason": found.reason,
    }
    lines = [f"{counted(found.total, 'pair')} from {short_date(search.first_day)} to {short_date(search.last_day)}."]
    lines += [line for one in found.pairs for line in _pair_lines(one)]
    if found.total > len(found.pairs):
        lines.append(f"... {found.total - len(found.pairs)} more: --limit")
    answer(session.as_json, object_, lines, code=0 if found.pairs else REFUSED, sentence=found.reason)


def _search(
    desk: "Desk",
    types: tuple[str, str],
    days: tuple[str | None, str | None],
    most_wait: int,
    client: str | None,
    limit: int | None = None,
) -> "PairSearch":
    from agent_tui.services.finding import default_last_day
    from agent_tui.services.pairing import PairSearch

    read_whole("--most-wait", most_wait, 0, LONGEST_WAIT)
    read_whole("--limit", limit, 1, 100_000)
    today = desk.now.date()
    begin = today if days[0] is None else read_day(days[0])
    first_day, last_day = read_days(*days, today, default_last_day(desk, max(begin, today), DEFAULT_DAYS))
    codes = [clean(code, limit=30).upper() for code in types]
    return PairSearch(codes[0], codes[1], first_day, last_day, most_wait, named_client(desk, client), limit)


def _taking(book: bool) -> Callable[..., None]:
    def command(
        context: typer.Context,
        first: First,
        second: Second,
        client: ClientRef = None,
        best: Annotated[bool, typer.Option("--first", help="Take the first line of the same pair find.")] = False,
        from_day: FromDay = None,
        to_day: ToDay = None,
        most_wait: MostWait = MOST_WAIT_MINUTES,
        day: Annotated[str | None, typer.Option("--day", help="Day of both.")] = None,
        start: Annotated[str | None, typer.Option("--start", help="HH:MM, start of the first.")] = None,
        diary: Annotated[str | None, typer.Option("--diary", help="Diary of the first.")] = None,
        second_start: Annotated[str | None, typer.Option("--second-start", help="HH:MM, start of the second.")] = None,
        second_diary: Annotated[str | None, typer.Option("--second-diary", help="Diary of the second.")] = None,
        contact: Annotated[str, typer.Option("--contact", help="phone, online, email or walk-in.")] = "phone",
        allow_clash: Clash = False,
        id: RequestUuid = None,
    ) -> None:
        session: Session = context.obj
        request = read_id(id)
        read_choice("--contact", contact, CONTACTS)
        where = (day, start, diary, second_start, second_diary)
        if best == any(one is not None for one in where) or not (best or all(one is not None for one in where)):
            raise Malformed("Say --first, or else all of --day, --start, --diary, --second-start and --second-diary.")
        with session.desk() as desk:
            from agent_tui.services import pairing

            search = _search(desk, (first, second), (from_day, to_day), most_wait, client)
            try:
                wish = _wish(search, where, contact, allow_clash)
            except OffGrid as off_grid:
                done: Answer = Refused("off_grid", str(off_grid), id=request)
            else:
                done = (pairing.book if book else pairing.hold)(desk, wish, id=request)
        _show(session, done)

    command.__doc__ = (
        "Book both meetings, or neither: agent-tui pair book IEI-FULL-F2F FC-F2F --client C000123 --first"
        if book
        else "Hold both starts, or neither: agent-tui pair hold IEI-FULL-F2F FC-F2F --first"
    )
    return command


def _wish(search: "PairSearch", where: tuple[str | None, ...], contact: str, allow_clash: bool) -> "PairWish":
    from agent_tui.services.pairing import PairWish

    day, start, diary, second_start, second_diary = where
    if day is None or start is None or second_start is None:
        return PairWish(search, contact=contact, allow_clash=allow_clash)
    times = (read_day(day), read_start(start), read_code(diary), read_start(second_start), read_code(second_diary))
    return PairWish(search, *times, contact=contact, allow_clash=allow_clash)


@pair.command("confirm")
def confirm(
    context: typer.Context, entry: EntryId, client: ClientRef = None, allow_clash: Clash = False, id: RequestUuid = None
) -> None:
    """Confirm both holds of a pair, or neither; either id names it: agent-tui pair confirm ID --client C000124"""
    session: Session = context.obj
    held, request = _entry_id(entry), read_id(id)
    with session.desk() as desk:
        from agent_tui.services import pairing

        done = pairing.confirm(desk, held, client=named_client(desk, client), allow_clash=allow_clash, id=request)
    _show(session, done)


@pair.command("release")
def release(context: typer.Context, entry: EntryId, id: RequestUuid = None) -> None:
    """Give the time of both holds back; either id names the pair: agent-tui pair release ID"""
    session: Session = context.obj
    held, request = _entry_id(entry), read_id(id)
    with session.desk() as desk:
        from agent_tui.services import pairing

        done = pairing.release(desk, held, id=request)
    _show(session, done)


def _entry_id(text: str) -> str:
    id = read_id(text, "ID")
    assert id is not None
    return id


def _show(session: Session, done: "Answer") -> None:
    if isinstance(done, Paired):
        object_ = empty_pair() | {
            "status": done.status,
            "repeated": done.repeated,
            "pair": done.pair,
            "first": outcome_object(done.first),
            "second": outcome_object(done.second),
            "wait_minutes": done.wait_minutes,
        }
        lines = [*outcome_lines(done.first), *outcome_lines(done.second), f"wait between the two: {done.wait_minutes} minutes"]
        answer(session.as_json, object_, lines)
        return
    told = outcome_object(done)
    kept = ("status", "repeated", "code", "reason", "held_by", "alternatives", "handoff")
    object_ = empty_pair() | {name: told[name] for name in kept}
    if isinstance(done, HandedOff):
        object_ |= {"code": "not_assigned"}
    answer(session.as_json, object_, outcome_lines(done), code=REFUSED, sentence=done.reason)


def _pair_object(one: PairOffer) -> Object:
    return {"first": offer_object(one.first), "second": offer_object(one.second), "wait_minutes": one.wait_minutes}


def _pair_lines(one: PairOffer) -> list[str]:
    wait = "no wait" if not one.wait else f"{one.wait_minutes} minutes later"
    return [offer_line(one.first), f"  then {offer_line(one.second)}  {wait}"]


def register(app: typer.Typer) -> None:
    """Add the commands of pairs."""
    pair.command("hold")(_taking(book=False))
    pair.command("book")(_taking(book=True))
    app.add_typer(pair, name="pair")

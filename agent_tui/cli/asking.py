"""ask: one line of words from standard input becomes a search, with its best offers and the words to say."""

from typing import Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer, offer_line, offer_object
from agent_tui.cli.booking import found_object
from agent_tui.cli.empties import Object
from agent_tui.cli.reading import read_standard_input, read_whole
from agent_tui.cli.session import Session
from agent_tui.domain.asking.model import Parse
from agent_tui.domain.asking.reader import LONGEST
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import Found
from agent_tui.domain.wall_time import short_date

UNSURE = "unsure"


def ask(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="-", help="Only -: the line is read from standard input.")] = "-",
    limit: Annotated[int, typer.Option("--limit", help="How many offers to show.")] = 3,
) -> None:
    """Read one line of words into a search: echo fcm f2f next week am | agent-tui ask -"""
    session: Session = context.obj
    if source != "-":
        raise Malformed(
            "What is asked for is read from standard input, since it may name a claimant: give - and pipe the line in; words"
            " are never an argument."
        )
    read_whole("--limit", limit, 1, 1000)
    line = _line()
    with session.desk() as desk:
        from agent_tui.services.asking import ask as service
        from agent_tui.services.finding import UnknownClient

        try:
            answered = service(desk, line, limit)
        except UnknownClient as unknown:
            from agent_tui.services.trouble import DeskRefused

            raise DeskRefused("unknown_client", f"There is no claimant {unknown}.") from None
    _show(session, answered.parse, answered.found, answered.say, answered.read_backs)


def _line() -> str:
    lines = [one.strip() for one in read_standard_input().splitlines() if one.strip()]
    if not lines:
        raise Malformed("Standard input says nothing; pipe a line in, for example: echo fcm f2f next week am | agent-tui ask -")
    if len(lines) > 1:
        raise Malformed("Standard input has more than one line; each is asked by itself.")
    if len(lines[0]) > LONGEST:
        raise Malformed(f"The line is longer than {LONGEST} characters.")
    return lines[0]


def _show(session: Session, parse: Parse, found: Found | None, say: str | None, read_backs: tuple[str, ...]) -> None:
    shown = _empty() if found is None else found_object(found)
    shown["offers"] = [
        offer_object(one) | {"say": back} for one, back in zip(found.offers if found else (), read_backs, strict=True)
    ]
    shown |= {
        "asked": parse.line,
        "client": parse.asked.client,
        "parse": [
            {"field": one.field, "words": one.words, "text": one.text, "code": one.code, "sure": one.sure} for one in parse.chips
        ],
        "unread": list(parse.unread),
        "questions": [
            {
                "field": one.field,
                "text": one.text,
                "options": [{"text": option.text, "line": option.line} for option in one.options],
            }
            for one in parse.questions
        ],
        "say": say,
    }
    lines = [f"{one.label}: {one.text}{'' if one.sure else ' ?'}" for one in parse.chips]
    for question in parse.questions:
        lines.append(f"? {question.text}")
        lines += [f"    {option.text}: {option.line}" for option in question.options]
    lines += _found_lines(found, say, read_backs)
    sentence = parse.questions[0].text if parse.questions else found.reasons[0].text if found and found.reasons else None
    code = 0 if found is not None and found.offers else REFUSED
    answer(session.as_json, shown, lines, code=code, sentence=sentence or "Nothing was found.")


def _found_lines(found: Found | None, say: str | None, read_backs: tuple[str, ...]) -> list[str]:
    if found is None:
        return []
    lines = [f"{counted(found.total, 'recommended start')} from {short_date(found.first_day)} to {short_date(found.last_day)}."]
    lines += [f"{number}  {offer_line(one)}" for number, one in enumerate(found.offers, start=1)]
    lines += [f"{reason.text} ({reason.count}) {reason.fix or ''}".rstrip() for reason in found.reasons]
    lines += [] if say is None else [f"Say: {say}"]
    return lines + [f"Then {number}: {back}" for number, back in enumerate(read_backs, start=1)]


def _empty() -> Object:
    """Return the object of `find` with nothing in it, of a line that is not sure."""
    return {
        **{"status": UNSURE, "type": None, "from": None, "to": None, "total": 0, "starts": 0, "offers": [], "reasons": []},
        "drop_in": None,
    }


def register(app: typer.Typer) -> None:
    """Add the question."""
    app.command("ask")(ask)

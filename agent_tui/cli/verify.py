"""verify: the chain of the log, in the store or in an export, and the reader that needs no agent-tui."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from agent_tui.cli.answers import Malformed, answer
from agent_tui.cli.empties import Object, empty_of
from agent_tui.cli.progress import BAR_AFTER_SECONDS, progress_bar
from agent_tui.cli.session import Session

TROUBLE = 4


@contextmanager
def counted(name: str) -> Iterator[Callable[[int, int], bool] | None]:
    """Yield what draws how many lines are done, None where nobody sees it."""
    with progress_bar(after=BAR_AFTER_SECONDS) as tell:

        def step(done: int, total: int) -> bool:
            assert tell is not None
            tell(name, done, total)
            return True

        yield None if tell is None else step


def verify(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="An export; without it the log of the store.")] = None,
    in_store: Annotated[bool, typer.Option("--in-store", help="Also see that the store's log goes on from the export.")] = False,
    script: Annotated[bool, typer.Option("--script", help="Print the reader that needs Python only, to give away.")] = False,
) -> None:
    """Verify the chain of hashes of the log, in the store or in an export: agent-tui verify log.jsonl"""
    session: Session = context.obj
    if script:
        _print_script(session, file, in_store)
    elif file is None:
        if in_store:
            raise Malformed("--in-store goes with the FILE of an export.")
        _verify_store(session)
    else:
        _verify_file(session, file, in_store=in_store)


def _print_script(session: Session, file: Path | None, in_store: bool) -> None:
    if file is not None or in_store or session.as_json:
        raise Malformed("--script prints a Python file, and takes no other option.")
    from agent_tui.domain import log_chain

    print(Path(str(log_chain.__file__)).read_text(encoding="utf-8"), end="")


def _verify_store(session: Session) -> None:
    checked = total = 0
    with session.desk() as desk, counted("log") as tell:
        from agent_tui.services.record import verify_chain

        def step(done: int, of: int) -> bool:
            nonlocal checked, total
            checked, total = done, of
            return tell is None or tell(done, of)

        try:
            found = verify_chain(desk, step)
        except KeyboardInterrupt:
            _stopped(session, checked, total)
            return
    head: Object = {"seq": found.seq, "hash": found.hash}
    shown = empty_of("verify") | {"checked": found.checked, "total": found.total, "head": head}
    if found.broken is None:
        lines = [f"The chain holds: {found.total} lines are as they were written.", f"Head {found.seq} {found.hash}"]
        answer(session.as_json, shown | {"status": "holds"}, lines)
        return
    sentence = f"The chain is broken: {found.broken}. Keep a copy of the store, and find out who had its file."
    shown |= {"status": "broken", "broken": found.broken, "seq": found.line}
    answer(session.as_json, shown, [], code=TROUBLE, sentence=sentence)


def _stopped(session: Session, checked: int, total: int) -> None:
    sentence = f"Stopped: {checked} of {total} lines were verified, and nothing is known of the others."
    shown = empty_of("verify") | {
        "status": "stopped",
        "checked": checked,
        "total": total,
        "code": "interrupted",
        "reason": sentence,
    }
    answer(session.as_json, shown, [], code=TROUBLE, sentence=sentence)


def _verify_file(session: Session, file: Path, *, in_store: bool) -> None:
    from agent_tui.services.log_export import stands_in_store, verify_file

    with counted(file.name) as tell:
        found = verify_file(file, tell)
    if isinstance(found, str):
        raise Malformed(found)
    broken = found.broken
    if broken is None and in_store:
        with session.desk() as desk:
            why = stands_in_store(desk, found)
            broken = None if why is None else f"The export holds, but {why}."
    shown: Object = empty_of("verify") | {
        **{"status": "holds" if broken is None else "broken", "checked": found.checked, "total": found.total, "broken": broken},
        **{"line": found.line, "head": {"seq": found.total, "hash": found.hash}, "file": file.name, "seq": found.seq},
    }
    if broken is not None:
        answer(session.as_json, shown, [], code=TROUBLE, sentence=broken)
        return
    also = " The store's log goes on from it." if in_store else ""
    lines = [
        f"The chain holds: {found.total} lines of {found.site} are as they were written.{also}",
        f"Head {found.total} {found.hash}",
    ]
    answer(session.as_json, shown, lines)


def register(app: typer.Typer) -> None:
    """Add verify."""
    app.command("verify")(verify)

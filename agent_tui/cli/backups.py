"""backup and restore: a whole store into one file, and back from it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, answer
from agent_tui.cli.empties import Object
from agent_tui.cli.empty_store import empty_backup, empty_restore
from agent_tui.cli.progress import BAR_AFTER_SECONDS, progress_bar
from agent_tui.cli.session import Session
from agent_tui.domain.log import SiteHead
from agent_tui.domain.requests import Refused

if TYPE_CHECKING:
    from agent_tui.services.backups import Restored

_STOPPED = "Stopped: no backup was made."
_UNRECORDED = "The folder of heads could not be written, so that the doctor knows nothing of it: see --heads."


def backup(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file that does not exist, or a folder.")],
) -> None:
    """Write all of a store into one checked file, while others work: agent-tui backup desk.bak"""
    session: Session = context.obj
    try:
        from agent_tui.services.backups import back_up

        with private_files(), progress_bar(after=BAR_AFTER_SECONDS) as progress:
            done = back_up(session.settings.store, file, session.who(), progress)
    except KeyboardInterrupt:
        object_ = empty_backup() | {"code": "interrupted", "reason": _STOPPED}
        answer(session.as_json, object_, [], code=REFUSED, sentence=_STOPPED)
        return
    if isinstance(done, Refused):
        refused = empty_backup() | {"code": done.code, "reason": done.reason}
        answer(session.as_json, refused, [], code=REFUSED, sentence=done.reason)
        return
    shown: Object = {
        **{"status": "backed_up", "store": done.store, "file": done.file, "bytes": done.size, "schema": done.schema},
        **{"sites": head_objects(done.heads), "recorded": done.on_record, "code": None, "reason": None},
    }
    lines = [f"{done.store} is backed up in {done.file} ({done.size:,} bytes, schema {done.schema}), and checked."]
    lines += [f"  {one.site}: log to line {one.seq}" for one in done.heads]
    answer(session.as_json, shown, lines + [_UNRECORDED] * (not done.on_record))


def restore(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A backup.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check the backup, say what it would replace, change nothing.")
    ] = False,
) -> None:
    """Put a backup in the store's place, with the old store kept beside it: agent-tui restore desk.bak --dry-run"""
    session: Session = context.obj
    try:
        from agent_tui.services.backups import restore as put_back

        with private_files(), progress_bar(after=BAR_AFTER_SECONDS) as progress:
            done = put_back(session.settings.store, file, session.who(), dry_run=dry_run, progress=progress)
    except KeyboardInterrupt:
        text = "Stopped before the store was replaced; run agent-tui doctor to be sure."
        answer(session.as_json, empty_restore() | {"code": "interrupted", "reason": text}, [], code=REFUSED, sentence=text)
        return
    if isinstance(done, Refused):
        refused = empty_restore() | {"code": done.code, "reason": done.reason}
        answer(session.as_json, refused, [], code=REFUSED, sentence=done.reason)
        return
    shown: Object = {
        **{"status": "restored", "dry_run": done.dry_run, "store": done.store, "file": done.file, "kept": done.kept},
        **{"schema": done.schema, "before": head_objects(done.before), "sites": head_objects(done.heads)},
        **{"recorded": done.on_record, "code": None, "reason": None},
    }
    answer(session.as_json, shown, _lines(done) + [_UNRECORDED] * (not done.on_record))


def _lines(done: "Restored") -> list[str]:
    would = "would be restored" if done.dry_run else "is restored"
    lines = [f"{done.store} {would} from {done.file} (schema {done.schema}), which is sound."]
    before = {one.site: one.seq for one in done.before}
    for one in done.heads:
        old = before.pop(one.site, None)
        was = "" if old is None else f"; the log had reached line {old}" if old > one.seq else f"; it ended at line {old}"
        lines.append(f"  {one.site}: log to line {one.seq}{was}")
    lines += [f"  {site}: in the old store only" for site in before]
    if done.kept is not None:
        lines.append(f"The old store {'would be' if done.dry_run else 'is'} kept as {done.kept}.")
    return lines


def head_objects(heads: tuple[SiteHead, ...]) -> list[Object]:
    """Return sites with the ends of their logs as objects."""
    return [{"site": one.site, "seq": one.seq, "hash": one.hash} for one in heads]


@contextmanager
def private_files() -> Iterator[None]:
    """Make files, those that SQLite makes too, for their owner alone while the block runs."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def register(app: typer.Typer) -> None:
    """Add backup and restore."""
    app.command("backup")(backup)
    app.command("restore")(restore)

"""Commands by which a site's data comes and goes: import, export, and site create."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.empties import Object, empty_export, empty_import, empty_site
from agent_tui.cli.progress import BAR_AFTER_SECONDS, progress_bar, quiet
from agent_tui.cli.reading import read_choice, read_code, read_day, read_id
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.import_text import ENCODINGS
from agent_tui.domain.requests import Refused
from agent_tui.domain.site import Site, Staff

if TYPE_CHECKING:
    from agent_tui.services.importing import Imported, Rejected

TROUBLE = 4
SHOWN_LINES = 20
_EXAMPLE = (
    "Example: a file teams.csv with the lines code,name and A,Aire is loaded by: agent-tui import teams.csv."
    " Every kind of file with its columns and an example: data/help/import.md."
)
_AGAIN = "Run the same import again; what is loaded stays the same."
STANDARD_OUTPUT = "-"

site = typer.Typer(
    help='Sites of a store: agent-tui site create LPP --name "Leeds" --place "1 Park Place" ', no_args_is_help=True
)

Id = Annotated[str | None, typer.Option("--id", help="UUID of the request; a retry does nothing twice.")]


def import_(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders: .csv, .toml, .ics, .jsonl.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be loaded and write nothing.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Load the rows that are well and leave out the others.")] = False,
    kind: Annotated[str | None, typer.Option("--kind", help="What the files hold, if their names do not say it.")] = None,
    encoding: Annotated[str, typer.Option("--encoding", help="utf-8 or windows-1252.")] = "utf-8",
    diary: Annotated[str | None, typer.Option("--diary", help="The diary of a calendar's events.")] = None,
    type: Annotated[str | None, typer.Option("--type", help="The type of events whose categories name none.")] = None,
    id: Id = None,
) -> None:
    """Import a site's own data, a dry run first: agent-tui import data/ --dry-run"""
    session: Session = context.obj
    request = read_id(id)
    done: Imported | Refused | None = None
    try:
        from agent_tui.services import importing as service
        from agent_tui.services.import_files import KINDS

        if kind is not None:
            read_choice("--kind", kind, KINDS)
        read_choice("--encoding", encoding, ENCODINGS)
        options = service.Options(kind, encoding, read_code(diary), read_code(type))
        with session.desk() as desk, progress_bar() as progress:
            done = service.import_files(desk, paths, options, dry_run=dry_run, partial=partial, id=request, progress=progress)
    except KeyboardInterrupt as stopped:
        if done is None:
            _stopped(session, getattr(stopped, "imported", None), dry_run=dry_run)
            return
    except service.Unreadable as unreadable:
        raise Malformed(str(unreadable)) from None
    except service.Broken as broken:
        text = f"{broken} {broken.imported.in_words()} {_AGAIN}"
        object_ = _object(broken.imported) | {"code": "store_trouble", "reason": text}
        answer(session.as_json, object_, _lines(broken.imported), code=TROUBLE, sentence=text)
        return
    assert done is not None
    _show(session, done, dry_run=dry_run)


def _show(session: Session, done: "Imported | Refused", *, dry_run: bool) -> None:
    if isinstance(done, Refused):
        object_ = empty_import() | {"dry_run": dry_run, "code": done.code, "reason": done.reason}
        answer(session.as_json, object_, [done.reason], code=REFUSED, sentence=done.reason)
        return
    rows = _counted(len({(one.file, one.line) for one in done.rejected}), "row")
    refused = done.status == "refused"
    sentence = f"Nothing was loaded: {rows} cannot be; --partial loads the others." if refused else None
    object_ = _object(done) | {"code": "rejected" if refused else None, "reason": sentence}
    answer(session.as_json, object_, _lines(done), code=REFUSED if refused else 0, sentence=sentence)


def _stopped(session: Session, done: "Imported | None", *, dry_run: bool) -> None:
    """Say what is in of an import that somebody has stopped, and what is not; None where nothing had begun to be loaded."""
    object_ = empty_import() | {"dry_run": dry_run} if done is None else _object(done)
    if done is None or not done.loaded:
        text = "Stopped: nothing was loaded."
        answer(session.as_json, object_ | {"code": "interrupted", "reason": text}, [], code=REFUSED, sentence=text)
        return
    text = f"Stopped. {done.in_words()} {_AGAIN}"
    answer(session.as_json, object_ | {"code": "interrupted", "reason": text}, [text, *_lines(done)])


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _object(done: "Imported") -> Object:
    """Return an import's answer, without its code and reason."""
    return empty_import() | {
        "status": done.status,
        "loaded": done.loaded,
        "flags": done.flags,
        "rejected": [asdict(one) for one in done.rejected],
        "dry_run": done.dry_run,
        "counts": done.counts,
        "files": [asdict(one) for one in done.files],
        "flagged": [asdict(one) for one in done.flagged],
        "outside": [{"file": name, **asdict(one)} for name, one in done.outside.items()],
        "unnamed": done.unnamed,
        "repeated": done.repeated,
    }


def _lines(done: "Imported") -> list[str]:
    verb = "would be loaded" if done.dry_run else "loaded"
    lines = [f"{done.status}{' (already)' if done.repeated else ''}: {done.loaded} {verb}, {done.flags} flagged"]
    lines += [
        f"  {kind:<13} {one['new']:>7} new {one['changed']:>7} changed {one['same']:>7} the same {one['rejected']:>7} refused"
        for kind, one in done.counts.items()
    ]
    for name, out in done.outside.items():
        words = [
            f"{_counted(out.events, 'event')} wholly" * bool(out.events),
            _counted(out.repeats, "repeat") * bool(out.repeats),
        ]
        told = " and ".join(word for word in words if word)
        lines += [f"  {name}: {told} outside the days that are read, left out"] * bool(told)
        lines += [f"  {name}: {_counted(out.endless, 'event')} repeating beyond them"] * bool(out.endless)
    left = [one.file for one in done.files if one.status == "not_loaded"]
    if left and done.status != "refused":
        lines.append(f"  not loaded: {', '.join(left)}")
    lines += [*_rows(done.rejected, "refused"), *_rows(done.flagged, "flagged")]
    if done.unnamed:
        lines.append(f"  {_counted(done.unnamed, 'flag')} more, which only the first answer named; see: agent-tui flags list")
    return lines


def _rows(found: "Sequence[Rejected]", what: str) -> list[str]:
    """Return rows by file, line and column as lines, the first of many."""
    lines = [
        f"  {what}: {one.file}, line {one.line}{f', {one.field}' if one.field else ''}: {one.reason}"
        for one in found[:SHOWN_LINES]
    ]
    more = len(found) - SHOWN_LINES
    return [*lines, f"  and more that are {what}; --json names them"] if more > 0 else lines


def export(
    context: typer.Context,
    form: Annotated[str, typer.Argument(metavar="csv|ics|jsonl", help="CSV that import reads, calendars, or everything.")],
    diary: Annotated[str | None, typer.Option("--diary", help="One diary's appointments only (csv, ics).")] = None,
    first: Annotated[str | None, typer.Option("--from", help="First day of appointments (csv, ics).")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day of appointments (csv, ics).")] = None,
    out: Annotated[str, typer.Option("--out", help="Folder to write to, or - for standard output (one file).")] = ".",
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that exist.")] = False,
    id: Id = None,
) -> None:
    """Export a site's data as files: agent-tui export csv --out FOLDER"""
    session: Session = context.obj
    request = read_id(id)
    from agent_tui.services import exporting as service

    read_choice("The form", form, service.FORMS)
    begin, end = (None if text is None else read_day(text) for text in (first, last))
    if begin is not None and end is not None and end < begin:
        raise Malformed(f"--to {end.isoformat()} is before --from {begin.isoformat()}.")
    if form == "jsonl" and (diary is not None or begin is not None or end is not None):
        raise Malformed("jsonl is the whole site; --diary, --from and --to go with csv and ics.")
    code = read_code(diary)
    wanted = service.Wanted(form, None if code is None else code.upper(), begin, end)
    if out == STANDARD_OUTPUT:
        _to_standard_output(session, wanted, request)
        return
    folder = service.Folder(Path(out), force=force)
    try:
        with session.desk() as desk, progress_bar(after=BAR_AFTER_SECONDS) as progress:
            done = service.export(desk, wanted, folder, id=request, progress=progress)
    except BaseException as error:
        for path in folder.written:
            path.unlink(missing_ok=True)
        if not isinstance(error, service.FilesRefused):
            raise
        done = Refused("exists", str(error))
    if isinstance(done, Refused):
        object_ = empty_export() | {"code": done.code, "reason": done.reason}
        answer(session.as_json, object_, [], code=REFUSED, sentence=done.reason)
        return
    files: list[Object] = [{"file": name, "rows": rows} for name, rows in done.files.items()]
    object_ = empty_export() | {"status": "exported", "repeated": done.repeated, "folder": clean(out), "files": files}
    lines = [f"{name:<20} {rows:>8} rows" for name, rows in done.files.items()]
    answer(session.as_json, object_, lines)


def _to_standard_output(session: Session, wanted: object, request: str | None) -> None:
    from agent_tui.services import exporting as service

    assert isinstance(wanted, service.Wanted)
    if session.as_json:
        raise Malformed("--json and --out - both write to standard output.")
    if wanted.form == "csv" or (wanted.form == "ics" and wanted.diary is None):
        raise Malformed("Standard output takes one file: jsonl, or ics with --diary.")

    def write(name: str, chunks: Iterable[bytes]) -> None:
        for chunk in chunks:
            quiet()
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()

    with session.desk() as desk:
        done = service.export(desk, wanted, write, id=request)
    if isinstance(done, Refused):
        answer(False, {}, [], code=REFUSED, sentence=done.reason)


@site.command("create")
def create(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="The site's code, such as LPP.")],
    name: Annotated[str, typer.Option("--name", help="The site's name.")],
    place: Annotated[str, typer.Option("--place", help="Its address.")],
    nation: Annotated[str, typer.Option("--nation", help="ENG, WLS or SCT: whose bank holidays it keeps.")] = "ENG",
    phone: Annotated[str, typer.Option("--phone", help="Its phone number.")] = "",
    contact: Annotated[str, typer.Option("--handoff-contact", help="Who takes its hand-offs.")] = "Provider Agent Contact",
    admin: Annotated[str, typer.Option("--admin", help="Login of its first administrator.")] = "admin1",
    supervisor: Annotated[str | None, typer.Option("--supervisor", help="Login of its first supervisor.")] = None,
) -> None:
    """Make an empty site, in a new store where there is none: agent-tui site create LPP --name "Leeds" --place "1 Park Place" """
    session: Session = context.obj
    from agent_tui.services import sites as service

    made = Site(code, clean(name, limit=100), clean(place), clean(phone, limit=30), nation, clean(contact, limit=100))
    people = [Staff(admin, admin, "admin", "site staff")]
    if supervisor is not None:
        people.append(Staff(supervisor, supervisor, "supervisor", "site staff"))
    done = service.create_site(session.settings.store, made, tuple(people), session.now.year)
    if isinstance(done, Refused):
        object_ = empty_site() | {"code": done.code, "reason": done.reason}
        answer(session.as_json, object_, [], code=REFUSED, sentence=done.reason)
        return
    logins = [one.login for one in people]
    object_ = empty_site() | {"status": "created", "site": code, "store": done, "logins": logins}
    answer(session.as_json, object_, [f"The site {code} is made in {done}, with the logins {', '.join(logins)}."])


def register(app: typer.Typer) -> None:
    """Add what imports, exports and makes a site."""
    app.command("import", epilog=_EXAMPLE)(import_)
    app.command("export")(export)
    app.add_typer(site, name="site")

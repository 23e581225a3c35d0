"""templates, letter and form: what is said to claimants, looked at before it goes out, and printed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.empties import Object, problem_object
from agent_tui.cli.reading import read_choice, read_id, shown
from agent_tui.cli.session import Session
from agent_tui.domain import messages
from agent_tui.domain.govuk_words import ENGLISH, LANGUAGES
from agent_tui.domain.message_fields import KINDS, PAPER
from agent_tui.domain.message_library import Library, pick
from agent_tui.domain.message_sample import MEETINGS, SAMPLE_DAY, sample_fields
from agent_tui.domain.message_templates import Template
from agent_tui.domain.message_words import Words, form_text, letter_text, render, too_long
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import Refused
from agent_tui.domain.wall_time import short_date, short_date_of

if TYPE_CHECKING:
    from agent_tui.services.message_words import Printed

FORMATS = ("text", "html")
_CHANNELS = tuple(dict.fromkeys(channel for kind in KINDS.values() for channel in kind.channels))
Language = Annotated[str | None, typer.Option("--language", help=f"{' or '.join(LANGUAGES)}; default the claimant's.")]
Format = Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")]
Out = Annotated[str, typer.Option("--out", metavar="FILE", help="Where to write it, - for standard output.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]
LargePrint = Annotated[bool, typer.Option("--large-print", help="HTML in large print.")]


def _library(folder: str | None) -> Library:
    from agent_tui.services.message_words import load_library

    return load_library(folder)


def check(
    context: typer.Context,
    folder: Annotated[
        str | None, typer.Argument(metavar="[FOLDER]", help="A folder of templates (default: the site's, AGENT_TUI_TEMPLATES).")
    ] = None,
) -> None:
    """Check all templates and say how long each text message is: agent-tui templates check letters/"""
    session: Session = context.obj
    found = _library(folder if folder is not None else session.settings.templates)
    items = [] if found.problems else [_checked(one, found) for one in found.templates]
    problems = [{"file": one.file, "line": one.line, "text": one.text} for one in found.problems]
    status = "problems" if problems else "sound"
    sentence = None
    if problems:
        more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
        sentence = f"{found.problems[0]}{more}" if session.as_json else f"The templates have {_counted(len(problems))}."
    answer(
        session.as_json,
        {"status": status, "total": len(items), "items": items, "problems": problems, "code": None, "reason": sentence},
        [str(one) for one in found.problems]
        or [*(_line(one) for one in items), f"{counted(len(items), 'template')}, none with a problem."],
        code=REFUSED if problems else 0,
        sentence=sentence,
    )


def _counted(number: int) -> str:
    return f"{number} problem{'' if number == 1 else 's'}"


def _checked(template: Template, library: Library) -> Object:
    words = render(template, sample_fields(library.called, template.kind, template.language))
    return {
        **{"kind": template.kind, "channel": template.channel, "language": template.language, "file": template.file},
        **{"from": template.valid_from.isoformat(), "version": template.version, **_length(words)},
    }


def _length(words: Words) -> Object:
    length = words.sms
    return {
        "sms_parts": None if length is None else length.parts,
        "characters": None if length is None else length.characters,
        "alphabet": None if length is None else length.alphabet,
    }


def _line(one: Object) -> str:
    length = "" if one["sms_parts"] is None else f"  {one['characters']} characters, {one['sms_parts']} parts, {one['alphabet']}"
    return (
        f"{one['kind']:<13} {one['channel']:<7} {one['language']}  from {short_date_of(one['from']):<15}  {one['file']}{length}"
    )


def preview(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of {', '.join(KINDS)}.")],
    channel: Annotated[str | None, typer.Option("--channel", help=f"One of {', '.join(_CHANNELS)}.")] = None,
    language: Language = None,
    meeting: Annotated[str, typer.Option("--meeting", help=f"Of a made-up meeting: {', '.join(MEETINGS)}.")] = "f2f",
    entry: Annotated[str | None, typer.Option("--appointment", help="Of a real appointment, by id.")] = None,
    format: Format = "text",
) -> None:
    """Show what a message says, to nobody or of a real appointment: agent-tui templates preview reminder --channel sms"""
    session: Session = context.obj
    read_choice("KIND", kind, tuple(KINDS))
    by = channel or KINDS[kind].channels[0]
    read_choice("--channel", by, KINDS[kind].channels)
    _read_language(language)
    read_choice("--meeting", meeting, MEETINGS)
    read_choice("--format", format, FORMATS)
    wanted = read_id(entry, "--appointment")
    if wanted is not None and kind not in messages.TO_CLAIMANTS:
        raise Malformed(f"--appointment goes with what is said to claimants: {', '.join(messages.TO_CLAIMANTS)}.")
    library = _library(session.settings.templates)
    if wanted is not None:
        with session.desk() as desk:
            from agent_tui.services.message_words import words_for

            found = words_for(desk, library, wanted, kind=kind, channel=by, language=language, why="preview", supposed=True)
        _show(session, "templates preview", found, format)
        return
    _show(session, "templates preview", _sample(library, kind, by, language or ENGLISH, meeting), format)


def _sample(library: Library, kind: str, channel: str, language: str, meeting: str) -> "Printed | Refused":
    from agent_tui.services.message_words import Printed

    if library.problems:
        return Refused("templates", f"The templates cannot be used: {library.problems[0]} (agent-tui templates check)")
    template = pick(library, kind, channel, language, SAMPLE_DAY)
    if template is None:
        return Refused("templates", f"No {kind} by {channel} was in force on {short_date(SAMPLE_DAY)}, the day of the preview.")
    fields = sample_fields(library.called, kind, template.language, meeting)
    words = render(template, fields)
    if channel == messages.LETTER:
        return Printed(None, template, words, letter_text(template, words, fields))
    return Printed(None, template, words, form_text(words) if template.keeps_empty else words.body + "\n")


def _read_language(language: str | None) -> None:
    if language is not None:
        read_choice("--language", language, tuple(LANGUAGES))


def letter(
    context: typer.Context,
    entry: Annotated[str, typer.Argument(metavar="ID", help="The appointment's id.")],
    kind: Annotated[
        str | None, typer.Option("--kind", help=f"One of {', '.join(messages.TO_CLAIMANTS)}; default what there is to say now.")
    ] = None,
    language: Language = None,
    format: Format = "text",
    large_print: LargePrint = False,
    out: Out = "-",
    force: Force = False,
) -> None:
    """Print the letter about an appointment: agent-tui letter ID --format html --out letter.html"""
    session: Session = context.obj
    wanted = read_id(entry, "ID") or ""
    if kind is not None:
        read_choice("--kind", kind, messages.TO_CLAIMANTS)
    _read_language(language)
    read_choice("--format", format, FORMATS)
    library = _library(session.settings.templates)
    with session.desk() as desk:
        from agent_tui.services.message_words import words_for

        found = words_for(desk, library, wanted, kind=kind, language=language, large_print=large_print)
    _show(session, "letter", found, format, out, force=force)


def form(
    context: typer.Context,
    entry: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The appointment's or hold's id; without it a blank.")
    ] = None,
    format: Format = "text",
    large_print: LargePrint = False,
    out: Out = "-",
    force: Force = False,
) -> None:
    """Print the appointment-details form, blank or filled: agent-tui form ID --format html --out form.html"""
    session: Session = context.obj
    wanted = read_id(entry, "ID")
    read_choice("--format", format, FORMATS)
    library = _library(session.settings.templates)
    with session.desk() as desk:
        from agent_tui.services.message_words import form as fill

        found = fill(desk, library, wanted, large_print=large_print)
    _show(session, "form", found, format, out, force=force)


def _show(
    session: Session, command: str, found: "Printed | Refused", format: str, out: str = "-", *, force: bool = False
) -> None:
    if isinstance(found, Refused):
        refusal = problem_object(command, "refused", found.code, found.reason)
        answer(session.as_json, refusal, [], code=REFUSED, sentence=found.reason)
        return
    text = found.words.html if format == "html" else found.text
    if text is None:
        raise Malformed(f"A message by {found.template.channel} has no page of HTML; --format text shows it.")
    if out != "-":
        from agent_tui.services.plain_file import write_private

        problem = write_private(out, text, force=force)
        if problem is not None:
            raise Malformed(problem)
    answer(session.as_json, _object(command, found, format, out, text), _lines(found, out, text))


def _object(command: str, found: "Printed", format: str, out: str, text: str) -> Object:
    template, words = found.template, found.words
    status = {"templates preview": "preview"}.get(command, command)
    return {
        **{"status": status, "id": None if found.entry is None else found.entry.id, "kind": template.kind},
        **{"channel": template.channel, "language": template.language, "template": template.file, "version": template.version},
        **{"subject": words.subject, "body": words.body, **_length(words), "too_long": too_long(words)},
        **{"format": format, "out": None if out == "-" else out, "document": text if out == "-" else None},
        **{"code": None, "reason": None},
    }


def _lines(found: "Printed", out: str, text: str) -> list[str]:
    if out != "-":
        return [f"{found.template.kind.capitalize()} written to {shown(Path(out).name, 60)}, which only you can read."]
    lines = text.splitlines()
    if found.words.subject and found.template.channel not in (messages.LETTER, PAPER):
        lines = [f"Subject: {found.words.subject}", "", *lines]
    if found.words.sms is not None:
        length = found.words.sms
        parts = f"{length.parts} part{'' if length.parts == 1 else 's'}"
        lines += ["", too_long(found.words) or f"({length.characters} characters, {parts}, {length.alphabet} alphabet)"]
    return lines


def register(app: typer.Typer) -> None:
    """Add templates, letter and form."""
    group = typer.Typer(
        no_args_is_help=True, help="Check and preview the templates of messages: agent-tui templates check letters/"
    )
    group.command("check")(check)
    group.command("preview")(preview)
    app.add_typer(group, name="templates")
    app.command("letter")(letter)
    app.command("form")(form)

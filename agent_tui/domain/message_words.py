"""A template filled for somebody: plain text, a text message with its parts, a page of HTML, a letter to print, a form.

Every value goes in once, as text: what looks like a field, markup or a header in it stays what it looks like.
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from agent_tui.domain import messages
from agent_tui.domain.cleaning import clean_for_display
from agent_tui.domain.govuk_words import WELSH
from agent_tui.domain.html_page import Section, html, page
from agent_tui.domain.message_fields import LINES, PAPER
from agent_tui.domain.message_templates import HEADING, ITEM, TEXT, Line, Template
from agent_tui.domain.sms import LONGEST, SmsLength, sms_length, sms_text

LETTER_WIDTH: Final = 72
"""Columns of a letter or a form in plain text."""
_REFERENCE: Final[Mapping[str, str]] = {"en": "Reference", WELSH: "Cyfeirnod"}


@dataclass(frozen=True, slots=True)
class Part:
    """A filled block: its kind, and its lines joined to one text; an item of a form has a label and a value beside it."""

    kind: str
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A filled template: one line of subject, the body as plain text, and a page of HTML where the channel has one.

    `sms_parts` is how many parts a text message is sent in (0 for other channels), `sms` its length (None for others).
    """

    subject: str = field(repr=False)
    body: str = field(repr=False)
    html: str | None = field(default=None, repr=False)
    sms_parts: int = 0
    sms: SmsLength | None = None
    parts: tuple[Part, ...] = field(default=(), repr=False)


class FieldMissing(ValueError):
    """A field that a template names and nobody gave; the message is a sentence."""


def render(template: Template, fields: Mapping[str, str], *, large_print: bool = False) -> Words:
    """Return a template filled with the values of its fields.

    A line in which a field is empty is left out, and so is a heading under which nothing stands; a form keeps them, as lines
    to write on. FieldMissing for a field that is not among `fields`.
    """
    parts = tuple(_with_headings(_parts(template, fields)))
    if template.channel in (messages.SMS, messages.PHONE):
        body = "\n".join(part.text for part in parts)
        if template.channel != messages.SMS:
            return Words("", body, parts=parts)
        body = sms_text(body)
        length = sms_length(body)
        return Words("", body, sms_parts=length.parts, sms=length, parts=parts)
    subject = " ".join((_filled(template.subject, fields, keep=True) or "").split())
    words = Words(subject, plain_text(parts), parts=parts)
    if template.channel == messages.LETTER:
        return replace(words, html=_letter_page(template, words, fields, large_print))
    if template.channel == messages.EMAIL:
        return replace(words, html=_mail_page(template, words))
    return replace(words, html=_form_page(template, words, large_print)) if template.channel == PAPER else words


def too_long(words: Words) -> str | None:
    """Return the sentence that a text message is longer than any network takes, or None."""
    if words.sms is None or not words.sms.too_long:
        return None
    return f"The text message has {words.sms.characters} characters, more than the {LONGEST} that can be sent."


def value_of(name: str, fields: Mapping[str, str]) -> str:
    """Return a field's value as text that steers nothing: one line, or several where LINES says so; FieldMissing without it."""
    if name not in fields:
        raise FieldMissing(f"The field (({name})) has no value.")
    lines = fields[name].split("\n") if name in LINES else [fields[name]]
    return "\n".join(line for line in (" ".join(clean_for_display(one).split()) for one in lines) if line)


def _parts(template: Template, fields: Mapping[str, str]) -> Iterator[Part]:
    for block in template.blocks:
        if template.keeps_empty and block.kind == ITEM:
            label, value = _label(block.lines)
            said = [_filled(line, fields, keep=True) or "" for line in value]
            yield Part(ITEM, " ".join(one for one in said if one), label)
            continue
        lines = [_filled(line, fields, keep=template.keeps_empty) for line in block.lines]
        if any(lines):
            yield Part(block.kind, " ".join(line for line in lines if line))


def _label(lines: Sequence[Line]) -> tuple[str, Sequence[Line]]:
    """Return what stands before the first colon of a form's item, and its lines without that."""
    first = lines[0]
    label, colon, rest = first[0].text.partition(":") if first and not first[0].field else ("", "", "")
    if not colon:
        return "", lines
    kept = replace(first[0], text=rest)
    return label.strip(), [(kept, *first[1:]), *lines[1:]]


def _with_headings(parts: Iterator[Part]) -> Iterator[Part]:
    """Yield the parts without the headings under which nothing stands."""
    waiting: Part | None = None
    for part in parts:
        if part.kind == HEADING:
            waiting = part
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        yield part


def _filled(line: Line, fields: Mapping[str, str], *, keep: bool) -> str | None:
    """Return a line with its values, or None where a field that stands by itself is empty and is not to be kept."""
    said: list[str] = []
    for piece in line:
        if not piece.field:
            said.append(piece.text)
            continue
        value = value_of(piece.field, fields)
        if piece.text:
            said.append(piece.text if value else "")
        elif value or keep:
            said.append(value)
        else:
            return None
    return "".join(said).strip()


# Plain text.


def plain_text(parts: Sequence[Part]) -> str:
    """Return filled blocks as plain text, a blank line between them but for the items of one list."""
    lines: list[str] = []
    before = ""
    for part in parts:
        if before and not before == part.kind == ITEM:
            lines.append("")
        lines.append(f"- {part.text}" if part.kind == ITEM else part.text)
        before = part.kind
    return "\n".join(lines)


def letter_text(template: Template, words: Words, fields: Mapping[str, str]) -> str:
    """Return a letter as lines of at most LETTER_WIDTH columns: the office, the claimant's address, the day, the body."""
    office = [value_of(name, fields) for name in ("office", "office address", "office phone")]
    head = [line for one in office if one for line in _wrapped(one, 34)]
    to = [value_of("name", fields), *value_of("address", fields).split("\n")]
    reference = f"{_REFERENCE[template.language]}: {value_of('reference', fields)}"
    lines = [f"{'':38}{line}" for line in head] + [""] + [line for one in to if one for line in _wrapped(one)]
    lines += ["", value_of("today", fields), reference, "", *_wrapped(words.subject), ""]
    for line in words.body.split("\n"):
        lines += _wrapped(line, hang="  " if line.startswith("- ") else "") or [""]
    return "\n".join(lines) + "\n"


def form_text(words: Words) -> str:
    """Return a form as lines of at most LETTER_WIDTH columns; where nothing is filled in there is a line to write on."""
    lines = [*_wrapped(words.subject), ""]
    for part in words.parts:
        if part.kind == HEADING:
            lines += ["", part.text, "-" * min(len(part.text), LETTER_WIDTH)]
        elif part.kind == ITEM:
            value = part.text.split("\n") if part.text else ["_" * (LETTER_WIDTH - 24)]
            folded = [line for one in value for line in _wrapped(one, LETTER_WIDTH - 24)]
            lines += [f"{label:<24}{line}" for label, line in zip([part.label, *[""] * len(folded)], folded, strict=False)]
        else:
            lines += _wrapped(part.text)
    return "\n".join(lines) + "\n"


def _wrapped(text: str, width: int = LETTER_WIDTH, *, hang: str = "") -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent=hang, break_on_hyphens=False)


# HTML.

_TEXT_STYLE = (
    "*{box-sizing:border-box}body{font:12pt/1.5 Arial,Helvetica,sans-serif;color:#0b0c0c;background:#fff;margin:0}"
    "main,section{overflow-wrap:anywhere}h1{font-size:1.35em;line-height:1.25;margin:0 0 .8em}"
    "h2{font-size:1.1em;line-height:1.3;margin:1.2em 0 .3em;break-after:avoid}p{margin:0 0 .7em}"
    "ul{margin:0 0 .7em;padding-left:1.3em}"
    "li{margin:.15em 0}"
)
_LETTER_STYLE = (
    "@page{size:A4;margin:18mm 20mm}body{max-width:170mm;margin:18mm auto;padding:0 5mm}"
    ".from{width:70mm;margin-left:auto;line-height:1.35}.from strong{display:block}"
    ".to{width:85mm;min-height:30mm;line-height:1.35}.to div,.from div{overflow-wrap:anywhere}"
    ".of{margin:6mm 0;display:flex;justify-content:space-between;flex-wrap:wrap;gap:0 1em}"
    # In a window envelope the address must be where the window is.
    "@media print{body{margin:0;padding:0;max-width:none}.from{position:absolute;top:0;right:0}"
    ".to{padding-top:27mm;min-height:62mm}"
    "li,p{orphans:2;widows:2}}"
)
_LARGE_STYLE = "body{font-size:18pt}.from,.to{font-size:16pt}"
_MAIL_STYLE = "body{max-width:38em;padding:1em}"
_FORM_STYLE = (
    "@page{size:A4;margin:12mm 14mm}body{font-size:10.5pt;line-height:1.3;max-width:182mm;margin:10mm auto;padding:0 5mm}"
    "h2{background:#f0f0f0;border-top:2px solid #0b0c0c;padding:.2em .4em;margin:.7em 0 0;font-size:1em}"
    "dl{margin:0 0 .7em;display:grid;grid-template-columns:33mm 1fr 33mm 1fr}"
    "@media screen and (max-width:44em){dl{grid-template-columns:40% 1fr}}"
    "dt,dd{border-bottom:1px solid #767676;margin:0;padding:.35em .4em;min-height:8.5mm;overflow-wrap:anywhere}"
    "dt{font-weight:bold}dd:last-child:nth-of-type(odd){grid-column:2/-1}dl:last-of-type>*{min-height:22mm}"
    "dd div{min-height:1em}"
    "@media print{body{margin:0;padding:0;max-width:none;font-size:10pt}"
    "h2,dl{print-color-adjust:exact;-webkit-print-color-adjust:exact}"
    "dt,dd{break-inside:avoid;min-height:7.5mm}dl{margin:0}p{margin:.2em 0}}"
)


def _letter_page(template: Template, words: Words, fields: Mapping[str, str], large: bool) -> str:
    office = value_of("office", fields)
    rest = [value_of(name, fields) for name in ("office address", "office phone")]
    to = [value_of("name", fields), *value_of("address", fields).split("\n")]
    reference = f"{_REFERENCE[template.language]}: {value_of('reference', fields)}"
    body = (
        f'<div class="from"><strong>{html(office)}</strong>{_lines(rest)}</div>\n<div class="to">{_lines(to)}</div>\n'
        f'<div class="of"><span>{html(value_of("today", fields))}</span><span>{html(reference)}</span></div>\n'
        f"<h1>{html(words.subject)}</h1>\n{_blocks(words.parts)}"
    )
    style = _TEXT_STYLE + _LETTER_STYLE + (_LARGE_STYLE if large else "")
    return page(words.subject, [Section(body)], style=style, language=template.language)


def _mail_page(template: Template, words: Words) -> str:
    body = f"<h1>{html(words.subject)}</h1>\n{_blocks(words.parts)}"
    return page(words.subject, [Section(body)], style=_TEXT_STYLE + _MAIL_STYLE, language=template.language)


def _form_page(template: Template, words: Words, large: bool) -> str:
    found = [f"<h1>{html(words.subject)}</h1>"]
    for kind, parts in groupby(words.parts, key=lambda part: part.kind):
        if kind == ITEM:
            rows = "\n".join(f"<dt>{html(one.label)}</dt><dd>{_lines(one.text.split(chr(10)))}</dd>" for one in parts)
            found.append(f"<dl>\n{rows}\n</dl>")
        else:
            found += [f"<{_TAGS[kind]}>{html(one.text)}</{_TAGS[kind]}>" for one in parts]
    style = _TEXT_STYLE + _FORM_STYLE + ("body{font-size:16pt}" if large else "")
    return page(words.subject, [Section("\n".join(found))], style=style, language=template.language)


_TAGS: Final[Mapping[str, str]] = {HEADING: "h2", TEXT: "p", ITEM: "li"}


def _blocks(parts: Sequence[Part]) -> str:
    found = []
    for kind, group in groupby(parts, key=lambda part: part.kind):
        rows = "\n".join(f"<{_TAGS[kind]}>{html(one.text)}</{_TAGS[kind]}>" for one in group)
        found.append(f"<ul>\n{rows}\n</ul>" if kind == ITEM else rows)
    return "\n".join(found)


def _lines(lines: Sequence[str]) -> str:
    return "".join(f"<div>{html(line)}</div>" for line in lines if line)

"""The templates of a site: those that come with the product, and over them the ones that the site has laid beside."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from agent_tui.domain.cleaning import clean
from agent_tui.domain.govuk_words import ENGLISH, LANGUAGES
from agent_tui.domain.message_fields import KINDS, Called
from agent_tui.domain.message_templates import Template, TemplateProblem, read_template

TYPES, BRING = "types.csv", "bring.csv"
"""What types may be called, and what to bring in other languages."""
_TYPE_COLUMNS: Final = ("code", *LANGUAGES, "source")
_BRING_COLUMNS: Final = tuple(LANGUAGES)
LONGEST_TABLE: Final = 200_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Library:
    """Templates by layer, the one that goes before the others last; with any problem nothing should be sent."""

    layers: tuple[tuple[Template, ...], ...] = ()
    called: Called = field(default_factory=Called)
    problems: tuple[TemplateProblem, ...] = ()

    @property
    def templates(self) -> tuple[Template, ...]:
        """Return the templates of all layers."""
        return tuple(one for layer in self.layers for one in layer)


@dataclass(frozen=True, slots=True)
class Layer:
    """The files of one folder by name; `label` stands before the name of a file in a problem."""

    label: str
    files: Mapping[str, str]


def read_library(layers: Sequence[Layer]) -> Library:
    """Return the templates of some folders, of which a later one goes before an earlier one, and what is wrong by file and line.

    Each kind needs a template in English for each of its channels.
    """
    read: list[tuple[Template, ...]] = []
    problems: list[TemplateProblem] = []
    called = Called({}, {})
    for layer in layers:
        seen: dict[tuple[str, str, str, date], str] = {}
        templates: list[Template] = []
        for name in sorted(layer.files):
            file, text = f"{layer.label}{name}", layer.files[name]
            last = name.rpartition("/")[2]
            if last == TYPES:
                called = replace(called, types={**called.types, **_table(file, text, _TYPE_COLUMNS, problems)})
            elif last == BRING:
                called = replace(called, bring={**called.bring, **_table(file, text, _BRING_COLUMNS, problems)})
            else:
                found, wrong = read_template(file, text)
                problems += [*wrong, *_twice(found, seen)]
                templates += found
        read.append(tuple(templates))
    problems += _lacking(one for layer_read in read for one in layer_read)
    return Library(tuple(read), called, tuple(problems))


def pick(library: Library, kind: str, channel: str, language: str, day: date) -> Template | None:
    """Return the template of a kind, channel and language in force on a day, the one in English where there is none, or None.

    Of one folder it is the one that began last; a site's own goes before those of the product.
    """
    for wanted in dict.fromkeys((language, ENGLISH)):
        for layer in reversed(library.layers):
            fitting = [
                one for one in layer if (one.kind, one.channel, one.language) == (kind, channel, wanted) and one.valid_from <= day
            ]
            if fitting:
                return max(fitting, key=lambda one: one.valid_from)
    return None


def _twice(found: Iterable[Template], seen: dict[tuple[str, str, str, date], str]) -> Iterable[TemplateProblem]:
    for one in found:
        key = (one.kind, one.channel, one.language, one.valid_from)
        if key in seen:
            said = f"{one.kind} by {one.channel} in {LANGUAGES[one.language]} from {one.valid_from.isoformat()}"
            yield TemplateProblem(one.file, 1, f"The {said} is in {seen[key]} too.")
        seen[key] = one.file


def _lacking(templates: Iterable[Template]) -> Iterable[TemplateProblem]:
    there = {(one.kind, one.channel) for one in templates if one.language == ENGLISH}
    for name, kind in KINDS.items():
        for channel in kind.channels:
            if (name, channel) not in there:
                yield TemplateProblem("templates", 0, f"There is no {name} by {channel} in English.")


def _table(file: str, text: str, columns: Sequence[str], problems: list[TemplateProblem]) -> dict[str, Mapping[str, str]]:
    """Return a CSV file's rows by their first cell, the cells by column; what is wrong is added by line."""
    if len(text) > LONGEST_TABLE:
        problems.append(TemplateProblem(file, 0, f"The file is longer than {LONGEST_TABLE} characters."))
        return {}
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    rows: dict[str, Mapping[str, str]] = {}
    try:
        header = next(reader, [])
        if tuple(header) != tuple(columns):
            problems.append(TemplateProblem(file, 1, f"The header must be {','.join(columns)}."))
            return {}
        for cells in reader:
            if not any(cells):
                continue
            row = dict(zip(columns, (clean(cell, limit=300) for cell in cells), strict=False))
            if len(cells) != len(columns) or not cells[0]:
                text = f"{len(cells)} cells where the header has {len(columns)}, or an empty first one."
                problems.append(TemplateProblem(file, reader.line_num, text))
            elif row[columns[0]] in rows:
                problems.append(TemplateProblem(file, reader.line_num, f"{row[columns[0]][:40]!r} is there twice."))
            else:
                rows[row[columns[0]]] = {name: value for name, value in row.items() if value and name in LANGUAGES}
    except csv.Error as error:
        problems.append(TemplateProblem(file, max(reader.line_num, 1), f"This is not CSV: {error}."))
    return rows

"""What the store holds about one claimant, for the claimant: JSON, plain text, or one HTML page that needs nothing else."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_tui.domain.cleaning import clean_for_display
from agent_tui.domain.html_page import Section, html, page
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import iso_instant

FORMS = ("json", "txt", "html")

_TITLES: Mapping[str, str] = {
    "client": "Your details",
    "entry": "Your appointments, holds of times, and time kept for you",
    "note": "Notes",
    "call": "Calls and requests",
    "handoff": "Requests that were handed to a contact",
    "waiting": "Your places on the list for an earlier time",
    "message": "Messages",
    "flag": "Conflicts that were settled, or wait to be",
    "escalation": "What was passed up to a contact",
    "override_request": "Urgent requests that needed approval",
    "external_reference": "What other systems call you and your appointments",
    "refusal": "Calls that ended without an appointment",
    "access": "Who looked at your details, when and why",
    "event": "The log: what was done, by whom and when",
}
_FIRST = tuple(_TITLES)
_INSTANTS = frozenset({"at", "stamped", "not_before"})


@dataclass(frozen=True, slots=True)
class Subject:
    """One claimant's rows by table, at whose site, and when they were read (ms UTC)."""

    ref: str
    site: str
    place: str
    at: int
    tables: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows each table has of them."""
        return {name: len(rows) for name, rows in self.tables.items()}


def subject_text(found: Subject, form: str) -> str:
    """Return the document in one of FORMS: JSON with every column as it is stored, text and HTML as a person reads it."""
    if form == "json":
        said = {
            "client": found.ref,
            "site": found.site,
            "place": found.place,
            "at": iso_instant(found.at),
            "tables": found.tables,
        }
        return json.dumps(said, ensure_ascii=False, indent=2) + "\n"
    return _plain(found) if form == "txt" else _page(found)


def _heading(found: Subject) -> str:
    return f"What {found.place} holds about {found.ref} in its booking desk, read at {iso_instant(found.at)}"


def _ordered(found: Subject) -> list[tuple[str, Sequence[Mapping[str, Any]]]]:
    known = [name for name in _FIRST if name in found.tables]
    others = sorted(set(found.tables) - set(_FIRST))
    return [(_TITLES.get(name, name.replace("_", " ").capitalize()), found.tables[name]) for name in (*known, *others)]


def _said(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the words of a row: what is empty is left out, ticks are times, instants are dates."""
    return [
        (name.replace("_tick", "").replace("_", " "), _value(name, value))
        for name, value in row.items()
        if value not in (None, "") and name != "site"
    ]


def _value(name: str, value: Any) -> str:
    if isinstance(value, int) and name.endswith("_tick"):
        return clock(value)
    if isinstance(value, int) and (name in _INSTANTS or name.endswith("_at")):
        return iso_instant(value)
    return clean_for_display(str(value).replace("\n", " "))


def _plain(found: Subject) -> str:
    lines = [clean_for_display(_heading(found)), ""]
    for title, rows in _ordered(found):
        lines += [f"{title} ({len(rows)})", "-" * 72]
        for row in rows:
            lines += [f"  {name}: {value}" for name, value in _said(row)]
            lines.append("")
    return "\n".join(lines)


_STYLE = (
    "body{font-family:sans-serif;max-width:60em;margin:2em auto;padding:0 1em;line-height:1.4}"
    "dl{display:grid;grid-template-columns:12em 1fr;gap:0 1em;border-top:1px solid #767676;padding:.5em 0;margin:0}"
    "dt{font-weight:bold}dd{margin:0;overflow-wrap:anywhere}"
)


def _page(found: Subject) -> str:
    sections = [Section(f"<h1>{html(_heading(found))}</h1>")]
    for title, rows in _ordered(found):
        lists = "\n".join(
            "<dl>" + "".join(f"<dt>{html(name)}</dt><dd>{html(value)}</dd>" for name, value in _said(row)) + "</dl>"
            for row in rows
        )
        sections.append(Section(f"<h2>{html(title)} ({len(rows)})</h2>\n{lists}"))
    return page(f"What is held about {found.ref}", sections, style=_STYLE)

"""HTML pages that stand alone: no script, no picture and no font from anywhere; what they say is escaped text.

A page is a title and sections. Each kind of page has a module of its own that makes its sections, such as week_page and
day_list; another job adds a section of its own to a page by giving `page` one more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from agent_tui.domain.cleaning import clean_for_display


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page: HTML, in which every text has gone through `html`, and the rules of CSS that it needs."""

    body: str
    style: str = ""
    kind: str = ""
    """The class of its element, where its style or another's needs one."""


def html(text: str) -> str:
    """Return a text as it may stand in an element or in a quoted attribute."""
    return escape(clean_for_display(text))


def page(title: str, sections: Iterable[Section], *, style: str = "", language: str = "en") -> str:
    """Return a page; its policy refuses all that would come from elsewhere.

    `title` is plain text, `style` rules of CSS, `language` the code of the language that it is in.
    """
    parts = list(sections)
    rules = "".join(dict.fromkeys([style, *(one.style for one in parts)]))
    body = "\n".join(_element(one) for one in parts)
    return (
        f'<!DOCTYPE html>\n<html lang="{html(language)}-GB">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html(title)}</title>\n<style>{rules}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _element(section: Section) -> str:
    named = f' class="{html(section.kind)}"' if section.kind else ""
    return f"<section{named}>\n{section.body}\n</section>"

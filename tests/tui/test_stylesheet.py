"""The quick stylesheet says what Textual's own says, of every node of every screen, and parses nothing twice."""

from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

from agent_tui.tui.screens.going import SCREENS, go_to
from agent_tui.tui.stylesheet import QuickStylesheet
from tests.tui.booking_desk import SMALL, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]


def styles_of(node: DOMNode) -> dict[str, Any]:
    parts = {name: dict(styles.base._rules) for name, styles in node._component_styles.items()}
    flags = (node._has_hover_style, node._has_focus_within, node._has_order_style, node._has_odd_or_even)
    return {"": dict(node.styles.base._rules), "flags": flags, **parts}


def differing(seat: Seat) -> list[str]:
    """Return the nodes to which Textual's own stylesheet gives other styles than they have."""
    app = seat.pilot.app
    plain = Stylesheet(variables=app.get_css_variables())
    plain._rules = app.stylesheet.rules
    found = []
    for node in app.screen.walk_children(with_self=True):
        ours = styles_of(node)
        plain.apply(node)
        if styles_of(node) != ours:
            found.append(repr(node))
    return found


async def test_every_node_of_every_screen_has_the_styles_that_textual_gives(seats: Seats) -> None:
    async with seats.seat("super1", SMALL) as seat:
        assert isinstance(seat.pilot.app.stylesheet, QuickStylesheet)
        assert differing(seat) == []
        seat.screen.grid.focus()
        await seat.press("question_mark")
        assert seat.top is not seat.screen
        assert differing(seat) == []
        await seat.press("escape")
        for name in SCREENS:
            go_to(seat.pilot.app, name)
            await seat.rest()
            assert (name == "booking") == (seat.top is seat.screen)
            assert differing(seat) == []
        seat.pilot.app.theme = "light"
        await seat.pilot.resize_terminal(120, 36)
        await seat.rest()
        assert differing(seat) == []


def test_what_has_been_parsed_is_not_parsed_again_and_other_variables_are(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = Stylesheet._parse_rules

    def noted(sheet: Stylesheet, css: str, *more: Any) -> list[RuleSet]:
        read.append(css)
        return real(sheet, css, *more)

    monkeypatch.setattr(Stylesheet, "_parse_rules", noted)
    css = "Label { color: $tint; width: 7; }"
    for tint in ("#111111", "#111111", "#222222"):
        sheet = QuickStylesheet(variables={"tint": tint})
        sheet.add_source(css)
        assert sheet.rules[0].styles.color.hex == tint
        sheet.reparse()
    assert read == [css, css]
    sheet.set_variables({"tint": "#333333"})
    sheet.reparse()
    assert sheet.rules[0].styles.color.hex == "#333333"

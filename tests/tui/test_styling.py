"""Styles that are remembered are those that Textual finds, and a focus that moves paints no whole screen."""

from collections.abc import Iterator
from typing import Any

import pytest
from textual._compositor import Compositor
from textual.css import stylesheet
from textual.css.parse import parse
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

from agent_tui.tui.styling import RememberingStylesheet
from tests.tui.booking_desk import Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]


def styled(node: DOMNode) -> tuple[Any, ...]:
    flags = (node._has_hover_style, node._has_focus_within, node._has_order_style, node._has_odd_or_even)
    parts = {name: dict(one.base._rules) for name, one in node._component_styles.items()}
    return dict(node._css_styles._rules), parts, flags


def nodes_of(seat: Seat) -> Iterator[DOMNode]:
    yield seat.pilot.app
    for screen in seat.pilot.app.screen_stack:
        yield from screen.walk_children(with_self=True)


async def test_what_is_remembered_is_what_textual_finds(seats: Seats) -> None:
    async with seats.seat() as seat:
        app = seat.pilot.app
        assert isinstance(app.stylesheet, RememberingStylesheet)
        steps = (("tab", "tab", "x"), ("f1",), ("escape", "f7", "down"), ("f12",), ("escape", "S", "f"), ("escape",))
        for number, keys in enumerate(steps):
            await seat.press(*keys)
            if number == 2:
                app.theme = "light"
                await seat.pilot.resize_terminal(80, 24)
                await seat.rest()
            own = Stylesheet()
            own._rules = app.stylesheet.rules
            for node in list(nodes_of(seat)):
                has = styled(node)
                own.apply(node)
                assert styled(node) == has, (keys, node)


async def test_no_sheet_is_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(scope: str, css: str, *given: Any, **more: Any) -> Any:
        read.append(css)
        return parse(scope, css, *given, **more)

    monkeypatch.setattr(stylesheet, "parse", counted)
    sheet = RememberingStylesheet()
    for number in range(3):
        sheet.add_source(f".one-{number} {{ width: {number}; }}", ("sheet", str(number)))
        sheet.reparse()
    assert len(sheet.rules) == len(read) == 3


async def test_a_focus_that_moves_paints_no_whole_screen(seats: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    async with seats.seat() as seat:
        await seat.press("tab")
        whole: list[Compositor] = []
        monkeypatch.setattr(Compositor, "render_full_update", lambda self, **_more: whole.append(self))
        for _ in range(3):
            await seat.press("tab")
        assert whole == []

"""Panes on the other side: who wants the request, the list or the filters on the right has them there on every screen."""

from typing import Any, Final

from textual.layouts.vertical import VerticalLayout
from textual.screen import Screen
from textual.widget import Widget

BOXES: Final = "#desk, #panes, #board, .half"
"""What holds panes side by side."""

ABREAST: Final = 3
"""So many panes of a box stand side by side at most."""

_AS_COMPOSED: Final = "_panes_as_composed"


def mirror(screen: Screen[Any]) -> None:
    """Put the panes of a screen in the order that the app asks for; focus and content stay, and stacked panes keep theirs."""
    mirrored = screen.app.has_class("-mirrored")
    screen.set_class(mirrored, "-mirrored")
    for box in screen.query(BOXES):
        panes: tuple[Widget, ...] | None = getattr(box, _AS_COMPOSED, None)
        if panes is None:
            panes = tuple(box.children)
            setattr(box, _AS_COMPOSED, panes)
        stacked = box.id != "desk" and isinstance(box.layout, VerticalLayout)
        _order(box, _mirrored(panes) if mirrored and not stacked else panes)


def _mirrored(panes: tuple[Widget, ...]) -> tuple[Widget, ...]:
    """Return panes in the other order; those that stand under others, as the booking screen's offers do, come last still."""
    return (*panes[:ABREAST][::-1], *panes[ABREAST:])


def _order(box: Widget, wanted: tuple[Widget, ...]) -> None:
    for at, pane in enumerate(wanted):
        if box.children[at] is not pane:
            box.move_child(pane, before=at)

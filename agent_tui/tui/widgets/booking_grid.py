"""The diary grid with the booking screen's keys."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from agent_tui.tui.commands import bindings_for
from agent_tui.tui.widgets.diary_grid import DiaryGrid

_OWN = {key for binding in bindings_for("grid") for key in binding.key.split(",")}


def _fine_steps() -> list[BindingType]:
    """The movements of the grid itself whose keys the registry leaves free."""
    kept: list[BindingType] = []
    for binding in DiaryGrid.BINDINGS:
        if isinstance(binding, Binding) and not _OWN & set(binding.key.split(",")):
            kept.append(binding)
    return kept


class BookingGrid(DiaryGrid, inherit_bindings=False):
    """The diary grid; what its keys do is in the registry, and the screen does it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("grid"), *_fine_steps()]

    def action_first(self) -> None:
        """Go to the first line."""
        self.action_day_start()

    def action_last(self) -> None:
        """Go to the last line."""
        self.action_day_end()

"""What a terminal shows whose login was switched off: a sentence over all that stood there, and nothing to do but leave."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from agent_tui.tui.widgets.lines import shown


class OffScreen(ModalScreen[None]):
    """Covers the whole screen, and so what was read while the login could still read."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,escape,q,ctrl+q,f10", "leave", "leave", show=False)]

    DEFAULT_CSS = """
    OffScreen {
        align: center middle;
        background: $background;
        & Static { width: 60; max-width: 100%; height: auto; text-align: center; }
    }
    """

    def __init__(self, login: str) -> None:
        """Take the login that was switched off."""
        super().__init__()
        self.sentence = (
            f"The login {login} is switched off; a supervisor or an administrator can switch it on again."
            " What you typed is kept. Enter leaves the program."
        )

    def compose(self) -> ComposeResult:
        """Say so."""
        yield Static(Content(shown(self.sentence)), markup=False)

    def on_click(self) -> None:
        """Leave, as enter does."""
        self.action_leave()

    def action_leave(self) -> None:
        """Leave the program."""
        self.app.exit()

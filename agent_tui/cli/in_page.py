"""The desk of one open page; `serve` starts it as a program of its own, with its settings in the environment."""

import sys

from agent_tui import __version__
from agent_tui.cli.session import Session
from agent_tui.settings import SettingsError

USAGE = 2


def main() -> int:
    """Show the desk in the page that this program was started for, and return the exit code."""
    try:
        settings = Session().settings
    except SettingsError as wrong:
        print(wrong, file=sys.stderr)
        return USAGE
    from agent_tui.failures import noted
    from agent_tui.tui.app import AgentTui

    app = AgentTui(settings)
    noted(f"agent-tui {__version__} opens in a page")
    app.run()
    noted("agent-tui was left")
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())

"""Acts that change several appointments at once, and are taken back of all of them or not at all."""

from agent_tui.domain.override import is_override
from agent_tui.domain.recovery import REASON
from agent_tui.domain.rehoming import is_rehomed


def is_whole(reason: str | None) -> bool:
    """Return whether the reason of a line of the log is that of a re-homing, of a plan of the recovery list or of an override."""
    return reason == REASON or is_rehomed(reason) or is_override(reason)

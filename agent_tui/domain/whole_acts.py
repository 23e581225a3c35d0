"""Acts that change several appointments at once, and are taken back of all of them or not at all."""

from agent_tui.domain.override import is_override
from agent_tui.domain.recovery import REASON
from agent_tui.domain.rehoming import is_rehomed

GIVEN_BACK = "given_back"
"""The reason of the lines of the log by which an appointment gets the time that it had lost, and who had it moves."""


def is_whole(reason: str | None) -> bool:
    """Return whether the reason of a line of the log is that of an act that is taken back as one.

    Those are a re-homing, a plan of the recovery list, an override, and a time that is given back.
    """
    return reason in (REASON, GIVEN_BACK) or is_rehomed(reason) or is_override(reason)

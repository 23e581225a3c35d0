"""Messages as senders get them."""

from datetime import date
from typing import Any

from agent_tui.domain.messages import CONFIRMATION, CalendarPart, Outgoing

REFERENCE = "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f.confirmation.1"
TO = {
    **{"sms": "+447911123456", "email": "sana@example.com", "letter": "Sana Khan\n12 High Street\nLeeds\nLS1 4AP"},
    **{"ticket": "", "coach": "mira.vale@dwp.gov.uk"},
}
PART = CalendarPart(
    uid="5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f",
    sequence=0,
    cancel=False,
    day=date(2026, 11, 30),
    start=114,
    end=120,
    zone="Europe/London",
    summary="Appointment at the jobcentre",
    location="1 Park Place, Leeds",
    description="Bring your photo ID.",
)


def outgoing(channel: str = "sms", **changes: Any) -> Outgoing:
    """Return a confirmation for a channel, with some of its parts changed."""
    usual: dict[str, Any] = {
        **{"reference": REFERENCE, "kind": CONFIRMATION, "channel": channel, "to": TO[channel]},
        **{"subject": "Your appointment", "body": "You have an appointment on Monday 30 November at 9:30am."},
    }
    return Outgoing(**usual | changes)

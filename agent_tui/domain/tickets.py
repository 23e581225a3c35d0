"""Tickets: what a site asks of the people who run the tool, with the fields that they need."""

from dataclasses import dataclass, field

KINDS = ("new_diary", "enable_diary", "disable_diary", "retire_diary", "absorb_diary", "segmentation")
WAITING, APPROVED, DECLINED, DONE = STATUSES = ("waiting", "approved", "declined", "done")


@dataclass(frozen=True, slots=True)
class Ticket:
    """One record: its kind and status, the diary it is about, its named fields, and the patterns attached as TOML.

    Instants are ms UTC. An act that the site does at once leaves a ticket that is done already.
    Source: seeds/spotlight-appointment-booking.txt, "Diaries required for new users" and "Diaries that are no longer required".
    """

    id: str
    kind: str
    status: str
    resource: str | None
    fields: dict[str, str] = field(default_factory=dict)
    patterns: str = ""
    made_by: str = ""
    made_at: int = 0
    settled_by: str | None = None
    settled_at: int | None = None

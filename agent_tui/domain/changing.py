"""Who may change an entry, and in which status what can be done to it: services refuse by it, screens ask it first."""

from collections.abc import Collection
from typing import Final

from agent_tui.domain.site import Staff

MOVABLE: Final = ("booked", "held", "unplaced")
CANCELLABLE: Final = ("booked", "late", "unplaced")
ATTENDABLE: Final = ("booked", "late", "attended", "dna")

ADMIN_BOOKS_NOT: Final = "An administrator does not book for claimants; an agent, coach, team leader or supervisor can."


def not_in_status(kind: str, status: str, statuses: Collection[str]) -> str | None:
    """Return why nothing can be done to an entry that is in another status than some, or None."""
    if status in statuses:
        return None
    what = "a hold" if kind == "hold" else f"an {kind}" if kind == "appointment" else f"a {kind}"
    return f"This cannot be done to {what} that is {status}."


def not_own_diary(staff: Staff, diary: str) -> str | None:
    """Return why a coach may not act on another's diary, or None."""
    if staff.role != "coach" or staff.diary == diary:
        return None
    return f"A coach acts on the own diary {staff.diary} only; an agent or a team leader can act on {diary}."


def why_unchangeable(staff: Staff, diary: str, kind: str, status: str, statuses: Collection[str]) -> str | None:
    """Return the sentence by which a change of an entry in a diary would be refused, by who asks and its status, or None."""
    if staff.role == "admin":
        return ADMIN_BOOKS_NOT
    return not_in_status(kind, status, statuses) or not_own_diary(staff, diary)

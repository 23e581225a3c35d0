"""Who may change an entry, and in which status."""

import pytest

from agent_tui.domain.changing import ADMIN_BOOKS_NOT, ATTENDABLE, CANCELLABLE, MOVABLE, why_unchangeable
from agent_tui.domain.site import Staff

AGENT, COACH, ADMIN = Staff("a", "A", "agent"), Staff("c", "C", "coach", diary="D01"), Staff("m", "M", "admin")


@pytest.mark.parametrize(
    ("staff", "diary", "kind", "status", "statuses", "sentence"),
    [
        (AGENT, "D02", "appointment", "booked", MOVABLE, None),
        (AGENT, "D02", "appointment", "attended", MOVABLE, "This cannot be done to an appointment that is attended."),
        (AGENT, "D02", "appointment", "dna", CANCELLABLE, "This cannot be done to an appointment that is dna."),
        (AGENT, "D02", "hold", "lapsed", MOVABLE, "This cannot be done to a hold that is lapsed."),
        (COACH, "D01", "appointment", "dna", ATTENDABLE, None),
        (
            *(COACH, "D02", "appointment", "booked", ATTENDABLE),
            "A coach acts on the own diary D01 only; an agent or a team leader can act on D02.",
        ),
        (ADMIN, "D02", "appointment", "booked", MOVABLE, ADMIN_BOOKS_NOT),
    ],
)
def test_why_an_entry_may_not_be_changed(
    staff: Staff, diary: str, kind: str, status: str, statuses: tuple[str, ...], sentence: str | None
) -> None:
    assert why_unchangeable(staff, diary, kind, status, statuses) == sentence

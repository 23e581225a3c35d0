"""A small site on which every act has been done once."""

import time
from datetime import timedelta
from typing import Any

from agent_tui.domain.requests import Booked, HandedOff, Wish
from agent_tui.services import attendance, booking, changes
from tests.small_site import DAY, NINE, NOW, ONE, desk, make_site

IDS = {
    name: f"{number:08x}-0000-4000-8000-000000000000"
    for number, name in enumerate(
        (
            "plain",
            "next",
            "moved",
            "cancelled",
            "released",
            "held",
            "lapsed",
            "after",
            "undone",
            "roomed",
            "limited",
            "dna",
            "mover",
        )
    )
}


def _booked(answer: Any) -> Booked:
    assert isinstance(answer, Booked), answer
    return answer


def make_history(location: str, *, lapse: bool = True) -> None:
    """Make the site and do each act; the entries' ids are IDS by what became of them. A lapse takes a second."""
    make_site(location)
    ann, hasty, later = (
        desk(location),
        desk(location, "agent2", hold_seconds=1),
        desk(location, now=NOW + timedelta(days=1, hours=6)),
    )
    try:

        def wish(start: int, diary: str, client: int = 1, kind: str = "NJR-F2F") -> Wish:
            return Wish(kind, DAY, start, diary, client=f"C{client:06d}")

        if lapse:
            _booked(booking.hold(hasty, wish(ONE, "D03", 6), id=IDS["lapsed"]))
        since = time.monotonic()
        _booked(booking.book(ann, wish(NINE, "D01", 1), id=IDS["plain"]))
        _booked(booking.book(ann, wish(NINE + 6, "D01", 2), id=IDS["next"]))
        _booked(booking.book(ann, wish(NINE, "D02", 3), id=IDS["moved"]))
        _booked(changes.move(ann, IDS["moved"], DAY, NINE + 12, "D02"))
        _booked(booking.book(ann, wish(ONE, "D01", 4), id=IDS["cancelled"]))
        _booked(changes.cancel(ann, IDS["cancelled"], "claimant"))
        _booked(booking.hold(ann, wish(ONE, "D02", 5), id=IDS["released"]))
        _booked(booking.extend(ann, IDS["released"]))
        _booked(booking.release(ann, IDS["released"]))
        _booked(booking.hold(ann, wish(ONE + 12, "D02", 5), id=IDS["held"]))
        _booked(booking.book(ann, wish(ONE + 24, "D02", 7), id=IDS["undone"]))
        _booked(changes.undo(ann))
        _booked(booking.book(ann, wish(ONE, "D01", 8, "EV-F2F"), id=IDS["roomed"]))
        _booked(booking.hold(ann, wish(NINE, "D04", 9), id=IDS["limited"]))
        _booked(booking.confirm(ann, IDS["limited"]))
        _booked(booking.book(ann, wish(ONE + 24, "D01", 10), id=IDS["dna"]))
        _booked(attendance.attend(later, IDS["dna"], "attended"))
        _booked(attendance.attend(later, IDS["dna"], "dna"))
        _booked(attendance.attend(later, IDS["dna"], "late"))
        # The hold of a move that overlaps its own appointment and owns the rest of its time only.
        shifted = Wish("NJR-F2F", DAY, NINE + 15, "D02", client="C000003", moving=IDS["moved"])
        _booked(booking.hold(ann, shifted, id=IDS["mover"]))
        assert isinstance(booking.book(ann, Wish("CC-PHONE", DAY, ONE, "D01", client="C000001")), HandedOff)
        if lapse:
            time.sleep(max(0.0, since + 1.1 - time.monotonic()))
        _booked(booking.book(ann, wish(ONE, "D03", 4), id=IDS["after"]))
    finally:
        for one in (ann, hasty, later):
            one.store.close()

"""A made-up appointment, for looking at templates before anybody is written to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Final

from agent_tui.domain import messages
from agent_tui.domain.govuk_words import ENGLISH
from agent_tui.domain.message_fields import FORM, Called, Facts, fields_of, ticket_fields
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Site
from agent_tui.domain.types import AppointmentType, MinutesFrom

MEETINGS: Final = ("f2f", "phone", "video")
SAMPLE_DAY: Final = date(2026, 6, 9)
"""The day on which the sample is written; the appointment is a week later."""
_SITE: Final = Site("SAMPLE", "Anytown Jobcentre", "1 Sample Street, Anytown AN1 1AA", "0113 496 0000", "ENG", "")
_TYPE: Final = AppointmentType(
    "FEI-F2F",
    "Further Evidence Interview",
    "f2f",
    "evidence",
    True,
    (MinutesFrom(date(2020, 1, 1), 50),),
    bring="something that shows who you are, and the papers we asked for",
)
_PHONE: Final = "07700 900123"
_ENTRY: Final = EntryState(
    id="00000000-0000-4000-8000-000000000000",
    kind="appointment",
    status="booked",
    type="FEI-F2F",
    client="C000000",
    diary="D00",
    day=date(2026, 6, 16),
    start=174,
    end=184,
    resources=("D00",),
    needs=(),
    channel="f2f",
    priority="standard",
    contact="phone",
    version=1,
    made_by="sample",
    made_at=0,
)
_FORM: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{"asked on": "Tuesday 9 June 2026, 10:05", "asked by": "phone", "taken by": "Ann Agent", "email": "sam@example.com"},
        **{"national reference": "QQ 12 34 56 C", "phone number": _PHONE, "language": "English", "needs": "room"},
        **{"preferred channel": "letter", "access needs": "", "type": _TYPE.name, "type code": _TYPE.code, "priority": "high"},
        **{"why priority": "no money until then", "wanted": "2026-06-15 to 2026-06-19, pm", "diary": "D00", "status": "booked"},
        **{"resources": "Interview room 1", "told": "confirmation by letter", "told by": "", "notes": "", "flags": ""},
    }
)


def sample_fields(
    called: Called, kind: str, language: str = ENGLISH, meeting: str = "f2f", type_: AppointmentType | None = None
) -> dict[str, str]:
    """Return the values of all fields of a kind for a made-up appointment that is held in one of MEETINGS, of a type if given."""
    if kind == messages.TICKET:
        words = "Coach: Mira Vale\nStaff number: 0123456\nTeam: Aire"
        return ticket_fields(
            _SITE, SAMPLE_DAY, title="New diary for a work coach", words=words, made_by="Lea Lowe", reference=_ENTRY.id
        )
    what = "has a new appointment"
    entry = replace(_ENTRY, channel=meeting)
    facts = Facts(
        _SITE,
        entry,
        type_ or _TYPE,
        SAMPLE_DAY,
        name="Sam Sample",
        phone=_PHONE,
        address="2 Example Road\nAnytown\nAN1 1AB",
        coach="Alex Coach",
        old=replace(entry, day=date(2026, 6, 18), start=120),
        reason="office",
        what=what,
    )
    fields = fields_of(facts, called, language)
    return fields | dict(_FORM) if kind == FORM else fields

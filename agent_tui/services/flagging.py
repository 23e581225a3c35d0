"""Flags that follow from rules and from time: key types that cannot be booked, and hand-offs that are overdue.

An act that changes the rules settles the first at once. What only time or bookings bring about is met by whoever looks next:
nothing is committed because a clock has moved on (architecture.md, "The store").
"""

import uuid
from datetime import date

from agent_tui.domain import key_types as rules
from agent_tui.domain.flags import HANDOFF_OVERDUE, NO_CAPACITY, Flag
from agent_tui.domain.pattern_change import bookable_types
from agent_tui.domain.site import Catalogue
from agent_tui.services.acts import Act
from agent_tui.services.desk import Desk
from agent_tui.services.flag_book import FlagBook
from agent_tui.services.key_types import taken_ahead
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import work as work_queries
from agent_tui.store.queries.log import Stamp
from agent_tui.store.unit_of_work import Unit


def settle_capacity(act: Act) -> None:
    """Flag the key types that an act has left without a diary or a segment, and close the flags of those that it has helped.

    Part of an act that changes the site's rules, after its line is written.
    """
    if catalogue_queries.version(act.unit, act.site) == act.rules.version:
        return
    after = catalogue_queries.load(act.unit, act.site)
    assert after is not None
    today = act.desk.now.date()
    lacking = _lacking(after, today)
    lasting = flag_queries.lasting_about(act.unit, act.site, NO_CAPACITY)
    for code in sorted(lacking - _lacking(act.rules, today) - {flag.type for flag in lasting}):
        act.flags.raise_flag(NO_CAPACITY, type=code)
    helped = [flag for flag in lasting if flag.type not in lacking]
    wrong = _wrong(act.desk, act.unit, after) if helped else frozenset()
    for flag in helped:
        if flag.type not in wrong:
            act.flags.mend(flag)


def _lacking(catalogue: Catalogue, today: date) -> frozenset[str]:
    """Return the key types that no diary could offer on the days ahead however empty it were."""
    bookable = bookable_types(catalogue, today)
    return frozenset(
        kind.code
        for kind in catalogue.types.values()
        if kind.booked_by == "offer"
        and kind.key_on(today)
        and (kind.code not in bookable or not catalogue.needs.issuperset(kind.needs))
    )


def _wrong(desk: Desk, unit: Unit, catalogue: Catalogue) -> frozenset[str]:
    """Return the key types of today without a diary, a segment or a free start in the days ahead."""
    now = desk.site_now()
    found = rules.without_start(catalogue, taken_ahead(desk, unit, catalogue), now)
    return frozenset(kind.code for kind in found if kind.key_on(now.day))


def look(desk: Desk) -> bool:
    """Raise and close what only time and bookings bring about, and return whether that changed a flag.

    Holds that have run out are ended first. Any terminal may do it: nothing is decided by it that a person could decide
    otherwise.
    """
    from agent_tui.services.lists import end_lapsed_holds

    ended = end_lapsed_holds(desk)
    today = desk.now.date()
    with desk.store.read() as unit:
        wrong = _wrong(desk, unit, desk.catalogue(unit))
        overdue = work_queries.overdue_handoffs(unit, desk.site, today.isoformat())
        found = _differences(unit, desk.site, wrong, overdue)
    if not any(found):
        return bool(ended)

    def write(unit: Unit) -> bool:
        version, now_ms = catalogue_queries.version_and_clock(unit, desk.site)
        at = desk.at(desk.catalogue_of(unit, version).site.zone)
        book = FlagBook(unit, Stamp(desk.site, desk.staff.login, desk.staff.role, at, now_ms))
        types, handoffs, over = _differences(unit, desk.site, wrong, overdue)
        for code in types:
            number = flag_queries.count_about_type(unit, desk.site, NO_CAPACITY, code)
            book.raise_flag(NO_CAPACITY, id=_id(desk.site, f"{code}:{number}"), type=code)
        for handoff, code in handoffs:
            book.raise_flag(HANDOFF_OVERDUE, id=_id(desk.site, handoff), handoff=handoff, type=code)
        for flag in over:
            now = flag_queries.get(unit, desk.site, flag.id, lock=True)
            if now is not None:
                book.mend(now)
        book.seal(0)
        return True

    return desk.store.write(write)


def _id(site: str, subject: str) -> str:
    """Return the id of a flag that two who look at once must not raise twice."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{site}:flag:{subject}"))


def _differences(
    unit: Unit, site: str, wrong: frozenset[str], overdue: list[tuple[str, str]]
) -> tuple[list[str], list[tuple[str, str]], list[Flag]]:
    """Return the types and the hand-offs to be flagged, and the flags whose trouble is over."""
    lasting = flag_queries.lasting_about(unit, site, NO_CAPACITY)
    known = {flag.type for flag in lasting}
    flagged = flag_queries.flagged_handoffs(unit, site)
    return (
        sorted(wrong - known),
        [one for one in overdue if one[0] not in flagged],
        [flag for flag in lasting if flag.type not in wrong],
    )

"""What the page of a week holds beside its maps: guarantees, white space and the week's check, as one may read them."""

from agent_tui.domain.html_page import Section
from agent_tui.domain.wall_time import wall_of
from agent_tui.domain.week import WeekAsked
from agent_tui.domain.week_page import WeekPicture
from agent_tui.domain.week_sections import CheckShown, SpaceOfDay, check_section, guarantees_section, space_section
from agent_tui.services.desk import Desk
from agent_tui.services.guarantees import guarantees
from agent_tui.services.weekly_checks import checks
from agent_tui.services.whitespace import READERS, WhiteSpace, white_space


def sections(desk: Desk, asked: WeekAsked, picture: WeekPicture) -> list[Section]:
    """Return the sections; never writes.

    Guarantees are those of the types that are counted, all where the four groups are. White space is that of the diaries that
    are asked for, and left out for those who may not read it.
    """
    counted = {code for one in picture.parts if one.found is not None for code in one.found.asked.types}
    whole = len(picture.parts) > 1
    found = [guarantees_section([one for one in guarantees(desk) if whole or one.rule.type in counted])]
    if desk.staff.role in READERS:
        found.append(space_section(_days(white_space(desk, WeekAsked(asked.week, (), asked.team, asked.diary)))))
    return [*found, check_section(_check(desk, asked))]


def _days(found: WhiteSpace) -> list[SpaceOfDay]:
    return [
        SpaceOfDay(
            day,
            sum(one.free_minutes for one in found.spaces if one.day == day),
            sum(one.stranded_minutes for one in found.spaces if one.day == day),
        )
        for day in found.days
        if found.spaces
    ]


def _check(desk: Desk, asked: WeekAsked) -> CheckShown:
    known = checks(desk)
    for one in known.signed:
        if one.week == asked.week:
            return CheckShown(one, known.names.get(one.signed_by, one.signed_by), wall_of(one.signed_at, known.zone))
    return CheckShown(None)

"""Settings that a site may change, each with a plain name, what it does, and what may be said."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from agent_tui.domain.flags import FIRST_COME, POLICIES, SHORT, WHY, WITH_POLICY
from agent_tui.domain.retention import CATEGORIES, BadPeriod, Category, read_period, setting_of
from agent_tui.domain.sending import BadRules, Rules, read_rules
from agent_tui.domain.site import DEFAULT_CHOICE, DEFAULT_MOVE_NOTICE, DEFAULT_OVERRIDE_DEPTH, Site

MOST_CHOICE = 12.0
OVERRIDE_DEPTHS = (1, 2)
MOST_MOVE_NOTICE = 60 * 24 * 60
CHOICE, OVERRIDE_DEPTH, MOVE_NOTICE = "choice", "override-depth", "move-notice"
LEAD, LOWEST = "lead", "lowest"
REMINDERS, SERVICE_DESK = "reminders", "service-desk"


class BadSetting(ValueError):
    """A setting that does not exist or a value that it cannot have; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class SiteSetting:
    """One setting: its name in commands, its plain name, what it does, its default as text, and how a value is read."""

    name: str
    title: str
    help: str
    default: str
    read: Callable[[str], str]


def _choice(text: str) -> str:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= MOST_CHOICE:
        raise BadSetting(
            f"{text[:20]!r} is no choice: say ticks of five minutes from 0 to {MOST_CHOICE:g}, such as {DEFAULT_CHOICE:g}."
        )
    return f"{value:g}"


def _depth(text: str) -> str:
    if text not in [str(one) for one in OVERRIDE_DEPTHS]:
        raise BadSetting(f"{text[:20]!r} is no depth: say 1 or 2.")
    return text


def _move_notice(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= MOST_MOVE_NOTICE):
        raise BadSetting(
            f"{text[:20]!r} is no notice: say whole minutes from 0 to {MOST_MOVE_NOTICE}, such as {DEFAULT_MOVE_NOTICE}."
        )
    return str(int(text))


def _period(text: str) -> str:
    try:
        return read_period(text)
    except BadPeriod as bad:
        raise BadSetting(str(bad)) from None


def _keeping(category: Category) -> SiteSetting:
    return SiteSetting(
        setting_of(category.name),
        f"How long is kept: {category.title}",
        f"Counted from {category.counted_from}. After it, {category.does}. What is due: agent-tui retain.",
        category.default,
        _period,
    )


def _lead(text: str) -> str:
    value = text.lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,29}", value):
        raise BadSetting(f"{text[:20]!r} is no contact: say the code of one (agent-tui contacts), or {LOWEST}.")
    return value


def _policy(text: str) -> str:
    value = text.lower().replace("-", "_").replace(" ", "_")
    if value not in POLICIES:
        close = get_close_matches(value, POLICIES, 1)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise BadSetting(f"{text[:20]!r} is no policy: say {' or '.join(POLICIES)}.{hint}")
    return value


def _reminders(text: str) -> str:
    try:
        return str(read_rules(text))
    except BadRules as bad:
        raise BadSetting(str(bad)) from None


def _on_or_off(text: str) -> str:
    if text.lower() not in ("on", "off"):
        raise BadSetting(f"{text[:20]!r} is neither: say on or off.")
    return text.lower()


def policy_name(kind: str) -> str:
    """Return the name of the setting that says by which policy flags of a kind are settled."""
    return f"policy_{kind}"


def _policy_setting(kind: str) -> SiteSetting:
    return SiteSetting(
        policy_name(kind),
        f"Who gives way: {SHORT[kind]}",
        f"Of the two sides of a flag ({WHY[kind].lower()}) the one that is proposed to move. first_come: what was made later."
        " urgency: the lower priority, of two alike what was made later.",
        FIRST_COME,
        _policy,
    )


SETTINGS: Final[Mapping[str, SiteSetting]] = MappingProxyType(
    {
        CHOICE: SiteSetting(
            CHOICE,
            "Claimant's choice against room for long meetings",
            "How many five-minute ticks of later bookings a recommended start may be expected to cost beyond the day's best."
            " 0 lists only the best starts; more lists more of them and books less. What that does on invented calls:"
            " agent-tui simulate --choice.",
            f"{DEFAULT_CHOICE:g}",
            _choice,
        ),
        OVERRIDE_DEPTH: SiteSetting(
            OVERRIDE_DEPTH,
            "How deep an urgent request displaces",
            "1: only what stands in its own way moves. 2: that may displace what is lower still, where it finds no free place"
            " within 20 working days, and as a second chain to choose where it would lose days.",
            str(DEFAULT_OVERRIDE_DEPTH),
            _depth,
        ),
        MOVE_NOTICE: SiteSetting(
            MOVE_NOTICE,
            "Notice of a move",
            "Minutes before an appointment after which its claimant is moved only with a supervisor's approval (override), or not"
            " at all (recovery list).",
            str(DEFAULT_MOVE_NOTICE),
            _move_notice,
        ),
        LEAD: SiteSetting(
            LEAD,
            "Service innovation lead",
            "The contact to whom questions that nobody has answered, and incidents, go first: a contact's code, or lowest for the"
            " contact of the lowest level.",
            LOWEST,
            _lead,
        ),
        REMINDERS: SiteSetting(
            REMINDERS,
            "When claimants are reminded",
            "Days before the appointment, 0 its own day; then types with a rule of their own: 2,0; WSR-F2F=0; FC-F2F=3,1. none:"
            " no reminder. Who booked on that day or later is not reminded.",
            str(Rules()),
            _reminders,
        ),
        SERVICE_DESK: SiteSetting(
            SERVICE_DESK,
            "Tickets to the service desk",
            "on: a ticket that is raised here is sent to the service desk too, with no claimant's details. It takes a sender of"
            " tickets: agent-tui send.",
            "off",
            _on_or_off,
        ),
        **{policy_name(kind): _policy_setting(kind) for kind in WITH_POLICY},
        **{setting_of(one.name): _keeping(one) for one in CATEGORIES},
    }
)


def read_setting(name: str, text: str) -> tuple[str, str]:
    """Return the name of a setting and a value as it is stored; BadSetting with the nearest name or what may be said."""
    setting = SETTINGS.get(name.strip().lower())
    if setting is None:
        close = get_close_matches(name.strip().lower(), SETTINGS, 1)
        hint = f" Did you mean {close[0]}?" if close else f" There is: {', '.join(SETTINGS)}."
        raise BadSetting(f"There is no setting {name[:30]}.{hint}")
    return setting.name, setting.read(text.strip())


def with_settings(place: Site, changed: Mapping[str, str]) -> Site:
    """Return a site with what it has changed of the settings that booking reads; values as `read_setting` gives them."""
    return replace(
        place,
        choice=float(changed.get(CHOICE, place.choice)),
        override_depth=int(changed.get(OVERRIDE_DEPTH, place.override_depth)),
        move_notice=int(changed.get(MOVE_NOTICE, place.move_notice)),
    )

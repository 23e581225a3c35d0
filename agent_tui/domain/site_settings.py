"""Settings that a site may change, each with a plain name, what it does, and what may be said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from agent_tui.domain.flags import FIRST_COME, POLICIES, SHORT, WHY, WITH_POLICY
from agent_tui.domain.site import DEFAULT_CHOICE

MOST_CHOICE = 12.0


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


def _policy(text: str) -> str:
    value = text.lower().replace("-", "_").replace(" ", "_")
    if value not in POLICIES:
        close = get_close_matches(value, POLICIES, 1)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise BadSetting(f"{text[:20]!r} is no policy: say {' or '.join(POLICIES)}.{hint}")
    return value


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
        "choice": SiteSetting(
            "choice",
            "Claimant's choice against room for long meetings",
            "How many five-minute ticks of later bookings a recommended start may be expected to cost beyond the day's best."
            " 0 lists only the best starts; more lists more of them and books less. What that does on invented calls:"
            " agent-tui simulate --choice.",
            f"{DEFAULT_CHOICE:g}",
            _choice,
        ),
        **{policy_name(kind): _policy_setting(kind) for kind in WITH_POLICY},
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

"""The shape of a command, and how one is written down for each role."""

from dataclasses import dataclass
from typing import Final, Literal

from agent_tui.tui.places import Context

Role = Literal["agent", "leader", "supervisor", "admin"]


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a person can do by key.

    `label` is the footer's, at most 12 characters; `help` one sentence; `where` the places in which it applies; `role`
    the least that may use it; `footer` whether the footer names it; `action` what Textual runs; `admin` whether it is an
    administrator's too.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    where: tuple[Context, ...]
    role: Role
    footer: bool
    action: str
    admin: bool = True


NOT_ADMINS: Final[frozenset[Context]] = frozenset(
    {"segments", "segment table", "segment types", "alignment", "types list", "sandbox list"}
)
"""Places whose acts change segments and types, which are a team leader's and a supervisor's."""


def agent(
    name: str,
    keys: str,
    label: str,
    sentence: str,
    *where: Context,
    footer: bool = False,
    action: str = "",
) -> Command:
    """Return a command of everybody, its keys apart by spaces."""
    return Command(name, tuple(keys.split()), label, sentence, where, "agent", footer, action or f"screen.{name}")


def leader(name: str, keys: str, label: str, sentence: str, *where: Context, footer: bool = False, action: str = "") -> Command:
    """Return a command of team leaders and whoever is above them, an administrator's only where no segment or type changes."""
    admin = where[0] not in NOT_ADMINS and name not in ("absorb", "overtime")
    return Command(name, tuple(keys.split()), label, sentence, where, "leader", footer, action or f"screen.{name}", admin)


def supervisor(name: str, keys: str, label: str, sentence: str, *where: Context, footer: bool = False) -> Command:
    """Return a command of supervisors and administrators."""
    return Command(name, tuple(keys.split()), label, sentence, where, "supervisor", footer, f"screen.{name}")

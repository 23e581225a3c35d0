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
    administrator's too; `second` the footer's word where the same key does something else, as on what is held or carried.
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
    second: str = ""


NOT_ADMINS: Final[frozenset[Context]] = frozenset(
    {"segments", "segment table", "segment types", "alignment", "types list", "sandbox list"}
)
"""Places whose acts change segments and types, which are a team leader's and a supervisor's."""


ALONE: Final[frozenset[str]] = frozenset(
    (
        *("new_item", "add_staff", "request_diary", "overtime", "print_list", "waiting_list", "list_moves", "new_guarantee"),
        *("to_guarantees", "sign_week", "unsign_week", "past_checks", "pick_family", "pick_use_team", "pick_whose"),
        *("previous_day", "next_day", "today", "next_week", "previous_week", "this_week", "use_days", "next_length"),
        *("open_draft", "next_weeks", "switch_source"),
        *("unusual_looks", "export_log", "verify_file", "retain", "subject"),
    )
)
"""Commands of lists that need no line to act on."""


def agent(
    name: str,
    keys: str,
    label: str,
    sentence: str,
    *where: Context,
    footer: bool = False,
    action: str = "",
    second: str = "",
) -> Command:
    """Return a command of everybody, its keys apart by spaces."""
    does = action or f"screen.{name}"
    return Command(name, tuple(keys.split()), label, sentence, where, "agent", footer, does, second=second)


def leader(name: str, keys: str, label: str, sentence: str, *where: Context, footer: bool = False, action: str = "") -> Command:
    """Return a command of team leaders and whoever is above them, an administrator's only where no segment or type changes."""
    admin = where[0] not in NOT_ADMINS and name not in ("absorb", "overtime")
    return Command(name, tuple(keys.split()), label, sentence, where, "leader", footer, action or f"screen.{name}", admin)


def supervisor(name: str, keys: str, label: str, sentence: str, *where: Context, footer: bool = False) -> Command:
    """Return a command of supervisors and administrators."""
    return Command(name, tuple(keys.split()), label, sentence, where, "supervisor", footer, f"screen.{name}")

"""Roles: who gives which, who may do what a role may, and the administrator whom a site keeps."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from agent_tui.domain.site import Staff

ROLES = ("agent", "coach", "leader", "supervisor", "admin")
OFF = "off"
"""What stands for the role of a login that is switched off."""

GIVES: dict[str, tuple[str, ...]] = {"admin": ROLES, "supervisor": ("agent", "coach", "leader")}
"""The roles that each role may give to a login, and change."""

TITLES = {
    "agent": "agent",
    "coach": "work coach",
    "leader": "team leader",
    "supervisor": "supervisor",
    "admin": "administrator",
}
_RANKS = {"agent": 0, "coach": 0, "leader": 1, "supervisor": 2, "admin": 3}
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{0,59}", re.ASCII | re.IGNORECASE)


def reaches(role: str, least: str) -> bool:
    """Return whether a role is at least another; a coach counts as an agent, an unknown role reaches nothing."""
    return role in _RANKS and _RANKS[role] >= _RANKS[least]


def who_can(least: str, *, admin: bool = True) -> str:
    """Return the sentence that names the roles that are at least one: "A supervisor or administrator can do this.".

    Without `admin` it is nothing that an administrator does.
    """
    return f"{named([role for role in ROLES if reaches(role, least) and (admin or role != 'admin')]).capitalize()} can do this."


def named(roles: Sequence[str]) -> str:
    """Return roles in words: "a team leader, supervisor or administrator"."""
    titles = [TITLES[role] for role in roles]
    article = "an" if titles[0][0] in "aeiou" else "a"
    return f"{article} {titles[0]}" if len(titles) == 1 else f"{article} {', '.join(titles[:-1])} or {titles[-1]}"


def login_problem(login: str) -> str | None:
    """Return what is wrong with the form of a login, or None."""
    return None if _LOGIN.fullmatch(login) else "A login has letters, digits and . _ @ - only."


def role_problem(role: str) -> str | None:
    """Return that there is no such role, with the nearest and all of them, or None."""
    if role in ROLES:
        return None
    near = get_close_matches(role.casefold()[:60], [*ROLES, *(title for title in TITLES.values() if title not in ROLES)], n=1)
    meant = next((one for one in ROLES if near and near[0] in (one, TITLES[one])), None)
    hint = f"; did you mean {meant}?" if meant else "."
    return f"There is no role {role[:30] or '(empty)'}{hint} Known are: {', '.join(ROLES)}."


def own_diary_problem(role: str, diary: str) -> str | None:
    """Return that a coach has no diary of their own, or that somebody else has one, or None."""
    if role == "coach" and not diary:
        return "A coach needs a diary of their own: name it as diary (--diary in a command)."
    if role != "coach" and diary:
        return "Only a coach has a diary of their own: leave diary empty (no --diary in a command)."
    return None


def not_to_give(giver: str, wanted: str, old: str | None) -> str | None:
    """Return why whoever has the role `giver` may not give a role to a login that has an `old` one, or None."""
    given = GIVES.get(giver, ())
    if wanted not in given:
        return f"The role {wanted} is not yours to give, but an administrator's; you give {', '.join(given) or 'none'}."
    if old is not None and old not in given:
        return f"This login is that of {named((old,))}, which is not yours to change; an administrator changes it."
    return None


def loses_administrator(before: Iterable[Staff], after: Iterable[Staff]) -> bool:
    """Return whether a site that has an administrator who may act would have none; staff before and after a change."""
    return _has_administrator(before) and not _has_administrator(after)


def _has_administrator(staff: Iterable[Staff]) -> bool:
    return any(one.role == "admin" and one.enabled for one in staff)


def last_administrator(login: str) -> str:
    """Return the sentence that a login is the last administrator's."""
    return f"{login} is the site's last administrator, which it keeps."

"""A flag that is to be acted on: still open, with the entries that it is about."""

from agent_tui.domain.flags import RESOLVED_WORDS, Flag
from agent_tui.domain.requests import EntryState, Refused
from agent_tui.domain.wall_time import short_date, wall_of
from agent_tui.services.acts import Act
from agent_tui.services.flag_overrides import no_flag
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.unit_of_work import Unit


def sides_of(unit: Unit, site: str, flag: Flag) -> list[EntryState]:
    """Return the entries that a flag is about, the one that it was raised for first."""
    ids = [one for one in (flag.entry, flag.other) if one is not None]
    found = entry_queries.some(unit, site, ids)
    return [found[one] for one in ids if one in found]


def open_flag(act: Act, flag_id: str) -> Flag | Refused:
    """Return an open flag, locked; one that is closed is refused with who closed it, when and how."""
    flag = flag_queries.get(act.unit, act.site, flag_id, lock=True)
    if flag is None:
        return no_flag(act.unit, act.site, flag_id)
    if flag.is_open:
        return flag
    how = RESOLVED_WORDS.get(flag.resolution or "", flag.resolution or "closed")
    if flag.resolved_by is None or flag.resolved_at is None:
        line = f" (line {flag.closed_seq} of the log)" if flag.closed_seq else ""
        return Refused("stale_version", f"This flag has closed by itself: what it was about is mended{line}.", id=flag_id)
    who = act.staff_names.get(flag.resolved_by, flag.resolved_by)
    at = wall_of(flag.resolved_at, act.catalogue.site.zone)
    reason = f" ({flag.reason.replace('_', ' ')})" if flag.reason else ""
    return Refused("stale_version", f"{who} has resolved this at {at:%H:%M} on {short_date(at)}: {how}{reason}.", id=flag_id)

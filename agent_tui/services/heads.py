"""Writing a log's head down outside the store: daily, as the log grows, when a terminal ends, and with each backup."""

from contextlib import suppress
from datetime import date
from pathlib import Path

from agent_tui.domain.log import SiteHead
from agent_tui.services.desk import Desk
from agent_tui.store import heads
from agent_tui.store.trouble import StoreTrouble
from agent_tui.store.unit_of_work import Store, Unit

GROWN = 100
"""Lines by which a log grows before its head is written down again: so much of its end at most can be cut off unseen."""


def record_daily(desk: Desk, folder: str | None, *, again: bool = False) -> None:
    """Write a site's head down unless somebody has today, or although they have; `folder` None writes nothing.

    A day is one of site time. What cannot be written is left to the doctor, who says so: no call waits for it.
    """
    if folder is None:
        return
    with suppress(OSError, StoreTrouble):
        path = heads.path_of(Path(folder), desk.store.location, desk.site, desk.now.date())
        if again or not path.exists():
            with desk.store.read() as unit:
                head = _head(unit, desk.site)
                if head.seq:
                    heads.append(path, heads.Recorded(unit.clock_ms(), head.seq, head.hash, desk.staff.login))


def record_grown(desk: Desk, folder: str | None, least: int = GROWN) -> None:
    """Write a site's head down where the log has so many lines more than the day's last head, whoever wrote that one down.

    What cannot be written is left to the doctor, as with `record_daily`.
    """
    if folder is None:
        return
    with suppress(OSError, StoreTrouble):
        path = heads.path_of(Path(folder), desk.store.location, desk.site, desk.now.date())
        last = heads.last_in(path)
        with desk.store.read() as unit:
            head = _head(unit, desk.site)
            if head.seq >= least + (0 if last is None else last.seq):
                heads.append(path, heads.Recorded(unit.clock_ms(), head.seq, head.hash, desk.staff.login))


def record_whole(
    store: Store, folder: str | None, day: date, who: str, marks: tuple[SiteHead, ...], kind: str, file: str | None = None
) -> bool:
    """Write down the heads with which sites were backed up, restored or copied, and return whether that could be done."""
    if folder is None:
        return True
    try:
        with store.read() as unit:
            now = unit.clock_ms()
        for one in (head for head in marks if head.seq):
            path = heads.path_of(Path(folder), store.location, one.site, day)
            heads.append(path, heads.Recorded(now, one.seq, one.hash, who, kind, file))
    except (OSError, StoreTrouble):
        return False
    return True


def begin_anew(location: str, folder: str | None, site: str) -> None:
    """Put the heads of a store aside that was made anew in its place; what cannot be renamed is left to the doctor."""
    if folder is not None:
        with suppress(OSError):
            heads.put_aside(Path(folder), location, site)


def _head(unit: Unit, site: str) -> SiteHead:
    row = unit.row("SELECT seq, hash FROM site_head WHERE site = ?", site)
    return SiteHead(site, 0, "") if row is None else SiteHead(site, int(row[0]), str(row[1]))

"""The flags that one transaction raises, mends and opens again, and the one line of the log that tells of them."""

import uuid
from collections.abc import Iterable
from dataclasses import replace

from agent_tui.domain.flags import CHANGED, MENDED, Flag, opened_again
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import NewEvent, Stamp
from agent_tui.store.unit_of_work import Unit

UNDO_SECONDS = 60


class FlagBook:
    """What becomes of flags in one open transaction; `seal` writes its line, which comes after all others."""

    def __init__(self, unit: Unit, stamp: Stamp) -> None:
        self.unit = unit
        self.stamp = stamp
        self.site = stamp.site
        self._raised: dict[str, Flag] = {}
        self._mended: dict[str, tuple[Flag, int | None]] = {}

    def raise_flag(self, kind: str, *, id: str | None = None, **subject: str | None) -> bool:
        """Raise a flag about an entry (and other), a type, a hand-off or a call; False where one with its id is there."""
        flag = Flag(id or str(uuid.uuid4()), kind, "open", self.stamp.who, self.stamp.at, **subject)  # type: ignore[arg-type]
        if id is not None and not flag_queries.insert_once(self.unit, self.site, flag):
            return False
        if id is None:
            flag_queries.insert(self.unit, self.site, [flag])
        self._raised[flag.id] = flag
        return True

    def raise_about(self, kind: str, entries: Iterable[str]) -> None:
        """Raise a flag of a kind about each of many entries at once."""
        flags = [Flag(str(uuid.uuid4()), kind, "open", self.stamp.who, self.stamp.at, entry=one) for one in entries]
        flag_queries.insert(self.unit, self.site, flags)
        self._raised.update({one.id: one for one in flags})

    def mend(self, flag: Flag) -> None:
        """Close a flag whose trouble is over; of one that somebody has closed before only write that it is over."""
        if not flag.lasts:
            return
        flag_queries.update(self.unit, self.site, replace(_closed(flag), mended_seq=-1))
        self._mended[flag.id] = flag, None

    def reopen(self, flag: Flag) -> None:
        """Open a flag again whose trouble has come back: as old as it was after an undo, else as old as the new trouble."""
        again = opened_again(flag)
        closed_at = None if flag.closed_seq is None else log_queries.at_of(self.unit, self.site, flag.closed_seq)
        if closed_at is None or self.stamp.at - closed_at > 1000 * UNDO_SECONDS:
            again = replace(again, raised_by=self.stamp.who, raised_at=self.stamp.at)
        flag_queries.update(self.unit, self.site, again)
        self._mended.pop(flag.id, None)
        self._raised[flag.id] = again

    def line_written(self, seq: int) -> None:
        """Say which line of the log has just been written: it mended what was mended since the line before."""
        for id, (flag, known) in self._mended.items():
            if known is None:
                self._mended[id] = flag, seq

    def seal(self, seq: int | None = None) -> None:
        """Write the line that tells of what has changed, if anything has.

        What no line has mended yet was mended by `seq`, else by the last line that this transaction has written; 0 says that
        it has written none, so that the trouble was over before anybody looked, and this line is the one that says so.
        """
        if not self._raised and not self._mended:
            return
        last = log_queries.head(self.unit, self.site)[0] if seq is None else seq
        told = [flag.as_state() for flag in self._raised.values()]
        for id, (flag, known) in self._mended.items():
            self._mended[id] = flag, known or last or None
            line = self._mended[id][1]
            told.append(flag.as_state() | {"status": "closed"} | ({} if line is None else {"seq": line}))
        own = log_queries.append(self.unit, self.stamp, NewEvent(CHANGED, after={"claims": [], "flags": told}))
        for flag, line in self._mended.values():
            mended = line or own
            closed = replace(_closed(flag), closed_seq=mended) if flag.is_open else flag
            flag_queries.update(self.unit, self.site, replace(closed, mended_seq=mended))
        self._raised.clear()
        self._mended.clear()


def _closed(flag: Flag) -> Flag:
    return replace(flag, status="closed", resolution=MENDED) if flag.is_open else flag

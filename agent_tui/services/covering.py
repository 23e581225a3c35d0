"""A block over kept appointments: it owns the ticks around them, and gets theirs when they leave."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from agent_tui.domain.flags import UNDER_BLOCK, Flag
from agent_tui.domain.requests import EntryState
from agent_tui.domain.ticks import runs_in, span
from agent_tui.services.clashes import settle
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries.entries import Range, state_of

if TYPE_CHECKING:
    from agent_tui.services.acts import Act

GIVEN, YIELDED = "given", "yielded"
"""Why a block's ticks changed: an appointment left, or one came back by an undo."""


def settle_blocks(act: "Act", flags: Iterable[Flag]) -> None:
    """Close the flags of appointments that are no longer under a block, and give the ticks that they left to it."""
    for flag in flags:
        entry = entry_queries.get(act.unit, act.site, flag.entry or "")
        block = entry_queries.get(act.unit, act.site, flag.other or "", lock=True)
        if entry is None or block is None:
            continue
        settle(act, flag, lasts=block.status == "blocked" and entry.status == "booked" and _covers(block, entry))
        if block.status == "blocked":
            wanted = around_kept(act, block)
            if wanted != entry_queries.owned(act.unit, act.site, block.id):
                _own(act, block, wanted, GIVEN)


def make_way(act: "Act", entry_id: str, ranges: Iterable[Range]) -> bool:
    """Let the blocks over which an appointment was kept give back what they got when it left; returns whether one did."""
    wanted, gave = list(ranges), False
    for flag in _blocks_over(act, entry_id):
        block = entry_queries.get(act.unit, act.site, flag.other or "", lock=True) if flag.entry == entry_id else None
        if block is None or block.status != "blocked":
            continue
        owned = entry_queries.owned(act.unit, act.site, block.id)
        left = without(owned, wanted)
        if left != owned:
            _own(act, block, left, YIELDED)
            gave = True
    return gave


def kept_under(act: "Act", block_id: str) -> list[str]:
    """Return the appointments over which a block was laid, those that have left since too."""
    return [one.entry for one in _blocks_over(act, block_id) if one.other == block_id and one.entry is not None]


def _blocks_over(act: "Act", entry_id: str) -> list[Flag]:
    """Return the flags, open and closed, of appointments under a block that name an entry on either side."""
    return [one for one in flag_queries.settled_with(act.unit, act.site, entry_id) if one.kind == UNDER_BLOCK]


def block_over(act: "Act", entry_ids: Iterable[str], but: str | None = None) -> EntryState | None:
    """Return a live block, other than `but`, under which one of some appointments stands."""
    for entry_id in entry_ids:
        entry = entry_queries.get(act.unit, act.site, entry_id)
        for flag in _blocks_over(act, entry_id):
            if flag.entry != entry_id or flag.other in (None, but):
                continue
            block = entry_queries.get(act.unit, act.site, flag.other or "")
            if block is not None and entry is not None and block.status == "blocked" and _covers(block, entry):
                return block
    return None


def around_kept(act: "Act", block: EntryState) -> list[Range]:
    """Return a block's whole range without what the appointments kept under it own now."""
    whole = [(resource, block.day.isoformat(), block.start, block.end) for resource in sorted(block.resources)]
    kept = [part for id in kept_under(act, block.id) for part in entry_queries.owned(act.unit, act.site, id)]
    return without(whole, kept)


def without(ranges: Iterable[Range], not_these: Iterable[Range]) -> list[Range]:
    """Return ranges without the ticks that others cover, as unbroken runs."""
    masks: dict[tuple[str, str], int] = {}
    for resource, day, start, end in ranges:
        masks[resource, day] = masks.get((resource, day), 0) | span(start, end)
    for resource, day, start, end in not_these:
        if (resource, day) in masks:
            masks[resource, day] &= ~span(start, end)
    return [(resource, day, start, end) for (resource, day), mask in sorted(masks.items()) for start, end in runs_in(mask)]


def _covers(block: EntryState, entry: EntryState) -> bool:
    same = (block.diary, block.day) == (entry.diary, entry.day)
    return same and block.start < entry.end and entry.start < block.end


def _own(act: "Act", block: EntryState, ranges: list[Range], why: str) -> None:
    before = act.state(block)
    entry_queries.let_go(act.unit, act.site, block.id)
    entry_queries.take(act.unit, act.site, block.id, ranges, None)
    after = replace(block, version=block.version + 1)
    entry_queries.update(act.unit, act.site, after)
    act.log("blocked", block.id, before, state_of(after, ranges), reason=why, primary=False, mends=False)

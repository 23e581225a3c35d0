"""An additional diary absorbed by others: its segments and appointments become theirs, and it is retired, in one act."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from agent_tui.domain.absorption import Cover, absorbing, cover_of, opened, own_patterns
from agent_tui.domain.flags import DISPLACED
from agent_tui.domain.log import Event
from agent_tui.domain.pattern_change import Assignment, change_of, change_problems, checks_of, lost_key_types, name_of
from agent_tui.domain.pattern_files import as_stored, from_stored
from agent_tui.domain.patterns import Pattern
from agent_tui.domain.requests import EntryState, Moved, Refused
from agent_tui.domain.segment_check import SegmentCheck
from agent_tui.domain.site import LAST_DAY, Catalogue
from agent_tui.domain.templates import in_force
from agent_tui.domain.tickets import Ticket
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import short_date
from agent_tui.services import segmenting
from agent_tui.services.acts import Act, RequestId, in_one_act, request_id
from agent_tui.services.changes import release_moves
from agent_tui.services.desk import Desk
from agent_tui.services.diaries import retire_in, ticket_of
from agent_tui.services.displacing import Closing, find_place, move_to, moved_by, own_first
from agent_tui.services.segmenting import ABSORBED, Rejected
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.entries import entry_from_state
from agent_tui.store.queries.log import NewEvent

MAY_ABSORB = ("leader", "supervisor")
MOST_TARGETS = 30
_SAME_DAY = (1,)


@dataclass(frozen=True, slots=True)
class Absorbed:
    """What absorbing a diary does: `status` is "absorbed" or "preview".

    `patterns` are those that the diaries `into` get, `assigned` the types that they get; `moves` where the diary's
    appointments go, `unplaced` those that have no time any more, of the diary and of its targets; `unblocked` its blocks,
    which end; `blocks` those of the targets that stand in the new segments; `lost` and `checks` as segmenting.Effect.
    """

    status: str
    diary: str
    into: tuple[str, ...]
    first: date
    ticket: str | None
    patterns: tuple[Pattern, ...] = ()
    assigned: tuple[Assignment, ...] = ()
    moves: tuple[Moved, ...] = ()
    unplaced: tuple[EntryState, ...] = ()
    unblocked: tuple[EntryState, ...] = ()
    blocks: tuple[EntryState, ...] = ()
    lost: tuple[str, ...] = ()
    checks: tuple[tuple[str, str, SegmentCheck], ...] = ()
    repeated: bool = False


Answer = Absorbed | Refused | Rejected


@dataclass(frozen=True, slots=True)
class _Asked:
    old: str
    into: tuple[str, ...]
    first: date
    rota: bool


class _Rehearsed(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def absorb(
    desk: Desk, old: str, into: Sequence[str], first: date | None = None, *, rota: bool = False, id: str | None = None
) -> Answer:
    """Replace an additional diary by segments in others, from a day on (today without one), and return Absorbed or Refused.

    What its own patterns open is put into the patterns of each other diary (in a `rota` of one for each weekday), for the
    types alone that it allows and takes. Its appointments to come move to one of them at their own time where that is free,
    else to the nearest offer of one of them, else of any diary, else they are unplaced with a flag. Its blocks end, and it
    is switched off and retired with a ticket. A live hold or block time for a claimant in it refuses the act.
    Source: seeds/spotlight-appointment-booking.txt, "Diaries to support key appointments".
    """
    asked = _Asked(old, tuple(into), first or desk.now.date(), rota)
    return _change(desk, request_id(id, "absorb", old, asked.into, first, rota), asked)


def preview(desk: Desk, old: str, into: Sequence[str], first: date | None = None, *, rota: bool = False) -> Answer:
    """Return what `absorb` would do as Absorbed ("preview"), or why not; the act is rehearsed and rolled back."""
    asked = _Asked(old, tuple(into), first or desk.now.date(), rota)
    try:
        return _change(desk, request_id(None, "rehearse_absorb", old), asked, rehearse=True)
    except _Rehearsed as rehearsed:
        return rehearsed.answer


def _change(desk: Desk, request: RequestId, asked: _Asked, *, rehearse: bool = False) -> Answer:
    def work(act: Act) -> Answer:
        answer = _absorb(act, asked)
        if rehearse:
            raise _Rehearsed(replace(answer, status="preview", ticket=None) if isinstance(answer, Absorbed) else answer)
        return answer

    if desk.staff.role not in MAY_ABSORB:
        return Refused("role", "A diary is absorbed by a team leader or a supervisor.", diary=asked.old)
    return in_one_act(desk, request, work, _again, rules=True, settles=True)


def _absorb(act: Act, asked: _Asked) -> Answer:
    before, today = act.catalogue, act.desk.now.date()
    refused = _refuse(before, asked, today)
    if refused is not None:
        return refused
    standing = entry_queries.to_come(act.unit, act.site, asked.old, today.isoformat())
    cover = cover_of(before, asked.old, asked.into, asked.first, rota=asked.rota)
    refused = _refuse_standing(act, standing) or (None if cover else _nothing_to_absorb(asked))
    if refused is not None:
        return refused
    patterns, assign = absorbing(before, asked.old, cover, asked.first)
    problems = change_problems(before, patterns, today)
    if problems:
        return Rejected(tuple(problems))
    ticket = _ticket(act, asked)
    change = change_of(before, patterns, iter(lambda: str(uuid.uuid4()), ""), assign)
    ended = _end_blocks(act, standing)
    effect = segmenting.put(act, change, "saved")
    act.catalogue = act.catalogue.switched(asked.old, enabled=False)
    moves, stuck = _move(act, asked, cover, standing)
    unplaced = [*effect.unplaced, *(segmenting.unplace(act, one, DISPLACED) for one in stuck)]
    retire_in(act, asked.old, ticket)
    found = Absorbed("absorbed", asked.old, asked.into, asked.first, ticket.id, change.added, change.assigned, tuple(moves))
    found = replace(
        found,
        unplaced=tuple(sorted(unplaced, key=lambda one: (one.day, one.start, one.id))),
        unblocked=tuple(ended),
        blocks=tuple(_blocks_in_the_way(act, asked, cover)),
        lost=tuple(lost_key_types(before, act.catalogue, today)),
        checks=effect.checks,
    )
    _write_line(act, found, change.removed)
    return found


def _refuse(catalogue: Catalogue, asked: _Asked, today: date) -> Refused | None:
    """Refuse diaries that cannot absorb or be absorbed, and days that are past."""

    def refused(code: str, text: str) -> Refused:
        return Refused(code, text, diary=asked.old, day=asked.first)

    for code in (asked.old, *asked.into):
        diary = catalogue.diaries.get(code)
        if diary is None:
            return refused("unknown_diary", f"There is no diary {code[:30]}. See: agent-tui diaries.")
        if diary.retired is not None:
            return refused("not_possible", f"The diary {code} is retired since {short_date(diary.retired)}.")
        if code != asked.old and not diary.enabled:
            return refused("not_possible", f"The diary {code} of {diary.coach} is switched off and can absorb no other.")
    if not asked.into or len(asked.into) > MOST_TARGETS:
        return refused("not_possible", f"Between 1 and {MOST_TARGETS} diaries absorb another.")
    if asked.old in asked.into:
        return refused("not_possible", f"The diary {asked.old} cannot be absorbed into itself.")
    twice = next((code for code in asked.into if asked.into.count(code) > 1), None)
    if twice is not None:
        return refused("not_possible", f"The diary {twice} is named twice.")
    if asked.first < today:
        return refused("past", f"{short_date(asked.first)} is past; the first day is {short_date(today)} or later.")
    if asked.first > LAST_DAY:
        return refused("not_possible", f"Nothing is planned after {short_date(LAST_DAY)}.")
    return None


def _refuse_standing(act: Act, standing: Sequence[EntryState]) -> Refused | None:
    """Refuse while somebody holds time in the diary, or a claimant has block time there; expired holds are ended."""
    act.lapse_all(one.id for one in standing if act.is_lapsed(one))
    for one in standing:
        if one.status == "held" and not act.is_lapsed(one):
            code, text, holder = act.taken_by(one)
            text += " A hold is not taken away; it is booked, released or lapses."
            return Refused(code, text, held_by=holder, id=one.id, diary=one.diary, day=one.day, start=one.start)
        if one.status == "blocked" and one.client is not None:
            when = f"{short_date(one.day)} {clock(one.start)}"
            text = f"{one.type} is block time for a claimant on {when} in {one.diary}."
            text += " Block it in another diary and unblock it here first."
            return Refused("taken", text, id=one.id, type=one.type, diary=one.diary, day=one.day, start=one.start)
    return None


def _nothing_to_absorb(asked: _Asked) -> Refused:
    text = (
        f"The diary {asked.old} has no segments of its own from {short_date(asked.first)} on that open anything for types that"
        " it takes; move or cancel what is in it and retire it."
    )
    return Refused("not_possible", text, diary=asked.old, day=asked.first)


def _ticket(act: Act, asked: _Asked) -> Ticket:
    ticket = ticket_of(act, asked.old, "absorb_diary")
    more = {"into": ", ".join(asked.into), "from": asked.first.isoformat(), "rota": "yes" if asked.rota else "no"}
    return replace(ticket, fields=ticket.fields | more)


def _end_blocks(act: Act, standing: Sequence[EntryState]) -> list[EntryState]:
    now, ended = act.desk.site_now(), []
    for one in standing:
        if one.status == "blocked" and (one.day, one.end) > (now.day, now.tick):
            after = replace(one, status="released", version=one.version + 1)
            act.change("unblocked", one, after, (), primary=False)
            ended.append(after)
    return ended


def _move(act: Act, asked: _Asked, cover: Cover, standing: Sequence[EntryState]) -> tuple[list[Moved], list[EntryState]]:
    """Move the appointments to come; those that can keep their time go first, so that no other takes it from them."""
    now = act.desk.site_now()
    coming = [one for one in standing if one.status == "booked" and (one.day, one.start) >= (now.day, now.tick)]
    targets = frozenset(asked.into)
    moves, others, stuck = [], [], []
    for entry in coming:
        release_moves(act, entry.id)
        offer = find_place(act, entry, Closing(), ranks=_covering_first(asked, cover, entry.day), only=targets, spans=_SAME_DAY)
        if offer is not None and (offer.day, offer.start) == (entry.day, entry.start):
            moves.append(move_to(act, entry, offer))
        else:
            others.append(entry)
    for entry in others:
        offer = find_place(act, entry, Closing(), ranks=_covering_first(asked, cover, entry.day), only=targets)
        offer = offer or find_place(act, entry, Closing(), ranks=own_first(act, entry))
        if offer is None:
            stuck.append(entry)
        else:
            moves.append(move_to(act, entry, offer))
    moves.sort(key=_by_time)
    return moves, stuck


def _covering_first(asked: _Asked, cover: Cover, day: date) -> dict[str, int]:
    """Return the order in which the targets are asked for a day: those that cover its weekday, then the others."""
    covering = cover.get(day.weekday(), ())
    return {code: number for number, code in enumerate(sorted(asked.into, key=lambda code: code not in covering))}


def _by_time(move: Moved) -> tuple[date, int, str]:
    return move.before.day, move.before.start, move.before.id


def _blocks_in_the_way(act: Act, asked: _Asked, cover: Cover) -> list[EntryState]:
    """Return the blocks of the targets that stand in a new segment, by diary, day and start."""
    last = LAST_DAY.isoformat()
    theirs, types = own_patterns(act.catalogue, asked.old), act.catalogue.diaries[asked.old].types
    blocks: dict[str, EntryState] = {}
    for one in entry_queries.of_days(act.unit, act.site, asked.into, asked.first.isoformat(), last, act.now_ms):
        if one.kind != "block" or one.diary not in cover.get(one.day.weekday(), ()):
            continue
        if any(part.start < one.end and one.start < part.end for part in opened(in_force(theirs, one.day), types)):
            blocks.setdefault(one.id, one)
    return [entry for id in blocks if (entry := entry_queries.get(act.unit, act.site, id)) is not None]


def _write_line(act: Act, found: Absorbed, removed: Sequence[Pattern]) -> None:
    after = {
        **{"claims": [], "diary": found.diary, "into": list(found.into), "from": found.first.isoformat(), "ticket": found.ticket},
        **{"removed": as_stored(removed), "added": as_stored(found.patterns)},
        "assigned": [list(one) for one in found.assigned],
        "unplaced": [one.id for one in found.unplaced],
        "blocks": [one.id for one in found.blocks],
        "lost": list(found.lost),
    }
    event = NewEvent(ABSORBED, after=after, request=act.request.id, fingerprint=act.request.fingerprint)
    log_queries.append(act.unit, act.stamp, event)


def _again(act: Act, event: Event) -> Absorbed:
    """Return the answer that the act gave when it was first done, from its lines of the log."""
    kept = event.after or {}
    lines = log_queries.others_of_act(act.unit, act.site, event)
    patterns = tuple(from_stored(kept["added"]))
    moves = [moved_by(act.catalogue, one) for one in lines if one.verb == "moved"]
    told = {one.entry: entry_from_state(one.entry or "", one.after or {}) for one in lines if one.verb == "unplaced"}
    ended = [entry_from_state(one.entry or "", one.after or {}) for one in lines if one.verb == "unblocked"]
    blocks = [_as_it_was(act, id, event.seq) for id in kept["blocks"]]
    return Absorbed(
        status="absorbed",
        diary=kept["diary"],
        into=tuple(kept["into"]),
        first=date.fromisoformat(kept["from"]),
        ticket=kept["ticket"],
        patterns=patterns,
        assigned=tuple((diary, code) for diary, code in kept["assigned"]),
        moves=tuple(sorted(moves, key=_by_time)),
        unplaced=tuple(told[id] for id in kept["unplaced"]),
        unblocked=tuple(ended),
        blocks=tuple(blocks),
        lost=tuple(kept["lost"]),
        checks=tuple((name_of(one), part, found) for one in patterns for part, found in checks_of(act.catalogue, one)),
        repeated=True,
    )


def _as_it_was(act: Act, id: str, seq: int) -> EntryState:
    line = [one for one in log_queries.of_entry(act.unit, act.site, id) if one.seq < seq][-1]
    return entry_from_state(id, line.after or {})

"""Whether a claimant came: attended, late or not at all, and what becomes of the time of who was missed."""

from dataclasses import replace

from agent_tui.domain.changing import ATTENDABLE
from agent_tui.domain.requests import EntryState, Outcome, Refused
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock, clock_of_minute
from agent_tui.domain.today import EARLIEST_MINUTES, minutes_since
from agent_tui.domain.wall_time import short_date
from agent_tui.services.acts import Act, perform, ranges_for, request_id
from agent_tui.services.allocating import own_ids
from agent_tui.services.changes import entry_for, others_work, release_moves
from agent_tui.services.clashes import settle_unplaced
from agent_tui.services.contacts import settle_contact
from agent_tui.services.desk import Desk
from agent_tui.store.queries import entries as entry_queries


def attend(
    desk: Desk, entry_id: str, outcome: str, *, minutes: int | None = None, version: int | None = None, id: str | None = None
) -> Outcome:
    """Record that a claimant attended, did not (frees the rest of the time) or came late, and return Booked ("recorded").

    `minutes` is how late they came, at most the minutes since the start, or how long the meeting took. An appointment of a
    later day is refused. Who comes early, or rings to be late (without minutes), may be recorded up to two hours before the
    start (domain.today.EARLIEST_MINUTES); that somebody did not come is known from the start on only ("not_allowed" each). One
    that was missed starts a call-back to its claimant; whoever comes after all has the freed time again, unless somebody else
    has it by then.
    """

    def work(act: Act) -> Outcome:
        entry = entry_for(act, entry_id, version, ATTENDABLE)
        if isinstance(entry, Refused):
            return entry
        refused = others_work(act, entry)
        if refused is not None:
            return refused
        refused = _too_early(act, entry, outcome) or _too_late_by(act, entry, outcome, minutes)
        if refused is not None:
            return refused
        reason = None if minutes is None else f"minutes:{minutes}"
        after = replace(entry, status=outcome, reason=reason, version=entry.version + 1)
        settle_contact(act, entry, after)
        settle_unplaced(act, entry.id)  # one that was imported over another has been looked at
        if outcome != "dna":
            return act.change("recorded", entry, after, _time_again(act, entry), reason=reason)
        tick = act.desk.site_now().tick if entry.day == act.desk.now.date() else entry.end
        cut = min(max(tick, entry.start), entry.end)
        claims = ranges_for(entry.resources, entry.day, entry.start, cut)
        if entry.status == "dna":
            claims = entry_queries.owned(act.unit, act.site, entry.id)
        release_moves(act, entry.id)
        return act.change("recorded", entry, after, claims, reason=reason)

    return perform(desk, request_id(id, "attend", entry_id, outcome, minutes, version), work)


def _time_again(act: Act, entry: EntryState) -> list[entry_queries.Range] | None:
    """Return the whole time of an appointment that was not missed after all, None where somebody has some of it by now."""
    if entry.status != "dna":
        return None
    whole = ranges_for(entry.resources, entry.day, entry.start, entry.end)
    return list(whole) if act.make_room(whole, own_ids(entry)) is None else None


def _too_early(act: Act, entry: EntryState, outcome: str) -> Refused | None:
    """Refuse an attendance of a later day or hours before the start, and that somebody did not come before it."""
    gone, starts = minutes_since(entry.day, entry.start, act.desk.now), f"The appointment starts at {clock(entry.start)}"
    if entry.day > act.desk.now.date():
        text = f"The appointment is on {short_date(entry.day)}; attendance is recorded on the day or after it."
        return _not_now(entry, text, "not_possible")
    if outcome == "dna" and gone < 0:
        text = f"{starts}; nobody has missed it before then."
        return _not_now(entry, f"{text} If the claimant has said that they will not come, cancel it.")
    if gone < -EARLIEST_MINUTES:
        first = clock_of_minute(entry.start * MINUTES_PER_TICK - EARLIEST_MINUTES)
        return _not_now(entry, f"{starts}; who comes early is recorded from {first} on.")
    return None


def _too_late_by(act: Act, entry: EntryState, outcome: str, minutes: int | None) -> Refused | None:
    """Refuse that somebody came later than it is by now."""
    if outcome != "late" or minutes is None:
        return None
    gone = minutes_since(entry.day, entry.start, act.desk.now)
    if minutes <= gone:
        return None
    starts = f"The appointment {'started' if gone >= 0 else 'starts'} at {clock(entry.start)}"
    if gone < 0:
        return _not_now(entry, f"{starts}, so nobody is late yet: 0 minutes is the most; who rings to be late has no minutes.")
    return _not_now(entry, f"{starts}, so {gone} minute{'' if gone == 1 else 's'} late is the most by now.")


def _not_now(entry: EntryState, text: str, code: str = "not_allowed") -> Refused:
    return Refused(code, text, id=entry.id, type=entry.type, diary=entry.diary, day=entry.day, start=entry.start)

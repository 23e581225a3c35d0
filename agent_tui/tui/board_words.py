"""The board of the day in words: a line for each coach, one for each appointment, each state with a sign and a word."""

from collections.abc import Iterable, Mapping

from agent_tui.domain.clients import short_name
from agent_tui.domain.requests import EntryState
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock, clock_of_minute, hours_words
from agent_tui.domain.today import CoachDay, Meeting, is_overdue
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.presenter import block_label, short_code
from agent_tui.tui.widgets.lines import fill

HEADING = f"{'Coach':<12} {'In':>3} {'Late':>4} {'Miss':>4} {'Due':>3} {'Not seen':<8} {'Behind':>6} {'Next':<5} Free in 2 hours"


def coach_words(one: CoachDay, glyphs: Glyphs, room: int) -> str:
    """Return a coach's figures as a line of `room` cells under HEADING, last the gaps of the next two hours, each whole."""
    behind = f"{one.behind}m" if one.behind else "-"
    following = "-" if one.next is None else clock(one.next.entry.start)
    waited = "" if one.overdue is None else f" {_short(one.overdue)}"
    unseen = f"{glyphs.flag}{len(one.not_seen):>2}{waited}" if one.not_seen else "-"
    figures = f"{one.arrived:>3} {one.late:>4} {one.missed:>4} {one.expected:>3} {unseen:<8} {behind:>6} {following:<5}"
    line = f"{fill(short_name(one.coach), 12, glyphs.ellipsis)} {figures}"
    return f"{line} {_gaps(one, room - len(line) - 1)}".rstrip()


def _gaps(one: CoachDay, room: int) -> str:
    """Return the gaps that have room, and how many more there are."""
    gaps = [f"{clock(start)}-{clock(end)}" for start, end in one.gaps]
    for shown in range(len(gaps), -1, -1):
        words = " ".join([*gaps[:shown], *([f"+{len(gaps) - shown}"] if shown < len(gaps) else [])])
        if len(words) <= room:
            return words
    return ""


def _short(minutes: int) -> str:
    """Return minutes in at most four cells: "45m", "5h50", "12h"."""
    whole, rest = divmod(minutes, 60)
    return f"{minutes}m" if minutes < 100 else f"{whole}h{rest:02d}" if whole < 10 else f"{whole}h"


def coach_sentence(one: CoachDay) -> str:
    """Return a coach's figures as a sentence for the status line, who is not seen, the delay and what is next first."""
    parts = [f"{len(one.not_seen)} not seen{_waited(one)}"] if one.not_seen else []
    parts += [f"{one.behind} minutes behind"] if one.behind else []
    if one.next is not None:
        begins = f", begins {clock_of_minute(one.next.begins)}" if one.next.begins > one.next.planned else ""
        parts.append(f"next {clock(one.next.entry.start)}{begins}")
    gaps = ", ".join(f"{clock(start)} to {clock(end)}" for start, end in one.gaps)
    parts += [f"free {gaps}"] if gaps else []
    parts += [f"{one.arrived} arrived, {one.late} late, {one.missed} did not attend, {one.expected} expected"]
    parts += [f"{len(one.unplaced)} without a time"] if one.unplaced else []
    return f"{one.coach} ({one.diary}): {'; '.join(parts)}"


def _waited(one: CoachDay) -> str:
    """Return since when and how long the first who is not seen has been waited for."""
    if one.overdue is None:
        return ""
    waited = f"{one.overdue} minutes" if one.overdue < 60 else hours_words(one.overdue)
    return f" (since {clock_of_minute(one.not_seen[0].begins)}, {waited})"


def not_seen_words(coaches: Iterable[CoachDay], glyphs: Glyphs) -> str:
    """Return how many of some coaches' claimants are not seen, the longest wait with its diary; empty where all are."""
    waiting = [one for one in coaches if one.not_seen]
    if not waiting:
        return ""
    many = f"{glyphs.flag} {sum(len(one.not_seen) for one in waiting)} not seen"
    longest = max(waiting, key=lambda one: one.overdue or 0)
    return many if longest.overdue is None else f"{many}, longest {hours_words(longest.overdue)} in {longest.diary}"


def entries_of(one: CoachDay) -> tuple[EntryState, ...]:
    """Return what stands in a coach's day, by start."""
    found = [*(meeting.entry for meeting in one.meetings), *one.blocks, *one.unplaced]
    return tuple(sorted(found, key=lambda entry: (entry.start, entry.end, entry.id)))


def state_of(entry: EntryState, meeting: Meeting | None, minute: int, glyphs: Glyphs) -> tuple[str, str]:
    """Return the sign and the word of an entry's state at a minute after midnight of its day."""
    if entry.kind == "block":
        return glyphs.block, "block"
    if entry.status == "attended":
        return glyphs.appointment, "arrived"
    if entry.status == "late":
        late = None if meeting is None else meeting.late
        return glyphs.appointment, "late" if late is None else f"late {late}"
    if entry.status == "dna":
        return glyphs.stranded, "missed"
    if entry.status == "unplaced":
        return glyphs.flag, "no time"
    if meeting is not None and is_overdue(meeting, minute):
        return glyphs.flag, "not seen"
    return glyphs.fits, "expected"


def entry_words(
    entry: EntryState, meeting: Meeting | None, minute: int, names: Mapping[str, str], minutes: int, glyphs: Glyphs
) -> str:
    """Return an entry as a line: sign, start, state (a delayed one's beginning), type and claimant.

    `minutes` is the type's usual length.
    """
    sign, word = state_of(entry, meeting, minute, glyphs)
    what = block_label(entry) if entry.kind == "block" else short_code(entry.type, minutes)
    who = short_name(names.get(entry.client or "", ""))
    if meeting is not None and word == "expected" and meeting.begins > meeting.planned:
        word = f"at {clock_of_minute(meeting.begins)}"  # as long as the word, since what stands last is cut in a narrow pane
    return f"{sign} {clock(entry.start)} {word:<8} {what:<9} {who}".rstrip()


def entry_sentence(entry: EntryState, meeting: Meeting | None, minute: int, type_name: str, who: str, glyphs: Glyphs) -> str:
    """Return an entry as a sentence for the status line."""
    _sign, word = state_of(entry, meeting, minute, glyphs)
    length = (entry.end - entry.start) * MINUTES_PER_TICK
    what = type_name or block_label(entry)
    return f"{clock(entry.start)} to {clock(entry.end)}, {length} minutes, {what}{f', {who}' if who else ''}: {word}"

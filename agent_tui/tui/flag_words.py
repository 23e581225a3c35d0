"""Flags in words: the lines of the list, some of them of many flags, and one flag in full."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from agent_tui.domain.flags import (
    ALWAYS,
    ASSIGN,
    ESCALATE,
    HANDOFF_OVERDUE,
    KEEP,
    MOVE,
    OFF,
    OVERRIDE_WAITS,
    RESOLVED_WORDS,
    SHORT,
    WHY,
    Flag,
    raised_words,
)
from agent_tui.domain.handoffs import Handoff
from agent_tui.domain.override_requests import OverrideRequest
from agent_tui.domain.plurals import counted
from agent_tui.domain.queue import age_words
from agent_tui.domain.requests import EntryState, Refused
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import short_date_of, short_day, short_moment, spoken_day, wall_of
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.widgets.lines import fill

if TYPE_CHECKING:
    from agent_tui.services.flags import Queue, Shown, Waiting
    from agent_tui.services.resolving import Resolved

_ADVICE = {
    "no_capacity": "enter goes to the types, where a team leader's p proposes what would give it starts.",
    "handoff_overdue": "enter lists the hand-offs, where it is dealt with and closed.",
    "override_waits": "enter shows it; there it is approved or declined.",
}
"""What helps as a person at the screen does it; services.flags says it as a command."""

_ABOUT = 34
"""Cells of whom or what a flag is about, before the name of whoever has it."""
MANY = 2
"""So many flags of one kind, diary and day make one line of the list."""


@dataclass(frozen=True, slots=True)
class FlagsRead:
    """What the screen shows: the queue, names of claimants by opaque id and of staff by login."""

    queue: "Queue | None" = None
    clients: Mapping[str, str] = field(default_factory=dict)
    staff: Mapping[str, str] = field(default_factory=dict)

    @property
    def overrides(self) -> int:
        """Return how many overrides wait for a decision."""
        return 0 if self.queue is None else self.queue.counts.get(OVERRIDE_WAITS, 0)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list: one flag, or all of one kind, diary and day; `key` names it while flags come and go."""

    key: str
    flags: tuple["Waiting", ...]

    @property
    def first(self) -> "Waiting":
        """Return the flag that is shown."""
        return self.flags[0]

    @property
    def side(self) -> EntryState | None:
        """Return the entry that the first flag was raised for."""
        return self.first.sides[0] if self.first.sides else None


def lines_of(items: Sequence["Waiting"], unfolded: Collection[str]) -> list[Line]:
    """Return flags as lines, those of one diary, room or day that is off together unless they are unfolded."""
    groups: dict[str, list[Waiting]] = {}
    for one in items:
        flag = one.flag
        together = flag.kind in OFF and flag.is_open and one.sides
        side = one.sides[0] if together else None
        key = flag.id if side is None else f"{flag.kind} {side.diary} {side.day.isoformat()} {flag.assigned_to or ''}"
        groups.setdefault(key, []).append(one)
    out = []
    for key, found in groups.items():
        if len(found) < MANY or key in unfolded:
            out += [Line(one.flag.id, (one,)) for one in found]
        else:
            out.append(Line(key, tuple(sorted(found, key=lambda one: one.when))))
    return out


def acts_for(line: Line, may: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the ids of the commands that help with a line, those that help most first; `may` says what can be done to it."""
    flag = line.first.flag
    if line.first.override is not None:
        return "to_its_time", "list_overrides"
    asked = [
        ("to_its_time", True),
        ("unfold", len(line.flags) > 1),
        ("rehome_flag", flag.kind in OFF and may(MOVE)),
        ("move_flag", may(MOVE)),
        ("keep_flag", may(KEEP)),
        ("escalate_flag", len(line.flags) == 1 and may(ESCALATE)),
        ("assign_flag", may(ASSIGN)),
        ("list_handoffs", flag.kind == HANDOFF_OVERDUE),
        ("filter_flags", True),
        ("list_contacts", True),
    ]
    return tuple(id for id, helps in asked if helps)


def clients_of(items: Sequence["Waiting"]) -> list[str]:
    """Return the opaque ids of the claimants whom flags and overrides name."""
    found = {side.client for one in items for side in one.sides}
    for one in items:
        if one.override is not None:
            found |= {one.override.wanted.client, *(step.entry.client for step in one.override.chain.steps)}
    return sorted(ref for ref in found if ref)


def fold_key(line: Line) -> str | None:
    """Return the key of the group that a line is, or that its flag belongs to; None for a flag of no group."""
    side, flag = line.side, line.first.flag
    if side is None or flag.kind not in OFF:
        return None
    return f"{flag.kind} {side.diary} {side.day.isoformat()} {flag.assigned_to or ''}"


@dataclass(frozen=True, slots=True)
class FlagWords:
    """Says flags in words to the person with a login, in a site's names."""

    read: FlagsRead
    catalogue: Catalogue
    login: str
    glyphs: Glyphs

    @property
    def figures(self) -> str:
        """Return how many are open of each kind, whatever is shown."""
        counts = {} if self.read.queue is None else self.read.queue.counts
        return "  ".join(f"{counts[kind]} {SHORT[kind]}" for kind in SHORT if counts.get(kind))

    def name(self, client: str | None) -> str:
        """Return a claimant's name as it may be seen, or the opaque id."""
        return self.read.clients.get(client or "", client or "")

    def who(self, login: str | None) -> str:
        """Return a member of staff, "you" for the person themselves."""
        return "you" if login == self.login else self.read.staff.get(login or "", login or "")

    def coach(self, diary: str) -> str:
        """Return whose diary it is."""
        found = self.catalogue.diaries.get(diary)
        return diary if found is None else found.coach

    def line(self, line: Line) -> str:
        """Return a line of the list: sign, age, kind, when, who, and to whom it is assigned."""
        one, flag = line.first, line.first.flag
        now_ms = flag.raised_at if self.read.queue is None else self.read.queue.now_ms
        sign = self.glyphs.flag if any(part.urgent for part in line.flags) else " "
        age = age_words(min(part.flag.raised_at for part in line.flags), now_ms)
        kind = SHORT.get(flag.kind, flag.kind) if flag.is_open else RESOLVED_WORDS.get(flag.resolution or "", "closed")
        up = self.glyphs.mark if one.escalated else " "
        has = f"  {self.who(flag.assigned_to)}" if flag.assigned_to else ""
        when, about = self._when(line), self._about(line)
        # What is about no time has that column for its name.
        what = (
            f"{when:<16} {fill(about, _ABOUT, self.glyphs.ellipsis)}" if when else fill(about, _ABOUT + 17, self.glyphs.ellipsis)
        )
        return f"{sign}{up}{age:>6}  {kind:<16.16} {what}{has}".rstrip()

    def _when(self, line: Line) -> str:
        side, override = line.side, line.first.override
        if override is not None:
            to = override.chain.offer
            return f"{short_day(to.day)} {clock(to.start)}"
        if side is None:
            return ""
        day = short_day(side.day)
        return day if len(line.flags) > 1 else f"{day} {clock(side.start)}"

    def _about(self, line: Line) -> str:
        side, flag, override = line.side, line.first.flag, line.first.override
        if override is not None:
            wanted = override.wanted
            return f"{override.chain.offer.coach} / {wanted.type} {self.name(wanted.client)}"
        if side is None:
            kind = self.catalogue.types.get(flag.type or "")
            return kind.name if kind is not None else flag.type or ""
        if len(line.flags) > 1:
            return f"{self.coach(side.diary)}, {len(line.flags)} appts"
        return f"{self.coach(side.diary)} / {side.type or side.reason or side.kind} {self.name(side.client)}"

    def sentence(self, line: Line) -> str:
        """Return a line as the status line says it."""
        flag, override = line.first.flag, line.first.override
        if override is not None:
            return f"{WHY[flag.kind]}: {self._wanted(override)}; enter shows it to be approved or declined"
        about = self._side(line.side) if line.side is not None else (flag.type or "")
        if len(line.flags) > 1 and line.side is not None:
            about = f"{self.coach(line.side.diary)}, {spoken_day(line.side.day)}, {counted(len(line.flags), 'appointment')}"
        has = f"{self.who(flag.assigned_to)} {'have' if flag.assigned_to == self.login else 'has'} it"
        return f"{WHY.get(flag.kind, flag.kind)}: {about}; {has if flag.assigned_to else 'nobody has it'}"

    def _side(self, side: EntryState) -> str:
        what = side.type or side.reason or side.kind
        who = f", {self.name(side.client)}" if side.client else ""
        return f"{what} {spoken_day(side.day)} {clock(side.start)} with {self.coach(side.diary)}{who}"

    def known(self, line: Line, shown: "Shown | None") -> list[str]:
        """Return what is known of a line's flag: why, both sides, policy, proposal, and what happened to it."""
        flag = line.first.flag
        lines = [f"{WHY.get(flag.kind, flag.kind)}."]
        if line.first.override is not None:
            return [*lines, *self._override(line.first.override)]
        if len(line.flags) > 1:
            return [*lines, *self._many(line)]
        sides = line.first.sides if shown is None else shown.waiting.sides
        for side in sides:
            lines += ["", self._side(side), *self._of_side(side)]
        if not sides and flag.type:
            kind = self.catalogue.types.get(flag.type)
            lines.append(f"{flag.type}{'' if kind is None else f', {kind.name}'}")
        zone = self.catalogue.site.zone
        lines += ["", raised_words(flag, short_moment(wall_of(flag.raised_at, zone)), self.who(flag.raised_by))]
        if flag.assigned_to:
            lines.append(f"With {self.who(flag.assigned_to)}, given by {self.who(flag.assigned_by)}.")
        if shown is not None:
            lines += self._of_shown(shown)
        if not flag.is_open:
            how = RESOLVED_WORDS.get(flag.resolution or "", "closed")
            by = "" if flag.resolved_by is None else f" by {self.who(flag.resolved_by)}"
            why = f", {flag.reason.replace('_', ' ')}" if flag.reason else ""
            lines.append(f"Closed: {how}{by}{why}, line {flag.closed_seq or '-'} of the log.")
        return lines

    def _wanted(self, one: OverrideRequest) -> str:
        to = one.chain.offer
        return f"{one.wanted.type} {spoken_day(to.day)} {clock(to.start)} with {to.coach}, {self.name(one.wanted.client)}"

    def _override(self, one: OverrideRequest) -> list[str]:
        """Return an override that waits: for whom, whom it displaces and where each goes, who prepared it, and the keys."""
        made = short_moment(wall_of(one.prepared_at, self.catalogue.site.zone))
        lines = ["", f"{self._wanted(one)}.", f"   {one.wanted.priority}, {one.reason.replace('_', ' ')}"]
        for step in one.chain.steps:
            to = f"{spoken_day(step.offer.day)} {clock(step.offer.start)} with {step.offer.coach}"
            lines += ["", f"Displaces {self._side(step.entry)}.", f"   {step.entry.priority}, goes to {to}"]
        lines += ["", f"Prepared {made} by {self.who(one.prepared_by)}.", f"Policy: {ALWAYS[OVERRIDE_WAITS]}."]
        return [*lines, "Enter shows it to be approved or declined."]

    def _many(self, line: Line) -> list[str]:
        side = line.side
        assert side is not None
        kinds = [self.catalogue.types.get(one.sides[0].type or "") for one in line.flags if one.sides]
        keys = sum(kind is not None and kind.key_on(side.day) for kind in kinds)
        lines = [
            f"{self.coach(side.diary)}, {spoken_day(side.day)}.",
            f"{counted(len(line.flags), 'appointment')}, {keys} of key types.",
        ]
        lines += [
            "",
            *(f"{clock(one.sides[0].start)} {one.sides[0].type} {self.name(one.sides[0].client)}" for one in line.flags),
        ]
        return [*lines, "", "What you do is done to each of them; space lists them one by one."]

    def _of_side(self, side: EntryState) -> list[str]:
        kind = self.catalogue.types.get(side.type or "")
        key = f"{self.glyphs.key_type} key type, " if kind is not None and kind.key_on(side.day) else ""
        made = short_moment(wall_of(side.made_at, self.catalogue.site.zone))
        status = "without a time" if side.status == "unplaced" else side.status
        return [f"   {key}{side.priority}, {status}, made {made} by {self.who(side.made_by)}"]

    def _of_shown(self, shown: "Shown") -> list[str]:
        lines = [f"Policy: {shown.policy}."] if shown.policy else []
        if shown.proposal is not None:
            side, offer = shown.proposal.side, shown.proposal.offer
            if offer is None:
                lines.append(f"Proposal: none, {side.type} finds no other place in 20 working days.")
            else:
                to = f"{spoken_day(offer.day)} {clock(offer.start)} with {offer.coach}"
                key = "o" if shown.proposal.how == "override" else "m"
                lines.append(f"Proposal ({key}): {side.type} {self.name(side.client)} goes to {to}.")
        lines += [
            text
            for text in (_ADVICE.get(shown.waiting.flag.kind, shown.advice), f"Note: {shown.note}" if shown.note else None)
            if text
        ]
        for one in shown.escalations:
            at = wall_of(one.made_at, self.catalogue.site.zone)
            lines.append(f"Escalated to {one.contact}, level {one.level}, {short_moment(at)} by {self.who(one.made_by)}.")
        return lines


def done_words(found: Sequence["Resolved | Refused"]) -> tuple[str, bool]:
    """Return what became of flags that were resolved together in a sentence, and whether all were."""
    refused = [one for one in found if isinstance(one, Refused)]
    done = [one for one in found if not isinstance(one, Refused)]
    if len(found) == 1 and refused:
        return refused[0].reason, False
    words = counted(len(done), "flag")
    if len(done) == 1 and done[0].moves:
        after = done[0].moves[-1].after
        words = f"{after.type} is {spoken_day(after.day)} {clock(after.start)} in {after.diary} now"
    what = f"{done[0].status.capitalize()}: {words}." if done else ""
    undo = " u undoes for 60 seconds." if len(done) == 1 and done[0].status in _UNDOES else ""
    left = f" {counted(len(refused), 'flag')} left: {refused[0].reason}" if refused else ""
    return f"{what}{undo}{left}".strip(), not refused


def change_words(found: Sequence[object], staff: Mapping[str, str]) -> str:
    """Return what became of flags that were given to somebody, of a hand-off or of a contact in a sentence; names by login."""
    one = found[0] if found else None
    status, handoff, flag = (getattr(one, name, None) for name in ("status", "handoff", "flag"))
    if isinstance(handoff, Handoff) and status == "taken":
        return f"The hand-off of {handoff.type} is yours; H lists it, to be closed once it is dealt with."
    if isinstance(handoff, Handoff):
        return f"The hand-off of {handoff.type} is closed: {(handoff.outcome or '').replace('_', ' ')}."
    if isinstance(flag, Flag) and status == "assigned":
        return f"{counted(len(found), 'flag')} given to {staff.get(flag.assigned_to or '', flag.assigned_to or 'nobody')}."
    if hasattr(one, "contact"):
        contact = getattr(one, "contact", None)
        return "The contact is off the list." if contact is None else f"{contact.name} is on the list, at level {contact.level}."
    return "Done."


_UNDOES = ("moved", "cancelled", "overridden", "kept", "dismissed")


def handoff_line(one: Handoff, today: date, glyphs: Glyphs) -> str:
    """Return a hand-off as a line of a list: sign when due, due day, type, key, who has it."""
    sign, key = glyphs.flag if one.is_due(today) else " ", glyphs.key_type if one.key else " "
    due = "was due" if one.is_overdue(today) else "due"
    has = f", {one.taken_by} has it" if one.taken_by else ""
    return f"{sign}{key} {due} {short_date_of(one.due)}  {one.type} {one.client or ''}{has}"

"""The calls of the queue in words: a line for each, what is known of one in full, and one as the request form has it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from rich.cells import cell_len

from agent_tui.domain.queue import CALLBACK, SOONER, QueueItem, age_words
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Catalogue
from agent_tui.domain.sooner_story import limits_words
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import dated_moment, short_date, short_date_of, short_day, wall_of
from agent_tui.tui.columns import Column, widths_of
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.widgets.lines import fill

if TYPE_CHECKING:
    from agent_tui.services.calls import Looked
    from agent_tui.services.sooner import Listed

KINDS = {"request": "request", SOONER: "sooner", CALLBACK: "call back"}
_FIXED = 20
"""Cells of a line beside type and claimant, with what stands between them."""
_SAID = (("note", "Note"), ("access", "Access needs"), ("language", "Language"))
"""What a claimant may have written, in the order in which it is shown."""


@dataclass(frozen=True, slots=True)
class Read:
    """What the screen shows: the calls, names by opaque id and by login, appointments by id, and site time in ms UTC."""

    items: tuple[QueueItem, ...] = ()
    clients: Mapping[str, str] = field(default_factory=dict)
    staff: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[str, EntryState] = field(default_factory=dict)
    now_ms: int = 0


@dataclass(frozen=True, slots=True)
class QueueWords:
    """Says calls in words to the person with a login, in a site's codes."""

    queue: Read
    catalogue: Catalogue
    login: str
    glyphs: Glyphs

    def who(self, one: QueueItem) -> str:
        """Return who has a call, "you" for the person themselves."""
        return "you" if one.who == self.login else self.queue.staff.get(one.who, one.who)

    def type_name(self, one: QueueItem) -> str:
        """Return the name of a call's type, or that it has none."""
        kind = self.catalogue.types.get(one.type or "")
        return kind.name if kind is not None else "no type yet"

    def name(self, one: QueueItem) -> str:
        """Return the claimant's name as it may be seen, or the opaque id."""
        return self.queue.clients.get(one.client or "", one.client or "nobody named")

    def columns(self, room: int) -> tuple[int, int]:
        """Return the cells of types and claimants in lines of `room` cells, so that none is cut that has room."""
        items = self.queue.items
        who = max((cell_len(self.who(one)) + 2 for one in items if one.taken), default=0)
        columns: list[Column] = [(24, [self.type_name(one) for one in items]), (16, [self.name(one) for one in items])]
        type, name = widths_of(columns, room - _FIXED - who)
        return type, name

    def line(self, one: QueueItem, columns: tuple[int, int] = (24, 16)) -> str:
        """Return a call as a line of the list: signs, age, kind, type and claimant in so many cells, then who has it."""
        type = fill(self.type_name(one), columns[0], self.glyphs.ellipsis)
        sign = self.glyphs.flag if one.priority == "urgent" else self.glyphs.mark if one.priority == "high" else " "
        key = self.glyphs.key_type if one.key else " "
        who = f"  {self.who(one)}" if one.taken else ""
        age = age_words(one.opened_at, self.queue.now_ms)
        return f"{sign}{key}{age:>6} {KINDS[one.kind]:<9} {type} {self.name(one):<{columns[1]}}{who}".rstrip()

    def sentence(self, one: QueueItem) -> str:
        """Return a call as the status line says it, nothing of it cut."""
        age = age_words(one.opened_at, self.queue.now_ms)
        again = f", asked {one.repeats + 1} times" if one.repeats else ""
        return f"{self.name(one)}: {KINDS[one.kind]}, {self.type_name(one)}, {one.priority}, {age}{again}; {self.held_by(one)}"

    def held_by(self, one: QueueItem) -> str:
        """Return who has a call as a clause."""
        return f"{self.who(one)} {'have' if one.who == self.login else 'has'} it" if one.taken else "nobody has it"

    def known(self, one: QueueItem, looked: "Looked | None" = None) -> list[str]:
        """Return what is known of a call line by line; once it was looked at with the phone and the claimant's own words."""
        held = self.held_by(one)
        lines = [f"{self.name(one)}{f' ({one.client})' if one.client else ''}"]
        lines += [f"Phone: {looked.client.phone}"] if looked is not None and looked.client and looked.client.phone else []
        lines.append(self.type_name(one))
        lines.append(f"{one.priority.capitalize()}{', key appointment' if one.key else ''}, {one.contact or 'by phone'}; {held}")
        if one.kind == SOONER:
            lines.append(f"Held: {self._offered(one)}")
        elif one.kind == CALLBACK:
            lines.append(f"Was: {self._wanted(one)}")
        else:
            days = [short_day(date.fromisoformat(one.wanted[name])) for name in ("from", "until") if one.wanted.get(name)]
            lines.append(f"Wants {' to '.join(days) or 'any day'}, {one.wanted.get('time') or 'any time'}")
        return lines if looked is None else [*lines, *_said_lines(looked.item.said), *self._again(looked.item)]

    def _again(self, one: QueueItem) -> list[str]:
        """Return the later requests that repeat one: how, when and how urgently each came, and what was written in it."""
        lines = []
        for other in one.duplicates:
            at = dated_moment(wall_of(other.opened_at, self.catalogue.site.zone))
            lines.append(f"Again by {other.contact or 'phone'}, {at}, {other.priority}{':' if other.said else ''}")
            lines += [f"  {line}" for line in _said_lines(other.said)]
        return lines

    def offer_question(self, one: QueueItem, looked: "Looked | None") -> str:
        """Return what to ask before the answer to an earlier time: whom to ring, and what is held instead of what."""
        phone = "" if looked is None or looked.client is None or not looked.client.phone else f", {looked.client.phone}"
        return f"{self.name(one)}{phone}: held is {self._offered(one)}. The claimant:"

    def _offered(self, one: QueueItem) -> str:
        now = self.queue.entries.get(one.entry or "")
        return self._wanted(one) + (
            "" if now is None else f", instead of {short_date(now.day)} {clock(now.start)} in {now.diary}"
        )

    def _wanted(self, one: QueueItem) -> str:
        return f"{short_date_of(one.wanted.get('day') or '')} {one.wanted.get('start')} in {one.wanted.get('diary')}"


def _said_lines(said: Mapping[str, str]) -> list[str]:
    return [f"{label}: {said[key]}" for key, label in _SAID if said.get(key)]


def fields_of(looked: "Looked", catalogue: Catalogue, today: str) -> dict[str, str]:
    """Return a call as the request form has it, name and phone as the person sees them; days that have passed are left out.

    What was written in its duplicates too is in the note, and what they say of access and language where it says nothing.
    """
    item, client = looked.item, looked.client
    kind, wanted = catalogue.types.get(item.type or ""), item.wanted
    fields = {} if kind is None else {"type": kind.name, "picked:type": kind.code}
    first = str(wanted.get("from") or wanted.get("day") or "")
    last = str(wanted.get("until") or "")
    fields |= {key: day for key, day in (("from", first), ("to", last)) if day >= today}
    if item.client:
        fields |= {"client": (client.name if client is not None else "") or item.client, "picked:client": item.client}
        fields |= {"phone:client": client.phone} if client is not None and client.phone else {}
    if item.priority != "standard":
        fields |= {"priority": item.priority, "reason": "as asked in writing" if item.kind == "request" else "did not attend"}
    fields |= {"time": str(wanted["time"])} if wanted.get("time") else {}
    fields |= {"contact": item.contact} if item.contact else {}
    said = [item.said, *(one.said for one in item.duplicates)]
    written = {key: list(dict.fromkeys(one[key] for one in said if one.get(key))) for key in ("note", "access", "language")}
    return fields | {key: " / ".join(texts) if key == "note" else texts[0] for key, texts in written.items() if texts}


def waiting_lines(found: "Iterable[Listed]", names: Mapping[str, str], catalogue: Catalogue) -> list[str]:
    """Return who waits for an earlier time, each with the appointment, what would suit, and the time that is offered."""
    coaches = {code: one.coach for code, one in catalogue.diaries.items()}
    lines = []
    for one in found:
        entry, hold = one.entry, one.hold
        since = wall_of(one.place.made_at, catalogue.site.zone)
        held = ""
        if hold is not None and hold.status == "held":
            held = f" Offered: {short_date(hold.day)} {clock(hold.start)} in {hold.diary}."
        when = f"{short_date(entry.day)} {clock(entry.start)} in {entry.diary}"
        who = names.get(entry.client or "", entry.client or "nobody named")
        limits = limits_words(one.place.wish, coaches)
        lines.append(f"{who} ({entry.client}), {entry.type} {when}, since {dated_moment(since)}: {limits}.{held}")
    lines = lines or ["Nobody waits."]
    return [
        *lines,
        "",
        "W on an appointment in the diary puts its claimant on the list, changes what would suit, or takes it off.",
    ]

"""The diaries screen: every diary, room and ticket of the site, and the acts of those who run them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList

from agent_tui.domain.plurals import counted
from agent_tui.domain.site import Diary, Staff
from agent_tui.domain.tickets import Ticket
from agent_tui.domain.wall_time import dated_moment, short_date, short_date_of, wall_of
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import PointedList
from agent_tui.tui.screens.diary_acts import DiaryActs
from agent_tui.tui.widgets.lines import Title, fill, shown

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: a diary, a room or equipment, or a ticket that waits."""

    kind: str
    code: str
    words: str
    dim: bool = False


class DiaryList(PointedList):
    """The lines; what is switched off or retired is drawn dim and says so."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("diary list")]

    rows: tuple[Row, ...] = ()

    @property
    def row(self) -> Row | None:
        """The line that has the highlight."""
        at = self.highlighted
        return self.rows[at] if at is not None and at < len(self.rows) else None

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show other lines; the highlight stays on the same one where it is still there."""
        was = None if self.row is None else (self.row.kind, self.row.code)
        self.rows = rows
        at = next((number for number, row in enumerate(rows) if (row.kind, row.code) == was), self.highlighted or 0)
        self.show([Content.assemble((shown(row.words), "dim" if row.dim else "")) for row in rows], at)


class DiariesScreen(DiaryActs):
    """The list on the left, what is known of the highlighted line on the right."""

    NAME = "Diaries"
    LEFT = "Diaries, rooms, waiting tickets"
    LIST = DiaryList
    PLACES = ("diary list", "diaries")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("diaries")]
    listing = getters.query_one("#list", DiaryList)

    def __init__(self, back: Backstage, now: Callable[[], datetime], staff: Staff, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(back, now, staff, glyphs)
        self.tickets: tuple[Ticket, ...] = ()

    def on_mount(self) -> None:
        """Show the diaries, and read the tickets."""
        self.paint()
        self.read_tickets()
        self.set_interval(1.0, self.look_at_rules)

    # What is shown.

    @property
    def row(self) -> Row | None:
        """The line that has the highlight."""
        return self.listing.row

    def paint(self) -> None:
        """Show the diaries, the rooms and the tickets that wait."""
        catalogue = self.catalogue
        ordered = sorted(catalogue.diaries.values(), key=lambda one: (one.retired is not None, one.code))
        rows = [Row("diary", one.code, self._diary_words(one), not one.enabled) for one in ordered]
        rows += [
            Row("room", one.code, f"{one.code:<5} {self._cell(one.name)} {one.kind}{_state(one.enabled, None)}", not one.enabled)
            for one in sorted(catalogue.rooms.values(), key=lambda one: one.code)
        ]
        rows += [Row("ticket", one.id, f"ticket {_ticket_name(one)}") for one in self.tickets if one.status == "waiting"]
        self.listing.show_rows(tuple(rows))
        self.show_title()
        self._show_known()

    def show_title(self) -> None:
        """Show how many diaries there are, what waits, and key types that cannot be booked."""
        catalogue = self.catalogue
        off = sum(not one.enabled and one.retired is None for one in catalogue.diaries.values())
        counts = self.key_words + [counted(len(catalogue.diaries), "diary")] + ([f"{off} off"] if off else [])
        waiting = sum(one.status == "waiting" for one in self.tickets)
        counts += [f"{waiting} waiting"] if waiting else []
        now = self.now()
        self.title_line.show(Title("Diaries", short_date(self.today), catalogue.site.name, tuple(counts), f"{now:%H:%M}"))

    def on_screen_resume(self) -> None:
        """Count anew the key types that cannot be booked, and read the tickets."""
        self.look_at_key_types()
        self.read_tickets()

    def _show_known(self) -> None:
        row = self.row
        lines = [] if row is None else self._known(row)
        self.show_details(lines)
        if row is not None:
            self.status.describe(row.words, moved=False)

    def _known(self, row: Row) -> list[str]:
        catalogue, today = self.catalogue, self.today
        if row.kind == "ticket":
            ticket = next((one for one in self.tickets if one.id == row.code), None)
            return [] if ticket is None else _ticket_lines(ticket, self.catalogue.site.zone)
        if row.kind == "room":
            room = catalogue.rooms.get(row.code)
            if room is None:
                return []
            own = any(one.level == "resource" and one.owner == room.code for one in catalogue.patterns)
            return [
                f"{room.kind} {room.code}",
                room.name,
                f"meets {', '.join(sorted(room.meets))}",
                _own_words(own, "always open"),
            ]
        diary = catalogue.diaries.get(row.code)
        if diary is None:
            return []
        own = any(one.level == "diary" and one.owner == diary.code for one in catalogue.patterns)
        lines = [f"{diary.code} {diary.coach}", f"team {diary.team} {catalogue.teams.get(diary.team, '')}".rstrip()]
        if diary.retired is not None:
            lines.append(f"retired since {short_date(diary.retired)}")
        elif not diary.enabled:
            lines.append("switched off")
        lines += [_own_words(own, f"as team {diary.team} and the site say"), "", "Types:"]
        for code in sorted(diary.types):
            kind = catalogue.types[code]
            sign = self.glyphs.key_type if kind.key_on(today) else " "
            lines.append(f" {sign} {kind.name}  {kind.minutes_on(today) or '-'}")
        return lines

    # What comes.

    def read_tickets(self) -> None:
        """Read the tickets, which only those who run diaries may see."""

        def work(desk: "Desk") -> object:
            from agent_tui.services import diary_tickets

            return diary_tickets.tickets(desk, "waiting")

        self.do("tickets", work, exclusive=True)

    def done(self, job: str, result: object) -> None:
        """Take the tickets, or what an act would do or did."""
        if job == "tickets":
            self.tickets = tuple(result) if isinstance(result, list) else ()
            self.paint()
        else:
            super().done(job, result)

    def acted(self, name: str, result: object) -> None:
        """Show what an act has changed."""
        self.back.look()
        self.read_tickets()

    def rules_changed(self) -> None:
        """Show the newest rules."""
        self.paint()

    def _diary_words(self, one: Diary) -> str:
        state = _state(one.enabled, one.retired)
        return f"{one.code:<5} {self._cell(one.coach)} team {one.team:<2} {len(one.types):>3} types{state}"

    def _cell(self, name: str) -> str:
        return fill(name, 18, self.glyphs.ellipsis)

    @on(OptionList.OptionHighlighted, "#list")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show_known()

    @on(OptionList.OptionSelected, "#list")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_open_diary()


def _state(enabled: bool, retired: object) -> str:
    return "  retired" if retired is not None else "" if enabled else "  off"


def _own_words(own: bool, otherwise: str) -> str:
    return "has segments of its own" if own else otherwise


def _ticket_name(ticket: Ticket) -> str:
    kinds: Mapping[str, str] = {"new_diary": "new diary", "segmentation": "segmentation does not meet the need"}
    who = ticket.fields.get("coach") or ticket.resource or ""
    return f"{kinds.get(ticket.kind, ticket.kind.replace('_', ' '))} {who}".rstrip()


def _ticket_lines(ticket: Ticket, zone: str) -> list[str]:
    lines = [
        _ticket_name(ticket),
        f"{ticket.status}, made by {ticket.made_by} at {dated_moment(wall_of(ticket.made_at, zone))}",
        ticket.id,
        "",
    ]
    lines += [f"{name.replace('_', ' ')}: {short_date_of(value)}" for name, value in ticket.fields.items() if value]
    return [*lines, "", *ticket.patterns.splitlines()] if ticket.patterns else lines

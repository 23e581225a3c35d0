"""The record screen: the log by filters, the story of an entry, the chain of hashes verified, the doctor's findings."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from agent_tui.domain.clients import Look
from agent_tui.domain.log import Event
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import Refused
from agent_tui.domain.site import Staff
from agent_tui.domain.story import Story, event_words
from agent_tui.domain.wall_time import dated_moment, short_date, short_moment, wall_of
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals import EffectModal, TextField
from agent_tui.tui.modals.base import PointedList
from agent_tui.tui.record_text import FILTER_ROWS, NAMES, Filters, look_line, look_sentence, read_filters
from agent_tui.tui.screens.record_acts import RecordActs
from agent_tui.tui.too_small import TooSmall
from agent_tui.tui.widgets.lines import KeyFooter, StatusLine, Title, TitleLine, shown
from agent_tui.tui.widgets.named_keys import KeyHints

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.record import Log, LogQuery, LookList

MOST_LINES = 500
"""Lines that are listed at a time, the latest first; filters reach the others."""

NARROW = 110
LOOK, LOOKS, STORY = "look up", "looks", "story"


class RecordField(TextField):
    """A filter."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("record form")]


class LogList(PointedList):
    """The lines that the filters admit, the latest first."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("log list")]


_ESCALATED = ("flag", "call", "handoff")


class RecordScreen(RecordActs):
    """Filters above, the log below."""

    CSS_PATH = "record.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("record")]
    AUTO_FOCUS = "#lines"
    lines = getters.query_one("#lines", LogList)

    def __init__(self, back: Backstage, now: Callable[[], datetime], staff: Staff, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(back, now, staff, glyphs)
        self._changes = back.changes
        self.events: tuple[Event, ...] = ()
        self.looks: tuple[Look, ...] | None = None
        self.head = 0
        self.total = 0
        self._chosen: int | None = None

    def compose(self) -> ComposeResult:
        """Put the panes on the screen."""
        yield TitleLine(Title("Record"), glyphs=self.glyphs, id="title")
        with Vertical(id="filters"):
            for row in FILTER_ROWS:
                with Horizontal():
                    for name, label, hint, longest in row:
                        yield Static(label, classes="label", markup=False)
                        yield RecordField("", id=f"filter-{name}", placeholder=hint, longest=longest)
        with Vertical(id="lines-pane"):
            yield LogList((), self.glyphs, id="lines")
        yield StatusLine(glyphs=self.glyphs, id="status")
        yield KeyFooter(id="keys")
        yield TooSmall()

    def on_mount(self) -> None:
        """Show the latest lines."""
        self.set_class(self.glyphs is not UNICODE, "-ascii")
        self.query_one("#filters").border_title = "Filters"
        self.query_one("#lines-pane").border_title = "Lines"
        self.show_title()
        self.action_look_up()

    @property
    def context(self) -> str:  # type: ignore[override]
        """The place that has the focus, as the command registry names it."""
        if isinstance(self.focused, RecordField):
            return "record form"
        return "log list" if isinstance(self.focused, LogList) else "record"

    def key_hints(self) -> KeyHints:
        """Name in the filters what shows the lines that they admit, and of looks the way back to the log."""
        if self.context == "record form":
            return KeyHints(("look_up",), ("filters",))
        if self.looks is not None:
            return KeyHints(("who_looked", "unusual_looks", "filters"), ("story", "verify_chain", "run_doctor"))
        return super().key_hints()

    def on_resize(self, event: events.Resize) -> None:
        """Give the status line two rows where the list is narrow, and cover the screen when the window is too small."""
        self.set_class(event.size.width < NARROW, "-narrow")
        self.query_one(TooSmall).fit(event.size)

    def show_title(self) -> None:
        """Show how long the log is, and how much of it is listed."""
        now = self.now()
        counts: tuple[str, ...] = (f"{len(self.events)} shown", f"{counted(self.head, 'line')}")
        if self.looks is not None:
            counts = (f"{len(self.looks)} shown", f"{counted(self.total, 'look')}")
        self.refresh_bindings()
        self.query_one("#lines-pane").border_title = "Lines" if self.looks is None else "Who looked at which claimant"
        self.title_line.show(Title("Record", short_date(now), self.catalogue.site.name, counts, f"{now:%H:%M}"))

    # The log.

    @property
    def typed(self) -> dict[str, str]:
        """What stands in the filters."""
        return {name: self.query_one(f"#filter-{name}", RecordField).value for name in NAMES}

    def on_screen_resume(self) -> None:
        """Read what was written while another screen was in front."""
        if self.back.changes != self._changes:
            self.action_look_up()

    def action_look_up(self) -> None:
        """Show the lines that the filters admit, or say which filter is wrong and go to it."""
        found = read_filters(self.typed, self.today)
        if isinstance(found, tuple):
            name, sentence = found
            self.query_one(f"#filter-{name}", RecordField).focus()
            self.say(sentence, "error")
            return

        self._changes = self.back.changes
        if self.looks is not None:
            self._look_up_looks(found)
            return

        def work(desk: "Desk") -> object:
            from agent_tui.services.record import read_log

            return read_log(desk, _query(found))

        self.do(LOOK, work, exclusive=True)

    def action_who_looked(self) -> None:
        """List who looked at which client, or the log again; the filters stay."""
        self.looks = () if self.looks is None else None
        self.action_look_up()

    def _look_up_looks(self, filters: Filters) -> None:
        if filters.entry or filters.verb:
            self.say("Looks have no entry and no verb: empty those filters, or go back to the log with the same key.", "warning")
            return

        def work(desk: "Desk") -> object:
            from agent_tui.services.record import LookQuery, read_looks

            return read_looks(desk, LookQuery(filters.client, filters.who, filters.first, filters.last, MOST_LINES))

        self.do(LOOKS, work, exclusive=True)

    def _show_looks(self, found: "LookList | Refused") -> None:
        if isinstance(found, Refused):
            self.looks = None
            self.say(found.reason, "error")
            return
        self.looks, self.total = found.items, found.total
        zone = self.catalogue.site.zone
        self.lines.show([Content(shown(look_line(one, zone))) for one in found.items])
        self.show_title()
        if isinstance(self.focused, RecordField) and found.items:
            self.lines.focus()
        more = f" The latest {MOST_LINES} are shown; filters reach the others." if len(found.items) < found.total else ""
        self.say(f"{len(found.items)} of {found.total} looks.{more}" if found.items else "No look fits the filters.")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_look_up()

    def action_filters(self) -> None:
        """Go to the filters."""
        self.query_one("#filter-entry", RecordField).focus()

    def done(self, job: str, result: object) -> None:
        """Show what was read, told, verified or examined."""
        if job == LOOKS:
            self._show_looks(result)  # type: ignore[arg-type]
        elif job == LOOK:
            self._show_log(result)  # type: ignore[arg-type]
        elif job == STORY:
            self._show_story(result)
        else:
            self.act_done(job, result)

    def _show_log(self, log: "Log") -> None:
        self.events, self.head, self.looks = log.events[::-1], log.seq, None
        self._chosen = self.events[0].seq if self.events else None
        self.lines.show([Content(shown(self._line(one))) for one in self.events])
        self.show_title()
        if isinstance(self.focused, RecordField) and self.events:
            self.lines.focus()
        more = f" The latest {MOST_LINES} are shown; filters reach the others." if len(self.events) == MOST_LINES else ""
        if self.events:
            self.status.say(f"{len(self.events)} of {log.seq} lines.{more}")
        else:
            self.say("No line fits the filters.", "warning")

    def _line(self, one: Event) -> str:
        zone = self.catalogue.site.zone
        at = short_moment(wall_of(one.at, zone), self.today)
        return f"{one.seq:>6} {at:<16} {one.who:<9.9} {one.verb:<18.18} {event_words(one)}"

    # The story.

    @property
    def event(self) -> Event | None:
        """The line that has the highlight."""
        at = self.lines.highlighted
        return self.events[at] if self.looks is None and at is not None and at < len(self.events) else None

    @on(OptionList.OptionSelected, "#lines")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_story()

    @on(OptionList.OptionHighlighted, "#lines")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        one, at = self.event, self.lines.highlighted
        if self.looks is not None and at is not None and at < len(self.looks):
            self.status.describe(look_sentence(self.looks[at], self.catalogue.site.zone), moved=True)
        elif one is not None:
            moved, self._chosen = one.seq != self._chosen and self._chosen is not None, one.seq
            when = dated_moment(wall_of(one.at, self.catalogue.site.zone))
            what = f"{one.verb.replace('_', ' ')} by {one.who} ({one.role}) at {when}"
            self.status.describe(f"Line {one.seq}: {what}: {event_words(one)}".removesuffix(": "), moved=moved)

    @property
    def client_meant(self) -> str:
        """The claimant of the line or look that has the highlight, by opaque id; empty for none."""
        at, one = self.lines.highlighted, self.event
        if self.looks is not None:
            return self.looks[at].client if at is not None and at < len(self.looks) else ""
        return (one.client if one is not None else None) or ""

    def action_story(self) -> None:
        """Tell what became of the entry of the line."""
        one = self.event
        entry = None if one is None else one.entry or (one.after or {}).get("waiting")
        if entry is None:
            words = "A look has no story." if self.looks else "Go to a line first."
            self.say("This line is about no entry." if one is not None else words, "warning")
            return

        def work(desk: "Desk") -> object:
            from agent_tui.services.story import story

            return story(desk, entry)

        self.do(STORY, work, exclusive=True)

    def action_escalate_case(self) -> None:
        """Pass what the line is about up to a contact: an appointment, a call, a flag or a hand-off."""
        one = self.event
        found = {} if one is None else {"appointment": one.entry, **{kind: (one.after or {}).get(kind) for kind in _ESCALATED}}
        subject = next(((kind, id) for kind, id in found.items() if id), None)
        if subject is None:
            self.say("Go to a line about an appointment, a call, a flag or a hand-off first.", "warning")
        else:
            self.ask_contact(*subject)

    def action_add_feedback(self) -> None:
        """Keep what was said about the appointment of the line."""
        one = self.event
        entry = None if one is None else one.entry or (one.after or {}).get("appointment")
        if entry is None:
            self.say("Go to a line about an appointment first.", "warning")
        else:
            self.ask_feedback(str(entry))

    def _show_story(self, found: object) -> None:
        if isinstance(found, Refused):
            self.say(found.reason, "error")
        elif isinstance(found, Story):
            lines = [f"{one.seq}  {one.text}" for one in found.lines]
            self.modal(EffectModal(f"Story of {found.entry}", lines, glyphs=self.glyphs), lambda _yes: None)

    def go_back(self) -> None:
        """Go from the filters to the lines, from there back to the screen before."""
        if isinstance(self.focused, RecordField):
            self.lines.focus()
        else:
            super().go_back()


def _query(filters: Filters) -> "LogQuery":
    from agent_tui.services.record import LogQuery

    return LogQuery(
        filters.entry,
        filters.client,
        filters.who,
        filters.verb,
        filters.first,
        filters.last,
        limit=MOST_LINES,
        latest=True,
    )

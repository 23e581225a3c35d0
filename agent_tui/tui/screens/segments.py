"""The segments screen: what may be booked when, in one owner's week, and what a change would do before it is made."""

from collections.abc import Callable
from datetime import date, datetime
from typing import ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from agent_tui.domain.pattern_change import lost_key_types
from agent_tui.domain.pattern_draft import PatternDraft, SegmentRow, Slot, checks_of_rows, rows_of
from agent_tui.domain.patterns import WEEKDAYS
from agent_tui.domain.plurals import counted
from agent_tui.domain.request_text import match_types
from agent_tui.domain.site import Catalogue, Staff
from agent_tui.domain.ticks import clock
from agent_tui.domain.types import AppointmentType
from agent_tui.domain.wall_time import short_date, short_day
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.screens.segment_acts import SegmentActs
from agent_tui.tui.too_small import TooSmall
from agent_tui.tui.widgets.lines import KeyFooter, StatusLine, Title, TitleLine, shown
from agent_tui.tui.widgets.named_keys import KeyHints
from agent_tui.tui.widgets.segment_editor import SegmentTable, TypeList, TypeWords, WeekTabs
from agent_tui.tui.widgets.segment_editor.lists import HEADING
from agent_tui.tui.widgets.segment_editor.tabs import Tabs

NARROW = 100
SECOND = 1.0


class SegmentsScreen(SegmentActs):
    """Weekday tabs, a day's segments, the segment checker, and the types that may and could be booked."""

    CSS_PATH = "segments.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("segments")]
    AUTO_FOCUS = "#segments"
    table = getters.query_one("#segments", SegmentTable)
    available = getters.query_one("#available", TypeList)
    allowed = getters.query_one("#allowed", TypeList)
    words = getters.query_one("#words", TypeWords)
    tabs = getters.query_one("#tabs", WeekTabs)

    def __init__(
        self, back: Backstage, now: Callable[[], datetime], staff: Staff, *, diary: str | None = None, glyphs: Glyphs = UNICODE
    ) -> None:
        super().__init__(back, now, staff, glyphs)
        owner = diary or staff.diary or next(iter(sorted(self.catalogue.diaries)), "")
        level = "diary" if owner else "site"
        self.draft = PatternDraft(self.catalogue, level, owner, self.today)
        self.slot: Slot = self.today.weekday()
        self._lost_asked: object = None
        self._described: tuple[Slot, int] | None = None
        self._lost: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """Put the panes on the screen."""
        yield TitleLine(Title("Segments"), glyphs=self.glyphs, id="title")
        yield WeekTabs(glyphs=self.glyphs, id="tabs")
        with Horizontal(classes="half"):
            with Vertical(id="day"):
                yield Static(HEADING, id="heading", markup=False)
                yield SegmentTable(glyphs=self.glyphs, id="segments")
            with VerticalScroll(id="check", can_focus=False):
                yield Static("", id="findings", markup=False)
        with Horizontal(classes="half"):
            with Vertical(id="could"):
                yield TypeWords(id="words", placeholder="words of a type")
                yield TypeList(glyphs=self.glyphs, id="available")
            with Vertical(id="may"):
                yield TypeList(glyphs=self.glyphs, id="allowed")
        yield StatusLine(glyphs=self.glyphs, id="status")
        yield KeyFooter(id="keys")
        yield TooSmall()

    def on_mount(self) -> None:
        """Show the owner's week and keep up with what others change."""
        self.set_class(self.glyphs is not UNICODE, "-ascii")
        for name, title in (("#check", "Check"), ("#could", "Available types"), ("#may", "Allowed")):
            self.query_one(name).border_title = title
        for name in ("#could", "#may"):
            self.query_one(name).border_subtitle = f"{self.glyphs.key_type} key type, + not assigned yet"
        self.paint()
        self.set_interval(SECOND, self.look_at_rules)

    @property
    def context(self) -> str:  # type: ignore[override]
        """The place that has the focus, as the command registry names it."""
        focused = self.focused
        if isinstance(focused, SegmentTable):
            return "segment table"
        if isinstance(focused, TypeList):
            return "segment types"
        return "type words" if isinstance(focused, TypeWords) else "segments"

    def on_screen_resume(self) -> None:
        """Count anew the key types that cannot be booked; others may have taken their starts."""
        self.look_at_key_types()

    def on_resize(self, event: events.Resize) -> None:
        """Lay the panes out for the width."""
        self.set_class(event.size.width < NARROW, "-narrow")
        self.query_one(TooSmall).fit(event.size)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Name a command only while there is something for it to act on."""
        if action in ("allow_type", "disallow_type", "allow_all", "allow_none", "replicate", "remove_segment"):
            return self.own_row is not None
        return True

    # What is shown.

    @property
    def own_row(self) -> SegmentRow | None:
        """The segment of the owner's own that has the highlight."""
        row = self.table.row
        return row if row is not None and row.own else None

    @property
    def day(self) -> date:
        """The first day on which the pattern in hand would hold."""
        return self.draft.day_of(self.slot)

    def key_hints(self) -> KeyHints:
        """Name beside what changes a segment how others are shown, and the way back to whoever only looks."""
        if not self.may("new_segment"):
            return KeyHints(("choose_owner", "next_weekday", "find_type", "back"))
        if self.context != "segment table" or self.own_row is not None:
            return super().key_hints()
        return KeyHints(("new_segment", "choose_owner", "next_weekday"), ("edit_segment",))

    def paint(self, start: int | None = None) -> None:
        """Show the slot in hand, with the highlight on the own segment that starts at a tick."""
        self.table.show_rows(rows_of(self.draft, self.slot), start)
        pattern = self.draft.pattern(self.slot)
        changed = frozenset(slot for slot in self.draft.changed if isinstance(slot, int))
        weekday, day = (self.slot, None) if isinstance(self.slot, int) else (self.slot.weekday(), self.slot)
        self.tabs.show(Tabs(weekday, day, pattern.day_off, changed))
        self.query_one("#day").border_title = Content(shown(self._heading()))
        self.show_title()
        self.paint_types()
        self._show_findings()
        self.refresh_bindings()
        self._describe(moved=False)

    def _heading(self) -> str:
        name = WEEKDAYS[self.slot] if isinstance(self.slot, int) else f"only {short_day(self.slot)}"
        return f"{self.owner_words(self.draft.owner)}  {name}{', changed' if self.slot in self.draft.changed else ''}"

    def show_title(self) -> None:
        """Show from when the draft holds, what is not saved, and key types that cannot be booked."""
        draft = self.draft
        days = f"from {short_date(draft.first)}"
        if draft.until is not None:
            days += f" to {short_date(draft.until)}"
        unsaved = len(draft.changed)
        counts = self.key_words + ([f"also for {', '.join(draft.also)}"] if draft.also else [])
        counts += [f"{unsaved} not saved"] if unsaved else []
        title = Title("Segments", days, self.catalogue.site.name, tuple(counts), f"{self.now():%H:%M}")
        self.title_line.show(title)

    def paint_types(self) -> None:
        """Show the types that the highlighted segment allows, and those that it could allow."""
        row = self.table.row
        allowed = row.segment.types if row is not None else frozenset[str]()
        found = self._matching()
        self.allowed.show_types([self._with_minutes(kind) for kind in found if kind.code in allowed])
        self.available.show_types([self._with_minutes(kind) for kind in found if kind.code not in allowed])
        when = "nothing" if row is None else f"{clock(row.start)}-{clock(row.end)}"
        self.query_one("#may").border_title = Content(shown(f"Allowed in {when}"))

    def _matching(self) -> list[AppointmentType]:
        offered = [kind for kind in self.catalogue.types.values() if kind.booked_by == "offer" and kind.minutes_on(self.day)]
        text = self.words.value
        return match_types(text, offered, self.day) if text.strip() else sorted(offered, key=lambda kind: kind.name)

    def _with_minutes(self, kind: AppointmentType) -> tuple[AppointmentType, int | None, bool, bool]:
        return kind, kind.minutes_on(self.day), kind.key_on(self.day), self.unassigned(kind.code)

    def unassigned(self, code: str) -> bool:
        """Return whether a diary's segments may allow a type that nobody can book, since the diary does not have it."""
        diary = self.catalogue.diaries.get(self.draft.owner) if self.draft.level == "diary" else None
        return diary is not None and code not in diary.types

    def _show_findings(self) -> None:
        draft, flag = self.draft, self.glyphs.flag
        pattern = draft.pattern(self.slot)
        lines = [f"{flag} {problem}" for problem in draft.problems(self.slot)]
        if not lines:
            lines = [f"{part}: {one.sentence}" for part, one in checks_of_rows(draft, self.slot)]
        if pattern.day_off:
            lines.insert(0, "Day off: the less specific levels say nothing of it.")
        missing = sorted({code for part in pattern.segments for code in part.types if self.unassigned(code)})
        if missing:
            lines.append(f"{flag} Not assigned to {draft.owner} yet: {', '.join(missing)}.")
        lines += [f"{flag} {self.catalogue.types[code].name}: no diary would take this key type." for code in self._lost]
        lines += self._other_versions()
        found = Content("\n").join(Content(shown(line)) for line in lines) if lines else Content("Nothing is open.")
        self.query_one("#findings", Static).update(found)
        self._ask_for_lost()

    def _other_versions(self) -> list[str]:
        """Say which versions of the slot and which exceptions are still to come."""
        draft = self.draft
        own = [one for one in self.catalogue.patterns if (one.level, one.owner) == (draft.level, draft.owner)]
        later = [one for one in own if one.weekday == self.slot and one.day is None and one.effective_from > draft.first]
        lines = [f"From {short_date(one.effective_from)} another version holds." for one in later]
        days = sorted(one.day for one in own if one.day is not None and one.day >= self.today)
        return lines + ([f"Exceptions: {', '.join(short_day(day, self.today) for day in days[:6])}."] if days else [])

    def _ask_for_lost(self) -> None:
        """Find out in a thread which key types would lose their last diary; only what was asked for last is shown."""
        asked = tuple(self.draft.wanted())
        if asked == self._lost_asked:
            return
        self._lost_asked = asked
        if not asked or self.draft.problems(self.slot):
            self._lost = ()
            return
        before, draft, today = self.catalogue, self.draft, self.today

        def work(_desk: object) -> object:
            return asked, tuple(lost_key_types(before, draft.after(), today))

        self.do("lost", work, exclusive=True)

    def done(self, job: str, result: object) -> None:
        """Take what a thread has found."""
        if job == "lost" and isinstance(result, tuple):
            asked, lost = result
            if asked == self._lost_asked and lost != self._lost:
                self._lost = lost
                self._show_findings()
            return
        super().done(job, result)

    def use(self, catalogue: Catalogue) -> None:
        """Work on newer rules; what was changed here stays."""
        self.catalogue = catalogue
        self.draft = self.draft.on_rules(catalogue)
        self._lost_asked = None
        self.paint()

    def show_owner(self, level: str, owner: str) -> bool:
        """Show somebody else's segments; False while those in hand are changed and not saved."""
        if (level, owner) == (self.draft.level, self.draft.owner):
            return True
        if self.draft.changed:
            return False
        self.catalogue = self.back.live.catalogue
        self.draft = PatternDraft(self.catalogue, level, owner, self.draft.first, self.draft.until)
        if self.is_mounted:
            self.paint()
        return True

    @property
    def unsaved(self) -> str:
        """What would be lost if the program ended now."""
        changed = len(self.draft.changed)
        return f"{counted(changed, 'change')} of segments of {self.owner_words(self.draft.owner)}" if changed else ""

    def rules_changed(self) -> None:
        """Take up what another terminal has changed, unless something here is not saved yet."""
        if self.draft.changed:
            self.say("Somebody has changed the rules meanwhile; saving says whether it touches what you changed.", "warning")
        else:
            self.use(self.catalogue)

    # Going about.

    @on(OptionList.OptionHighlighted, "#segments")
    def _segment_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.paint_types()
        self.refresh_bindings()
        row = self.table.row
        place = None if row is None else (self.slot, row.start)
        self._describe(moved=place != self._described)
        self._described = place

    def _describe(self, *, moved: bool) -> None:
        """Say the highlighted line in words; what was said stays until another line has the highlight."""
        row = self.table.row
        self.status.describe("" if row is None else self.row_words(row), moved=moved)

    @on(OptionList.OptionSelected, "#segments")
    def _segment_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_edit_segment()

    @on(OptionList.OptionSelected, "#available")
    @on(OptionList.OptionSelected, "#allowed")
    def _type_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_allow_type()

    @on(Input.Changed, "#words")
    def _words_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.paint_types()

    @on(Input.Submitted, "#words")
    def _words_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        (self.available if self.available.kinds else self.allowed).focus()

    @on(WeekTabs.Chosen)
    def _tab_chosen(self, event: WeekTabs.Chosen) -> None:
        event.stop()
        self.go_to(event.weekday)

    def go_to(self, slot: Slot) -> None:
        """Show another weekday or date."""
        self.slot = slot
        self.paint()

    def action_previous_weekday(self) -> None:
        """Go to the weekday before."""
        self._step(-1)

    def action_next_weekday(self) -> None:
        """Go to the next weekday."""
        self._step(1)

    def _step(self, by: int) -> None:
        now = self.slot if isinstance(self.slot, int) else self.slot.weekday()
        self.go_to((now + by) % 7)

    def action_find_type(self) -> None:
        """Go to the words of a type."""
        self.words.focus()

    def go_back(self) -> None:
        """Go back one level: out of the words, to the segments, then to the screen before; nothing typed is lost."""
        if self.words.has_focus and self.words.value:
            self.words.value = ""
        elif not self.table.has_focus:
            self.table.focus()
        else:
            super().go_back()

"""The booking screen: request and offers on the left, the live diary grid on the right."""

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.widgets import Static

from agent_tui.domain.plurals import counted
from agent_tui.domain.reports.catalogue import READERS
from agent_tui.domain.ticks import MINUTES_PER_TICK
from agent_tui.domain.wall_time import short_date, spoken_day
from agent_tui.tui.backstage import BESIDE, LATE_REPORTS
from agent_tui.tui.booking_keys import InHand, hints_for, nothing_fits, taken_by
from agent_tui.tui.commands import BY_ID, bindings_for, readable
from agent_tui.tui.glyphs import UNICODE
from agent_tui.tui.messages import DeskOpened, StoreFailed, StoreRecovered, SwitchedOff, WorkDone
from agent_tui.tui.presenter import day_counts
from agent_tui.tui.screens.booking_beside import ROOMY
from agent_tui.tui.screens.booking_doubt import SETTLE
from agent_tui.tui.screens.booking_greeting import GreetingDesk
from agent_tui.tui.screens.booking_handover import HANDED_TO
from agent_tui.tui.screens.booking_override import DECIDED_ENTRY, PREPARED_BEFORE
from agent_tui.tui.screens.desk import NOT_OPEN
from agent_tui.tui.screens.mirroring import mirror
from agent_tui.tui.switched_off import OffScreen
from agent_tui.tui.too_small import TooSmall
from agent_tui.tui.widgets.ask_bar import AskBar
from agent_tui.tui.widgets.booking_form import RequestForm
from agent_tui.tui.widgets.diary_grid import DiaryGrid
from agent_tui.tui.widgets.lines import KeyFooter, StatusLine, Title, TitleLine
from agent_tui.tui.widgets.named_keys import NO_HINTS, KeyHints
from agent_tui.tui.widgets.offer_list import OfferList, offer_key
from agent_tui.tui.widgets.offer_list.state import offer_of
from agent_tui.tui.widgets.week_strip import WeekStrip

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

NARROW = 100
SECOND = 1.0


def _learn_if_stale(desk: "Desk") -> bool:
    from agent_tui.services.demand import learn_if_stale

    return learn_if_stale(desk)


class BookingScreen(GreetingDesk):
    """The screen that an agent keeps open; it takes keys before the store is open."""

    CSS_PATH = "booking.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("booking")]
    AUTO_FOCUS = "#type"
    _late_to_say = 0
    _hints = NO_HINTS

    def compose(self) -> ComposeResult:
        """Put the panes on the screen."""
        yield TitleLine(Title("Booking", short_date(self.shown.day)), glyphs=self.glyphs, id="title")
        yield AskBar(glyphs=self.glyphs, id="ask-bar")
        with Container(id="desk"):
            yield RequestForm(self.now().date(), glyphs=self.glyphs, id="form")
            yield DiaryGrid(zoom=self.settings.zoom // 5, glyphs=self.glyphs, id="grid")
            with VerticalScroll(id="aside", can_focus=False):
                yield Static(id="facts", markup=False)
            yield OfferList(glyphs=self.glyphs, id="offers")
            yield WeekStrip(glyphs=self.glyphs, id="strip")
        yield StatusLine(glyphs=self.glyphs, id="status")
        yield KeyFooter(id="keys")
        yield TooSmall()

    def on_mount(self) -> None:
        """Open the store while the form already takes keys."""
        self.today = self.now().date()
        self.set_class(self.glyphs is not UNICODE, "-ascii")
        self.query_one("#aside").border_title = "Details and flags"
        self.show_title()
        self.back.open()
        self.set_interval(SECOND, self.each_second)

    def on_unmount(self) -> None:
        """Stop the feed and close the store."""
        self.back.close()

    @property
    def context(self) -> str:
        """The place that has the focus, as the command registry names it."""
        focused = self.focused
        if focused is None:
            return "booking"
        named = {"client": "client", "ask": "ask", "ask-chips": "ask chips"}.get(focused.id or "")
        if named is not None:
            return named
        places = {"form": self.form, "offers": self.offers, "grid": self.grid}
        return next((name for name, pane in places.items() if pane in focused.ancestors_with_self), "booking")

    # The store.

    @on(DeskOpened)
    def _desk_opened(self, message: DeskOpened) -> None:
        own = message.staff.diary if self.catalogue is None else None
        self.catalogue, self.staff, self.trouble = message.catalogue, message.staff, message.warning
        self.status.unsay(NOT_OPEN)
        self.form.set_choices(message.catalogue, self.now().date())
        # The cursor of a coach begins in the own diary, so that v shows the own week and B blocks there.
        tick = self.now().hour * 60 // MINUTES_PER_TICK
        self.show_day(self.shown.day, go_to=None if own is None else (own, self.shown.day, tick))
        self.show_title()
        self._say_day()
        self.find_typed_client()
        self.action_look_for_unfinished()
        self.back.do("learn", _learn_if_stale)
        self._look_for_late_reports()
        self.look_for_greeting()

    def _say_day(self) -> None:
        """Say that the day is not today, where the app has begun with the day of the last time."""
        if self.shown.day != self.now().date() and self.status.severity is None:
            key = readable(BY_ID["today"].keys[0])
            self.say(f"The diary shows {spoken_day(self.shown.day)}, where you were; {key} in it goes to today.")

    def _look_for_late_reports(self) -> None:
        if self.staff is not None and self.staff.role in READERS:
            self.back.look_for_late_reports(self.now().date())

    @on(StoreFailed)
    def _store_failed(self, message: StoreFailed) -> None:
        if message.job == SETTLE:
            return
        if message.job == "call":
            self.call.opened = False
        if message.job in ("act", HANDED_TO):
            # Whether it was done is not known; the same act asked for again has the same id and is done once.
            self.call.acting, self.call.waited = False, 0
        if message.job in ("act", "end"):
            self.call.ending = None
        if message.job in ("open", "feed"):
            self.trouble = message.sentence
            self.show_title()
        if not self.say_doubt():
            self.say(f"{message.sentence} What you typed is kept.", "error")
        if message.job == "open":
            self.set_timer(5.0, self.back.open)

    @on(SwitchedOff)
    def _switched_off(self, message: SwitchedOff) -> None:
        if not isinstance(self.app.screen, OffScreen):
            self.app.push_screen(OffScreen(message.login))

    @on(StoreRecovered)
    def _store_recovered(self, message: StoreRecovered) -> None:
        self.trouble = None
        if not self.say_doubt():
            self.say("The store answers again.", "done")
        self.find_typed_client()  # what was typed meanwhile found nobody
        self.show_title()
        self.load()
        if self.call.held is None and self.call.confirmed is None:
            self.look_for_offers()

    @on(WorkDone)
    def _work_done(self, message: WorkDone) -> None:
        job, result = message.job, message.result
        if job == "end" and isinstance(result, tuple):
            self.call_ended(*result)
        elif job == "details" and isinstance(result, list):
            self.show_details(result)
        elif job == BESIDE:
            self.beside_read(result)
        elif job == "why":
            self.show_why(result)
        elif job == "draft":
            self.say(str(result), "warning")
        elif job == LATE_REPORTS and isinstance(result, int):
            self._late_reports_counted(result)
        elif job == DECIDED_ENTRY:
            self.override_decided(result)
        elif job == PREPARED_BEFORE and isinstance(result, tuple):
            self.override_found(*result)
        elif not any(
            done(job, result)
            for done in (self.greeting_done, self.support_done, self.sooner_done, self.telling_done, self.contact_done)
        ):
            self.ending_done(job, result)

    def _late_reports_counted(self, late: int) -> None:
        more, self.back.late_reports = late > self.back.late_reports, late
        self._late_to_say = late if more else 0
        self._say_late_reports()

    def _say_late_reports(self) -> None:
        """Say how many reports are late, once what else was said has been read."""
        from agent_tui.tui.screens.going import SCREENS

        if self._late_to_say and self.status.severity is None:
            late, self._late_to_say = counted(self._late_to_say, "report is late", "reports are late"), 0
            self.say(f"{late}: {readable(BY_ID['screens'].keys[0])} {SCREENS['reports'][0]} lists the schedules.")

    # The frame.

    def show_title(self) -> None:
        """Show the day in numbers, or what is wrong with the store."""
        shown, now = self.shown, self.now()
        place = "" if self.catalogue is None else self.catalogue.site.name
        counts = () if shown.totals is None else day_counts(*shown.totals)
        title = Title(
            "Booking",
            short_date(shown.day),
            place,
            counts,
            f"{now:%H:%M}",
            self.trouble or "",
        )
        self.title_line.show(title)

    def each_second(self) -> None:
        """Count down what counts down and move the clock."""
        self.tick()
        self.settle()
        self.announce()
        self.show_title()
        if self.now().date() != self.today:
            self.today = self.now().date()
            self.form.set_today(self.today)
        self._look_for_late_reports()
        self._say_late_reports()
        self.say_reviews()
        self.say_greeting()
        now = self.back.clock_ms()
        self.refresh_places(
            (column.diary, column.day)
            for column in self.grid.view.columns
            if any(block.expires_at is not None and block.expires_at <= now for block in column.blocks)
        )

    def on_resize(self, event: events.Resize) -> None:
        """Lay the panes out for the width; focus and draft stay."""
        narrow, was_narrow = event.size.width < NARROW, self.has_class("-narrow")
        self.set_class(narrow, "-narrow")
        widened = was_narrow and not narrow
        self.set_class(event.size.width >= ROOMY[0] and event.size.height >= ROOMY[1], "-roomy")
        self.show_form(widened or (self.form.has_focus_within if narrow else self.form.display))
        self.query_one(TooSmall).fit(event.size)
        self.call_after_refresh(mirror, self)
        self.call_after_refresh(self.show_beside)

    def on_descendant_focus(self) -> None:
        """Say which field is in hand; in a narrow window the form gives the diary its room back when the focus leaves it."""
        self.status.drop_hint()
        self.describe_field()
        if self.offers.has_focus and self.offers.state.kind in ("none", "handoff"):
            self.nothing_found(over=False)
        if self.has_class("-narrow") and self.focused is not None:
            self.show_form(self.form.has_focus_within)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Name a command only while there is something for it to act on."""
        if action in ("extend", "release", "confirm", "hand_over"):
            return self.call.held is not None
        return True

    def key_hints(self) -> KeyHints:
        """Name what acts on what is in hand; while a search is under way, what was named before it."""
        if self.offers.state.kind != "searching":
            self._hints = hints_for(self._in_hand())
        return self._hints

    def _in_hand(self) -> InHand:
        call, cell, place = self.call, self.grid.cursor_cell, self.context
        held, chosen, state = call.held, self.offers.highlighted, self.offers.state
        here = True
        if held is not None and place == "grid":
            here = cell.block is not None and cell.block.entry_id == held.entry.id
        elif held is not None and place == "offers":
            here = chosen is None or offer_key(chosen) == offer_key(offer_of(held))
        return InHand(
            place,
            taken_by(state, held=held is not None, confirmed=call.confirmed is not None),
            here=here,
            client=held is not None and (held.entry.moving is not None or "client" in self.form.picked),
            displaces=state.displaces,
            handed_off=call.handed_off,
            cell="" if cell.block is None else cell.block.kind,
            carried=self.carried is not None,
            marked=self.grid.mark is not None,
        )

    @on(DiaryGrid.CursorMoved)
    @on(OfferList.Highlighted)
    def _look_at_keys(self) -> None:
        """Let the footer follow where the keys do something else."""
        before = self._hints
        if self.key_hints() != before:
            self.query_one(KeyFooter).name_again()

    def nothing_found(self, *, over: bool = True) -> None:
        """Say what helps where nothing fits; without `over` only where nothing that was said stands."""
        self.status.hint(nothing_fits(self.key, self.context, displaces=self.offers.state.displaces), over=over)

    def action_toggle_form(self) -> None:
        """Show or hide the request form."""
        self.show_form(not self.form.display)
        if self.form.display:
            self.form.focus_field("type", replaced=True)
        else:
            self.grid.focus()

    def action_back(self) -> None:
        """Go back one level: forget what is marked, put down what is carried, close the bar, then from a pane to the grid."""
        if self.forget_mark():
            self.say("The mark is forgotten.")
        elif self.put_down():
            self.say("Left where it was.")
        elif self.close_ask():
            pass
        elif self.form.has_focus_within:
            if self.has_class("-narrow"):
                self.show_form(False)
            self.action_focus_grid()
        elif not self.offers.has_focus:
            self.offers.focus()

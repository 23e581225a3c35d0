"""The diary half of the booking screen: days and weeks, live changes, and the ghost of an offer."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from textual import on

from agent_tui.domain.handovers import on_days
from agent_tui.domain.requests import Offer, Request
from agent_tui.domain.ticks import MINUTES_PER_TICK
from agent_tui.domain.wall_time import first_open_tick, short_day
from agent_tui.tui.messages import DiariesChanged, LookChanged, PictureTaken
from agent_tui.tui.presenter import column_of, hours_of_view, short_code
from agent_tui.tui.screens.booking_presence import PresenceDesk
from agent_tui.tui.widgets.diary_grid import DiaryGrid, Ghost, GridView
from agent_tui.tui.widgets.offer_list import describe_offer

if TYPE_CHECKING:
    from agent_tui.services.live import Changes

PAGE = 40


class DiaryDesk(PresenceDesk):
    """What the grid shows."""

    fitting: Request | None = None
    cursor_was: tuple[str, date, int] | None = None

    # What is shown.

    def show_day(self, day: date, *, go_to: tuple[str, date, int] | None = None, around: str | None = None) -> None:
        """Show all coaches of a day, or a coach's week that holds it; the cursor goes to `go_to`, `around` is loaded too."""
        self.shown.day = day
        if self.is_running:
            self.post_message(LookChanged({"day": day}))
        self.shown.go_to = go_to
        self._choose_pairs()
        if around is not None:
            self._load_around((around, day))
        self.load()
        self.announce()

    def _choose_pairs(self) -> None:
        if self.catalogue is None:
            return
        coach = self.shown.week_of
        if coach is not None:
            monday = self.shown.day - timedelta(days=self.shown.day.weekday())
            self.shown.pairs = tuple((coach, monday + timedelta(days=offset)) for offset in range(6))
        else:
            codes = sorted(one.code for one in self.catalogue.diaries.values() if one.enabled)
            self.shown.pairs = tuple((code, self.shown.day) for code in codes)
        self._load_around(None if self.shown.go_to is None else self.shown.go_to[:2])

    def _load_around(self, pair: tuple[str, date] | None) -> None:
        """Choose the page of columns that has a diary's day in its middle, the first page for None."""
        pairs = self.shown.pairs
        at = pairs.index(pair) if pair in pairs else 0
        self.shown.first = max(0, min(at - PAGE // 2, len(pairs) - PAGE))
        self.shown.last = min(len(pairs), self.shown.first + PAGE)

    def load(self) -> None:
        """Read the columns in view anew."""
        if self.back.is_open:
            self.shown.generation += 1
            pairs = self.shown.pairs[self.shown.first : self.shown.last]
            self.back.take_picture(self.shown.generation, pairs, self.fitting, whole=True)

    def refresh_places(self, places: Iterable[tuple[str, date]]) -> None:
        """Read some columns anew, those of them that are shown."""
        loaded = self.shown.pairs[self.shown.first : self.shown.last]
        pairs = [pair for pair in dict.fromkeys(places) if pair in loaded]
        if pairs and self.back.is_open:
            self.back.take_picture(self.shown.generation, pairs, self.fitting, whole=False)

    def show_fitting(self, request: Request | None) -> None:
        """Mark the free time that fits another type in hand."""
        self.fitting = request
        self.load()

    @on(PictureTaken)
    def _picture_taken(self, message: PictureTaken) -> None:
        shown, picture = self.shown, message.picture
        if message.generation != shown.generation:
            return
        self.others = on_days(picture.here, *self.days_shown)
        if message.whole:
            shown.known, shown.starts, shown.names, shown.staff = {}, {}, {}, {}
        shown.known |= {(one.diary, one.day): one for one in picture.diaries}
        for pair in [(one.diary, one.day) for one in picture.diaries]:
            shown.starts.pop(pair, None)
        shown.starts |= message.starts
        shown.closed, shown.flagged = dict(picture.closed), picture.flagged
        shown.names |= picture.names
        shown.staff |= picture.staff
        if message.totals is not None and shown.week_of is None:
            totals = message.totals
            shown.totals = (totals.diaries, totals.available, totals.free, totals.stranded)
        self.paint()
        if message.whole and self.grid.ghost is not None:
            self.grid.show_ghost(self.grid.ghost)  # its column may have come into being only now
        if message.whole and shown.go_to is not None:
            diary, day, tick = shown.go_to
            shown.go_to = None
            self.grid.move_cursor_to(diary, day, tick)

    def paint(self) -> None:
        """Give the grid what is known now."""
        shown, catalogue = self.shown, self.catalogue
        if catalogue is None:
            return
        login = self.settings.login if self.staff is None else self.staff.login
        pairs = [pair for pair in shown.pairs[shown.first : shown.last] if pair in shown.known]
        diaries = [shown.known[pair] for pair in pairs]
        columns = tuple(
            column_of(
                one,
                catalogue,
                shown.names,
                shown.staff,
                login,
                shown.flagged,
                shown.starts,
                shown.closed.get(one.day),
                bool(shown.week_of),
            )
            for one in diaries
        )
        first, last = hours_of_view(diaries)
        kind = None if self.fitting is None else catalogue.types.get(self.fitting.type)
        now = self.now()
        self.grid.show(
            GridView(
                generation=shown.generation,
                title=self.with_others(self._grid_title()),
                columns=columns,
                first_tick=first,
                last_tick=last,
                now=(now.date(), max(0, min(287, first_open_tick(now)))),
                ticks_in_hand=None if kind is None else kind.ticks_on(shown.day),
                in_hand="" if kind is None else kind.name,
                first_column=shown.first,
                column_count=len(shown.pairs),
            )
        )
        self.show_title()

    def _grid_title(self) -> str:
        day = short_day(self.shown.day)
        if self.shown.week_of is not None and self.catalogue is not None:
            monday = self.shown.day - timedelta(days=self.shown.day.weekday())
            return f"{self.catalogue.diaries[self.shown.week_of].coach}  week of {monday.day} {monday:%b}"
        return f"All coaches  {day}  {self.grid.zoom * 5}-minute lines"

    def show_title(self) -> None:
        """Show the day in numbers; the whole screen has it."""

    @on(DiaryGrid.ColumnsWanted)
    def _columns_wanted(self, event: DiaryGrid.ColumnsWanted) -> None:
        event.stop()
        self.shown.first, self.shown.last = event.first, min(event.last, len(self.shown.pairs))
        self.load()

    # Live.

    @on(DiariesChanged)
    def _diaries_changed(self, message: DiariesChanged) -> None:
        changes = message.changes
        if changes.rules and self.back.is_open:
            self.catalogue = self.back.live.catalogue
            self.form.set_choices(self.catalogue, self.now().date())
            self.show_day(self.shown.day)
        places = {(resource, date.fromisoformat(day)) for resource, day in changes.places}
        self.refresh_places(places)
        self._check_offers(changes)

    def _check_offers(self, changes: "Changes") -> None:
        """Cross out what others have taken; where nothing fitted, look whether something does now."""
        if self.call.held is not None or self.call.confirmed is not None:
            return
        login = None if self.staff is None else self.staff.login
        others = [event for event in changes.events if event.who != login]
        # Whoever touched a place last has it: one look for each person, however many lines a terminal has to catch up with.
        last = {(resource, day): event.who for event in others for resource, day in event.touched}
        hit: dict[str, list[Offer]] = {}
        for offer in self.call.offers:
            places = [(one, offer.day.isoformat()) for one in offer.resources]
            who = next((last[place] for place in places if place in last), None)
            if who is not None:
                hit.setdefault(who, []).append(offer)
        for who, listed in hit.items():
            self.back.check_offers(listed, self.shown.staff.get(who, who))
        if changes.rules or (self.offers.state.kind == "none" and any(event.touched for event in others)):
            self.look_for_offers()

    def look_for_offers(self) -> None:
        """Search anew; the call's half of the screen does it."""

    # The ghost.

    def follow_offer(self, offer: Offer, *, by_hand: bool = False) -> None:
        """Show where an offer stands, on its day; one that the agent went to is said even over a message."""
        if self.shown.week_of is not None and offer.diary != self.shown.week_of:
            self.shown.week_of = None
            self.show_day(offer.day, around=offer.diary)
        elif (offer.diary, offer.day) not in self.shown.pairs[self.shown.first : self.shown.last]:
            self.show_day(offer.day, around=offer.diary)
        self._show_offer_ghost(offer)
        if not self.grid.has_focus:
            manager = self.staff is not None and self.staff.role in ("leader", "supervisor")
            words = describe_offer(offer, type_name=self._type_name(), gone=self.offers.gone, minutes=manager)
            self.status.describe(words, moved=by_hand)

    def _type_name(self) -> str:
        draft = self.call.draft
        kind = None if draft is None or self.catalogue is None else self.catalogue.types.get(draft.type or "")
        return "" if kind is None else kind.name

    def _show_offer_ghost(self, offer: Offer, *, gone: bool = False) -> None:
        draft = self.call.draft
        code = None if draft is None else draft.type
        who = "" if draft is None else draft.client_words
        label = short_code(code, (offer.end - offer.start) * 5)
        self.show_ghost(Ghost(offer.diary, offer.day, offer.start, offer.end, label, who, gone=gone))

    def show_ghost(self, ghost: Ghost | None) -> None:
        """Show a ghost in the grid, or none."""
        self.grid.show_ghost(ghost)

    def ghost_gone(self, offer: Offer) -> None:
        """Cross the ghost out if it is this offer's."""
        ghost = self.grid.ghost
        if ghost is not None and (ghost.diary, ghost.day, ghost.start) == (offer.diary, offer.day, offer.start):
            self._show_offer_ghost(offer, gone=True)

    @on(DiaryGrid.CursorMoved)
    def _cursor_moved(self, event: DiaryGrid.CursorMoved) -> None:
        event.stop()
        if not self.grid.has_focus:
            return
        place = (event.diary, event.day, event.tick)
        # What was said stays when only the entry under the cursor has changed.
        self.status.describe(self.grid.cursor_words, moved=place != self.cursor_was)
        self.cursor_was = place
        cell = self.grid.cursor_cell
        length = (
            None
            if self.fitting is None or self.catalogue is None
            else self.catalogue.types[self.fitting.type].ticks_on(event.day)
        )
        if self.carried is not None:
            self._show_carried(event.diary, event.day, event.tick)
            return
        if self.grid.mark is not None:
            return
        if cell.column is None or length is None or self.call.held is not None or self.call.confirmed is not None:
            return
        if cell.column.start_mask >> event.tick & 1:
            offer = self._offer_at(event.diary, event.day, event.tick, length)
            self.offers.select(offer)
            self._show_offer_ghost(offer)

    def _show_carried(self, diary: str, day: date, tick: int) -> None:
        """Show where what is carried would stand."""
        if self.carried is not None:
            _entry, length, label, who = self.carried
            self.show_ghost(Ghost(diary, day, tick, tick + length, label, who))

    def _offer_at(self, diary: str, day: date, tick: int, length: int) -> Offer:
        one = None if self.catalogue is None else self.catalogue.diaries.get(diary)
        coach, team = ("", "") if one is None else (one.coach, one.team)
        return Offer(diary, coach, team, day, tick, tick + length, "", (diary,), False)

    # Going about.

    def action_focus_grid(self) -> None:
        """Go to the diary grid."""
        self.grid.focus()
        held = self.call.held
        if held is None or not self.grid.move_cursor_to(held.entry.diary, held.entry.day, held.entry.start):
            self.grid.go_to_ghost()
        self.status.describe(self.grid.cursor_words)

    def action_focus_offers(self) -> None:
        """Go to the offers."""
        self.offers.focus()

    def action_zoom_in(self) -> None:
        """Show fewer minutes to a line."""
        self.grid.zoom_in()
        self._zoomed()

    def action_zoom_out(self) -> None:
        """Show more minutes to a line."""
        self.grid.zoom_out()
        self._zoomed()

    def _zoomed(self) -> None:
        self.post_message(LookChanged({"zoom": self.grid.zoom * MINUTES_PER_TICK}))
        self.paint()

    def action_previous_day(self) -> None:
        """Go to the day before, or to the week before."""
        self._step(-1)

    def action_next_day(self) -> None:
        """Go to the next day, or to the next week."""
        self._step(1)

    def _step(self, by: int) -> None:
        if self.shown.week_of is not None:
            self.show_day(self.shown.day + timedelta(days=7 * by))
            return
        day = self.shown.day + timedelta(days=by)
        while day.weekday() == 6:  # no diary of a demo or a jobcentre opens on a Sunday
            day += timedelta(days=by)
        self.show_day(day)

    def action_today(self) -> None:
        """Go to today."""
        self.show_day(self.now().date())

    def action_toggle_week(self) -> None:
        """Switch between all coaches for a day and one coach's week."""
        column = self.grid.cursor_cell.column
        if self.shown.week_of is None and column is None:
            return
        tick = self.grid.cursor_cell.tick
        diary, day = (self.shown.week_of, self.shown.day) if column is None else (column.diary, column.day)
        self.shown.week_of = diary if self.shown.week_of is None else None
        self.show_day(day, go_to=(diary or "", day, tick))

"""What the booking screen has done behind the scenes: the store, the feed and every act, on threads of their own.

Nothing here touches a widget: each job answers with a message, which Textual delivers on the event loop.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker, get_current_worker

from agent_tui.domain.clients import Client
from agent_tui.domain.reports.schedules import SCHEDULED, UNSCHEDULED, WRITTEN
from agent_tui.domain.requests import Blocked, Offer, Outcome, Refused, RefusedOver, Request
from agent_tui.failures import noted
from agent_tui.settings import Settings, system_login
from agent_tui.tui.kept_incidents import LastActs
from agent_tui.tui.messages import (
    ActDone,
    ActSettled,
    ActUnknown,
    BlockAnswered,
    ClientMade,
    ClientsFound,
    DeskOpened,
    DiariesChanged,
    OffersFound,
    OffersGone,
    PictureTaken,
    StoreFailed,
    StoreRecovered,
    SwitchedOff,
    WorkDone,
)
from agent_tui.tui.sending_rounds import start_rounds
from agent_tui.tui.under_way import UnderWay

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.live import Changes, Live

Pair = tuple[str, date]
WINDOW_DAYS = 35
SCHEDULING = frozenset({SCHEDULED, UNSCHEDULED, WRITTEN})
LATE_REPORTS = "late reports"
BESIDE = "beside"
LOOKS_SECONDS = 5.0
"""How often the looks at claimants are written; a batch is one short transaction."""


_UNTOLD = frozenset(
    (
        *("look", "check", "patch", "learn", "draft", "discard", "late reports", "looked", "answers", "told", "reviews"),
        "how told",
        *("incident", "incident kept", "key trouble", "open flags", "handed for another", BESIDE),
        "greeting",
    )
)
"""Jobs that the app does by itself, or that are part of an incident, which tell nothing of what a person did."""


@dataclass
class Backstage:
    """One terminal's store, opened in a thread; `now` returns site time, `screen` gets the messages."""

    screen: Screen[Any]
    settings: Settings
    now: Callable[[], datetime]
    changes: int = 0
    """How often the feed has brought something; a screen that looks again when it grows misses nothing."""
    schedules_changed: int = 0
    """How often the feed has brought that a report was scheduled, written or scheduled no more."""
    late_reports: int = 0
    """How many reports were late when it was last looked, for whoever reads them."""
    failing: frozenset[str] | None = None
    """The types whose guarantee failed when a manager's screen last looked; None before the first look."""
    trouble: str | None = None
    """What the feed says is wrong with the store; None while it answers."""
    terminal: str = ""
    """By what others tell this terminal from another one of the same person."""
    _late_seen: tuple[int, date] | None = None
    acts: LastActs = field(default_factory=LastActs)
    """What this terminal did last, for an incident."""
    _desk: "Desk | None" = None
    _live: "Live | None" = None
    _stop: Event = field(default_factory=Event)
    _feed: Thread | None = None
    _looks: Thread | None = None
    _sender: Thread | None = None
    _head_of: date | None = None
    _head_at: int = 0
    _opening: Lock = field(default_factory=Lock)
    _pictures: Lock = field(default_factory=Lock)
    _typing: Lock = field(default_factory=Lock)

    @property
    def is_open(self) -> bool:
        """Return whether the store is open."""
        return self._live is not None

    def clock_ms(self) -> int:
        """Return the clock that holds expire by in ms UTC, the computer's until the store is open."""
        return int(time.time() * 1000) if self._live is None else self._live.clock_ms()

    def run(
        self,
        job: str,
        work: Callable[[], Message | None],
        *,
        exclusive: bool = False,
        in_turn: AbstractContextManager[object] | None = None,
        screen: Screen[Any] | None = None,
        act: str | None = None,
        going: UnderWay | None = None,
    ) -> Worker[None]:
        """Run a job in a thread, post its message and return its worker; trouble with the store is posted as StoreFailed.

        Its name (that of the `act` where a job does several) and how long it took are kept as a last act.

        An exclusive job that a later one has replaced posts nothing. Jobs with one lock answer in the order of their reads.
        Another screen than the booking screen gets the message when it is given. A job that is stopped as it is `going` on
        posts nothing.
        """
        asker = screen or self.screen

        def body() -> None:
            from agent_tui.services.trouble import DeskRefused, StoreTrouble

            worker = get_current_worker()
            with in_turn or nullcontext():
                if worker.is_cancelled:
                    return
                began, failed = time.perf_counter(), True
                try:
                    message = work()
                    failed = False
                except KeyboardInterrupt:  # what is told how far it is ends it so
                    message, failed = None, False
                except (StoreTrouble, DeskRefused) as trouble:
                    message = StoreFailed(job, str(trouble))
                finally:
                    if going is not None:
                        going.over = True  # before whoever gets the message asks
                    if job not in _UNTOLD:
                        self.acts.add(act or job, time.perf_counter() - began, failed=failed)
                if message is not None and not worker.is_cancelled:
                    asker.post_message(message)

        return asker.run_worker(body, name=job, group=job, thread=True, exclusive=exclusive, exit_on_error=True)

    def open(self) -> None:
        """Open the store and read the window of days; answers DeskOpened, then keeps the feed."""
        self.run("open", self._open, exclusive=True)

    def _open(self) -> Message:
        from agent_tui.services.desk import open_desk, sqlite_warning
        from agent_tui.services.live import Live

        settings = self.settings
        desk = open_desk(
            settings.store,
            settings.login,
            self.now(),
            site=settings.site,
            hold_seconds=settings.hold_seconds,
            explicit_login=settings.login != system_login(),
        )
        today = self.now().date()
        live = Live(desk, today - timedelta(days=7), today + timedelta(days=WINDOW_DAYS), self.now)
        try:
            live.load()
            warning = sqlite_warning(desk)
            self._keep_head(desk)
        except BaseException:
            live.close()
            desk.store.close()
            raise
        with self._opening:
            if self._stop.is_set():  # closed meanwhile
                live.close()
                desk.store.close()
            else:
                self._desk, self._live = desk, live
                self._feed = Thread(target=live.run, args=(self._stop, self._changed, self._troubled), name="feed", daemon=True)
                self._feed.start()
                self._looks = Thread(target=self._write_looks, name="looks", daemon=True)
                self._looks.start()
                self._sender = start_rounds(settings, lambda: self.desk, self._stop)
        return DeskOpened(live.catalogue, desk.staff, desk.store.name, warning)

    def _keep_head(self, desk: "Desk", *, last: bool = False) -> None:
        """Write the log's head down where it was not yet in this terminal's day, as the log grows, and at the `last`."""
        from agent_tui.services.heads import record_daily, record_grown

        today = self.now().date()
        if today != self._head_of:
            self._head_of, self._head_at = today, self.changes
            record_daily(desk, self.settings.heads, again=True)
        elif last or self.changes != self._head_at:
            self._head_at = self.changes
            record_grown(desk, self.settings.heads, **({"least": 1} if last else {}))

    def _write_looks(self) -> None:
        """Append in batches who was looked at, and the log's head elsewhere, until the program ends and once more then."""
        from agent_tui.services.looks import write_looks
        from agent_tui.services.presence import leave
        from agent_tui.services.trouble import DeskRefused, StoreTrouble

        stopped = False
        while not stopped:
            stopped = self._stop.wait(LOOKS_SECONDS)
            with suppress(StoreTrouble, DeskRefused):  # the feed says that the store cannot be reached; what waits is kept
                write_looks(self.live.desk_of_record)
                self._keep_head(self.live.desk_of_record, last=stopped)
        with suppress(StoreTrouble, DeskRefused):  # who does not say that they leave is gone two minutes later
            leave(self.desk, self.terminal)

    def look(self) -> None:
        """Read the feed now instead of at its next poll; answers DiariesChanged where there is something new."""
        self.run("look", lambda: self.live.step(self._changed, self._troubled))

    def _changed(self, changes: "Changes") -> None:
        self.changes += 1
        self.schedules_changed += any(event.verb in SCHEDULING for event in changes.events)
        off = self._live is not None and self._live.is_off
        self.screen.post_message(SwitchedOff(self.settings.login) if off else DiariesChanged(changes))

    def _troubled(self, sentence: str | None) -> None:
        self.trouble = sentence
        noted("the store answers again" if sentence is None else "the store cannot be reached")
        if sentence is None:
            self.changes += 1  # what could not be read meanwhile is read again
            self._late_seen = None
        self.screen.post_message(StoreRecovered() if sentence is None else StoreFailed("feed", sentence))

    def close(self) -> None:
        """Stop the feed and close the store."""
        with self._opening:
            self._stop.set()
        if self._feed is not None:
            self._feed.join(timeout=2)
        if self._looks is not None:
            self._looks.join(timeout=2)
        if self._sender is not None:
            self._sender.join(timeout=2)
        if self._live is not None and not (self._feed is not None and self._feed.is_alive()):  # it may wait for a silent server
            self._live.close()
        if self._desk is not None:
            self._desk.store.close()

    @property
    def live(self) -> "Live":
        """Return the window of days; only after DeskOpened."""
        assert self._live is not None
        return self._live

    @property
    def desk(self) -> "Desk":
        """Return the desk at the site time of this moment; only after DeskOpened."""
        return self.live.desk

    def look_for_late_reports(self, today: date) -> None:
        """Count the late reports where a schedule has changed or a day has begun; answers WorkDone with the number."""
        seen = (self.schedules_changed, today)
        if self.is_open and seen != self._late_seen:
            self._late_seen = seen

            def work(desk: "Desk") -> object:
                from agent_tui.services.report_schedules import late_reports

                return late_reports(desk)

            self.do(LATE_REPORTS, work, exclusive=True)

    def search(self, generation: int, request: Request) -> None:
        """Search in memory; answers OffersFound with the generation."""

        def work() -> Message:
            from agent_tui.services.finding import UnknownNeed

            try:
                return OffersFound(generation, self.live.search(request))
            except UnknownNeed as unknown:
                return OffersFound(generation, None, str(unknown))

        self.run("search", work, exclusive=True)

    def take_picture(self, generation: int, pairs: Sequence[Pair], request: Request | None, *, whole: bool) -> None:
        """Read some diaries of some days, with the starts of the type in hand; answers PictureTaken."""
        wanted = list(pairs)

        def work() -> Message:
            from agent_tui.services.picture import picture

            shown = picture(self.desk, wanted)
            days = sorted({day for _diary, day in wanted})
            starts = {} if request is None or not days else self.live.starts(request, days)
            totals = self.live.totals(days[0]) if days else None
            return PictureTaken(generation, shown, starts, totals, whole)

        self.run("picture" if whole else "patch", work, exclusive=whole, in_turn=self._pictures)

    def check_offers(self, offers: Sequence[Offer], who: str) -> None:
        """Look in memory which offers have gone; answers OffersGone where there are any."""
        listed = list(offers)

        def work() -> Message | None:
            gone = self.live.taken(listed)
            return OffersGone(gone, who) if gone else None

        self.run("check", work)

    def act(self, act: str, call: str, work: Callable[["Desk"], Outcome]) -> None:
        """Do an act of booking; answers ActDone with its name and the call in which it was asked."""

        def body() -> Message:
            from agent_tui.services.trouble import OutcomeUnknown

            try:
                return ActDone(act, work(self.desk), call)
            except OutcomeUnknown as unknown:
                return ActUnknown(act, unknown.request or "", call, str(unknown))

        self.run("act", body, act=act)

    def settle(self, doubt: ActUnknown) -> None:
        """Look up what came of an act that nobody knows of; answers ActSettled, or StoreFailed while the store is away."""

        def work() -> Message:
            from agent_tui.services.outcomes import look_up

            return ActSettled(doubt, look_up(self.desk, doubt.request))

        self.run("settle", work)

    def block(self, act: str, generation: int, work: Callable[["Desk"], Blocked | Refused]) -> None:
        """Preview, make or give back block time ("preview", "block", "unblock"); answers BlockAnswered with the generation."""

        def body() -> Message:
            from agent_tui.services.claimants import names_of
            from agent_tui.services.trouble import OutcomeUnknown, StoreTrouble

            try:
                outcome = work(self.desk)
            except OutcomeUnknown as unknown:
                return ActUnknown(act, unknown.request or "", "", str(unknown))
            hit = outcome.hit if isinstance(outcome, Blocked | RefusedOver) else ()
            names: dict[str, str] = {}
            # What has been done is answered as done, even when the store goes away before the names are read.
            with suppress(StoreTrouble):
                names = names_of(self.desk, sorted({one.client for one in hit if one.client}), "block")
            return BlockAnswered(act, generation, outcome, names)

        self.run(act, body, exclusive=act == "preview")

    def find_clients(self, generation: int, text: str, place: str = "form") -> None:
        """Find claimants as somebody types in a place; answers ClientsFound with the generation."""

        def work() -> Message:
            from agent_tui.services.claimants import find_clients

            return ClientsFound(generation, find_clients(self.desk, text, 8, record=False).items, place)

        # One at a time: whoever types faster than the store answers has only the last of what waited looked for.
        self.run("clients", work, exclusive=True, in_turn=self._typing)

    def add_client(self, client: Client, id: str) -> None:
        """Make a claimant; answers ClientMade."""

        def work() -> Message:
            from agent_tui.services.claimants import Added, add_client

            made = add_client(self.desk, client, id=id)
            if isinstance(made, Added):
                return ClientMade(made.client, ())
            return ClientMade(None, tuple(made) if isinstance(made, list) else (made.reason,))

        self.run("client", work)

    def do(
        self,
        job: str,
        work: Callable[["Desk"], object],
        *,
        screen: Screen[Any] | None = None,
        exclusive: bool = False,
        act: tuple[str, str] | None = None,
        going: UnderWay | None = None,
    ) -> Worker[None]:
        """Do any other piece of work, for another screen if one is given; answers WorkDone with its result.

        Work that is an `act` (its name and its call) answers ActUnknown when the store went away while it was written.
        """

        def body() -> Message:
            from agent_tui.services.trouble import OutcomeUnknown

            try:
                return WorkDone(job, work(self.desk))
            except OutcomeUnknown as unknown:
                if act is None:
                    raise
                return ActUnknown(act[0], unknown.request or "", act[1], str(unknown))

        return self.run(job, body, screen=screen, exclusive=exclusive, going=going)

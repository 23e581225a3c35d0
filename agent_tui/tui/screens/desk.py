"""What the parts of the booking screen share: its widgets, the call in hand and what the grid shows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import uuid4

from textual import getters
from textual.screen import Screen

from agent_tui.domain.day import DiaryOfDay
from agent_tui.domain.pairs import Paired
from agent_tui.domain.requests import Booked, Offer
from agent_tui.domain.site import Catalogue, Staff
from agent_tui.settings import Settings
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import BY_ID, readable
from agent_tui.tui.drafts import Drafts
from agent_tui.tui.glyphs import ASCII, UNICODE
from agent_tui.tui.modals.base import Dialog
from agent_tui.tui.request_draft import RequestDraft
from agent_tui.tui.screens.keeping import Keeper
from agent_tui.tui.screens.manager import ManagerScreen
from agent_tui.tui.styling import QuietFocus
from agent_tui.tui.widgets.booking_form import RequestForm
from agent_tui.tui.widgets.diary_grid import DiaryGrid
from agent_tui.tui.widgets.lines import Severity, StatusLine, TitleLine, shown
from agent_tui.tui.widgets.named_keys import keys_in_hand
from agent_tui.tui.widgets.offer_list import OfferList

NOT_OPEN: Final = "The store is not open yet; what you type is kept."


@dataclass
class CallInHand:
    """The call that is under way; a new one begins when it ends.

    `opened` says that the store knows of it, `ending` how it is about to end, `waited` for how many seconds an answer has
    been due, `asked` the id of the hold that was asked for last, which a crash must not lose. `attempts` holds the id of
    each act that was asked for and not answered yet, so that asking again after trouble with the store does nothing twice.
    `every` lists all starts rather than the recommended ones. `pair` are two times that are held together, `second_type`
    what the second of them is for. `override` is the id of an override that was prepared for it. `day_shown` is the one
    day that was asked for and gone to because nothing fits. `queued` says that the call was taken from the queue.
    """

    id: str = field(default_factory=lambda: str(uuid4()))
    opened: bool = False
    draft: RequestDraft | None = None
    every: bool = False
    offers: tuple[Offer, ...] = ()
    held: Booked | None = None
    confirmed: Booked | None = None
    handed_off: bool = False
    warned: bool = False
    acting: bool = False
    waited: int = 0
    asked: str | None = None
    ending: str | None = None
    pair: Paired | None = None
    second_type: str = ""
    override: str | None = None
    day_shown: date | None = None
    queued: bool = False
    attempts: dict[tuple[object, ...], str] = field(default_factory=dict)

    def attempt(self, *what: object) -> str:
        """Return the id of an act, the one it was asked under before if no answer has come."""
        return self.attempts.setdefault(what, str(uuid4()))


@dataclass
class Shown:
    """What the grid shows: the days, one coach's week or all coaches of a day, and what was read of them."""

    day: date
    week_of: str | None = None
    pairs: tuple[tuple[str, date], ...] = ()
    known: dict[tuple[str, date], DiaryOfDay] = field(default_factory=dict)
    starts: dict[tuple[str, date], tuple[int, int]] = field(default_factory=dict)
    closed: dict[date, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    staff: dict[str, str] = field(default_factory=dict)
    flagged: frozenset[str] = frozenset()
    totals: tuple[int, int, int, int] | None = None
    generation: int = 0
    first: int = 0
    last: int = 0
    go_to: tuple[str, date, int] | None = None


class DeskScreen(QuietFocus, Screen[None]):
    """The widgets and the state; what happens is in the classes that build on it."""

    form = getters.query_one("#form", RequestForm)
    offers = getters.query_one("#offers", OfferList)
    grid = getters.query_one("#grid", DiaryGrid)
    title_line = getters.query_one("#title", TitleLine)
    status = getters.query_one("#status", StatusLine)

    def __init__(self, settings: Settings, now: Callable[[], datetime], day: date | None = None) -> None:
        super().__init__()
        self.settings = settings
        self.now = now
        self.glyphs = ASCII if settings.glyphs == "ascii" else UNICODE
        self.back = Backstage(self, settings, now)
        self.drafts = Drafts(settings.login, place=settings.store)
        self.keeper = Keeper(self.drafts)
        self.call = CallInHand()
        self.shown = Shown(day or now().date())
        self.searches = 0
        self.client_searches = 0
        self.catalogue: Catalogue | None = None
        self.staff: Staff | None = None
        self.trouble: str | None = None
        self.carried: tuple[str, int, str, str] | None = None

    def show_form(self, shown: bool) -> None:
        """Show or hide the request form; without it, or in a narrow window, the diary has the whole width."""
        self.form.display = shown
        whole_width = self.has_class("-narrow") or not shown
        self.set_class(whole_width, "-whole-width")
        self.offers.compact = whole_width

    def say(self, sentence: str, severity: Severity = "info") -> None:
        """Say what has happened, in the status line."""
        self.status.say(sentence, severity)

    def describe_field(self) -> None:
        """Say in the status line which field of the form is in hand, while there is no offer to describe."""
        if self.form.has_focus_within and self.offers.selected is None:
            self.status.describe(self.form.words, moved=False)

    def tell(self, sentence: str, severity: Severity = "info") -> None:
        """Say what must be seen wherever the agent is: here, on the screen that stands over this one, and over a dialog."""
        self.say(sentence, severity)
        over = next((one for one in reversed(self.app.screen_stack) if isinstance(one, ManagerScreen)), None)
        if over is not None:
            over.say(sentence, severity)
        if isinstance(self.app.screen, Dialog):
            self.app.notify(shown(sentence), severity="warning", markup=False)

    def key(self, command: str) -> str:
        """Return the key that runs a command with the present focus, the user's keymap counted; else its first one."""
        found = keys_in_hand(self).get(command)
        return readable(BY_ID[command].keys[0]) if found is None else found.key

    def ready(self) -> bool:
        """Return whether the store is open; if not, say so, since what was asked for needs it."""
        if self.back.is_open:
            return True
        self.say(self.trouble or NOT_OPEN, "warning")
        return False

    def modal(self, screen: Screen[Any], answered: Callable[[Any], None]) -> None:
        """Ask something in a dialog; nothing is called when it was left with escape."""

        def callback(result: Any) -> None:
            if result is not None:
                answered(result)

        self.app.push_screen(screen, callback)

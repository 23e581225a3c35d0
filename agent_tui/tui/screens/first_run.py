"""The first screen of a person who has no store yet: a demo site, an own one in four questions, or the site's own files."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from agent_tui.domain.plurals import counted
from agent_tui.domain.set_up import LOGIN, USUAL_HOURS, problems_of, set_up_of, site_of
from agent_tui.settings import Settings
from agent_tui.tui.glyphs import ASCII, UNICODE
from agent_tui.tui.modals import ChoiceModal, ConfirmModal, Field, FieldsModal
from agent_tui.tui.modals.base import bound
from agent_tui.tui.too_small import TooSmall
from agent_tui.tui.under_way import AFTER_SECONDS, LOOK_SECONDS, UnderWay
from agent_tui.tui.widgets.lines import shown

MOST_REASONS: Final = 6
DEMO_LOGIN: Final = "agent1"
_SITE: Final = (
    Field("site", "Code", hint="2 to 10 capitals and digits, such as LPP", longest=10),
    Field("name", "Name", hint="Leeds Park Place"),
    Field("place", "Address", hint="1 Park Place, Leeds LS1 2RU"),
    Field("phone", "Phone", hint="may stay empty", longest=30),
    Field("nation", "Nation", "ENG", "ENG, WLS or SCT: whose bank holidays it keeps", 3),
)
PAGES: Final[tuple[tuple[str, str, tuple[Field, ...]], ...]] = (
    ("Your site", "Where is it? Escape goes back, and nothing is made before the last page.", _SITE),
    (
        "Opening hours",
        "When are coaches at work? Lunch is a gap between two times.",
        (
            Field("hours", "Hours", USUAL_HOURS, "Mon-Thu 09:00-12:30 13:30-17:00, Fri 09:00-15:00", 300),
            Field("rooms", "Rooms", "2", "interview rooms, a number", 2),
        ),
    ),
    (
        "Teams",
        "Which teams are there? A code and a name each, with semicolons between.",
        (Field("teams", "Teams", hint="A Aire; B Briggate", longest=1000),),
    ),
    (
        "Coaches",
        "Who are the work coaches? A name and a team's code each, with semicolons between. Each gets a diary, D01 and on.",
        (Field("coaches", "Coaches", hint="Amina Khan, A; Ben Ode, B", longest=6000),),
    ),
)
_FILES: Final = (
    Field("path", "Files", hint="a folder of .csv, .toml and .ics files, or one .jsonl", longest=1000),
    *_SITE,
)


class Opened(Message):
    """There is a store now, and a login to open it with."""

    def __init__(self, store: str, login: str) -> None:
        super().__init__()
        self.store, self.login = store, login


class NotMade(Message):
    """Nothing was made, and why; `again` is the page that it comes from, None for the first."""

    def __init__(self, sentence: str, again: Callable[[], None] | None = None) -> None:
        super().__init__()
        self.sentence, self.again = sentence, again


class FirstRunScreen(Screen[None]):
    """Offers what can be opened where there is no store; `opened` is called with the settings of the one that was made.

    Whatever is made is made whole, in a thread; escape goes back a page and from the first one leaves the program.
    """

    DEFAULT_CSS = """
    FirstRunScreen { align: center middle; & #working { width: 70; max-width: 100%; height: auto; text-align: center; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bound("back", "stop")]

    def __init__(
        self, settings: Settings, demo_store: str, now: Callable[[], datetime], opened: Callable[[Settings], None]
    ) -> None:
        """Take where the demo site goes, which is beside the store unless one was named."""
        super().__init__()
        self._settings, self._demo, self._now, self._opened = settings, demo_store, now, opened
        self._glyphs = ASCII if settings.glyphs == "ascii" else UNICODE
        self._typed: dict[str, str] = {}
        self._going: UnderWay | None = None
        self._own = settings.login if LOGIN.fullmatch(settings.login) else "admin1"

    def compose(self) -> ComposeResult:
        """Leave room for a sentence while something is made."""
        yield Static("", id="working", markup=False)
        yield TooSmall()

    def on_mount(self) -> None:
        """Ask at once."""
        self._ask()

    def on_resize(self, event: events.Resize) -> None:
        """Say so where the window is too small."""
        self.query_one(TooSmall).fit(event.size)

    def _ask(self, trouble: str = "") -> None:
        """Ask what to open, under what went wrong before."""
        there = Path(self._demo).expanduser().exists()
        demo = "The demo site that you made" if there else "A demo site: 27 work coaches, invented claimants, to try all of it"
        options = [
            ("demo", "1", demo),
            ("own", "2", "An empty site of your own: hours, teams and coaches on four pages"),
            ("files", "3", "Your site's own files: a folder of CSV, TOML and ICS files, or one exported site"),
            ("leave", "4", "Leave; nothing is made"),
        ]
        sentence = trouble or f"There is no store at {self._settings.store} yet. What do you want to open?"
        acts = {"demo": self._open_demo, "own": self._page, "files": self._files}

        def chosen(name: str | None) -> None:
            if name in acts:
                acts[name]()
            else:
                self.app.exit()

        self.app.push_screen(ChoiceModal("Welcome to agent-tui", sentence, options, glyphs=self._glyphs), chosen)

    # The demo site.

    def _open_demo(self) -> None:
        def work(going: UnderWay) -> Message:
            from agent_tui.services.demo import DemoRefused, load

            def told(_what: str, done: int, whole: int) -> None:
                going.step("steps", done, whole)

            if not Path(self._demo).expanduser().exists():
                try:
                    load(self._demo, start=self._now().date(), told=told)
                except DemoRefused as refused:
                    return NotMade(str(refused))
                if going.stopping:
                    return NotMade("The demo site was made before it could be stopped.")
            return Opened(self._demo, DEMO_LOGIN)

        self._make("Making the demo site", work, stopped="Stopped; nothing was made.")

    # An own site.

    def _page(self, number: int = 0) -> None:
        """Ask one page of an own site; escape goes to the page before."""
        title, sentence, fields = PAGES[number]
        names = [field.name for field in fields]
        modal = self._fields(f"{title} ({number + 1} of {len(PAGES)})", sentence, fields, lambda texts: self._wrong(texts, names))

        def answered(texts: dict[str, str] | None) -> None:
            self._typed |= modal.typed
            if texts is None:
                self._page(number - 1) if number else self._ask()
            elif number + 1 < len(PAGES):
                self._page(number + 1)
            else:
                self._confirm()

        self.app.push_screen(modal, answered)

    def _fields(
        self,
        title: str,
        sentence: str,
        fields: tuple[Field, ...],
        check: Callable[[Mapping[str, str]], Mapping[str, str]],
    ) -> FieldsModal:
        filled = [replace(field, value=self._typed.get(field.name, field.value)) for field in fields]
        return FieldsModal(title, sentence, filled, check, glyphs=self._glyphs)

    def _wrong(self, texts: Mapping[str, str], names: list[str]) -> dict[str, str]:
        return problems_of(self._typed | dict(texts), names)

    def _confirm(self) -> None:
        wanted = set_up_of(self._typed, self._own)
        counts = (
            (len(wanted.teams), "team", "teams"),
            (len(wanted.diaries), "coach", "coaches"),
            (len(wanted.rooms), "room", "rooms"),
        )
        many = ", ".join(counted(*one) for one in counts)
        question = (
            f"{wanted.site.name} ({wanted.site.code}), {wanted.site.nation}, {self._typed['hours'] or USUAL_HOURS}: {many},"
            f" and you, {self._own}, as its administrator. Make it?"
        )

        def answered(yes: bool | None) -> None:
            if yes:
                self._make("Making the site", work)
            else:
                self._page(len(PAGES) - 1)

        def work(_going: UnderWay) -> Message:
            from agent_tui.domain.requests import Refused
            from agent_tui.services.setting_up import set_up

            done = set_up(self._settings.store, wanted, self._now())
            if isinstance(done, Refused):
                return NotMade(done.reason, self._page)
            return Opened(self._settings.store, self._own)

        dialog = ConfirmModal(question, title="Make the site", yes="make it", no="go back", default=True, glyphs=self._glyphs)
        self.app.push_screen(dialog, answered)

    # A site's own files.

    def _files(self, trouble: str = "") -> None:
        sentence = trouble or (
            "What your site has as files: teams.csv, types.csv, coaches.csv, patterns.toml, clients.csv, appointments.csv and"
            " more (data/help/import.md), and where it is. An exported site, one .jsonl, says that itself; leave the rest empty."
            " Unless every row is well, nothing is made."
        )

        def check(texts: Mapping[str, str]) -> dict[str, str]:
            path = Path(texts["path"]).expanduser() if texts["path"] else None
            problem = "Say the folder or file." if path is None else None if path.exists() else "There is no such folder or file."
            asked = [] if path is not None and _is_exported_site(path) else [field.name for field in _SITE]
            return self._wrong(texts, asked) | ({"path": problem} if problem else {})

        modal = self._fields("Your site's own files", sentence, _FILES, check)

        def answered(texts: dict[str, str] | None) -> None:
            self._typed |= modal.typed
            if texts is None:
                self._ask()
            else:
                self._make("Loading the files", self._load, stopped="Stopped; nothing was made.")

        self.app.push_screen(modal, answered)

    def _load(self, going: UnderWay) -> Message:
        from agent_tui.domain.requests import Refused
        from agent_tui.services.importing import Unreadable
        from agent_tui.services.setting_up import import_site

        store, path = self._settings.store, Path(self._typed["path"]).expanduser()
        try:
            site = None if _is_exported_site(path) else site_of(self._typed)
            done = import_site(store, site, self._own, [path], self._now(), going.step)
        except Unreadable as unreadable:
            return NotMade(str(unreadable), self._files)
        if isinstance(done, Refused):
            return NotMade(done.reason, self._files)
        if done.status == "loaded":
            return Opened(store, self._own)
        reasons = [f"{one.file}, line {one.line}: {one.reason}" for one in done.rejected[:MOST_REASONS]]
        more = len(done.rejected) - len(reasons)
        said = " ".join([*reasons, f"And {more} more." * (more > 0)]).strip()
        return NotMade(f"Nothing was made. {said or 'There was nothing to load.'}", self._files)

    # Making.

    def _make(self, words: str, work: Callable[[UnderWay], Message], *, stopped: str = "") -> None:
        """Make something in a thread, which escape stops where it says what is `stopped` then; trouble with the store goes back.

        From a second on it is said how far it is.
        """
        going = self._going = UnderWay("make", words, stopped=stopped)
        self.query_one("#working", Static).update(shown(f"{words}."))
        self.set_timer(AFTER_SECONDS, partial(self._say_going, going))

        def body() -> None:
            from agent_tui.services.trouble import StoreTrouble

            try:
                message = work(going)
            except KeyboardInterrupt:
                message = NotMade(stopped)
            except StoreTrouble as trouble:
                message = NotMade(str(trouble))
            going.over = True
            self.post_message(message)

        self.run_worker(body, name="make", thread=True, exclusive=True, exit_on_error=True)

    def _say_going(self, going: UnderWay) -> None:
        if not going.over:
            self.query_one("#working", Static).update(shown(going.say(self._glyphs)))
            self.set_timer(LOOK_SECONDS, partial(self._say_going, going))

    def action_stop(self) -> None:
        """Make no more of what is being made, where that can be stopped."""
        if self._going is not None and self._going.stopped and not self._going.over:
            self._going.stopping = True
            self._say_going(self._going)

    @on(Opened)
    def _is_made(self, message: Opened) -> None:
        message.stop()
        self._opened(replace(self._settings, store=message.store, login=message.login))

    @on(NotMade)
    def _is_not_made(self, message: NotMade) -> None:
        message.stop()
        self.query_one("#working", Static).update("")
        again = message.again
        if again == self._files:
            self._files(message.sentence)
        else:
            self._ask(message.sentence)


def _is_exported_site(path: Path) -> bool:
    return path.suffix.lower() == ".jsonl"

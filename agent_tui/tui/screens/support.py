"""The support screen: questions found as somebody types, incidents, tickets, feedback, improvements, procedures."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, getters, on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList

from agent_tui.domain.contacts import Contact
from agent_tui.domain.plurals import counted
from agent_tui.domain.questions import MOST_WORDS, RAISED, Question, search
from agent_tui.domain.requests import Refused
from agent_tui.domain.review import ToReview
from agent_tui.domain.site import Staff
from agent_tui.domain.wall_time import short_date
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import BY_ID, bindings_for, readable
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals import ChoiceModal, EffectModal, TextField
from agent_tui.tui.modals.base import PointedList
from agent_tui.tui.screens.support_acts import ERASE, UNDO, SupportActs
from agent_tui.tui.support_words import VIEWS, Item, item_line, key_of, known_of, none_words, not_there_words
from agent_tui.tui.widgets.lines import Title, shown
from agent_tui.tui.widgets.named_keys import KeyHints

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

READ = "read support"
_PLACEHOLDER = {"questions": "type words of your question"}
_HINTS: Mapping[str, tuple[str, ...]] = {
    "questions": ("show_item", "watch_question", "answer_question"),
    "incidents": ("show_item", "close_item", "raise_ticket"),
    "tickets": ("show_item", "close_item"),
    "feedback": ("show_item", "improve_item", "erase_item"),
    "improvements": ("show_item", "close_item"),
    "procedures": ("show_item", "procedure_reviewed"),
}
"""What the footer names first, by list."""


class SupportField(TextField):
    """The words of a question."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("support words")]


class SupportList(PointedList):
    """One question, incident or other item a line."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("support list")]


class SupportScreen(SupportActs):
    """One of the lists on the left, what is known of the highlighted line on the right."""

    NAME = "Support"
    LEFT = VIEWS["questions"]
    LIST = SupportList
    PLACES = ("support list", "support")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("support")]
    AUTO_FOCUS = "#words"
    listing = getters.query_one("#list", SupportList)
    words = getters.query_one("#words", SupportField)

    def __init__(self, back: Backstage, now: Callable[[], datetime], staff: Staff, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(back, now, staff, glyphs)
        self.view = "questions"
        self.items: tuple[Item, ...] = ()
        self.all: tuple[Item, ...] = ()
        self.lead: Contact | None = None
        self.names: dict[str, str] = {}
        self.unread = True
        """Whether the list that is shown has not been read yet."""
        self._changes = back.changes

    def above_list(self) -> Iterable[Widget]:
        """Return the field of words."""
        yield SupportField("", id="words", placeholder=_PLACEHOLDER["questions"], longest=MOST_WORDS)

    def on_mount(self) -> None:
        """Read the questions."""
        self.paint()
        self.action_read_support()
        self.set_interval(1.0, self._look)

    def on_screen_resume(self) -> None:
        """Read anew; somebody may have answered meanwhile."""
        self.action_read_support()

    @property
    def context(self) -> str:  # type: ignore[override]
        """The place that has the focus, as the command registry names it."""
        return "support words" if isinstance(self.focused, SupportField) else super().context

    def key_hints(self) -> KeyHints:
        """Name what the list in hand is for."""
        if self.context != "support list":
            return KeyHints((), ("find_question",))
        return KeyHints(_HINTS[self.view]) if self.items else super().key_hints()

    def _look(self) -> None:
        self.look_at_rules()
        if self.is_current and self.back.changes != self._changes:
            self.action_read_support()

    # What is shown.

    @property
    def item(self) -> Item | None:
        """The item that has the highlight."""
        at = self.listing.highlighted
        return self.items[at] if at is not None and at < len(self.items) else None

    def paint(self) -> None:
        """Show the list; the highlight stays on the same item, and goes to the best one when words were typed."""
        was = self.item
        self.items = tuple(self._found())
        keys = [key_of(one) for one in self.items]
        zone = self.catalogue.site.zone
        lines = [Content(shown(item_line(one, self.today, zone, self.glyphs))) for one in self.items]
        self.listing.show(lines, keys.index(key_of(was)) if was is not None and key_of(was) in keys else 0)
        self.query_one("#left").border_title = VIEWS[self.view]
        self.show_title()
        self._show_known()

    def _found(self) -> Iterator[Item]:
        text = self.words.value
        if self.view == "questions":
            yield from search(text, [one for one in self.all if isinstance(one, Question)])
            return
        wanted = text.casefold().split()
        for one in self.all:
            line = " ".join(known_of(one, self.today, self.catalogue.site.zone, self.names)).casefold()
            if all(word in line for word in wanted):
                yield one

    def show_title(self) -> None:
        """Show how many there are, and which wait for somebody."""
        waits = sum(isinstance(one, Question) and one.state == RAISED for one in self.all)
        due = sum(isinstance(one, ToReview) and one.procedure.is_due(self.today) for one in self.all)
        counts = [f"{len(self.items)} of {len(self.all)}"] if self.all else []
        counts += [f"{self.glyphs.flag} {waits} raised"] if waits else []
        counts += [f"{self.glyphs.flag} {counted(due, 'review')} due"] if due else []
        title = Title("Support", short_date(self.today), self.catalogue.site.name, tuple(counts), f"{self.now():%H:%M}")
        self.title_line.show(title)

    def _show_known(self) -> None:
        one = self.item
        if one is None:
            empty = self._none_words()
            self.show_details([empty])
            self.status.describe(empty, moved=False)
            return
        lines = known_of(one, self.today, self.catalogue.site.zone, self.names)
        self.show_details(lines)
        self.status.describe(lines[0], moved=False)

    def _none_words(self) -> str:
        if self.unread:
            return f"Reading{self.glyphs.ellipsis}"
        if self.view == "questions" and self.words_typed:
            return not_there_words(self.lead)
        new, ticket = (readable(BY_ID[id].keys[0]) for id in ("new_item", "raise_ticket"))
        return none_words(self.view, new, ticket, typed=bool(self.words_typed))

    @property
    def words_typed(self) -> str:
        """What stands in the field of words."""
        return self.words.value.strip()

    # What comes.

    def action_read_support(self) -> None:
        """Read the list that is shown."""
        view, self._changes = self.view, self.back.changes

        def work(desk: "Desk") -> object:
            from agent_tui.services import incidents, questions, recorded, reviewing

            readers: dict[str, Callable[[Desk], Any]] = {
                "questions": questions.search,
                "incidents": incidents.incidents,
                "tickets": incidents.tickets,
                "feedback": reviewing.feedback,
                "improvements": reviewing.improvements,
                "procedures": reviewing.procedures,
            }
            return view, readers[view](desk), recorded.lead(desk), recorded.staff_names(desk)

        self.do(READ, work, exclusive=True)

    def done(self, job: str, result: object) -> None:
        """Take a list, or what an act did."""
        if job != READ or not isinstance(result, tuple):
            super().done(job, result)
            return
        view, found, self.lead, self.names = result
        if view != self.view:
            return
        self.all, self.unread = () if isinstance(found, Refused) else tuple(found), False
        if isinstance(found, Refused):
            self.say(found.reason, "warning")
        self.paint()

    def acted(self, name: str, result: object) -> None:
        """Show what an act has changed, and say that it can be undone."""
        if name not in (UNDO, ERASE):
            self.say(f"{getattr(result, 'sentence', '')} {readable(BY_ID['undo'].keys[0])} undoes for 60 seconds.", "done")
        self.back.look()
        self.action_read_support()

    def rules_changed(self) -> None:
        """Read what another terminal has changed."""
        self.action_read_support()

    # Keys.

    @on(Input.Changed, "#words")
    def _words_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.listing.highlighted = 0 if self.items else None
        self.paint()

    @on(Input.Submitted, "#words")
    def _words_done(self, event: Input.Submitted) -> None:
        """Go to what was found; what is not there is raised with the words that were typed."""
        event.stop()
        if self.items or self.view != "questions" or not self.words_typed:
            self.listing.focus()
        else:
            self.raise_words(self.words_typed)

    @on(OptionList.OptionHighlighted, "#list")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show_known()

    def on_key(self, event: events.Key) -> None:
        """Let the arrows of the field of words move in the list."""
        if isinstance(self.focused, SupportField) and event.key in ("up", "down") and self.items:
            event.stop()
            (self.listing.action_cursor_up if event.key == "up" else self.listing.action_cursor_down)()

    def action_show_item(self) -> None:
        """Show all that is known of the item, in a dialog that scrolls."""
        one = self.item
        if one is not None:
            lines = known_of(one, self.today, self.catalogue.site.zone, self.names)
            self.modal(EffectModal(VIEWS[self.view], lines, glyphs=self.glyphs), lambda _yes: None)

    def action_find_question(self) -> None:
        """Go to the field of words."""
        self.words.focus()

    def action_pick_support(self) -> None:
        """Choose which list is shown."""
        options = [(name, str(number), words) for number, (name, words) in enumerate(VIEWS.items(), start=1)]

        def chosen(name: str) -> None:
            self.view, self.all, self.unread = name, (), True
            with self.prevent(Input.Changed):
                self.words.value = ""
            self.words.placeholder = _PLACEHOLDER.get(name, "type words of it")
            self.paint()
            self.action_read_support()
            self.listing.focus()

        self.modal(ChoiceModal("Support", "Which list?", options, chosen=self.view, glyphs=self.glyphs), chosen)

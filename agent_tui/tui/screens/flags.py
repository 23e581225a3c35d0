"""The flags screen: every conflict that waits, what the policy proposes for it, and the keys that settle it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList

from agent_tui.domain.flags import HANDOFF_OVERDUE
from agent_tui.domain.plurals import counted
from agent_tui.domain.queue import age_words
from agent_tui.domain.site import Staff
from agent_tui.domain.wall_time import short_date
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.flag_words import FlagsRead, FlagWords, Line, acts_for, clients_of, fold_key, lines_of
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import PointedList
from agent_tui.tui.modals.pick import URGENT
from agent_tui.tui.screens.flag_acts import FlagActs
from agent_tui.tui.screens.manager import SECOND
from agent_tui.tui.widgets.lines import Title, shown
from agent_tui.tui.widgets.named_keys import NO_HINTS, KeyHints

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.flags import Shown

READ, SHOW = "flags", "flag"
NO_FLAG = "No flag is shown."
ORDERS = ("age", "urgency", "when", "kind")


class FlagList(PointedList):
    """A line for each flag, or for all of one diary's day."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("flag list")]


class FlagsScreen(FlagActs):
    """The flags on the left, the chosen one in words on the right; it looks again as the feed brings news."""

    NAME = "Flags"
    LEFT = "Oldest first"
    NARROW = 110
    LIST = FlagList
    PLACES = ("flag list", "flags")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("flags")]
    listing = getters.query_one("#list", FlagList)

    def __init__(self, back: Backstage, now: Callable[[], datetime], staff: Staff, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(back, now, staff, glyphs)
        self.read = FlagsRead()
        self.lines: list[Line] = []
        self.order = ORDERS[0]
        self.unfolded: set[str] = set()
        self._seen: tuple[object, ...] = ()
        self._met: tuple[object, ...] = ()
        self._chosen: str | None = None
        self._hints = NO_HINTS
        self._details: dict[str, Shown] = {}

    def on_mount(self) -> None:
        """Read the flags, and look each second whether they must be read again."""
        self.paint()
        self.set_interval(SECOND, self.look)

    def key_hints(self) -> KeyHints:
        """Name what helps with the flag in hand and is the person's to do."""
        if self.context != "flag list":
            return super().key_hints()
        if self.line is None:
            return KeyHints(("list_handoffs", "list_overrides", "filter_flags", "list_contacts"), _FOOTER)
        return KeyHints(acts_for(self.line, lambda verb: self.why_not(verb) is None), _FOOTER)

    def on_screen_resume(self) -> None:
        """Read what has happened while another screen was in front."""
        self._seen = ()
        self.look()

    # Reading.

    def look(self) -> None:
        """Read the flags again where the feed has brought something or a minute has passed."""
        if self.is_current:
            self.look_at_rules()
            now = (self.back.changes, self.now().replace(second=0, microsecond=0))
            if now != self._seen:
                # Once a minute, and where another screen was in front meanwhile: it looks at all diaries of all key types.
                meet = now[1:] != self._met[1:] or (not self._seen and now != self._met)
                self._seen, self._met = now, now if meet else self._met
                self.read_flags(meet=meet)

    def action_read_queue(self) -> None:
        """Read the flags again."""
        self.read_flags(meet=True)

    def read_flags(self, *, meet: bool = False) -> None:
        """Read the flags that the filter admits, in the chosen order; `meet` first what only time brings about."""
        admitted, order = self.filter, self.order

        def work(desk: "Desk") -> object:
            from agent_tui.services import calls, flags
            from agent_tui.services.claimants import names_of

            queue = flags.queue(desk, sort=order, meet=meet, **admitted.as_query())
            return FlagsRead(queue, names_of(desk, clients_of(queue.items), "flags"), calls.staff_names(desk))

        self.do(READ, work, exclusive=True)

    def rules_changed(self) -> None:
        """Show the flags under the newest rules."""
        self.read_flags()

    @property
    def line(self) -> Line | None:
        """The line that has the highlight."""
        at = self.listing.highlighted
        return self.lines[at] if at is not None and at < len(self.lines) else None

    @property
    def shown(self) -> "Shown | None":
        """What is known in full of the flag that has the highlight, None while it is being read."""
        line = self.line
        return None if line is None else self._details.get(line.first.flag.id)

    @property
    def words(self) -> FlagWords:
        """Says the flags in words."""
        return FlagWords(self.read, self.catalogue, self.staff.login, self.glyphs)

    def paint(self) -> None:
        """Show the flags; the highlight stays on the same one where it is still there, else on what took its place."""
        self.lines = [] if self.read.queue is None else lines_of(self.read.queue.items, self.unfolded)
        keys = [one.key for one in self.lines]
        at = keys.index(self._chosen) if self._chosen in keys else min(self.listing.highlighted or 0, max(len(keys) - 1, 0))
        empty = "Nothing waits." if self.filter.is_all else "The filter admits nothing."
        self.listing.show([self._drawn(one) for one in self.lines], at, empty=empty)
        self._chosen = None if self.line is None else self.line.key
        left = self.query_one("#left")
        left.border_title = f"{self.filter.words}, {_ORDER_WORDS[self.order]}"
        left.border_subtitle = self.words.figures
        self.show_title()
        self._show_known()

    def _drawn(self, line: Line) -> Content:
        """Return a line with the sign of an urgent one drawn as an error, of a hand-off that is due all of it."""
        text = shown(self.words.line(line))
        due = line.first.flag.is_open and line.first.flag.kind == HANDOFF_OVERDUE
        marked = len(text) if due else any(one.urgent for one in line.flags)
        return Content.assemble((text[:marked], URGENT), text[marked:])

    def show_title(self) -> None:
        """Show how many are open, how many of those that are shown are urgent, and how old the oldest is."""
        now, queue = self.now(), self.read.queue
        counts: list[str] = []
        if queue is not None:
            waiting = [one for one in queue.items if one.flag.is_open]
            urgent = sum(one.urgent for one in waiting)
            oldest = min((one.flag.raised_at for one in waiting), default=None)
            counts = [f"{queue.open} open", *([f"{urgent} urgent"] if urgent else [])]
            counts += [f"{counted(self.read.overrides, 'override')} (O)"] if self.read.overrides else []
            counts += [] if oldest is None else [f"oldest {age_words(oldest, queue.now_ms)}"]
        together = ("  ".join(counts),) if counts else ()  # the figures stay or go as one, in this order
        title = Title(self.NAME, short_date(self.today), self.catalogue.site.name, together, f"{now:%H:%M}")
        self.title_line.show(title)

    def _show_known(self, *, moved: bool = False) -> None:
        line = self.line
        if (hints := self.key_hints()) != self._hints:
            self._hints = hints
            self.refresh_bindings()
        self.show_details([] if line is None else self.words.known(line, self.shown))
        self.status.describe(NO_FLAG if line is None else self.words.sentence(line), moved=moved)
        if line is not None and len(line.flags) == 1 and line.first.override is None and self.shown is None:
            self._read_shown(line.first.flag.id)

    def _read_shown(self, id: str) -> None:
        def work(desk: "Desk") -> object:
            from agent_tui.services import flags

            return flags.show(desk, id)

        self.do(SHOW, work, exclusive=True)

    @on(OptionList.OptionHighlighted, "#list")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        moved = self.line is not None and self.line.key != self._chosen
        self._chosen = None if self.line is None else self.line.key
        self.refresh_bindings()
        self._show_known(moved=moved)

    @on(OptionList.OptionSelected, "#list")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_to_its_time()

    def done(self, job: str, result: object) -> None:
        """Show the flags, or the one in hand in full."""
        if job == READ and isinstance(result, FlagsRead):
            self.read = result
            self._details.clear()
            self.paint()
        elif job == SHOW:
            self._take_shown(result)
        else:
            super().done(job, result)

    def _take_shown(self, result: object) -> None:
        from agent_tui.services.flags import Shown

        if isinstance(result, Shown):
            self._details[result.waiting.flag.id] = result
            self._show_known()

    # What is shown.

    def action_unfold(self) -> None:
        """List the flags of one diary's day one by one, or together again."""
        key = None if self.line is None else fold_key(self.line)
        if key is None:
            self.say("This line is one flag.")
            return
        self.unfolded ^= {key}
        self._chosen = key if key not in self.unfolded else self._chosen
        self.paint()

    def action_sort_flags(self) -> None:
        """Show them in the next order."""
        self.order = ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)]
        self.read_flags()

    def chosen_flags(self) -> Sequence[str]:
        """Return the ids of the flags of the line that has the highlight."""
        return () if self.line is None else [one.flag.id for one in self.line.flags]


_FOOTER = ("to_its_time", "move_flag", "keep_flag", "escalate_flag")
"""What the footer names of a flag where nothing is known of it."""
_ORDER_WORDS = {"age": "oldest first", "urgency": "most urgent first", "when": "by their day", "kind": "by kind"}

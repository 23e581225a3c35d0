"""Two meetings of one claimant on one day, in two diaries: found, held and confirmed together, or neither."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from agent_tui.domain.pairs import Paired, PairOffer, PairsFound
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import HandedOff, Refused
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import short_day, spoken_day
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.columns import Column, widths_of
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.messages import StoreFailed, WorkDone
from agent_tui.tui.modals.base import BESIDE, MOST, POINTER, Dialog, PointedList, TextField, says
from agent_tui.tui.widgets.lines import fill, shown

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

SHOWN = 20
LEAST = 80
"""Cells of the frame at least."""
AROUND = 10
"""Lines of the dialog around the pairs."""
SHORTEST = 12
"""Cells of a coach's column at least."""
_FIXED = 45
"""Cells of a pair's line beside the coaches, with what stands between them."""


@dataclass(frozen=True, slots=True)
class PairAsked:
    """What the call in hand says of a pair: the first type, the days, who it is for and how the request came."""

    first: str
    first_name: str
    first_day: date
    last_day: date
    client: str | None
    client_words: str
    contact: str = "phone"


@dataclass(frozen=True, slots=True)
class PairLeft:
    """What a dialog leaves behind: the pair that it holds or has confirmed, and the second type as it was typed."""

    paired: Paired | None
    second: str


class PairsModal(Dialog[PairLeft]):
    """Shows pairs, the shortest wait first; enter holds one, enter again confirms it, r lets it go."""

    AUTO_FOCUS = "#found"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "let_go", "release", show=False),
        Binding("slash", "words", "second type", show=False),
    ]

    DEFAULT_CSS = """
    PairsModal {
        & > .dialog { width: 80; overflow-y: hidden; }
        & Horizontal { height: 1; margin-bottom: 1; }
        & .label { width: 14; height: 1; }
        & TextField { width: 1fr; }
        & #heading { height: 1; color: $text-muted; }
        & #found { height: auto; }
        & #said { height: auto; min-height: 1; margin-top: 1; }
    }
    """

    def __init__(
        self, back: Backstage, asked: PairAsked, second: str, held: Paired | None = None, *, glyphs: Glyphs = UNICODE
    ) -> None:
        """Take what is asked for, the code of the second type, and the pair that the call holds already."""
        super().__init__(
            "Two meetings on one day", "enter holds, then confirms; r lets go, / second type, esc closes", glyphs=glyphs
        )
        self._back = back
        self._asked = asked
        self._second = second
        self._held = held
        self._pairs: tuple[PairOffer, ...] = ()
        self._ids: dict[str, str] = {}
        self._acting = False

    def contents(self) -> Iterable[Widget]:
        """Return the second type's line, the pairs, and what is said."""
        who = f" for {self._asked.client_words}" if self._asked.client_words else ""
        yield says(f"{self._asked.first_name}{who}, then", classes="dialog--sentence")
        yield Horizontal(says("Second type", classes="label"), TextField(self._second, id="second", longest=20))
        yield says("", id="heading")
        yield PointedList((), self.glyphs, id="found")
        yield says("", id="said")

    def on_mount(self) -> None:
        """Search, or show the pair that is held."""
        if self._held is None:
            self._search()
        else:
            self._show_held(self._held)

    def on_resize(self, event: events.Resize) -> None:
        """Let the pairs have the lines that are left, and the width that the coaches need."""
        self.query_one("#found").styles.max_height = max(event.size.height - AROUND, 3)
        if self._pairs and self._held is None:
            self._show_pairs(self.query_one("#found", PointedList).highlighted or 0)

    @property
    def said(self) -> str:
        """What the dialog says below the pairs."""
        return str(self.query_one("#said", Static).render())

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        self.query_one("#said", Static).update(Content(shown(f"{self.glyphs.flag} {sentence}" if wrong else sentence)))

    def _search(self) -> None:
        self._say(f"Searching{self.glyphs.ellipsis}")
        asked, second = self._asked, self._second

        def work(desk: "Desk") -> object:
            from agent_tui.services.pairing import PairSearch, find

            search = PairSearch(asked.first, second, asked.first_day, asked.last_day, client=asked.client, limit=SHOWN)
            return find(desk, search)

        self._back.do("pairs", work, screen=self, exclusive=True)

    def _act(self, name: str, work: "Callable[[Desk], object]") -> None:
        if self._acting:
            return
        self._acting = True
        self._back.do(name, work, screen=self)

    def action_words(self) -> None:
        """Go to the second type."""
        self.query_one("#second").focus()

    def action_let_go(self) -> None:
        """Give both times back."""
        held = self._held
        if held is None or held.status == "confirmed":
            return
        id = self._ids.setdefault(f"release {held.pair}", str(uuid4()))

        def work(desk: "Desk") -> object:
            from agent_tui.services.pairing import release

            return release(desk, held.pair, id=id)

        self._act("release", work)

    @on(Input.Submitted, "#second")
    def _second_typed(self, event: Input.Submitted) -> None:
        event.stop()
        self._second = event.value.strip().upper()
        if self._held is None:
            self._search()
        self.query_one("#found").focus()

    @on(OptionList.OptionSelected, "#found")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self._held is None:
            self._hold(self._pairs[event.option_index])
        else:
            self._confirm(self._held)

    def _hold(self, pair: PairOffer) -> None:
        asked, second = self._asked, self._second
        place = (pair.first.diary, pair.first.day, pair.first.start, pair.second.diary, pair.second.start)
        id = self._ids.setdefault(f"hold {place}", str(uuid4()))

        def work(desk: "Desk") -> object:
            from agent_tui.services.pairing import PairSearch, PairWish, hold

            search = PairSearch(asked.first, second, asked.first_day, asked.last_day, client=asked.client)
            diary, day, start, second_diary, second_start = place
            wish = PairWish(search, day, start, diary, second_start, second_diary, asked.contact)
            return hold(desk, wish, id=id)

        self._act("hold", work)

    def _confirm(self, held: Paired) -> None:
        client = self._asked.client
        if client is None:
            self._say("Held. Who is it for? Close with esc, find the claimant, and come back with the same key.", wrong=True)
            return
        id = self._ids.setdefault(f"confirm {held.pair} {client}", str(uuid4()))

        def work(desk: "Desk") -> object:
            from agent_tui.services.pairing import confirm

            return confirm(desk, held.pair, client=client, id=id)

        self._act("confirm", work)

    def on_store_failed(self, message: StoreFailed) -> None:
        """Say what the store could not do; asked again, the act is done once."""
        message.stop()
        self._acting = False
        self._say(f"{message.sentence} Nothing is lost; press the key again.", wrong=True)

    def on_work_done(self, message: WorkDone) -> None:
        """Show what was found or done."""
        message.stop()
        self._acting = False
        result = message.result
        if isinstance(result, PairsFound):
            self._show_found(result)
        elif isinstance(result, Paired):
            self._done(result)
        elif isinstance(result, Refused | HandedOff):
            self._ids.clear()
            self._say(result.reason, wrong=True)
            if message.job == "confirm" and isinstance(result, Refused) and result.code == "hold_expired":
                self._held = None

    def _show_found(self, found: PairsFound) -> None:
        self._pairs = found.pairs
        self._show_pairs(0)
        if found.pairs:
            many = counted(len(found.pairs), "pair")
            more = f"The first {len(found.pairs)} of {found.total:,} pairs" if found.total > len(found.pairs) else many
            self._say(f"{more}, the shortest wait first.")
        else:
            self._say(found.reason or "No two times fit together.", wrong=True)

    def _show_pairs(self, at: int) -> None:
        """Show the pairs under their heading, the coaches as wide as there is room, with the pointer at one."""
        firsts, seconds = [one.first.coach for one in self._pairs], [one.second.coach for one in self._pairs]
        columns: list[Column] = [(SHORTEST, firsts), (SHORTEST, seconds)]
        room = self.widen(_FIXED + sum(widths_of(columns, MOST)) + BESIDE, LEAST) - BESIDE
        first, second = widths_of(columns, room - _FIXED)
        lines = [pair_line(one, first, second, self.glyphs) for one in self._pairs]
        heading = pair_heading(first, second) if lines else ""
        self.query_one("#heading", Static).update(Content(f"{' ' * POINTER}{heading}"))
        self.query_one("#found", PointedList).show([Content(shown(line)) for line in lines], at)

    def _done(self, paired: Paired) -> None:
        if paired.status == "released":
            self._held = None
            self._ids.clear()
            self._search()
        elif paired.status == "confirmed":
            self._held = paired
            self.dismiss(PairLeft(paired, self._second))
        else:
            self._held = paired
            self._show_held(paired)

    def _show_held(self, held: Paired) -> None:
        first, second = held.first.entry, held.second.entry
        when = f"{spoken_day(first.day)} {clock(first.start)} {held.first.coach}"
        words = f"held: {when}, then {clock(second.start)} {held.second.coach}"
        self.query_one("#heading", Static).update("")
        self.query_one("#found", PointedList).show([Content(shown(words))])
        known = "enter confirms both" if self._asked.client else "esc, find the claimant, then confirm"
        self._say(f"Both are held; {known}. r lets them go.")

    def action_give_up(self) -> None:
        """Close; what is held stays held, and the second type is kept."""
        self.dismiss(PairLeft(self._held, self._second))


def pair_heading(first: int, second: int) -> str:
    """Return what stands above the columns of pairs whose coaches have so many cells."""
    return f"{'day':<10} {'first meeting':<{12 + first}}  {'second meeting':<{12 + second}}    wait"


def pair_line(pair: PairOffer, first: int, second: int, glyphs: Glyphs) -> str:
    """Return a pair as a line: day, both times and coaches in so many cells each, and the minutes between."""
    one, other = pair.first, pair.second
    day, wait = short_day(one.day), f"{pair.wait_minutes} min"
    coach, then = fill(one.coach, first, glyphs.ellipsis), fill(other.coach, second, glyphs.ellipsis)
    times = f"{clock(one.start)}-{clock(one.end)}", f"{clock(other.start)}-{clock(other.end)}"
    return f"{day:<10} {times[0]} {coach}  {times[1]} {then} {wait:>7}"


def both_said(paired: Paired) -> Paired:
    """Return a confirmed pair whose first meeting says the sentences of both."""
    said = " ".join(one.say for one in (paired.first, paired.second) if one.say)
    return replace(paired, first=replace(paired.first, say=said or None))

"""The override preview: whom an urgent request would displace, where each would go, who is told; enter does or prepares it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar, cast
from uuid import uuid4

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import OptionList, Static

from agent_tui.domain.clients import short_name
from agent_tui.domain.override import REASONS, Chain, may_commit
from agent_tui.domain.override_requests import (
    APPROVE,
    DECLINE,
    WITHDRAW,
    Hearing,
    Overridden,
    OverrideRequest,
    Previewed,
    RefusedOverride,
)
from agent_tui.domain.requests import Offer, Refused, Wish
from agent_tui.domain.site import Catalogue
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.messages import StoreFailed, WorkDone
from agent_tui.tui.modals.base import BESIDE, FRAME, MOST, POINTER, Dialog, PointedList, WeighedList, says
from agent_tui.tui.override_words import (
    REASON_LEAD,
    REASON_WORDS,
    Columns,
    chain_words,
    columns_of,
    reason_rows,
    told_sentence,
    wanted_sentence,
)
from agent_tui.tui.widgets.lines import shown

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.override_requests import Waits

AROUND = 11
"""Lines of the dialog around the list: frame, sentence, reason, what is said."""
LEAST = 80
"""Cells of the frame at least."""


@dataclass(frozen=True, slots=True)
class _Read:
    """Chains with the names of their claimants and how they would hear of it, or what an act has answered."""

    answer: object
    names: Mapping[str, str]
    hearing: Hearing


class OverrideModal(Dialog["Overridden | Waits"]):
    """Shows up to three chains; up and down choose, a digit the reason, enter does or prepares it, escape changes nothing.

    With `waiting` it shows an override that waits: enter approves it, d declines it, w withdraws one's own.
    """

    AUTO_FOCUS = "#chains"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"reason({number})", show=False) for number in range(1, len(REASONS) + 1)),
        Binding("d", "decline", "decline", show=False),
        Binding("w", "withdraw", "withdraw", show=False),
    ]

    DEFAULT_CSS = """
    OverrideModal {
        & > .dialog { width: 80; overflow-y: hidden; }
        & #heading { height: 1; color: $text-muted; }
        & #chains { height: auto; }
        & #told { width: 1fr; height: auto; margin-top: 1; }
        & #reason { width: 1fr; height: auto; }
        & #said { width: 1fr; height: auto; min-height: 2; max-height: 3; }
        & #said.-wrong { color: $text-error; text-style: bold; }
    }
    """

    def __init__(
        self,
        back: Backstage,
        wanted: Wish,
        catalogue: Catalogue,
        role: str,
        today: date,
        *,
        waiting: OverrideRequest | None = None,
        glyphs: Glyphs = UNICODE,
    ) -> None:
        """Take what is wanted, the site's rules, the role of whoever looks, and today; `waiting` is what is to be decided."""
        keys = "enter approves, d declines, w withdraws, esc nothing" if waiting else "1-5 reason, enter does it, esc nothing"
        super().__init__("Override", keys, glyphs=glyphs)
        self._back = back
        self._wanted = wanted
        self._catalogue = catalogue
        self._role = role
        self._today = today
        self._waiting = waiting
        self._columns = Columns()
        self._chains: tuple[Chain, ...] = () if waiting is None else (waiting.chain,)
        self._names: Mapping[str, str] = {}
        self._hearing = Hearing()
        self._free: Offer | None = None
        self._reason = None if waiting is None else waiting.reason
        self._ids: dict[tuple[object, ...], str] = {}
        self._acting = False
        self._refused = False
        """Whether a refusal stands there, which the list that is drawn with it must not write over."""

    def contents(self) -> Iterable[Widget]:
        """Return what is asked, the chains, who is told, the reason and what is said."""
        yield says("", id="wanted", classes="dialog--sentence")
        yield says("", id="heading")
        yield WeighedList((), self.glyphs, id="chains")
        yield says("", id="told")
        yield says("", id="reason")
        yield says("", id="said")

    def on_mount(self) -> None:
        """Look whom it would displace."""
        self._say(f"Looking whom it would displace{self.glyphs.ellipsis}")
        wanted, waiting = self._wanted, self._waiting

        def work(desk: "Desk") -> object:
            from agent_tui.services.overriding import preview

            if waiting is not None:
                return _with_names(desk, Previewed(wanted, (waiting.chain,)), wanted)
            return _with_names(desk, preview(desk, wanted), wanted)

        self._back.do("override", work, screen=self, exclusive=True)

    def on_resize(self, event: events.Resize) -> None:
        """Let the chains have the lines that are left, and the width that they need."""
        self.query_one("#chains").styles.max_height = max(event.size.height - AROUND, 4)
        if self._chains:
            self._show_chains(self.query_one("#chains", PointedList).highlighted or 0)

    @property
    def said(self) -> str:
        """What the dialog says below the chains."""
        return str(self.query_one("#said", Static).render())

    @property
    def told(self) -> str:
        """Who is told, and whose approval it needs."""
        return str(self.query_one("#told", Static).render())

    @property
    def lines(self) -> list[str]:
        """The lines of all chains."""
        return [line for chain in self._chains for line in self._words(chain)]

    @property
    def who(self) -> str:
        """The claimant of the request, as the person may see them."""
        return short_name(self._names.get(self._wanted.client or "", ""))

    def _words(self, chain: Chain) -> list[str]:
        return chain_words(chain, self._names, self.who, self._today, self.glyphs, self._columns)

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        said = self.query_one("#said", Static)
        said.set_class(wrong, "-wrong")
        said.update(Content(shown(f"{self.glyphs.flag} {sentence}" if wrong else sentence)))

    def _draw(self) -> None:
        sentence = wanted_sentence(self._wanted, self._catalogue, self.who, self._free, self._today)
        if self._waiting is not None:
            sentence = sentence.rpartition(". ")[0] + "."
        self.query_one("#wanted", Static).update(Content(shown(sentence)))
        self._show_chains(0)
        self._draw_reason()
        self._say(self._what_enter_does)

    def _show_chains(self, at: int) -> None:
        """Give the frame the width that the names of the chains need, and show the chains with the pointer at one."""
        widest = columns_of(self._chains, self._names, self.glyphs, MOST)
        room = self.widen(len(widest.heading) + BESIDE, LEAST) - BESIDE
        self._columns = columns_of(self._chains, self._names, self.glyphs, room)
        self.query_one("#heading", Static).update(Content(f"{' ' * POINTER}{shown(self._columns.heading)}"))
        prompts = [Content("\n").join(Content(shown(line)) for line in self._words(chain)) for chain in self._chains]
        self.query_one("#chains", PointedList).show(prompts, at)

    def _draw_reason(self) -> None:
        reason = self.query_one("#reason", Static)
        if self._waiting is not None:
            said = self._wanted.priority_reason
            words = f"{REASON_WORDS.get(self._waiting.reason, self._waiting.reason)}{f', {said}' if said else ''}"
            reason.update(Content(shown(f"{REASON_LEAD}{words}.")))
            return
        drawn = [Content("  ").join(map(_clicked, row)) for row in reason_rows(self._reason, LEAST - FRAME)]
        reason.update(Content(REASON_LEAD).append(Content(f"\n{' ' * len(REASON_LEAD)}").join(drawn)))

    @property
    def _chosen(self) -> Chain | None:
        at = self.query_one("#chains", PointedList).highlighted
        return self._chains[at] if at is not None and at < len(self._chains) else None

    @property
    def _what_enter_does(self) -> str:
        chain = self._chosen or (self._chains[0] if self._chains else None)
        if chain is None:
            return ""
        if self._waiting is not None:
            return "Enter approves it and does all of it; d declines it."
        first = "" if self._reason is not None else "Choose the reason, 1 to 5; then enter "
        if may_commit(self._role, chain.approval):
            return f"{first or 'Enter '}does all of it; esc changes nothing."
        return f"{first or 'Enter '}has a supervisor decide; nobody is moved before that."

    @on(OptionList.OptionHighlighted, "#chains")
    def _pointed(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        chain = self._chosen
        if chain is not None:
            words = told_sentence(chain, self._hearing, self._today, decided=self._waiting is not None)
            self.query_one("#told", Static).update(Content(shown(words)))
            if not self._refused:
                self._say(self._what_enter_does)
        self._refused = False

    def action_reason(self, number: int) -> None:
        """Choose the reason code."""
        if self._waiting is None:
            self._reason = REASONS[number - 1]
            self._draw_reason()
            self._say(self._what_enter_does)

    # Doing it.

    @on(OptionList.OptionSelected, "#chains")
    def _carry_out(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        chain, reason, wanted = self._chosen, self._reason, self._wanted
        if chain is None or self._acting:
            return
        if self._waiting is not None:
            self._decide(APPROVE, chain)
            return
        if reason is None:
            self._say("Choose the reason first: 1 to 5.", wrong=True)
            return
        commits = may_commit(self._role, chain.approval)
        id = self._ids.setdefault((chain.token, reason, commits), str(uuid4()))

        def work(desk: "Desk") -> object:
            if commits:
                from agent_tui.services.overriding import commit

                return _with_names(desk, commit(desk, wanted, chain.token, reason, chain=chain, id=id), wanted)
            from agent_tui.services.override_requests import prepare

            return _with_names(desk, prepare(desk, wanted, chain.token, reason, id=id), wanted)

        self._act(work)

    def action_decline(self) -> None:
        """Decline the override that waits."""
        self._decide(DECLINE, None)

    def action_withdraw(self) -> None:
        """Withdraw the override that one has prepared."""
        self._decide(WITHDRAW, None)

    def _decide(self, decision: str, chain: Chain | None) -> None:
        waiting, wanted = self._waiting, self._wanted
        if waiting is None or self._acting:
            return
        token = None if chain is None else chain.token
        id = self._ids.setdefault((decision, token), str(uuid4()))

        def work(desk: "Desk") -> object:
            from agent_tui.services.override_requests import decide

            return _with_names(desk, decide(desk, waiting.id, decision, token=token, chain=chain, id=id), wanted)

        self._act(work)

    def _act(self, work: "Callable[[Desk], object]") -> None:
        self._acting = True
        self._say(f"One moment{self.glyphs.ellipsis}")
        self._back.do("override", work, screen=self)

    def on_store_failed(self, message: StoreFailed) -> None:
        """Say what the store could not do; asked again, the act is done once."""
        message.stop()
        self._acting = False
        self._say(f"{message.sentence} Nothing is lost; press the key again.", wrong=True)

    def on_work_done(self, message: WorkDone) -> None:
        """Show the chains, or why there are none; close when it is done."""
        message.stop()
        self._acting = False
        read = message.result
        assert isinstance(read, _Read)
        answer = read.answer
        self._names = {**self._names, **read.names}
        self._hearing = read.hearing
        if isinstance(answer, Previewed):
            self._chains, self._free = answer.chains, answer.free
            self._draw()
        elif isinstance(answer, Refused):
            # What is shown stays what there is: the new chains, or none where nothing can be displaced any more.
            if isinstance(answer, RefusedOverride) or not self._chains:
                self._chains = answer.instead if isinstance(answer, RefusedOverride) else ()
                self._draw()
                self._refused = bool(self._chains)
            self._say(answer.reason, wrong=True)
        else:
            self.dismiss(cast("Overridden | Waits", answer))


def _clicked(reason: tuple[str, int]) -> Content:
    words, number = reason
    return Content.styled(words, Style.from_meta({"@click": f"screen.reason({number})"}))


def _with_names(desk: "Desk", answer: object, wanted: Wish) -> _Read:
    from agent_tui.services.claimants import names_of
    from agent_tui.services.overriding import hearing

    chains = answer.chains if isinstance(answer, Previewed) else answer.instead if isinstance(answer, RefusedOverride) else ()
    refs = {step.entry.client for chain in chains for step in chain.steps} | {wanted.client}
    return _Read(answer, names_of(desk, sorted(ref for ref in refs if ref), "override"), hearing(desk, chains))

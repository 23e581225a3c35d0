"""The list of offers as a widget: selection, scrolling, keys and messages; what a row says is decided in `rows`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Final

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from agent_tui.domain.requests import Offer
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.widgets.named_keys import keys_in_hand
from agent_tui.tui.widgets.offer_list.rows import (
    HEAD,
    STYLE_NAMES,
    Row,
    Setting,
    more_row,
    rows_of,
    step_row,
    strip_of,
    title_of,
)
from agent_tui.tui.widgets.offer_list.state import OfferKey, OffersState, offer_key

COMPONENT: Final = "offer-list--"
_RESULTS: Final = ("offers", "none", "handoff")
_KEYS_OF_WORDS: Final[tuple[str, ...]] = (
    "hold",
    "extend",
    "release",
    "find_client",
    "hand_off",
    "search",
    "all_starts",
    "override",
)


class OfferList(Widget, can_focus=True, inherit_bindings=False):
    """What can be booked, best first, or why nothing can; with `compact` on one line through which left and right step.

    A screen that sets a height of its own gives `OfferList.-compact` a height of 1 as well, and `OfferList.-says`, which has a
    sentence to read out, some more.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("offers")]
    COMPONENT_CLASSES = {COMPONENT + name for name in STYLE_NAMES}

    DEFAULT_CSS = """
    OfferList {
        height: 1fr;
        min-height: 5;
        background: $surface;
        color: $foreground;
        border: round $border-blurred;
        border-title-color: $foreground;
        border-subtitle-color: $text-muted;
        &:focus { border: heavy $border; border-title-color: $text-primary; border-title-style: bold reverse; }
        &.-ascii { border: ascii $border-blurred; }
        &.-ascii:focus { border: ascii $border; }
        &.-compact, &.-compact:focus, &.-compact.-ascii { border: none; height: 1; min-height: 1; }
        & > .offer-list--ground { background: $surface; color: $foreground; }
        & > .offer-list--text { background: $surface; color: $foreground; }
        & > .offer-list--strong { background: $surface; color: $foreground; text-style: bold; }
        & > .offer-list--muted { background: $surface; color: $text-muted; }
        & > .offer-list--beside { background: $surface; color: $foreground; text-style: bold; }
        & > .offer-list--aside { background: $surface; color: $text-muted; }
        & > .offer-list--when { background: $surface; color: $foreground; text-style: bold; }
        & > .offer-list--coach { background: $surface; color: $foreground; }
        & > .offer-list--whole { background: $surface; color: $text-success; }
        & > .offer-list--splits { background: $surface; color: $text-muted; }
        & > .offer-list--held { background: $surface; color: $grid-hold; text-style: bold; }
        & > .offer-list--warning { background: $surface; color: $text-warning; text-style: bold; }
        & > .offer-list--say { background: $surface; color: $text-primary; text-style: bold; }
        & > .offer-list--done { background: $surface; color: $text-success; text-style: bold; }
        & > .offer-list--gone { background: $surface; color: $text-muted; text-style: strike; }
        & > .offer-list--flag { background: $surface; color: $grid-flag; text-style: bold; }
        & > .offer-list--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
        }
        & > .offer-list--cursor-blurred {
            background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground; text-style: underline;
        }
    }
    """

    class OfferMessage(Message):
        """What a list says of one of its offers."""

        def __init__(self, offers: "OfferList", offer: Offer) -> None:
            super().__init__()
            self.offers = offers
            self.offer = offer

        @property
        def control(self) -> "OfferList":
            """The list that posted it, for the selector of `on`."""
            return self.offers

    class Highlighted(OfferMessage):
        """The selection came to this offer, `by_hand` by the agent, else because it is the first of a new list."""

        def __init__(self, offers: "OfferList", offer: Offer, *, by_hand: bool) -> None:
            super().__init__(offers, offer)
            self.by_hand = by_hand

        def can_replace(self, message: Message) -> bool:
            """Let the last of several in the queue stand for all."""
            return isinstance(message, OfferList.Highlighted)

    class Chosen(OfferMessage):
        """The agent clicked the selected offer; never one that is gone."""

    def __init__(
        self,
        *,
        compact: bool = False,
        glyphs: Glyphs = UNICODE,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """Make an empty list."""
        super().__init__(id=id, classes=classes)
        self._state = OffersState.empty()
        self._glyphs = glyphs
        self._compact = self._line_wanted = compact
        self._gone: dict[OfferKey, str] = {}
        self._clock_ms: int | None = None
        self._keys: dict[str, str] = {}
        self._index = 0
        self._step = 0
        self._top = 0
        self._focus_is_new = False
        self._rows: tuple[Row, ...] = ()
        self._strips: list[Strip] = []
        self._styles_are_old = True
        self.set_class(compact, "-compact")
        self.set_class(glyphs.ellipsis.isascii(), "-ascii")

    # What it shows.

    @property
    def state(self) -> OffersState:
        """What is shown."""
        return self._state

    @property
    def compact(self) -> bool:
        """Whether the list is one line."""
        return self._compact

    @compact.setter
    def compact(self, compact: bool) -> None:
        self._line_wanted = compact
        self._fold()

    def _fold(self) -> None:
        """Be one line where that is wanted, but for a sentence to read out, which is shown whole."""
        whole = self._line_wanted and self._state.kind == "confirmed"
        self.set_class(whole, "-says")
        if self._compact != (self._line_wanted and not whole):
            self._compact = not self._compact
            self.set_class(self._compact, "-compact")
            self._top = 0
            self._rebuild()
            self._step = self._step_of(self._index)
            self._redraw()
            self.refresh_bindings()

    @property
    def highlighted(self) -> Offer | None:
        """The offer under the selection, though it may be gone."""
        choices = self._state.choices
        if self._state.kind == "searching" or not choices:
            return None
        if self._compact and self._rows and self._rows[self._step].choice is None:
            return None
        return choices[self._index]

    @property
    def selected(self) -> Offer | None:
        """The offer that can be held now: the highlighted one, unless it is gone."""
        offer = self.highlighted
        return None if offer is None or offer_key(offer) in self._gone else offer

    @property
    def gone(self) -> Mapping[OfferKey, str]:
        """The offers that went away while they were shown, and who has them."""
        return self._gone

    def show(self, state: OffersState, *, keep: bool = False) -> bool:
        """Show a state; False for the answer to an older search, which is dropped.

        The first offer is selected, or with `keep` (the same search again) the offer that was, if it is still there.
        """
        if state.kind in _RESULTS and state.generation < self._state.generation:
            return False
        before = self._state.choices[self._index] if self._state.choices else None
        kind = self._state.kind
        if state.kind == "searching":
            state = self._with_old_offers(state)
        else:
            # A hold or a refusal belongs to the search before it, so that no answer to an older one replaces it.
            state = replace(state, generation=max(state.generation, self._state.generation))
            self._index = self._step = self._top = 0
            self._gone = {}
        self._state = state
        self._fold()
        self._rebuild()
        kept = keep and before is not None and self.select(before)
        self._reveal()
        self._redraw()
        if state.kind != kind and self.is_attached:
            # What can be done now is something else; the footer follows.
            self.refresh_bindings()
        after = self.highlighted
        if after is not None and not kept:
            self.post_message(self.Highlighted(self, after, by_hand=False))
        return True

    def _with_old_offers(self, state: OffersState) -> OffersState:
        if self._state.kind in ("offers", "searching"):
            return replace(state, choices=self._state.choices, total=self._state.total)
        self._index = self._step = self._top = 0
        return state

    def select(self, offer: Offer) -> bool:
        """Select an offer without a message, for instance the one under the grid's cursor; False if it is not here."""
        wanted = offer_key(offer)
        for index, choice in enumerate(self._state.choices):
            if offer_key(choice) == wanted:
                self._go(index, say=False)
                return True
        return False

    def mark_gone(self, key: OfferKey, who: str) -> bool:
        """Cross an offer out at once, and say who has it; False if it is not in the list."""
        here = any(offer_key(offer) == key for offer in self._state.choices)
        # A hold of mine is no offer that others could take.
        if not here or (self._state.kind == "held" and key == offer_key(self._state.choices[0])):
            return False
        self._gone[key] = who
        self._rebuild()
        self._redraw()
        return True

    def tick_clock(self, clock_ms: int) -> None:
        """Take the time (ms UTC, the clock that holds expire by); only lines whose countdown changed are repainted."""
        self._clock_ms = clock_ms
        if self._state.kind in ("held", "refused"):
            self._rebuild()
            self._redraw()

    # Moving.

    def action_cursor_up(self) -> None:
        """Go to the offer before, or a line up where there are only words."""
        self._move(-1)

    def action_cursor_down(self) -> None:
        """Go to the next offer, or a line down where there are only words."""
        self._move(1)

    def action_cursor_left(self) -> None:
        """Go back through a one-line list."""
        self._move(-1)

    def action_cursor_right(self) -> None:
        """Go on through a one-line list."""
        self._move(1)

    def action_page_up(self) -> None:
        """Go a page up."""
        self._move(-self._page())

    def action_page_down(self) -> None:
        """Go a page down."""
        self._move(self._page())

    def action_first(self) -> None:
        """Go to the first offer."""
        self._move(-len(self._rows))

    def action_last(self) -> None:
        """Go to the last offer."""
        self._move(len(self._rows))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Left and right act only on a one-line list."""
        return self._compact if action in ("cursor_left", "cursor_right") else True

    def choose(self) -> bool:
        """Post the selected offer as chosen; False where there is none."""
        offer = self.selected
        if offer is not None:
            self.post_message(self.Chosen(self, offer))
        return offer is not None

    def _page(self) -> int:
        return max(self.size.height - 1, 1)

    def _move(self, by: int) -> None:
        if self._compact:
            self._step_to(min(max(self._step + by, 0), max(len(self._rows) - 1, 0)))
        elif self._selectable():
            # Up from the first offer shows the words above it.
            if by < 0 and self._index == 0:
                self._scroll_words(0)
                return
            self._go(min(max(self._index + by, 0), len(self._state.choices) - 1))
        else:
            self._scroll_words(self._top + by)

    def _selectable(self) -> bool:
        return bool(self._state.choices) and self._state.kind != "searching"

    def _go(self, index: int, *, say: bool = True) -> None:
        moved = index != self._index
        self._index = index
        self._step = self._step_of(index)
        self._reveal()
        self._redraw()
        offer = self.highlighted
        if moved and say and offer is not None:
            self.post_message(self.Highlighted(self, offer, by_hand=True))

    def _step_to(self, step: int) -> None:
        choice = self._rows[step].choice if self._rows else None
        if choice is not None:
            self._go(choice)
        else:
            self._step = step
            self._redraw()

    def _step_of(self, index: int) -> int:
        return next((step for step, row in enumerate(self._rows) if row.choice == index), 0)

    def _scroll_words(self, top: int) -> None:
        self._top = min(max(top, 0), max(len(self._rows) - self.size.height, 0))
        self._redraw()

    def _reveal(self) -> None:
        """Scroll as little as shows the selection, which the line about more below must not cover."""
        height, row = self.size.height, self._step_of(self._index)
        if height <= 0:
            return
        last = len(self._rows) - 1
        room = height - 1 if row < last and height > 1 else height
        if row < self._top:
            self._top = row
        elif row >= self._top + room:
            self._top = row - room + 1
        self._top = min(self._top, max(len(self._rows) - height, 0))

    # What Textual asks of it.

    def on_mount(self) -> None:
        """Follow the focus, because the words name the keys that act now."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.call_later(self._look_at_keys))
        self.call_later(self._look_at_keys)

    def on_resize(self) -> None:
        """Wrap anew."""
        self._rebuild()
        self._reveal()
        self._redraw()

    def on_focus(self) -> None:
        """Show the selection as the one that keys act on; a click that brought the focus acts on nothing."""
        self._focus_is_new = True
        self._redraw()

    def on_blur(self) -> None:
        """Show the selection as one that rests."""
        self._redraw()

    def on_click(self, event: events.Click) -> None:
        """Select the offer that was clicked; choose it if it was selected before, but not with the click that brings focus."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        event.stop()
        at = self._step if self._compact else self._top + offset.y
        covered = not self._compact and self._is_more(offset.y)
        choice = self._rows[at].choice if at < len(self._rows) and not covered else None
        if covered:
            self._move(self._page())
        elif choice is not None and self._selectable():
            if choice != self._index:
                self._go(choice)
            elif not self._focus_is_new:
                self.choose()
        self._focus_is_new = False

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move down."""
        event.stop()
        self._move(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move up."""
        event.stop()
        self._move(-1)

    def notify_style_update(self) -> None:
        """Draw anew when colours change."""
        super().notify_style_update()
        self._styles_are_old = True

    def render_line(self, y: int) -> Strip:
        """Return a line that was drawn before."""
        if self._styles_are_old or len(self._strips) != self.size.height:
            self._strips = self._draw()
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self.rich_style)

    # How it is done.

    def _look_at_keys(self) -> None:
        if not self.is_attached:
            return
        found = keys_in_hand(self.screen)
        keys: dict[str, str] = {name: found[name].key for name in _KEYS_OF_WORDS if name in found}
        if keys != self._keys:
            self._keys = keys
            self._rebuild()
            self._redraw()
            self._entitle()

    def _setting(self) -> Setting:
        width = self.size.width - (HEAD if self._compact else 0)
        return Setting(width, self._glyphs, self._keys, self._gone, self._clock_ms, self._compact)

    def _rebuild(self) -> None:
        self._rows = rows_of(self._state, self._setting())
        self._step = min(self._step, max(len(self._rows) - 1, 0))
        self._top = min(self._top, max(len(self._rows) - self.size.height, 0))

    def _redraw(self) -> None:
        """Draw all lines and repaint those that came out different."""
        self._entitle()
        if not self.is_attached or not self.size.width:
            return
        old, self._strips = self._strips, self._draw()
        if len(old) != len(self._strips):
            self.refresh()
            return
        for y, (was, now) in enumerate(zip(old, self._strips, strict=True)):
            if was != now:
                self.refresh(Region(0, y, self.size.width, 1))

    def _entitle(self) -> None:
        title = Content(title_of(self._state))
        key = self._keys.get("all_starts", "")
        more = f", {key} {self._state.others} others".replace("  ", " ") if self._state.others else ""
        total = f"{self._state.total} in all{more}" if self._state.kind == "offers" else ""
        if (title.plain, total) != (self.border_title, self.border_subtitle or ""):
            self.border_title, self.border_subtitle = title, total

    def _draw(self) -> list[Strip]:
        styles = {name: self.get_component_rich_style(COMPONENT + name) for name in STYLE_NAMES}
        self._styles_are_old = False
        width, height = self.size.width, self.size.height
        lines = [self._one_line()] if self._compact else self._lines(height)
        cursor = "cursor" if self.has_focus else "cursor-blurred"
        selected = self._index if self._selectable() else -1
        strips = []
        for row in lines[:height]:
            under = cursor if row.choice == selected else None
            strips.append(strip_of(row, width, styles, self._glyphs, under))
        ground = styles["ground"]
        return strips + [Strip.blank(width, ground) for _ in range(height - len(strips))]

    def _one_line(self) -> Row:
        if not self._rows:
            return Row(())
        row = self._rows[self._step]
        return step_row(row, self._step, len(self._rows), self._state, self._setting())

    def _is_more(self, y: int) -> bool:
        """Whether a line is the one that says how many more there are."""
        height = self.size.height
        return height > 1 and y == height - 1 and len(self._rows) > self._top + height

    def _lines(self, height: int) -> list[Row]:
        lines = list(self._rows[self._top : self._top + height])
        if not self._is_more(height - 1):
            return lines
        seen = sum(row.choice is not None for row in self._rows[: self._top + height - 1])
        count = self._state.total - seen if self._state.choices else 0
        return [*lines[:-1], more_row(count, self._setting())]

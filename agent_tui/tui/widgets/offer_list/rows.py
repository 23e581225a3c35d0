"""From a state to rows of pieces, and from a row to a strip; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from agent_tui.domain.requests import Offer, Reason
from agent_tui.domain.ticks import clock
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.widgets.diary_grid.view import time_left
from agent_tui.tui.widgets.lines import Piece, cut, fill, shown, width_of, wrap
from agent_tui.tui.widgets.offer_list.state import OfferKey, OffersState, offer_key

_BESIDE: Final = ("beside", "aside")

STYLE_NAMES: Final = (
    *("ground", "text", "strong", "muted", "when", "coach", "whole", "splits"),
    *("held", "warning", "say", "done", "gone", "flag", "cursor", "cursor-blurred"),
    *_BESIDE,
)
"""What a style is looked up by; the widget's component class is "offer-list--" and the name."""

WARN_MS: Final = 120_000
"""A hold that has less left than this is about to lapse."""

HEAD: Final = 15
"""Cells that a one-line pane keeps for its title and for where it stands."""

MARK: Final = 6
"""Cells of the mark: "whole" keeps the day's room for long meetings, "splits" makes less of it."""

_NARROW: Final = 30
_WIDEST_ON_ONE_LINE: Final = 44
_WHO: Final = 14
_SHORT_TITLES: Final[Mapping[str, str]] = {"none": "None", "handoff": "No diary", "confirmed": "Say"}
_TITLES: Final[Mapping[str, str]] = {
    "empty": "Offers",
    "searching": "Offers  searching",
    "offers": "Offers  best first",
    "none": "Offers  none",
    "handoff": "Offers  no diary",
    "held": "Held",
    "confirmed": "Booked",
    "refused": "Refused",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line: pieces with the names of their styles, and the index of the offer that it is, or None for words."""

    pieces: tuple[Piece, ...]
    choice: int | None = None
    fills: bool = True
    """Whether the cursor runs to the edge of the pane."""

    @property
    def text(self) -> str:
        """The row without styles."""
        return "".join(text for text, _ in self.pieces)


@dataclass(frozen=True, slots=True)
class Setting:
    """What rows depend on besides the state: width, signs, keys by command, who took what, the time in ms UTC."""

    width: int
    glyphs: Glyphs
    keys: Mapping[str, str]
    gone: Mapping[OfferKey, str]
    clock_ms: int | None = None
    compact: bool = False

    def key(self, command: str) -> str:
        """Return the key that runs a command now, or its name where no key does."""
        return self.keys.get(command, command)


def title_of(state: OffersState) -> str:
    """Return the title of the pane."""
    return "Offers  every start" if state.kind == "offers" and state.every else _TITLES[state.kind]


def rows_of(state: OffersState, setting: Setting) -> tuple[Row, ...]:
    """Return everything there is to read, from the first line to the last."""
    makers = {
        "empty": _empty,
        "searching": _searching,
        "offers": _offers,
        "none": _none,
        "handoff": _handoff,
        "held": _held,
        "confirmed": _confirmed,
        "refused": _refused,
    }
    rows = tuple(makers[state.kind](state, setting))
    return tuple(row for row in rows if row.text.strip()) if setting.compact else rows


def _words(text: str, style: str, setting: Setting, lead: str = "") -> Iterator[Row]:
    """Yield a text as rows, the ones after the first indented as far as the lead is wide."""
    room = max(setting.width - cell_len(lead), 8)
    for number, line in enumerate(wrap(text, room)):
        yield Row(((" " * cell_len(lead) if number else lead, style), (line, style)))


def _empty(_state: OffersState, setting: Setting) -> Iterator[Row]:
    yield from _words("Choose a type; the best starts come here at once.", "muted", setting)


def _searching(state: OffersState, setting: Setting) -> Iterator[Row]:
    # The offers of the request before stay readable, so that typing does not make the pane flicker.
    if state.choices:
        for row in _offers(state, setting):
            yield Row(tuple((text, "muted") for text, _ in row.pieces))
    else:
        yield from _words(f"Searching{setting.glyphs.ellipsis}", "muted", setting)


def _drop_in(state: OffersState, setting: Setting) -> Iterator[Row]:
    """Yield what the caller is told first where no appointment is needed; on one line the status line has it."""
    if state.drop_in and not setting.compact:
        yield from _words(state.drop_in, "done", setting)
        yield Row((("", "text"),))


def _offers(state: OffersState, setting: Setting) -> Iterator[Row]:
    yield from _drop_in(state, setting)
    for index, offer in enumerate(state.choices):
        yield Row(_offer_pieces(offer, _names_months(state.choices), setting), index)
    if state.total > len(state.choices):
        yield more_row(state.total - len(state.choices), setting)


def _none(state: OffersState, setting: Setting) -> Iterator[Row]:
    yield from _drop_in(state, setting)
    if state.displaces:
        yield from _words(f"{setting.key('override')} shows whom this could displace", "warning", setting)
    if not setting.compact:
        yield from _words("Nothing fits. What would help:", "text", setting)
    yield from _reasons(state.reasons, setting)
    yield from _words(f"{setting.key('hand_off')} hands it off", "done", setting)


def _handoff(state: OffersState, setting: Setting) -> Iterator[Row]:
    yield from _drop_in(state, setting)
    reasons = state.reasons or (Reason("not_assigned", f"No diary takes {state.type_name or 'this type'}.", 1),)
    yield from _words(reasons[0].text, "warning", setting, f"{setting.glyphs.flag} ")
    if reasons[0].fix:
        yield from _words(reasons[0].fix, "strong", setting, "  ")
    yield from _reasons(reasons[1:], setting)
    yield from _words(f"{setting.key('hand_off')} hands it off", "done", setting)


def _reasons(reasons: Sequence[Reason], setting: Setting) -> Iterator[Row]:
    for reason in reasons:
        yield from _words(reason.text, "text", setting, "- ")
        if reason.fix:
            yield from _words(reason.fix, "strong", setting, "  ")


def _held(state: OffersState, setting: Setting) -> Iterator[Row]:
    months = _names_months(state.choices)
    yield Row(_held_pieces(state, months, setting), 0)
    if not setting.compact:
        yield from _words(*countdown(state, setting), setting, "  ")
        yield from _words(_next_step(state, setting), "text", setting, "  ")
        if len(state.choices) > 1:
            yield from _words("Other starts:", "muted", setting)
    for index, offer in enumerate(state.choices[1:], 1):
        yield Row(_offer_pieces(offer, months, setting), index)


def countdown(state: OffersState, setting: Setting) -> Piece:
    """Return how long the hold has left, and the style; a sign and more words once it is short."""
    if state.expires_at is None or setting.clock_ms is None:
        return "held for you", "held"
    left = state.expires_at - setting.clock_ms
    if left <= 0:
        return f"{setting.glyphs.flag} lapsed; {setting.key('hold')} tries to hold it again", "warning"
    shown_left = time_left(state.expires_at, setting.clock_ms)
    if left < WARN_MS:
        if setting.compact:
            return f"{setting.glyphs.flag} {shown_left} left, {setting.key('extend')} extends", "warning"
        return f"{setting.glyphs.flag} lapses in {shown_left}, {setting.key('extend')} extends", "warning"
    return f"lapses in {shown_left}", "held"


def _next_step(state: OffersState, setting: Setting) -> str:
    release = "" if setting.compact else f", {setting.key('release')} lets it go"
    if not state.client_known:
        return f"{setting.key('find_client')} finds the claimant{release}"
    return f"{setting.key('hold')} confirms{release}"


def _held_pieces(state: OffersState, months: bool, setting: Setting) -> tuple[Piece, ...]:
    offer = state.choices[0]
    words, style = fill("held", MARK), "held"
    lead = f" {setting.glyphs.hold}"
    when = when_of(offer, months)
    room = max(setting.width - cell_len(lead) - cell_len(when) - 3, 0)
    if setting.compact:
        left, style = countdown(state, setting)
        words = cut(f"{left}; {_next_step(state, setting)}", max(room - MARK, 4), setting.glyphs.ellipsis)
    coach = fill(shown(offer.coach), room - cell_len(words), setting.glyphs.ellipsis)
    return ((lead, "held"), (f"{when}  ", "when"), (f"{coach} ", "coach"), (words, style))


def _confirmed(state: OffersState, setting: Setting) -> Iterator[Row]:
    if state.how and not state.told:  # first, since a long sentence leaves no room below it
        yield from _words(state.how, "strong", setting)
    if not setting.compact:
        yield from _words("Say:", "strong", setting)
    yield from _words(state.say, "say", setting)
    if state.told:
        yield from _words("ok told by phone: recorded", "done", setting)
    elif not state.how:
        yield from _words("not yet recorded as told by phone", "muted", setting)


def _refused(state: OffersState, setting: Setting) -> Iterator[Row]:
    yield from _words(_why_refused(state, setting), "warning", setting, f"{setting.glyphs.flag} ")
    if state.choices and not setting.compact:
        yield from _words("Next free:", "strong", setting)
    elif not state.choices:
        yield from _words(f"{setting.key('search')} searches again", "done", setting)
    yield from _offers(state, setting)


def _why_refused(state: OffersState, setting: Setting) -> str:
    refused = state.refused
    if refused is None:
        return "Refused."
    holder = refused.held_by
    if holder is None or holder.kind != "hold" or holder.until is None or setting.clock_ms is None:
        # The next free starts stand below, where they can be chosen.
        return refused.reason.split(" Next free: ")[0] if state.choices else refused.reason
    who = holder.who or "somebody"
    if holder.until <= setting.clock_ms:
        return f"The hold of {who} has lapsed; {setting.key('search')} searches again."
    return f"Held by {who}, {time_left(holder.until, setting.clock_ms)} left."


def when_of(offer: Offer, months: bool) -> str:
    """Return day and time as a row has them, with the month if days of two months could be confused."""
    day = f"{offer.day:%a} {offer.day.day:>2}" + (f" {offer.day:%b}" if months else "")
    return f"{day} {clock(offer.start)}"


def _names_months(offers: Sequence[Offer]) -> bool:
    days = [offer.day for offer in offers]
    return bool(days) and max(days) - min(days) >= timedelta(days=28)


def _offer_pieces(offer: Offer, months: bool, setting: Setting) -> tuple[Piece, ...]:
    when = when_of(offer, months)
    width = min(setting.width, _WIDEST_ON_ONE_LINE) if setting.compact else setting.width
    room = max(width - 2 - cell_len(when) - 2, 0)
    coach = shown(offer.coach)
    who = setting.gone.get(offer_key(offer))
    if who is not None:
        taker = cut(shown(who) or "gone", min(_WHO, max(room - 4, 0)), setting.glyphs.ellipsis)
        left = max(room - cell_len(taker) - 1, 0)
        struck = cut(coach, left, setting.glyphs.ellipsis)
        gap = " " * (left - cell_len(struck) + 1)
        crossed_out = ((when, "gone"), ("  ", "ground"), (struck, "gone"), (gap, "ground"))
        return ((f" {setting.glyphs.flag}", "flag"), *crossed_out, (taker, "flag"))
    if width < _NARROW:
        return (("  ", "ground"), (f"{when}  ", "when"), (cut(coach, room, setting.glyphs.ellipsis), "coach"))
    mark, style = ("whole", "whole") if offer.keeps_whole else ("splits", "splits")
    name = fill(coach, room - MARK - 1, setting.glyphs.ellipsis)
    return (("  ", "ground"), (f"{when}  ", "when"), (f"{name} ", "coach"), (fill(mark, MARK), style))


def strip_of(row: Row, width: int, styles: Mapping[str, Style], glyphs: Glyphs, cursor: str | None) -> Strip:
    """Return a row exactly as wide as the pane; `cursor` is the style of the row that has it, pointer and all."""
    segments: list[Segment] = []
    pointed = cursor is None
    for text, name in row.pieces:
        style = styles[name]
        if cursor is not None and name not in _BESIDE:
            # What is struck out stays so under the cursor.
            style = styles[cursor] + Style(strike=True) if name == "gone" else styles[cursor]
            text = text if pointed else glyphs.pointer + text[1:]
            pointed = True
        segments.append(Segment(text, style))
    return Strip(segments).adjust_cell_length(width, styles[cursor or "ground"] if row.fills else styles["ground"])


def more_row(count: int, setting: Setting) -> Row:
    """Return the last line of a pane that has more below; 0 for words of which nobody counts the lines."""
    number = f"{count} more" if count else "more"
    return Row(((f"  {setting.glyphs.ellipsis} {number}", "muted"),))


def step_row(row: Row, step: int, steps: int, state: OffersState, setting: Setting) -> Row:
    """Return a row of a one-line pane behind where it stands: "Offers 1/19"."""
    if row.choice is not None and state.kind == "offers":
        step, steps = row.choice, state.total
    title = _SHORT_TITLES.get(state.kind) or title_of(state).split("  ")[0]
    place = f" {step + 1}/{steps}" if steps > 1 else ""
    pieces: tuple[Piece, ...] = ((f" {title}{place} ", "beside"), *row.pieces)
    room = setting.width + HEAD - width_of(pieces)
    asks = state.kind in ("none", "handoff")
    hint = f"{setting.key('hand_off')} hands it off" if asks else "left/right: others" if steps > 1 else ""
    if hint and room > cell_len(hint) + 2:
        pieces += ((f"{hint:>{room - 1}}", "done" if asks else "aside"),)
    return Row(pieces, row.choice, fills=False)

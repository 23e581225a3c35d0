"""The alignment screen: coaches and lengths in, the best pattern out beside the guidance's own, applied after a look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from agent_tui.domain.alignment import (
    COMMITMENT_MINUTES,
    GUIDANCE_FIRST_BREAKS,
    GUIDANCE_SECOND_BREAKS,
    AlignmentRequest,
    DoesNotFit,
    request_of,
)
from agent_tui.domain.alignment_segments import Placing
from agent_tui.domain.pattern_files import weekday_of
from agent_tui.domain.request_text import FieldProblem, read_day, read_tick
from agent_tui.domain.site import Staff
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import short_date
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.effect_words import alignment_lines
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals import Field, TextField
from agent_tui.tui.screens.proposing import Proposing
from agent_tui.tui.segment_text import read_owners
from agent_tui.tui.too_small import TooSmall
from agent_tui.tui.under_way import UnderWay
from agent_tui.tui.widgets.lines import KeyFooter, StatusLine, Title, TitleLine, shown
from agent_tui.tui.widgets.named_keys import KeyHints

if TYPE_CHECKING:
    from agent_tui.services.aligning import Alignment
    from agent_tui.services.desk import Desk

NARROW = 100
SECONDS = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: the request to be solved, and where its pattern is to go."""

    request: AlignmentRequest
    placing: Placing


class AlignmentField(TextField):
    """A line of the form."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("alignment form")]


class AlignmentScreen(Proposing):
    """A form on the left, the pattern found and the guidance's own on the right."""

    CSS_PATH = "alignment.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("alignment")]
    AUTO_FOCUS = "#firsts"
    result = getters.query_one("#result", Static)

    def __init__(self, back: Backstage, now: Callable[[], datetime], staff: Staff, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(back, now, staff, glyphs)
        self.fields = (
            Field("firsts", "First coaches", "", "diaries, such as D01 D02", 200),
            Field("seconds", "Second coaches", "", "diaries, such as D05", 200),
            Field("interviews", "Interviews", "20, 40, 50, 20, 50", "minutes of all first interviews of a day", 400),
            Field("commitment", "Commitment", "FC-F2F", "code of its type", 20),
            Field("weekdays", "Weekdays", "mon tue wed thu fri", "such as mon tue", 60),
            Field("first", "From", "", "today, 1 dec, next mon", 20),
            Field("until", "Until", "", "empty: for good", 20),
            Field("opening", "Open", "09:00-17:00", "such as 09:00-17:00", 20),
            Field("first_breaks", "First breaks", _ranges(GUIDANCE_FIRST_BREAKS), "such as 10:50-11:05, 12:30-13:30", 100),
            Field("second_breaks", "Second breaks", _ranges(GUIDANCE_SECOND_BREAKS), "such as 11:00-11:15", 100),
        )
        self.asked: Asked | None = None
        self.found: Alignment | None = None

    def compose(self) -> ComposeResult:
        """Put the panes on the screen."""
        yield TitleLine(Title("Alignment"), glyphs=self.glyphs, id="title")
        with Horizontal(id="panes"):
            with VerticalScroll(id="asked", can_focus=False):
                for field in self.fields:
                    line = AlignmentField(field.value, id=field.name, placeholder=field.hint, longest=field.longest)
                    yield Horizontal(Static(field.label, classes="label", markup=False), line)
                    yield Static("", id=f"{field.name}-problem", classes="problem", markup=False)
            with VerticalScroll(id="pattern", can_focus=False):
                yield Static(id="result", markup=False)
        yield StatusLine(glyphs=self.glyphs, id="status")
        yield KeyFooter(id="keys")
        yield TooSmall()

    def on_mount(self) -> None:
        """Say what the screen is for."""
        self.set_class(self.glyphs is not UNICODE, "-ascii")
        self.query_one("#asked").border_title = "First interviews, then commitments"
        self.query_one("#pattern").border_title = "Pattern"
        self.result.update(Content("Say whose diaries and which lengths; f5 finds the pattern."))
        self.title_line.show(Title("Alignment", short_date(self.today), self.catalogue.site.name, (), f"{self.now():%H:%M}"))
        self.set_interval(1.0, self.look_at_rules)

    @property
    def context(self) -> str:  # type: ignore[override]
        """The place that has the focus, as the command registry names it."""
        return "alignment form" if isinstance(self.focused, AlignmentField) else "alignment"

    def on_descendant_focus(self) -> None:
        """Say which field is in hand, with what stands in it or may."""
        field = next((one for one in self.fields if self.focused is not None and self.focused.id == one.name), None)
        if field is not None:
            value = self.typed[field.name]
            self.status.describe(f"{field.label}: {value}" if value else f"{field.label}, empty: {field.hint}", moved=False)

    def on_resize(self, event: events.Resize) -> None:
        """Lay the panes out for the width."""
        self.set_class(event.size.width < NARROW, "-narrow")
        self.query_one(TooSmall).fit(event.size)

    # What is asked.

    @property
    def typed(self) -> dict[str, str]:
        """What stands in the form."""
        return {field.name: self.query_one(f"#{field.name}", AlignmentField).value for field in self.fields}

    def read(self) -> Asked | None:
        """Return what is asked for, or show what is wrong beside each line and go to the first."""
        asked, problems = self._read(self.typed)
        for field in self.fields:
            sentence = problems.get(field.name, "")
            words = f"{self.glyphs.flag} {sentence}" if sentence else ""
            self.query_one(f"#{field.name}-problem", Static).update(Content(shown(words)))
        wrong = next((field.name for field in self.fields if problems.get(field.name)), None)
        if wrong is not None:
            self.query_one(f"#{wrong}", AlignmentField).focus()
            self.say(problems[wrong], "error")
            return None
        return asked

    def _read(self, texts: Mapping[str, str]) -> tuple[Asked | None, dict[str, str]]:
        problems: dict[str, str] = {}
        codes = sorted(self.catalogue.diaries)
        sides: dict[str, tuple[str, ...]] = {}
        for name in ("firsts", "seconds"):
            found, strangers = read_owners(texts[name], codes, "")
            sides[name] = tuple(found)
            if strangers or not found:
                problems[name] = strangers or "Name at least one diary."
        lengths = _minutes(texts["interviews"])
        if isinstance(lengths, str):
            problems["interviews"], lengths = lengths, []
        ranges = {name: _read_ranges(texts[name]) for name in ("opening", "first_breaks", "second_breaks")}
        problems |= {name: found for name, found in ranges.items() if isinstance(found, str)}
        if ranges["opening"] == []:
            problems["opening"] = "Say from when to when."
        days = _read_days(texts, self.today, problems)
        weekdays = _read_weekdays(texts["weekdays"], problems)
        commitment = texts["commitment"].strip().upper()
        kind = self.catalogue.types.get(commitment)
        if kind is None:
            problems["commitment"] = f"There is no type {commitment[:20] or 'without a code'}."
        if problems:
            return None, problems
        placing = Placing(sides["firsts"], sides["seconds"], weekdays, days[0], days[1], commitment=commitment)
        minutes = COMMITMENT_MINUTES if kind is None else kind.minutes_on(days[0]) or COMMITMENT_MINUTES
        try:
            request = request_of(
                len(placing.firsts),
                len(placing.seconds),
                lengths,
                minutes,
                opening=ranges["opening"][0],  # type: ignore[arg-type]
                first_breaks=ranges["first_breaks"],  # type: ignore[arg-type]
                second_breaks=ranges["second_breaks"],  # type: ignore[arg-type]
            )
        except (DoesNotFit, ValueError) as wrong:
            return None, {"interviews": str(wrong)}
        return Asked(request, placing), {}

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        names = [field.name for field in self.fields]
        at = names.index(event.input.id or "")
        if at + 1 < len(names):
            self.query_one(f"#{names[at + 1]}", AlignmentField).focus()
        else:
            self.action_align()

    # Acts.

    def action_align(self) -> None:
        """Find the best pattern in a thread, in at most ten seconds."""
        asked = self.read()
        if asked is None:
            return
        self.asked, self.found = asked, None
        self.say(f"Searching, for {SECONDS} seconds at most; escape takes the best so far.")
        going = UnderWay("align", "Searching", stopped="Stopped.", keeps=True, seconds=SECONDS)

        def work(_desk: "Desk") -> object:
            from agent_tui.services import aligning

            try:
                return asked, aligning.align(asked.request, SECONDS, going.go_on)
            except DoesNotFit as unfit:
                return asked, str(unfit)

        self.do("align", work, exclusive=True, going=going)

    def action_apply_alignment(self) -> None:
        """Show what the pattern found would do to the diaries, and save it when that is wanted."""
        asked = self.read()
        if asked is None:
            return
        if self.found is None or self.asked is None or self.asked.request != asked.request:
            self.say("Find the pattern first; what is asked for has changed since.", "warning")
            return
        self.asked = replace(self.asked, placing=asked.placing)
        self._show_pattern(self.found, asked.placing)
        pattern, placing = self.found.found.pattern, asked.placing

        def look(desk: "Desk") -> object:
            from agent_tui.services import aligning

            return aligning.preview(desk, pattern, placing)

        def act(desk: "Desk", id: str) -> object:
            from agent_tui.services import aligning

            return aligning.apply(desk, pattern, placing, id=id)

        self.propose("Apply the pattern", look, act, yes="saves")

    def key_hints(self) -> KeyHints:
        """Name first what is next: to find a pattern, or to apply the one that was found."""
        return super().key_hints() if self.found is None else KeyHints(("apply_alignment",))

    def action_undo_alignment(self) -> None:
        """Take back the last save of segments after a question."""

        def act(desk: "Desk", id: str) -> object:
            from agent_tui.services import segmenting

            return segmenting.undo(desk, id=id)

        self.propose_undo(act)

    def done(self, job: str, result: object) -> None:
        """Show what was found, or what an act would do or did."""
        if job == "align" and isinstance(result, tuple):
            self._aligned(*result)
        else:
            super().done(job, result)

    def _aligned(self, asked: Asked, found: "Alignment | str") -> None:
        if asked is not self.asked:
            return
        if isinstance(found, str):
            self.say(found, "error")
            return
        self.found = found
        self._show_pattern(found, asked.placing)
        self.refresh_bindings()
        self.say("Found; ctrl+s shows what it does to the diaries.", "done")

    def _show_pattern(self, found: "Alignment", placing: Placing) -> None:
        lines = alignment_lines(found, placing.firsts, placing.seconds)
        self.result.update(Content("\n").join(Content(shown(line)) for line in lines))


def _ranges(ranges: tuple[tuple[int, int], ...]) -> str:
    return ", ".join(f"{clock(start)}-{clock(end)}" for start, end in ranges)


def _minutes(text: str) -> list[int] | str:
    words = text.replace(",", " ").split()
    if not words or not all(word.isascii() and word.isdigit() and len(word) <= 3 for word in words):
        return "Minutes such as 20, 40, 50, 20, 50."
    return [int(word) for word in words]


def _read_ranges(text: str) -> list[tuple[int, int]] | str:
    out = []
    for word in text.replace(";", ",").split(","):
        if not word.strip():
            continue
        first, dash, last = word.partition("-")
        start, end = read_tick(first), read_tick(last)
        if not dash or isinstance(start, FieldProblem) or isinstance(end, FieldProblem):
            return "Ranges such as 10:50-11:05, on the five-minute grid."
        if end <= start:
            return f"{clock(end)} is not after {clock(start)}."
        out.append((start, end))
    return out


def _read_days(texts: Mapping[str, str], today: date, problems: dict[str, str]) -> tuple[date, date | None]:
    days: list[date | None] = []
    for name in ("first", "until"):
        found = read_day(texts[name], today)
        if isinstance(found, FieldProblem):
            problems[name], found = f"{found.sentence}.", None
        days.append(found)
    first = days[0] or today
    if days[1] is not None and days[1] < first:
        problems["until"] = f"{short_date(days[1])} is before {short_date(first)}."
    return first, days[1]


def _read_weekdays(text: str, problems: dict[str, str]) -> tuple[int, ...]:
    try:
        found = tuple(sorted({weekday_of(word) for word in text.replace(",", " ").split()}))
    except ValueError as error:
        problems["weekdays"] = str(error).capitalize()
        return ()
    if not found:
        problems["weekdays"] = "Name at least one weekday."
    return found

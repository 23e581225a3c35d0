"""The types screen: how each key type stands, what would give it starts, and which types need no appointment."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList

from agent_tui.domain.drop_in import hours_text, parse_hours
from agent_tui.domain.key_types import KeyType
from agent_tui.domain.plurals import counted
from agent_tui.domain.request_text import FieldProblem, read_day
from agent_tui.domain.site import Staff
from agent_tui.domain.wall_time import short_date
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals import Field
from agent_tui.tui.modals.base import PointedList
from agent_tui.tui.screens.two_panes import TwoPanes
from agent_tui.tui.widgets.lines import Title, shown
from agent_tui.tui.widgets.named_keys import KeyHints

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

Texts = Mapping[str, str]
WRONG: Mapping[str, str] = {
    "not_assigned": "no diary takes it",
    "diary_off": "every diary that takes it is off",
    "no_start": "no start in the working days ahead",
}


class TypesList(PointedList):
    """One type a line, those that cannot be booked first."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("types list")]


class TypesScreen(TwoPanes):
    """The types on the left, what is known of the highlighted one on the right."""

    NAME = "Types"
    LEFT = "Types: starts in the working days ahead"
    LIST = TypesList
    PLACES = ("types list", "types")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("types")]
    listing = getters.query_one("#list", TypesList)

    def __init__(self, back: Backstage, now: Callable[[], datetime], staff: Staff, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(back, now, staff, glyphs)
        self.standing: dict[str, KeyType] = {}
        self.codes: tuple[str, ...] = ()
        self._pointed: str | None = None

    def on_mount(self) -> None:
        """Show the types, and find out how they stand."""
        self.paint()
        self.look_at_starts()
        self.set_interval(1.0, self.look_at_rules)

    def key_hints(self) -> KeyHints:
        """Name the way back where nothing else is for the person."""
        return super().key_hints() if self.may("propose_segment") else KeyHints(("back",))

    def on_screen_resume(self) -> None:
        """Count the starts anew; others may have booked them meanwhile."""
        self.look_at_starts()

    # What is shown.

    @property
    def code(self) -> str | None:
        """The type that has the highlight."""
        at = self.listing.highlighted
        return self.codes[at] if at is not None and at < len(self.codes) else None

    def point_at(self, code: str) -> None:
        """Put the highlight on a type, once the types are shown."""
        self._pointed = code
        if self.is_mounted:
            self.paint()

    def paint(self) -> None:
        """Show the types that are offered: key types that cannot be booked, other key types, the rest."""
        today = self.today
        was, self._pointed = self._pointed or self.code, None
        kinds = [kind for kind in self.catalogue.types.values() if kind.booked_by == "offer"]

        def rank(code: str) -> tuple[bool, bool, str]:
            stands = self.standing.get(code)
            return stands is None or stands.wrong is None, stands is None, self.catalogue.types[code].name

        self.codes = tuple(sorted((kind.code for kind in kinds), key=rank))
        lines = [Content(shown(self._words(code, today))) for code in self.codes]
        self.listing.show(lines, self.codes.index(was) if was in self.codes else 0)
        wrong = sum(one.wrong is not None for one in self.standing.values())
        now = self.now()
        counts = (f"{counted(wrong, 'key type')} cannot be booked",) if wrong else ()
        self.title_line.show(Title("Types", short_date(self.today), self.catalogue.site.name, counts, f"{now:%H:%M}"))
        self._show_known()

    def _words(self, code: str, today: date) -> str:
        kind, stands = self.catalogue.types[code], self.standing.get(code)
        sign = self.glyphs.flag if stands is not None and stands.wrong else " "
        key = self.glyphs.key_type if kind.key_on(today) else " "
        drop_in = "  drop-in" if kind.drop_in_on(today) is not None else ""
        starts = "" if stands is None else str(stands.starts)
        return f"{sign}{key}{starts:>5}  {kind.name}{drop_in}"

    def _show_known(self) -> None:
        code = self.code
        lines = [] if code is None else self._known(code)
        self.show_details(lines)
        self.status.describe(lines[0] if lines else "", moved=False)

    def _known(self, code: str) -> list[str]:
        kind, stands, today = self.catalogue.types[code], self.standing.get(code), self.today
        minutes = kind.minutes_on(today)
        lines = [f"{kind.name}", f"{code}  {kind.channel}  {minutes or '-'} minutes"]
        lines.append("Key appointment" if kind.key_on(today) else "No key appointment")
        lines += [f"   from {short_date(one.effective_from)}: {'key' if one.key else 'no key'}" for one in kind.keys]
        drop_in = kind.drop_in_on(today)
        if drop_in is not None:
            lines += ["", f"Drop-in {hours_text(drop_in.hours)}", f"   {drop_in.words}"]
        if stands is not None:
            lines += ["", f"{counted(stands.starts, 'start')}, in {counted(len(stands.diaries), 'diary')} switched on"]
            if stands.wrong:
                lines.append(f"{self.glyphs.flag} {WRONG.get(stands.wrong, stands.wrong)}")
                lines += [f"   {one.text}" for one in stands.reasons]
                who = "p proposes" if self.may("propose_segment") else "A team leader can make"
                lines.append(f"{who} a segment that would give it starts.")
        return lines

    # What comes.

    def look_at_starts(self) -> None:
        """Count in a thread the starts that each key type has in the working days ahead."""

        def work(desk: "Desk") -> object:
            from agent_tui.services import key_types

            return key_types.key_types(desk)

        self.do("standing", work, exclusive=True)

    def done(self, job: str, result: object) -> None:
        """Take how the types stand, or what an act would do or did."""
        if job == "standing" and isinstance(result, list):
            self.standing = {one.code: one for one in result}
            self.paint()
        else:
            super().done(job, result)

    def acted(self, name: str, result: object) -> None:
        """Show what an act has changed."""
        self.back.look()
        self.look_at_starts()

    def rules_changed(self) -> None:
        """Show the newest rules."""
        self.paint()
        self.look_at_starts()

    @on(OptionList.OptionHighlighted, "#list")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show_known()

    # Acts.

    def action_propose_segment(self) -> None:
        """Show the smallest change that would give the type starts, and save it when that is wanted."""
        if self.code is not None:
            self.propose_segment_for(self.code)

    def action_key_type(self) -> None:
        """Say from a day on whether the type is a key appointment."""
        code = self.code
        if code is None:
            return
        now_key = self.catalogue.types[code].key_on(self.today)
        fields = [
            Field("key", "Key type", "yes" if now_key else "no", "yes or no", 3),
            Field("first", "From", "", "empty: today", 20),
        ]

        def check(texts: Texts) -> dict[str, str]:
            return _yes_or_no(texts["key"], "key") | self._day_problem(texts["first"])

        def answered(texts: Texts) -> None:
            key, first = texts["key"].casefold().startswith("y"), self._day(texts["first"])

            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import key_types

                return key_types.set_key(desk, code, key, first, id=id)

            self.propose("Key type", None, act)

        self.ask(f"Key type {code}", "Key appointments affect the payment of a claim.", fields, check, answered)

    def action_drop_in(self) -> None:
        """Say when claimants may come without an appointment, and what they are told."""
        code = self.code
        if code is None:
            return
        drop_in = self.catalogue.types[code].drop_in_on(self.today)
        hours, words = ("", "") if drop_in is None else (hours_text(drop_in.hours), drop_in.words)
        fields = [
            Field("hours", "Hours", hours, "Mon-Fri 10:00-12:00; empty: none", 200),
            Field("words", "Words to say", words, "what a caller is told first", 300),
            Field("first", "From", "", "empty: today", 20),
        ]

        def check(texts: Texts) -> dict[str, str]:
            problems = self._day_problem(texts["first"])
            if texts["hours"].strip():
                try:
                    parse_hours(texts["hours"])
                except ValueError as error:
                    problems["hours"] = str(error)
                if len(texts["words"]) < 5:
                    problems["words"] = "At least 5 characters are needed."
            return problems

        def answered(texts: Texts) -> None:
            times = parse_hours(texts["hours"]) if texts["hours"].strip() else ()
            said, first = texts["words"], self._day(texts["first"])

            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import key_types

                return key_types.set_drop_in(desk, code, times, said, first, id=id)

            self.propose("Drop-in", None, act)

        self.ask(f"Drop-in {code}", "find tells it first and still offers starts.", fields, check, answered)

    def _day_problem(self, text: str) -> dict[str, str]:
        found = read_day(text, self.today)
        return {"first": f"{found.sentence}."} if isinstance(found, FieldProblem) else {}

    def _day(self, text: str) -> date | None:
        found = read_day(text, self.today)
        return None if isinstance(found, FieldProblem) else found


def _yes_or_no(text: str, name: str) -> dict[str, str]:
    return {} if text.casefold() in ("yes", "no", "y", "n") else {name: "Yes or no."}

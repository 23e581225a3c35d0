"""Acts on the today screen: attendance recorded and taken back, and day lists written to print."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from agent_tui.domain.changing import ATTENDABLE, why_unchangeable
from agent_tui.domain.cleaning import clean
from agent_tui.domain.requests import Booked, EntryState, Refused
from agent_tui.domain.ticks import clock
from agent_tui.domain.today import CoachDay, most_late
from agent_tui.tui.modals import Field, FieldsModal, NumberModal
from agent_tui.tui.screens.manager import ManagerScreen
from agent_tui.tui.undo_words import refused_words

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

ATTEND, UNDO, PRINT = "attend", "undo", "print"


class TodayActs(ManagerScreen):
    """What is done on the today screen; what it shows is in screens/today.py."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._ids: dict[tuple[object, ...], str] = {}
        self._typed: Mapping[str, str] = {}

    @property
    def shown_day(self) -> date:
        """The day that is shown."""
        return self.today

    @property
    def coach(self) -> CoachDay | None:
        """The coach whose line has the highlight."""
        return None

    @property
    def entry(self) -> EntryState | None:
        """The entry of the chosen coach's day that has the highlight."""
        return None

    def read(self) -> None:
        """Read the board of the shown day."""

    def done(self, job: str, result: object) -> None:
        """Say what was recorded, undone or written."""
        if job == PRINT and isinstance(result, tuple):
            sentence, good = result
            self.say(sentence, "done" if good else "error")
        else:
            self._acted(job, result)

    # Recording.

    def action_attended(self) -> None:
        """Record that the client came."""
        self._attend("attended", None)

    def action_did_not_attend(self) -> None:
        """Record that the client did not attend."""
        self._attend("dna", None)

    def action_attended_late(self) -> None:
        """Record that the client came late, and by how many minutes."""
        entry = self._appointment()
        if entry is None:
            return
        problem = why_unchangeable(self.staff, entry.diary, entry.kind, entry.status, ATTENDABLE)
        if problem is not None:
            self.say(problem, "error")
            return
        most = most_late(entry.day, entry.start, self.now())
        if most < 1:
            self._record(entry, "late", None)  # who rings to be late; whether it is too early for that the service says
            return
        value = most if entry.day == self.today else None
        modal = NumberModal("Late", "How many minutes late?", highest=most, value=value, glyphs=self.glyphs)
        self.modal(modal, lambda minutes: self._record(entry, "late", minutes))

    def action_escalate_case(self) -> None:
        """Pass the appointment up to a contact, with all its facts."""
        straight = self.entry is not None and self.entry.is_meeting  # block time for a claimant is escalated too
        entry = self.entry if straight else self._appointment()
        if entry is not None:
            self.ask_contact("appointment", entry.id)

    def action_add_feedback(self) -> None:
        """Keep what was said about the appointment."""
        entry = self._appointment()
        if entry is not None:
            self.ask_feedback(entry.id)

    def _appointment(self) -> EntryState | None:
        entry = self.entry
        if entry is None or entry.kind != "appointment":
            self.say("Put the highlight on an appointment first.", "warning")
            return None
        return entry

    def _attend(self, outcome: str, minutes: int | None) -> None:
        entry = self._appointment()
        if entry is not None:
            self._record(entry, outcome, minutes)

    def _record(self, entry: EntryState, outcome: str, minutes: int | None) -> None:
        # Asked again after trouble with the store, the same act has the same id and is done once.
        id = self._ids.setdefault((ATTEND, entry.id, outcome, minutes), str(uuid4()))

        def work(desk: "Desk") -> object:
            from agent_tui.services.attendance import attend

            return attend(desk, entry.id, outcome, minutes=minutes, id=id)

        self.do(ATTEND, work)

    def action_undo(self) -> None:
        """Undo my last act, within 60 seconds of it."""
        id = self._ids.setdefault((UNDO,), str(uuid4()))

        def work(desk: "Desk") -> object:
            from agent_tui.services.changes import undo

            return undo(desk, id=id)

        self.do(UNDO, work)

    def _acted(self, job: str, result: object) -> None:
        self._ids.clear()
        if isinstance(result, Refused):
            self.say(refused_words(result), "error")
        elif isinstance(result, Booked):
            entry = result.entry
            when = f"{clock(entry.start)} with {result.coach}"
            came = {"attended": "came", "late": "came late", "dna": "did not attend, a call back is listed for today"}
            if job == UNDO:
                self.say(f"Undone: {when} is as it was.", "done")
            else:
                self.say(f"Recorded: {when} {came.get(entry.status, entry.status)}. u undoes for 60 seconds.", "done")
            self.back.look()
            self.read()

    # Printing.

    def action_print_list(self) -> None:
        """Write the day list of a coach, or of all, into a file."""
        coach = self.coach
        code = coach.diary if coach is not None else "all"
        fields = [
            Field("file", "File", f"day-list-{self.shown_day.isoformat()}.txt", "ends in .html for a page to print", 200),
            Field("coaches", "Coaches", code, "codes such as D01 D02, or all", 200),
        ]
        filled = [Field(one.name, one.label, self._typed.get(one.name, one.value), one.hint, one.longest) for one in fields]
        sentence = "The list holds names: keep the file to yourself, and delete it once it is printed."
        modal = FieldsModal("Day list", sentence, filled, self._check_list, glyphs=self.glyphs)

        def callback(texts: dict[str, str] | None) -> None:
            self._typed = modal.typed if texts is None else {}
            if texts is not None:
                self._print(texts["file"], _codes(texts["coaches"]), self.shown_day)

        self.app.push_screen(modal, callback)

    def _check_list(self, texts: Mapping[str, str]) -> dict[str, str]:
        problems = {} if texts["file"] else {"file": "A file is needed."}
        unknown = [code for code in _codes(texts["coaches"]) if code not in self.catalogue.diaries]
        if unknown:
            problems["coaches"] = f"There is no diary {clean(unknown[0], limit=20)}."
        return problems

    def _print(self, file: str, codes: Iterable[str], day: date) -> None:
        wanted = tuple(codes)

        def work(desk: "Desk") -> object:
            from agent_tui.domain.day_list import html_of, text_of
            from agent_tui.services.plain_file import write_private
            from agent_tui.services.today import day_lists

            found = day_lists(desk, day, diaries=wanted)
            if isinstance(found, Refused):
                return found.reason, False
            path = Path(file).expanduser().absolute()
            page = path.suffix.lower() in (".html", ".htm")
            problem = write_private(str(path), html_of(found) if page else "\n".join(text_of(found)) + "\n")
            many = "1 day list" if len(found.coaches) == 1 else f"{len(found.coaches)} day lists"
            return (f"{many} written to {path}.", True) if problem is None else (problem, False)

        self.do(PRINT, work)


def _codes(text: str) -> tuple[str, ...]:
    words = text.replace(",", " ").upper().split()
    return () if words in ([], ["ALL"]) else tuple(dict.fromkeys(words))

"""Acts of the reports screen: files written, schedules made and dropped, and what is due written."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent_tui.domain.cleaning import clean
from agent_tui.domain.plurals import counted
from agent_tui.domain.reports.schedules import EVERY, FORMATS
from agent_tui.domain.reports.span import WEEK
from agent_tui.domain.requests import Refused
from agent_tui.tui.modals import ConfirmModal, EffectModal, Field
from agent_tui.tui.screens.report_making import Made, ReportMaking
from agent_tui.tui.under_way import UnderWay

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.report_schedules import Scheduled

SCHEDULES, FILES, DUE = "schedules", "report files", "due"
SCHEDULE, UNSCHEDULE = "Schedule", "Unschedule"
LONGEST_FOLDER = 1000


@dataclass(frozen=True, slots=True)
class Wrote:
    """What came of writing: a sentence, whether all went well, and what else was in the way."""

    sentence: str
    good: bool
    problems: tuple[str, ...] = ()


class ReportActs(ReportMaking):
    """What is done with reports; what the screen shows is in screens/reports.py."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.scheduled: tuple[Scheduled, ...] = ()
        self.folder = "."
        """The folder into which was written last."""

    @property
    def schedule(self) -> "Scheduled | None":
        """The schedule that has the highlight."""
        raise NotImplementedError

    def paint_schedules(self) -> None:
        """Show the schedules."""
        raise NotImplementedError

    def read_schedules(self) -> None:
        """Read the schedules with what is due and late."""

        def work(desk: "Desk") -> object:
            from agent_tui.services.report_schedules import schedules

            return tuple(schedules(desk))

        self.do(SCHEDULES, work, exclusive=True)

    def done(self, job: str, result: object) -> None:
        """Take the schedules, or say what was written, scheduled or dropped."""
        if job == SCHEDULES and isinstance(result, tuple):
            self.scheduled = result
            self.back.late_reports = sum(one.late for one in self.scheduled)
            self.paint_schedules()
        elif job in (FILES, DUE) and isinstance(result, Wrote):
            self._wrote(job, result)
        else:
            super().done(job, result)

    def _wrote(self, job: str, result: Wrote) -> None:
        if result.good:
            self._typed.clear()
        self.say(result.sentence, "done" if result.good else "error")
        if len(result.problems) > 1:
            self.modal(EffectModal("Not written", result.problems, glyphs=self.glyphs), lambda _yes: None)
        if job == DUE:
            self.read_schedules()

    # Files.

    def action_write_files(self) -> None:
        """Ask for folder, name and formats, and write the report that is shown."""
        made = self.made
        if made is None or made.report.is_empty:
            self.say("There is nothing to write: nothing is on record for these days.", "warning")
            return
        first, last = made.report.first.isoformat(), made.report.last.isoformat()
        part = made.chosen.diary or made.chosen.team if made.chosen.kind.by_diary else None
        name = "-".join(one for one in (self.catalogue.site.code, made.report.name, part, first, last) if one)
        fields = [
            Field("folder", "Folder", self.folder, "where the files go", LONGEST_FOLDER),
            Field("name", "Name", name, "without an ending", 120),
            Field("formats", "Formats", "xlsx", " ".join(FORMATS), 40),
        ]

        def answered(texts: dict[str, str]) -> None:
            forms = _formats(texts["formats"])
            folder, stem = texts["folder"].strip() or ".", texts["name"].strip()
            self.folder = folder
            self.do(FILES, lambda desk: _write(desk, made, Path(folder).expanduser(), stem, forms), exclusive=True)

        sentence = f"{made.report.title}, {first} to {last}: a file for each format, for your eyes only."
        self.ask("Write files", sentence, fields, _check_files, answered, about=name)

    # Schedules.

    def action_schedule_report(self) -> None:
        """Ask how often and as what, and have the chosen report written so."""
        chosen, (team, diary) = self.chosen, self.part
        fields = [
            Field("every", "Every", WEEK, ", ".join(EVERY), 20),
            Field("form", "Format", "xlsx", ", ".join(FORMATS), 20),
        ]

        def check(texts: Mapping[str, str]) -> dict[str, str]:
            known = {"every": EVERY, "form": FORMATS}
            return {name: f"One of {', '.join(words)}." for name, words in known.items() if _word(texts[name]) not in words}

        def answered(texts: dict[str, str]) -> None:
            every, form = _word(texts["every"]), _word(texts["form"])

            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services.report_schedules import add
                from agent_tui.services.reporting import Asked, BadReport

                try:
                    return add(desk, Asked(chosen.name, chosen.days(desk.now.date()), None, team, diary), every, form, id=id)
                except BadReport as bad:
                    return Refused("bad_report", str(bad))

            self.propose(SCHEDULE, None, act)

        whose = f" of {diary or team}" if diary or team else ""
        what = f"{chosen.kind.title}{whose}, of each period that has ended."
        self.ask("Schedule", what, fields, check, answered, about=f"{chosen.name} {diary or team}")

    def action_unschedule(self) -> None:
        """Ask, and write the report of the schedule no more."""
        one = self.schedule
        if one is None:
            self.say("No report is scheduled.", "warning")
            return
        key = one.schedule.key

        def act(desk: "Desk", id: str) -> object:
            from agent_tui.services.report_schedules import drop

            return drop(desk, key, id=id)

        question = f"Write {key} no more? What was written stays on record."
        self.modal(
            ConfirmModal(question, title="Unschedule", yes="drop it", no="keep it", glyphs=self.glyphs),
            lambda _yes: self.propose(UNSCHEDULE, None, act),
        )

    def acted(self, name: str, result: object) -> None:
        """Say what was scheduled or dropped, and read the schedules again."""
        if name == SCHEDULE:
            due = len(getattr(result, "due", ()))
            self.say(f"{result.schedule.key} is scheduled; {counted(due, 'report')} due now.", "done")  # type: ignore[attr-defined]
        else:
            self.say(f"{result} is dropped.", "done")
        self.back.look()
        self.read_schedules()

    def action_write_due(self) -> None:
        """Ask for the folder, and write every report that is due."""
        due = sum(len(one.due) for one in self.scheduled)
        if not due:
            self.say("Nothing is due.")
            return
        late = sum(one.late for one in self.scheduled)
        fields = [Field("folder", "Folder", self.folder, "where the files go", LONGEST_FOLDER)]

        def answered(texts: dict[str, str]) -> None:
            folder = texts["folder"].strip() or "."
            self.folder = folder
            going = UnderWay(DUE, "Writing", stopped="Stopped.", keeps=True)
            self.do(DUE, lambda desk: _write_due(desk, Path(folder).expanduser(), going), exclusive=True, going=going)

        late_too = f", {late} of them late" if late else ""
        sentence = f"{counted(due, 'report is due', 'reports are due')}{late_too}. A file of the same name is replaced."
        self.ask("Write what is due", sentence, fields, lambda _texts: {}, answered)


def _write_due(desk: "Desk", folder: Path, going: UnderWay) -> Wrote:
    from agent_tui.services.report_schedules import write_due

    where = folder.absolute()
    if not where.is_dir():
        return Wrote(f"{clean(str(folder), limit=60)} is no folder that is there.", False)
    found = write_due(desk, where, going.tell)
    said = f"{counted(len(found.runs), 'report')} written to {where}." if found.runs else "Nothing was written."
    if found.problems:
        return Wrote(f"{said} {found.problems[0]}", False, found.problems)
    return Wrote(f"Stopped; {said}" if going.stopping else said, True)


def _word(text: str) -> str:
    return text.strip().lower()


def _formats(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.lower().replace(",", " ").split()))


def _check_files(texts: Mapping[str, str]) -> dict[str, str]:
    forms, name = _formats(texts["formats"]), texts["name"].strip()
    problems: dict[str, str] = {}
    if not forms or not set(forms) <= set(FORMATS):
        problems["formats"] = f"One or more of {', '.join(FORMATS)}."
    if not name or "/" in name or "\\" in name:
        problems["name"] = "A name without a folder is needed."
    return problems


def _write(desk: "Desk", made: Made, folder: Path, stem: str, forms: tuple[str, ...]) -> Wrote:
    from agent_tui.services.plain_file import write_private
    from agent_tui.services.report_files import file_of

    where = folder.absolute()
    if not where.is_dir():
        return Wrote(f"{clean(str(folder), limit=60)} is no folder that is there.", False)
    asked, problems, written = made.chosen.asked(made.at.date()), [], 0
    for form in forms:
        problem = write_private(str(where / f"{stem}.{form}"), file_of(desk, asked, made.report, form))
        problems += [problem] if problem else []
        written += problem is None
    if problems:
        first = f"{counted(written, 'file')} written. {problems[0]}" if written else problems[0]
        return Wrote(first, False, tuple(problems))
    return Wrote(f"{counted(written, 'file')} written to {where}.", True)

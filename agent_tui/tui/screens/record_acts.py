"""What the record screen does beyond looking things up: the chain, the doctor, files, unusual looks and retention."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from agent_tui.domain.clients import CLIENT_ID
from agent_tui.domain.log_chain import Found
from agent_tui.domain.looks import Unusual
from agent_tui.domain.requests import Refused
from agent_tui.domain.retention import REASONS, Retained, retained_lines
from agent_tui.domain.subject_page import FORMS
from agent_tui.settings import state_dir
from agent_tui.tui.modals import ChoiceModal, EffectModal, Field, FieldsModal
from agent_tui.tui.record_text import doctor_lines
from agent_tui.tui.screens.manager import ManagerScreen
from agent_tui.tui.under_way import UnderWay

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.doctor import Diagnosis
    from agent_tui.services.log_export import Written
    from agent_tui.services.record import Verified
    from agent_tui.services.subject import Written as SubjectWritten

VERIFY, DOCTOR, EXPORT, FILE, UNUSUAL, DUE, RETAIN, SUBJECT = (
    *("verify", "doctor", "export log", "verify file", "unusual looks", "due", "retain", "subject"),
)

_LONG = (VERIFY, DOCTOR, EXPORT, FILE, RETAIN)
Texts = Mapping[str, str]
Check = Callable[[Texts], Texts]


class RecordActs(ManagerScreen):
    """Each act is done in a thread, and says how far it is where it is long."""

    @property
    def client_meant(self) -> str:
        """The claimant that has the highlight, by opaque id; empty for none."""
        return ""

    def _begin(
        self, job: str, words: str, work: "Callable[[Desk, UnderWay], object]", *, stopped: str, keeps: bool = False
    ) -> None:
        """Begin something long, unless something long is under way already."""
        if self.under_way(*_LONG):
            self.say("Something else is under way; escape stops it.", "warning")
            return
        self.say(f"{words}; escape stops it.")
        going = UnderWay(job, words, stopped=stopped, keeps=keeps)
        self.do(job, lambda desk: work(desk, going), going=going)

    def act_done(self, job: str, result: object) -> None:
        """Show what came of an act."""
        if isinstance(result, Refused):
            self.say(result.reason, "error")
            return
        shows = {
            **{VERIFY: self._show_verified, DOCTOR: self._show_diagnosis, EXPORT: self._show_export, FILE: self._show_file},
            **{UNUSUAL: self._show_unusual, DUE: self._show_due, RETAIN: self._show_retained, SUBJECT: self._show_subject},
        }
        shows[job](result)  # type: ignore[operator]

    # The chain and the doctor.

    def action_verify_chain(self) -> None:
        """Verify the chain of hashes of the whole log, in a thread that says how far it is."""

        def work(desk: "Desk", going: UnderWay) -> object:
            from agent_tui.services.record import verify_chain

            return verify_chain(desk, partial(going.tell, "lines"))

        self._begin(VERIFY, "Verifying the chain", work, stopped="Stopped.", keeps=True)

    def _show_verified(self, found: "Verified") -> None:
        if found.broken is not None:
            self.say(f"The chain is broken: {found.broken}. Keep a copy of the store and tell your supervisor.", "error")
        elif found.holds:
            self.say(f"The chain holds: all {found.total:,} lines are as they were written.", "done")
        else:
            self.say(f"Stopped: {found.checked:,} of {found.total:,} lines were verified.", "warning")

    def action_run_doctor(self) -> None:
        """Examine the store and list what is found."""
        heads, templates = self.back.settings.heads, self.back.settings.templates

        def work(desk: "Desk", going: UnderWay) -> object:
            from agent_tui.services.doctor import examine

            def told(_what: str, done: int, whole: int) -> None:
                going.step("steps", done, whole)

            return examine(desk, heads=heads, templates=templates, told=told)

        self._begin(DOCTOR, "Examining the store", work, stopped="Stopped; nothing is known of the store.")

    def _show_diagnosis(self, found: "Diagnosis") -> None:
        lines = doctor_lines(found, self.glyphs.flag)
        self.say(f"The store is {found.status}." if found.status == "sound" else "The doctor has findings.", "done")
        self.modal(EffectModal(f"Doctor: {found.status}", lines, glyphs=self.glyphs), lambda _yes: None)

    # Files.

    def action_export_log(self) -> None:
        """Ask for a file and write the whole log into it with its chain."""
        sentence = "The whole log with its chain of hashes, readable by you only. A file that is there stays as it is."
        self._ask("Export the log", sentence, (Field("file", "File", "log.jsonl"),), self._export, _check_file)

    def _export(self, said: Texts) -> None:
        file = path_of(said["file"])

        def work(desk: "Desk", going: UnderWay) -> object:
            from agent_tui.services.log_export import export_log

            return export_log(desk, file, progress=partial(going.tell, "lines"))

        self._begin(EXPORT, "Writing the log", work, stopped="Stopped; no file was written.")

    def _show_export(self, found: "Written") -> None:
        self.say(f"{found.lines:,} lines are in {found.file}.", "done")
        lines = [f"{found.lines:,} lines are in {found.file}.", "Keep this head elsewhere:", f"{found.seq} {found.hash}"]
        self.modal(EffectModal("Exported", lines, glyphs=self.glyphs), lambda _yes: None)

    def action_verify_file(self) -> None:
        """Ask for an exported log and verify it, by itself and against the store."""
        sentence = "An exported log is verified by itself, and then whether the store's log goes on from it."
        self._ask("Verify a file", sentence, (Field("file", "File", "log.jsonl"),), self._verify_file, _check_file)

    def _verify_file(self, said: Texts) -> None:
        file = path_of(said["file"])

        def work(desk: "Desk", going: UnderWay) -> object:
            from agent_tui.services.log_export import stands_in_store, verify_file

            found = verify_file(file, partial(going.tell, "lines"))
            against = stands_in_store(desk, found) if isinstance(found, Found) and found.broken is None else None
            return found, against

        self._begin(FILE, "Verifying the file", work, stopped="Stopped; nothing is known of the file.")

    def _show_file(self, answer: tuple[Found | str, str | None]) -> None:
        found, against = answer
        if isinstance(found, str):
            self.say(found, "error")
        elif found.broken is not None:
            self.say(found.broken, "error")
        elif against is not None:
            self.say(f"The file holds, but {against}.", "error")
        else:
            self.say(f"The file holds, all {found.total:,} lines, and the store's log goes on from it.", "done")

    def action_subject(self) -> None:
        """Ask for a claimant and a file, and write all that is held about them."""
        fields = (
            Field("client", "Claimant", self.client_meant, hint="C000123", longest=12),
            Field("file", "File", "subject.html", longest=200),
        )
        sentence = "All that is held about a claimant: .html or .txt to read, .json for another system. It is recorded as a look."
        self._ask("Subject access", sentence, fields, self._subject, _check_subject)

    def _subject(self, said: Texts) -> None:
        ref, file = said["client"].upper(), path_of(said["file"])

        def work(desk: "Desk") -> object:
            from agent_tui.services.subject import export_subject

            return export_subject(desk, ref, file)

        self.do(SUBJECT, work)

    def _show_subject(self, found: "SubjectWritten") -> None:
        self.say(f"What is held about {found.ref} is in {found.file}: {sum(found.counts.values()):,} rows.", "done")

    def _ask(self, title: str, sentence: str, fields: tuple[Field, ...], then: Callable[[Texts], None], check: Check) -> None:
        self.modal(FieldsModal(title, sentence, fields, check, glyphs=self.glyphs), then)

    # Looks and retention.

    def action_unusual_looks(self) -> None:
        """List looks far beyond what colleagues do."""

        def work(desk: "Desk") -> object:
            from agent_tui.services.unusual import unusual_looks

            return unusual_looks(desk)

        self.do(UNUSUAL, work, exclusive=True)

    def _show_unusual(self, found: Unusual) -> None:
        self.modal(EffectModal("Unusual looks", found.lines, glyphs=self.glyphs), lambda _yes: None)

    def action_retain(self) -> None:
        """Show what is kept too long, and ask whether to anonymise it and why."""

        def work(desk: "Desk") -> object:
            from agent_tui.services.retaining import due

            return due(desk, state_dir() / "drafts")

        self.do(DUE, work, exclusive=True)

    def _show_due(self, found: Retained) -> None:
        anything = any(one.due for one in found.items if one.category.erased)
        yes = "anonymises it" if anything else ""
        modal = EffectModal("Kept too long", retained_lines(found), yes=yes, glyphs=self.glyphs)
        self.modal(modal, lambda _yes: self._ask_reason())

    def _ask_reason(self) -> None:
        options = [(code, str(number), words) for number, (code, words) in enumerate(REASONS.items(), start=1)]
        sentence = "What is anonymised cannot be brought back. Why is it done?"
        self.modal(ChoiceModal("Anonymise", sentence, options, glyphs=self.glyphs), self._retain)

    def _retain(self, reason: str) -> None:
        def work(desk: "Desk", going: UnderWay) -> object:
            from agent_tui.services.retaining import apply

            return apply(desk, reason, state_dir() / "drafts", going.step)

        self._begin(RETAIN, "Anonymising", work, stopped="Stopped.", keeps=True)

    def _show_retained(self, found: Retained) -> None:
        count = sum(one.done for one in found.items)
        self.say(f"Anonymised: {count:,}." if not found.stopped else f"Stopped after {count:,}.", "done")
        self.modal(EffectModal("Anonymised", retained_lines(found), glyphs=self.glyphs), lambda _yes: None)


def path_of(text: str) -> Path:
    """Return the path that a text names; one in the home folder of nobody stays as it is, and cannot be opened."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def _check_file(said: Texts) -> Texts:
    return {} if said["file"] else {"file": "The name of a file is asked for."}


def _check_subject(said: Texts) -> Texts:
    problems = dict(_check_file(said))
    if not CLIENT_ID.fullmatch(said["client"].upper()):
        problems["client"] = "A client's opaque id is asked for, such as C000123."
    if Path(said["file"]).suffix.removeprefix(".").lower() not in FORMS:
        problems["file"] = f"The name ends with .{', .'.join(FORMS)}, which says the form."
    return problems

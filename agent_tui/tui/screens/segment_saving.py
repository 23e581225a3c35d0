"""Saving segments: a look at what the change does, then the save, and taking the last save back."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import uuid4

from agent_tui.domain.pattern_draft import PatternDraft, Slot
from agent_tui.domain.pattern_files import as_stored
from agent_tui.domain.patterns import Pattern
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import Refused
from agent_tui.domain.sandbox import Draft
from agent_tui.domain.site import Catalogue
from agent_tui.tui.effect_words import effect_lines, pattern_lines
from agent_tui.tui.glyphs import UNICODE
from agent_tui.tui.modals import EffectModal
from agent_tui.tui.screens.proposing import ACT, LOOK, Proposing

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.segmenting import Answer, Effect

TAKES_BACK = "u takes it back today."


class SegmentSaving(Proposing):
    """What becomes of a draft; it is kept whatever the store answers."""

    draft: PatternDraft
    slot: Slot
    _attempt: tuple[str, str] | None = None
    _saving: Mapping[Slot, Pattern] = MappingProxyType({})

    def use(self, catalogue: Catalogue) -> None:
        """Work on newer rules."""

    def assign(self) -> list[tuple[str, str]]:
        """Return the types that the draft's diaries allow and do not have assigned."""
        if self.draft.level != "diary":
            return []
        return sorted(
            (one.owner, code)
            for one in self.draft.wanted()
            for part in one.segments
            for code in part.types
            if code not in self.catalogue.diaries[one.owner].types
        )

    def action_preview_segments(self) -> None:
        """Show what the change would do."""
        self._look("preview")

    def action_save_segments(self) -> None:
        """Show what the change does, and save it when that is wanted."""
        self._look("before save")

    def _look(self, job: str) -> None:
        wanted, marks, assign = self.draft.wanted(), self.draft.marks(), self.assign()
        if not wanted:
            self.say("Nothing is changed, so there is nothing to save.", "info")
            return

        def work(desk: "Desk") -> object:
            from agent_tui.services import segmenting

            return segmenting.preview(desk, wanted, marks, assign=assign)

        self.do(job, work, exclusive=True)

    def action_try_in_sandbox(self) -> None:
        """Go to the sandbox with what is changed, where it is tried on the requests of past weeks; it stays changed here."""
        from agent_tui.tui.screens.going import go_to_sandbox

        draft = self.draft
        wanted = draft.wanted()
        if not wanted:
            self.say("Nothing is changed, so there is nothing to try.", "info")
            return
        name = f"{draft.owner or draft.level} from {draft.first.isoformat()}"
        go_to_sandbox(self.app, name, Draft(tuple(wanted), tuple(draft.marks()), tuple(self.assign())))

    def let_go(self) -> None:
        """Take what is changed for saved, since it was saved from the sandbox."""
        self.draft = replace(self.draft, changed={})
        self.use(self.catalogue)

    def _save(self) -> None:
        wanted, marks, assign = self.draft.wanted(), self.draft.marks(), self.assign()
        self._saving = dict(self.draft.changed)
        self.say("Saving…" if self.glyphs is UNICODE else "Saving")
        said = repr((as_stored(wanted), marks))
        if self._attempt is None or self._attempt[0] != said:
            self._attempt = (said, str(uuid4()))  # asked again after trouble with the store, it is saved once
        id = self._attempt[1]

        def work(desk: "Desk") -> object:
            from agent_tui.services import segmenting

            return segmenting.save(desk, wanted, marks, assign=assign, id=id), self._newest(desk)

        self.do("saved", work)

    def _newest(self, desk: "Desk") -> Catalogue:
        with desk.store.read() as unit:
            return desk.catalogue(unit)

    def action_drop_version(self) -> None:
        """Remove the exception in hand, or the weekday's version that begins on the draft's first day, after a look."""
        slot, draft = self.slot, self.draft
        first = draft.first if isinstance(slot, int) else slot
        own = [one for one in self.catalogue.patterns if (one.level, one.owner) == (draft.level, draft.owner)]
        found = [one for one in own if slot in (one.day, one.weekday) and first in (one.day, one.effective_from)]
        if draft.changed:
            self.say("Save what is changed first, or drop it.", "warning")
            return

        def look(desk: "Desk") -> object:
            from agent_tui.services import segmenting

            return segmenting.preview_drop(desk, found)

        def act(desk: "Desk", id: str) -> object:
            from agent_tui.services import segmenting

            return segmenting.drop(desk, found, id=id), self._newest(desk)

        self.propose("Remove this version", look, act, yes="removes it")

    def action_undo_segments(self) -> None:
        """Take back the last save of segments, whoever made it, after a question."""

        def act(desk: "Desk", id: str) -> object:
            from agent_tui.services import segmenting

            return segmenting.undo(desk, id=id), self._newest(desk)

        self.propose_undo(act)

    def done(self, job: str, result: object) -> None:
        """Show what the service answered; a refusal loses nothing of the draft."""
        if isinstance(result, tuple) and not job.startswith(LOOK):
            self._ids.pop(job.removeprefix(ACT), None)  # answered, so the next one is another act
            self._answered(job, *result)
        elif job in ("preview", "before save"):
            self._show_look(job, result)
        else:
            super().done(job, result)

    def _show_look(self, job: str, answer: object) -> None:
        from agent_tui.services.segmenting import Effect

        if not isinstance(answer, Effect):
            self._refused(answer)
            return
        lines = [*effect_lines(answer, self.catalogue, self.glyphs), "", *pattern_lines(answer.patterns)]
        if job == "preview":
            self.modal(EffectModal("What it would do", lines, glyphs=self.glyphs), lambda _yes: None)
        else:
            self.modal(EffectModal("Save?", lines, yes="saves", glyphs=self.glyphs), lambda _yes: self._save())

    def _answered(self, job: str, answer: "Answer", newest: Catalogue) -> None:
        from agent_tui.services.segmenting import Effect

        if not isinstance(answer, Effect):
            self._refused(answer)
            return
        self._attempt = None
        if job == "saved":
            # What was changed while the store was saving is not saved, and stays.
            rest = {slot: one for slot, one in self.draft.changed.items() if self._saving.get(slot) != one}
            self.draft = replace(self.draft, changed=rest)
        self.use(newest)
        self._say_done(answer)

    def _say_done(self, found: "Effect") -> None:
        if found.status == "undone":
            back = f"; {counted(len(found.placed), 'appointment')} back in time" if found.placed else ""
            gone = f"; {counted(len(found.unplaced), 'appointment')} without a time and flagged" if found.unplaced else ""
            self.say(f"The last save is taken back{back}{gone}.", "warning" if gone else "done")
        elif found.unplaced:
            lost = ("appointment lost its time and is flagged", "appointments lost their time and are flagged")
            self.say(f"Saved; {counted(len(found.unplaced), *lost)}. {TAKES_BACK}", "warning")
        else:
            self.say(f"Saved: {counted(len(found.patterns), 'pattern')}. {TAKES_BACK}", "done")

    def _refused(self, answer: object) -> None:
        from agent_tui.services.segmenting import Rejected

        if isinstance(answer, Rejected):
            self.say(answer.problems[0], "error")
            if len(answer.problems) > 1:
                self.modal(EffectModal("Not saved", answer.problems, glyphs=self.glyphs), lambda _yes: None)
        elif isinstance(answer, Refused) and answer.code == "stale_version":
            self._changed_meanwhile(answer)
        elif isinstance(answer, Refused):
            self.say(answer.reason, "error")

    def _changed_meanwhile(self, refused: Refused) -> None:
        """Show both versions, and lose neither: mine can go over theirs, or wait."""
        sentence, _, theirs = refused.reason.partition("\n")
        newest = self.back.live.catalogue
        lines = [f"{self.glyphs.flag} {sentence}", "", *theirs.splitlines(), "", "Yours, not saved:", ""]
        lines += pattern_lines(self.draft.wanted())
        self.say("Somebody else has changed these segments; nothing was saved, and yours are kept.", "error")

        def mine(_yes: object) -> None:
            self.use(newest)
            self.action_save_segments()

        self.modal(EffectModal("Changed by somebody else", lines, yes="puts yours in their place", glyphs=self.glyphs), mine)

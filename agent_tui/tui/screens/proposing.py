"""Acts of managers in two steps: what it would do is shown, and done when that is wanted; a refusal is said in its sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from agent_tui.domain.key_types import Proposal
from agent_tui.domain.requests import Refused
from agent_tui.tui.effect_words import answer_lines, answer_sentence
from agent_tui.tui.modals import EffectModal, Field, FieldsModal
from agent_tui.tui.screens.manager import ManagerScreen

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

LOOK, ACT = "look ", "act "


class Proposing(ManagerScreen):
    """A screen whose acts are looked at first."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._acts: dict[str, tuple[str, Callable[[Desk, str], object]]] = {}
        self._ids: dict[str, str] = {}
        self._typed: dict[str, dict[str, str]] = {}

    def ask(
        self,
        title: str,
        sentence: str,
        fields: Sequence[Field],
        check: Callable[[Mapping[str, str]], Mapping[str, str]],
        answered: Callable[[dict[str, str]], None],
        *,
        about: str = "",
        kept: bool = True,
    ) -> None:
        """Ask for some fields; what is typed is filled in again after escape or a refusal, until the act is done.

        It is kept for the subject that it was typed `about`; without `kept` only what was left with escape is.
        """
        place = f"{title} {about}"
        before = self._typed.get(place, {})
        filled = [replace(field, value=before.get(field.name, field.value)) for field in fields]
        modal = FieldsModal(title, sentence, filled, check, glyphs=self.glyphs)

        def callback(texts: dict[str, str] | None) -> None:
            self._typed[place] = modal.typed if texts is None else texts
            if texts is not None:
                if not kept:
                    del self._typed[place]
                answered(texts)

        self.app.push_screen(modal, callback)

    def propose(
        self, name: str, look: "Callable[[Desk], object] | None", act: "Callable[[Desk, str], object]", *, yes: str = "does it"
    ) -> None:
        """Show what an act would do, then do it under one id, so that asking again after trouble does nothing twice.

        Without `look` it is done at once.
        """
        self._acts[name] = (yes, act)
        if look is None:
            self._act(name)
        else:
            self.do(LOOK + name, look, exclusive=True)

    def _act(self, name: str) -> None:
        _yes, act = self._acts[name]
        id = self._ids.setdefault(name, str(uuid4()))
        self.do(ACT + name, lambda desk: act(desk, id))

    def done(self, job: str, result: object) -> None:
        """Show what an act would do, or say what it did; a refusal is a sentence, several problems are a list."""
        if job.startswith(LOOK):
            self._looked(job.removeprefix(LOOK), result)
        elif job.startswith(ACT):
            # The store has answered, so the next act of this name is another one.
            self._ids.pop(job.removeprefix(ACT), None)
            if not self.refused(result):
                self._typed.clear()
                sentence, good = answer_sentence(result)
                self.say(sentence, "done" if good else "warning")
                self.acted(job.removeprefix(ACT), result)

    def _looked(self, name: str, result: object) -> None:
        if self.refused(result):
            return
        yes, _act = self._acts[name]
        lines = answer_lines(result, self.catalogue, self.glyphs)
        self.modal(EffectModal(f"{name}?", lines, yes=yes, glyphs=self.glyphs), lambda _yes: self._act(name))

    def refused(self, answer: object) -> bool:
        """Say why an answer is a refusal; False when it is none."""
        problems = getattr(answer, "problems", None)
        if isinstance(answer, Refused):
            self.say(answer.reason.partition("\n")[0], "error")
        elif problems:
            self.say(problems[0], "error")
            if len(problems) > 1:
                self.modal(EffectModal("Not done", problems, glyphs=self.glyphs), lambda _yes: None)
        return isinstance(answer, Refused) or bool(problems)

    def propose_undo(self, act: "Callable[[Desk, str], object]") -> None:
        """Show whose save of segments would be taken back, from when, and what that does; then do it when that is wanted."""

        def look(desk: "Desk") -> object:
            from agent_tui.services import segmenting

            return segmenting.preview_undo(desk)

        self.propose("Take back the last save", look, act, yes="takes it back")

    def propose_segment_for(self, code: str) -> None:
        """Show the smallest change that would give a type the starts that it must have, and save it when that is wanted."""
        seen: list[Proposal | None] = []

        def look(desk: "Desk") -> object:
            from agent_tui.services import key_types

            proposed = key_types.proposal(desk, code)
            seen[:] = [proposed.proposal]
            return proposed if proposed.proposal is not None else proposed.effect

        def act(desk: "Desk", id: str) -> object:
            from agent_tui.services import key_types

            return key_types.apply(desk, code, seen[0] if seen else None, id=id).effect

        self.propose(f"Propose for {code}", look, act, yes="saves")

    def acted(self, name: str, result: object) -> None:
        """Take up what an act has changed."""

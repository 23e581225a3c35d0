"""Acts of the sandbox: a file opened as a draft, a draft kept with what it gave, applied, or dropped."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent_tui.domain.plurals import counted
from agent_tui.domain.sandbox import Draft, Trial
from agent_tui.tui.effect_words import pattern_lines
from agent_tui.tui.modals import EffectModal, Field
from agent_tui.tui.screens.two_panes import TwoPanes

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

KEEP, DROP, OPEN, APPLY = "Keep", "Drop", "open", "Apply"
LONGEST_PATH = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """A draft of the list, with what it gave if it was tried; one that is not kept is lost with the program."""

    name: str
    draft: Draft
    trial: Trial | None = None
    kept: bool = False


class SandboxActs(TwoPanes):
    """What is done with drafts; what the screen shows and how one is tried is in screens/sandbox.py."""

    own: tuple[Line, ...] = ()
    _go_to: str | None = None
    _keeping: Line | None = None
    _applying: Draft | None = None

    @property
    def line(self) -> Line | None:
        """The draft that has the highlight."""
        raise NotImplementedError

    def take(self, name: str, draft: Draft) -> None:
        """Take a draft that is not kept."""

    def look(self) -> None:
        """Read the kept drafts in a thread."""

    def paint(self) -> None:
        """Show the drafts."""

    # A file.

    def action_open_draft(self) -> None:
        """Open a file of segments as a draft."""
        fields = [Field("path", "File", "", "as segments show writes it", LONGEST_PATH)]

        def check(texts: Mapping[str, str]) -> dict[str, str]:
            return {} if texts["path"].strip() else {"path": "Which file?"}

        def answered(texts: dict[str, str]) -> None:
            path = texts["path"].strip()

            def work(_desk: "Desk") -> object:
                from agent_tui.services.draft_files import read_file

                return read_file(path)

            self.do(OPEN, work, exclusive=True)

        self.ask("Open a draft", "TOML with the segments of one or more owners.", fields, check, answered)

    def opened(self, name: str, draft: Draft, problems: tuple[str, ...]) -> None:
        if not problems:
            self._typed.clear()
            self.take(name, draft)
            self.say(f"{name}: {counted(len(draft.patterns), 'pattern')}; enter tries it.", "done")
            return
        self.say(problems[0], "error")
        if len(problems) > 1:
            self.modal(EffectModal("Not opened", problems, glyphs=self.glyphs), lambda _yes: None)

    # Kept, applied, dropped.

    def action_keep_draft(self) -> None:
        """Keep the draft and what it gave under a name."""
        one = self.line
        if one is None or one.trial is None or one.kept:
            self.say(
                "It is kept already." if one is not None and one.kept else "Try the draft first; it is kept with what it gave.",
                "warning",
            )
            return
        draft, trial = one.draft, one.trial

        def check(texts: Mapping[str, str]) -> dict[str, str]:
            from agent_tui.services.sandbox import name_problem

            problem = name_problem(texts["name"].strip())
            return {} if problem is None else {"name": problem}

        def answered(texts: dict[str, str]) -> None:
            name = texts["name"].strip()

            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import sandbox

                return sandbox.keep(desk, name, draft, trial, id=id)

            self._keeping = one
            self._go_to = name
            self.propose(KEEP, None, act)

        fields = [Field("name", "Name", one.name, "letters, digits, blanks", 40)]
        self.ask(
            "Keep the draft",
            "The draft and its figures, for all team leaders of the site.",
            fields,
            check,
            answered,
            about=one.name,
        )

    def action_apply_draft(self) -> None:
        """Show what saving the draft does, and save it when that is wanted; it stays in the list."""
        one = self.line
        if one is None:
            return
        draft = self._applying = one.draft

        def look(desk: "Desk") -> object:
            from agent_tui.services import segmenting

            return segmenting.preview(desk, draft.patterns, draft.marks, assign=draft.assign)

        def act(desk: "Desk", id: str) -> object:
            from agent_tui.services import segmenting

            return segmenting.save(desk, draft.patterns, draft.marks, assign=draft.assign, id=id)

        self.propose(APPLY, look, act, yes="saves")

    def action_drop_draft(self) -> None:
        """Drop the draft, after a question."""
        one = self.line
        if one is None:
            return

        def dropped(_yes: object) -> None:
            if not one.kept:
                self.own = tuple(other for other in self.own if other is not one)
                self.paint()
                self.say(f"{one.name} is dropped.", "done")
                return

            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import sandbox

                return sandbox.drop(desk, one.name, id=id)

            self.propose(DROP, None, act)

        self.modal(
            EffectModal(f"Drop {one.name}?", pattern_lines(one.draft.patterns), yes="drops it", glyphs=self.glyphs), dropped
        )

    def acted(self, name: str, result: object) -> None:
        """Take up what an act has changed."""
        if name == KEEP and self._keeping is not None:
            self.own = tuple(one for one in self.own if one is not self._keeping)
        if name == APPLY and self._applying is not None:
            from agent_tui.tui.screens.going import draft_saved

            self.back.look()
            draft_saved(self.app, self._applying)
        self.look()

"""Feedback about an appointment, asked for on whatever screen it is on."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from textual.screen import Screen

from agent_tui.domain.clients import holds_personal
from agent_tui.domain.requests import Refused
from agent_tui.domain.review import MOST_FEEDBACK, SOURCES
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.modals import Field, FieldsModal

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

FEEDBACK: Final = "feedback"
"""The job whose result a screen hands to `feedback_words`."""


class FeedbackAsking:
    """Asks for feedback and keeps what was typed about an appointment until it is stored."""

    def __init__(self) -> None:
        self._typed: dict[str, dict[str, str]] = {}
        self._ids: dict[str, str] = {}

    def ask(self, screen: Screen[Any], back: Backstage, entry: str, glyphs: Glyphs) -> None:
        """Ask whose it is and what was said, and have it stored; the screen gets the result as WorkDone."""
        typed = self._typed.get(entry, {})
        modal = FieldsModal("Feedback", "What was said about this appointment; name nobody.", fields(typed), check, glyphs=glyphs)

        def answered(texts: dict[str, str] | None) -> None:
            self._typed[entry] = modal.typed if texts is None else texts
            if texts is not None:
                back.do(FEEDBACK, self._storing(entry, texts["source"], texts["words"]), screen=screen)

        screen.app.push_screen(modal, answered)

    def _storing(self, entry: str, source: str, words: str) -> "Callable[[Desk], object]":
        # Asked again after trouble with the store, the same words have the same id and are stored once.
        id = self._ids.setdefault(entry, str(uuid4()))

        def work(desk: "Desk") -> object:
            from agent_tui.services import reviewing

            return reviewing.add_feedback(desk, source, words, entry=entry, id=id)

        return work

    def told(self, result: object) -> tuple[str, bool]:
        """Return what became of it in a sentence, and whether it is stored; then what was typed is let go."""
        problems = getattr(result, "problems", None)
        if isinstance(result, Refused) or problems:
            self._ids.clear()
            return (result.reason if isinstance(result, Refused) else problems[0] if problems else ""), False
        self._typed.clear()
        self._ids.clear()
        return str(getattr(result, "sentence", "")), True


def fields(typed: Mapping[str, str]) -> list[Field]:
    """Return the fields of feedback, with what was typed before."""
    return [
        Field("source", "Whose", typed.get("source", SOURCES[0]), " or ".join(SOURCES), 10),
        Field("words", "Words", typed.get("words", ""), "what was said, without names", MOST_FEEDBACK),
    ]


def check(texts: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with feedback, by field."""
    wrong = {}
    if texts["source"] not in SOURCES:
        wrong["source"] = f"Say {' or '.join(SOURCES)}."
    if not texts["words"]:
        wrong["words"] = "Say what was said."
    elif holds_personal(texts["words"]):
        wrong["words"] = "No phone number and no national reference; the appointment says whose it is."
    return wrong

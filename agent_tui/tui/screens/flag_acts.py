"""What is done to flags on their screen: settled with a reason, assigned, escalated, undone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent_tui.domain.flags import (
    ASSIGN,
    CANCEL,
    DISMISS,
    ESCALATE,
    KEEP,
    MOVE,
    OFF,
    OVERRIDE,
    REASONS,
    ROOM_OFF,
    SHORT,
    UNDER_BLOCK,
    UNPLACED,
    WHY,
    cannot_stay,
    may_not,
)
from agent_tui.domain.plurals import counted
from agent_tui.domain.rehoming import Rehoming
from agent_tui.domain.requests import Refused
from agent_tui.domain.roles import OFF as LOGIN_OFF
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import spoken_day
from agent_tui.tui.flag_words import FlagsRead, FlagWords, Line, change_words, done_words
from agent_tui.tui.modals import ChoiceModal, Field
from agent_tui.tui.modals.pick import PickModal
from agent_tui.tui.modals.rehome import RehomeModal
from agent_tui.tui.rehome_words import done_words as rehomed_words
from agent_tui.tui.screens.booking_acts import REASON_WORDS
from agent_tui.tui.screens.flag_lists import CHANGE, FlagLists
from agent_tui.tui.widgets.picker import Choice

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.flags import Shown

RESOLVE, UNDO = "resolve", "undo"
_ASKS = {KEEP: "Keep as it is", MOVE: "Move", CANCEL: "Cancel", OVERRIDE: "Give its time back", DISMISS: "Dismiss"}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which flags are shown: of a kind, of a person, open ones or all."""

    kind: str | None = None
    assigned: str | None = None
    closed: bool = False
    words: str = "Open"

    @property
    def is_all(self) -> bool:
        """Return whether every open flag is shown."""
        return self == Filter()

    def as_query(self) -> dict[str, str | None]:
        """Return it as services.flags.queue takes it."""
        return {"kind": self.kind, "assigned": self.assigned, "status": "closed" if self.closed else "open"}


class FlagActs(FlagLists):
    """The acts of the flags screen, each under one id so that asking again after trouble does nothing twice."""

    read: FlagsRead

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.filter = Filter()

    def read_flags(self, *, meet: bool = False) -> None:
        """Read the flags again."""

    @property
    def line(self) -> Line | None:
        """The line that has the highlight."""
        return None

    @property
    def shown(self) -> "Shown | None":
        """What is known in full of the flag that has the highlight."""
        return None

    @property
    def words(self) -> FlagWords:
        """Says the flags in words."""
        return FlagWords(self.read, self.catalogue, self.staff.login, self.glyphs)

    def chosen_flags(self) -> Sequence[str]:
        """Return the ids of the flags that are acted on."""
        return ()

    def _is_override(self) -> bool:
        """Return whether the line is an override, and if so say how it is decided."""
        found = self.line is not None and self.line.first.override is not None
        if found:
            self.say("An override is approved or declined, not resolved: enter shows it.", "warning")
        return found

    def why_not(self, verb: str) -> str | None:
        """Return why an act on the flags of the line is not the person's to do, or cannot be done; None where it may be."""
        line, staff = self.line, self.staff
        if line is None:
            return None
        sides = [side for one in line.flags for side in one.sides]
        own = staff.diary is not None and all(any(side.diary == staff.diary for side in one.sides) for one in line.flags)
        given = all(one.flag.assigned_to == staff.login for one in line.flags)
        if verb == ASSIGN:
            return None if given else may_not(staff.role, verb)
        if verb == ESCALATE:
            return may_not(staff.role, verb, own=own, delegated=given)
        placed = bool(sides) and sides[0].status != "unplaced"
        cannot = cannot_stay(line.first.flag, verb, placed=placed)
        return cannot or may_not(staff.role, "resolve", own=own, delegated=given)

    # Settling.

    def action_keep_flag(self) -> None:
        """Leave it as it is, with a reason."""
        self._settle(KEEP)

    def action_dismiss_flag(self) -> None:
        """Say that it is no conflict."""
        self._settle(DISMISS)

    def action_cancel_flag(self) -> None:
        """Cancel the side that gives way."""
        if len(self.chosen_flags()) > 1:
            self.say("Appointments are cancelled one by one: space lists them.", "warning")
        else:
            self._settle(CANCEL)

    def action_move_flag(self) -> None:
        """Move the side that gives way to the place that is proposed, or each of many to its nearest."""
        self._settle(MOVE)

    def action_override_flag(self) -> None:
        """Give an appointment that lost its time that time over another, which moves."""
        self._settle(OVERRIDE)

    def action_rehome_flag(self) -> None:
        """Place all appointments of the flag's diary, or of its room that is off, anew on that day."""
        side = None if self.line is None or not self.line.first.sides else self.line.first.sides[0]
        if side is None or self.line is None or self.line.first.flag.kind not in (*OFF, *UNPLACED, UNDER_BLOCK):
            self.say("Only what has lost its coach, its room or its time is re-homed.", "warning")
            return
        off = [code for code in side.resources if code in self.catalogue.rooms and code in self.catalogue.switched_off]
        code = off[0] if off and self.line.first.flag.kind == ROOM_OFF else side.diary
        ask = RehomeModal(self.back, code, side.day, self.catalogue.rooms, glyphs=self.glyphs)

        def rehomed(done: Rehoming) -> None:
            touched = [*(one.after for one in done.moved), *done.blocks, *done.left]
            self._last = ("", touched[0].id) if touched else self._last
            self.say(rehomed_words(done), "done")
            self.read_flags()

        self.modal(ask, rehomed)

    def _settle(self, how: str) -> None:
        ids = list(self.chosen_flags())
        if not ids or self.line is None:
            self.say("Nothing waits.")
            return
        if self._is_override():
            return
        text = self.why_not(how)
        if text is not None:
            self.say(text, "warning")
            return
        said = REASON_WORDS if how == CANCEL else {}
        options = [(code, str(at), said.get(code, code.replace("_", " "))) for at, code in enumerate(REASONS[how], start=1)]
        ask = ChoiceModal(f"{_ASKS[how]}: why?", self._what(how), options, glyphs=self.glyphs)

        def answered(reason: str) -> None:
            if reason == "other":
                self._ask_note(lambda note: self._resolve(ids, how, reason, note))
            else:
                self._resolve(ids, how, reason, "")

        self.modal(ask, answered)

    def _what(self, how: str) -> str:
        """Return what an act would do, as the dialog that asks for the reason says it."""
        assert self.line is not None
        if len(self.line.flags) > 1:
            each = ", each to its nearest place" if how == MOVE else ""
            return f"{counted(len(self.line.flags), 'appointment')}{each}."
        proposal = None if self.shown is None else self.shown.proposal
        if how == MOVE and proposal is not None and proposal.offer is not None and proposal.how == MOVE:
            offer = proposal.offer
            return f"{proposal.side.type} goes to {spoken_day(offer.day)} {clock(offer.start)} with {offer.coach}."
        return self.words.sentence(self.line)

    def _ask_note(self, answered: Callable[[str], None]) -> None:
        fields = [Field("note", "In words", "", "kept with the flag, never in the log", 400)]

        def check(texts: Mapping[str, str]) -> dict[str, str]:
            return {} if len(texts["note"]) >= 3 else {"note": "At least 3 characters are needed."}

        self.ask("Why?", "", fields, check, lambda texts: answered(texts["note"]), kept=False)

    def _resolve(self, ids: Sequence[str], how: str, reason: str, note: str) -> None:
        place, side = self._proposed(how) if len(ids) == 1 else (None, None)
        acts = [(one, self._act_id(how, one, reason, place)) for one in ids]

        def work(desk: "Desk") -> object:
            from agent_tui.services import resolving

            to = None if place is None else resolving.Place(*place)
            wanted = resolving.Wanted(how, reason, side, to)
            return [resolving.resolve(desk, one, wanted, note=note, id=id) for one, id in acts]

        self.do(RESOLVE, work)

    def _proposed(self, how: str) -> tuple[tuple[Any, int, str] | None, str | None]:
        """Return the place that was shown, so that nothing else is done than what was seen, and the side that it is for."""
        proposal = None if self.shown is None else self.shown.proposal
        if how != MOVE or proposal is None or proposal.how != MOVE:
            return None, None
        offer = proposal.offer
        return (None if offer is None else (offer.day, offer.start, offer.diary)), proposal.side.id

    # Others.

    def action_assign_flag(self) -> None:
        """Give it to somebody."""
        ids = list(self.chosen_flags())
        if not ids or self._is_override():
            return
        text = self.why_not(ASSIGN)
        if text is not None:
            self.say(text, "warning")
            return
        off = {login for login, role in self.catalogue.logins.items() if role == LOGIN_OFF}
        staff = sorted(self.read.staff.items(), key=lambda one: (one[0] != self.staff.login, one[1]))
        people = [Choice(login, name, login) for login, name in staff if login not in off]

        def picked(login: str) -> None:
            acts = [(one, self._act_id(ASSIGN, one, login)) for one in ids]

            def work(desk: "Desk") -> object:
                from agent_tui.services import flags

                return [flags.assign(desk, one, login, id=id) for one, id in acts]

            self.do(CHANGE, work)

        self.modal(PickModal("Who gets it?", [*people, Choice("nobody", "Nobody")], glyphs=self.glyphs), picked)

    def action_escalate_flag(self) -> None:
        """Pass it up to a contact with all its facts."""
        ids = list(self.chosen_flags())
        if self._is_override():
            return
        if len(ids) > 1:
            self.say("Flags are escalated one by one: space lists them.", "warning")
        elif ids and (text := self.why_not(ESCALATE)) is not None:
            self.say(text, "warning")
        elif ids:
            self.ask_contact("flag", ids[0])

    def action_filter_flags(self) -> None:
        """Choose which flags are shown: all, mine, nobody's, one kind, or those that are closed."""
        counts = {} if self.read.queue is None else self.read.queue.counts
        found = {
            "all": Filter(),
            "mine": Filter(assigned=self.staff.login, words="Mine"),
            "nobody": Filter(assigned="nobody", words="Nobody's"),
            **{kind: Filter(kind, words=SHORT[kind].capitalize()) for kind in WHY if counts.get(kind)},
            "closed": Filter(closed=True, words="Closed"),
        }
        choices = [Choice(name, one.words, _detail(name, counts)) for name, one in found.items()]

        def picked(name: str) -> None:
            self.filter = found[name]
            self.read_flags()

        self.modal(PickModal("Which flags?", choices, glyphs=self.glyphs), picked)

    def action_to_its_time(self) -> None:
        """Show the time that it is about on the booking screen, or an override to be decided."""
        from agent_tui.tui.screens.going import go_to_diary, go_to_type

        line = self.line
        if line is None:
            self.say("Nothing waits.")
        elif line.first.override is not None:
            self.show_override(line.first.override)
        elif line.side is not None:
            go_to_diary(self.app, line.side.diary, line.side.day, line.side.start)
        elif line.first.flag.kind == "no_capacity":
            go_to_type(self.app, line.first.flag.type)
        else:
            self.action_list_handoffs()

    def action_undo(self) -> None:
        """Undo my last act on a flag or an override of this screen, within 60 seconds of it."""
        if self._last is None:
            self.say("Nothing that can be undone was done here.")
            return
        flag, entry = self._last
        id = self._act_id(UNDO, flag, entry)

        def work(desk: "Desk") -> object:
            from agent_tui.services import changes, flags

            return flags.reopen(desk, flag, id=id) if entry is None else changes.undo(desk, entry, id=id)

        self.do(UNDO, work)

    # What comes.

    def done(self, job: str, result: object) -> None:
        """Take up what was asked for, or say what an act has done."""
        if self.listed(job, result):
            return
        self._act_ids.clear()  # the store has answered, so the next act is another one
        if job == RESOLVE and isinstance(result, list):
            self._resolved(result)
        elif isinstance(result, Refused):
            self.say(result.reason, "error")
        else:
            found = result if isinstance(result, list) else []
            refused = [one for one in found if isinstance(one, Refused)]
            done = "Undone." if job == UNDO else change_words(found, self.read.staff)
            self.say(refused[0].reason if refused else done, "error" if refused else "done")
        self.back.look()
        self.read_flags()

    def _resolved(self, found: Sequence[Any]) -> None:
        sentence, whole = done_words(found)
        self.say(sentence, "done" if whole else "error")
        if len(found) == 1 and not isinstance(found[0], Refused):
            one = found[0]
            entry = one.moves[-1].after.id if one.moves else None if one.cancelled is None else one.cancelled.id
            self._last = (one.flag.id, entry)


def _detail(name: str, counts: Mapping[str, int]) -> str:
    return f"{counts[name]} open" if name in counts else f"{sum(counts.values())} open" if name == "all" else ""

"""The waiting list for sooner under the grid's cursor: put on it with limits, the limits changed, taken off it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import uuid4

from agent_tui.domain.request_text import FieldProblem, read_day
from agent_tui.domain.requests import Refused
from agent_tui.domain.sooner import SoonerWish, Waiting, parse_part, part_text
from agent_tui.domain.sooner_story import limits_words
from agent_tui.domain.ticks import clock
from agent_tui.tui.modals import ChoiceModal, Field, FieldsModal
from agent_tui.tui.screens.booking_acts import CursorActs
from agent_tui.tui.widgets.diary_grid import Block

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.sooner import Placed

PLACE, PLACED = "sooner", "sooner act"
_ON_IT = (("change", "c", "change what would suit"), ("end", "o", "take it off the list"))


class SoonerDesk(CursorActs):
    """Whose appointment is under the cursor may wait for anything earlier; what was typed for it is kept until it is done."""

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)
        self._wishes: dict[str, Mapping[str, str]] = {}
        self._sooner_ids: dict[tuple[object, ...], str] = {}

    def action_wait_sooner(self) -> None:
        """Let the claimant of the appointment here wait for an earlier time, or change or end that."""
        block = self._appointment()
        if block is None or not self.ready():
            return

        def work(desk: "Desk", entry: str = block.entry_id) -> object:
            from agent_tui.services import sooner

            return block, sooner.place_of(desk, entry)

        self.back.do(PLACE, work)

    def sooner_done(self, job: str, result: object) -> bool:
        """Ask what is wanted, or say what was done; False for a job that is no work on the list."""
        if job == PLACE and isinstance(result, tuple):
            block, place = result
            self._ask_about(block, place)
        elif job == PLACED:
            self._say_placed(result)
        return job in (PLACE, PLACED)

    def _ask_about(self, block: Block, place: Waiting | None) -> None:
        if place is None:
            self._ask_wish(block, SoonerWish())
            return
        asked = " An earlier time is being offered." if place.hold else ""
        sentence = f"{block.who} waits for {self._limits(place.wish)}.{asked}"

        def answered(how: str) -> None:
            if how == "end":
                self._act(("end", block.entry_id), None)
            else:
                self._ask_wish(block, place.wish)

        self.modal(ChoiceModal("On the waiting list", sentence, _ON_IT, glyphs=self.glyphs), answered)

    def _ask_wish(self, block: Block, wish: SoonerWish) -> None:
        entry = block.entry_id
        known = {"until": "" if wish.until is None else wish.until.isoformat(), "time": part_text(wish.window) or ""}
        known |= {"diary": wish.diary or "", "team": wish.team or ""}
        known |= self._wishes.get(entry, {})
        hints = {
            "until": "any day; or 28 nov",
            "time": "any time; or am, pm, 09:00-11:30",
            "diary": "any; or D01",
            "team": "any; or A",
        }
        labels = {"until": "Until", "time": "Time of day", "diary": "Only diary", "team": "Only team"}
        fields = [Field(name, label, known[name], hints[name], 30) for name, label in labels.items()]
        sentence = f"{block.who}, {clock(block.start)} {block.label}: which earlier time would suit?"
        modal = FieldsModal("Wait for sooner", sentence, fields, self._check_wish, glyphs=self.glyphs)

        def closed(texts: dict[str, str] | None) -> None:
            self._wishes[entry] = modal.typed if texts is None else texts
            wanted = None if texts is None else self._read_wish(texts)
            if isinstance(wanted, SoonerWish):
                self._act(("add", entry, wanted), wanted)

        self.app.push_screen(modal, closed)

    def _check_wish(self, texts: Mapping[str, str]) -> Mapping[str, str]:
        found = self._read_wish(texts)
        return {} if isinstance(found, SoonerWish) else found

    def _read_wish(self, texts: Mapping[str, str]) -> SoonerWish | dict[str, str]:
        problems, window = {}, None
        until = read_day(texts["until"], self.now().date())
        if isinstance(until, FieldProblem):
            problems["until"], until = f"{until.sentence}.", None
        try:
            window = parse_part(texts["time"].lower().replace(" ", "")) if texts["time"] else None
        except ValueError as error:
            problems["time"] = str(error)
        diary, team = texts["diary"].upper() or None, texts["team"].upper() or None
        if self.catalogue is not None and diary is not None and diary not in self.catalogue.diaries:
            problems["diary"] = f"There is no diary {diary}."
        if self.catalogue is not None and team is not None and team not in self.catalogue.teams:
            problems["team"] = f"There is no team {team}; teams: {', '.join(sorted(self.catalogue.teams))}."
        return problems or SoonerWish(until, window, diary, team)

    def _act(self, what: tuple[object, ...], wish: SoonerWish | None) -> None:
        # Asked again after trouble with the store, the same act has the same id and is done once.
        id, entry = self._sooner_ids.setdefault(what, str(uuid4())), str(what[1])

        def work(desk: "Desk") -> object:
            from agent_tui.services import sooner

            return sooner.end(desk, entry, id=id) if wish is None else sooner.add(desk, entry, wish, id=id)

        self.back.do(PLACED, work)

    def _say_placed(self, result: object) -> None:
        self._sooner_ids.clear()
        if isinstance(result, Refused):
            self.say(result.reason, "error")
            return
        placed: Placed = result  # type: ignore[assignment]
        self._wishes.pop(placed.entry.id, None)
        if placed.status == "ended":
            self.say("Taken off the waiting list for sooner.", "done")
        else:
            self.say(f"On the waiting list for {self._limits(placed.place.wish)}; W changes or ends it.", "done")
        self.back.look()

    def _limits(self, wish: SoonerWish) -> str:
        diaries = {} if self.catalogue is None else self.catalogue.diaries
        return limits_words(wish, {code: one.coach for code, one in diaries.items()})

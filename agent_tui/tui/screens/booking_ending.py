"""How a call ends: handed off, ended in one key, undone, or left unfinished and taken up again."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from agent_tui.domain.clients import Client
from agent_tui.domain.demand import Unmet
from agent_tui.domain.pairs import Paired
from agent_tui.domain.requests import Outcome
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import wall_of
from agent_tui.tui.messages import WorkDone
from agent_tui.tui.modals import CallItem, CallPick, CallsModal, ChoiceModal
from agent_tui.tui.request_draft import RequestDraft
from agent_tui.tui.screens.booking_telling import TellingDesk
from agent_tui.tui.screens.desk import CallInHand
from agent_tui.tui.widgets.offer_list import OffersState

if TYPE_CHECKING:
    from agent_tui.services.calls import OpenCall
    from agent_tui.services.desk import Desk
    from agent_tui.tui.drafts import Found as FoundDrafts

CALLER = "caller"
PAIR = "pair held"
ENDINGS = (
    ("booked", "1", "booked"),
    ("called_back", "2", "call back promised"),
    ("handed_off", "3", "handed off"),
    ("drop_in", "4", "drop-in times told"),
    ("rang_off", "5", "caller rang off"),
)
ENDING_WORDS = {id: words for id, _key, words in ENDINGS}


class CallEndings(TellingDesk):
    """The end of a call, and the calls that have none yet."""

    # Handing off, ending, undoing.

    def action_hand_off(self) -> None:
        """Hand the request off to the site's contact."""
        draft, call = self.read_form(), self.call
        if draft.type is None:
            call.ending = None
            self.say("Choose a type first; the hand-off says what could not be booked.", "warning")
            return
        if call.handed_off:
            self.say("This request is handed off already; f12 ends the call.", "warning")
        elif not call.acting and self.ready():
            call.acting = True
            wish = draft.to_wish(None)

            def work(desk: "Desk", id: str = call.attempt("hand_off", wish)) -> Outcome:
                from agent_tui.services.booking import hand_off

                return hand_off(desk, wish, id=id)

            self.back.act("hand_off", call.id, work)

    def action_end_call(self) -> None:
        """End the call and choose how it ended."""
        chosen = "booked" if self.call.confirmed else "handed_off" if self.call.handed_off else "rang_off"
        modal = ChoiceModal("End the call", "How did it end?", ENDINGS, chosen=chosen, glyphs=self.glyphs)
        self.modal(modal, self.end_as)

    def action_end_booked(self) -> None:
        """End the call as booked, the claimant told on the phone."""
        self.end_as("booked")

    def action_end_called_back(self) -> None:
        """End the call with a call back promised."""
        self.end_as("called_back")

    def action_end_handed_off(self) -> None:
        """End the call as handed off; one that is not handed off yet is now."""
        self.end_as("handed_off")

    def action_end_drop_in(self) -> None:
        """End the call with the drop-in times told."""
        self.end_as("drop_in")

    def action_end_rang_off(self) -> None:
        """End the call because the caller rang off."""
        self.end_as("rang_off")

    def end_as(self, how: str) -> None:
        """End the call; one that is not handed off yet is, and ends when that has been written down."""
        call = self.call
        if call.acting:
            self.say("One moment: the answer to the last key is still to come.", "warning")
        elif how == "booked" and call.confirmed is None:
            self.say("Nothing is booked in this call yet.", "warning")
        elif how == "handed_off" and not call.handed_off:
            call.ending = how
            self.action_hand_off()
        elif (call.ending is None or how == "handed_off") and self.ready():
            call.ending = how
            self._write_end(how)

    def _write_end(self, how: str) -> None:
        call, draft = self.call, self.read_form()
        held, booked, pair = call.held, call.confirmed, call.pair
        told = how == "booked" and draft.contact in ("phone", "walk-in")
        unmet = None if how in ("booked", "drop_in") else self._unmet(draft)

        def work(desk: "Desk") -> tuple[str, str]:
            from agent_tui.services.booking import release
            from agent_tui.services.calls import end_call, open_call
            from agent_tui.services.messages import told_by_phone

            for one in (held, None if pair is None else pair.first):
                if one is not None:
                    release(desk, one.entry.id)
            if booked is not None and told:
                told_by_phone(desk, booked.entry.id, only_asking=True)
            open_call(desk, call.id, draft.type, {})
            end_call(desk, call.id, how, entry=None if booked is None else booked.entry.id, unmet=unmet)
            self.keeper.discard(call.id)
            return call.id, how

        self.back.do("end", work)

    def _unmet(self, draft: RequestDraft) -> Unmet | None:
        """Return what the caller wanted and is not getting, without who they are."""
        request = self.search_of(draft)
        return None if request is None else Unmet.of(request, tuple(one.rule for one in self.offers.state.reasons))

    def call_ended(self, id: str, how: str) -> None:
        """Make room for the next claimant, unless that has been done."""
        from agent_tui.tui.screens.going import keys_to

        if id == self.call.id:
            more = f" {keys_to('queue')} goes back to the queue." if self.call.queued else ""
            self.call = CallInHand()
            self._clear()
            self.show_form(True)
            self.form.focus_field("type")
            self.say(f"Call ended: {ENDING_WORDS.get(how, how)}.{more}", "done")

    def _clear(self) -> None:
        self.searches += 1
        self.client_asked = None
        self.form.clear_for_next_call()
        self.offers.show(OffersState.empty())
        self.show_ghost(None)

    def action_undo(self) -> None:
        """Undo my last act, within 60 seconds of it."""
        if self.ready():
            # Under the id of the last try while that has no answer: another would take back the act before it.
            def work(desk: "Desk", id: str = self.call.attempt("undo")) -> Outcome:
                from agent_tui.services.changes import undo

                return undo(desk, id=id)

            self.back.act("undo", self.call.id, work)

    # Unfinished calls.

    def action_unfinished(self) -> None:
        """List unfinished calls with their drafts."""
        self.back.run("unfinished", lambda: WorkDone("unfinished", self._unfinished()))

    def action_look_for_unfinished(self) -> None:
        """Look whether there are unfinished calls, at the start of a shift or after a crash."""
        self.back.run("waiting", lambda: WorkDone("waiting", self._unfinished()))

    def _unfinished(self) -> tuple["FoundDrafts", list["OpenCall"]]:
        from agent_tui.services.calls import unfinished

        return self.drafts.load_all(), unfinished(self.back.desk) if self.back.is_open else []

    def ending_done(self, job: str, result: object) -> None:
        """Show what a piece of work about calls brought."""
        if job == CALLER and isinstance(result, Client):
            self._caller_known(result)
        if job == PAIR and isinstance(result, tuple):
            self._pair_found(*result)
        if job not in ("unfinished", "waiting") or not isinstance(result, tuple):
            return
        items, kept = self._items(*result)
        if job == "unfinished":
            self._show_unfinished(items, kept)
        elif items:
            many = "call is" if len(items) == 1 else "calls are"
            self.say(f"{len(items)} {many} unfinished: f11 lists them with what was typed.")

    def _items(self, drafts: "FoundDrafts", calls: list["OpenCall"]) -> tuple[list[CallItem], dict[str, Mapping[str, str]]]:
        """Return the calls as they are listed, oldest first, and what can be put back into the form for each."""
        zone = "Europe/London" if self.catalogue is None else self.catalogue.site.zone
        kept: dict[str, Mapping[str, str]] = {}
        found: list[tuple[int, CallItem]] = []
        opened = {call.id: call.opened_at for call in calls}
        for draft in drafts.drafts:
            if draft.id != self.call.id:
                at = opened.get(draft.id, int(draft.saved_at * 1000))
                item = CallItem(draft.id, _moment(at, zone), _wanted(draft.fields), str(draft.fields.get("client", "")))
                kept[draft.id] = draft.fields
                found.append((at, item))
        for call in calls:
            if call.id not in kept and call.id != self.call.id:
                kept[call.id] = self._fields_of(call)
                words = "call back: " if call.entry else ""
                item = CallItem(call.id, _moment(call.opened_at, zone), words + _wanted(kept[call.id]), "")
                found.append((call.opened_at, item))
        return [item for _at, item in sorted(found, key=lambda one: (one[0], one[1].id))], kept

    def _fields_of(self, call: "OpenCall") -> dict[str, str]:
        """Return what the store knows of a call as the form has it."""
        kind = None if self.catalogue is None else self.catalogue.types.get(call.type or "")
        fields = {} if kind is None else {"type": kind.name, "picked:type": kind.code}
        day = str(call.wanted.get("day") or call.wanted.get("from") or "")
        if day >= self.now().date().isoformat():
            fields["from"] = day
        if call.client:
            fields |= {"client": call.client, "picked:client": call.client}
        return fields

    def _show_unfinished(self, items: list[CallItem], kept: dict[str, Mapping[str, str]]) -> None:
        def picked(pick: CallPick) -> None:
            if pick.act == "resume":
                self._resume(pick.id, kept.get(pick.id, {}))
            else:
                self._discard(pick.id)

        self.modal(CallsModal(items, glyphs=self.glyphs), picked)

    def _resume(self, id: str, fields: Mapping[str, str]) -> None:
        self.take_up(id, fields)

    @property
    def is_busy(self) -> bool:
        """Whether the call in hand holds a time or waits for an answer, so that no other can be taken up."""
        return self.call.acting or self.call.held is not None or self.call.pair is not None

    def take_up(self, id: str, fields: Mapping[str, str]) -> bool:
        """Make a call that the store knows the call in hand, with what is known of it in the form; False while one is busy."""
        if self.is_busy:
            self.say("Something is held in this call: confirm or release it first.", "warning")
            return False
        self.call = CallInHand(id=id, opened=True)
        self._clear()
        picked = {name.removeprefix("picked:"): value for name, value in fields.items() if name.startswith("picked:")}
        self.form.fill({name: value for name, value in fields.items() if ":" not in name}, picked)
        self.show_form(True)
        self.form.focus_field("type")
        self._say_caller(picked.get("client"), fields.get("phone:client"))
        self.say("The call is taken up.")
        self.call.asked = fields.get("taken:entry")
        self.look_at_taken()
        self._look_at_pair(id, fields.get("taken:pair"))
        self.call.override = fields.get("taken:override")
        if self.call.asked is None:
            self.look_at_override()
        return True

    def _look_at_pair(self, call: str, pair: str | None) -> None:
        """Find out whether the two times that a call had together are still held."""
        if pair is None or not self.ready():
            return

        def work(desk: "Desk") -> tuple[str, Paired | None]:
            from agent_tui.services.pairing import still_held

            return call, still_held(desk, pair)

        self.back.do(PAIR, work)

    def _pair_found(self, call: str, paired: Paired | None) -> None:
        if call != self.call.id:
            return
        if paired is None:
            self.say("The two times that this call held together are no longer held: choose again.", "warning")
            return
        self.call.pair, self.call.second_type = paired, paired.second.entry.type or ""
        self.say("The call is taken up again, and both its times are still held: P shows them.")

    def _say_caller(self, ref: str | None, phone: str | None) -> None:
        """Show name and phone of a call's claimant, read anew where only the opaque id is known."""
        if ref is None or not self.back.is_open:
            return
        if phone is not None:
            self.form.know_phone(ref, phone)
            return

        def work(desk: "Desk") -> object:
            from agent_tui.services.claimants import get_client

            return get_client(desk, ref, "call")

        self.back.do(CALLER, work)

    def _caller_known(self, client: Client) -> None:
        if self.form.picked.get("client") == client.ref:
            self.form.set_client(client.ref, client.name)
            self.form.know_phone(client.ref, client.phone)

    def ask_for(self, code: str, diary: str, day: date, tick: int, channel: str | None) -> bool:
        """Put a type, a day, a time and a coach into the request, all starts listed; False while the call has its time."""
        if self.catalogue is None or self.is_busy or self.call.confirmed is not None:
            return False
        self.call.every = True
        kind, one = self.catalogue.types[code], self.catalogue.diaries[diary]
        asked = {"type": kind.name, "from": day.isoformat(), "to": day.isoformat(), "time": f"near {clock(tick)}"}
        asked |= {"coach": one.coach, "team": "", "channel": channel or ""}
        self.form.fill(self.form.texts | asked, self.form.picked | {"type": code, "coach": diary})
        return True

    def look_at_taken(self) -> None:
        """Read what the call holds or has booked as it is now."""
        call = self.call
        taken = call.confirmed or call.held
        entry = call.asked if taken is None else taken.entry.id
        if entry is not None and self.ready():
            call.acting = True
            self.back.act("resume", call.id, partial(_look_at, entry=entry))

    def _discard(self, id: str) -> None:
        def work(desk: "Desk") -> str:
            from agent_tui.services.calls import end_call

            end_call(desk, id, "rang_off")
            self.keeper.discard(id)
            return id

        if self.ready():
            self.back.do("discard", work)


def _look_at(desk: "Desk", entry: str) -> Outcome:
    from agent_tui.services.changes import show

    return show(desk, entry)


def _wanted(fields: Mapping[str, str]) -> str:
    return " ".join(fields[name] for name in ("type", "from", "time") if fields.get(name)) or "no type yet"


def _moment(instant: int, zone: str) -> str:
    return f"{wall_of(instant, zone):%a %H:%M}"

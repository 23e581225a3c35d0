"""What every act on an entry shares: the open transaction, its stamp, the log, lapsed holds, refusals with who and what next."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from agent_tui.domain.changing import ADMIN_BOOKS_NOT
from agent_tui.domain.clients import Client
from agent_tui.domain.flags import CLIENT_CLASH, HOLD_LAPSED, OFF, UNDER_BLOCK
from agent_tui.domain.handovers import DECLINED, HANDED, TAKEN, said_in
from agent_tui.domain.log import Event, State, fingerprint
from agent_tui.domain.pairs import other_half, say_stays
from agent_tui.domain.requests import DONE_WORDS, Booked, EntryState, HandedOff, Holder, Outcome, Refused, Request
from agent_tui.domain.sentences import say, say_cancelled
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import clock, runs_in, span
from agent_tui.domain.wall_time import short_date
from agent_tui.services.clashes import settle_clashes, settle_off, settle_unplaced
from agent_tui.services.covering import settle_blocks, without
from agent_tui.services.desk import Desk
from agent_tui.services.finding import alternatives
from agent_tui.services.flag_book import UNDO_SECONDS as UNDO_SECONDS
from agent_tui.services.flag_book import FlagBook
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import handovers as handover_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import waiting as waiting_queries
from agent_tui.store.queries import work as work_queries
from agent_tui.store.queries.entries import Range, state_of
from agent_tui.store.queries.log import NewEvent, Stamp
from agent_tui.store.trouble import KeyRefused, OutcomeUnknown
from agent_tui.store.unit_of_work import Unit

T = TypeVar("T")
TRIES = 6

# The word that answers an act, by the verb of the log.
STATUS_OF_VERB = {
    **{verb: verb for verb in ("held", "booked", "confirmed", "extended", "released", "moved", "cancelled", "recorded")},
    **{verb: verb for verb in ("undone", "unplaced", "blocked", "unblocked")},
    **{"placed": "booked", HANDED: "handed_over", TAKEN: "taken", DECLINED: "declined"},
}
_SAID = {"booked", "confirmed", "moved"}


@dataclass(frozen=True, slots=True)
class RequestId:
    """The id by which a retry is recognised, and the fingerprint that tells it from another request."""

    id: str
    fingerprint: str
    verb: str = ""


# What a caller says in their own words, and their needs, could be guessed from a hash that nobody can erase.
_PERSONAL = frozenset({"note", "access_needs", "priority_reason"})


def request_id(id: str | None, verb: str, *said: Any) -> RequestId:
    """Return a request's id (a new one where none was given) and fingerprint; free text and access needs stay out of it."""
    return RequestId(id or str(uuid.uuid4()), fingerprint([verb, *[_plain(value) for value in said]]), verb)


def id_reused(request: RequestId) -> Refused:
    """Return the refusal of an id under which something else was asked for."""
    return Refused("id_reused", "This id was used for another request; nothing was changed.", id=request.id)


@contextmanager
def known_as(request: RequestId) -> Iterator[None]:
    """Give an outcome that stays unknown the id under which it was asked for and its word: OutcomeUnknown."""
    try:
        yield
    except OutcomeUnknown as unknown:
        raise OutcomeUnknown(DONE_WORDS.get(request.verb, "done"), request.id) from unknown


def callback_id(site: str, hold: str) -> str:
    """Return the id of the call-back that a hold leaves when it lapses."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{site}:{hold}:lapsed"))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__ if name not in _PERSONAL}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value


class Act:
    """One write transaction of one person: what services/booking.py and services/changes.py are made of."""

    def __init__(self, desk: Desk, unit: Unit, request: RequestId, *, look: bool, reads: bool = False) -> None:
        """Begin an act; one that only `reads` may stand in a unit that cannot write, and writes nothing."""
        self.desk = desk
        self.unit = unit
        self.site = desk.site
        self.request = request
        self.look = look
        if reads:
            version, self.now_ms = catalogue_queries.version(unit, desk.site), unit.clock_ms()
        else:
            version, self.now_ms = catalogue_queries.version_and_clock(unit, desk.site)
        self.catalogue: Catalogue = desk.catalogue_of(unit, version)
        desk.still_may_act(self.catalogue)
        self.rules = self.catalogue  # as they were before the act
        self.freed: list[Range] = []
        self.at = desk.at(self.catalogue.site.zone)
        self.stamp = Stamp(desk.site, desk.staff.login, desk.staff.role, self.at, self.now_ms)
        self.flags = FlagBook(unit, self.stamp)
        self._clients: dict[str, Client | None] = {}

    def client(self, ref: str, *, lock: bool = False) -> Client | None:
        """Return a claimant, read once in the act, or None; with `lock` nobody else books for them until it ends."""
        if ref not in self._clients or (lock and self.unit.postgres):
            self._clients[ref] = client_queries.get(self.unit, self.site, ref, lock=lock)
        return self._clients[ref]

    @cached_property
    def hold_ms(self) -> int:
        """Return the life of a hold in milliseconds."""
        return 1000 * (self.desk.hold_seconds or self.catalogue.site.hold_seconds)

    @cached_property
    def staff_names(self) -> dict[str, str]:
        """Return names of staff by login."""
        return catalogue_queries.staff_names(self.unit, self.site)

    def answered(self) -> Outcome | None:
        """Return the answer that this request id got before, a refusal if it was another request, or None."""
        event = log_queries.by_request(self.unit, self.site, self.request.id)
        if event is None:
            return None
        if event.fingerprint != self.request.fingerprint:
            return id_reused(self.request)
        return self.answer_from(event)

    def answer_from(self, event: Event) -> Outcome:
        """Return what a line of the log answered, marked as repeated."""
        if event.verb == "handed_off":
            after = event.after or {}
            return HandedOff(
                id=after["id"],
                reason=after["why"],
                type=after["type"],
                client=event.client,
                contact=after["contact"],
                due=date.fromisoformat(after["due"]),
                repeated=True,
                request=event.request,
            )
        assert event.entry is not None
        state = event.after if event.after is not None else event.before
        assert state is not None
        entry = entry_queries.entry_from_state(event.entry, state)
        return replace(self.done(event.verb, entry, event.seq), repeated=True)

    def done(self, verb: str, entry: EntryState, seq: int) -> Booked:
        """Return the answer to an act that was done."""
        diary = self.catalogue.diaries.get(entry.diary)
        words = say(self.catalogue, entry) if verb in _SAID else self._say_cancelled(entry, seq) if verb == "cancelled" else None
        return Booked(STATUS_OF_VERB[verb], entry, diary.coach if diary else entry.diary, words, seq=seq)

    def _say_cancelled(self, entry: EntryState, seq: int) -> str:
        words, half = say_cancelled(self.catalogue, entry), other_half(self.site, entry)
        if half is None:
            return words
        # As the other half was at that line of the log, so that a retry is answered the same.
        line = [one for one in log_queries.of_entry(self.unit, self.site, half) if one.seq < seq][-1]
        other = entry_queries.entry_from_state(half, line.after or {})
        return f"{words} {say_stays(other)}" if other.status in ("booked", "late") else words

    def log(
        self,
        verb: str,
        id: str,
        before: State | None,
        after: State | None,
        *,
        reason: str | None = None,
        primary: bool = True,
        mends: bool = True,
    ) -> int:
        """Append what happened to an entry; a primary line carries the request's id.

        What `mends` is the line that closed the flags which were closed since the line before it.
        """
        owned = {(claim[0], claim[1]) for state in (before, after) for claim in entry_queries.claims_in(state)}
        self.freed += without(entry_queries.claims_in(before), entry_queries.claims_in(after))
        state = after or before or {}
        seq = log_queries.append(
            self.unit,
            self.stamp,
            NewEvent(
                verb=verb,
                entry=id,
                client=state.get("client"),
                touched=tuple(sorted(owned)),
                before=before,
                after=after,
                reason=reason,
                request=self.request.id if primary else None,
                fingerprint=self.request.fingerprint if primary else None,
            ),
        )
        if mends:
            self.flags.line_written(seq)
        return seq

    def state(self, entry: EntryState) -> State:
        """Return what the log keeps of a stored entry as it is now."""
        return state_of(entry, entry_queries.owned(self.unit, self.site, entry.id))

    def change(
        self,
        verb: str,
        before: EntryState,
        after: EntryState,
        claims: Iterable[Range] | None,
        *,
        reason: str | None = None,
        primary: bool = True,
    ) -> Booked:
        """Write an entry's next version and log it; `claims` None leaves what it owns as it is, else it owns just these."""
        old = self.state(before)
        if claims is None:
            new_claims = entry_queries.claims_in(old)
        else:
            entry_queries.let_go(self.unit, self.site, before.id)
            new_claims = sorted(claims)
            entry_queries.take(self.unit, self.site, after.id, new_claims, after.expires_at)
        entry_queries.update(self.unit, self.site, after)
        if before.status == "held" != after.status:
            self.end_handover(before)
        if verb not in ("confirmed", "extended") or before.client != after.client:
            self.settle(after.id, after.day)
        elif verb == "confirmed" and (self.catalogue.switched_off or after.day in self.catalogue.closures):
            settle_off(self, after.id)  # its diary, room or day may have been switched off while it was held
        if before.status == "unplaced" and after.status != "unplaced":
            settle_unplaced(self, after.id)
        seq = self.log(verb, after.id, old, state_of(after, new_claims), reason=reason, primary=primary)
        return self.done(verb, after, seq)

    def settle(self, entry_id: str, day: date | None = None) -> None:
        """Bring the flags between an entry and others up to date, and give what it has left to the block over it.

        Whatever lets go of an entry's time calls this after the entry's new row and claims are written; what gives it a time
        names the day, which may have been closed meanwhile.
        """
        flags = flag_queries.settled_with(self.unit, self.site, entry_id)
        if flags:
            settle_clashes(self, [flag for flag in flags if flag.kind == CLIENT_CLASH])
            settle_blocks(self, [flag for flag in flags if flag.kind == UNDER_BLOCK])
        if self.catalogue.switched_off or day in self.catalogue.closures or any(flag.kind in OFF for flag in flags):
            settle_off(self, entry_id, flags)

    def end_handover(self, hold: EntryState) -> dict[str, str]:
        """Erase the draft that was handed over with a hold that ends, and return what the claimant had said in it.

        A hold in its first version was never handed over.
        """
        kept = handover_queries.get(self.unit, self.site, hold.id) if hold.version > 1 else None
        if kept is None:
            return {}
        handover_queries.end(self.unit, self.site, hold.id)
        return said_in(kept.draft)

    def lapse(self, hold: EntryState) -> None:
        """End an expired hold as a whole and leave a call-back record, so that the caller behind it is not lost."""
        before = self.state(hold)
        entry_queries.let_go(self.unit, self.site, hold.id)
        after = replace(hold, status="lapsed", version=hold.version + 1, expires_at=None)
        entry_queries.update(self.unit, self.site, after)
        self.settle(hold.id)
        said = self.end_handover(hold)
        if waiting_queries.offered(self.unit, self.site, hold) is None:  # nobody was on the phone for an offer
            self._call_back(hold, said)
            self._flag_lapsed(hold)
        self.log("lapsed", hold.id, before, state_of(after, ()), primary=False)

    def _call_back(self, hold: EntryState, said: dict[str, str]) -> None:
        work_queries.insert_call(
            self.unit,
            self.site,
            {
                "id": callback_id(self.site, hold.id),
                "kind": "callback",
                "status": "open",
                "who": hold.made_by,
                "type": hold.type,
                "client": hold.client,
                "entry": hold.id,
                "wanted": {"day": hold.day.isoformat(), "start": clock(hold.start), "diary": hold.diary, "moving": hold.moving},
                "opened_at": self.at,
                "said": said,
            },
        )

    def _flag_lapsed(self, hold: EntryState) -> None:
        """Flag a hold that ran out while whoever made it had a call in hand, until that call or the call-back has ended."""
        call = work_queries.open_call_of(self.unit, self.site, hold.made_by)
        if call is not None:
            self.flags.raise_flag(HOLD_LAPSED, entry=hold.id, call=call)

    def finish(self, *, rules: bool = False) -> None:
        """Offer the time that came free to claimants who wait for an earlier one, and tell of flags; ends a transaction.

        With `rules` the act may have changed the site's rules, which open time too.
        """
        if rules:
            from agent_tui.services.flagging import settle_capacity

            settle_capacity(self)
        if (self.freed or rules) and waiting_queries.somebody(self.unit, self.site):
            from agent_tui.services.sooner_offers import settle_sooner

            changed = rules and catalogue_queries.version(self.unit, self.site) != self.rules.version
            settle_sooner(self, self.freed, self.rules if changed else None)
        self.flags.seal()

    def too_old(self, event: Event, id: str | None = None) -> Refused | None:
        """Refuse to take back an act that was done longer ago than it can be undone."""
        # Site time may be set back or forward; the database's clock may not be known to the person. Both must agree.
        age = max((self.at - event.at) // 1000, (self.now_ms - event.stamped) // 1000)
        if age <= UNDO_SECONDS:
            return None
        text = f"An act can be undone for {UNDO_SECONDS} seconds; this one is {age} seconds old."
        return Refused("undo_expired", text, id=id)

    def lapse_all(self, ids: Iterable[str]) -> bool:
        """End those of some entries that are expired holds; returns whether there was one."""
        found = False
        for id in sorted(ids):
            entry = entry_queries.get(self.unit, self.site, id, lock=True)
            if entry is not None and self.is_lapsed(entry):
                self.lapse(entry)
                found = True
        return found

    def is_lapsed(self, entry: EntryState) -> bool:
        """Return whether an entry is a hold whose time has run out by the database's clock."""
        return entry.status == "held" and entry.expires_at is not None and entry.expires_at <= self.now_ms

    def make_room(self, ranges: Iterable[Range], own: frozenset[str]) -> EntryState | None:
        """End the expired holds that stand on some ranges; return a live entry of somebody else's that stands there, or None."""
        standing = [entry for entry in entry_queries.overlapping(self.unit, self.site, ranges) if entry.id not in own]
        self.lapse_all(entry.id for entry in standing if self.is_lapsed(entry))
        live = [entry for entry in standing if not self.is_lapsed(entry)]
        return live[0] if live else None

    def taken_by(self, holder: EntryState) -> tuple[str, str, Holder]:
        """Return the refusal code, the sentence and the holder of a time that an entry has."""
        who = self._holder(holder)
        held_by = Holder(holder.kind, who, holder.expires_at)
        resource = ", ".join(sorted(holder.resources))
        when = f"{clock(holder.start)} to {clock(holder.end)}"
        if holder.kind == "hold":
            left = max(0, (holder.expires_at or self.now_ms) - self.now_ms) // 1000
            return "held", f"Held by {who} ({resource}, {when}), {left // 60}:{left % 60:02d} left.", held_by
        word = "an appointment" if holder.kind == "appointment" else "a block"
        return "taken", f"Taken by {word} made by {who} ({resource}, {when}).", held_by

    def _holder(self, holder: EntryState) -> str:
        """Return whose an entry is by name; of an offer who has taken it up, or that it is the waiting list's."""
        place = waiting_queries.offered(self.unit, self.site, holder)
        call = None if place is None else waiting_queries.item(self.unit, self.site, place.call or "")
        if call is None:
            return self.staff_names.get(holder.made_by, holder.made_by)
        return self.staff_names.get(call.who, call.who) if call.who else "the waiting list for sooner"

    def refuse_taken(self, holder: EntryState | None, wanted: Request, diary: str, day: date, start: int) -> Refused:
        """Return the refusal of a time that somebody has, with who and the next free starts."""
        code, sentence = "taken", "The time was taken a moment ago."
        held_by: Holder | None = None
        if holder is not None:
            code, sentence, held_by = self.taken_by(holder)
        others = alternatives(self.desk, self.unit, self.catalogue, wanted, day, start)
        if others:
            first = others[0]
            sentence += f" Next free: {short_date(first.day)} {clock(first.start)} with {first.coach}."
        return Refused(code, sentence, held_by, others, self.request.id, wanted.type, diary, day, start)


class Abandoned(Exception):
    """A refusal found after rows were written: the whole transaction is rolled back and the refusal is the answer."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.reason)
        self.refused = refused


NOT_AN_ADMIN = Refused("role", ADMIN_BOOKS_NOT)


def perform(desk: Desk, request: RequestId, work: Callable[[Act], Outcome], *, admin: bool = False) -> Outcome:
    """Run an act in one transaction and return its answer; a retry of an answered request changes nothing.

    `admin` says that an administrator may do it.
    """
    return perform_and_tell(desk, request, work, lambda booked: booked, admin=admin)


def perform_and_tell(
    desk: Desk, request: RequestId, work: Callable[[Act], Outcome], tell: Callable[[Booked], T], *, admin: bool = False
) -> T | Refused | HandedOff:
    """Run an act in one transaction and return what `tell`, in the same transaction, makes of its answer.

    When a key refuses, all is rolled back and the act runs again, now looking first at who stands in the way.
    """
    if desk.staff.role == "admin" and not admin:
        return NOT_AN_ADMIN

    def attempt(unit: Unit, look: bool) -> T | Refused | HandedOff:
        act = Act(desk, unit, request, look=look)
        outcome = act.answered()
        if outcome is None:
            outcome = work(act)
            act.finish()
            if isinstance(outcome, Refused):
                # It may be of the request's own first try, which committed while this one waited for its lock.
                outcome = act.answered() or outcome
        return tell(outcome) if isinstance(outcome, Booked) else outcome

    for attempt_number in range(TRIES):
        try:
            with known_as(request):
                return desk.store.write(lambda unit, look=attempt_number > 0: attempt(unit, look))  # type: ignore[misc]
        except Abandoned as abandoned:
            return abandoned.refused
        except KeyRefused as refused:
            # A retry that ran beside its first try finds the answer when it looks again; another's entry it does not.
            if refused.key == "entry" and attempt_number > 0:
                return Refused("id_reused", "This id belongs to another entry; nothing was changed.", id=request.id)
    return Refused("taken", "Others were faster each time; nothing was changed. Search again.", id=request.id)


def in_one_act(
    desk: Desk,
    request: RequestId,
    work: Callable[[Act], T | Refused],
    again: Callable[[Act, Event], T | Refused],
    *,
    rules: bool = False,
    settles: bool = False,
) -> T | Refused:
    """Run an act with one line of its own in one transaction and return its answer; one that is Abandoned changes nothing.

    `again` answers a retry from the line that the first try wrote. With `rules` it takes the lock of the site's rules first;
    with `settles` what the act has freed or opened goes on as `Act.finish` does.
    """

    def attempt(unit: Unit) -> T | Refused:
        if rules:
            catalogue_queries.lock_rules(unit, desk.site)
        act = Act(desk, unit, request, look=True)
        earlier = log_queries.by_request(unit, desk.site, request.id)
        if earlier is None:
            answer = work(act)
            if settles:
                act.finish(rules=rules)
            return answer
        if earlier.fingerprint != request.fingerprint or earlier.after is None:
            return id_reused(request)
        return again(act, earlier)

    with known_as(request):
        try:
            try:
                return desk.store.write(attempt)
            except KeyRefused:  # mostly the request's own first try, which committed while this one waited
                return desk.store.write(attempt)
        except Abandoned as abandoned:
            return abandoned.refused


def ranges_for(resources: Iterable[str], day: date, start: int, end: int, not_these: Iterable[Range] = ()) -> list[Range]:
    """Return the ranges of an appointment on its resources, without ticks that `not_these` (its own entry's) cover."""
    iso, out = day.isoformat(), []
    others = list(not_these)
    for resource in sorted(resources):
        mask = span(start, end)
        for other, other_day, first, last in others:
            if other == resource and other_day == iso:
                mask &= ~span(first, last)
        out += [(resource, iso, first, last) for first, last in runs_in(mask)]
    return out

"""Urgent requests that displace lower priorities: who may be displaced, and the whole chain before anything is written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256

from agent_tui.domain.availability import DiaryDay, Now, Occupied, Search
from agent_tui.domain.nearest import nearest
from agent_tui.domain.requests import PRIORITIES, EntryState, Offer, Request
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import MINUTES_PER_TICK, TICKS_PER_DAY, span, ticks_in

SPANS = (1, 5, 20)
"""Working days that are looked through for a displaced appointment, one number after the other; its own day is the first."""
DEPTH = 2
"""How deep a chain goes where the site says nothing: a displaced appointment may displace one lower still."""
CHAINS = 3
CANDIDATES = 200

PAYMENT = "payment"
"""A payment-affecting appointment gives way to one that is not."""
NOTICE = "notice"
"""A claimant would hear of it inside the notice that the site gives of a change."""

OVERRIDE = "override"
REASONS = ("payment_at_risk", "safeguarding", "legal_deadline", "care_or_prison_leaver", "other")
"""Why an urgent request displaces others, as codes; what they mean in a case is a note."""

Range = tuple[str, str, int, int]
"""A resource, an ISO day, and the first tick and the end of a claim."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An appointment as it stands, with the ranges that it owns."""

    entry: EntryState
    ranges: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """What displaces: a request of some priority for a type; `key` where its type affects a payment."""

    request: Request
    priority: str
    key: bool


@dataclass(frozen=True, slots=True)
class Displaced:
    """One appointment of a chain: where it stands, where it would go, at which depth, and why that needs approval.

    Those of depth 1 give way to the urgent request, those of depth 2 to one of depth 1. `days_lost` are calendar days,
    `shift_minutes` the distance in time of day.
    """

    entry: EntryState
    offer: Offer
    depth: int
    approval: tuple[str, ...] = ()

    @property
    def days_lost(self) -> int:
        """Return how many calendar days later the claimant is seen."""
        return (self.offer.day - self.entry.day).days

    @property
    def shift_minutes(self) -> int:
        """Return by how many minutes the time of day changes."""
        return abs(self.offer.start - self.entry.start) * MINUTES_PER_TICK


@dataclass(frozen=True, slots=True)
class Chain:
    """A start for an urgent request with all that it displaces, in the order in which they must move."""

    offer: Offer
    steps: tuple[Displaced, ...]
    version: int

    @property
    def approval(self) -> tuple[str, ...]:
        """Return why a supervisor must approve it, each reason once."""
        return tuple(sorted({reason for step in self.steps for reason in step.approval}))

    @property
    def days_lost(self) -> int:
        """Return how many days the displaced claimants lose together."""
        return sum(step.days_lost for step in self.steps)

    @property
    def told(self) -> int:
        """Return how many claimants are told that they are moved."""
        return sum(step.entry.client is not None for step in self.steps)

    @property
    def diaries(self) -> frozenset[str]:
        """Return the diaries whose coaches see another day than before."""
        return frozenset({self.offer.diary, *(code for step in self.steps for code in (step.entry.diary, step.offer.diary))})

    def diaries_on(self, day: date) -> frozenset[str]:
        """Return the diaries of which a day changes."""
        places = [(self.offer.diary, self.offer.day)]
        for step in self.steps:
            places += [(step.entry.diary, step.entry.day), (step.offer.diary, step.offer.day)]
        return frozenset(diary for diary, on in places if on == day)

    @property
    def token(self) -> str:
        """Return a digest of the chain and of what it stands on; it changes with any version in it."""
        parts = [str(self.version), self.offer.diary, self.offer.day.isoformat(), str(self.offer.start)]
        for step in self.steps:
            to = step.offer
            parts += [step.entry.id, str(step.entry.version), to.diary, to.day.isoformat(), str(to.start)]
        return sha256("\n".join(parts).encode()).hexdigest()[:16]

    def approval_at(self, now: Now, notice: int) -> tuple[str, ...]:
        """Return why a supervisor must approve it by now: what was said when it was found, and notice that has begun since."""
        late = {NOTICE} if any(inside_notice(step.entry, now, notice) for step in self.steps) else set[str]()
        return tuple(sorted({*self.approval, *late}))

    def order(self, near: int | None) -> tuple[object, ...]:
        """Return what chains are ranked by: approval, claimants told, their priorities, days lost, the day, shift and wish."""
        shift = sum(step.shift_minutes for step in self.steps)
        lowest = sum(PRIORITIES.index(step.entry.priority) for step in self.steps)
        off = self.offer.start if near is None else abs(self.offer.start - near)
        where = (self.offer.day, shift, off, self.offer.start, self.offer.diary)
        return (len(self.approval), len(self.steps), lowest, self.days_lost, *where)


def may_displace(priority: str, entry: EntryState) -> bool:
    """Return whether a priority may displace an appointment: a booked one of lower priority, never an equal one.

    Half of a pair stays, since its other half depends on it. Source: seeds/sop-slot-allocation.txt section 5.
    """
    lower = PRIORITIES.index(entry.priority) < PRIORITIES.index(priority)
    return lower and entry.kind == "appointment" and entry.status == "booked" and entry.pair is None


def approval_for(catalogue: Catalogue, key: bool, entry: EntryState, now: Now, notice: int) -> tuple[str, ...]:
    """Return why displacing an appointment needs a supervisor: PAYMENT, NOTICE, both or neither; `notice` in minutes."""
    kind = catalogue.types.get(entry.type or "")
    reasons = []
    if kind is not None and kind.key_on(entry.day) and not key:
        reasons.append(PAYMENT)
    if inside_notice(entry, now, notice):
        reasons.append(NOTICE)
    return tuple(reasons)


def has_begun(entry: EntryState, now: Now) -> bool:
    """Return whether an appointment has begun: its claimant is there, and gives way to nobody."""
    return (entry.day, entry.start) < (now.day, now.tick)


def inside_notice(entry: EntryState, now: Now, notice: int) -> bool:
    """Return whether an appointment begins in less than `notice` minutes."""
    ticks = (entry.day - now.day).days * TICKS_PER_DAY + entry.start - now.tick
    return ticks * MINUTES_PER_TICK < notice


def line_reason(code: str) -> str:
    """Return the reason code that the lines of the log of an override have."""
    return f"{OVERRIDE}:{code}"


def is_override(reason: str | None) -> bool:
    """Return whether the reason of a line of the log is that of an override."""
    return (reason or "").partition(":")[0] == OVERRIDE


def may_commit(role: str, approval: Iterable[str]) -> bool:
    """Return whether a role may carry a chain out: a supervisor any, a team leader one that nothing asks approval for.

    Source: seeds/sop-slot-allocation.txt section 5.
    """
    return role == "supervisor" or (role == "leader" and not tuple(approval))


@dataclass
class _Board:
    """The diaries as they stand while a chain is tried: taken ticks, claimants' own time, uses of limited segments."""

    catalogue: Catalogue
    masks: dict[tuple[str, str], int]
    clients: dict[tuple[str, str], int]
    limits: dict[tuple[str, str, str, int], int]
    standing: dict[str, Standing] = field(default_factory=dict)

    def copy(self) -> "_Board":
        return _Board(self.catalogue, dict(self.masks), dict(self.clients), dict(self.limits), dict(self.standing))

    def lift(self, one: Standing) -> None:
        """Take an appointment away."""
        for resource, day, start, end in one.ranges:
            self.masks[resource, day] = self.masks.get((resource, day), 0) & ~span(start, end)
        self._count(one.entry.client, one.entry.diary, one.entry.day, one.entry.start, one.entry.end, -1)
        self.standing.pop(one.entry.id, None)

    def lay(self, client: str | None, offer: Offer) -> None:
        """Let an offer be taken."""
        iso = offer.day.isoformat()
        for resource in offer.resources:
            self.masks[resource, iso] = self.masks.get((resource, iso), 0) | span(offer.start, offer.end)
        self._count(client, offer.diary, offer.day, offer.start, offer.end, 1)

    def _count(self, client: str | None, diary: str, day: date, start: int, end: int, by: int) -> None:
        iso = day.isoformat()
        if client is not None:
            kept = self.clients.get((client, iso), 0)
            self.clients[client, iso] = kept | span(start, end) if by > 0 else kept & ~span(start, end)
        if self.catalogue.has_limits and diary in self.catalogue.diaries:
            for stretch in self.catalogue.plan(diary, day).limited(start, end):
                key = (diary, iso, *stretch.limit_key)
                self.limits[key] = self.limits.get(key, 0) + by

    def occupied(self, client: str | None) -> Occupied:
        """Return what a search of one claimant meets."""
        own = {} if client is None else {day: mask for (who, day), mask in self.clients.items() if who == client}
        return Occupied(self.masks, own, self.limits)


class Planner:
    """Finds the chains of an urgent request on one picture of the diaries; nothing is read or written.

    `standing` are the appointments that stand in the days looked at, those of every claimant among them, `occupied` all
    time that is taken with them. `notice` is in minutes, `booker` whom the person books for.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        standing: Iterable[Standing],
        occupied: Occupied,
        now: Now,
        *,
        notice: int,
        booker: str | None = None,
        depth: int = DEPTH,
    ) -> None:
        self.catalogue = catalogue
        self.now = now
        self.notice = notice
        self.booker = booker
        self.depth = depth
        self.board = _Board(catalogue, dict(occupied.masks), {}, dict(occupied.limits))
        for one in standing:
            self.board.standing[one.entry.id] = one
            if one.entry.client is not None:
                key = (one.entry.client, one.entry.day.isoformat())
                self.board.clients[key] = self.board.clients.get(key, 0) | span(one.entry.start, one.entry.end)

    def chains(self, claim: Claim, most: int = CHAINS) -> tuple[Chain, ...]:
        """Return the best chains for a request, each for another set of appointments, the least disturbing first.

        What is displaced is placed in turn, payment types first, each at its nearest place; one that has none may displace
        a lower priority. After the first chain comes, where there is one, the same start with a chain one deeper, in which
        the displaced are seen sooner. None where no start can be had so.
        """
        found: list[tuple[Chain, tuple[Standing, ...]]] = []
        for offer, over in self._candidates(self.board, claim):
            steps = self._make_way(self.board.copy(), claim.request.client, offer, over, claim, 1)
            if steps is not None:
                found.append((Chain(offer, steps, self.catalogue.version), over))
        found.sort(key=lambda one: one[0].order(claim.request.near))
        ranked = [chain for chain, _over in found]
        sooner = self._sooner(claim, *found[0]) if found else None
        return tuple((ranked if sooner is None else [ranked[0], sooner, *ranked[1:]])[:most])

    def _sooner(self, claim: Claim, chain: Chain, over: Sequence[Standing]) -> Chain | None:
        """Return a chain for the same start in which those displaced lose fewer days since they displace lower ones in turn."""
        lost = sum(step.days_lost for step in chain.steps if step.depth == 1)
        above = any(step.days_lost and step.entry.priority != PRIORITIES[0] for step in chain.steps)
        if not above or self.depth < DEPTH:
            return None
        client = claim.request.client
        steps = self._make_way(self.board.copy(), client, chain.offer, over, claim, 1, sooner=True)
        if steps is None or sum(step.days_lost for step in steps if step.depth == 1) >= lost:
            return None
        return Chain(chain.offer, steps, self.catalogue.version)

    def _candidates(self, board: _Board, claim: Claim) -> list[tuple[Offer, tuple[Standing, ...]]]:
        """Return starts that some appointments of lower priority stand in the way of, with these; fewest first."""
        there = [one for one in board.standing.values() if not has_begun(one.entry, self.now)]
        lower = [one for one in there if may_displace(claim.priority, one.entry)]
        relaxed = board.copy()
        for one in lower:
            relaxed.lift(one)
        here = Search(self.catalogue, claim.request, board.occupied(claim.request.client), self.now)
        # What the claimant has is no lower priority's time: whoever wants it moves it.
        meets = Occupied(relaxed.masks, here.occupied.client, relaxed.limits)
        cleared = Search(self.catalogue, claim.request, meets, self.now)
        by_place: dict[tuple[str, str], list[tuple[int, int, Standing]]] = {}
        for one in lower:
            for resource, iso, start, end in one.ranges:
                by_place.setdefault((resource, iso), []).append((start, end, one))
        best: dict[tuple[str, date, frozenset[str]], tuple[tuple[int, ...], Offer, tuple[Standing, ...]]] = {}
        for offer in self._starts(here, cleared):
            over = _over(by_place, offer)
            if not over:
                continue
            near = claim.request.near
            rank = (offer.start if near is None else abs(offer.start - near), offer.start)
            key = (offer.diary, offer.day, frozenset(one.entry.id for one in over))
            if key not in best or rank < best[key][0]:
                best[key] = (rank, offer, over)
        ordered = sorted(best.values(), key=lambda one: (len(one[2]), one[1].day, one[0], one[1].diary))
        return [(offer, over) for _rank, offer, over in ordered[:CANDIDATES]]

    def _starts(self, here: Search, there: Search) -> Iterator[Offer]:
        """Yield every start that the request could have if lower priorities gave way, in rooms that are free where there are."""
        for day in there.days():
            for diary in there.diaries():
                found = there.diary_day(diary, day)
                if isinstance(found, DiaryDay):
                    for tick in ticks_in(found.starts):
                        offer = there.place(found, tick)
                        free = here.rooms_at(day, tick, found.length) if there.needs else ()
                        yield offer if not free else replace(offer, resources=(diary.code, *free))

    def _make_way(
        self,
        board: _Board,
        client: str | None,
        offer: Offer,
        over: Sequence[Standing],
        by: Claim,
        depth: int,
        *,
        sooner: bool = False,
    ) -> tuple[Displaced, ...] | None:
        """Place what an offer displaces, in turn, and lay the offer; None where one has no place or a rule still refuses it.

        Each stands until it has moved, so that the moves can be written one after the other. With `sooner` one whose free
        place is on a later day displaces a lower priority that stands on a day before it, if there is such.
        """
        board.lay(client, offer)
        for one in over:
            board.standing.pop(one.entry.id, None)  # it moves once, and gives way to nobody else
        steps: list[Displaced] = []
        for one in sorted(over, key=self._first_served):
            placed = self._place(board, one, offer, by, depth, sooner=sooner)
            if placed is None:
                return None
            steps += placed
        return tuple(steps) if self._within_limits(board, offer) else None

    def _first_served(self, one: Standing) -> tuple[object, ...]:
        kind = self.catalogue.types.get(one.entry.type or "")
        key = kind is not None and kind.key_on(one.entry.day)
        return (not key, -PRIORITIES.index(one.entry.priority), one.entry.start - one.entry.end, one.entry.start, one.entry.id)

    def _place(self, board: _Board, one: Standing, laid: Offer, by: Claim, depth: int, *, sooner: bool) -> list[Displaced] | None:
        entry = one.entry
        kind = self.catalogue.types.get(entry.type or "")
        if kind is None or (self.booker is not None and self.booker not in kind.may_book):
            return None
        approval = approval_for(self.catalogue, by.key, entry, self.now, self.notice)
        board.lift(one)
        self._lay_again(board, by.request.client, laid)
        base = Request(
            kind.code, entry.day, entry.day, channel=entry.channel, needs=entry.needs, client=entry.client, booker=self.booker
        )
        found = self._free_place(board, base, entry)
        last = self._last(entry.day, SPANS[1])
        deeper = depth < self.depth
        if found is not None:
            last = min(last, found.day - timedelta(days=1))
            deeper = deeper and sooner and last >= entry.day
        placed = None
        if deeper:
            claim = Claim(replace(base, last_day=last, near=entry.start), entry.priority, kind.key_on(entry.day))
            placed = self._over_others(board, entry, claim, approval, depth)
        if placed is None and found is not None:
            board.lay(entry.client, found)
            return [Displaced(entry, found, depth, approval)]
        return placed

    def _over_others(
        self, board: _Board, entry: EntryState, claim: Claim, approval: tuple[str, ...], depth: int
    ) -> list[Displaced] | None:
        """Place a displaced appointment where lower priorities make way for it, and return all who move; None for none."""
        best: tuple[tuple[object, ...], _Board, list[Displaced]] | None = None
        for offer, over in self._candidates(board, claim):
            trial = board.copy()
            steps = self._make_way(trial, entry.client, offer, over, claim, depth + 1)
            if steps is None:
                continue
            rank = Chain(offer, steps, 0).order(entry.start)
            if best is None or rank < best[0]:
                best = (rank, trial, [*steps, Displaced(entry, offer, depth, approval)])
        if best is None:
            return None
        board.masks, board.clients, board.limits, board.standing = (
            best[1].masks,
            best[1].clients,
            best[1].limits,
            best[1].standing,
        )
        return best[2]

    def _lay_again(self, board: _Board, client: str | None, offer: Offer) -> None:
        """Take the ticks of what displaces again, of which lifting the displaced has freed some."""
        iso = offer.day.isoformat()
        for resource in offer.resources:
            board.masks[resource, iso] = board.masks.get((resource, iso), 0) | span(offer.start, offer.end)
        if client is not None:
            board.clients[client, iso] = board.clients.get((client, iso), 0) | span(offer.start, offer.end)

    def _free_place(self, board: _Board, base: Request, entry: EntryState) -> Offer | None:
        home = self.catalogue.diaries.get(entry.diary)
        ranks = {
            one.code: 0 if one.code == entry.diary else 1 if home is not None and one.team == home.team else 2
            for one in self.catalogue.diaries.values()
        }
        for days in SPANS:
            wanted = replace(base, first_day=entry.day, last_day=self._last(entry.day, days))
            found = nearest(Search(self.catalogue, wanted, board.occupied(entry.client), self.now), entry.start, ranks)
            if found is not None:
                return found
        return None

    def _last(self, day: date, working_days: int) -> date:
        return max(day, self.catalogue.working_days_from(max(day, self.now.day), working_days))

    def _within_limits(self, board: _Board, offer: Offer) -> bool:
        """Return whether the limited segments that an offer touches have room for it, once what it displaces is gone."""
        if not self.catalogue.has_limits:
            return True
        iso = offer.day.isoformat()
        for stretch in self.catalogue.plan(offer.diary, offer.day).limited(offer.start, offer.end):
            if board.limits.get((offer.diary, iso, *stretch.limit_key), 0) > (stretch.segment.limit or 0):
                return False
        return True


def _over(by_place: Mapping[tuple[str, str], Sequence[tuple[int, int, Standing]]], offer: Offer) -> tuple[Standing, ...]:
    iso = offer.day.isoformat()
    found = {
        one.entry.id: one
        for resource in offer.resources
        for start, end, one in by_place.get((resource, iso), ())
        if start < offer.end and offer.start < end
    }
    return tuple(found[id] for id in sorted(found))


def last_day_needed(catalogue: Catalogue, request: Request) -> date:
    """Return the last day whose claims a planner must know for a request: that of the latest place of what it displaces."""
    return catalogue.working_days_from(request.last_day + timedelta(days=1), SPANS[-1])

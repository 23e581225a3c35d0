"""Every act of the services, in any order, against a dictionary: a state machine of Hypothesis.

After each act the entries, their versions, the owner of every tick and the length of the log must be what the dictionary
says; at the end of each example both sweeps read the store. The database's clock and site time stand still unless a rule
moves them.
"""

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from agent_tui.domain.override_requests import Overridden
from agent_tui.domain.rehoming import Rehoming
from agent_tui.domain.requests import Blocked, Booked, EntryState, Moved, Refused
from agent_tui.services import overriding, rehoming
from agent_tui.services.desk import Desk
from agent_tui.services.segmenting import Effect
from agent_tui.store import unit_of_work
from agent_tui.store.sweep import sweep_store
from agent_tui.store.unit_of_work import Store
from tests.small_site import FIVE, NINE, NOON, ONE
from tests.torture import site
from tests.torture.acts import Answer, away_of, perform, repeated, urgent, word
from tests.torture.checker import check
from tests.torture.journal import Intent
from tests.torture.world import HOLD_MS, LIMIT, NEEDS_ROOM, OWNING, UNDO_MS, Differs, Done, Entry, World, days, diaries, length_of

START_MS = 1_796_000_000_000
SUPERVISOR = site.login(3)
STARTS = (NINE, NINE + 2, NINE + 8, NINE + 20, NOON - 4, ONE, ONE + 6, ONE + 24, FIVE - 6)
KINDS = tuple(site.TICKS)
BUSY = {"taken", "held"}
CHANGEABLE = (*OWNING, "unplaced")

who = st.integers(0, 3)
above = st.sampled_from((3, 3, 3, 2))
kind = st.sampled_from(KINDS)
place = st.tuples(st.integers(0, 2), st.integers(0, 1), st.sampled_from(STARTS))
claimant = st.integers(0, 4)
pick = st.integers(0, 15)
maybe = st.booleans()


def make_template(path: Path) -> None:
    """Make the store of which each example gets a copy."""
    site.make_site(str(path), diaries=3, agents=4, limit=LIMIT)


class Services(RuleBasedStateMachine):
    """The services of one small site, asked by three agents and a supervisor."""

    template: ClassVar[Path]
    done: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.path = self.template.with_name("example.db")
        shutil.copyfile(self.template, self.path)
        self.store = Store(str(self.path))
        first = Desk(self.store, site.SITE, site.agent(0), site.now(), HOLD_MS // 1000)
        self.desks = {site.login(one): replace(first, staff=site.agent(one)) for one in range(4)}
        self.world = World(now=START_MS)
        self.number = 0
        self.seq = 0
        self.last: tuple[Intent, Answer] | None = None
        # Whether anything but the last act has happened since it, which decides if an undo of it must be done.
        self.quiet = False

    def teardown(self) -> None:
        """Let both sweeps read what is left."""
        try:
            found = sweep_store(self.store, site.SITE)
            broken = {name: one.examples for name, one in found.items() if one.violations}
            wrong = check(str(self.path), site.SITE, [], all_answered=False).problems
            if broken or wrong:
                raise Differs(f"the sweeps find {broken} and {wrong}")
        finally:
            self.store.close()
            for suffix in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    # Asking.

    def desk(self, login: str) -> Desk:
        """Return a desk at this moment of both clocks."""
        unit_of_work._SQLITE_CLOCK = str(self.world.now)
        return self.desks[login].seen_at(site.now() + timedelta(milliseconds=self.world.now - START_MS))

    def ask(self, act: str, login: str, **said: Any) -> Answer:
        """Ask the services for something with a new id."""
        self.number += 1
        intent = Intent(act, f"request-{self.number}", login, said)
        answer = perform(self.desk(login), intent)
        self.done[f"{act} {word(answer)}"] += 1
        self.last = intent, answer
        return answer

    def expect(self, act: str, answer: Answer, codes: set[str]) -> bool:
        """Return whether an act was done; refused must be what has a reason, and nothing else."""
        if word(answer) == "done":
            if codes:
                raise Differs(f"{act} was done although {sorted(codes)}: {answer}")
            return True
        if word(answer) not in codes:
            raise Differs(f"{act} was answered {answer} and not {sorted(codes) or 'done'}")
        return False

    def end(self, answered: Answer, act: Callable[[], None] | None = None) -> None:
        """Do in the dictionary what was done, and compare it with the store; what was refused has changed nothing."""
        before = dict(self.world.versions)
        if act is not None:
            act()
        self.world.settle_blocks()
        self.compare(before, done=act is not None)
        self.quiet = act is not None

    def remember(self, login: str, entry: str, before: dict[str, Entry | None], *, undo: bool = False) -> None:
        """Keep what an undo of the act would have to restore."""
        self.world.acts.append(Done(login, self.world.now, entry, before, undo))

    def compare(self, versions: dict[str, int], *, done: bool) -> None:
        """Compare the store with the dictionary; a hold that has run out may have been ended since by whoever met it."""
        world, lapsed = self.world, False
        with self.store.read() as unit:
            rows = unit.rows(
                "SELECT id, kind, status, type, client, diary, day, start_tick, end_tick, resources, expires_at, moving, version"
                " FROM entry WHERE site = ?",
                site.SITE,
            )
            ticks = unit.rows("SELECT resource, day, tick, entry FROM occupancy WHERE site = ?", site.SITE)
            head = unit.row("SELECT seq FROM site_head WHERE site = ?", site.SITE)
        for id, *shown, resources, expires, moving, version in rows:
            known = world.entries.get(id)
            if known is None:
                raise Differs(f"the store has an entry {id} that nobody made")
            if shown[1] == "lapsed" and known.status == "held" and not world.lives(known):
                world.end(id, "lapsed")
                known, lapsed = world.entries[id], True
            stored = (*shown, tuple(sorted(json.loads(resources))), expires, moving)
            if stored != known.shown:
                raise Differs(f"entry {id} is {stored} and should be {known.shown}")
            if not done and id in versions and version != versions[id] and known.status != "lapsed" and known.kind != "block":
                raise Differs(f"entry {id} went from version {versions[id]} to {version}, though nothing was done")
            world.versions[id] = version
        if len(rows) != len(world.entries):
            raise Differs(f"{world.entries.keys() - {row[0] for row in rows}} are gone")
        owned = {(row[0], row[1], row[2]): row[3] for row in ticks if world.lives(world.entries[row[3]])}
        if owned != world.owners():
            raise Differs(
                f"owned and not so in the dictionary, or the other way round: {set(owned.items()) ^ set(world.owners().items())}"
            )
        seq = int(head[0]) if head else 0
        if not done and not lapsed and seq != self.seq:
            raise Differs(f"the log grew from {self.seq} to {seq}, though nothing was done")
        if done and seq <= self.seq:
            raise Differs("something was done that no line tells of")
        self.seq = seq

    def chosen(self, pick: int, *kinds: str) -> Entry | None:
        """Return one of the entries of some kinds, the newest first, and now and then one that has ended."""
        found = [one for one in self.world.entries.values() if one.kind in kinds and (pick > 11 or one.status in CHANGEABLE)]
        return found[-1 - pick % len(found)] if found else None

    @staticmethod
    def written(state: EntryState, owner: str) -> Entry:
        """Return an answered entry as the dictionary keeps it."""
        when = (state.diary, state.day.isoformat(), state.start, state.end, state.resources)
        return Entry(state.id, state.kind, state.status, state.type, state.client, *when, owner, state.expires_at, state.moving)

    # Holding, booking, confirming.

    def take(self, act: str, login: str, wanted: Entry, clash: bool) -> None:
        """Hold or book, and hold the answer against the dictionary."""
        world, moved = self.world, self.world.entries.get(wanted.moving or "")
        codes = set[str]()
        if wanted.moving is not None and (moved is None or moved.status != "booked"):
            codes = {"unknown_entry"}
        else:
            codes = world.against(wanted, frozenset() if moved is None else frozenset((moved.id,)), clash=clash)
        said = {"type": wanted.type, "day": wanted.day, "start": wanted.start, "diary": wanted.diary, "allow_clash": clash}
        said |= {"moving": wanted.moving} if moved is not None else {"client": wanted.client}
        answer = self.ask(act, login, **said)
        if not self.expect(act, answer, codes):
            return self.end(answer)
        assert isinstance(answer, Booked)
        state = "held" if act == "hold" else "booked"
        entry = self.written(answer.entry, login)
        expires = world.now + HOLD_MS if act == "hold" else None
        shown = replace(wanted, id=entry.id, status=state, expires=expires, resources=self.rooms(wanted, entry))
        if shown.shown != entry.shown:
            raise Differs(f"{act} was answered {entry.shown}, asked was {shown.shown}")

        def write() -> None:
            world.put(shown, around=None if moved is None else moved.id)
            self.remember(login, shown.id, {shown.id: None})

        return self.end(answer, write)

    def rooms(self, wanted: Entry, given: Entry) -> tuple[str, ...]:
        """Return the resources that a service has chosen: the diary, and one room for what needs one."""
        rooms = [one for one in given.resources if one != wanted.diary]
        if len(rooms) != (wanted.type == NEEDS_ROOM) or given.resources[0] != wanted.diary:
            raise Differs(f"{given.resources} are not what {wanted.type} in {wanted.diary} needs")
        return given.resources

    def wanted(self, kind: str, place: tuple[int, int, int], login: str, client: int, *, held: bool) -> Entry:
        """Return the entry that a wish is for."""
        diary, day, start = diaries()[place[0]], days()[place[1]], place[2]
        person = site.client(client) if client < 4 else None
        what = "hold" if held else "appointment"
        end = start + length_of(kind)
        return Entry("", what, "", kind, person, diary, day, start, end, (diary,), login)

    def something(self, pick: int) -> None:
        """Hold a start where there is nothing yet that could be acted on."""
        place = (pick % 3, pick % 2, STARTS[pick % len(STARTS)])
        self.take("hold", site.login(0), self.wanted(KINDS[pick % len(KINDS)], place, site.login(0), pick % 5, held=True), False)

    @rule(who=who, kind=kind, place=place, client=claimant, clash=maybe)
    def hold(self, who: int, kind: str, place: tuple[int, int, int], client: int, clash: bool) -> None:
        """Hold a start, for somebody or for nobody yet."""
        login = site.login(who)
        self.take("hold", login, self.wanted(kind, place, login, client, held=True), clash)

    @rule(who=who, kind=kind, place=place, client=claimant, clash=maybe)
    def book(self, who: int, kind: str, place: tuple[int, int, int], client: int, clash: bool) -> None:
        """Book a start in one act."""
        login = site.login(who)
        self.take("book", login, self.wanted(kind, place, login, client % 4, held=False), clash)

    @rule(who=who, pick=pick, place=place, clash=maybe)
    def hold_to_move(self, who: int, pick: int, place: tuple[int, int, int], clash: bool) -> None:
        """Hold a start to move an appointment to it."""
        moved, login = self.chosen(pick, "appointment"), site.login(who)
        if moved is None:
            return self.something(pick)
        wanted = self.wanted(moved.type or "", place, login, 4, held=True)
        return self.take("hold", login, replace(wanted, client=moved.client, moving=moved.id), clash)

    def on_hold(self, held: Entry, login: str) -> set[str]:
        """Return why somebody may not act on a hold."""
        if held.status == "lapsed" or (held.status == "held" and not self.world.lives(held)):
            return {"hold_expired"}
        if held.status != "held":
            return {"not_possible"}
        return set() if login in (held.made_by, SUPERVISOR) else {"role"}

    @rule(who=who, pick=pick, client=claimant)
    def confirm(self, who: int, pick: int, client: int) -> None:
        """Confirm a hold, or the move for which it was made."""
        held, world = self.chosen(pick, "hold"), self.world
        if held is None:
            return self.something(pick)
        login, person = site.login((held.made_by == SUPERVISOR and 3) or who), site.client(client) if client < 4 else None
        codes, moved = self.on_hold(held, login), world.entries.get(held.moving or "")
        goes = None
        if not codes and moved is not None:
            goes = replace(held, id=moved.id, kind="appointment", moving=None, client=moved.client, type=moved.type)
            own = frozenset((moved.id, *(one.id for one in world.entries.values() if one.moving == moved.id)))
            codes = {"stale_version"} if moved.status != "booked" else world.against(goes, own, clash=True)
        elif not codes:
            codes = {"not_allowed"} if not world.fits(held) else set()
            codes |= {"unknown_client"} if (person or held.client) is None else set()
        answer = self.ask("confirm", login, entry=held.id, client=person, clash=True)
        if not self.expect("confirm", answer, codes):
            return self.end(answer)
        assert isinstance(answer, Booked)
        given = self.written(answer.entry, held.made_by)

        def write() -> None:
            if moved is not None and goes is not None:
                self.remember(login, moved.id, {moved.id: moved})
                world.end(held.id, "moved")
                world.release_moves(moved.id)
                world.end(moved.id, "booked")
                after = replace(goes, status="booked", expires=None, made_by=moved.made_by)
                world.put(replace(after, resources=self.rooms(after, given)))
                return
            self.remember(login, held.id, {held.id: held})
            after = replace(held, kind="appointment", status="booked", client=person or held.client, expires=None)
            world.entries[held.id] = after

        return self.end(answer, write)

    @rule(who=who, pick=pick, keep=maybe)
    def extend_or_release(self, who: int, pick: int, keep: bool) -> None:
        """Give a hold its whole time anew, or give its time back."""
        held, login, act = self.chosen(pick, "hold"), site.login(who), "extend" if keep else "release"
        if held is None:
            return self.something(pick)
        answer = self.ask(act, login, entry=held.id)
        if not self.expect(act, answer, self.on_hold(held, login)):
            return self.end(answer)

        def write() -> None:
            self.remember(login, held.id, {held.id: held})
            if keep:
                self.world.entries[held.id] = replace(held, expires=self.world.now + HOLD_MS)
            else:
                self.world.end(held.id, "released")

        return self.end(answer, write)

    # Moving and cancelling.

    @rule(who=who, pick=pick, place=place)
    def move(self, who: int, pick: int, place: tuple[int, int, int]) -> None:
        """Move an appointment or a hold to another start."""
        old, login, world = self.chosen(pick, "appointment", "hold"), site.login(who), self.world
        if old is None:
            return self.something(pick)
        codes = set[str]()
        if old.status in ("held", "lapsed"):
            codes = self.on_hold(old, login)
        elif old.status not in ("booked", "unplaced"):
            codes = {"not_possible"}
        goes = self.wanted(old.type or "", place, old.made_by, 4, held=old.kind == "hold")
        goes = replace(goes, id=old.id, client=old.client, moving=old.moving)
        if not codes:
            moves = [one.id for one in world.entries.values() if one.moving == old.id]
            own = frozenset((old.id, *moves, *([old.moving] if old.moving else [])))
            codes = world.against(goes, own)
        answer = self.ask("move", login, entry=old.id, day=goes.day, start=goes.start, diary=goes.diary)
        if not self.expect("move", answer, codes):
            return self.end(answer)
        assert isinstance(answer, Booked)
        given = self.written(answer.entry, old.made_by)

        def write() -> None:
            self.remember(login, old.id, {old.id: old})
            world.release_moves(old.id)
            status = "booked" if old.status == "unplaced" else old.status
            world.put(replace(goes, status=status, expires=old.expires, resources=self.rooms(goes, given)), around=old.moving)

        return self.end(answer, write)

    @rule(who=who, pick=pick)
    def cancel(self, who: int, pick: int) -> None:
        """Cancel an appointment."""
        old, login = self.chosen(pick, "appointment", "hold"), site.login(who)
        if old is None:
            return self.something(pick)
        expired = old.status == "lapsed" or (old.status == "held" and not self.world.lives(old))
        codes = {"hold_expired"} if expired else set() if old.status in ("booked", "unplaced") else {"not_possible"}
        answer = self.ask("cancel", login, entry=old.id)
        if not self.expect("cancel", answer, codes):
            return self.end(answer)

        def write() -> None:
            self.remember(login, old.id, {old.id: old})
            self.world.release_moves(old.id)
            self.world.end(old.id, "cancelled")

        return self.end(answer, write)

    # Blocks, segments, re-homing, overrides.

    @rule(who=above, place=place, length=st.integers(2, 30), over=st.sampled_from(("refuse", "keep", "cancel", "move")))
    def block(self, who: int, place: tuple[int, int, int], length: int, over: str) -> None:
        """Block a stretch of a diary, over whatever stands there."""
        login, world = site.login(who), self.world
        diary, day, start, end = diaries()[place[0]], days()[place[1]], place[2], min(place[2] + length, FIVE)
        block = Entry("", "block", "blocked", None, None, diary, day, start, end, (diary,), login)
        standing = [one for one in world.living() if one.ticks & block.span]
        codes = set[str]()
        if login != SUPERVISOR:
            codes = {"role"}
        elif any(one.kind != "appointment" or world.under_block(one) for one in standing) or (standing and over == "refuse"):
            codes = BUSY
        answer = self.ask("block", login, diary=diary, day=day, start=start, end=end, over=over)
        if over == "move" and standing and not codes and word(answer) == "taken":
            return self.end(answer)  # there is no other place for one of them, which the dictionary cannot know
        if not self.expect("block", answer, codes):
            return self.end(answer)
        assert isinstance(answer, Blocked)

        def write() -> None:
            before: dict[str, Entry | None] = {answer.ids[0]: None}
            if over in ("cancel", "move"):
                before |= {one.id: one for one in standing}
            made = replace(block, id=answer.ids[0])
            if over == "cancel":
                for one in standing:
                    world.release_moves(one.id)
                    world.end(one.id, "cancelled")
            if over == "move":
                self.moved(list(answer.moves), [one.id for one in standing])
            world.put(made)
            self.remember(login, made.id, before)

        return self.end(answer, write)

    def moved(self, moves: list[Moved], expected: list[str]) -> None:
        """Carry out moves whose places a service has chosen; each must have been free, and allowed, in its turn."""
        world = self.world
        if sorted(one.before.id for one in moves) != sorted(expected):
            raise Differs(f"moved were {[one.before.id for one in moves]} and not {expected}")
        for one in moves:
            world.release_moves(one.before.id)
        for one in moves:
            old = world.entries[one.before.id]
            goes = replace(self.written(one.after, old.made_by), status="booked", expires=None)
            wrong = world.against(goes, frozenset((old.id,)))
            if wrong or (goes.type, goes.client) != (old.type, old.client):
                raise Differs(f"{old.shown} was moved to {goes.shown}, though {sorted(wrong)}")
            world.put(replace(goes, resources=self.rooms(goes, goes)))

    @rule(who=above, pick=pick)
    def unblock(self, who: int, pick: int) -> None:
        """Give a block's time back."""
        old, login = self.chosen(pick, "block"), site.login(who)
        if old is None:
            return self.something(pick)
        codes = {"role"} if login != SUPERVISOR else set() if old.status == "blocked" else {"not_possible"}
        answer = self.ask("unblock", login, entry=old.id)
        if not self.expect("unblock", answer, codes):
            return self.end(answer)

        def write() -> None:
            self.remember(login, old.id, {old.id: old})
            self.world.end(old.id, "released")

        return self.end(answer, write)

    @rule(
        who=above,
        diary=st.integers(0, 1),
        day=st.integers(0, 1),
        hours=st.sampled_from(((NINE, FIVE), (NINE + 12, FIVE), (NINE, FIVE - 12), (NINE, NOON))),
    )
    def save_segments(self, who: int, diary: int, day: int, hours: tuple[int, int]) -> None:
        """Save the hours of a diary's day: what does not fit any more loses its time."""
        login, code, iso, world = site.login(who), diaries()[diary], days()[day], self.world
        opened = frozenset((*range(max(NINE, hours[0]), NOON), *range(ONE, hours[1])))
        said = {"diary": code, "day": iso, "first": hours[0], "last": hours[1], "limit": None}
        answer = self.ask("segments", login, **said)
        if word(answer) == "unchanged" and world.plans.get((code, iso)) == opened:
            return self.end(answer)
        if not self.expect("segments", answer, set() if login == SUPERVISOR else {"role"}):
            return self.end(answer)
        assert isinstance(answer, Effect)

        def write() -> None:
            there = [one for one in world.living() if (one.diary, one.day, one.status) == (code, iso, "booked")]
            there = [one for one in there if world.fits(one)]
            world.plans[code, iso] = opened
            lost = {one.id for one in there if not world.fits(one)}
            if lost != {one.id for one in answer.unplaced}:
                raise Differs(f"without a time are {[one.id for one in answer.unplaced]} and not {lost}")
            for id in lost:
                world.end(id, "unplaced")

        self.end(answer, write)
        self.quiet = False  # what is undone is the act before it

    @rule(diary=st.integers(0, 2), day=st.integers(0, 1))
    def rehome(self, diary: int, day: int) -> None:
        """Place a day's appointments of one diary anew, as the plan that was shown says."""
        said: dict[str, Any] = {"diary": diaries()[diary], "day": days()[day]}
        plan, world = rehoming.preview(self.desk(SUPERVISOR), away_of(said)), self.world
        leavers = [
            one for one in world.entries.values()
            if (one.diary, one.day) == (said["diary"], said["day"]) and one.status in ("booked", "unplaced")
        ]  # fmt: skip
        if isinstance(plan, Refused):
            self.done[f"rehome {plan.code}"] += 1
            if leavers or plan.code != "nothing_found":
                raise Differs(f"re-homing {leavers} was answered {plan}")
            return
        holds = [one for one in world.living() if one.kind == "hold" and said["diary"] in one.resources]
        staying = [one for one in holds if one.day == said["day"] and one.moving not in {leaver.id for leaver in leavers}]
        answer = self.ask("rehome", SUPERVISOR, **said, token=plan.token)
        if word(answer) in ("held", "nothing_found") and (staying or not plan.moved):
            return self.end(answer)
        if not self.expect("rehome", answer, set()):
            return
        assert isinstance(answer, Rehoming)

        def write() -> None:
            before: dict[str, Entry | None] = {}
            gone = {one.before.id for one in answer.moved}
            for one in leavers:
                world.release_moves(one.id)
                if one.status == "booked" or one.id in gone:
                    before[one.id] = one
                world.end(one.id, "unplaced")
            self.moved(list(answer.moved), sorted(gone))
            if {one.id for one in leavers} != gone | {one.id for one in answer.left}:
                raise Differs(f"{[one.id for one in leavers]} are not those of {answer}")
            for made in answer.blocks:
                before[made.id] = None
                world.put(self.written(made, SUPERVISOR))
            last = self.line_of(f"request-{self.number}")
            self.remember(SUPERVISOR, last, before)

        return self.end(answer, write)

    def line_of(self, request: str) -> str:
        """Return the entry of the line that answered a request."""
        with self.store.read() as unit:
            row = unit.row("SELECT entry FROM event WHERE site = ? AND request = ?", site.SITE, request)
        assert row is not None
        return str(row[0])

    @rule(kind=kind, place=place, client=claimant)
    def override(self, kind: str, place: tuple[int, int, int], client: int) -> None:
        """Book an urgent request over those who give way, as the chain that was shown says."""
        wanted, world = self.wanted(kind, place, SUPERVISOR, client % 4, held=False), self.world
        said = {"type": kind, "day": wanted.day, "start": wanted.start, "diary": wanted.diary, "client": wanted.client}
        found = overriding.preview(self.desk(SUPERVISOR), urgent(said))
        if isinstance(found, Refused):
            self.done[f"override {found.code}"] += 1
            if found.code == "not_possible" and world.against(wanted, frozenset()):
                raise Differs(f"{wanted.shown} is said to be free: {found}")
            return
        if not world.against(wanted, frozenset()):
            raise Differs(f"{wanted.shown} is free and would displace {found.chains[0].steps}")
        answer = self.ask("override", SUPERVISOR, **said, token=found.chains[0].token)
        if not self.expect("override", answer, set()):
            return
        assert isinstance(answer, Overridden)

        def write() -> None:
            displaced = [step.entry.id for step in found.chains[0].steps]
            before: dict[str, Entry | None] = {id: world.entries[id] for id in displaced}
            self.moved(list(answer.moves), displaced)
            made = replace(self.written(answer.entry, SUPERVISOR), status="booked")
            wrong = world.against(made, frozenset())
            if wrong or (made.diary, made.day, made.start) != (wanted.diary, wanted.day, wanted.start):
                raise Differs(f"the override was booked as {made.shown}, though {sorted(wrong)}")
            world.put(replace(made, resources=self.rooms(wanted, made)))
            self.remember(SUPERVISOR, made.id, before | {made.id: None})

        return self.end(answer, write)

    # Undoing, asking again, time.

    @rule(who=who)
    def undo(self, who: int) -> None:
        """Take back somebody's last act."""
        login, world = site.login(who), self.world
        last = next((one for one in reversed(world.acts) if one.login == login), None)
        must = self.quiet and last is not None and last is world.acts[-1] and not last.undo
        answer = self.ask("undo", login, entry=None)
        if last is None or last.undo:
            codes = {"not_possible"}
        elif world.now - last.at > UNDO_MS:
            codes = {"undo_expired", "stale_version", "not_possible"}
        elif must or word(answer) == "done":
            codes = set()
        else:
            codes = {"taken", "held", "client_clash", "limit", "not_possible", "stale_version"}
        if not self.expect("undo", answer, codes):
            return self.end(answer)
        assert last is not None

        def write() -> None:
            now = {id: world.entries[id] for id in last.before}
            for id in last.before:
                world.release_moves(id)
                world.end(id, "undone")
            for id, old in last.before.items():
                if old is None:
                    continue
                if old.status not in OWNING:
                    world.entries[id] = replace(old, ticks=frozenset())
                    continue
                expires = world.now + HOLD_MS if old.status == "held" else None
                world.put(replace(old, expires=expires), around=old.moving)
            self.remember(login, last.entry, dict(now), undo=True)

        return self.end(answer, write)

    @rule(pick=pick)
    def again(self, pick: int) -> None:
        """Ask for the last thing once more with its id: it is answered as before, and nothing is done."""
        if self.last is None:
            return self.something(pick)
        intent, first = self.last
        answer = perform(self.desk(intent.login), intent)
        if word(first) == "done" and (word(answer) != "done" or not repeated(answer)):
            raise Differs(f"{intent} was answered {first}, again {answer}")
        if word(first) != "done" and word(answer) == "done":
            raise Differs(f"{intent} was refused as {first}, again {answer}")
        self.done["again"] += 1
        quiet = self.quiet
        self.end(answer)
        self.quiet = quiet
        return None

    @rule(long=st.integers(0, 3))
    def wait(self, long: int) -> None:
        """Let some time go by: less than an undo has, more than that, or more than a hold lives."""
        self.world.now += (20_000, UNDO_MS + 1_000, UNDO_MS + 1_000, HOLD_MS + 1_000)[long]
        self.done["wait"] += 1
        self.quiet = False

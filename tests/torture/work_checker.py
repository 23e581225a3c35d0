"""What must hold of all work beside the time itself: flags, hand-offs, the waiting list, overrides, escalations, pairs.

The checker gives it each line of the log as it goes through them; the tables are read by plain SQL of its own.
"""

import json
import uuid
from collections import Counter
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

BUSY = {"held", "booked", "attended", "late", "blocked"}
WITHOUT_TIME = {"not_allowed", "import_overlap", "displaced"}
# What moves several entries at once says so in the reason of each of its lines; the last of them answers the request.
WHOLE_ACTS = ("rehomed", "override")
OF_HANDOFFS = {"handed_off": "open", "handoff_taken": "taken", "handoff_closed": "closed"}
OF_OVERRIDES = ("override_prepared", "override_decided", "override_reopened")


@dataclass
class Lines:
    """What the log says of work, in the order of its lines."""

    flags: dict[str, str] = field(default_factory=dict)
    handoffs: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)
    escalated: Counter[str] = field(default_factory=Counter)
    made: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    latest: int = 0
    wrong: list[str] = field(default_factory=list)
    _unended: tuple[int, str, int, str] | None = None

    def read(
        self, seq: int, stamped: int, who: str, verb: str, entry: str | None, after: Any, reason: str | None, ends: bool
    ) -> None:
        """Take one line; `ends` says that it carries the id of a request."""
        kept: dict[str, Any] = after or {}
        self.latest = max(self.latest, stamped)
        self._whole(seq, stamped, who, (reason or "").partition(":")[0], ends)
        if entry is not None and entry not in self.made:
            self.made[entry] = (seq, kept.get("pair"))
        if verb == "flags_changed":
            for told in kept["flags"]:
                self.flags[told["flag"]] = told["status"]
        elif verb == "flag_resolved" and kept["how"] != "escalate":
            self.flags[kept["flag"]] = "closed"
        elif verb == "flag_reopened":
            self.flags[kept["flag"]] = "open"
        elif verb in OF_HANDOFFS:
            self.handoffs[kept["id"] if verb == "handed_off" else kept["handoff"]] = OF_HANDOFFS[verb]
        elif verb in OF_OVERRIDES:
            self.overrides[kept["override"]] = kept["status"]
        elif verb == "escalated":
            self.escalated[kept["escalation"]] += 1

    def _whole(self, seq: int, stamped: int, who: str, kind: str, ends: bool) -> None:
        """Look for an act on several entries whose last line, which answers it, is missing."""
        if self._unended is not None and (seq != self._unended[0] + 1 or (who, stamped) != (self._unended[1], self._unended[2])):
            self.wrong.append(f"the {self._unended[3]} act of line {self._unended[0]} was cut off")
        mine = kind in WHOLE_ACTS or self._unended is not None
        self._unended = (seq, who, stamped, kind or "same") if mine and not ends and kind in (*WHOLE_ACTS, "") else None


def check_work(tables: Any, site: str, lines: Lines, entries: dict[str, tuple[Any, ...]], counts: Counter[str]) -> list[str]:
    """Return what is wrong with a site's work, one sentence each.

    `entries` are the rows of the checker: kind, status, type, client, diary, day, start, end, ... by id.
    """
    wrong = list(lines.wrong)
    _flags(tables, site, lines, entries, counts, wrong)
    _clashes(tables, site, lines, entries, wrong)
    _same("hand-off", dict(tables.rows(f"SELECT id, status FROM handoff WHERE site = '{site}'")), lines.handoffs, wrong)
    _overrides(tables, site, lines, entries, wrong)
    _waiting(tables, site, entries, wrong)
    _escalations(tables, site, lines, entries, wrong)
    _pairs(site, lines, entries, wrong)
    return wrong


def _same(what: str, stored: dict[str, str], logged: dict[str, str], wrong: list[str]) -> None:
    for id in sorted(stored.keys() | logged.keys()):
        if stored.get(id) != logged.get(id):
            wrong.append(f"{what} {id} is {stored.get(id)}, the log says {logged.get(id)}")


def _flags(
    tables: Any, site: str, lines: Lines, entries: dict[str, tuple[Any, ...]], counts: Counter[str], wrong: list[str]
) -> None:
    statement = f"SELECT id, kind, entry, other, status, closed_seq, mended_seq FROM flag WHERE site = '{site}'"
    stored, without_time = {}, set()
    for id, kind, entry, other, status, closed_seq, _mended in tables.rows(statement):
        stored[id] = status
        counts[f"flags {status}"] += 1
        if (status == "open") != (closed_seq is None):
            wrong.append(f"flag {id} is {status} and closed by line {closed_seq}")
        wrong += [f"flag {id} is about entry {one}, which does not exist" for one in (entry, other) if one and one not in entries]
        if status == "open" and kind in WITHOUT_TIME:
            without_time.add(entry)
            if entry in entries and entries[entry][1] != "unplaced":
                wrong.append(f"flag {id} ({kind}) is open, and entry {entry} is {entries[entry][1]}")
    _same("flag", stored, lines.flags, wrong)
    for id, entry in entries.items():
        if entry[1] == "unplaced" and id not in without_time:
            wrong.append(f"entry {id} has no time and no open flag")


def _clashes(tables: Any, site: str, lines: Lines, entries: dict[str, tuple[Any, ...]], wrong: list[str]) -> None:
    """Look for a claimant who has two times at once without a flag; a hold that had run out by any line is no time."""
    statement = f"SELECT entry, other FROM flag WHERE site = '{site}' AND kind = 'client_clash'"
    flagged = {frozenset(row) for row in tables.rows(statement)}
    of_client: dict[tuple[str, str], list[str]] = {}
    for id, entry in entries.items():
        lives = entry[1] in BUSY and (entry[10] is None or entry[10] > lines.latest)
        if lives and entry[3] is not None:
            of_client.setdefault((entry[3], entry[5]), []).append(id)
    for ids in of_client.values():
        for one, other in combinations(sorted(ids), 2):
            first, second = entries[one], entries[other]
            of_one_move = first[11] == other or second[11] == one or (first[11] is not None and first[11] == second[11])
            if first[6] < second[7] and second[6] < first[7] and not of_one_move and frozenset((one, other)) not in flagged:
                wrong.append(f"the entries {one} and {other} are of one claimant at one time and have no flag")


def _overrides(tables: Any, site: str, lines: Lines, entries: dict[str, tuple[Any, ...]], wrong: list[str]) -> None:
    stored = {}
    for id, status, entry, decided_by in tables.rows(
        f"SELECT id, status, entry, decided_by FROM override_request WHERE site = '{site}'"
    ):
        stored[id] = status
        if (status == "approved") != (entry is not None) or (status == "open") != (decided_by is None):
            wrong.append(f"override {id} is {status}, its entry {entry}, decided by {decided_by}")
        if entry is not None and entry not in entries:
            wrong.append(f"override {id} made entry {entry}, which does not exist")
    _same("override", stored, lines.overrides, wrong)


def _waiting(tables: Any, site: str, entries: dict[str, tuple[Any, ...]], wrong: list[str]) -> None:
    """Look for an offer of an earlier time without its hold or its call, and for such a call that nobody is offered in."""
    calls = dict(tables.rows(f"SELECT id, status FROM call WHERE site = '{site}' AND kind = 'sooner'"))
    offered = set()
    for entry, status, wanted, call in tables.rows(f"SELECT entry, status, wanted, call FROM waiting WHERE site = '{site}'"):
        if status != "offered":
            continue
        offered.add(call)
        hold = json.loads(wanted)["hold"]
        if hold not in entries or entries[hold][11] != entry:
            wrong.append(f"what is offered to {entry} is no hold of its move: {hold}")
        if calls.get(call) is None:
            wrong.append(f"what is offered to {entry} has no call")
    wrong += [f"the open call {id} offers nothing" for id, status in calls.items() if status == "open" and id not in offered]


def _escalations(tables: Any, site: str, lines: Lines, entries: dict[str, tuple[Any, ...]], wrong: list[str]) -> None:
    subjects = {
        "flag": {row[0] for row in tables.rows(f"SELECT id FROM flag WHERE site = '{site}'")},
        "call": {row[0] for row in tables.rows(f"SELECT id FROM call WHERE site = '{site}'")},
        "handoff": {row[0] for row in tables.rows(f"SELECT id FROM handoff WHERE site = '{site}'")},
        "appointment": set(entries),
    }
    stored: Counter[str] = Counter()
    for id, kind, subject in tables.rows(f"SELECT id, subject_kind, subject FROM escalation WHERE site = '{site}'"):
        stored[id] += 1
        if subject not in subjects[kind]:
            wrong.append(f"escalation {id} is about {kind} {subject}, which does not exist")
    if stored != lines.escalated:
        wrong.append(
            f"the escalations {sorted((stored - lines.escalated) + (lines.escalated - stored))} are not those of the log"
        )


def _pairs(site: str, lines: Lines, entries: dict[str, tuple[Any, ...]], wrong: list[str]) -> None:
    """Look for half of a pair: made without the other, or confirmed while the other is still held."""
    for id, (_, pair) in lines.made.items():
        entry = entries.get(id)
        if pair is None or entry is None or entry[0] == "block":
            continue
        other = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{site}:{pair}:second")) if id == pair else pair
        if other not in entries or lines.made.get(other, (0, None))[1] != pair:
            wrong.append(f"entry {id} is half of a pair whose other half was never made")
        elif entry[1] == "booked" and entries[other][1] == "held":
            wrong.append(f"entry {id} is booked, and the other half of its pair, {other}, only held")

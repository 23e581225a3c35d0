"""Overrides that an agent prepares and a supervisor decides: what is kept of them, in codes and ids, and how they end."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final

from agent_tui.domain.override import Chain, Displaced
from agent_tui.domain.requests import ClockWindow, EntryState, Moved, Offer, Refused, Request, Wish

PREPARED, DECIDED, REOPENED = "override_prepared", "override_decided", "override_reopened"
OPEN, APPROVED, DECLINED, WITHDRAWN, OUTDATED = "open", "approved", "declined", "withdrawn", "outdated"
STATUSES = (OPEN, APPROVED, DECLINED, WITHDRAWN, OUTDATED)
APPROVE, DECLINE, WITHDRAW = "approve", "decline", "withdraw"
DECISIONS = (APPROVE, DECLINE, WITHDRAW)
STATUS_OF = {APPROVE: APPROVED, DECLINE: DECLINED, WITHDRAW: WITHDRAWN}
_WAYS: Final[Mapping[str | None, str]] = {
    **{"sms": "by text", "email": "by e-mail", "letter": "by letter", "phone": "by phone", None: "to be asked how"},
}
SAID = ("priority_reason", "access_needs", "note")
"""What of a wish is free text, which can be erased and is in no line of the log."""


@dataclass(frozen=True, slots=True)
class OverrideRequest:
    """An override that was prepared; instants in ms UTC, `entry` the appointment that an approval has made."""

    id: str
    status: str
    wanted: Wish
    chain: Chain
    reason: str
    prepared_by: str
    prepared_at: int
    decided_by: str | None = None
    decided_at: int | None = None
    entry: str | None = None

    @property
    def is_open(self) -> bool:
        """Return whether it waits for a decision."""
        return self.status == OPEN


@dataclass(frozen=True, slots=True)
class Previewed:
    """What an urgent request could displace: up to three chains, the least disturbing first. Nothing was written.

    `free` is the next start that anybody could book outside what was asked for, None where there is none.
    """

    wanted: Wish
    chains: tuple[Chain, ...]
    free: Offer | None = None

    def chain(self, token: str) -> Chain | None:
        """Return the chain that a token stands for."""
        return next((one for one in self.chains if one.token == token), None)


@dataclass(frozen=True, slots=True)
class Hearing:
    """How who is told would hear of chains: claimants by opaque id with their channel, None where somebody has to ask them.

    `noted` are the diaries whose coaches get a note where their day of today changes.
    """

    ways: Mapping[str, str | None] = field(default_factory=dict)
    noted: frozenset[str] = frozenset()

    def claimants(self, chain: Chain) -> dict[str | None, int]:
        """Return how many claimants are told that they are moved, by channel."""
        return dict(Counter(self.ways.get(one.entry.client) for one in chain.steps if one.entry.client is not None))

    def coaches(self, chain: Chain, today: date) -> int:
        """Return how many coaches get a note."""
        return len(self.noted & chain.diaries_on(today))

    def words(self, chain: Chain, today: date) -> str:
        """Return who is told in words: "1 claimant by text, 1 to be asked how, 1 coach by a note"."""
        found, coaches = self.claimants(chain), self.coaches(chain, today)
        parts = [f"{found[way]} {_WAYS[way]}" for way in _WAYS if way in found]
        if parts:
            number, _, rest = parts[0].partition(" ")
            parts[0] = f"{number} claimant{'' if number == '1' else 's'} {rest}"
        if coaches:
            parts.append(f"{coaches} coach{'' if coaches == 1 else 'es'} by a note")
        return ", ".join(parts) or "nobody"


@dataclass(frozen=True, slots=True)
class Overridden:
    """An override that was carried out: the appointment, its coach, what to say, what was moved for it, and why."""

    entry: EntryState
    coach: str
    say: str | None
    moves: tuple[Moved, ...]
    reason: str
    repeated: bool = False

    @property
    def told(self) -> int:
        """Return how many claimants are told that they were moved."""
        return sum(one.after.client is not None for one in self.moves)


@dataclass(frozen=True, slots=True)
class RefusedOverride(Refused):
    """An override that was refused because something has changed, with the chains that there are instead."""

    instead: tuple[Chain, ...] = ()


def wish_record(wish: Wish) -> dict[str, Any]:
    """Return what is kept of a wish: codes, days and the opaque id of the claimant."""
    search = wish.search
    assert search is not None
    return {
        **{"type": wish.type, "client": wish.client, "priority": wish.priority, "contact": wish.contact},
        **{"language": wish.language, "claim_date": None if wish.claim_date is None else wish.claim_date.isoformat()},
        **{"first_day": search.first_day.isoformat(), "last_day": search.last_day.isoformat()},
        **{"window": None if search.window is None else asdict(search.window), "near": search.near, "diary": search.diary},
        **{"team": search.team, "channel": search.channel, "needs": list(search.needs), "notice": search.notice},
    }


def wish_from(record: Mapping[str, Any], said: Mapping[str, str]) -> Wish:
    """Return the wish of a record, with what was said in free text."""
    claimed = record["claim_date"]
    search = Request(
        type=record["type"],
        first_day=date.fromisoformat(record["first_day"]),
        last_day=date.fromisoformat(record["last_day"]),
        window=None if record["window"] is None else ClockWindow(**record["window"]),
        needs=tuple(record["needs"]),
        **{name: record[name] for name in ("near", "diary", "team", "channel", "client", "notice")},
    )
    return Wish(
        type=search.type,
        diary=search.diary,
        search=search,
        client=search.client,
        needs=search.needs,
        contact=record["contact"],
        priority=record["priority"],
        language=record["language"],
        claim_date=None if claimed is None else date.fromisoformat(claimed),
        priority_reason=said.get("priority_reason"),
        access_needs=said.get("access_needs"),
        note=said.get("note"),
    )


def said_of(wish: Wish) -> dict[str, str]:
    """Return the free text of a wish by name."""
    return {name: text for name in SAID if (text := getattr(wish, name))}


def chain_record(chain: Chain) -> dict[str, Any]:
    """Return a chain as plain values: ids and codes."""
    steps = [
        {"entry": _plain(asdict(one.entry)), "offer": _plain(asdict(one.offer)), "depth": one.depth, "approval": one.approval}
        for one in chain.steps
    ]
    return {"offer": _plain(asdict(chain.offer)), "steps": steps, "version": chain.version}


def chain_from(record: Mapping[str, Any]) -> Chain:
    """Return the chain of a record."""
    steps = tuple(
        Displaced(EntryState(**_read(one["entry"])), Offer(**_read(one["offer"])), one["depth"], tuple(one["approval"]))
        for one in record["steps"]
    )
    return Chain(Offer(**_read(record["offer"])), steps, record["version"])


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return values | {"day": values["day"].isoformat()}


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    lists = {name: tuple(values[name]) for name in ("resources", "needs") if name in values}
    return {**values, "day": date.fromisoformat(values["day"]), **lists}

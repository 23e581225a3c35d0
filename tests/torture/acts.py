"""What a client may ask of the services, each act with its id: an intent in plain values goes in, the answer comes out."""

from collections.abc import Callable
from datetime import date
from typing import Any

from agent_tui.domain.override_requests import Overridden
from agent_tui.domain.pairs import Paired
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.rehoming import Away, Rehoming
from agent_tui.domain.requests import Blocked, Booked, ClockWindow, HandedOff, Refused, Request, Wish
from agent_tui.domain.sooner import SoonerWish
from agent_tui.services import blocking, booking, changes, handoffs, overriding, pairing, rehoming, resolving, segmenting, sooner
from agent_tui.services.desk import Desk
from agent_tui.services.override_requests import Waits, decide, prepare
from agent_tui.services.pairing import PairSearch, PairWish
from tests.small_site import ASSIGNED, FIVE, NINE, NOON, ONE
from tests.torture.journal import Intent

Said = dict[str, Any]
Answer = (
    Booked
    | Refused
    | HandedOff
    | Blocked
    | Overridden
    | Waits
    | Rehoming
    | Paired
    | sooner.Placed
    | handoffs.HandoffChanged
    | resolving.Resolved
    | segmenting.Effect
    | segmenting.Rejected
)
WHOLE_DAY = ((NINE, NOON), (ONE, FIVE))


def perform(desk: Desk, intent: Intent) -> Answer:
    """Ask the services for what an intent says, with its id."""
    said, id = dict(intent.said), intent.request
    acts: dict[str, Callable[[], Answer]] = {
        "hold": lambda: booking.hold(desk, wish_of(said), id=id),
        "book": lambda: booking.book(desk, wish_of(said), id=id),
        "confirm": lambda: booking.confirm(desk, said["entry"], client=said["client"], allow_clash=said["clash"], id=id),
        "extend": lambda: booking.extend(desk, said["entry"], id=id),
        "release": lambda: booking.release(desk, said["entry"], id=id),
        "move": lambda: changes.move(desk, said["entry"], date.fromisoformat(said["day"]), said["start"], said["diary"], id=id),
        "cancel": lambda: changes.cancel(desk, said["entry"], "claimant", id=id),
        "undo": lambda: changes.undo(desk, said["entry"], id=id),
        "hand off": lambda: booking.hand_off(desk, wish_of(said), id=id),
        "take": lambda: handoffs.take(desk, said["handoff"], id=id),
        "close": lambda: handoffs.close(desk, said["handoff"], "dealt_with", id=id),
        "block": lambda: _block(desk, said, id),
        "unblock": lambda: blocking.unblock(desk, said["entry"], id=id),
        "pair": lambda: pairing.hold(desk, _pair(said), id=id),
        "confirm pair": lambda: pairing.confirm(desk, said["entry"], client=said["client"], allow_clash=True, id=id),
        "wait": lambda: sooner.add(desk, said["entry"], SoonerWish(), id=id),
        "segments": lambda: segmenting.save(desk, [pattern_of(said)], id=id),
        "rehome": lambda: rehoming.commit(desk, away_of(said), said["token"], id=id),
        "override": lambda: overriding.commit(desk, urgent(said), said["token"], "legal_deadline", id=id),
        "prepare": lambda: prepare(desk, urgent(said), said["token"], "legal_deadline", id=id),
        "decide": lambda: decide(desk, said["override"], said["how"], id=id),
        "resolve": lambda: resolving.resolve(desk, said["flag"], resolving.Wanted(said["how"], said["why"]), id=id),
    }
    return acts[intent.act]()


def wish_of(said: Said) -> Wish:
    """Return the wish that plain values say."""
    return Wish(**(said | {"day": date.fromisoformat(said["day"])}))


def urgent(said: Said) -> Wish:
    """Return the urgent request for one diary and start that nothing but an override could book."""
    day, start = date.fromisoformat(said["day"]), said["start"]
    search = Request(said["type"], day, day, ClockWindow(start, start + 1, False), diary=said["diary"])
    return Wish(said["type"], first=True, search=search, client=said["client"], priority="urgent")


def away_of(said: Said) -> Away:
    """Return the diary whose coach is off on a day."""
    return Away(said["diary"], date.fromisoformat(said["day"]))


def pattern_of(said: Said) -> Pattern:
    """Return one diary's day as it shall be: open from `first` to `last` but for lunch, at most `limit` in its morning."""
    day, opened = date.fromisoformat(said["day"]), []
    for start, end in WHOLE_DAY:
        start, end = max(start, said["first"]), min(end, said["last"])
        if start < end:
            opened.append(Segment(start, end, ASSIGNED, limit=said["limit"] if end <= NOON else None))
    # What no segment of the diary says the site's pattern would: closed segments say it.
    shut = [Segment(start, end, frozenset()) for start, end in ((NINE, said["first"]), (said["last"], FIVE)) if start < end]
    return Pattern("", "diary", said["diary"], None, day, day, None, (*opened, *shut))


def _block(desk: Desk, said: Said, id: str) -> Blocked | Refused:
    day = date.fromisoformat(said["day"])
    return blocking.block(desk, said["diary"], day, said["start"], said["end"], "meeting", over=said["over"], id=id)


def _pair(said: Said) -> PairWish:
    day = date.fromisoformat(said["day"])
    search = PairSearch(said["first"], said["second"], day, day, 240, said["client"])
    return PairWish(search, allow_clash=True)


def repeated(answer: Answer) -> bool:
    """Return whether an answer says that it was given before."""
    return bool(getattr(answer, "repeated", False))


def word(answer: Answer) -> str:
    """Return "done", or the code of what was not."""
    if isinstance(answer, Refused):
        return answer.code
    if isinstance(answer, segmenting.Rejected):
        return "rejected"
    if isinstance(answer, segmenting.Effect) and answer.status == "unchanged":
        return "unchanged"
    return "done"

"""What the list of offers shows, as one frozen value, and an offer in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

from agent_tui.domain.cleaning import clean_for_display
from agent_tui.domain.drop_in import DropInNow
from agent_tui.domain.requests import Booked, Found, Offer, Reason, Refused
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock
from agent_tui.domain.wall_time import spoken_day

Kind = Literal["empty", "searching", "offers", "none", "handoff", "held", "confirmed", "refused"]

OfferKey = tuple[str, date, int]
"""Diary, day and start: what makes two offers the same time."""


def offer_key(offer: Offer) -> OfferKey:
    """Return what an offer is known by."""
    return offer.diary, offer.day, offer.start


def offer_of(booked: Booked) -> Offer:
    """Return the time of an entry as an offer, for the row of a hold."""
    entry = booked.entry
    return Offer(
        entry.diary,
        booked.coach,
        "",
        entry.day,
        entry.start,
        entry.end,
        entry.channel or "",
        entry.resources,
        flush=False,
    )


@dataclass(frozen=True, slots=True)
class OffersState:
    """One state of the list; made by the class methods below.

    `choices` are the offers that can be selected, in a hold's state the held one first. `total` counts the offers that
    the search found in all, `others` the starts that it does not recommend; with `every`
    there are none. `displaces` says that the request is urgent enough to displace others. `expires_at` is in ms UTC, by the
    clock that `tick_clock` brings. `drop_in` says when no appointment is needed.
    """

    kind: Kind
    generation: int = 0
    choices: tuple[Offer, ...] = ()
    total: int = 0
    type_name: str = ""
    reasons: tuple[Reason, ...] = ()
    expires_at: int | None = None
    client_known: bool = True
    say: str = ""
    told: bool = False
    how: str = ""
    refused: Refused | None = None
    drop_in: str = ""
    others: int = 0
    every: bool = False
    displaces: bool = False

    @classmethod
    def empty(cls) -> Self:
        """No type is chosen yet."""
        return cls("empty")

    @classmethod
    def searching(cls, generation: int) -> Self:
        """A search is under way; answers to an earlier one are dropped from here on."""
        return cls("searching", generation)

    @classmethod
    def of(cls, found: Found, generation: int, *, every: bool = False, urgent: bool = False) -> Self:
        """What a search found: offers, reasons for none, or a type that only a hand-off can serve.

        An `urgent` request for which there is none may displace others.
        """
        kind: Kind = "offers" if found.offers else "handoff" if found.status == "handoff" else "none"
        name = found.type.name or found.type.code
        drop_in = drop_in_words(found.drop_in)
        total = max(found.total, len(found.offers))
        others = max(0, found.starts - found.total)
        return cls(
            *(kind, generation, found.offers, total, name, found.reasons),
            drop_in=drop_in,
            others=others,
            every=every,
            displaces=urgent and kind == "none",
        )

    @classmethod
    def holding(cls, booked: Booked, others: tuple[Offer, ...] = (), *, client_known: bool = True) -> Self:
        """A hold of mine, and below it the other offers; without a client the next step is to find one."""
        held = offer_of(booked)
        rest = tuple(offer for offer in others if offer_key(offer) != offer_key(held))
        return cls(
            "held",
            choices=(held, *rest),
            total=1 + len(rest),
            expires_at=booked.entry.expires_at,
            client_known=client_known,
        )

    @classmethod
    def confirmed(cls, booked: Booked, *, told: bool = False, how: str = "") -> Self:
        """An appointment that was made: the sentences to say, whether that was recorded, and how else the claimant is told."""
        return cls("confirmed", say=booked.say or "", told=told, how=how)

    @classmethod
    def refusal(cls, refused: Refused) -> Self:
        """An act that was refused: why, by whom, and the next free starts to choose from."""
        return cls("refused", choices=refused.alternatives, total=len(refused.alternatives), refused=refused)


def drop_in_words(drop_in: DropInNow | None) -> str:
    """Return when no appointment is needed and what to say, empty where the type is no drop-in."""
    if drop_in is None:
        return ""
    when = f" ({drop_in.next})" if drop_in.next else ""
    return f"Drop-in{when}: {drop_in.words}"


def describe_offer(
    offer: Offer,
    *,
    type_name: str = "",
    gone: Mapping[OfferKey, str] | None = None,
    held: bool = False,
    minutes: bool = False,
) -> str:
    """Return an offer in words for the status line, with what the list's short mark means; `held` if it is my hold.

    With `minutes`, for those who look after diaries, it also says how many minutes it strands and is expected to cost.
    """
    coach = clean_for_display(offer.coach[:200])
    when = f"{coach}, {spoken_day(offer.day)}, {clock(offer.start)} to {clock(offer.end)}"
    who = (gone or {}).get(offer_key(offer))
    if who is not None:
        return f"{when}: gone, {clean_for_display(who[:200])} has it now" if who else f"{when}: gone, somebody has it now"
    if held:
        return f"{when}, held for you"
    fits = f"{clean_for_display(type_name[:200])} " if type_name else ""
    effect = "keeps the diary whole" if offer.keeps_whole else "leaves less room for long meetings"
    if minutes:
        effect += f"; strands {offer.stranded_minutes} min, costs {offer.loss * MINUTES_PER_TICK:.0f} min of later bookings"
    return f"{when}, free; {fits}{effect}"

"""The team leader's check of a week: signed once, with what was short then and what was done about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from agent_tui.domain.clients import holds_personal
from agent_tui.domain.guarantee import OK, GuaranteeNow
from agent_tui.domain.week import Week

LEAST_WORDS, MOST_WORDS = 2, 500
SIGNED, UNSIGNED = "week_signed", "week_unsigned"


@dataclass(frozen=True, slots=True)
class Red:
    """A guarantee that was not well when a week was signed: status "fails" or "low", starts found and guaranteed."""

    type: str
    status: str
    found: int
    starts: int
    days: int


@dataclass(frozen=True, slots=True)
class WeeklyCheck:
    """A week that was signed off: what was red then, what was done in the signer's words, who and when (site time, ms UTC)."""

    week: Week
    red: tuple[Red, ...]
    done: str
    signed_by: str
    signed_at: int


def red_of(found: Iterable[GuaranteeNow]) -> tuple[Red, ...]:
    """Return what is not well among guarantees, by code."""
    short = [Red(one.rule.type, one.status, one.found, one.rule.starts, one.rule.days) for one in found if one.status != OK]
    return tuple(sorted(short, key=lambda one: one.type))


def may_be_signed(week: Week, today: date) -> str | None:
    """Return why a week cannot be signed on a day, None where it can: last week, this week and the next.

    What was short longer ago nobody can look at any more, and what will be short later nobody can look at yet.
    """
    this = Week.of(today)
    if week < this.later(-1):
        return f"Week {week} is too long past: what was short then cannot be looked at any more. Last week's is {this.later(-1)}."
    if week > this.later(1):
        return f"Week {week} is too far ahead to be checked; the last that can be signed is {this.later(1)}."
    return None


def words_problem(words: str) -> str | None:
    """Return what is wrong with the words of what was done, or None."""
    if not LEAST_WORDS <= len(words) <= MOST_WORDS:
        return f"Say in {LEAST_WORDS} to {MOST_WORDS} characters what was done; nothing is an answer too."
    if holds_personal(words):
        return "What was done names nobody: leave phone numbers and national references out."
    return None


def missing(signed: Iterable[Week], today: date) -> tuple[Week, ...]:
    """Return the weeks that nobody has signed, newest first: this week, and those since the first that was signed."""
    known, this = set(signed), Week.of(today)
    weeks = (this.monday - min(known, default=this).monday).days // 7
    back = (this.later(-number) for number in range(max(weeks, 0) + 1))
    return tuple(week for week in back if week not in known)

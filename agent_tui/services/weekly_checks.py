"""The team leader's check of a week: signed once, listed with what is missing, taken back within a minute by its signer."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent_tui.domain.cleaning import clean_lines
from agent_tui.domain.log import Event
from agent_tui.domain.requests import Refused
from agent_tui.domain.wall_time import spoken_day, wall_of
from agent_tui.domain.week import Week
from agent_tui.domain.weekly_check import (
    MOST_WORDS,
    SIGNED,
    UNSIGNED,
    WeeklyCheck,
    may_be_signed,
    missing,
    red_of,
    words_problem,
)
from agent_tui.services.acts import Act, RequestId, id_reused, in_one_act, request_id
from agent_tui.services.desk import Desk
from agent_tui.services.guarantees import MAY_SET, stand
from agent_tui.services.one_line import write_line
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import guarantees as guarantee_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.trouble import KeyRefused
from agent_tui.store.unit_of_work import Unit

_ROLE = "A week is signed off by a team leader, a supervisor or an administrator."


@dataclass(frozen=True, slots=True)
class Checks:
    """The weeks that were signed, newest first, those that nobody has signed, and names of staff by login."""

    signed: tuple[WeeklyCheck, ...]
    missing: tuple[Week, ...]
    names: Mapping[str, str]
    zone: str


@dataclass(frozen=True, slots=True)
class Signed:
    """What became of a week: `status` is "signed" or "undone"; who signed it by name."""

    status: str
    check: WeeklyCheck
    name: str
    repeated: bool = False


def checks(desk: Desk) -> Checks:
    """Return the weeks that were signed and those that are missing; anybody may look, and nothing is written."""
    with desk.store.read() as unit:
        signed = tuple(guarantee_queries.checks(unit, desk.site))
        names = catalogue_queries.staff_names(unit, desk.site)
        zone = desk.catalogue(unit).site.zone
    return Checks(signed, missing((one.week for one in signed), desk.now.date()), names, zone)


def sign(desk: Desk, week: Week, done: str, *, id: str | None = None) -> Signed | Refused:
    """Sign a week off with what is red now, and what was done about it, and return Signed or Refused.

    A week that is signed already is refused by its key, with who signed it and when. The words are kept beside the week
    and nowhere else: not in the log, nor in a hash there; they may hold no phone number and no national reference.
    Source: seeds/spotlight-appointment-booking.txt, "How to check the availability of work coach diaries".
    """
    words = clean_lines(done, limit=MOST_WORDS + 1).strip()
    request = request_id(id, SIGNED, str(week))

    def attempt(unit: Unit) -> Signed | Refused:
        earlier = _earlier(desk, unit, request, words)
        if earlier is not None:
            return earlier
        act = Act(desk, unit, request, look=True)
        check = WeeklyCheck(week, red_of(stand(desk, unit)), words, desk.staff.login, act.at)
        guarantee_queries.sign(unit, desk.site, check)
        write_line(act, SIGNED, {"week": str(week), "red": [one.type for one in check.red]})
        return Signed("signed", check, desk.staff.name)

    refused = _refuse(desk, week, words)
    if refused is not None:
        return refused
    try:
        return desk.store.write(attempt)
    except KeyRefused:
        with desk.store.read() as unit:
            return _earlier(desk, unit, request, words) or _signed_already(desk, unit, week)


def _refuse(desk: Desk, week: Week, words: str) -> Refused | None:
    if desk.staff.role not in MAY_SET:
        return Refused("role", _ROLE)
    problem = may_be_signed(week, desk.now.date()) or words_problem(words)
    return None if problem is None else Refused("not_possible", problem)


def _earlier(desk: Desk, unit: Unit, request: RequestId, words: str) -> Signed | Refused | None:
    """Return the answer that this request got before, None where it is new."""
    event = log_queries.by_request(unit, desk.site, request.id)
    if event is None:
        return None
    check = None if event.after is None else guarantee_queries.check_of(unit, desk.site, _week(event.after["week"]))
    if event.fingerprint != request.fingerprint or (check is not None and check.done != words):
        return id_reused(request)
    if check is None:
        return Refused("not_possible", "This was signed and taken back since; sign it again under another id.", id=request.id)
    return Signed("signed", check, _name(desk, unit, check.signed_by), repeated=True)


def _signed_already(desk: Desk, unit: Unit, week: Week) -> Refused:
    found = guarantee_queries.check_of(unit, desk.site, week)
    if found is None:
        return Refused("stale_version", f"Week {week} was signed by somebody and taken back a moment ago; sign it again.")
    made = wall_of(found.signed_at, desk.catalogue(unit).site.zone)
    who = _name(desk, unit, found.signed_by)
    return Refused("signed", f"Week {week} is signed already: by {who} on {spoken_day(made.date())} at {made:%H:%M}.")


def undo(desk: Desk, *, id: str | None = None) -> Signed | Refused:
    """Take back the last signing of a week within 60 seconds, by its signer alone, and return Signed ("undone") or Refused."""

    def work(act: Act) -> Signed | Refused:
        last = log_queries.last_with(act.unit, act.site, (SIGNED, UNSIGNED))
        if last is None or last.verb == UNSIGNED or last.after is None:
            return Refused("not_possible", "There is no signing of a week to take back.")
        refused = _too_late(act, last)
        week = _week(last.after["week"])
        found = guarantee_queries.check_of(act.unit, act.site, week)
        if refused is not None or found is None:
            return refused or Refused("stale_version", f"Week {week} is not signed any more.")
        guarantee_queries.unsign(act.unit, act.site, week)
        write_line(act, UNSIGNED, {"week": str(week)})
        return Signed("undone", found, desk.staff.name)

    def again(act: Act, earlier: Event) -> Signed:
        check = WeeklyCheck(_week((earlier.after or {})["week"]), (), "", earlier.who, earlier.at)
        return Signed("undone", check, _name(desk, act.unit, earlier.who), repeated=True)

    if desk.staff.role not in MAY_SET:
        return Refused("role", _ROLE)
    return in_one_act(desk, request_id(id, UNSIGNED), work, again)


def _too_late(act: Act, signed: Event) -> Refused | None:
    if signed.who != act.desk.staff.login:
        who = act.staff_names.get(signed.who, signed.who)
        return Refused("stale_version", f"The last week was signed by {who}, and only its signer can take that back.")
    return act.too_old(signed)


def _name(desk: Desk, unit: Unit, login: str) -> str:
    return catalogue_queries.staff_names(unit, desk.site).get(login, login)


def _week(text: str) -> Week:
    year, _, number = text.partition("-W")
    return Week(int(year), int(number))

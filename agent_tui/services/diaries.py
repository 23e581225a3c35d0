"""Diaries come and go: enabled, disabled and retired, each with the ticket that the guidance asks for."""

from agent_tui.domain.requests import EntryState, Refused
from agent_tui.domain.site import Catalogue, Diary
from agent_tui.domain.tickets import APPROVED, DONE, Ticket
from agent_tui.domain.wall_time import short_date
from agent_tui.services.acts import Act, request_id
from agent_tui.services.desk import Desk
from agent_tui.services.pattern_text import write_patterns
from agent_tui.services.switching import Answer, Effect, if_off, settle_all_off, switch, switched, written
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import tickets as ticket_queries
from agent_tui.store.unit_of_work import Unit

MAY_SWITCH = ("leader", "supervisor", "admin")
MAY_RETIRE = ("supervisor", "admin")


def enable(desk: Desk, code: str, *, id: str | None = None) -> Answer:
    """Switch a diary on, close the flags of its appointments to come, and return Effect ("enabled") or Refused."""

    def work(act: Act) -> Answer:
        stop = _stop(desk, act.catalogue, code)
        if stop is None and act.catalogue.diaries[code].enabled:
            stop = _refused(code, "not_possible", f"The diary {code} is switched on already.")
        if stop is not None:
            return stop
        _write_ticket(act, code, "enable_diary")
        switch(act, code, enabled=True)
        settle_all_off(act)
        return written(act, "diary_enabled", Effect("enabled", act.request.id, code))

    return switched(desk, request_id(id, "diary_enable", code), work)


def disable(desk: Desk, code: str, *, id: str | None = None) -> Answer:
    """Switch a diary off and return Effect ("disabled") or Refused.

    Its appointments to come stay booked and are flagged until it is on again, they have moved away or are cancelled.
    Live holds stay too; one that becomes an appointment is flagged then.
    """

    def work(act: Act) -> Answer:
        stop = _stop_off(desk, act.catalogue, code)
        if stop is not None:
            return stop
        flagged, lost = if_off(desk, act.unit, act.catalogue, code)
        _write_ticket(act, code, "disable_diary")
        switch(act, code, enabled=False)
        settle_all_off(act, flagged)
        return written(act, "diary_disabled", Effect("disabled", act.request.id, code, flagged, lost))

    return switched(desk, request_id(id, "diary_disable", code), work)


def retire(desk: Desk, code: str, *, id: str | None = None) -> Answer:
    """Retire a diary that is no longer required and return Effect ("retired") or Refused.

    It is refused while an appointment, a hold or block time for a claimant is to come in it. A retired diary is off for good
    and takes nothing more; what was in it stays in the log, on past days and in reports.
    Source: seeds/spotlight-appointment-booking.txt, "Diaries that are no longer required".
    """

    def work(act: Act) -> Answer:
        stop = _stop_retiring(desk, act.unit, act.catalogue, code, act.now_ms)
        if stop is not None:
            return stop
        _flagged, lost = if_off(desk, act.unit, act.catalogue, code)
        retire_in(act, code, ticket_of(act, code, "retire_diary"))
        return written(act, "diary_retired", Effect("retired", act.request.id, code, (), lost))

    return switched(desk, request_id(id, "diary_retire", code), work)


def retire_in(act: Act, diary: str, ticket: Ticket) -> None:
    """Retire a diary inside an open act that has the lock of the rules, with the ticket that says why, which is inserted.

    The act sees first that `still_to_come` has nothing, and appends its own line of the log. A diary that is retired already
    raises KeyRefused.
    """
    today = act.desk.now.date()
    ticket_queries.insert(act.unit, act.site, ticket)
    ticket_queries.retire(act.unit, act.site, diary, today, ticket.id)
    switch(act, diary, enabled=False)
    act.catalogue = act.catalogue.switched(diary, enabled=False, retired=today)
    settle_all_off(act)


def preview(desk: Desk, code: str, *, retiring: bool = False) -> Answer:
    """Return what `disable` (or `retire`) would do as Effect ("preview"), or Refused; writes nothing."""
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        stop = _stop_retiring(desk, unit, catalogue, code, unit.clock_ms()) if retiring else _stop_off(desk, catalogue, code)
        if stop is not None:
            return stop
        flagged, lost = if_off(desk, unit, catalogue, code)
    return Effect("preview", None, code, () if retiring else flagged, lost)


def still_to_come(desk: Desk, unit: Unit, diary: str, now_ms: int) -> list[EntryState]:
    """Return what keeps a diary from being retired: appointments to come, with or without a time, live holds, and block time
    that is booked for a claimant."""
    now = desk.site_now()
    return [
        one
        for one in entry_queries.to_come(unit, desk.site, diary, now.day.isoformat())
        if (one.day, one.start) >= (now.day, now.tick)
        and (one.status != "held" or (one.expires_at or 0) > now_ms)
        and (one.status != "blocked" or one.client is not None)
    ]


def ticket_of(act: Act, diary: str, kind: str) -> Ticket:
    """Return the ticket of an act that a site does to a diary at once: done, with its details and its own patterns."""
    own = [one for one in act.catalogue.patterns if (one.level, one.owner) == ("diary", diary)]
    return Ticket(
        id=act.request.id,
        kind=kind,
        status=DONE,
        resource=diary,
        fields=fields_of(act.unit, act.site, act.catalogue, act.catalogue.diaries[diary]),
        patterns=write_patterns(own) if own else "",
        made_by=act.desk.staff.login,
        made_at=act.at,
        settled_by=act.desk.staff.login,
        settled_at=act.at,
    )


def fields_of(unit: Unit, site: str, catalogue: Catalogue, diary: Diary) -> dict[str, str]:
    """Return the details that a ticket about a diary names; those that no request of it gave are empty.

    Source: seeds/spotlight-appointment-booking.txt, "Diaries required for new users".
    """
    asked = {one.resource: one.fields for one in ticket_queries.of_kind(unit, site, "new_diary") if one.status == APPROVED}
    known = asked.get(diary.code, {})
    return {
        "diary": diary.code,
        "coach": diary.coach,
        "staff_number": known.get("staff_number", ""),
        "email": known.get("email", ""),
        "team": diary.team,
        "team_name": catalogue.teams.get(diary.team, ""),
        "types": ", ".join(sorted(diary.types)),
    }


def _write_ticket(act: Act, code: str, kind: str) -> None:
    ticket_queries.insert(act.unit, act.site, ticket_of(act, code, kind))


def _refused(code: str, word: str, text: str) -> Refused:
    return Refused(word, text, diary=code)


def _stop(desk: Desk, catalogue: Catalogue, code: str) -> Refused | None:
    """Refuse a role that may not, and a diary that is not there or is retired."""
    if desk.staff.role not in MAY_SWITCH:
        text = "Diaries are switched on and off by a team leader, a supervisor or an administrator."
        return _refused(code, "role", text)
    diary = catalogue.diaries.get(code)
    if diary is None:
        return _refused(code, "unknown_diary", f"There is no diary {code[:30]}. See: agent-tui diaries.")
    if diary.retired is not None:
        text = f"The diary {code} is retired since {short_date(diary.retired)} and stays so; request a new one."
        return _refused(code, "not_possible", text)
    return None


def _stop_off(desk: Desk, catalogue: Catalogue, code: str) -> Refused | None:
    stop = _stop(desk, catalogue, code)
    if stop is None and not catalogue.diaries[code].enabled:
        return _refused(code, "not_possible", f"The diary {code} is switched off already.")
    return stop


def _stop_retiring(desk: Desk, unit: Unit, catalogue: Catalogue, code: str, now_ms: int) -> Refused | None:
    if desk.staff.role not in MAY_RETIRE:
        return _refused(code, "role", "A diary is retired by a supervisor or an administrator.")
    stop = _stop(desk, catalogue, code)
    waiting = [] if stop is not None else still_to_come(desk, unit, code, now_ms)
    if not waiting:
        return stop
    holds = sum(one.status == "held" for one in waiting)
    parts = [(len(waiting) - holds, "appointment"), (holds, "hold")]
    words = " and ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in parts if count)
    more = f"{'is' if len(waiting) == 1 else 'are'} still to come in the diary {code}; move, cancel or absorb them first."
    return _refused(code, "not_possible", f"{words} {more}")

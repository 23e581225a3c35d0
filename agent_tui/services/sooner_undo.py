"""The waiting list when an act is taken back: offers give their time up, and whoever was on the list is on it again."""

from collections.abc import Iterable
from dataclasses import replace

from agent_tui.domain.log import Event, State
from agent_tui.domain.requests import EntryState
from agent_tui.domain.sooner import BACK_VERB, ENDED, LEFT_VERB, OFFERED, TAKEN, WAITING
from agent_tui.services.acts import Act, ranges_for
from agent_tui.services.allocating import use_segments
from agent_tui.services.sooner_offers import call_of, end_offer_call, log_offer, released, whole_segments
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import waiting as waiting_queries
from agent_tui.store.queries import work as work_queries
from agent_tui.store.queries.entries import Range
from agent_tui.store.queries.log import NewEvent


def give_way(act: Act, ranges: Iterable[Range], *, whole: bool = False) -> bool:
    """Take back the offers on some ranges, for an undo that needs the time; False without any.

    With `whole` also those in a limited segment that the ranges touch. An offer that another person has taken up stays, since
    they may be on the phone with its claimant. The claimants wait on as if they had never been meant to be asked.
    """
    if not waiting_queries.somebody(act.unit, act.site):
        return False
    gave = False
    for entry in entry_queries.overlapping(act.unit, act.site, whole_segments(act.catalogue, ranges) if whole else ranges):
        place = waiting_queries.offered(act.unit, act.site, entry)
        call = None if place is None else waiting_queries.item(act.unit, act.site, place.call or "", lock=True)
        if place is None or call is None or call.who not in ("", act.desk.staff.login):
            continue
        hold = entry_queries.get(act.unit, act.site, entry.id, lock=True)
        if hold is not None and hold.status == "held":
            act.change("released", hold, released(hold), (), primary=False)
            end_offer_call(act, place, "closed")
            waiting_queries.update(act.unit, act.site, place.still(forget=(hold.day, hold.start, hold.end)))
            gave = True
    return gave


def bring_back(act: Act, entry: EntryState, since: int) -> None:
    """Put on the waiting list again whom an act (the line `since` of the log) had taken off it, now that it is undone.

    An appointment that is booked again waits again, with its limits, since when it waited and what its claimant was asked;
    whoever was taken off by hand stays off. A hold that was offered is offered again, in the same call; of a time that was
    taken `hold_again` does that, once the appointment's line is written.
    """
    if entry.status == "held" and entry.moving is not None:
        _offer_again(act, entry)
        return
    place = waiting_queries.get(act.unit, act.site, entry.id, lock=True) if entry.status == "booked" else None
    if place is None or place.status not in (TAKEN, ENDED):
        return
    lines = log_queries.about_waiting(act.unit, act.site, entry.id, since)
    if lines and lines[-1].verb == LEFT_VERB and lines[-1].reason is not None:
        waiting_queries.update(act.unit, act.site, replace(place, status=WAITING))
        after: State = {"claims": [], "waiting": entry.id, "status": WAITING}
        log_queries.append(act.unit, act.stamp, NewEvent(BACK_VERB, after=after))


def hold_again(act: Act, event: Event) -> bool:
    """Hold an earlier time anew for whom the undone act (the line `event`) had moved to it, and offer it in the same call.

    The claimant comes before anybody else on the list, since their answer is what was taken back. What cannot be held again (a
    block or a limit has it) is as if they had never been asked about it, and goes to whom `sooner_offers.settle_sooner` finds.
    Returns whether it is held; False too where nothing that was offered had been taken.
    """
    place = waiting_queries.get(act.unit, act.site, event.entry or "", lock=True) if event.verb == "moved" else None
    if place is None or place.status != WAITING or event.request is None:
        return False
    for line in log_queries.others_of_act(act.unit, act.site, event):
        if line.verb != "released" or line.reason != "moved" or line.entry is None:
            continue
        hold = entry_queries.get(act.unit, act.site, line.entry, lock=True)
        call = waiting_queries.item(act.unit, act.site, call_of(act.site, line.entry), lock=True)
        if hold is None or call is None or hold.status != "moved" or hold.moving != place.entry:
            continue
        if _held_again(act, hold):
            _offer_again(act, hold)
            return True
        waiting_queries.update(act.unit, act.site, place.still(forget=(hold.day, hold.start, hold.end)))
    return False


def _held_again(act: Act, hold: EntryState) -> bool:
    around = entry_queries.owned(act.unit, act.site, hold.moving or "")
    ranges = ranges_for(hold.resources, hold.day, hold.start, hold.end, around)
    diary = act.catalogue.diaries.get(hold.diary)
    if diary is None or not diary.enabled or act.make_room(ranges, frozenset({hold.id})) is not None:
        return False
    now = act.desk.site_now()
    if (hold.day, hold.start) < (now.day, now.tick):
        return False
    after = replace(hold, status="held", expires_at=act.now_ms + act.hold_ms, version=hold.version + 1)
    act.unit.run("SAVEPOINT sooner")
    fits = use_segments(act, after, sharing=after.moving)
    if not fits:
        act.unit.run("ROLLBACK TO SAVEPOINT sooner")
    act.unit.run("RELEASE SAVEPOINT sooner")
    if fits:
        act.change("undone", hold, after, ranges, primary=False)
    return fits


def _offer_again(act: Act, hold: EntryState) -> None:
    call = waiting_queries.item(act.unit, act.site, call_of(act.site, hold.id), lock=True)
    place = waiting_queries.get(act.unit, act.site, hold.moving or "", lock=True)
    if call is None or place is None or place.status != WAITING:
        return
    work_queries.reopen_call(act.unit, act.site, call.id)
    waiting_queries.update(act.unit, act.site, replace(place, status=OFFERED, hold=hold.id, call=call.id))
    log_offer(act, place.entry, hold.id)

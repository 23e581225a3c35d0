"""Overrides that wait: prepared by who may not carry them out, approved, declined, withdrawn or overtaken."""

import uuid
from dataclasses import dataclass, replace

from agent_tui.domain.log import Event, State
from agent_tui.domain.override import REASONS, Chain, may_commit
from agent_tui.domain.override_requests import (
    APPROVE,
    APPROVED,
    DECIDED,
    OPEN,
    OUTDATED,
    PREPARED,
    REOPENED,
    STATUS_OF,
    WITHDRAW,
    Overridden,
    OverrideRequest,
    RefusedOverride,
)
from agent_tui.domain.requests import PRIORITIES, Booked, Outcome, Refused, Wish
from agent_tui.domain.wall_time import wall_of
from agent_tui.services.acts import NOT_AN_ADMIN, Abandoned, Act, RequestId, in_one_act, perform_and_tell, request_id
from agent_tui.services.desk import Desk
from agent_tui.services.one_line import write_line
from agent_tui.services.overriding import APPROVAL_WORDS, STALE, carry_out, changed, from_log, preview
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import overrides as override_queries
from agent_tui.store.queries.log import NewEvent

_OVER = ("not_possible", "nothing_found", "past", "unknown_client", "unknown_type")
"""Refusals of a preview after which no chain comes back that anybody could approve."""


@dataclass(frozen=True, slots=True)
class Waits:
    """An override that was "prepared", "declined" or "withdrawn", or "approved": then with what was done."""

    status: str
    request: OverrideRequest
    done: Overridden | None = None
    repeated: bool = False


def overrides(desk: Desk, *, every: bool = False) -> list[OverrideRequest]:
    """Return the overrides that wait for a decision, most urgent first, then oldest; with `every` those decided after them."""
    with desk.store.read() as unit:
        found = override_queries.listed(unit, desk.site, every=every)
    return sorted(found, key=lambda one: (not one.is_open, -PRIORITIES.index(one.wanted.priority), one.prepared_at, one.id))


def prepared(desk: Desk, override: str) -> OverrideRequest | None:
    """Return an override as it is now, or None where there is none of that id."""
    with desk.store.read() as unit:
        return override_queries.get(unit, desk.site, override)


def prepare(desk: Desk, wanted: Wish, token: str, reason: str, *, id: str | None = None) -> Waits | Refused:
    """Write a previewed chain down for a supervisor and return Waits ("prepared"), or Refused; nobody is moved.

    As overriding.commit takes its arguments; a chain that there is no more is refused with those that there are. What was
    said in free text is kept apart from the log.
    """
    if reason not in REASONS:
        raise ValueError(reason)
    if desk.staff.role == "admin":
        return NOT_AN_ADMIN
    if wanted.client is None:
        return Refused("unknown_client", "An override needs the claimant: --client with their id.", type=wanted.type)
    request = request_id(id, PREPARED, wanted, token, reason)
    with desk.store.read() as unit:
        repeated = log_queries.by_request(unit, desk.site, request.id) is not None
    chain: Chain | None = None
    if not repeated:
        found = preview(desk, wanted)
        if isinstance(found, Refused):
            return found
        chain = found.chain(token)
        if chain is None:
            return RefusedOverride("stale_version", f"{STALE} Look at the new one.", type=wanted.type, instead=found.chains)

    def work(act: Act) -> Waits | Refused:
        assert chain is not None
        client_queries.get(act.unit, act.site, wanted.client or "", lock=True)  # nobody else prepares for the claimant meanwhile
        waiting = override_queries.waiting_for(act.unit, act.site, wanted.client or "", wanted.type)
        if waiting is not None:
            return _waits_already(act, waiting)
        one = OverrideRequest(act.request.id, OPEN, wanted, chain, reason, desk.staff.login, act.at)
        override_queries.insert(act.unit, act.site, one)
        _write(act, PREPARED, one, primary=True)
        return Waits("prepared", one)

    def again(act: Act, _event: Event) -> Waits:
        one = override_queries.get(act.unit, act.site, act.request.id)
        assert one is not None
        return Waits("prepared", one, repeated=True)

    return in_one_act(desk, request, work, again)


def decide(
    desk: Desk, override: str, decision: str, *, token: str | None = None, chain: Chain | None = None, id: str | None = None
) -> Waits | Refused:
    """Approve, decline or withdraw an override that waits and return Waits, or Refused.

    Approving carries it out as overriding.commit does, after looking at it again: one whose chain has changed is refused
    with the new chains, of which one can be approved by its `token`; one for which there is no chain any more is closed as
    outdated. A team leader decides what nothing asks a supervisor for; who prepared it may withdraw it.
    """
    if decision not in STATUS_OF:
        raise ValueError(decision)
    request = request_id(id, DECIDED, override, decision, token)
    if decision == APPROVE:
        return _approve(desk, override, token, chain, request)

    def work(act: Act) -> Waits | Refused:
        one = _open(act, override)
        refused = one if isinstance(one, Refused) else _refuse_role(act, one, decision)
        if refused is not None:
            return refused
        assert isinstance(one, OverrideRequest)
        status = STATUS_OF[decision]
        ended = replace(one, status=status, decided_by=desk.staff.login, decided_at=act.at)
        override_queries.decide(act.unit, act.site, ended)
        _write(act, DECIDED, ended, primary=True)
        return Waits(status, ended)

    def again(act: Act, _event: Event) -> Waits:
        one = override_queries.get(act.unit, act.site, override)
        assert one is not None
        return Waits(STATUS_OF[decision], one, repeated=True)

    return in_one_act(desk, request, work, again)


def reopen(act: Act, entry: str) -> None:
    """Let an override wait again whose approval made an appointment that is being undone; one that nobody prepared is none."""
    one = override_queries.of_entry(act.unit, act.site, entry)
    if one is not None:
        waits = replace(one, status=OPEN, decided_by=None, decided_at=None, entry=None)
        override_queries.decide(act.unit, act.site, waits)
        _write(act, REOPENED, waits, primary=False)


def _approve(desk: Desk, override: str, token: str | None, chain: Chain | None, request: RequestId) -> Waits | Refused:
    with desk.store.read() as unit:
        repeated = log_queries.by_request(unit, desk.site, request.id) is not None
        kept = override_queries.get(unit, desk.site, override)
    if kept is None:
        return _none(override)
    wanted, reason = kept.wanted, kept.reason
    shown = kept.chain if token in (None, kept.chain.token) else chain
    if not repeated and kept.is_open and (shown is None or shown.token != (token or kept.chain.token)):
        found = preview(desk, wanted)
        shown = None if isinstance(found, Refused) else found.chain(token or "")
        if shown is None:
            return _overtaken(desk, kept, changed(desk, wanted, Refused("stale_version", STALE, id=override)))

    def work(act: Act) -> Outcome:
        one = _open(act, override)
        assert shown is not None
        # Who may approve it depends on the chain that is approved, which may be another than the one prepared.
        refused = one if isinstance(one, Refused) else _refuse_role(act, replace(one, chain=shown), APPROVE)
        if refused is not None:
            raise Abandoned(replace(refused, id=override))
        assert isinstance(one, OverrideRequest)
        ended = replace(one, status=APPROVED, decided_by=desk.staff.login, decided_at=act.at, entry=act.request.id)
        _write(act, DECIDED, ended, primary=False)  # before the booking, which is the last line and is undone
        outcome = carry_out(act, wanted, shown, reason)
        if isinstance(outcome, Refused):
            raise Abandoned(outcome)
        override_queries.decide(act.unit, act.site, ended)
        return outcome

    def told(done: Booked) -> Waits:
        with desk.store.read() as unit:
            after = override_queries.get(unit, desk.site, override)
        assert after is not None
        return Waits(APPROVED, after, from_log(desk, done), done.repeated)

    outcome = perform_and_tell(desk, request, work, told)
    if isinstance(outcome, Waits):
        return outcome
    assert isinstance(outcome, Refused)
    if outcome.code in ("id_reused", "role") or outcome.id == override:
        return outcome
    return _overtaken(desk, kept, changed(desk, wanted, outcome))


def _overtaken(desk: Desk, one: OverrideRequest, refused: Refused) -> Refused:
    """Return the refusal of an approval; where there is no chain any more, whoever looks, the override is closed with it."""
    now = preview(desk, one.wanted)
    if not isinstance(now, Refused) or now.code not in _OVER:
        return refused

    def work(act: Act) -> Waits | Refused:
        found = _open(act, one.id)
        if isinstance(found, Refused):
            return found
        ended = replace(found, status=OUTDATED, decided_by=desk.staff.login, decided_at=act.at)
        override_queries.decide(act.unit, act.site, ended)
        _write(act, DECIDED, ended, primary=True)
        return Waits(OUTDATED, ended)

    in_one_act(desk, RequestId(str(uuid.uuid4()), ""), work, lambda _act, _event: refused)
    return replace(refused, reason=f"{refused.reason} It is closed as outdated.")


def _write(act: Act, verb: str, one: OverrideRequest, *, primary: bool) -> None:
    """Append a line about an override: its ids and codes."""
    after: State = {"override": one.id, "type": one.wanted.type, "status": one.status, "prepared_by": one.prepared_by}
    after |= {"plan": one.chain.token, "displaces": [step.entry.id for step in one.chain.steps], "entry": one.entry}
    after |= {"priority": one.wanted.priority}
    if primary:
        write_line(act, verb, after, reason=one.reason, client=one.wanted.client)
    else:
        event = NewEvent(verb, client=one.wanted.client, after={"claims": [], **after}, reason=one.reason)
        log_queries.append(act.unit, act.stamp, event)


def _waits_already(act: Act, one: OverrideRequest) -> Refused:
    who = act.staff_names.get(one.prepared_by, one.prepared_by)
    at = f"{wall_of(one.prepared_at, act.catalogue.site.zone):%H:%M}"
    text = f"{who} has prepared an override of {one.wanted.type} for this claimant at {at}, which waits for a decision."
    return Refused("not_possible", f"{text} Withdraw it before another.", id=one.id, type=one.wanted.type)


def _none(override: str) -> Refused:
    return Refused("unknown_entry", f"There is no override {override[:40]}. See: agent-tui override list.", id=override)


def _open(act: Act, override: str) -> OverrideRequest | Refused:
    one = override_queries.get(act.unit, act.site, override, lock=True)
    if one is None:
        return _none(override)
    if one.is_open:
        return one
    who = act.staff_names.get(one.decided_by or "", one.decided_by or "")
    at = f" at {wall_of(one.decided_at, act.catalogue.site.zone):%H:%M}" if one.decided_at is not None else ""
    return Refused("stale_version", f"This override is {one.status} by {who}{at} already.", id=override, type=one.wanted.type)


def _refuse_role(act: Act, one: OverrideRequest, decision: str) -> Refused | None:
    staff = act.desk.staff
    if decision == WITHDRAW:
        if staff.login == one.prepared_by:
            return None
        who = act.staff_names.get(one.prepared_by, one.prepared_by)
        return Refused("role", f"{who} has prepared this and can withdraw it; a supervisor can decline it.", id=one.id)
    if staff.role not in ("leader", "supervisor"):
        text = "An override is decided by a supervisor, or by a team leader where nothing asks for a supervisor."
        return Refused("role", text, id=one.id)
    needs = one.chain.approval_at(act.desk.site_now(), act.catalogue.site.move_notice)
    if may_commit(staff.role, needs):
        return None
    why = " and ".join(APPROVAL_WORDS[need] for need in needs)
    return Refused("role", f"This is for a supervisor to decide: {why}.", id=one.id)

"""Contacts by level, and what is escalated to them with all its facts: sentences that one can read out or copy."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from agent_tui.domain.cleaning import clean
from agent_tui.domain.contacts import (
    CONTACT_DROPPED,
    CONTACT_SET,
    ESCALATED,
    SUBJECTS,
    Contact,
    Escalation,
    contact_problems,
    in_levels,
    may_not_keep,
    read_contacts,
)
from agent_tui.domain.flags import ESCALATE, REASONS, WHY, may_not, raised_words, side_words
from agent_tui.domain.import_text import unknown
from agent_tui.domain.log import Event
from agent_tui.domain.queue import WANTED, CallAsked
from agent_tui.domain.requests import EntryState, Refused
from agent_tui.domain.site import Catalogue
from agent_tui.domain.wall_time import dated_moment, short_date_of, wall_of
from agent_tui.resources import data_file
from agent_tui.services.acts import Act, id_reused, in_one_act, request_id
from agent_tui.services.calls import open_in
from agent_tui.services.desk import Desk
from agent_tui.services.flag_overrides import no_flag
from agent_tui.services.flag_sides import open_flag, sides_of
from agent_tui.services.flags import cleaned_note
from agent_tui.services.one_line import write_line
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import escalations as escalation_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import work as work_queries
from agent_tui.store.unit_of_work import Unit

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """A contact that was "set" or "dropped"; `contact` is None where it is gone."""

    status: str
    code: str
    contact: Contact | None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Escalated:
    """What was escalated to whom, and the sentences that tell the contact all of it."""

    escalation: Escalation
    contact: Contact
    facts: tuple[str, ...]
    repeated: bool = False


def contacts(desk: Desk) -> list[Contact]:
    """Return the site's contacts by level: its own list, or the one that comes along where it has set none."""
    with desk.store.read() as unit:
        return contacts_in(unit, desk.site)


def contacts_in(unit: Unit, site: str) -> list[Contact]:
    """Return a site's contacts by level inside an open unit."""
    return in_levels(escalation_queries.contacts(unit, site)) or read_contacts(data_file("contacts.csv"))


def set_contact(desk: Desk, contact: Contact, *, id: str | None = None) -> ContactChanged | Refused | list[str]:
    """Write a contact and return ContactChanged ("set"), Refused, or what is wrong with it as sentences.

    The first change of a site takes over the list that comes along. The log has code and level, not how they are reached.
    """
    wanted = Contact(
        clean(contact.code, limit=30).lower(),
        contact.level,
        clean(contact.name, limit=80),
        clean(contact.reach, limit=120),
        clean(contact.hours, limit=80),
    )
    problems = contact_problems(wanted)
    if problems:
        return problems

    def work(act: Act) -> ContactChanged | Refused:
        _take_over(act)
        escalation_queries.set_contact(act.unit, act.site, wanted, act.desk.staff.login, act.at)
        write_line(act, CONTACT_SET, {"contact": wanted.code, "level": wanted.level})
        return ContactChanged("set", wanted.code, wanted)

    def again(act: Act, event: Event) -> ContactChanged | Refused:
        found = next((one for one in contacts_in(act.unit, act.site) if one.code == wanted.code), None)
        if found is not None and found != wanted:  # names and numbers are in no fingerprint
            return id_reused(act.request)
        return ContactChanged("set", wanted.code, found, repeated=True)

    refused = _refuse_setting(desk)
    if refused is not None:
        return refused
    return in_one_act(desk, request_id(id, CONTACT_SET, wanted.code, wanted.level), work, again)


def drop_contact(desk: Desk, code: str, *, id: str | None = None) -> ContactChanged | Refused:
    """Remove a contact and return ContactChanged ("dropped") or Refused; the last one stays, or nobody could be asked."""
    wanted = clean(code, limit=30).lower()

    def work(act: Act) -> ContactChanged | Refused:
        known = contacts_in(act.unit, act.site)
        if wanted not in [one.code for one in known]:
            return _no_contact(wanted, known)
        if len(known) == 1:
            return Refused("not_possible", "This is the last contact; set another one before it is dropped.")
        _take_over(act)
        escalation_queries.drop_contact(act.unit, act.site, wanted)
        write_line(act, CONTACT_DROPPED, {"contact": wanted})
        return ContactChanged("dropped", wanted, None)

    def again(_act: Act, _event: Event) -> ContactChanged | Refused:
        return ContactChanged("dropped", wanted, None, repeated=True)

    refused = _refuse_setting(desk)
    if refused is not None:
        return refused
    return in_one_act(desk, request_id(id, CONTACT_DROPPED, wanted), work, again)


def _refuse_setting(desk: Desk) -> Refused | None:
    text = may_not_keep(desk.staff.role)
    return None if text is None else Refused("role", text)


def _no_contact(code: str, known: list[Contact]) -> Refused:
    return Refused("unknown_contact", f"{unknown('contact', code, [one.code for one in known])} See: agent-tui contacts.")


def _take_over(act: Act) -> None:
    """Write the list that comes along where the site has none of its own yet."""
    if not escalation_queries.contacts(act.unit, act.site):
        for one in contacts_in(act.unit, act.site):
            escalation_queries.set_contact(act.unit, act.site, one, act.desk.staff.login, act.at)


def escalate(
    desk: Desk,
    kind: str,
    subject: str,
    contact: str | None,
    reason: str,
    *,
    asked: CallAsked | None = None,
    note: str = "",
    id: str | None = None,
) -> Escalated | Refused:
    """Write down that a flag, a call, an appointment or a hand-off goes to a contact and return Escalated with its facts.

    Without `contact` it goes to the level above the last one that it was escalated to, at first to the lowest. It stays open:
    escalating settles nothing. Of a call that somebody has in hand, `asked` is what they know of it by now; it is kept with
    the call, which begins with it where the store knows of none yet. `note` is free text, kept with a flag and never in the log.
    """
    return escalate_and_tell(desk, (kind, subject, contact, reason), lambda _act, done: done, asked=asked, note=note, id=id)


def escalate_and_tell(
    desk: Desk,
    what: tuple[str, str, str | None, str],
    tell: Callable[[Act, Escalated], T],
    *,
    asked: CallAsked | None = None,
    note: str = "",
    id: str | None = None,
) -> T | Refused:
    """Do as `escalate` of a kind, subject, contact and reason and return what `tell`, in its transaction, makes of it."""
    kind, subject, contact, reason = what

    def work(act: Act) -> T | Refused:
        if kind == "call" and asked is not None:
            _know(act, subject, asked)
        done = escalate_in(act, kind, subject, contact, reason)
        if note and kind == "flag" and not isinstance(done, Refused):
            flag_queries.set_note(act.unit, act.site, subject, cleaned_note(note))
        return done if isinstance(done, Refused) else tell(act, done)

    def again(act: Act, event: Event) -> T | Refused:
        done = _again(act, event)
        return done if isinstance(done, Refused) else tell(act, done)

    return in_one_act(desk, request_id(id, ESCALATED, kind, subject, contact, reason), work, again)


def _know(act: Act, call: str, asked: CallAsked) -> None:
    """Write what is known of the person's own call in hand; one that has ended, or is somebody else's, stays as it is."""
    open_in(act.unit, act.stamp, call, asked.type, {})
    row = work_queries.call(act.unit, act.site, call)
    if row is not None and (row[1], row[2], row[3]) == ("call", "open", act.desk.staff.login):
        work_queries.know_call(act.unit, act.site, call, asked)


def _again(act: Act, event: Event) -> Escalated | Refused:
    kept = event.after or {}
    done = next(
        one for one in escalation_queries.escalations_of(act.unit, act.site, kept["subject"]) if one.id == kept["escalation"]
    )
    found = next((one for one in contacts_in(act.unit, act.site) if one.code == done.contact), None)
    gone = Contact(done.contact, done.level, done.contact, "not on the list any more")
    facts = facts_of(act.desk, act.unit, act.catalogue, done.subject_kind, done.subject)
    return facts if isinstance(facts, Refused) else Escalated(done, found or gone, facts, repeated=True)


def escalate_in(act: Act, kind: str, subject: str, contact: str | None, reason: str) -> Escalated | Refused:
    """Escalate inside an open act and write its line."""
    if kind not in SUBJECTS or reason not in REASONS[ESCALATE]:
        raise ValueError(kind, reason)
    facts = facts_of(act.desk, act.unit, act.catalogue, kind, subject)
    if isinstance(facts, Refused):
        return facts
    refused = _refuse_role(act, kind, subject)
    if refused is not None:
        return refused
    known = contacts_in(act.unit, act.site)
    chosen = _chosen(act, known, subject, contact)
    if isinstance(chosen, Refused):
        return chosen
    new = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{act.site}:{act.request.id}:escalated"))
    done = Escalation(new, kind, subject, chosen.code, chosen.level, reason, act.desk.staff.login, act.at)
    escalation_queries.insert_escalation(act.unit, act.site, done)
    after = {"escalation": done.id, "of": kind, "subject": subject, "contact": done.contact, "level": done.level}
    write_line(act, ESCALATED, after, reason=reason)
    return Escalated(done, chosen, facts)


def _refuse_role(act: Act, kind: str, subject: str) -> Refused | None:
    staff = act.desk.staff
    if kind != "flag":
        if staff.role == "admin" and kind != "handoff":
            return Refused("role", "An administrator does not work with claimants; anybody else can escalate this.")
        return None
    flag = open_flag(act, subject)
    if isinstance(flag, Refused):
        return flag
    own = staff.diary is not None and staff.diary in {one.diary for one in sides_of(act.unit, act.site, flag)}
    text = may_not(staff.role, "escalate", own=own, delegated=flag.assigned_to == staff.login)
    return None if text is None else Refused("role", text, id=subject)


def _chosen(act: Act, known: list[Contact], subject: str, code: str | None) -> Contact | Refused:
    if code is not None:
        return next((one for one in known if one.code == code.lower()), None) or _no_contact(code, known)
    last = max((one.level for one in escalation_queries.escalations_of(act.unit, act.site, subject)), default=0)
    above = [one for one in known if one.level > last]
    if not above:
        text = f"This has been escalated to level {last}, the highest on the list; name a contact to escalate it there again."
        return Refused("not_possible", text, id=subject)
    return above[0]


def facts_of(desk: Desk, unit: Unit, catalogue: Catalogue, kind: str, subject: str) -> tuple[str, ...] | Refused:
    """Return all that a contact must be told, one sentence each; claimants by opaque id, nobody's words."""
    maker = {"flag": _flag_facts, "call": _call_facts, "appointment": _entry_facts, "handoff": _handoff_facts}[kind]
    found = maker(desk, unit, catalogue, subject)
    if found is None and kind == "flag":
        return no_flag(unit, desk.site, subject)
    if found is None:
        word = "hand-off" if kind == "handoff" else kind
        return Refused("unknown_entry", f"There is no {word} {subject[:40]}.", id=subject)
    staff = catalogue_queries.staff_names(unit, desk.site)
    told = [
        f"Escalated to {one.contact} (level {one.level}) by {staff.get(one.made_by, one.made_by)} on"
        f" {_when(one.made_at, catalogue)}, {one.reason.replace('_', ' ')}."
        for one in escalation_queries.escalations_of(unit, desk.site, subject)
    ]
    return (*found, *told)


def _when(instant: int, catalogue: Catalogue) -> str:
    return dated_moment(wall_of(instant, catalogue.site.zone))


def _flag_facts(desk: Desk, unit: Unit, catalogue: Catalogue, id: str) -> list[str] | None:
    flag = flag_queries.get(unit, desk.site, id)
    if flag is None:
        return None
    staff = catalogue_queries.staff_names(unit, desk.site)
    facts = [
        f"Flag {flag.id} at {catalogue.site.name}, {flag.status}.",
        f"{WHY.get(flag.kind, flag.kind)}.",
        raised_words(flag, f"on {_when(flag.raised_at, catalogue)}", staff.get(flag.raised_by, flag.raised_by)),
    ]
    for one in sides_of(unit, desk.site, flag):
        facts += _about(catalogue, one)
    if flag.type is not None:
        kind = catalogue.types.get(flag.type)
        facts.append(f"Type {flag.type}{'' if kind is None else f', {kind.name}'}.")
    if flag.handoff is not None:
        facts += _handoff_facts(desk, unit, catalogue, flag.handoff) or []
    if flag.assigned_to:
        facts.append(f"Assigned to {staff.get(flag.assigned_to, flag.assigned_to)}.")
    return facts


def _about(catalogue: Catalogue, entry: EntryState) -> list[str]:
    kind, diary = catalogue.types.get(entry.type or ""), catalogue.diaries.get(entry.diary)
    key = ", key type" if kind is not None and kind.key_on(entry.day) else ""
    coach = f", {diary.coach}" if diary is not None else ""
    client = f"Claimant {entry.client}, priority {entry.priority}. " if entry.client else ""
    return [
        f"{side_words(entry)}{coach}, {entry.kind} {entry.id}, {entry.status}{key}.",
        f"{client}Made by {entry.made_by} on {_when(entry.made_at, catalogue)}.",
    ]


def _entry_facts(desk: Desk, unit: Unit, catalogue: Catalogue, id: str) -> list[str] | None:
    entry = entry_queries.get(unit, desk.site, id)
    if entry is None or not entry.is_meeting:
        return None
    flags = [f"Open flag {one.id}: {WHY.get(one.kind, one.kind)}." for one in flag_queries.open_of(unit, desk.site, id)]
    return [f"Appointment at {catalogue.site.name}.", *_about(catalogue, entry), *flags]


def _call_facts(desk: Desk, unit: Unit, catalogue: Catalogue, id: str) -> list[str] | None:
    row = work_queries.call(unit, desk.site, id, lock=False)
    if row is None:
        return None
    _id, kind, status, who, code, client, entry, wanted, opened_at, _closed = row
    priority, contact = work_queries.call_said(unit, desk.site, id)
    kept = json.loads(wanted)
    said = {name: kept[name] for name in (*WANTED, "why") if kept.get(name) and name != "hold"}
    type_ = catalogue.types.get(code or "")
    key = ", key type" if type_ is not None and type_.key_on(desk.now.date()) else ""
    what = "not said yet" if type_ is None else f"{type_.code}, {type_.name}{key}"
    has = catalogue_queries.staff_names(unit, desk.site).get(who, who) or "nobody"
    facts = [
        f"{kind.capitalize()} {id} at {catalogue.site.name}, {status.replace('_', ' ')}, since {_when(opened_at, catalogue)}.",
        f"Type {what}.",
        f"Claimant {client or 'not known yet'}, priority {priority}, asked by {contact or 'phone'}, with {has}.",
    ]
    if said:
        facts.append(f"Wanted: {', '.join(f'{name} {short_date_of(str(value))}' for name, value in said.items())}.")
    for one in dict.fromkeys(found for found in (entry, kept.get("hold")) if found):
        state = entry_queries.get(unit, desk.site, str(one))
        facts += _about(catalogue, state) if state is not None else []
    return facts


def _handoff_facts(desk: Desk, unit: Unit, catalogue: Catalogue, id: str) -> list[str] | None:
    row = work_queries.handoff(unit, desk.site, id)
    if row is None:
        return None
    key = ", key type" if row.key else ""
    late = " It is overdue." if row.status != "closed" and row.due < desk.now.date().isoformat() else ""
    return [
        f"Hand-off {id}: {row.why}",
        f"Type {row.type}{key}, claimant {row.client or 'not known'}, claim of {short_date_of(row.claim_date)},"
        f" due {short_date_of(row.due)}.{late}",
        f"{row.status.capitalize()}{f', with {row.taken_by}' if row.taken_by else ''}, made by {row.made_by}.",
    ]

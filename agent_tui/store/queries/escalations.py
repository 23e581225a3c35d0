"""The contacts of a site, and what was escalated to them."""

from agent_tui.domain.contacts import Contact, Escalation
from agent_tui.store.unit_of_work import Unit

_CONTACT = "contact, level, name, reach, hours"
_ESCALATION = "id, subject_kind, subject, contact, level, reason, made_by, made_at"


def contacts(unit: Unit, site: str) -> list[Contact]:
    """Return the contacts that a site has set, by level; none where it uses the list that comes along."""
    rows = unit.rows(f"SELECT {_CONTACT} FROM contact WHERE site = ? ORDER BY level, contact", site)
    return [Contact(*row) for row in rows]


def set_contact(unit: Unit, site: str, contact: Contact, who: str, at: int) -> None:
    """Write a contact, or change the one that has its code."""
    unit.run(
        f"INSERT INTO contact (site, {_CONTACT}, set_by, set_at) VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (site, contact)"
        " DO UPDATE SET level = excluded.level, name = excluded.name, reach = excluded.reach, hours = excluded.hours,"
        " set_by = excluded.set_by, set_at = excluded.set_at",
        *(site, contact.code, contact.level, contact.name, contact.reach, contact.hours, who, at),
    )


def drop_contact(unit: Unit, site: str, code: str) -> bool:
    """Remove a contact and return whether there was one."""
    return unit.run("DELETE FROM contact WHERE site = ? AND contact = ?", site, code) == 1


def insert_escalation(unit: Unit, site: str, one: Escalation) -> None:
    """Insert what was escalated to whom."""
    unit.run(
        f"INSERT INTO escalation (site, {_ESCALATION}) VALUES (?,?,?,?,?,?,?,?,?)",
        *(site, one.id, one.subject_kind, one.subject, one.contact, one.level, one.reason, one.made_by, one.made_at),
    )


def escalations_of(unit: Unit, site: str, subject: str) -> list[Escalation]:
    """Return what was escalated about a flag, a call, an appointment or a hand-off, oldest first."""
    rows = unit.rows(
        f"SELECT {_ESCALATION} FROM escalation{unit.by('ix_escalation_subject')} WHERE site = ? AND subject = ?"
        " ORDER BY made_at, level, id",
        *(site, subject),
    )
    return [Escalation(*row) for row in rows]


def escalated_subjects(unit: Unit, site: str) -> set[str]:
    """Return the ids of what has been escalated at least once."""
    return {str(row[0]) for row in unit.rows("SELECT DISTINCT subject FROM escalation WHERE site = ?", site)}

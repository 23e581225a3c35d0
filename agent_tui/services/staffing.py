"""Staff: who may act in which role, listed, added, given another role, switched off and on again."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from agent_tui.domain.cleaning import clean
from agent_tui.domain.import_check import check_staff
from agent_tui.domain.import_rows import StaffRow
from agent_tui.domain.import_text import unknown
from agent_tui.domain.log import Event
from agent_tui.domain.requests import Refused
from agent_tui.domain.roles import (
    GIVES,
    last_administrator,
    login_problem,
    loses_administrator,
    not_to_give,
    role_problem,
)
from agent_tui.domain.site import Staff
from agent_tui.services.acts import Act, RequestId, in_one_act, request_id
from agent_tui.services.contact_details import email_problem
from agent_tui.services.desk import Desk
from agent_tui.services.one_line import write_line
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import importing as import_queries

ADDED, ROLE, OFF, ON, ADDRESS = "staff_added", "role_changed", "login_off", "login_on", "staff_email_set"
LONGEST_NAME = 60
_STATUS = {ADDED: "added", ROLE: "changed", OFF: "off", ON: "on", ADDRESS: "changed"}
LONGEST_ADDRESS = 200


@dataclass(frozen=True, slots=True)
class StaffChanged:
    """What became of a login: `status` is added, changed, off, on or, where it was so already, unchanged."""

    status: str
    staff: Staff
    repeated: bool = False


Answer = StaffChanged | Refused
Work = Callable[[Act, dict[str, Staff]], Answer]


def staff(desk: Desk) -> list[Staff] | Refused:
    """Return a site's staff by login, those who are switched off too; refused to whoever changes no roles."""
    if desk.staff.role not in GIVES:
        return _refuse_role()
    with desk.store.read() as unit:
        return list(import_queries.all_staff(unit, desk.site).values())


def add_staff(
    desk: Desk, login: str, name: str, role: str, diary: str | None = None, booker: str | None = None, *, id: str | None = None
) -> Answer:
    """Add a login and return StaffChanged ("added") or Refused; `booker` is whom they book for, None for what the role has.

    Refused are logins of another form or that are there already, an unknown role or diary, a coach without a diary of their
    own, and roles that are not the giver's to give, as in an import of staff (domain.roles.GIVES).
    """
    called = clean(name, limit=LONGEST_NAME)

    def work(act: Act, people: dict[str, Staff]) -> Answer:
        problem = login_problem(login) or role_problem(role) or (None if called else "A login needs the person's name.")
        if problem is not None:
            return Refused("not_possible", problem)
        if login in people:
            return Refused(
                "not_possible", f"The login {login} is there already; give it a role with: agent-tui staff role {login}."
            )
        checked = _checked(act, people, StaffRow(0, login, called, role, (diary or "").upper(), booker or ""))
        if isinstance(checked, Refused):
            return checked
        catalogue_queries.insert_staff(act.unit, act.site, [checked])
        return _written(act, ADDED, checked, role=role, diary=checked.diary)

    return _change(desk, request_id(id, ADDED, login, called, role, diary, booker), work)


def set_role(desk: Desk, login: str, role: str, diary: str | None = None, *, id: str | None = None) -> Answer:
    """Give a login another role, a coach with a diary, and return StaffChanged ("changed", "unchanged") or Refused.

    Refused are unknown logins and roles, roles that are not the giver's to give or to change, a coach without a diary of
    their own, and that the site's last administrator becomes something else.
    """

    def work(act: Act, people: dict[str, Staff]) -> Answer:
        old = people.get(login)
        if old is None:
            return Refused("unknown_login", unknown("login", login, people))
        problem = role_problem(role)
        if problem is not None:
            return Refused("not_possible", problem)
        own = (diary or old.diary or "").upper() if role == "coach" or diary else ""
        wanted = _checked(act, people, StaffRow(0, login, old.name, role, own, ""))
        if isinstance(wanted, Refused) or wanted == old:
            return wanted if isinstance(wanted, Refused) else StaffChanged("unchanged", old)
        import_queries.update_staff(act.unit, act.site, [wanted])
        return _written(act, ROLE, wanted, role=role, was=old.role, diary=wanted.diary)

    return _change(desk, request_id(id, ROLE, login, role, diary), work)


def set_address(desk: Desk, login: str, address: str, *, id: str | None = None) -> Answer:
    """Write the e-mail address of a login, to which notes on its diary go, and return StaffChanged ("changed") or Refused.

    An empty one takes it away. The address is in the list of staff only: the log says that it was set, and no hash holds it.
    """
    wanted = clean(address, limit=LONGEST_ADDRESS)

    def work(act: Act, people: dict[str, Staff]) -> Answer:
        old = people.get(login)
        if old is None:
            return Refused("unknown_login", unknown("login", login, people))
        problem = not_to_give(act.desk.staff.role, old.role, old.role)
        if problem is not None:
            return Refused("role", problem)
        unsound = email_problem(wanted) if wanted else None
        if unsound is not None:
            return Refused("not_possible", unsound)
        catalogue_queries.set_address(act.unit, act.site, login, wanted or None)
        return _written(act, ADDRESS, old)

    return _change(desk, request_id(id, ADDRESS, login), work)


def switch_login(desk: Desk, login: str, *, enabled: bool, id: str | None = None) -> Answer:
    """Switch a login off, so that it may not act from now on, or on again; returns StaffChanged or Refused.

    Terminals that it has open act no more either. Refused are unknown logins, those that are not the giver's to change, and
    the site's last administrator. What it made stays as it is.
    """
    verb = ON if enabled else OFF

    def work(act: Act, people: dict[str, Staff]) -> Answer:
        old = people.get(login)
        if old is None:
            return Refused("unknown_login", unknown("login", login, people))
        problem = not_to_give(act.desk.staff.role, old.role, old.role)
        if problem is not None:
            return Refused("role", problem)
        wanted = replace(old, enabled=enabled)
        if wanted == old:
            return StaffChanged("unchanged", old)
        if loses_administrator(people.values(), [wanted, *(one for one in people.values() if one.login != login)]):
            return Refused("not_possible", last_administrator(login))
        catalogue_queries.set_off(act.unit, act.site, login, None if enabled else act.at)
        return _written(act, verb, wanted, role=old.role)

    return _change(desk, request_id(id, verb, login), work)


def _change(desk: Desk, request: RequestId, work: Work) -> Answer:
    """Run a change of staff under the lock of the rules, so that two at once cannot leave the site without an administrator."""

    def first(act: Act) -> Answer:
        return work(act, import_queries.all_staff(act.unit, act.site))

    def again(act: Act, event: Event) -> Answer:
        login = str((event.after or {})["login"])
        found = catalogue_queries.staff(act.unit, act.site, login)
        return StaffChanged(_STATUS[event.verb], found or Staff(login, login, ""), repeated=True)

    if desk.staff.role not in GIVES:
        return _refuse_role()
    return in_one_act(desk, request, first, again, rules=True)


def _refuse_role() -> Refused:
    return Refused("role", "Staff are changed by a supervisor (agents, coaches and team leaders) or an administrator.")


def _checked(act: Act, people: dict[str, Staff], row: StaffRow) -> Staff | Refused:
    """Return a login as it would be stored, by the rules of an import of staff."""
    checked = check_staff([row], people, act.catalogue, act.desk.staff.role)
    for problem in checked.problems:
        return Refused("role" if problem.field == "role" else "not_possible", problem.text)
    return (checked.new or checked.changed or [people[row.login]])[0]


def _written(act: Act, verb: str, person: Staff, **said: object) -> StaffChanged:
    """Let everybody read the rules anew and append the act's line, in which nobody's name stands."""
    catalogue_queries.bump_version(act.unit, act.site)
    write_line(act, verb, {"login": person.login, **said})
    return StaffChanged(_STATUS[verb], person)

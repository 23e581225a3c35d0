"""Setting up a PostgreSQL store's roles and row-level security, and making the staff's logins of the database its members."""

from dataclasses import dataclass

from sqlalchemy import exc

from agent_tui.domain.requests import Refused
from agent_tui.services.desk import Desk
from agent_tui.store import security
from agent_tui.store.engine import migration_engine
from agent_tui.store.queries import importing as import_queries
from agent_tui.store.trouble import trouble


@dataclass(frozen=True, slots=True)
class Secured:
    """The role of each login of the database that is a member of the site, and the staff who have no login there."""

    members: dict[str, str]
    without: tuple[str, ...]


def secure(desk: Desk) -> Secured | Refused:
    """Make a PostgreSQL store one in which the database itself refuses what a role may not, and return Secured.

    It may be run again at any time, and must be after staff have changed and after a migration. Refused are stores in a file
    and other roles than administrator; a login that does not own the tables raises StoreTrouble.
    """
    if desk.staff.role != "admin":
        return Refused("role", "Roles of the database are set up by an administrator, with the login that owns the tables.")
    if desk.store.engine_name != "postgresql":
        text = "A store in a file has no roles: whoever may write the file may change anything in it. Use PostgreSQL."
        return Refused("not_possible", text)
    with desk.store.read() as unit:
        if unit.is_member:
            return Refused("role", "An administrator sets the roles up with the login that owns the tables, which this is not.")
        people = list(import_queries.all_staff(unit, desk.site).values())
    engine = migration_engine(desk.store.location)
    try:
        with engine.begin() as connection:
            security.secure(connection)
            members = security.admit(connection, desk.site, [(one.login, one.role, one.enabled) for one in people])
    except exc.DBAPIError as error:
        raise trouble(error) from error
    finally:
        engine.dispose()
    return Secured(members, tuple(one.login for one in people if one.enabled and one.login not in members))

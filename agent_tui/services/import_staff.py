"""Importing logins and their roles, inside one open act."""

from agent_tui.domain.import_check import check_staff
from agent_tui.domain.site import Staff
from agent_tui.services.acts import Act
from agent_tui.services.import_files import Source
from agent_tui.services.import_world import Plan, World
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import importing as import_queries


def plan_staff(world: World, source: Source) -> Plan:
    """Return what loading staff does; an import of the same files may bring the diaries of coaches before."""
    checked = check_staff(source.rows, world.staff, world.catalogue, world.desk.staff.role)
    world.staff.update((one.login, one) for one in (*checked.new, *checked.changed))
    problems = [*source.problems, *checked.problems]
    plan = Plan("staff", len(checked.new), len(checked.changed), checked.same, problems, data=checked)
    plan.told = {"logins": [[one.login, one.role] for one in (*checked.new, *checked.changed)]}
    return plan


def write_staff(act: Act, plan: Plan) -> None:
    """Write logins, with their roles, bookers and diaries."""
    people: list[Staff] = plan.data.changed
    import_queries.update_staff(act.unit, act.site, people)
    catalogue_queries.insert_staff(act.unit, act.site, plan.data.new)
    catalogue_queries.bump_version(act.unit, act.site)

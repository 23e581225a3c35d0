"""A claimant in a row of a file: the same columns, bounds and sentences wherever a file brings one."""

from collections.abc import Callable

from agent_tui.domain.client_details import DetailProblem, client_problems, read_address, read_preference
from agent_tui.domain.clients import Client
from agent_tui.domain.import_text import Row
from agent_tui.domain.type_files import FileProblem

Look = Callable[[Client], list[DetailProblem]]
"""Says what is wrong with a claimant's details."""

LONGEST_OF_CLIENT = {
    **{"name": 100, "phone": 40, "national_reference": 20, "email": 200, "language": 30, "access_needs": 500},
    **{"preferred_channel": 30, "address": 300},
}
"""How many characters each detail of a claimant may have, by column."""

_COLUMNS = {"reference": "national_reference"}
"""The column of a detail that has another name there."""


def column_of(problem: DetailProblem) -> str:
    """Return the column of a file in which a detail stands."""
    return _COLUMNS.get(problem.field, problem.field)


def client_of(row: Row, problems: list[FileProblem], look: Look = client_problems) -> Client:
    """Return the claimant of a row, without an id; what is too long or not sound becomes a problem with line and column.

    `look` says what is not sound: where phones and e-mails are to be looked at too, it is services.contact_details.problems_of.
    """
    cells = row.cells
    for column, most in LONGEST_OF_CLIENT.items():
        if len(cells[column]) > most:
            problems.append(FileProblem(row.line, column, f"This has more than {most} characters."))
    client = Client(
        ref="",
        name=cells["name"],
        phone=cells["phone"],
        reference=cells["national_reference"].upper(),
        email=cells["email"],
        language=cells["language"],
        access_needs=cells["access_needs"],
        preferred_channel=read_preference(cells["preferred_channel"]),
        address=read_address(cells["address"]),
    )
    problems += [FileProblem(row.line, column_of(one), one.text) for one in look(client)]
    return client

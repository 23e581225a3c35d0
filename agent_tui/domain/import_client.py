"""A claimant in a row of a file: the same columns, bounds and sentences wherever a file brings one."""

from agent_tui.domain.clients import Client, client_problems
from agent_tui.domain.import_text import Row
from agent_tui.domain.type_files import FileProblem

LONGEST_OF_CLIENT = {"name": 100, "phone": 30, "national_reference": 20, "email": 200, "language": 30, "access_needs": 500}
"""How many characters each detail of a claimant may have."""

_MARKS = {"name": "needs a name", "phone": "phone number", "email": "e-mail", "national_reference": "national reference"}
"""What a sentence of `client_problems` says, by the column that it speaks of."""


def client_of(row: Row, problems: list[FileProblem]) -> Client:
    """Return the claimant of a row, without an id; what is too long or not sound becomes a problem with line and column."""
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
    )
    for text in client_problems(client):
        problems.append(FileProblem(row.line, next(column for column, mark in _MARKS.items() if mark in text), text))
    return client

"""The index by which claimants are found, held against their rows: what the doctor looks at and a migration puts right."""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from agent_tui.domain.clients import index_words

BATCH = 2_000
_COLUMNS = ("site", "kind", "word", "client")
Entry = tuple[str, str, str, str]
"""A row of the index: site, kind, word, opaque id."""


def wrong_entries(connection: Connection) -> tuple[list[Entry], list[Entry]]:
    """Return the rows that the index of a store lacks, and those that it has and should not."""
    should = set(_wanted(connection))
    has = {tuple(row) for row in connection.execute(text("SELECT site, kind, word, client FROM client_word"))}
    return sorted(should - has), sorted(has - should)


def mend(connection: Connection) -> None:
    """Make the index of a store what its claimants' rows say, inside an open transaction."""
    missing, surplus = wrong_entries(connection)
    key = "site = :site AND kind = :kind AND word = :word AND client = :client"
    _each(connection, f"DELETE FROM client_word WHERE {key}", surplus)
    _each(connection, "INSERT INTO client_word (site, kind, word, client) VALUES (:site, :kind, :word, :client)", missing)


def _wanted(connection: Connection) -> Iterator[Entry]:
    for site, client, *keys in connection.execute(text("SELECT site, client, name_key, phone_key, reference_key FROM client")):
        yield from ((site, kind, word, client) for kind, word in index_words(*keys))


def _each(connection: Connection, statement: str, entries: list[Entry]) -> None:
    for first in range(0, len(entries), BATCH):
        values = [dict(zip(_COLUMNS, one, strict=True)) for one in entries[first : first + BATCH]]
        connection.execute(text(statement), values)

"""What the doctor says: findings, and the words that several of them share."""

from dataclasses import dataclass

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the doctor has to say: severity info, warning or error, a sentence, and what to do."""

    check: str
    severity: str
    text: str
    do: str


def restore_words(*, postgres: bool) -> str:
    """Return what to do with a store that is damaged, by engine."""
    if postgres:
        return "Stop booking, keep a dump of the database (pg_dump), and restore the last good backup into an empty one."
    return "Stop booking, keep a copy of the store and its -wal file, and restore the last good backup: agent-tui restore FILE."

"""The schema's versions, oldest first, and which of them this program may write to."""

from agent_tui.store.trouble import DAMAGED, StoreIsNewer, StoreIsOlder, StoreTrouble, shown

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012")
HEAD = REVISIONS[-1]

VERSION_QUERY = "SELECT version_num FROM alembic_version"


def refuse_other(version: str | None) -> None:
    """Raise StoreIsNewer (or StoreIsOlder) where a store that is open has another schema by now than this program writes.

    One that has none any more raises StoreTrouble.
    """
    if version == HEAD:
        return
    if version is None:
        raise StoreTrouble(DAMAGED)
    if version in REVISIONS:
        raise StoreIsOlder(
            f"The store has the older schema {version} by now; nothing was written. Close the program and open it again."
        )
    raise StoreIsNewer(
        # What to do comes first: a line of the screen has room for little more.
        "A newer version migrated the store: update agent-tui and open it again."
        f" The store has the schema {shown(version)} by now, so this one writes nothing more."
    )

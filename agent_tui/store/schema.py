"""The schema's versions, oldest first, and which of them this program may write to."""

from agent_tui.store.trouble import StoreIsNewer, StoreIsOlder, shown

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010")
HEAD = REVISIONS[-1]

VERSION_QUERY = "SELECT version_num FROM alembic_version"


def refuse_other(version: str) -> None:
    """Raise StoreIsNewer (or StoreIsOlder) where a store that is open has another schema by now than this program writes."""
    if version == HEAD:
        return
    if version in REVISIONS:
        raise StoreIsOlder(
            f"The store has the older schema {version} by now; nothing was written. Close the program and open it again."
        )
    raise StoreIsNewer(
        f"A newer version of agent-tui has brought the store to schema {shown(version)}, so this one writes nothing more."
        " What you typed is kept: close the program, update it, and open it again."
    )

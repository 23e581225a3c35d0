"""Bringing a store to this version's schema."""

from agent_tui.store.engine import is_url, read_engine
from agent_tui.store.opening import checked_path, schema_version
from agent_tui.store.trouble import StoreTrouble, shown


def bring_up_to_date(location: str) -> str:
    """Migrate a store that is older than this version and return its schema version; the only way on PostgreSQL."""
    from agent_tui.store.migrations.runner import migrate

    place = location if is_url(location) else str(checked_path(location))
    engine = read_engine(place)
    try:
        version = schema_version(engine)
    finally:
        engine.dispose()
    if version is None:
        raise StoreTrouble(f"{shown(location)} is not a store of agent-tui.")
    return migrate(place)

"""What a caller of services may have to catch: the store's trouble and a desk that cannot be opened."""

from agent_tui.services.desk import DeskRefused
from agent_tui.store.trouble import NoStore, OutcomeUnknown, StoreIsNewer, StoreIsOlder, StoreTrouble

__all__ = ["DeskRefused", "NoStore", "OutcomeUnknown", "StoreIsNewer", "StoreIsOlder", "StoreTrouble"]

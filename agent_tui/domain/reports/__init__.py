"""Reports: pure reckoning over plain rows; what is asked of a store is in services/reporting."""

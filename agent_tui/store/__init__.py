"""Floor 3: the tables, the transactions and the log."""

"""Floor 5: one module for each screen, its styles beside it."""

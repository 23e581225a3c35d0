"""Floor 5: the screens."""

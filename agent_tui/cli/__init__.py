"""Floor 5: every job as a plain command."""

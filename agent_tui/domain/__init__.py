"""Floor 1: what is true of diary time, as pure values and functions."""

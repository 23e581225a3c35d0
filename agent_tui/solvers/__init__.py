"""Floor 2: finds what the domain states and checks."""

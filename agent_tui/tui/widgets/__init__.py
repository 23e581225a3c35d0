"""Floor 5: the widgets that the screens are made of."""

"""One line of words read into a search: `fcm f2f tue am`; what is unsure is asked and not guessed."""

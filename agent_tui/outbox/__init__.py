"""Floor 3: the senders of messages, tickets and calendar files."""

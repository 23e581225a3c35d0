"""The schema's versions, oldest first."""

REVISIONS = ("0001", "0002")
HEAD = REVISIONS[-1]

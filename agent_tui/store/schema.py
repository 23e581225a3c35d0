"""The schema's versions, oldest first."""

REVISIONS = ("0001",)
HEAD = REVISIONS[-1]

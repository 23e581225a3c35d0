"""What the doctor finds in the outbox: dead letters, what waits for a person or a sender too long, what cannot be so."""

from collections.abc import Iterator
from datetime import timedelta

from agent_tui.domain.wall_time import iso_instant
from agent_tui.services.findings import EXAMPLES, Finding, counted
from agent_tui.store.trouble import shown
from agent_tui.store.unit_of_work import Unit

OLD = timedelta(days=1)
"""After so long what waits for a person or a sender is told of."""
CHECK = "messages"


def look(unit: Unit, site: str, at: int) -> Iterator[Finding]:
    """Yield what is to be said of a site's outbox, by counts and references; `at` is site time in ms UTC.

    The statements share nothing with what wrote the rows.
    """
    since = at - round(OLD.total_seconds() * 1000)
    failed = _references(unit, "status = 'failed'", site)
    if failed:
        do = "See why with agent-tui outbox list --status failed; send them again with agent-tui outbox retry --all."
        yield Finding(CHECK, "warning", f"{counted(len(failed), 'message', 'messages')} could not be delivered.", do)
    asking = _references(unit, "status = 'asking' AND made_at < ?", site, since)
    if asking:
        text = f"{counted(len(asking), 'claimant waits', 'claimants wait')} to be told by a person since before a day ago."
        yield Finding(CHECK, "warning", text, "agent-tui outbox list --status asking; then told ENTRY or outbox channel ENTRY.")
    waiting = unit.rows(
        "SELECT COALESCE(channel, 'no channel'), COUNT(*), MIN(next_at) FROM message WHERE site = ? AND status = 'queued'"
        " AND next_at < ? GROUP BY 1 ORDER BY 1",
        *(site, since),
    )
    for channel, count, first in waiting:
        text = (
            f"{counted(int(count), 'message', 'messages')} ({shown(str(channel))}) waited to be sent since {iso_instant(first)}."
        )
        yield Finding(CHECK, "warning", text, "Have agent-tui send run every minute, and set up a sender for that channel.")
    for where, what, do in _CONTRADICTIONS:
        wrong = _references(unit, where, site)
        if wrong:
            more = "" if len(wrong) <= EXAMPLES else f" and {len(wrong) - EXAMPLES} more"
            yield Finding(CHECK, "error", f"Messages {what}: {shown(', '.join(wrong[:EXAMPLES]))}{more}.", do)


_RESTORE = "Keep a copy of the store, and compare the outbox with the last good backup."
_CONTRADICTIONS = (
    ("status = 'sent' AND sent_at IS NULL", "that were sent at no time", _RESTORE),
    ("status = 'sent' AND channel IS NULL", "that were sent by no channel", _RESTORE),
    ("status = 'told' AND told_by IS NULL", "that nobody told", _RESTORE),
)


def _references(unit: Unit, where: str, site: str, *values: object) -> list[str]:
    statement = f"SELECT reference FROM message WHERE site = ? AND {where} ORDER BY reference"
    return [str(row[0]) for row in unit.rows(statement, site, *values)]

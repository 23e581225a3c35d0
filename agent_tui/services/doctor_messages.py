"""What the doctor finds in the outbox: dead letters, what waits for a person or a sender too long, what cannot be so."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from agent_tui.domain.message_story import error_words
from agent_tui.domain.message_templates import TemplateProblem
from agent_tui.domain.plurals import counted
from agent_tui.domain.wall_time import iso_instant
from agent_tui.services.findings import EXAMPLES, Finding
from agent_tui.store.trouble import shown
from agent_tui.store.unit_of_work import Unit

OLD = timedelta(days=1)
"""After so long what waits for a person or a sender is told of."""
UNSENT = timedelta(hours=14)
"""After so long since it could have gone a message is overdue: from evening to morning there may be nobody who sends."""
CHECK = "messages"


def look(unit: Unit, site: str, at: int) -> Iterator[Finding]:
    """Yield what is to be said of a site's outbox, by counts and references; `at` is site time in ms UTC.

    The statements share nothing with what wrote the rows.
    """
    since = at - _ms(OLD)
    failed = _references(unit, "status = 'failed'", site)
    if failed:
        do = "See why with agent-tui outbox list --status failed; send them again with agent-tui outbox retry --all."
        yield Finding(CHECK, "warning", f"{counted(len(failed), 'message', 'messages')} could not be delivered.", do)
    asking = _references(unit, "status = 'asking' AND made_at < ?", site, since)
    if asking:
        text = f"{counted(len(asking), 'claimant waits', 'claimants wait')} to be told by a person since before a day ago."
        yield Finding(CHECK, "warning", text, "agent-tui outbox list --status asking; then told ENTRY or outbox channel ENTRY.")
    yield from _overdue(unit, site, at)
    for where, what, do in _CONTRADICTIONS:
        wrong = _references(unit, where, site)
        if wrong:
            more = "" if len(wrong) <= EXAMPLES else f" and {len(wrong) - EXAMPLES} more"
            yield Finding(CHECK, "error", f"Messages {what}: {shown(', '.join(wrong[:EXAMPLES]))}{more}.", do)


def _overdue(unit: Unit, site: str, at: int) -> Iterator[Finding]:
    """Yield, by channel and what kept them, the messages that nobody has looked at for hours, or that were put off for a day."""
    waiting = unit.rows(
        "SELECT COALESCE(channel, 'no channel'), COALESCE(error, ''), COUNT(*), MIN(not_before) FROM message WHERE site = ?"
        " AND status = 'queued' AND (next_at < ? OR (not_before < ? AND error IS NOT NULL)) GROUP BY 1, 2 ORDER BY 1, 2",
        *(site, at - _ms(UNSENT), at - _ms(OLD)),
    )
    for channel, error, count, first in waiting:
        many = f"{counted(int(count), 'message', 'messages')} ({shown(str(channel))})"
        if error:
            text = f"{many} put off since {iso_instant(first)}: {shown(error_words(str(error)))}."
            yield Finding(CHECK, "warning", text, "Mend that; then agent-tui send. See agent-tui outbox list --status queued.")
        else:
            text = f"{many} waited to be sent since {iso_instant(first)}."
            yield Finding(CHECK, "warning", text, "Have agent-tui send run every minute, and set up a sender for that channel.")


def templates(problems: Sequence[TemplateProblem]) -> Iterator[Finding]:
    """Yield that nothing is sent while the site's templates have problems, with the first of them."""
    if problems:
        more = "" if len(problems) == 1 else f" and {len(problems) - 1} more"
        text = f"The templates of messages cannot be used, so nothing is sent: {shown(str(problems[0]))}{more}"
        yield Finding(CHECK, "warning", text, "See all of them with agent-tui templates check, and mend the files.")


def _ms(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)


_RESTORE = "Keep a copy of the store, and compare the outbox with the last good backup."
_CONTRADICTIONS = (
    ("status = 'sent' AND sent_at IS NULL", "that were sent at no time", _RESTORE),
    ("status = 'sent' AND channel IS NULL", "that were sent by no channel", _RESTORE),
    ("status = 'told' AND told_by IS NULL", "that nobody told", _RESTORE),
)


def _references(unit: Unit, where: str, site: str, *values: object) -> list[str]:
    statement = f"SELECT reference FROM message WHERE site = ? AND {where} ORDER BY reference"
    return [str(row[0]) for row in unit.rows(statement, site, *values)]

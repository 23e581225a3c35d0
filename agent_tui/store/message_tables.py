"""The tables of messages: what is owed to whom and what became of it, and which sender has one in hand."""

from sqlalchemy import Index

from agent_tui.store.columns import maybe_text, maybe_whole, text, whole
from agent_tui.store.table_base import CLUSTERED, Table, check, one_of, partial, refers


class MessageRow(Table, table=True):
    """A message that an act owes, written in the act's own transaction; it is about an entry or one of two kinds of ticket.

    `reference` is made of what it is about, the kind and the version, so that each is owed once. No text is kept: it is
    rendered when it is sent. `channel` NULL is chosen then, `next_at` is when it is tried next, `error` the code of what kept
    it from being delivered or why it was dropped. A reminder has the day of which it reminds and its `rule`, the days before.
    """

    __tablename__ = "message"
    __table_args__ = (
        one_of("message", "status", "queued", "asking", "sent", "told", "failed", "dropped"),
        one_of("message", "channel", "sms", "email", "letter", "phone", "ticket", "coach"),
        check(
            "message_of",
            "(CASE WHEN entry IS NULL THEN 0 ELSE 1 END) + (CASE WHEN ticket IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN support_ticket IS NULL THEN 0 ELSE 1 END) = 1",
        ),
        refers("message", "entry", target=("entry.site", "entry.id")),
        refers("message", "ticket", target=("ticket.site", "ticket.id")),
        refers("message", "support_ticket", target=("support_ticket.site", "support_ticket.id")),
        Index("ix_message_entry", "site", "entry"),
        partial("ix_message_due", "status IN ('queued', 'asking', 'failed')", "site", "status", "next_at"),
        CLUSTERED,
    )
    site: str = text(key=True)
    reference: str = text(key=True)
    entry: str | None = maybe_text()
    ticket: str | None = maybe_text()
    support_ticket: str | None = maybe_text()
    kind: str = text()
    version: int = whole()
    rule: int | None = maybe_whole()
    day: str | None = maybe_text()
    status: str = text()
    channel: str | None = maybe_text()
    language: str | None = maybe_text()
    template: str | None = maybe_text()
    made_at: int = whole()
    not_before: int = whole()
    next_at: int = whole()
    attempts: int = whole()
    provider_id: str | None = maybe_text()
    error: str | None = maybe_text()
    sent_at: int | None = maybe_whole()
    told_by: str | None = maybe_text()


class MessageClaimRow(Table, table=True):
    """The one sender that has a message in hand, until an instant of the database's clock: the key refuses a second one."""

    __tablename__ = "message_claim"
    __table_args__ = (
        refers("message_claim", "reference", target=("message.site", "message.reference")),
        CLUSTERED,
    )
    site: str = text(key=True)
    reference: str = text(key=True)
    sender: str = text()
    expires_at: int = whole()

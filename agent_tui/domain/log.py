"""One line of the log and the hash that chains it to the line before."""

import hashlib
from dataclasses import dataclass
from typing import Any

from agent_tui.domain.log_chain import GENESIS as GENESIS
from agent_tui.domain.log_chain import canonical as canonical
from agent_tui.domain.log_chain import chained as chained

State = dict[str, Any]

VERBS = (
    *("held", "extended", "confirmed", "booked", "released", "lapsed", "moved", "cancelled", "recorded", "undone"),
    *("unplaced", "placed", "blocked", "unblocked", "told", "handed_off"),
    *("call_opened", "call_taken", "call_returned", "call_ended"),
    *("sooner_added", "sooner_offered", "sooner_ended", "sooner_returned"),
    *(
        "client_added",
        "client_changed",
        "requests_loaded",
        "request_raised",
        "imported",
        "file_imported",
        "site_imported",
        "exported",
    ),
    *("segments_saved", "segments_undone", "segmentation_escalated", "types_loaded", "type_key_set", "drop_in_set"),
    *("diary_requested", "diary_approved", "diary_declined", "diary_enabled", "diary_disabled", "diary_retired"),
    *("diary_absorbed", "resource_added", "resource_enabled", "resource_disabled", "recovery_dismissed"),
    *("guarantee_set", "guarantee_dropped", "week_signed", "week_unsigned", "draft_kept", "draft_dropped"),
    *("flags_changed", "flag_assigned", "flag_resolved", "flag_reopened", "escalated", "contact_set", "contact_dropped"),
    *("handed_over", "handover_taken", "handover_declined"),
    *("override_prepared", "override_decided", "override_reopened"),
    *("handoff_taken", "handoff_closed", "day_closed", "day_opened"),
    *("demand_learnt", "demand_refused", "setting_changed"),
    *("report_scheduled", "report_unscheduled", "report_written"),
    *("staff_added", "role_changed", "login_off", "login_on", "staff_email_set"),
    *("log_exported", "anonymised", "subject_exported"),
    *("question_raised", "question_watched", "question_answered", "incident_raised", "incident_closed"),
    *("ticket_raised", "ticket_closed", "feedback_added", "feedback_erased", "improvement_added", "improvement_closed"),
    *("procedure_added", "procedure_reviewed", "question_unwatched", "support_undone"),
    *("message_sent", "message_failed", "message_dropped", "message_retried", "message_channel", "reminded"),
)
"""Every verb that a line of the log can have."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to one entry: instants in ms UTC, `touched` as (resource, ISO day) pairs, states as plain dicts.

    `at` is site time, `stamped` the database's clock. Claimants appear by opaque id only; names, references, notes and
    free text never (architecture.md, "The store").
    """

    site: str
    seq: int
    at: int
    stamped: int
    who: str
    role: str
    verb: str
    entry: str | None
    client: str | None
    touched: tuple[tuple[str, str], ...]
    before: State | None
    after: State | None
    reason: str | None
    request: str | None
    fingerprint: str | None
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class SiteHead:
    """A site and the last line of its log; seq 0 where it has none."""

    site: str
    seq: int
    hash: str


def fingerprint(values: Any) -> str:
    """Return what tells one request from another: a hash, so that nothing a caller said is kept."""
    return hashlib.sha256(canonical(values).encode()).hexdigest()[:32]

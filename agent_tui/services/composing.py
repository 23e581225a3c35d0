"""A message made of what the store says now: to whom it goes, its words from the site's templates, its part for a calendar."""

from dataclasses import dataclass, replace
from datetime import date

from agent_tui.domain.clients import Client
from agent_tui.domain.message_fields import Called, Facts, fields_of, ticket_fields
from agent_tui.domain.message_templates import Template
from agent_tui.domain.message_words import FieldMissing, Words, pick, render, too_long
from agent_tui.domain.messages import (
    CANCELLATION,
    CHANGE,
    COACH,
    CONFIRMATION,
    EMAIL,
    NOTE,
    REMINDER,
    SERVICE_DESK,
    SOONER,
    CalendarPart,
    Message,
    Outgoing,
    address_for,
)
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Catalogue
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import messages as message_queries
from agent_tui.store.queries import support as support_queries
from agent_tui.store.queries import tickets as ticket_queries
from agent_tui.store.queries import waiting as waiting_queries
from agent_tui.store.queries.entries import entry_from_state
from agent_tui.store.unit_of_work import Unit

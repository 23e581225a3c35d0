"""What a person can do by key: every command, and the places in which it applies.

Bindings, palette, footer, help and the page of keys come from it by way of commands.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from agent_tui.tui.places import Context

Role = Literal["agent", "leader", "supervisor", "admin"]


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a person can do by key.

    `label` is the footer's, at most 12 characters; `help` one sentence; `where` the places in which it applies; `role`
    the least that may use it; `footer` whether the footer names it; `action` what Textual runs; `admin` whether it is an
    administrator's too.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    where: tuple[Context, ...]
    role: Role
    footer: bool
    action: str
    admin: bool = True


NOT_ADMINS: Final[frozenset[Context]] = frozenset(
    {"segments", "segment table", "segment types", "alignment", "types list", "sandbox list"}
)
"""Places whose acts change segments and types, which are a team leader's and a supervisor's."""


def _agent(
    name: str,
    keys: str,
    label: str,
    sentence: str,
    *where: Context,
    footer: bool = False,
    action: str = "",
) -> Command:
    return Command(name, tuple(keys.split()), label, sentence, where, "agent", footer, action or f"screen.{name}")


def _leader(name: str, keys: str, label: str, sentence: str, *where: Context, footer: bool = False, action: str = "") -> Command:
    admin = where[0] not in NOT_ADMINS and name not in ("absorb", "overtime")
    return Command(name, tuple(keys.split()), label, sentence, where, "leader", footer, action or f"screen.{name}", admin)


def _supervisor(name: str, keys: str, label: str, sentence: str, *where: Context, footer: bool = False) -> Command:
    return Command(name, tuple(keys.split()), label, sentence, where, "supervisor", footer, f"screen.{name}")


COMMANDS: Final[tuple[Command, ...]] = (
    _agent("search", "f5 s", "search", "Search now for starts that fit the request.", "form", "booking", footer=True),
    _agent(
        "hold",
        "enter f8",
        "hold",
        "Hold the chosen offer; once held, confirm it.",
        "offers",
        "form",
        "booking",
        footer=True,
    ),
    _agent("ask", "> shift+f2 f14", "ask", "Ask in one line, such as fcm f2f tue am.", "booking"),
    _agent("edit_chip", "enter", "edit it", "Change what the chip says.", "ask chips", footer=True, action="edit_chip"),
    _agent(
        "clear_chip",
        "delete backspace",
        "take out",
        "Take out what the chip says.",
        "ask chips",
        footer=True,
        action="clear_chip",
    ),
    _agent("confirm", "f9 c", "confirm", "Confirm the hold as an appointment of the client.", "booking"),
    _agent("extend", "e ctrl+l", "extend", "Give the hold its full time again.", "offers", "app", footer=True),
    _agent("release", "r ctrl+r", "release", "Let the hold go, so that others can book the time.", "booking"),
    _agent("next_offer", "n ctrl+down", "next", "Go to the next offer, here and in the grid.", "booking"),
    _agent("previous_offer", "p ctrl+up", "previous", "Go to the offer before, here and in the grid.", "booking"),
    _agent("all_starts", "a", "all starts", "List every start, or the recommended ones again.", "offers"),
    _agent("find_client", "/ f4 ctrl+f", "client", "Find a client: reference, name or phone.", "booking", footer=True),
    _agent("new_client", "N ctrl+n", "new client", "Make a client on the spot.", "client", "booking", footer=True),
    _agent(
        "edit_client",
        "C shift+f4 f16",
        "edit client",
        "Change how a client is written to: the one in the form, or under the cursor.",
        "booking",
    ),
    _agent("save", "ctrl+s", "save", "Save the client that is being made.", "client", footer=True),
    _agent("toggle_form", "f f3", "form", "Show or hide the request form.", "booking"),
    _agent("focus_grid", "f2", "diary", "Go to the diary grid.", "form", "offers", "client", "booking", footer=True),
    _agent("focus_offers", "f6 ctrl+o", "offers", "Go to the offers.", "booking"),
    _agent(
        "book_here",
        "enter b",
        "book here",
        "Hold the time under the cursor; once held, confirm it.",
        "grid",
        footer=True,
    ),
    _agent("why_not", "w", "why not", "Say why the time here cannot be booked, and what would open it.", "grid", "offers"),
    _agent("details", "i space", "details", "Show what is under the cursor in full.", "grid"),
    _agent(
        "move",
        "m",
        "move",
        "Pick the appointment up, carry it, and put it down with the same key.",
        "grid",
        footer=True,
    ),
    _agent(
        "cancel", "x delete", "cancel", "Cancel the appointment here, with a reason, or unblock the block.", "grid", footer=True
    ),
    _agent("block_time", "B", "block", "Mark time from here on, and with the same key block what is marked.", "grid"),
    _leader("rehome", "H", "re-home", "Place the appointments of a coach who is off, or of a shut room, anew.", "grid"),
    _agent("attended", "a", "attended", "Record that the client came.", "grid", "coach list", "coach day"),
    _agent(
        "attended_late",
        "A",
        "late",
        "Record that the client came late, and by how many minutes.",
        "grid",
        "coach list",
        "coach day",
    ),
    _agent("did_not_attend", "d", "no show", "Record that the client did not attend.", "grid", "coach list", "coach day"),
    _agent("wait_sooner", "W", "sooner", "Let the client wait for an earlier time, or change or end that.", "grid"),
    _agent("copy_reference", "y", "copy ref", "Copy the reference of the appointment here.", "grid"),
    _agent(
        "undo",
        "u ctrl+underscore ctrl+slash",
        "undo",
        "Undo my last act, within 60 seconds of it.",
        "booking",
        "today",
        "queue",
        "space",
        "flags",
        "support",
    ),
    _agent("zoom_in", "+ =", "zoom in", "Show fewer minutes to a line.", "grid"),
    _agent("zoom_out", "-", "zoom out", "Show more minutes to a line.", "grid"),
    _agent(
        "previous_day",
        "[ ctrl+left",
        "day before",
        "Go to the day before, or to the week before.",
        "grid",
        "coach list",
        "coach day",
    ),
    _agent("next_day", "] ctrl+right", "next day", "Go to the next day, or to the next week.", "grid", "coach list", "coach day"),
    _agent("today", "t", "today", "Go to today.", "grid", "coach list", "coach day"),
    _agent("toggle_week", "v", "week", "Switch between all coaches for a day and one coach's week.", "grid"),
    _agent("hand_off", "o f7 ctrl+t", "hand off", "Hand the request off to the site's contact.", "booking"),
    _agent("override", "!", "override", "Show whom an urgent request could displace, and do or prepare it.", "grid", "offers"),
    _agent("pair", "P", "pair", "Find two meetings on one day, held and confirmed together.", "grid", "offers"),
    _agent("hand_over", "O", "hand over", "Hand the hold to a colleague, with what was typed.", "grid", "offers"),
    _agent(
        "take_over",
        "Y ctrl+y ctrl+circumflex_accent",
        "take over",
        "Take over the hold that a colleague hands me, with what was typed.",
        "booking",
    ),
    _agent("decline_hold", "D", "decline", "Decline the hold that a colleague hands me.", "grid", "offers"),
    _agent("told", "L", "told", "Say that the client was told by phone of the appointment.", "grid", "offers", "outbox list"),
    _agent(
        "tell_how",
        "M",
        "tell how",
        "Choose how the client is told: text, e-mail, letter or phone.",
        *("grid", "offers", "outbox list"),
    ),
    _agent("show_message", "enter", "its words", "Show the message as it would go out now.", "outbox list", footer=True),
    _agent("retry_message", "r", "send again", "Let a message that failed be sent again.", "outbox list", footer=True),
    _agent("retry_all", "A", "all again", "Let every message that failed be sent again.", "outbox list"),
    _agent("drop_message", "x delete", "drop it", "Say that the message is not to be sent.", "outbox list", footer=True),
    _agent(
        "print_letter",
        "p",
        "print",
        "Write the letter or the form about the appointment into the folder of letters.",
        "outbox list",
    ),
    _agent("pick_outbox", "v f6", "which ones", "Choose which messages are listed.", "outbox", footer=True),
    _agent("send_now", "s ctrl+s", "send now", "Send the messages whose time has come.", "outbox", footer=True),
    _agent("remind", "n f7", "reminders", "Show the reminders that are due, then queue them.", "outbox", footer=True),
    _agent("read_outbox", "f5", "read anew", "Read the messages anew.", "outbox"),
    _agent("end_call", "f12", "end call", "End the call and choose how it ended.", "booking"),
    _agent("end_booked", "1", "booked", "End the call as booked.", "grid", "offers"),
    _agent("end_called_back", "2", "call back", "End the call with a call back promised.", "grid", "offers"),
    _agent("end_handed_off", "3", "handed off", "End the call as handed off.", "grid", "offers"),
    _agent("end_drop_in", "4", "drop-in", "End the call with the drop-in times told.", "grid", "offers"),
    _agent("end_rang_off", "5", "rang off", "End the call because the caller rang off.", "grid", "offers"),
    _agent("unfinished", "q f11 ctrl+b", "unfinished", "List unfinished calls with their drafts.", "booking"),
    _leader("save_segments", "s ctrl+s", "save changes", "Show what the change does, then save it.", "segments", footer=True),
    _leader("preview_segments", "p f5", "preview", "Show what the change would do, and change nothing.", "segments", footer=True),
    _leader("undo_segments", "u f9", "undo save", "Take back the last save of segments.", "segments"),
    _agent("previous_weekday", "[ ctrl+left", "weekday back", "Go to the weekday before.", "segments"),
    _agent("next_weekday", "] ctrl+right f6", "next weekday", "Go to the next weekday.", "segments"),
    _leader("day_off", "D f12", "day off", "Make the day a day off, or take that back.", "segments"),
    _agent("choose_owner", "w f4", "whose", "Choose a diary, a team, the site or a room.", "segments"),
    _leader("choose_dates", "d f7", "dates", "Choose the first and last day, or one day as an exception.", "segments"),
    _leader("also_for", "o f8", "also for", "Choose other diaries that get the same.", "segments"),
    _leader("drop_changes", "Z f11", "drop", "Drop what was changed and not saved.", "segments"),
    _leader("drop_version", "X f3", "drop version", "Remove the exception or version that begins on this day.", "segments"),
    _leader("try_in_sandbox", "t f2", "sandbox", "Try what is changed on the requests of past weeks.", "segments"),
    _agent("find_type", "/ ctrl+f", "find type", "Type some words of a type.", "segments"),
    _leader("new_segment", "n", "new", "Make a segment.", "segment table", footer=True),
    _leader("edit_segment", "enter e", "edit", "Change the times, channel, limit or description.", "segment table", footer=True),
    _leader("remove_segment", "delete backspace", "remove", "Remove the segment.", "segment table"),
    _leader("allow_type", "+ space", "allow", "Allow the type in the segment, or no longer.", "segment types", footer=True),
    _leader("disallow_type", "-", "disallow", "Allow the type no longer.", "segment types"),
    _leader("allow_all", "a", "allow all", "Allow every type that is shown.", "segment types", "segment table", footer=True),
    _leader("allow_none", "x", "allow none", "Close the segment: allow nothing.", "segment types", "segment table"),
    _agent("open_diary", "enter", "segments", "Go to its segments, or decide on a ticket.", "diary list", footer=True),
    _leader("request_diary", "n", "new diary", "Ask for a new diary.", "diary list", footer=True),
    _leader("switch", "e", "on or off", "Switch a diary or room on or off.", "diary list", footer=True),
    _leader("overtime", "o", "overtime", "Put overtime into diaries.", "diary list", footer=True),
    _supervisor("retire", "R", "retire", "Retire a diary that is no longer required.", "diary list"),
    _leader("absorb", "A", "absorb", "Replace an additional diary by segments in others.", "diary list"),
    _leader("escalate", "E", "escalate", "Say that segmentation does not meet the need.", "diary list"),
    _leader(
        "propose_segment",
        "p",
        "propose",
        "Show a segment that would give the type starts.",
        "types list",
        "guarantee list",
        footer=True,
    ),
    _leader("key_type", "K", "key type", "Say whether it is a key appointment, from a day on.", "types list", footer=True),
    _leader("drop_in", "o", "drop-in set", "Say when no appointment is needed.", "types list", footer=True),
    _agent(
        "show_diary",
        "enter",
        "to diary",
        "Show the coach's day on the booking screen.",
        "coach list",
        "coach day",
        "space list",
        footer=True,
    ),
    _agent("print_list", "p", "day list", "Write the printed day list into a file.", "coach list", "coach day", footer=True),
    _agent("look_up", "f5", "look up", "Show the lines that the filters admit.", "record"),
    _agent("filters", "/ ctrl+f", "filters", "Go to the filters.", "record", footer=True),
    _agent("story", "enter", "story", "Tell what became of the entry of the line.", "log list", footer=True),
    _agent("verify_chain", "v f6", "verify", "Verify the chain of hashes of the whole log.", "record", footer=True),
    _supervisor("who_looked", "w f8", "who looked", "List who looked at which client, or the log again.", "record"),
    _supervisor("unusual_looks", "u", "unusual", "List looks far beyond what colleagues do.", "log list"),
    _supervisor("export_log", "x", "export log", "Write the whole log with its chain into a file.", "log list"),
    _agent("verify_file", "V", "verify file", "Verify an exported log, without the store and against it.", "log list"),
    _supervisor("retain", "R", "retention", "Show what is kept too long, and anonymise it.", "log list"),
    _supervisor("subject", "A", "subject", "Write all that is held about a client into a file.", "log list"),
    _agent("run_doctor", "D f7", "doctor", "Examine the store and list what is found.", "record", footer=True),
    _agent("take_up", "enter", "take up", "Take the call, or answer the earlier time that it offers.", "queue list", footer=True),
    _agent("put_back", "r", "put back", "Put a call that you have back into the queue.", "queue list", footer=True),
    _agent("done_with", "d", "done with", "Say how the call was done without booking here.", "queue list", footer=True),
    _agent(
        "escalate_case",
        "E",
        "refer up",
        "Escalate the appointment or call in hand to a contact, with all its facts.",
        "grid",
        "offers",
        "queue list",
        "coach day",
        "coach list",
        "log list",
    ),
    _agent(
        "add_feedback",
        "F",
        "feedback",
        "Keep what a claimant or somebody of the staff said about the appointment.",
        *("grid", "coach day", "coach list", "log list"),
    ),
    _agent("waiting_list", "w", "who waits", "List who waits for an earlier time.", "queue list", footer=True),
    _agent("open_cell", "enter", "starts", "List the coaches and starts of the half hour.", "heat map", footer=True),
    _agent("open_day", "enter", "day's map", "Show the day of the chart in the map of its week.", "week chart", footer=True),
    _agent("pick_type", "t", "type", "Count the starts of one type.", "heat map", "week chart", footer=True),
    _agent("pick_whose", "w", "coaches", "Count all diaries, a team's or one coach's.", "heat map", "week chart", "space list"),
    _agent(
        "to_guarantees",
        "v",
        "guarantees",
        "Go to the guarantees and the week's check, or back to the map.",
        "heat map",
        "guarantee list",
        footer=True,
    ),
    _agent(
        "show_chart",
        "b",
        "chart",
        "Picture the starts of the coming weeks by day, or go back to the map.",
        "heat map",
        "week chart",
        footer=True,
    ),
    _agent("count_guaranteed", "enter", "count it", "Count the starts of the type in the map.", "guarantee list", footer=True),
    _leader("sign_week", "c", "sign week", "Sign the check of the week off.", "guarantee list", "heat map", footer=True),
    _leader("unsign_week", "u", "undo sign", "Take back my signing of a week, within 60 seconds.", "guarantee list", "heat map"),
    _agent("past_checks", "H", "past checks", "List the weeks that were signed.", "guarantee list", "heat map"),
    _leader("new_guarantee", "n", "new rule", "Guarantee another type starts.", "guarantee list"),
    _leader(
        "edit_guarantee", "e", "change rule", "Change how many starts are guaranteed, and within which days.", "guarantee list"
    ),
    _leader("drop_guarantee", "delete backspace", "drop rule", "Guarantee the type nothing any more.", "guarantee list"),
    _agent("next_week", "] ctrl+right", "next week", "Go to the next week.", "heat map", "week chart", "space list"),
    _agent("previous_week", "[ ctrl+left", "week before", "Go to the week before.", "heat map", "week chart", "space list"),
    _agent("this_week", "0", "this week", "Go to this week.", "heat map", "week chart", "space list"),
    _agent("see_as_agent", "a", "as agent", "Count what a provider agent sees, or what you see.", "heat map", "week chart"),
    _agent(
        "next_channel",
        "f",
        "channel",
        "Count face to face, phone or video only, or as each type is held.",
        "heat map",
        "week chart",
    ),
    _agent("count_initial", "1", "initial", "Count the first interviews.", "heat map", "week chart"),
    _agent("count_commitment", "2", "commitments", "Count the first commitments.", "heat map", "week chart"),
    _agent("count_residency", "3", "residency", "Count the habitual residency tests.", "heat map", "week chart"),
    _agent("count_gateway", "4", "gateway", "Count the gateway interviews.", "heat map", "week chart"),
    _agent("show_entries", "enter", "entries", "List the coach's appointments of the family.", "use list", footer=True),
    _agent("pick_family", "t", "family", "Choose the family of types.", "use list", footer=True),
    _agent("pick_use_team", "w", "team", "Show all coaches or a team's.", "use list", footer=True),
    _agent("use_days", "d", "days", "Choose the first and the last day.", "use list", footer=True),
    _agent("next_length", "m", "length", "Show the shares of the next length of the family.", "use list"),
    _leader(
        "try_draft", "enter", "try", "Replay requests with the draft and with today's segments.", "sandbox list", footer=True
    ),
    _leader("keep_draft", "s ctrl+s", "keep", "Keep the draft and what it gave under a name.", "sandbox list", footer=True),
    _leader("apply_draft", "a", "apply draft", "Show what saving the draft does, then save it.", "sandbox list", footer=True),
    _leader("show_trial", "i space", "in full", "Show all figures of the draft, or its segments.", "sandbox list"),
    _leader("open_draft", "o", "open file", "Open a file of segments as a draft.", "sandbox list", footer=True),
    _leader("drop_draft", "x delete", "drop draft", "Drop the draft, after a question.", "sandbox list"),
    _leader("next_weeks", "w", "weeks", "Replay another number of weeks, four to eight.", "sandbox list"),
    _leader("switch_source", "r", "source", "Replay requests on record, or generated ones.", "sandbox list"),
    _agent("list_moves", "m", "moves", "List moves that win starts; one shows whom to ask.", "space list", footer=True),
    _leader("dismiss_plan", "x", "dismiss", "Keep a move off the list until something changes.", "space list"),
    _agent("read_queue", "f5", "read again", "Read the list again.", "queue", "flags"),
    _agent("to_its_time", "enter", "to its time", "Show the time of the flag on the booking screen.", "flag list", footer=True),
    _agent("move_flag", "m", "move it", "Move the side that gives way to its proposed place.", "flag list", footer=True),
    _agent("keep_flag", "K", "keep it", "Leave it as it is, with a reason.", "flag list", footer=True),
    _agent("escalate_flag", "e", "pass up", "Escalate the flag to a contact, with all its facts.", "flag list", footer=True),
    _agent("cancel_flag", "x", "cancel it", "Cancel the side that gives way, with a reason.", "flag list"),
    _agent("override_flag", "o", "give back", "Give an appointment its lost time back over another.", "flag list"),
    _agent("dismiss_flag", "d", "no conflict", "Say that the flag is no conflict, with a reason.", "flag list"),
    _agent("assign_flag", "a", "assign", "Give the flag to somebody.", "flag list"),
    _leader("rehome_flag", "h", "re-home all", "Place all of the day of the flag's coach or room anew.", "flag list"),
    _agent("unfold", "space", "one by one", "List the flags of a diary's day one by one, or together.", "flag list"),
    _agent("filter_flags", "/ ctrl+f", "which flags", "Choose which flags are shown.", "flags"),
    _agent("sort_flags", "s", "order", "Show the flags in another order.", "flag list"),
    _agent("list_handoffs", "H f7", "hand-offs", "List the hand-offs, and take, close or escalate one.", "flags"),
    _agent("list_overrides", "O f9", "overrides", "List the overrides that wait, and approve or decline one.", "flags"),
    _agent("list_contacts", "C f8", "contacts", "List the contacts, and change, add or drop one.", "flags"),
    _supervisor("add_staff", "n", "new login", "Add a login, with a name and a role.", "staff list", footer=True),
    _supervisor("change_role", "enter e", "role", "Give the login another role.", "staff list", footer=True),
    _supervisor("staff_email", "m", "e-mail", "Set the address to which notes on a coach's diary go.", "staff list"),
    _supervisor(
        "switch_login", "o", "login on/off", "Switch the login off, so that it acts no more, or on.", "staff list", footer=True
    ),
    _agent("show_item", "enter", "read it", "Show all that is known of it.", "support list", footer=True),
    _agent(
        "find_question", "/ ctrl+f", "find words", "Type words of a question, or of any item of the list.", "support", footer=True
    ),
    _agent("pick_support", "v f6", "which list", "Choose which list is shown.", "support", footer=True),
    _agent(
        "new_item", "n", "raise or add", "Raise a question or incident, or add what the list holds.", "support list", footer=True
    ),
    _agent("watch_question", "w", "watch", "Be told of the answer of a question, or no more.", "support list"),
    _leader("answer_question", "a", "answer", "Publish the answer of a question, or change it.", "support list"),
    _leader("raise_ticket", "t", "ticket", "Make a ticket of a question or an incident.", "support list"),
    _leader("close_item", "c", "close", "Say what came of an incident, a ticket or an improvement.", "support list"),
    _leader("improve_item", "m", "improve", "Make an improvement of an item of feedback.", "support list"),
    _leader("erase_item", "x", "erase words", "Erase the words of an item of feedback.", "support list"),
    _leader("procedure_reviewed", "r", "reviewed", "Say that a procedure was reviewed today.", "support list"),
    _agent("read_support", "f5", "list anew", "Read the list anew.", "support"),
    _supervisor("read_staff", "f5", "list again", "Read the list of staff again.", "staff"),
    _agent(
        "open_report", "enter", "to its table", "Go to the tables of the report.", "report list", "schedule list", footer=True
    ),
    _agent(
        "row_in_full",
        "enter i space",
        "row in full",
        "Show every figure of the row, and what is to be known of the report.",
        "report table",
        "report chart",
        footer=True,
    ),
    _agent("next_table", "n f8", "next table", "Show the report's next table.", "reports", footer=True),
    _agent("previous_table", "p f9", "table before", "Show the report's table before.", "reports"),
    _agent(
        "picture_report", "b f6", "picture", "Picture the table's main figure, or show the table again.", "reports", footer=True
    ),
    _agent("report_days", "d f7", "which days", "Choose the days of the report, and how they are cut.", "reports", footer=True),
    _agent("next_days", "] ctrl+right", "days after", "Go on by as many days, or by whole months.", "reports"),
    _agent("previous_days", "[ ctrl+left", "days before", "Go back by as many days, or by whole months.", "reports"),
    _agent("usual_days", "0 f12", "usual days", "Go to the last four whole weeks.", "reports"),
    _agent("compare_report", "c f4", "compare", "Compare with the days before, with a year ago, or with nothing.", "reports"),
    _agent("compare_with", "C ctrl+o", "compare with", "Compare with as many days from any day on.", "reports"),
    _agent("exact_bound", "E f3", "exact bound", "Bound the allocation efficiency by a linear programme.", "reports"),
    _agent("report_part", "w f11", "which part", "Report on all diaries, a team's or one coach's.", "reports"),
    _agent("make_again", "f5", "make again", "Make the report again.", "reports"),
    _agent("to_reports", "v f2", "reports", "Go to the list of reports, to the schedules, or to the table.", "reports"),
    _agent("write_files", "e ctrl+s", "write files", "Write the report as CSV, workbook or page.", "reports"),
    _leader("schedule_report", "s ctrl+t", "schedule", "Have the report written each day, week or month.", "reports"),
    _leader("unschedule", "x delete", "unschedule", "Write the report of the schedule no more.", "schedule list", footer=True),
    _leader("write_due", "W ctrl+w", "write due", "Write every report that is due.", "reports"),
    _leader("align", "f5", "align", "Find the pattern in which the second coaches idle least.", "alignment", footer=True),
    _leader(
        "apply_alignment", "ctrl+s", "apply", "Show what the pattern does to segments, then save it.", "alignment", footer=True
    ),
    _leader("undo_alignment", "f9", "undo apply", "Take back the last save of segments, an alignment too.", "alignment"),
    _leader(
        "replicate",
        "r",
        "replicate",
        "Allow the same types in all open segments of the day.",
        "segment types",
        "segment table",
        footer=True,
    ),
    _agent("up", "up k", "up", "Move up.", "grid", "any list", "heat map", "chart", action="cursor_up"),
    _agent("down", "down j", "down", "Move down.", "grid", "any list", "heat map", "chart", action="cursor_down"),
    _agent(
        "left",
        "left h",
        "left",
        "Move left, or to the offer before on a line.",
        *("grid", "offers", "ask chips", "heat map", "chart", "space list", "report table"),
        action="cursor_left",
    ),
    _agent(
        "right",
        "right l",
        "right",
        "Move right, or to the next offer on a line.",
        *("grid", "offers", "ask chips", "heat map", "chart", "space list", "report table"),
        action="cursor_right",
    ),
    _agent("fine_up", "shift+up", "5 min up", "Move five minutes up, whatever the zoom.", "grid", action="fine_up"),
    _agent("fine_down", "shift+down", "5 min down", "Move five minutes down, whatever the zoom.", "grid", action="fine_down"),
    _agent("page_left", "ctrl+pageup", "page left", "Move left by a page of columns.", "grid", action="page_left"),
    _agent("page_right", "ctrl+pagedown", "page right", "Move right by a page of columns.", "grid", action="page_right"),
    _agent("first", "home g", "first", "Go to the first line.", "grid", "any list", "heat map", "chart", action="first"),
    _agent("last", "end G", "last", "Go to the last line.", "grid", "any list", "heat map", "chart", action="last"),
    _agent("page_up", "pageup ctrl+u", "page up", "Move up by a page.", "grid", "any list", action="page_up"),
    _agent("page_down", "pagedown ctrl+d", "page down", "Move down by a page.", "grid", "any list", action="page_down"),
    _agent("theme", "T", "theme", "Choose the colours.", "grid", "any list", "heat map", "chart", action="app.change_theme"),
    _agent(
        "layout",
        "z",
        "layout",
        "Choose how close things stand, and on which side.",
        *("grid", "any list", "heat map", "chart"),
        action="app.layout",
    ),
    _agent("jump", "' shift+f6 f18", "jump", "Put letters on panes and fields, and go to one.", "app", action="app.jump"),
    _agent(
        "palette",
        ": ctrl+p ctrl+backslash",
        "commands",
        "Find any command by its words.",
        "app",
        action="app.command_palette",
    ),
    _agent("screens", "S ctrl+]", "screens", "Go to another screen.", "app", action="app.screens"),
    _agent(
        "help",
        "? f1 ctrl+g",
        "help",
        "Show the keys of the pane in hand, then all of them.",
        "app",
        footer=True,
        action="app.help",
    ),
    _agent("tour", "shift+f7 f19", "tour", "Show the booking screen in five steps.", "booking"),
    _agent("whats_new", "shift+f8 f20", "what is new", "Show what is new in this version.", "app", action="app.whats_new"),
    _agent(
        "incident",
        "I shift+f1 f13",
        "incident",
        "Raise an incident of the system: no access, slow, not saving.",
        "app",
        action="app.incident",
    ),
    _agent("back", "escape", "back", "Go back one level; what was typed stays.", "app"),
    _agent("quit", "ctrl+q f10", "quit", "Leave the program; an unfinished call is kept.", "app", action="app.quit"),
)
BY_ID: Final[Mapping[str, Command]] = MappingProxyType({command.id: command for command in COMMANDS})

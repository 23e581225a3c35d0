"""The reports that there are: name, title, and what each one tells."""

from agent_tui.domain.reports import changes, outcomes, overrides, space, time_used, unmet

REPORTS = (
    (time_used.NAME, time_used.TITLE, "Open time that is booked, by diary, team, type, room and equipment."),
    (changes.ACTIVITY, changes.TITLES[changes.ACTIVITY], "What was booked, cancelled and moved, as the log has it."),
    (changes.CANCELLATIONS, changes.TITLES[changes.CANCELLATIONS], "Cancelled appointments by reason, notice and person."),
    (changes.RESCHEDULES, changes.TITLES[changes.RESCHEDULES], "Moved appointments by reason, notice and person, and how far."),
    (outcomes.ATTENDANCE, outcomes.TITLES[outcomes.ATTENDANCE], "Who came, by the days between booking and appointment."),
    (unmet.NAME, unmet.TITLE, "Calls without a booking, hand-offs, and the minutes they cost."),
    (outcomes.LEAD_TIME, outcomes.TITLES[outcomes.LEAD_TIME], "Days from booking to appointment."),
    (overrides.NAME, overrides.TITLE, "Urgent requests that displaced others, and the days that cost."),
    (space.EFFICIENCY, space.TITLES[space.EFFICIENCY], "Minutes booked against those that could have been."),
    (space.WHITE_SPACE, space.TITLES[space.WHITE_SPACE], "Free, usable and stranded time."),
)

"""The tables of a site's rules: staff, resources, types, patterns, closures, and the tickets that ask for changes."""

from sqlalchemy import Index

from agent_tui.store.columns import maybe_text, maybe_whole, text, whole
from agent_tui.store.table_base import CLUSTERED, STRICT, Table, check, one_of, refers


class SiteRow(Table, table=True):
    """One jobcentre and its settings."""

    __tablename__ = "site"
    __table_args__ = (
        check("site_notice", "notice_minutes >= 0"),
        check("site_hold", "hold_seconds > 0"),
        STRICT,
    )
    site: str = text(key=True)
    name: str = text()
    place: str = text()
    phone: str = text()
    nation: str = text()
    zone: str = text()
    handoff_contact: str = text()
    notice_minutes: int = whole()
    hold_seconds: int = whole()
    origin: str = text()


class SiteHeadRow(Table, table=True):
    """The last event of a site; nothing refers to it, so that drawing the next seq blocks no foreign key."""

    __tablename__ = "site_head"
    __table_args__ = (CLUSTERED,)
    site: str = text(key=True)
    seq: int = whole()
    hash: str = text()


class PatternHeadRow(Table, table=True):
    """The version of a site's rules: a booking reads it, a change of types, diaries or patterns takes it for update."""

    __tablename__ = "pattern_head"
    __table_args__ = (CLUSTERED,)
    site: str = text(key=True)
    version: int = whole()


class CounterRow(Table, table=True):
    """The last number given out, such as that of a client's reference."""

    __tablename__ = "counter"
    __table_args__ = (CLUSTERED,)
    site: str = text(key=True)
    name: str = text(key=True)
    value: int = whole()


class TeamRow(Table, table=True):
    """A team of work coaches."""

    __tablename__ = "team"
    __table_args__ = (refers("team", target=("site.site",)), CLUSTERED)
    site: str = text(key=True)
    team: str = text(key=True)
    name: str = text()


class ResourceRow(Table, table=True):
    """Anything a booking needs to itself: a diary, a room, a piece of equipment; `meets` is a JSON list of needs."""

    __tablename__ = "resource"
    __table_args__ = (
        one_of("resource", "kind", "diary", "room", "equipment"),
        check("resource_enabled", "enabled IN (0, 1)"),
        refers("resource", "team", target=("team.site", "team.team")),
        CLUSTERED,
    )
    site: str = text(key=True)
    resource: str = text(key=True)
    kind: str = text()
    name: str = text()
    coach: str | None = maybe_text()
    team: str | None = maybe_text()
    enabled: int = whole()
    meets: str = text()


class StaffRow(Table, table=True):
    """Who may act, in which role, for whom they book, and a coach's own diary; `off_at` since when the login may not act."""

    __tablename__ = "staff"
    __table_args__ = (
        one_of("staff", "role", "agent", "coach", "leader", "supervisor", "admin"),
        refers("staff", "diary", target=("resource.site", "resource.resource")),
        CLUSTERED,
    )
    site: str = text(key=True)
    login: str = text(key=True)
    name: str = text()
    role: str = text()
    booker: str = text()
    diary: str | None = maybe_text()
    off_at: int | None = maybe_whole()
    email: str | None = maybe_text()


class TypeRow(Table, table=True):
    """An appointment type; `may_book` and `needs` are JSON lists."""

    __tablename__ = "appointment_type"
    __table_args__ = (
        one_of("type", "channel", "f2f", "phone", "video"),
        one_of("type", "booked_by", "offer", "block"),
        check("type_key", "key_type IN (0, 1)"),
        refers("appointment_type", target=("site.site",)),
        CLUSTERED,
    )
    site: str = text(key=True)
    code: str = text(key=True)
    name: str = text()
    channel: str = text()
    type_group: str = text()
    weekly_check: str = text()
    key_type: int = whole()
    booked_by: str = text()
    may_book: str = text()
    needs: str = text()
    bring: str = text()
    source: str = text()


class TypeMinutesRow(Table, table=True):
    """The minutes of a type from a day of appointments on."""

    __tablename__ = "type_minutes"
    __table_args__ = (
        check("type_minutes_grid", "minutes > 0 AND minutes % 5 = 0"),
        refers("type_minutes", "code", target=("appointment_type.site", "appointment_type.code")),
        CLUSTERED,
    )
    site: str = text(key=True)
    code: str = text(key=True)
    effective_from: str = text(key=True)
    minutes: int = whole()


class DiaryTypeRow(Table, table=True):
    """A type that is assigned to a diary."""

    __tablename__ = "diary_type"
    __table_args__ = (
        refers("diary_type", "resource", target=("resource.site", "resource.resource")),
        refers("diary_type", "code", target=("appointment_type.site", "appointment_type.code")),
        CLUSTERED,
    )
    site: str = text(key=True)
    resource: str = text(key=True)
    code: str = text(key=True)


class PatternRow(Table, table=True):
    """What one level says of a weekday (0 is Monday) or of one date; `owner` is a diary, a team, a room or
    piece of equipment (level resource), or empty for the site."""

    __tablename__ = "pattern"
    __table_args__ = (
        one_of("pattern", "level", "diary", "team", "site", "resource"),
        check("pattern_when", "(weekday IS NULL) <> (day IS NULL)"),
        check("pattern_weekday", "weekday IS NULL OR (weekday >= 0 AND weekday <= 6)"),
        check("pattern_off", "day_off IN (0, 1)"),
        refers("pattern", target=("site.site",)),
        CLUSTERED,
    )
    site: str = text(key=True)
    pattern: str = text(key=True)
    level: str = text()
    owner: str = text()
    weekday: int | None = maybe_whole()
    day: str | None = maybe_text()
    effective_from: str = text()
    effective_until: str | None = maybe_text()
    day_off: int = whole()


class SegmentRow(Table, table=True):
    """A segment of a pattern, in ticks; `types` is a JSON list of codes, `most` the limit for one diary and day."""

    __tablename__ = "segment"
    __table_args__ = (
        check("segment_range", "0 <= start_tick AND start_tick < end_tick AND end_tick <= 288"),
        one_of("segment", "channel", "all", "f2f", "phone", "video"),
        check("segment_most", "most IS NULL OR most >= 0"),
        refers("segment", "pattern", target=("pattern.site", "pattern.pattern")),
        CLUSTERED,
    )
    site: str = text(key=True)
    pattern: str = text(key=True)
    start_tick: int = whole(key=True)
    end_tick: int = whole()
    channel: str = text()
    most: int | None = maybe_whole()
    description: str = text()
    types: str = text()


class ClosureRow(Table, table=True):
    """A day on which the whole site is closed."""

    __tablename__ = "closure"
    __table_args__ = (refers("closure", target=("site.site",)), CLUSTERED)
    site: str = text(key=True)
    day: str = text(key=True)
    name: str = text()
    source: str = text()


class RetirementRow(Table, table=True):
    """A diary that is no longer required, since a day; its ticket says who asked and why."""

    __tablename__ = "retirement"
    __table_args__ = (refers("retirement", "resource", target=("resource.site", "resource.resource")), CLUSTERED)
    site: str = text(key=True)
    resource: str = text(key=True)
    day: str = text()
    ticket: str = text()


class TypeKeyRow(Table, table=True):
    """Whether a type is a key appointment from a day on; before the first of them appointment_type.key_type says it."""

    __tablename__ = "type_key"
    __table_args__ = (
        check("type_key_flag", "key_type IN (0, 1)"),
        refers("type_key", "code", target=("appointment_type.site", "appointment_type.code")),
        CLUSTERED,
    )
    site: str = text(key=True)
    code: str = text(key=True)
    effective_from: str = text(key=True)
    key_type: int = whole()


class DropInRow(Table, table=True):
    """A type that needs no appointment from a day on: `hours` is JSON [[weekday, start tick, end tick]], empty to end it."""

    __tablename__ = "drop_in"
    __table_args__ = (
        refers("drop_in", "code", target=("appointment_type.site", "appointment_type.code")),
        CLUSTERED,
    )
    site: str = text(key=True)
    code: str = text(key=True)
    effective_from: str = text(key=True)
    hours: str = text()
    words: str = text()


class TicketRow(Table, table=True):
    """A record of what was asked of the people who run the tool: `fields` is JSON, `patterns` the TOML attached to it."""

    __tablename__ = "ticket"
    __table_args__ = (
        one_of(
            "ticket",
            "kind",
            *("new_diary", "enable_diary", "disable_diary", "retire_diary", "absorb_diary", "segmentation"),
        ),
        one_of("ticket", "status", "waiting", "approved", "declined", "done"),
        refers("ticket", target=("site.site",)),
        Index("ix_ticket_status", "site", "status", "made_at"),
        STRICT,
    )
    site: str = text(key=True)
    id: str = text(key=True)
    kind: str = text()
    status: str = text()
    resource: str | None = maybe_text()
    fields: str = text()
    patterns: str = text()
    made_by: str = text()
    made_at: int = whole()
    settled_by: str | None = maybe_text()
    settled_at: int | None = maybe_whole()


class SiteSettingRow(Table, table=True):
    """A setting that the site has changed from its default; what the names mean is in domain.site_settings."""

    __tablename__ = "site_setting"
    __table_args__ = (refers("site_setting", target=("site.site",)), CLUSTERED)
    site: str = text(key=True)
    name: str = text(key=True)
    value: str = text()
    set_by: str = text()
    set_at: int = whole()


class LearntDemandRow(Table, table=True):
    """What the value tables were learnt from: JSON of bookings and of refusals by type, of the days from first to last."""

    __tablename__ = "learnt_demand"
    __table_args__ = (refers("learnt_demand", target=("site.site",)), CLUSTERED)
    site: str = text(key=True)
    first_day: str = text()
    last_day: str = text()
    bookings: str = text()
    refusals: str = text()
    learnt_at: int = whole()


class ValueTableRow(Table, table=True):
    """What runs are worth in segments of one mix: JSON of the mix, and of the values by stage and length."""

    __tablename__ = "value_table"
    __table_args__ = (refers("value_table", target=("site.site",)), CLUSTERED)
    site: str = text(key=True)
    mix: str = text(key=True)
    stages: str = text()


class RefusalRow(Table, table=True):
    """A call that ended without a booking: what was asked for and the rules that stood in the way, and nobody's name."""

    __tablename__ = "refusal"
    __table_args__ = (
        one_of("refusal", "half", "any", "am", "pm"),
        refers("refusal", "type", target=("appointment_type.site", "appointment_type.code")),
        Index("ix_refusal_day", "site", "day"),
        STRICT,
    )
    site: str = text(key=True)
    id: str = text(key=True)
    day: str = text()
    type: str = text()
    first_day: str = text()
    last_day: str = text()
    half: str = text()
    reasons: str = text()
    ending: str = text()


class GuaranteeRow(Table, table=True):
    """What a type must always have: so many starts within so many working days."""

    __tablename__ = "guarantee"
    __table_args__ = (
        check("guarantee_starts", "starts > 0"),
        check("guarantee_days", "days > 0"),
        refers("guarantee", "type", target=("appointment_type.site", "appointment_type.code")),
        CLUSTERED,
    )
    site: str = text(key=True)
    type: str = text(key=True)
    starts: int = whole()
    days: int = whole()
    set_by: str = text()
    set_at: int = whole()


class WeeklyCheckRow(Table, table=True):
    """A week that was signed off: `red` is JSON of what was short then, `done` what was done about it in the signer's words."""

    __tablename__ = "weekly_check"
    __table_args__ = (refers("weekly_check", target=("site.site",)), CLUSTERED)
    site: str = text(key=True)
    week: str = text(key=True)
    red: str = text()
    done: str = text()
    signed_by: str = text()
    signed_at: int = whole()


class RecoveryDismissalRow(Table, table=True):
    """A set of moves that nobody wants to see proposed again; `plan` is its digest, with the versions of its appointments."""

    __tablename__ = "recovery_dismissal"
    __table_args__ = (refers("recovery_dismissal", target=("site.site",)), CLUSTERED)
    site: str = text(key=True)
    plan: str = text(key=True)
    day: str = text()
    dismissed_by: str = text()
    dismissed_at: int = whole()


class PatternDraftRow(Table, table=True):
    """A pattern that was tried and kept: `body` is TOML as segments are written, `result` JSON of what the trial gave."""

    __tablename__ = "pattern_draft"
    __table_args__ = (refers("pattern_draft", target=("site.site",)), CLUSTERED)
    site: str = text(key=True)
    name: str = text(key=True)
    body: str = text()
    result: str = text()
    made_by: str = text()
    made_at: int = whole()


class ReportScheduleRow(Table, table=True):
    """A report that is written for each day, week or month; `schedule` says which, so that nobody adds it twice."""

    __tablename__ = "report_schedule"
    __table_args__ = (
        one_of("report_schedule", "every", "day", "week", "month"),
        one_of("report_schedule", "form", "csv", "xlsx", "html"),
        refers("report_schedule", target=("site.site",)),
        CLUSTERED,
    )
    site: str = text(key=True)
    schedule: str = text(key=True)
    report: str = text()
    every: str = text()
    form: str = text()
    team: str | None = maybe_text()
    diary: str | None = maybe_text()
    made_by: str = text()
    made_at: int = whole()


class ReportRunRow(Table, table=True):
    """A period of a schedule that was written, by whom and when; `file` is the file's name without its folder."""

    __tablename__ = "report_run"
    __table_args__ = (refers("report_run", target=("site.site",)), CLUSTERED)
    site: str = text(key=True)
    schedule: str = text(key=True)
    first_day: str = text(key=True)
    last_day: str = text()
    file: str = text()
    written_by: str = text()
    written_at: int = whole()


class ContactRow(Table, table=True):
    """Somebody to whom work is escalated, by level: `reach` says how, which can be a phone number."""

    __tablename__ = "contact"
    __table_args__ = (
        check("contact_level", "level > 0"),
        refers("contact", target=("site.site",)),
        CLUSTERED,
    )
    site: str = text(key=True)
    contact: str = text(key=True)
    level: int = whole()
    name: str = text()
    reach: str = text()
    hours: str = text()
    set_by: str = text()
    set_at: int = whole()

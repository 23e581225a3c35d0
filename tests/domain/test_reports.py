"""Reports: spans and their comparisons, tables side by side, what a line of the log did, text, CSV and pages."""

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.log import State
from agent_tui.domain.reports import changes, outcomes, space
from agent_tui.domain.reports.changes import activity, cancellations, effect, reschedules, step_of
from agent_tui.domain.reports.facts import Line, Taken, Unserved
from agent_tui.domain.reports.page import html_of
from agent_tui.domain.reports.schedules import LATE_DAYS, MOST_BEHIND, Schedule, due
from agent_tui.domain.reports.shape import COUNT, MINUTES, SHARE, TEXT, Column, Report, Table, compared
from agent_tui.domain.reports.span import (
    DAY,
    LAST_YEAR,
    MONTH,
    MOST_DAYS,
    PREVIOUS,
    STEPS,
    WEEK,
    WHOLE,
    BadSpan,
    Span,
    month_of,
    usual_step,
    whole_weeks,
)
from agent_tui.domain.reports.words import cell_text, csv_of, lines_of, row_texts
from agent_tui.domain.site import Catalogue, Site
from tests.small_site import DIARIES, TEAMS, TYPES

MONDAY = date(2026, 11, 2)
DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))
RULES = Catalogue(
    1,
    Site("LPP", "Leeds Park Place", "1 Park Place", "0113", "ENG", "PAC desk"),
    {kind.code: kind for kind in TYPES},
    {one.code: one for one in DIARIES},
    {},
    (),
    {},
    TEAMS,
)


@given(DAYS, st.integers(0, 365), st.sampled_from(STEPS))
def test_periods_are_the_days_of_a_span_each_once_and_in_order(first: date, days: int, step: str) -> None:
    span = Span(first, first + timedelta(days=days), step)
    covered = [one.first + timedelta(days=offset) for one in span.periods for offset in range((one.last - one.first).days + 1)]
    assert covered == list(span.each_day())
    assert [span.row_of[day.isoformat()] for day in covered] == sorted(span.row_of[day.isoformat()] for day in covered)
    assert len({one.name for one in span.periods}) == len(span.periods)


@given(DAYS, st.integers(0, 365), st.sampled_from((DAY, WEEK)))
def test_what_is_compared_has_the_same_weekdays_and_lies_before(first: date, days: int, step: str) -> None:
    span = Span(first, first + timedelta(days=days), step)
    for which in (PREVIOUS, LAST_YEAR):
        before = span.before(which)
        assert before.days == span.days or span._whole_months()
        assert before.last < span.first or which == LAST_YEAR
        assert before.first.weekday() == span.first.weekday() or span._whole_months()


def test_before_whole_months_come_the_months_before_them() -> None:
    span = Span(date(2026, 3, 1), date(2026, 4, 30), MONTH)
    assert (span.before(PREVIOUS).first, span.before(PREVIOUS).last) == (date(2026, 1, 1), date(2026, 2, 28))
    january = Span(date(2026, 1, 1), date(2026, 1, 31), MONTH).before(PREVIOUS)
    assert (january.first, january.last) == (date(2025, 12, 1), date(2025, 12, 31))


def test_days_step_on_and_back_by_their_own_number_or_by_whole_months() -> None:
    for span in (Span(MONDAY, MONDAY, DAY), Span(MONDAY, MONDAY + timedelta(days=9), DAY), Span(MONDAY, MONDAY, WHOLE)):
        after = span.stepped(1)
        assert (after.first - span.last).days == 1
        assert after.days == span.days
        assert after.stepped(-1) == span
    quarter = Span(date(2025, 11, 1), date(2026, 1, 31), MONTH)
    assert (quarter.stepped(1).first, quarter.stepped(1).last) == (date(2026, 2, 1), date(2026, 4, 30))
    assert quarter.stepped(1).stepped(-1) == quarter
    for span, by in ((Span(date(1, 1, 1), date(1, 1, 31), DAY), -1), (Span(date(9999, 12, 2), date(9999, 12, 31), DAY), 1)):
        with pytest.raises(BadSpan, match="no days beyond"):
            span.stepped(by)
    with pytest.raises(BadSpan, match="no days beyond"):
        quarter.beginning(date(9999, 12, 31))
    assert (quarter.beginning(MONDAY).days, quarter.beginning(MONDAY).step) == (quarter.days, MONTH)


@pytest.mark.parametrize(
    ("first", "days", "step", "sentence"),
    [
        (MONDAY, -1, DAY, "before its first"),
        (MONDAY, MOST_DAYS, MONTH, "at most 1100 days"),
        (MONDAY, 3650, MONTH, "not 3651"),
        (MONDAY, 400, DAY, "say week or month"),
        (MONDAY, 1, "year", "not by year"),
    ],
)
def test_days_of_which_no_report_can_be_made(first: date, days: int, step: str, sentence: str) -> None:
    with pytest.raises(BadSpan, match=sentence):
        Span(first, first + timedelta(days=days), step)


def test_usual_days() -> None:
    assert whole_weeks(date(2026, 11, 30)) == (date(2026, 11, 2), date(2026, 11, 29))
    assert whole_weeks(date(2026, 11, 29)) == (date(2026, 10, 26), date(2026, 11, 22))
    assert month_of("2028-02") == (date(2028, 2, 1), date(2028, 2, 29))
    for text in ("2028-13", "nonsense", "", "2028"):
        with pytest.raises(BadSpan):
            month_of(text)
    assert [usual_step(days) for days in (1, 31, 32, 182, 183)] == [DAY, DAY, WEEK, WEEK, MONTH]


# What a line of the log did.


def state(status: str = "booked", *, kind: str = "appointment", day: str = "2026-11-05", start: int = 108, **more: Any) -> State:
    return {"kind": kind, "status": status, "day": day, "start": start, "diary": "D01", "type": "FC-F2F", **more}


def line(verb: str, before: State | None, after: State | None, *, seq: int = 1, reason: str | None = None, **more: Any) -> Line:
    said: dict[str, Any] = {"day": "2026-11-03", "minute": 600, "who": "agent1", "role": "agent", **more}
    return Line(seq, said["day"], said["minute"], said["who"], said["role"], verb, before, after, reason)


@pytest.mark.parametrize(
    ("verb", "before", "after", "wanted"),
    [
        ("booked", None, None, changes.BOOKED),
        ("booked", None, state(), changes.BOOKED),
        ("held", None, state("held", kind="hold"), None),
        ("confirmed", state("held", kind="hold"), state(), changes.BOOKED),
        ("imported", None, state(), changes.BROUGHT_IN),
        ("imported", None, state("cancelled"), None),
        ("imported", state(), state(day="2026-11-06"), changes.RESCHEDULED),
        ("cancelled", state(), state("cancelled"), changes.CANCELLED),
        ("cancelled", state("unplaced"), state("cancelled"), changes.CANCELLED),
        ("undone", state("cancelled"), state(), changes.RESTORED),
        ("undone", state(), state("undone"), changes.TAKEN_BACK),
        ("undone", state(), state("held", kind="hold"), changes.TAKEN_BACK),
        ("undone", state(start=120), state(), changes.RESCHEDULED),
        ("moved", state(), state(start=120), changes.RESCHEDULED),
        ("moved", state("unplaced"), state(), changes.RESCHEDULED),
        ("moved", state(), state("unplaced"), changes.LOST_TIME),
        ("unplaced", state(), state("unplaced"), changes.LOST_TIME),
        ("recorded", state(), state("dna"), None),
        ("blocked", None, state("blocked", kind="block"), None),
    ],
)
def test_what_a_line_did(verb: str, before: State | None, after: State | None, wanted: str | None) -> None:
    assert effect(line(verb, before, after)) == wanted


STATUSES = ("booked", "attended", "late", "dna", "unplaced", "cancelled", "undone")
MAYBE = st.sampled_from((None, *STATUSES))


@given(st.lists(st.tuples(MAYBE, MAYBE, st.integers(0, 3), st.sampled_from(changes.VERBS))))
def test_appointments_that_stand_add_up_whatever_was_done(done: list[tuple[str | None, str | None, int, str]]) -> None:
    lines = [
        line(verb, state(one) if one else None, state(other) if other else state("cancelled"), day=f"2026-11-0{number + 2}")
        for one, other, number, verb in done
    ]
    (table,) = activity(Span(MONDAY, MONDAY + timedelta(days=6), DAY), lines, 10).tables
    assert table.total is not None
    assert table.total[-1] == 10 + sum(step_of(one) for one in lines) == table.rows[-1][-1]
    for place in range(1, len(table.columns) - 1):
        assert table.total[place] == sum(int(row[place] or 0) for row in table.rows)


def test_cancellations_by_reason_notice_and_person_without_those_undone() -> None:
    lines = [
        line("cancelled", state(), state("cancelled"), seq=1, reason="claimant"),
        line(
            "cancelled",
            state(day="2026-11-03", start=121),
            state("cancelled"),
            seq=2,
            reason="office",
            who="super1",
            role="supervisor",
        ),
        line("cancelled", state(day="2026-11-03", start=100), state("cancelled"), seq=3, reason="claimant"),
        line("cancelled", state(day="2026-11-30"), state("cancelled"), seq=4, reason="claimant"),
        line("cancelled", state(), state("cancelled"), seq=5, reason="claimant"),
        line("undone", state("cancelled"), state(), seq=6, reason="undoes:5"),
    ]
    found = cancellations(RULES, Span(MONDAY, MONDAY + timedelta(days=6), DAY), lines, {"agent1": "Ann Archer"})
    tables = {one.key: one for one in found.tables}
    assert tables["periods"].total == ("All", 4, 2, 0.5)
    assert tables["reasons"].rows == (("claimant", 3, 0.75), ("office", 1, 0.25))
    assert dict((row[0], row[1]) for row in tables["notice"].rows) == {
        **{"after the start": 1, "under 2 hours": 1, "same day": 0, "a day": 0, "2 to 7 days": 1, "8 to 28 days": 1},
        "more than 28 days": 0,
    }
    assert tables["roles"].rows == (("agent", 3, 0.75), ("supervisor", 1, 0.25))
    assert tables["people"].rows[0] == ("agent1", "Ann Archer", 3, 0.75)
    assert tables["types"].rows == (("FC-F2F", "First commitment - F2F", 4, 1.0),)


def test_reschedules_say_how_far() -> None:
    lines = [
        line("moved", state(), state(day="2026-11-09", start=114), seq=1),
        line("moved", state(), state(start=120), seq=2, reason="override:payment_at_risk"),
        line("moved", state(), state(day="2026-11-04"), seq=3, reason="rehomed:abc;gap:0=0"),
    ]
    found = reschedules(RULES, Span(MONDAY, MONDAY + timedelta(days=6), WEEK), lines, {})
    assert found.tables[0].total == ("All", 3, 1, 1, 1, 0.0, 30.0)
    assert {row[0] for row in found.tables[1].rows} == {"asked for", "override", "rehomed"}


# Outcomes.


def taken(status: str, day: str, made: datetime, *, kind: str = "appointment") -> Taken:
    made_at = round(made.timestamp() * 1000)
    return Taken(kind, status, "FC-F2F", "D01", day, 108, 118, '["D01"]', "f2f", "standard", made_at)


def by_utc(instant: int) -> date:
    return datetime.fromtimestamp(instant / 1000).date()


def test_who_came_by_lead_time() -> None:
    rows = [
        taken("attended", "2026-11-03", datetime(2026, 11, 3, 8)),
        taken("dna", "2026-11-03", datetime(2026, 11, 1, 23, 59)),
        taken("late", "2026-11-03", datetime(2026, 9, 1, 12)),
        taken("booked", "2026-11-03", datetime(2026, 11, 2, 12)),
        taken("blocked", "2026-11-03", datetime(2026, 11, 2, 12), kind="block"),
        taken("attended", "2026-11-03", datetime(2026, 11, 4, 12)),
    ]
    found = outcomes.attendance(RULES, Span(MONDAY, MONDAY + timedelta(days=6), WEEK), rows, by_utc)
    leads = {row[0]: row[1:] for row in found.tables[0].rows}
    assert leads["same day"] == (2, 0, 0, 0, 0.0)
    assert leads["1 day"] == (0, 0, 0, 1, None)  # of which nobody knows yet
    assert leads["2 to 6 days"] == (0, 0, 1, 0, 1.0)
    assert leads["28 days and more"] == (0, 1, 0, 0, 0.0)
    assert found.tables[0].total == ("All", 2, 1, 1, 1, 0.25)


def test_lead_times() -> None:
    rows = [taken("booked", "2026-11-05", datetime(2026, 11, 5) - timedelta(days=days)) for days in (0, 1, 2, 3, 14)]
    found = outcomes.lead_time(RULES, Span(MONDAY, MONDAY + timedelta(days=6), WEEK), rows, by_utc)
    assert found.tables[0].rows == (("FC-F2F", "First commitment - F2F", "£", 5, 4.0, 2.0, 9.6, 0.2, 0.8),)
    empty = outcomes.lead_time(RULES, Span(MONDAY, MONDAY, DAY), [], by_utc)
    assert empty.is_empty
    assert empty.tables[1].rows[0][1:] == (0, None, None, None, None, None)


def test_efficiency_never_asks_for_more_than_could_be_booked() -> None:
    spaces = [space.Space("D01", "2026-11-03", 180, 60, 10, 170), space.Space("D01", "2026-11-10", 180, 60, 10, 170)]
    rows = [taken("booked", "2026-11-03", datetime(2026, 11, 1))] * 3
    refused = [Unserved("2026-11-03", "FC-F2F", ("full",), "rang_off")] * 2
    span = Span(MONDAY, MONDAY + timedelta(days=13), MONTH)
    (table,) = space.efficiency(RULES, span, spaces, rows, refused).tables
    assert table.rows[0] == ("2026-W45", 180, 250, 170, 150, 2, 0.882)
    assert table.rows[1] == ("2026-W46", 180, 0, 0, 0, 0, None)
    (exact,) = space.efficiency(RULES, span, spaces, rows, refused, {"2026-11-02": 160}).tables
    assert exact.rows[0][3] == 160


# Side by side.

HEAD = Column("name", "Name", TEXT)
FIGURE = Column("figure", "Figure", COUNT)


def of(rows: tuple[tuple[Any, ...], ...], *, by_time: bool = False, first: date = MONDAY) -> Report:
    table = Table("t", "T", (HEAD, FIGURE), rows, ("All", sum(row[1] or 0 for row in rows)), by_time=by_time)
    return Report("r", "R", first, first, DAY, (table,), ("a note",))


def test_two_reports_side_by_side_by_name() -> None:
    found = compared(of((("a", 5), ("b", 1))), of((("b", 4), ("c", 2))))
    (table,) = found.tables
    assert [one.key for one in table.columns] == ["name", "figure", "figure_before", "figure_change"]
    assert table.rows == (("a", 5, None, None), ("b", 1, 4, -3), ("c", None, 2, None))
    assert table.total == ("All", 6, 6, 0)
    assert found.against == (MONDAY, MONDAY)


def test_two_reports_side_by_side_in_time() -> None:
    (table,) = compared(of((("w1", 5), ("w2", 1)), by_time=True), of((("v1", 4), ("v2", 2), ("v3", 9)), by_time=True)).tables
    assert table.rows == (("w1", 5, 4, 1), ("w2", 1, 2, -1), ("v3", None, 9, None))


# As text.


@pytest.mark.parametrize(
    ("cell", "unit", "change", "text"),
    [
        *((None, COUNT, False, "-"), (3, COUNT, False, "3"), (3, COUNT, True, "+3"), (-3, COUNT, True, "-3")),
        *((125, MINUTES, False, "2:05"), (-125, MINUTES, True, "-2:05"), (125, MINUTES, True, "+2:05")),
        *(
            (0.5, SHARE, False, "50.0%"),
            (-0.05, SHARE, True, "-5.0 pts"),
            ("a\x1b[2Jb", TEXT, False, "a\N{REPLACEMENT CHARACTER}[2Jb"),
        ),
    ],
)
def test_cells_as_people_read_them(cell: Any, unit: str, change: bool, text: str) -> None:
    assert cell_text(cell, unit, change=change) == text


EVIL = '=cmd|"/c calc"!A1'


def test_a_csv_holds_no_formula_and_every_table() -> None:
    report = of(((EVIL, 5), ("+1", 2)))
    rows = list(csv.reader(io.StringIO(csv_of(report))))
    assert rows == [["table", "name", "figure"], ["t", f"'{EVIL}", "5"], ["t", "'+1", "2"], ["t", "All", "7"]]


def test_a_page_escapes_what_it_says_and_stands_alone() -> None:
    page = html_of(of((("<script>alert(1)</script>", 5),)), "A & B", datetime(2026, 11, 3, 9), "all")
    assert "<script>" not in page
    assert "A &amp; B" in page
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")


def test_lines_line_up() -> None:
    lines = lines_of(of((("a", 5), ("bb", 10))))
    assert lines == [
        "R, Mon 2 Nov 2026 to Mon 2 Nov 2026",
        "",
        "T",
        "  Name  Figure",
        "  a          5",
        "  bb        10",
        "  All       15",
        "",
        "a note",
    ]


def test_days_in_lines_are_as_people_say_them() -> None:
    table = Table("periods", "Over time", (Column("period", "Day", TEXT), Column("name", "Name", TEXT)), (), None)
    said = [row_texts(table, (period, period))[0] for period in ("2026-11-02", "2026-W45", "2026-11", "2026-11-02 to 2026-11-11")]
    assert said == ["Mon 2 Nov 2026", "2026-W45", "2026-11", "Mon 2 Nov 2026 to Wed 11 Nov 2026"]
    assert row_texts(table, ("All", "2026-11-02")) == ["All", "2026-11-02"]


# Schedules.


def plan(every: str) -> Schedule:
    return Schedule("utilisation", every, "csv", None, None, "leader1", 0)


@pytest.mark.parametrize(
    ("every", "made", "today", "periods"),
    [
        (WEEK, date(2026, 11, 25), date(2026, 11, 25), ["2026-W47"]),
        (WEEK, date(2026, 11, 25), date(2026, 11, 30), ["2026-W47", "2026-W48"]),
        (DAY, date(2026, 11, 25), date(2026, 11, 27), ["2026-11-24", "2026-11-25", "2026-11-26"]),
        (MONTH, date(2026, 11, 25), date(2026, 12, 1), ["2026-10", "2026-11"]),
        (MONTH, date(2026, 1, 1), date(2026, 1, 1), ["2025-12"]),
    ],
)
def test_what_is_due(every: str, made: date, today: date, periods: list[str]) -> None:
    one = plan(every)
    found = due([one], (), today, {one.key: made})
    assert [item.period for item in found] == periods
    written = {(one.key, found[0].span.first.isoformat())}
    assert [item.period for item in due([one], written, today, {one.key: made})] == periods[1:]


@given(st.sampled_from((DAY, WEEK, MONTH)), DAYS, st.integers(0, 400))
def test_what_is_due_has_ended_and_is_never_more_than_a_dozen(every: str, made: date, later: int) -> None:
    today, one = made + timedelta(days=later), plan(every)
    found = due([one], (), today, {one.key: made})
    assert 1 <= len(found) <= MOST_BEHIND
    assert found[-1].span.last < today
    assert all(item.is_late(today) == ((today - item.span.last).days > LATE_DAYS) for item in found)
    assert [item.span.first for item in found] == sorted(item.span.first for item in found)


def test_a_report_of_the_whole_span_is_one_row() -> None:
    assert [one.name for one in Span(MONDAY, MONDAY + timedelta(days=9), WHOLE).periods] == ["2026-11-02 to 2026-11-11"]

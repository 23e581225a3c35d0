"""report: what happened on some days, in tables, beside the same report of other days, and as files."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.booking import DiaryCode, RequestUuid, TeamCode
from agent_tui.cli.empties import Object
from agent_tui.cli.empty_reports import empty_due, empty_list, empty_report, empty_schedule
from agent_tui.cli.progress import BAR_AFTER_SECONDS, progress_bar
from agent_tui.cli.reading import read_choice, read_code, read_day, read_id, shown
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.reports.catalogue import REPORTS
from agent_tui.domain.reports.schedules import EVERY, FORMATS
from agent_tui.domain.reports.shape import Report, Row, Table
from agent_tui.domain.reports.span import (
    LAST_YEAR,
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
from agent_tui.domain.reports.words import lines_of
from agent_tui.domain.requests import Refused
from agent_tui.domain.wall_time import short_date
from agent_tui.domain.week import BadWeek, read_week

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.reporting import Asked

report = typer.Typer(help="Reports of any days: agent-tui report utilisation --month 2026-11", no_args_is_help=True)

First = Annotated[str | None, typer.Option("--from", help="First day (default: the last four whole weeks).")]
Last = Annotated[str | None, typer.Option("--to", help="Last day.")]
OneWeek = Annotated[str | None, typer.Option("--week", help="A week instead of days: this, next or 2026-W48.")]
OneMonth = Annotated[str | None, typer.Option("--month", help="A month instead of days, such as 2026-11.")]
By = Annotated[str | None, typer.Option("--by", help=f"{', '.join(STEPS)} (default: by the number of days).")]
Compare = Annotated[
    str | None, typer.Option("--compare", help=f"{PREVIOUS}, {LAST_YEAR} (52 weeks back), or the first day of as many days.")
]
Exact = Annotated[bool, typer.Option("--exact", help="Bound the efficiency of each week by a linear programme.")]
CsvFile = Annotated[str | None, typer.Option("--csv", metavar="FILE", help="Write it as CSV.")]
XlsxFile = Annotated[str | None, typer.Option("--xlsx", metavar="FILE", help="Write it as a workbook.")]
HtmlFile = Annotated[str | None, typer.Option("--html", metavar="FILE", help="Write it as one page.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]


def _command(name: str) -> Callable[..., None]:
    def run(
        context: typer.Context,
        first: First = None,
        last: Last = None,
        week: OneWeek = None,
        month: OneMonth = None,
        by: By = None,
        compare: Compare = None,
        team: TeamCode = None,
        diary: DiaryCode = None,
        exact: Exact = False,
        csv: CsvFile = None,
        xlsx: XlsxFile = None,
        html: HtmlFile = None,
        force: Force = False,
    ) -> None:
        session: Session = context.obj
        files = {form: file for form, file in (("csv", csv), ("xlsx", xlsx), ("html", html)) if file is not None}
        with session.desk() as desk:
            days = read_span(desk.now.date(), first, last, week, month, by)
            _make(session, desk, name, days, _against(days, compare), read_code(team), read_code(diary), exact, files, force)

    return run


def read_span(
    today: date, first: str | None, last: str | None, week: str | None = None, month: str | None = None, by: str | None = None
) -> Span:
    """Return the days that options ask for: a week, a month, or from one day to another; else the last four whole weeks."""
    if by is not None:
        read_choice("--by", by, STEPS)
    given = [name for name, one in (("--from/--to", first or last), ("--week", week), ("--month", month)) if one]
    if len(given) > 1:
        raise Malformed(f"Say {given[0]} or {given[1]}, not both.")
    try:
        if month is not None:
            begin, end = month_of(clean(month, limit=20))
        elif week is not None:
            one = read_week(clean(week, limit=30), today)
            begin, end = one.monday, one.sunday
        else:
            usual = whole_weeks(today)
            begin = read_day(first) if first else min(usual[0], read_day(last)) if last else usual[0]
            end = read_day(last) if last else max(today, begin) if first else usual[1]
        return Span(begin, end, by or usual_step((end - begin).days + 1))
    except (BadSpan, BadWeek) as bad:
        raise Malformed(str(bad)) from None


def _against(days: Span, compare: str | None) -> Span | None:
    if compare is None:
        return None
    try:
        if compare in (PREVIOUS, LAST_YEAR):
            return days.before(compare)
        return days.beginning(read_day(compare))
    except (BadSpan, OverflowError) as bad:
        raise Malformed(str(bad)) from None


def _make(
    session: Session,
    desk: "Desk",
    name: str,
    days: Span,
    against: Span | None,
    team: str | None,
    diary: str | None,
    exact: bool,
    files: dict[str, str],
    force: bool,
) -> None:
    from agent_tui.services.reporting import Asked, BadReport
    from agent_tui.services.reporting import report as make

    asked = Asked(name, days, against, team, diary, exact)
    with progress_bar(after=BAR_AFTER_SECONDS) as progress:
        try:
            found = make(desk, asked, None if progress is None else lambda *step: progress(*step) is None)
        except BadReport as bad:
            raise Malformed(str(bad)) from None
    if found.is_empty:
        sentence = f"{found.title}: nothing is on record from {short_date(found.first)} to {short_date(found.last)}."
        nothing = report_object(asked, found) | {"status": "none", "code": "nothing_found", "reason": sentence}
        answer(session.as_json, nothing, [], code=REFUSED, sentence=sentence)
    written = _written(desk, asked, found, files, force)
    said = [f"{found.title} written to {shown(Path(file).name, 60)}." for file in written] or lines_of(found)
    answer(session.as_json, report_object(asked, found) | {"files": written}, said)


def _written(desk: "Desk", asked: "Asked", found: Report, files: dict[str, str], force: bool) -> list[str]:
    from agent_tui.services.plain_file import write_private
    from agent_tui.services.report_files import file_of

    for form, file in files.items():
        problem = write_private(file, file_of(desk, asked, found, form), force=force)
        if problem is not None:
            raise Malformed(problem)
    return list(files.values())


def report_object(asked: "Asked", found: Report) -> Object:
    """Return a report as an object; minutes and shares are plain numbers."""
    against = found.against
    return empty_report() | {
        **{"status": "report", "name": found.name, "title": found.title, "from": found.first.isoformat()},
        **{"to": found.last.isoformat(), "by": found.step, "team": asked.team, "diary": asked.diary},
        "compared_from": None if against is None else against[0].isoformat(),
        "compared_to": None if against is None else against[1].isoformat(),
        "tables": [_table_object(one) for one in found.tables],
        "notes": list(found.notes),
    }


def _table_object(table: Table) -> Object:
    return {
        "key": table.key,
        "title": table.title,
        "columns": [{"key": one.key, "label": one.label, "unit": one.unit} for one in table.columns],
        "rows": [_row_object(table, row) for row in table.rows],
        "total": None if table.total is None else _row_object(table, table.total),
    }


def _row_object(table: Table, row: Row) -> Object:
    return {column.key: cell for column, cell in zip(table.columns, row, strict=True)}


ScheduleKey = Annotated[str, typer.Argument(metavar="SCHEDULE", help="The schedule, as the list of schedules has it.")]


def schedule(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="REPORT", help="A report, as report list has it.")],
    every: Annotated[str, typer.Option("--every", help=f"One of {', '.join(EVERY)}.")] = WEEK,
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "xlsx",
    team: TeamCode = None,
    diary: DiaryCode = None,
    request: RequestUuid = None,
) -> None:
    """Have a report written for each day, week or month: agent-tui report schedule utilisation --every week --format xlsx"""
    session: Session = context.obj
    read_choice("--every", every, EVERY)
    read_choice("--format", form, FORMATS)
    id = read_id(request)
    with session.desk() as desk:
        from agent_tui.services.report_schedules import add
        from agent_tui.services.reporting import Asked, BadReport

        today = desk.now.date()
        asked = Asked(clean(name, limit=30), Span(today, today, WHOLE), None, read_code(team), read_code(diary))
        try:
            done = add(desk, asked, every, form, id=id)
        except BadReport as bad:
            raise Malformed(str(bad)) from None
    if isinstance(done, Refused):
        _refused(session, done)
        return
    object_ = empty_schedule() | {"status": "scheduled", "schedule": done.schedule.key}
    answer(session.as_json, object_, [f"{done.schedule.key} is scheduled; {_due_words(len(done.due))}."])


def unschedule(context: typer.Context, key: ScheduleKey, request: RequestUuid = None) -> None:
    """Write a report no more; what was written is kept on record: agent-tui report unschedule utilisation-week-xlsx"""
    session: Session = context.obj
    id = read_id(request)
    with session.desk() as desk:
        from agent_tui.services.report_schedules import drop

        done = drop(desk, clean(key, limit=120), id=id)
    if isinstance(done, Refused):
        _refused(session, done)
        return
    answer(session.as_json, empty_schedule() | {"status": "unscheduled", "schedule": done}, [f"{done} is dropped."])


def _refused(session: Session, done: Refused) -> None:
    object_ = empty_schedule() | {"code": done.code, "reason": done.reason}
    answer(session.as_json, object_, [], code=REFUSED, sentence=done.reason)


def _due_words(number: int) -> str:
    return "nothing is due now" if not number else "one report is due now" if number == 1 else f"{number} reports are due now"


def schedules(context: typer.Context) -> None:
    """List what is scheduled, with what is due and late: agent-tui report schedules"""
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services.report_schedules import schedules as listed

        found = listed(desk)
    items = [
        {
            **{"schedule": one.schedule.key, "report": one.schedule.report, "every": one.schedule.every},
            **{"format": one.schedule.form, "team": one.schedule.team, "diary": one.schedule.diary},
            **{"due": [item.period for item in one.due], "late": one.late, "written_to": one.written_to},
        }
        for one in found
    ]
    lines = [
        f"{'!' if one.late else ' '} {one.schedule.key:<40} {_due_words(len(one.due))}{f', {one.late} late' if one.late else ''}"
        for one in found
    ]
    answer(
        session.as_json,
        empty_list() | {"status": "list", "total": len(items), "items": items},
        lines or ["No report is scheduled."],
    )


def due(
    context: typer.Context,
    folder: Annotated[str, typer.Option("--folder", metavar="DIR", help="Where to write (default: the current folder).")] = ".",
) -> None:
    """Write the reports that are due, a file each: agent-tui report due --folder reports"""
    session: Session = context.obj
    where = Path(folder)
    if not where.is_dir():
        raise Malformed(f"{shown(folder, 60)} is no folder that is there.")
    with session.desk() as desk, progress_bar(after=BAR_AFTER_SECONDS) as progress:
        from agent_tui.services.report_schedules import write_due

        done = write_due(desk, where, progress)
    items = [
        {"schedule": one.due.schedule.key, "period": one.due.period, "file": one.file, "written_by": one.who} for one in done.runs
    ]
    status = "partial" if done.problems else "written"
    object_ = empty_due() | {"status": status, "total": len(items), "items": items, "problems": list(done.problems)}
    lines = [f"{one.due.schedule.report} {one.due.period} written to {one.file}." for one in done.runs]
    lines = lines or ["Nothing was due."]
    if done.problems:
        said = " ".join(done.problems)
        object_ |= {"code": "not_written", "reason": said}
        answer(session.as_json, object_, lines if done.runs else [], code=REFUSED, sentence=said)
    answer(session.as_json, object_, lines)


def _listing(context: typer.Context) -> None:
    """List the reports that there are: agent-tui report list"""
    session: Session = context.obj
    items = [{"name": name, "title": title, "what": what} for name, title, what in REPORTS]
    lines = [f"{name:<15} {title}: {what}" for name, title, what in REPORTS]
    answer(session.as_json, empty_list() | {"status": "list", "total": len(items), "items": items}, lines)


def register(app: typer.Typer) -> None:
    """Add the reports, one command each."""
    for name, _title, what in REPORTS:
        report.command(name, help=f"{what}  agent-tui report {name} --from 2026-11-02 --to 2026-11-29")(_command(name))
    report.command("list")(_listing)
    report.command("due")(due)
    report.command("schedule")(schedule)
    report.command("unschedule")(unschedule)
    report.command("schedules")(schedules)
    app.add_typer(report, name="report")

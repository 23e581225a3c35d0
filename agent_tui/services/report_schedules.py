"""Reports that are written again and again: added, dropped, listed with what is due or late, and written."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agent_tui.domain.log import Event
from agent_tui.domain.reports.catalogue import READERS
from agent_tui.domain.reports.schedules import EVERY, FORMATS, SCHEDULED, UNSCHEDULED, WRITTEN, Due, Schedule, due
from agent_tui.domain.requests import Refused
from agent_tui.domain.wall_time import wall_of
from agent_tui.services.acts import Act, in_one_act, request_id
from agent_tui.services.desk import Desk, DeskRefused
from agent_tui.services.one_line import write_line
from agent_tui.services.plain_file import write_private
from agent_tui.services.report_files import file_of
from agent_tui.services.reporting import Asked, BadReport, checked, report
from agent_tui.store.queries import reports as report_queries
from agent_tui.store.trouble import KeyRefused
from agent_tui.store.unit_of_work import Unit

_ROLE = "Reports are scheduled and written by a team leader, a supervisor or an administrator."

Told = Callable[[str, int, int], object]
"""As reporting.Told; only False stops it."""


@dataclass(frozen=True, slots=True)
class Run:
    """A period of a schedule that was written: the file's name, who wrote it, and when (ms UTC)."""

    due: Due
    file: str
    who: str
    at: int


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A schedule with what is due of it, how many of that is late, and the ISO day to which it was written last."""

    schedule: Schedule
    due: tuple[Due, ...]
    late: int
    written_to: str | None


@dataclass(frozen=True, slots=True)
class Written:
    """What `write_due` did: the periods that it wrote, and sentences of what it could not write."""

    runs: tuple[Run, ...]
    problems: tuple[str, ...] = ()


def schedules(desk: Desk) -> list[Scheduled]:
    """Return every schedule with what is due and late; anybody may look, and nothing is written."""
    with desk.store.read() as unit:
        return _listed(desk, unit)


def late_reports(desk: Desk) -> int:
    """Return how many periods of schedules are late."""
    return sum(one.late for one in schedules(desk))


def _listed(desk: Desk, unit: Unit) -> list[Scheduled]:
    known = report_queries.schedules(unit, desk.site)
    if not known:
        return []
    zone, today = desk.catalogue(unit).site.zone, desk.now.date()
    runs = report_queries.runs(unit, desk.site)
    made = {one.key: wall_of(one.made_at, zone).date() for one in known}
    found = []
    for one in known:
        waiting = tuple(due([one], runs.keys(), today, made))
        last = max((first for key, first in runs if key == one.key), default=None)
        found.append(Scheduled(one, waiting, sum(item.is_late(today) for item in waiting), last))
    return found


def add(desk: Desk, asked: Asked, every: str, form: str, *, id: str | None = None) -> Scheduled | Refused:
    """Have a report written for each day, week or month, and return Scheduled or Refused.

    One that is there already is refused by its key. A report, team or diary that there is not raises reporting.BadReport.
    """
    assert every in EVERY
    assert form in FORMATS
    refused = _role(desk)
    if refused is not None:
        return refused
    request = request_id(id, SCHEDULED, asked.name, every, form, asked.team, asked.diary)

    def work(act: Act) -> str:
        checked(act.catalogue, asked)
        one = Schedule(asked.name, every, form, asked.team, asked.diary, desk.staff.login, act.at)
        report_queries.insert_schedule(act.unit, act.site, one)
        write_line(act, SCHEDULED, {"schedule": one.key})
        return one.key

    try:
        done = in_one_act(desk, request, work, _again)
    except KeyRefused:
        return Refused("scheduled", "This report is scheduled already, for the same periods and in the same format.")
    if isinstance(done, Refused):
        return done
    found = [one for one in schedules(desk) if one.schedule.key == done]
    return found[0] if found else Refused("stale_version", "This report was scheduled and dropped since.")


def drop(desk: Desk, key: str, *, id: str | None = None) -> str | Refused:
    """Write a report no more and return its key, or Refused; what was written is kept on record."""
    refused = _role(desk)
    if refused is not None:
        return refused

    def work(act: Act) -> str | Refused:
        if not report_queries.delete_schedule(act.unit, act.site, key):
            there = ", ".join(one.key for one in report_queries.schedules(act.unit, act.site))
            return Refused("unknown_schedule", f"There is no schedule {key[:60]}; there are: {there or 'none'}.")
        write_line(act, UNSCHEDULED, {"schedule": key})
        return key

    return in_one_act(desk, request_id(id, UNSCHEDULED, key), work, _again)


def write_due(desk: Desk, folder: Path, told: Told | None = None) -> Written:
    """Write every report that is due into a folder, one file for each period, and return what was written.

    A file of the same name is replaced; `told` stops it after a file by returning False. A period counts as written once its
    file is there; of two who write at once, both write the same file and one is on record. Other roles than team leader,
    supervisor and administrator raise DeskRefused.
    """
    refused = _role(desk)
    if refused is not None:
        raise DeskRefused(refused.code, refused.reason)
    waiting = [item for one in schedules(desk) for item in one.due]
    runs, problems = [], []
    for number, item in enumerate(waiting, 1):
        plan = item.schedule
        asked = Asked(plan.report, item.span, None, plan.team, plan.diary)
        name = item.file_name(desk.site)
        try:
            made = report(desk, asked)
        except BadReport as bad:  # of a team or diary that is there no more
            problems.append(f"{plan.key}: {bad}")
            continue
        problem = write_private(str(folder / name), file_of(desk, asked, made, plan.form), force=True)
        if problem is not None:
            problems.append(problem)
            continue
        runs.append(_record(desk, item, name))
        if told is not None and told("reports", number, len(waiting)) is False:
            break
    return Written(tuple(runs), tuple(problems))


def _record(desk: Desk, item: Due, name: str) -> Run:
    days = (item.span.first.isoformat(), item.span.last.isoformat())

    def work(act: Act) -> str:
        report_queries.insert_run(act.unit, act.site, item.schedule.key, days, name, desk.staff.login, act.at)
        write_line(act, WRITTEN, {"schedule": item.schedule.key, "period": item.period})
        return item.schedule.key

    with suppress(KeyRefused):  # of somebody else who has just written the same file, and is on record
        in_one_act(desk, request_id(None, WRITTEN, item.schedule.key, days[0]), work, _again)
    with desk.store.read() as unit:
        file, who, at = report_queries.runs(unit, desk.site)[item.schedule.key, days[0]]
    return Run(item, file, who, at)


def _role(desk: Desk) -> Refused | None:
    return None if desk.staff.known and desk.staff.role in READERS else Refused("role", _ROLE)


def _again(_act: Act, earlier: Event) -> str:
    return str((earlier.after or {})["schedule"])

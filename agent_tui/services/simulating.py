"""Trying a way to offer starts on a stream of requests, without a store: the site, the stream, the replay, the bound."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from agent_tui.domain.import_text import decoded
from agent_tui.domain.simulation import Simulated, simulate
from agent_tui.domain.site import Catalogue
from agent_tui.domain.site_files import read_site
from agent_tui.domain.stream_maker import generate
from agent_tui.domain.streams import StreamRow, days_between, open_minutes, read_mix, read_stream
from agent_tui.domain.type_files import FileProblem
from agent_tui.services.demo_site import demo_site
from agent_tui.solvers.hindsight import NoSolver, bound

FIRST_DAY = date(2026, 11, 30)
DAYS = 20
COACHES = 27

Progress = Callable[[str, int, int], None]


class Unreadable(ValueError):
    """A file or an option that cannot be used; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class File:
    """What a file is called, and its bytes."""

    name: str
    data: bytes

    @property
    def text(self) -> str:
        """Return the file's text; bytes that are none raise Unreadable."""
        found = decoded(self.data)
        if isinstance(found, FileProblem):
            raise Unreadable(f"{self.name}: {found.text}")
        return found


@dataclass(frozen=True, slots=True)
class Study:
    """A site, its demand, the days that are simulated, and the stream that is replayed there."""

    catalogue: Catalogue
    days: tuple[date, ...]
    rows: tuple[StreamRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """What a study is made of; what is None is that of the site's file, of the stream, or the usual one.

    Without `requests` a stream is generated for `seed` and `load` (a share of the open minutes). `choice` is the setting of that
    name, in ticks.
    """

    site: File | None = None
    mix: File | None = None
    requests: File | None = None
    first_day: date | None = None
    days: int | None = None
    coaches: int = COACHES
    seed: int = 1
    load: float = 0.95
    choice: float | None = None


def study(options: Options) -> Study:
    """Return the study that some options ask for; what cannot be read raises Unreadable with one sentence."""
    usual = demo_site(options.coaches, options.first_day or FIRST_DAY)
    catalogue, first, count = usual.catalogue, options.first_day, options.days
    if options.site is not None:
        site = read_site(options.site.text, catalogue)
        if site.problems:
            raise Unreadable(_told(options.site.name, site.problems))
        catalogue, first, count = site.catalogue, first or site.first_day, count or site.days
    named = first is not None or count is not None
    begin = first or FIRST_DAY
    days = days_between(begin, catalogue.working_days_from(begin, count or DAYS))
    place = catalogue.site if options.choice is None else replace(catalogue.site, choice=options.choice)
    catalogue = replace(catalogue, demand=usual.mix, site=place)
    if options.requests is not None:
        return _replayed(options.requests, catalogue, days if named else None)
    try:
        mix = usual.mix if options.mix is None else _mix(options.mix, catalogue, days)
        catalogue = replace(catalogue, demand=mix)
        return Study(catalogue, tuple(days), generate(catalogue, mix, days, options.seed, options.load))
    except Unreadable:
        raise
    except ValueError as error:
        raise Unreadable(str(error)) from None


def _replayed(file: File, catalogue: Catalogue, days: Sequence[date] | None) -> Study:
    read = read_stream(file.text, catalogue, (days[0], days[-1]) if days else None)
    if read.problems:
        raise Unreadable(_told(file.name, read.problems))
    if days is None:
        first, last = min(row.earliest_day for row in read.rows), max(row.latest_day for row in read.rows)
        days = days_between(first, last)
    if not open_minutes(catalogue, days):
        raise Unreadable(f"No diary has any open time from {days[0]} to {days[-1]}.")
    return Study(catalogue, tuple(days), read.rows)


def _mix(file: File, catalogue: Catalogue, days: Sequence[date]) -> Mapping[str, int]:
    mix, problems = read_mix(file.text, catalogue, days)
    if problems:
        raise Unreadable(_told(file.name, problems))
    return mix


def _told(name: str, problems: Sequence[object]) -> str:
    """Return the first problem of a file as a sentence, and how many there are beside it."""
    more = len(problems) - 1
    others = f" ({more} more {'problem' if more == 1 else 'problems'})" if more else ""
    return f"{name}: {problems[0]}{others}"


def replay(study: Study, policy: str, progress: Progress | None = None) -> Simulated:
    """Return what a policy makes of a study's stream; `progress` is told the policy and how far it is."""
    tell = None if progress is None else lambda done, total: progress(policy, done, total)
    return simulate(study.catalogue, study.days, study.rows, policy, tell)


def hindsight(study: Study) -> int:
    """Return the most minutes that any policy can book; without the solver Unreadable says what is missing."""
    try:
        return bound(study.catalogue, study.days, study.rows)
    except NoSolver as error:
        raise Unreadable(str(error)) from None

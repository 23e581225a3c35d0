"""The page of limits, with the numbers that the code holds: `python -m tests.pages` writes it."""

from agent_tui.cli.booking import DEFAULT_DAYS
from agent_tui.cli.reading import LONGEST_SEARCH_DAYS
from agent_tui.domain import alignment, guarantee, import_text, rehoming, request_files, sending, set_up, sms, streams
from agent_tui.domain.asking import reader
from agent_tui.domain.reports import schedules, span
from agent_tui.domain.site import Site
from agent_tui.domain.ticks import MINUTES_PER_TICK
from agent_tui.services import demo, displacing, flag_book, importing
from agent_tui.settings import LONGEST_HOLD
from agent_tui.tui import pasting, too_small

TRUE_OF_ALL = f"""
- All times lie on a grid of {MINUTES_PER_TICK} minutes, and no appointment crosses midnight.
- The hour that a change of the clocks skips or repeats is closed: nothing can be booked, blocked or imported into it.
- A SQLite file serves one machine, and a network file system is refused. Several machines share PostgreSQL.
- Whoever can write a shared SQLite file can change anything in it ([roles and stores](security.md)).
- The screens are not made for screen readers; the plain commands do every job ([access](access.md)).
- `--as` takes any login of the staff: only PostgreSQL holds a login to the person who has its password.
- An act is undone by its maker and while the times that it gave back are free.
"""


def rows() -> list[tuple[str, str]]:
    """Return what is limited, and by which number."""
    hold = Site.__dataclass_fields__["hold_seconds"].default
    return [
        ("taking back your last act", f"{flag_book.UNDO_SECONDS} seconds"),
        ("a hold", f"{hold} seconds unless the site says otherwise; {LONGEST_HOLD:,} at most"),
        ("days of a search", f"{DEFAULT_DAYS} working days unless they are said; {LONGEST_SEARCH_DAYS} days at most"),
        ("where a re-homed appointment goes at most", f"{rehoming.WORKING_DAYS} working days on"),
        ("where a displaced appointment goes at most", f"{displacing.WORKING_DAYS} working days on"),
        ("a line that is asked", f"{reader.LONGEST} characters"),
        ("a paste", f"{pasting.LONGEST:,} characters"),
        ("a window", f"{too_small.SMALLEST.width} x {too_small.SMALLEST.height} at least"),
        (
            "a site that is set up on four pages",
            f"{set_up.MOST_TEAMS} teams, {set_up.MOST_COACHES} coaches, {set_up.MOST_ROOMS} rooms",
        ),
        ("a demo", f"{demo.MOST_COACHES} diaries, {demo.MOST_DAYS} working days"),
        (
            "a file that is imported",
            f"{import_text.LARGEST_FILE // 1_000_000} MB; the export of a site {import_text.LARGEST_SITE // 1_000_000:,} MB",
        ),
        ("repeats of a calendar", f"from {importing.PAST_WORKING_DAYS} working days ago to {importing.FUTURE_DAYS} days ahead"),
        ("a file of requests", f"{request_files.MOST_REQUESTS:,} requests"),
        ("a stream of `simulate`", f"{streams.MOST_DAYS} days"),
        ("a report", f"{span.MOST_DAYS:,} days, by day {span.MOST_DAYS_BY_DAY}; {schedules.MOST_BEHIND} overdue ones at once"),
        ("a guarantee", f"{guarantee.MOST_STARTS} starts within {guarantee.MOST_DAYS} working days"),
        ("an alignment", f"{alignment.MOST_COACHES} coaches, {alignment.MOST_INTERVIEWS} interviews"),
        ("a text message", f"{sms.LONGEST} characters"),
        (
            "attempts to send a message",
            f"{sending.MOST_ATTEMPTS}; {sending.MOST_NOT_ARRIVED} where the provider took it and it did not arrive",
        ),
    ]

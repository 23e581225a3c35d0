"""Which screens there are, and how one comes to the front; each is made once and kept, so that nothing typed in it is lost."""

from collections.abc import Callable, Mapping
from datetime import date
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final

from textual.app import App

from agent_tui.domain.reports.catalogue import readable_by
from agent_tui.domain.roles import reaches
from agent_tui.domain.sandbox import Draft
from agent_tui.tui.commands import BY_ID, readable, types_nothing
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.widgets.lines import StatusLine

SCREENS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "booking": ("1", "Booking: request, offers and the diaries"),
        "diaries": ("2", "Diaries: asked for, switched, overtime, retired"),
        "segments": ("3", "Segments: what may be booked when"),
        "types": ("4", "Types: key appointments, starts ahead, drop-in"),
        "alignment": ("5", "Alignment: first interviews and commitments"),
        "today": ("6", "Today: who has come, delays, gaps, day lists"),
        "record": ("7", "Record: the log, stories, chain and doctor"),
        "queue": ("8", "Queue: requests, earlier times to offer, call-backs"),
        "week": ("9", "Week: starts still free, by half hour and day"),
        "use": ("u", "Use: types of different minutes, coach by coach"),
        "sandbox": ("x", "Sandbox: segments tried before they are saved"),
        "white space": ("s", "White space: stranded time, and moves that win some"),
        "flags": ("f", "Flags: conflicts, hand-offs, whom to escalate to"),
        "reports": ("r", "Reports: what happened, in tables and pictures"),
        "staff": ("a", "Staff: who may act, and in which role"),
        "support": ("p", "Support: questions, incidents, feedback, reviews"),
        "outbox": ("o", "Outbox: messages that wait, failed or were sent"),
    }
)
"""The screens by name, each with its key in the list of screens and what it is for, in the order of the list."""


_FOR: Final[Mapping[str, Callable[[str], bool]]] = MappingProxyType(
    {"staff": lambda role: reaches(role, "supervisor"), "reports": lambda role: bool(readable_by(role))}
)
"""Whether a screen is there for a role, where it is not there for everybody."""


def keys_to(name: str) -> str:
    """Return the two keys that go to a screen, which act while text is typed too."""
    first = next(key for key in BY_ID["screens"].keys if types_nothing(key))
    return f"{readable(first)} {SCREENS[name][0]}"


def opens(name: str, role: str | None) -> bool:
    """Return whether a screen is there for a role; None is a person who is not known yet."""
    return name not in _FOR or (role is not None and _FOR[name](role))


def go_to(app: App[Any], name: str) -> None:
    """Bring a screen to the front; the booking screen is always below the others."""
    booking = next(one for one in app.screen_stack if isinstance(one, BookingScreen))
    if app.screen is not booking:
        for status in app.screen.query(StatusLine):
            status.forget()
        app.pop_screen()
    if name == "booking":
        return
    if not booking.ready() or booking.staff is None or not opens(name, booking.staff.role):
        return
    if name not in app._installed_screens:
        app.install_screen(_made(booking, name), name)
    app.push_screen(name)


_CLASSES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "diaries": ("diaries", "DiariesScreen"),
        "segments": ("segments", "SegmentsScreen"),
        "types": ("types", "TypesScreen"),
        "alignment": ("alignment", "AlignmentScreen"),
        "today": ("today", "TodayScreen"),
        "record": ("record", "RecordScreen"),
        "queue": ("queue", "QueueScreen"),
        "week": ("week", "WeekScreen"),
        "use": ("type_use", "UseScreen"),
        "sandbox": ("sandbox", "SandboxScreen"),
        "white space": ("white_space", "WhiteSpaceScreen"),
        "flags": ("flags", "FlagsScreen"),
        "reports": ("reports", "ReportsScreen"),
        "staff": ("staff", "StaffScreen"),
        "support": ("support", "SupportScreen"),
        "outbox": ("outbox", "OutboxScreen"),
    }
)
"""The module and class of each screen, imported when it is first gone to: whoever goes to one waits for no other."""


def _made(booking: BookingScreen, name: str) -> Any:
    assert booking.staff is not None
    module, of_screen = _CLASSES[name]
    make = getattr(import_module(f"agent_tui.tui.screens.{module}"), of_screen)
    more: dict[str, Any] = {}
    if name == "segments":
        column = booking.grid.cursor_cell.column
        more["diary"] = None if column is None else column.diary
    return make(booking.back, booking.now, booking.staff, glyphs=booking.glyphs, **more)


def go_to_segments(app: App[Any], level: str, owner: str) -> bool:
    """Show an owner's segments; False while those of another are changed and not saved."""
    from agent_tui.tui.screens.segments import SegmentsScreen

    booking = next(one for one in app.screen_stack if isinstance(one, BookingScreen))
    if "segments" not in app._installed_screens:
        app.install_screen(_made(booking, "segments"), "segments")
    screen = app.get_screen("segments")
    assert isinstance(screen, SegmentsScreen)
    if not screen.show_owner(level, owner):
        return False
    go_to(app, "segments")
    return True


def go_to_sandbox(app: App[Any], name: str, draft: Draft) -> None:
    """Show a draft that is not kept in the sandbox, in place of an earlier one of that name."""
    from agent_tui.tui.screens.sandbox import SandboxScreen

    booking = next(one for one in app.screen_stack if isinstance(one, BookingScreen))
    if "sandbox" not in app._installed_screens:
        app.install_screen(_made(booking, "sandbox"), "sandbox")
    screen = app.get_screen("sandbox")
    assert isinstance(screen, SandboxScreen)
    screen.take(name, draft)
    go_to(app, "sandbox")


def go_to_type(app: App[Any], code: str | None) -> None:
    """Show the types, the highlight on one of them where it is listed."""
    from agent_tui.tui.screens.types import TypesScreen

    go_to(app, "types")
    if isinstance(app.screen, TypesScreen) and code is not None:
        app.screen.point_at(code)


def draft_saved(app: App[Any], draft: Draft) -> None:
    """Let the segments screen know that what is changed there was saved elsewhere, where it is just that."""
    from agent_tui.tui.screens.segments import SegmentsScreen

    screen = app.get_screen("segments") if "segments" in app._installed_screens else None
    if isinstance(screen, SegmentsScreen) and tuple(screen.draft.wanted()) == draft.patterns:
        screen.let_go()


def go_to_diary(app: App[Any], diary: str, day: date, tick: int) -> None:
    """Show a diary's day on the booking screen, the cursor at a time; one that is off has its week, where it is shown still."""
    booking = next(one for one in app.screen_stack if isinstance(one, BookingScreen))
    go_to(app, "booking")
    known = None if booking.catalogue is None else booking.catalogue.diaries.get(diary)
    booking.shown.week_of = None if known is None or known.enabled else diary
    booking.show_day(day, go_to=(diary, day, tick))
    booking.grid.focus()


def go_to_start(app: App[Any], code: str, diary: str, day: date, tick: int, channel: str | None) -> None:
    """Show a start on the booking screen, with its type, day and coach in the request unless a time is held or booked there."""
    booking = next(one for one in app.screen_stack if isinstance(one, BookingScreen))
    asked = booking.ask_for(code, diary, day, tick, channel)
    go_to_diary(app, diary, day, tick)
    if not asked:
        booking.cursor_was = (diary, day, tick)  # what is said stays when the cursor arrives
        booking.say("The call in hand has its time, so the request stays as it is.", "warning")


def take_up(app: App[Any], id: str, fields: Mapping[str, str]) -> bool:
    """Go to the booking screen with a call of the queue in hand; False while the call in hand there holds a time."""
    booking = next(one for one in app.screen_stack if isinstance(one, BookingScreen))
    if not booking.take_up(id, fields):
        return False
    booking.call.queued = True
    go_to(app, "booking")
    return True

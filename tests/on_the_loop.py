"""A guard for the tests of screens: what waits or computes is done in a thread, never by the one that takes the keys.

Every function of the services and every statement is watched. One that the program itself runs on the thread of a running
event loop fails the test; what the test calls by itself does not count.
"""

import asyncio
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from functools import cache, wraps
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

import agent_tui
from agent_tui import services

PROGRAM = str(Path(agent_tui.__file__).parent / "tui")
TESTS = str(Path(__file__).parent)
LIVE = (
    "load",
    "widen",
    "search",
    "starts",
    "heat_maps",
    "ahead",
    "key_types_without_start",
    "guarantees",
    "taken",
    "totals",
    "step",
)
"""What the window in memory computes or reads."""

AT_ONCE = frozenset(
    {
        *(f"contact_details.{name}" for name in ("problems_of", "phone_number", "email_problem", "email_to", "deliverable")),
        "sandbox.name_problem",
    }
)
"""What only looks at a text that was typed."""


class Blocked(AssertionError):
    """Something was done by the thread that takes the keys."""


met: list[str] = []
"""What was done so, since the last test."""


def caller() -> str | None:
    """Return which line of the screens has the event loop's own thread busy, None where it is not or a test has it."""
    if asyncio._get_running_loop() is None:
        return None
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(PROGRAM):
            return f"{Path(name).name}:{frame.f_lineno} {frame.f_code.co_name}"
        if name.startswith(TESTS):
            return None
        frame = frame.f_back  # type: ignore[assignment]
    return None


def refuse(what: str, where: str) -> None:
    """Take it down, for the app may catch what is raised, and raise."""
    met.append(f"{what} on the event loop, from {where}")
    raise Blocked(met[-1])


def watched(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Return a function that is refused on the event loop."""

    @wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        where = caller()
        if where is not None:
            refuse(name, where)
        return function(*arguments, **named)

    return call


@cache
def watch_statements() -> None:
    """Watch every statement, once in a process."""

    @event.listens_for(Engine, "before_cursor_execute")
    def _statement(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        where = caller()
        if where is not None:
            refuse(f"SQL ({statement[:60]})", where)


@cache
def to_watch() -> tuple[tuple[Any, str, Callable[..., Any]], ...]:
    """Return where each public function of the services stands, and the function that watches it.

    The screens import a service when they call it, so that they meet what stands in its module then.
    """
    found: list[tuple[Any, str, Callable[..., Any]]] = []
    for one in pkgutil.iter_modules(services.__path__):
        module = import_module(f"{services.__name__}.{one.name}")
        for name, function in list(vars(module).items()):
            is_own = inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
            if is_own and f"{one.name}.{name}" not in AT_ONCE and not inspect.isgeneratorfunction(inspect.unwrap(function)):
                found.append((module, name, watched(function, f"{one.name}.{name}")))
    from agent_tui.services.live import Live

    return (*found, *((Live, name, watched(getattr(Live, name), f"Live.{name}")) for name in LIVE))


@pytest.fixture(autouse=True)
def nothing_blocks_the_keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test in which a screen kept the event loop's thread from the keys."""
    watch_statements()
    for place, name, function in to_watch():
        monkeypatch.setattr(place, name, function)
    met.clear()
    yield
    assert not met, met

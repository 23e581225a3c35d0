"""Tests of screens wait until nothing is left to do, in place of some time in which hardly anything is done.

Textual's pilot sends every widget of a screen a message for each key, and then sleeps until the process is idle. The event
loop itself knows whether anything is left, and what waits for a timer to be painted or resized need not wait. Work in threads
is waited for as the pilot does.
"""

import asyncio
from collections.abc import Iterable
from time import monotonic, process_time
from typing import Any

from textual import _wait
from textual import app as app_module
from textual import pilot as pilot_module
from textual._context import active_app
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

LONGEST_SECONDS = 1.0
"""How long work in threads is waited for."""
PAINTS = 20
"""How often at most what was painted may ask for another painting."""

_press_keys = App._press_keys
_wait_for_screen = Pilot._wait_for_screen


async def _nothing_ready() -> None:
    """Wait until every task waits for time, for a file or for a thread."""
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    while True:
        await asyncio.sleep(0)
        if not ready:
            return


def _unpainted(app: App[Any]) -> list[Screen[Any]]:
    """Return the screens whose timer has been set to paint them."""
    return [one for one in app._screen_stack if one._update_timer._active.is_set()] if app._running else []


async def settled(app: App[Any]) -> None:
    """Wait until an app has done what it was asked for, has painted it, and has done what waited for that."""
    began = monotonic()
    while True:
        for _ in range(PAINTS):
            await _nothing_ready()
            unpainted = _unpainted(app)
            if app._resize_timer is not None:
                app._check_resize()
            elif not unpainted:
                break
            for screen in unpainted:
                screen._on_timer_update()
        threads = [one._task for one in app.workers if one._thread_worker and one._task is not None and not one._task.done()]
        if not threads or monotonic() - began > LONGEST_SECONDS:
            return
        spent = process_time()
        done, _ = await asyncio.wait(threads, timeout=_wait.SLEEP_GRANULARITY, return_when=asyncio.FIRST_COMPLETED)
        if not done and process_time() - spent < _wait.SLEEP_IDLE:
            return


async def _idle(min_sleep: float = 0, max_sleep: float = LONGEST_SECONDS) -> None:
    """Stand for the pilot's sleep."""
    await settled(active_app.get())


async def _press(app: App[Any], keys: Iterable[str]) -> None:
    """Press keys in an app, also where another one was started after it."""
    with app._context():
        await _press_keys(app, keys)


def _at_work(app: App[Any]) -> bool:
    """Return whether the app or a widget of the screen in front waits for something in the middle of a message."""
    if not app._running or not app._screen_stack:
        return False
    pumps = [app, *app.screen.walk_children(with_self=True)]
    return any(one._running and not one._message_queue.ready_event._waiters for one in pumps)


async def _screen(pilot: Pilot[Any]) -> bool:
    """Stand for the pilot's messages to every widget, which goes on as the pilot where a message takes its time."""
    await settled(pilot.app)
    return await _wait_for_screen(pilot) if _at_work(pilot.app) else pilot.app._exception is None


def settle() -> None:
    """Let every pilot of this process wait like that."""
    for module in (app_module, pilot_module):
        setattr(module, _wait.wait_for_idle.__name__, _idle)
    setattr(App, _press_keys.__name__, _press)
    setattr(Pilot, _wait_for_screen.__name__, _screen)

"""Nothing blocks the keys: the guard of these tests bites, and every screen takes keys while the store does not answer."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from agent_tui.services import claimants
from agent_tui.store.unit_of_work import Store
from agent_tui.tui.help_screen import HelpScreen
from agent_tui.tui.messages import ClientsFound, WorkDone
from agent_tui.tui.screens.going import SCREENS, go_to
from agent_tui.tui.screens.manager import ManagerScreen
from agent_tui.tui.under_way import UnderWay
from tests.on_the_loop import PROGRAM, Blocked, met
from tests.tui.booking_desk import Seats, seats, small_store

__all__ = ["seats", "small_store"]


@contextmanager
def silent_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no read be answered until this is left."""
    answers, real = Event(), Store.read

    @contextmanager
    def read(store: Store) -> Iterator[Any]:
        assert answers.wait(60)
        with real(store) as unit:
            yield unit

    monkeypatch.setattr(Store, "read", read)
    try:
        yield
    finally:
        answers.set()


async def test_every_screen_takes_keys_while_the_store_does_not_answer(seats: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = set()
    async with seats.seat("super1") as seat:
        app, pilot = seat.pilot.app, seat.pilot
        with silent_store(monkeypatch):
            for name in SCREENS:
                if name == "booking":
                    continue
                before = set(app.workers)
                go_to(app, name)
                await pilot.pause()
                screen = seat.top
                assert isinstance(screen, ManagerScreen), name
                if set(app.workers) - before:
                    waiting.add(name)
                if name == "record":  # another dialog over it costs a second, so one screen stands for all
                    await pilot.press("f1")
                    assert isinstance(seat.top, HelpScreen), name
                    await pilot.press("escape")
                    assert app.screen_stack[-1] is screen, name
                    done = Event()
                    assert len(app.workers) > 6  # the threads that Python's own pool has on two processors
                    seat.screen.back.run("in memory", done.set)  # which none that waits for the store keeps waiting
                    assert await asyncio.to_thread(done.wait, 30)
                for _ in range(3):  # from a field to the list, and on
                    if seat.top is screen:
                        await pilot.press("escape")
                assert seat.top is seat.screen, name
        await seat.rest()
        # The alignment screen reads nothing until it is asked to, and of segments the rules are known in memory.
        assert waiting >= set(SCREENS) - {"booking", "alignment", "segments"}


async def test_nothing_is_said_on_a_screen_that_the_end_of_the_program_has_emptied(seats: Seats) -> None:
    async with seats.seat() as seat:
        go_to(seat.pilot.app, "today")
        await seat.rest()
        screen = seat.top
        assert isinstance(screen, ManagerScreen)
        going = UnderWay("read", "Reading")
        screen._going["read"] = (going, screen.run_worker(asyncio.sleep(0)))
        # The end takes one widget after the other.
        await screen.status.remove()
        screen._say_going(going)
        going.over = True
        screen._say_going(going)
        screen.on_work_done(WorkDone("read", None))


PLANTED = """
def sql(back):
    with back.desk.store.read() as unit:
        return unit.row("SELECT 1")

def service(back):
    from agent_tui.services.calls import unfinished
    return unfinished(back.desk)

def computing(back):
    return back.live.totals(back.now().date())
"""


async def test_the_guard_meets_sql_services_and_computing_on_the_event_loop_alone(seats: Seats) -> None:
    planted: dict[str, Any] = {}
    exec(compile(PLANTED, f"{PROGRAM}/screens/planted.py", "exec"), planted)
    async with seats.seat() as seat:
        back = seat.screen.back
        for name, what in (("sql", "SQL"), ("service", "calls.unfinished"), ("computing", "Live.totals")):
            with pytest.raises(Blocked, match=f"{what}.* from planted.py:[0-9]+ {name}"):
                planted[name](back)
            assert what in met[-1]
            await asyncio.to_thread(planted[name], back)
        assert len(met) == 3
    met.clear()


async def test_of_what_is_typed_faster_than_the_store_answers_only_the_last_is_looked_for(
    seats: Seats, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on = Event(), Event()
    looked_for: list[str] = []

    def slow(_desk: object, text: str, _limit: int, *, record: bool) -> Any:
        looked_for.append(text)
        begun.set()
        assert goes_on.wait(60)
        return SimpleNamespace(items=())

    monkeypatch.setattr(claimants, "find_clients", slow)
    async with seats.seat() as seat:
        seat.messages.clear()
        seat.screen.back.find_clients(1, "o")
        assert await asyncio.to_thread(begun.wait, 60)
        for generation, text in ((2, "ok"), (3, "oka"), (4, "okaf")):
            seat.screen.back.find_clients(generation, text)
            await seat.pilot.pause()  # its thread begins, and waits for its turn
        goes_on.set()
        await seat.rest()
        assert looked_for == ["o", "okaf"]
        assert {one.generation for one in seat.messages if isinstance(one, ClientsFound)} == {4}

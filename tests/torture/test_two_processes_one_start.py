"""Two processes let go at one moment on one start: one has it, the other is told who; and one request asked by both at once."""

from datetime import date
from multiprocessing.connection import Connection
from typing import Any

import pytest

from agent_tui.domain.requests import Booked, Outcome, Refused, Wish
from agent_tui.services import booking
from agent_tui.services.desk import open_desk
from tests.small_site import NINE
from tests.torture import site
from tests.torture.acts import perform
from tests.torture.checker import check
from tests.torture.crew import CONTEXT, GRACE_SECONDS, crew
from tests.torture.journal import Ack, Intent, acknowledged

ROUNDS = 15
TICKS = site.TICKS["FC-F2F"]


def start_of(number: int) -> dict[str, Any]:
    """Return a start that no other round wants: three a morning, day after day."""
    day = site.working_days(ROUNDS)[number // 3]
    return {"type": "FC-F2F", "day": day.isoformat(), "start": NINE + number % 3 * TICKS, "diary": "D01"}


def contend(pipe: Connection, location: str, me: int, barrier: Any, rounds: list[tuple[str, str, dict[str, Any]]]) -> None:
    """Ask for each round's start when the other process is as far, and say what was answered."""
    desk = open_desk(location, site.login(me), site.now())
    try:
        for act, id, said in rounds:
            wish = Wish(**(said | {"day": date.fromisoformat(said["day"])}))
            barrier.wait(GRACE_SECONDS)
            pipe.send(booking.hold(desk, wish, id=id) if act == "hold" else booking.book(desk, wish, id=id))
    finally:
        desk.store.close()


def contest(location: str, *rounds: list[tuple[str, str, dict[str, Any]]]) -> list[list[Outcome]]:
    """Return what each of two processes was answered in each round."""
    site.make_site(location, diaries=2, agents=2)
    barrier = CONTEXT.Barrier(2)
    jobs = [(location, me, barrier, mine) for me, mine in enumerate(rounds)]
    with crew(contend, jobs) as members:
        return [[member.hear() for _ in rounds[0]] for member in members]


def acks_of(act: str, answers: list[Outcome]) -> list[Ack]:
    """Return what was acknowledged; here an entry's id is that of its request."""
    return [acknowledged(act, one.entry.id, one) for one in answers if isinstance(one, Booked)]


@pytest.mark.parametrize("act", ["hold", "book"])
def test_one_has_the_start_and_the_other_is_told_who(location: str, act: str) -> None:
    def mine(me: int) -> list[tuple[str, str, dict[str, Any]]]:
        said = [start_of(number) | {"client": site.client(me)} for number in range(ROUNDS)]
        return [(act, f"{me}-{number}", one) for number, one in enumerate(said)]

    answers = contest(location, mine(0), mine(1))
    wins = [0, 0]
    for pair in zip(*answers, strict=True):
        winners = [me for me in (0, 1) if isinstance(pair[me], Booked)]
        assert len(winners) == 1, pair
        winner = winners[0]
        loser = pair[1 - winner]
        assert isinstance(loser, Refused)
        assert loser.code == ("held" if act == "hold" else "taken")
        assert loser.held_by is not None
        assert (loser.held_by.kind, loser.held_by.who) == ("hold" if act == "hold" else "appointment", f"Agent {winner}")
        assert f"Agent {winner}" in loser.reason
        assert loser.alternatives
        wins[winner] += 1
    assert sum(wins) == ROUNDS
    report = check(location, site.SITE, [ack for one in answers for ack in acks_of(act, one)])
    assert report.problems == []
    assert report.counts[f"lines {'held' if act == 'hold' else 'booked'}"] == ROUNDS


def repeat(pipe: Connection, location: str, barrier: Any, intents: list[Intent]) -> None:
    """Ask for each intent when the other process is as far, as the same agent, and say what was answered."""
    desk = open_desk(location, site.login(0), site.now())
    try:
        for intent in intents:
            barrier.wait(GRACE_SECONDS)
            pipe.send(perform(desk, intent))
    finally:
        desk.store.close()


# What each act is asked of: a new start, a hold or an appointment.
OF = {
    "book": None,
    "book with a room": None,
    "confirm": "hold",
    "extend": "hold",
    "release": "hold",
    "move": "book",
    "cancel": "book",
}


@pytest.mark.parametrize("act", OF)
def test_one_request_asked_by_two_processes_at_once_is_done_once(location: str, act: str) -> None:
    site.make_site(location, diaries=2, agents=1)
    acks: list[Ack] = []
    intents = []
    desk = open_desk(location, site.login(0), site.now())
    try:
        for number in range(ROUNDS):
            start = start_of(number) | {"client": site.client(0)}
            said = start | ({"type": "EV-F2F"} if "room" in act else {})
            if OF[act] is not None:
                first = perform(desk, Intent(str(OF[act]), f"first-{number}", site.login(0), start))
                assert isinstance(first, Booked), first
                acks.append(acknowledged(str(OF[act]), f"first-{number}", first))
                said = {"entry": first.entry.id, "client": site.client(0), "clash": False}
                said |= {"day": start["day"], "start": start["start"], "diary": "D02"}
            intents.append(Intent(act.split()[0], f"same-{number}", site.login(0), said))
    finally:
        desk.store.close()
    barrier = CONTEXT.Barrier(2)
    with crew(repeat, [(location, barrier, intents)] * 2) as members:
        answers = [[member.hear() for _ in intents] for member in members]
    wrong = []
    for intent, first, second in zip(intents, *answers, strict=True):
        for told in (first, second):
            if isinstance(told, Booked):
                acks.append(acknowledged(intent.act, intent.request, told))
        if not (isinstance(first, Booked) and isinstance(second, Booked)):
            wrong.append(next(one for one in (first, second) if not isinstance(one, Booked)))
        elif {first.repeated, second.repeated} != {False, True} or (first.seq, first.say) != (second.seq, second.say):
            wrong.append((first, second))
    assert wrong == [], f"{len(wrong)} of {ROUNDS}"
    assert check(location, site.SITE, acks).problems == []

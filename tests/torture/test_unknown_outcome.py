"""A client that dies between the commit and the answer, or just before the commit, and asks again with the same id."""

import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar
from uuid import uuid4

import pytest

from agent_tui.domain.requests import Booked
from agent_tui.services.desk import Desk
from agent_tui.store.unit_of_work import Store, Unit
from tests.small_site import NINE, NOON, TEN
from tests.torture import site
from tests.torture.acts import perform
from tests.torture.checker import check
from tests.torture.crew import GRACE_SECONDS, crew
from tests.torture.journal import Ack, Intent, acknowledged

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")

T = TypeVar("T")
DAY = site.FIRST_DAY.isoformat()
WISH = {"type": "FC-F2F", "day": DAY, "start": NINE, "diary": "D01", "client": site.client(1)}

# What each act needs first ("hold", "book" or nothing), and what it says beside the entry's id.
ACTS: dict[str, tuple[str | None, dict[str, Any]]] = {
    "hold": (None, WISH),
    "book": (None, WISH),
    "confirm": ("hold", {"client": site.client(1), "clash": False}),
    "extend": ("hold", {}),
    "release": ("hold", {}),
    "move": ("book", {"day": DAY, "start": TEN, "diary": "D02"}),
    "cancel": ("book", {}),
    "undo": ("book", {}),
}


class Doomed(Store):
    """A store whose process dies at its next commit: just before it or just after it, so that nobody hears the answer."""

    after = True

    def write(self, work: Callable[[Unit], T]) -> T:
        """Do the work and die."""

        def die_first(unit: Unit) -> T:
            done = work(unit)
            if not self.after:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        super().write(die_first)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("unreachable")


def die(pipe: Connection, location: str, intent: Intent, after: bool) -> None:
    """Ask for something in a process that never hears the answer."""
    store = Doomed(location)
    store.after = after
    pipe.send(perform(Desk(store, site.SITE, site.agent(0), site.now()), intent))


def ask(location: str, act: str, request: str, said: dict[str, Any]) -> Booked:
    """Ask for something that must be done and return the answer."""
    store = Store(location)
    try:
        told = perform(Desk(store, site.SITE, site.agent(0), site.now()), Intent(act, request, site.login(0), said))
    finally:
        store.close()
    assert isinstance(told, Booked), told
    return told


@pytest.mark.parametrize("after", [True, False], ids=["after the commit", "before the commit"])
def test_asking_again_with_the_same_id_finds_it_done_once(location: str, after: bool) -> None:
    site.make_site(location, diaries=2, agents=1)
    acks: list[Ack] = []

    def heard(act: str, request: str, told: Booked) -> Booked:
        acks.append(acknowledged(act, request, told))
        return told

    for number, (act, (needs, more)) in enumerate(ACTS.items()):
        # Each act has a day to itself.
        day = site.working_days(len(ACTS))[number].isoformat()
        said = more | ({"day": day} if "day" in more else {})
        if needs is not None:
            first = str(uuid4())
            said = said | {"entry": heard(needs, first, ask(location, needs, first, WISH | {"day": day})).entry.id}
        intent = Intent(act, str(uuid4()), site.login(0), said)
        with crew(die, [(location, intent, after)]) as (member,):
            member.process.join(GRACE_SECONDS)
            assert member.process.exitcode == -signal.SIGKILL, act
            with pytest.raises(EOFError):
                member.hear()
        told = heard(act, intent.request, ask(location, act, intent.request, said))
        assert told.repeated is after, act
        again = heard(act, intent.request, ask(location, act, intent.request, said))
        assert again.repeated
        assert (again.seq, again.entry, again.status) == (told.seq, told.entry, told.status)
    # What died after its commit was answered as repeated only, so it is the log that must know each request once.
    report = check(location, site.SITE, acks, all_answered=False)
    assert report.problems == []
    assert report.counts["unheard"] == 0
    assert sum(number for what, number in report.counts.items() if what.startswith("lines ")) == len(ACTS) + 6


def test_a_start_whose_client_died_before_the_commit_is_free_for_the_next(location: str) -> None:
    site.make_site(location, diaries=1, agents=1)
    intent = Intent("book", "dead", site.login(0), WISH)
    with crew(die, [(location, intent, False)]) as (member,):
        member.process.join(GRACE_SECONDS)
    told = ask(location, "book", "next", WISH | {"client": site.client(2)})
    assert not told.repeated
    assert told.entry.end <= NOON
    assert check(location, site.SITE, [acknowledged("book", "next", told)]).problems == []

"""A PostgreSQL server killed again and again under clients that write, each of whom asks again with the same id."""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.postgres_server import Server
from tests.torture.crew import Member
from tests.torture.faults import head
from tests.torture.hammer import Blow, Result, hammer

LONGEST_LIFE = 1.0


@dataclass(frozen=True)
class ServerKilled:
    """How often the server was killed, how long it took to be back, in seconds, and what the clients and the tables say."""

    kills: int
    slowest_return: float
    result: Result


def kill_server(server: Server, folder: Path, blow: Blow, *, kills: int) -> ServerKilled:
    """Kill the server so often, each time a moment after it answers again; the clients' last acts are done on it."""
    location = server.create_database(f"killed_{blow.seed}")
    random, back = Random(blow.seed), [0.0]

    def meanwhile(members: list[Member]) -> None:
        for _ in range(kills):
            time.sleep(0.2 + random.random() * LONGEST_LIFE)
            server.kill()
            begun = time.monotonic()
            server.start_again()
            head(location)
            back.append(time.monotonic() - begun)
        for member in members:
            with suppress(BrokenPipeError):  # it has done all it was to do
                member.tell("stop")

    result = hammer(location, folder, blow, meanwhile)
    return ServerKilled(kills, max(back), result)

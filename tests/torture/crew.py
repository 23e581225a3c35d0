"""Real processes: started quickly, let go together, bounded in time, and their errors brought home."""

import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

# A server without connections of its own forks each process in milliseconds; never fork an open store.
CONTEXT: Any = get_context("spawn" if sys.platform == "win32" else "forkserver")
if sys.platform != "win32":
    CONTEXT.set_forkserver_preload(["tests.torture.client"])

GRACE_SECONDS = 90


@dataclass
class Member:
    """One process and the near end of its pipe."""

    process: BaseProcess
    pipe: Connection

    def hear(self, seconds: float = GRACE_SECONDS) -> Any:
        """Return the next thing that the process says; its error is raised here, silence too."""
        if not self.pipe.poll(seconds):
            raise TimeoutError(f"{self.process.name} has said nothing for {seconds} seconds")
        said = self.pipe.recv()
        if isinstance(said, _Failed):
            raise RuntimeError(f"{self.process.name} failed:\n{said.text}")
        return said

    def tell(self, what: Any) -> None:
        """Say something to the process."""
        self.pipe.send(what)

    def kill(self) -> None:
        """End the process as the kernel does when memory runs out."""
        self.process.kill()
        self.process.join(GRACE_SECONDS)

    def end(self, deadline: float) -> None:
        """Wait for the end of the process until a moment of the monotonic clock, then kill it."""
        self.process.join(max(0.1, deadline - time.monotonic()))
        if self.process.is_alive():
            self.kill()
        self.pipe.close()
        self.process.close()


@dataclass(frozen=True)
class _Failed:
    text: str


def _run(work: Callable[..., None], pipe: Connection, arguments: tuple[Any, ...]) -> None:
    # Killed, or kept from writing, in the middle of it, it would leave half a module for everybody after it.
    sys.dont_write_bytecode = True
    try:
        work(pipe, *arguments)
    except BaseException:
        pipe.send(_Failed(traceback.format_exc()))
    finally:
        pipe.close()


def start(work: Callable[..., None], *arguments: Any) -> Member:
    """Start a process that runs `work(pipe, *arguments)`."""
    near, far = CONTEXT.Pipe()
    process = CONTEXT.Process(target=_run, args=(work, far, arguments), daemon=True)
    process.start()
    far.close()
    return Member(process, near)


@contextmanager
def crew(work: Callable[..., None], jobs: list[tuple[Any, ...]], seconds: float = GRACE_SECONDS) -> Iterator[list[Member]]:
    """Yield a process for each job; when the block ends those that have not ended by themselves soon after are killed."""
    members: list[Member] = []
    deadline = time.monotonic() + seconds + GRACE_SECONDS
    try:
        for arguments in jobs:
            members.append(start(work, *arguments))
        yield members
    except BaseException:
        deadline = 0.0
        raise
    finally:
        for member in members:
            member.end(deadline)

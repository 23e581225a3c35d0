"""Incidents that wait on this computer until the store can be written again, and what the terminal did last."""

import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from agent_tui import __version__
from agent_tui.domain.incidents import MOST_ACTS, ActTiming, Incident
from agent_tui.settings import state_dir
from agent_tui.tui.drafts import Draft, Drafts

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk


class LastActs:
    """The last acts of a terminal in memory: names and seconds, from any thread, and nothing of what they were about."""

    def __init__(self) -> None:
        self._acts: deque[ActTiming] = deque(maxlen=MOST_ACTS)
        self._lock = Lock()

    def add(self, name: str, seconds: float, *, failed: bool) -> None:
        """Take an act that has ended."""
        with self._lock:
            self._acts.append(ActTiming(name, round(seconds, 3), failed))

    def taken(self) -> tuple[ActTiming, ...]:
        """Return the acts, the last one last."""
        with self._lock:
            return tuple(self._acts)


@dataclass(frozen=True, slots=True)
class Kept:
    """An incident that is to be written: its request's id, kind, own words, acts, and site time when it was noticed."""

    id: str
    kind: str
    words: str
    acts: tuple[ActTiming, ...]
    noticed: datetime


class KeptIncidents:
    """The incidents of one login at one store that wait on this computer; every method is file work, for a worker."""

    def __init__(self, login: str, store: str, root: Path | None = None) -> None:
        self._files = Drafts(login, root or state_dir() / "incidents", place=store)

    def keep(self, one: Kept) -> str | None:
        """Write an incident down here and return None, or the sentence that says why it could not be."""
        acts = json.dumps([[act.name, act.seconds, int(act.failed)] for act in one.acts])
        noticed = f"{one.noticed:%Y-%m-%dT%H:%M}"
        fields = {"kind": one.kind, "words": one.words, "acts": acts, "noticed": noticed, "version": __version__}
        said = self._files.save(one.id, fields)
        return None if said is None else said.replace("draft", "incident")

    def send(self, desk: "Desk") -> list[Incident]:
        """Write what waits into the store and return it; each goes once, by its request's id. Trouble leaves the rest here."""
        from agent_tui.services.incidents import raise_incident
        from agent_tui.services.recorded import Recorded

        written = []
        for draft in self._files.load_all().drafts:
            read = _read(draft)
            if read is not None:
                one, version = read
                done = raise_incident(desk, one.kind, one.words, one.acts, noticed=one.noticed, version=version, id=one.id)
                if isinstance(done, Recorded) and isinstance(done.item, Incident):
                    written.append(done.item)
            self._files.discard(draft.id)
        return written


def _read(draft: Draft) -> tuple[Kept, str] | None:
    """Return a kept incident and the version of the app that kept it, or None for a file that holds none."""
    fields = draft.fields
    try:
        acts: Sequence[Sequence[object]] = json.loads(fields["acts"])
        timed = tuple(ActTiming(str(name), float(str(seconds)), bool(failed)) for name, seconds, failed in acts)
        noticed = datetime.fromisoformat(fields["noticed"]).replace(tzinfo=None)
        return Kept(draft.id, fields["kind"], fields["words"], timed, noticed), fields["version"]
    except (KeyError, ValueError, TypeError):
        return None

"""The senders and the words of a run, from what is set up on this computer."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent_tui.domain.delivery import Delivery
from agent_tui.domain.messages import LETTER, Sender
from agent_tui.outbox.letters import LetterSender
from agent_tui.outbox.secrets import Secrets
from agent_tui.outbox.senders import senders_of
from agent_tui.services.composing import Composer
from agent_tui.services.message_words import load_library


@dataclass(frozen=True, slots=True)
class PostOffice:
    """The senders that can be used by channel, the sentence why each other cannot, and what makes messages."""

    senders: Mapping[str, Sender]
    missing: Mapping[str, str]
    composer: Composer


@contextmanager
def post_office(
    delivery: Delivery, environ: Mapping[str, str], *, secrets: str | None, templates: str | None, letters: str | None
) -> Iterator[PostOffice]:
    """Yield the post office of this computer and close its senders at the end.

    `secrets` is the file of keys, `templates` the folder of the site's own templates, `letters` the folder into which letters
    are written that somebody prints; None where there is none. A provider that prints and posts letters goes before it.
    """
    composer = Composer(load_library(templates))
    with senders_of(delivery, Secrets(environ, None if secrets is None else Path(secrets))) as found:
        senders, missing = dict(found.by_channel), dict(found.missing)
        if letters is not None and LETTER not in senders:
            senders[LETTER] = LetterSender(Path(letters))
            missing.pop(LETTER, None)
        yield PostOffice(senders, missing, composer)
